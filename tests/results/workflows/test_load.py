"""More visits than doctors can ever see are told beforehand; values worked out by hand."""

import pytest
from click.testing import CliRunner

from cli import main
from geodata.dataset.folder import load as load_data
from results.workflows.load import doctor_load, load_warning
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.parameters.demand import Age


def test_the_load_is_the_one_worked_out_by_hand():
    # 100,000 adults x 83 per 1,000 x level 1 = 8,300 visits x (20 + 20) minutes = 332,000 a year;
    # one doctor at MST and one at ZGT, always: 2 x 60 x 24 x 365.25 = 1,051,920 minutes
    one = {f"sites.{site}.capacity.ed.doctors=1" for site in ("MST", "ZGT_ALM")}
    scenario = load("now", (*one, "demand.ed.level=1", "policies.ed_rosters=as_today"))
    people = dict.fromkeys(Age, 0.0) | {Age.ADULT: 100_000.0}
    assert doctor_load(scenario, people) == pytest.approx(332_000 / 1_051_920, rel=1e-6)


def test_nothing_is_said_of_what_ships_and_forty_times_the_demand_is_told():
    places = load_data(None)
    assert [load_warning(load(name), places) for name in shipped_names()] == [""] * len(
        shipped_names()
    )
    busy = load("now", ("demand.ed.rate.15_64=3320", "policies.ed_rosters=as_today"))
    assert "now: visits ask" in load_warning(busy, places)


def test_validate_tells_it_on_stderr_and_the_file_is_good_all_the_same(tmp_path):
    file = tmp_path / "busy.yaml"
    file.write_text(
        "extends: now\npolicies: {ed_rosters: as_today}\nparameters: {demand.ed.rate.15_64: 3320}\n"
    )
    done = CliRunner(env={"TWENTEZORG_LANG": "en"}).invoke(main, ["validate", str(file)])
    assert (done.exit_code, done.stdout) == (0, f"{file}: goed\n")
    assert done.stderr.startswith("note: busy: visits ask ")
    assert done.stderr.count("\n") == 1
