"""The commands that play one replication again, as a user gives them."""

import pytest
from click.testing import CliRunner

from cli import main

SHORT = ("now", "--weeks", "1", "--warmup", "0", "--lang", "en")


def call(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_one_patient_and_one_day_can_be_looked_at(tmp_path):
    some = call("journey", *SHORT)
    assert some.exit_code == 0, some.output
    patient = some.output.splitlines()[1].split()[0]
    told = call("journey", *SHORT, "--patient", patient)
    assert told.output.startswith(f"Patient {patient}: visit to an ED")
    page = tmp_path / "day.html"
    assert call("animate", *SHORT, "--site", "mst", "--out", page).exit_code == 0
    assert "A day at MST Enschede" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("journey", "--patient", "9999999"), "--patient 9999999: nobody with this number"),
        (("animate", "--site", "SKB"), "--site 'SKB': no such site; it has MST"),
        (("animate", "--day", "8"), "--day 8: this replication has days 1 to 7"),
    ],
)
def test_what_a_replication_does_not_have_is_told(arguments, message):
    name, *options = arguments
    done = call(name, *SHORT, *options)
    assert done.exit_code == 2
    assert message in done.output
