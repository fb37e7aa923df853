"""The keys of parameters are a type, made from the tables."""

import re

import pytest

from scenarios.parameters.registry import known_key, registry
from scenarios.parameters.write_keys import KEYS_FILE, keys_text

READS = """
from scenarios.parameters.registry import registry

registry()["ed.doctor.{last}"]
registry().of("ed.{step}", "mean")
"""


def test_the_type_of_keys_is_that_of_the_tables():
    assert KEYS_FILE.read_text("utf-8") == keys_text(), "run `make keys`"


def test_a_key_may_end_in_names():
    parameters = registry()
    assert parameters.of("ed.doctor", "mean") == parameters["ed.doctor.mean"]
    assert parameters.of("ward.los", "65_79", "mean") == parameters["ward.los.65_79.mean"]
    assert parameters.names("theatre.elective.inpatient") == ["MST", "ZGT_ALM", "ZGT_HEN"]
    assert "share.MST" not in parameters.names("theatre.specialty.surgery")


def test_what_a_user_writes_is_a_key_or_an_error():
    assert known_key("ed.doctor.mean") == "ed.doctor.mean"
    with pytest.raises(KeyError, match=r"ed\.doctor\.men"):
        known_key("ed.doctor.men")


@pytest.mark.slow  # mypy reads the libraries anew, whatever else has read them
def test_mypy_finds_a_typo_in_a_key(tmp_path):
    api = pytest.importorskip("mypy.api")
    written = {"good": ("mean", "doctor"), "last": ("men", "doctor"), "step": ("mean", "docter")}
    for name, (last, step) in written.items():
        (tmp_path / f"{name}.py").write_text(READS.format(last=last, step=step))
    said, _, _ = api.run([str(tmp_path), "--cache-dir", str(tmp_path / "cache")])
    found = re.findall(r"(\w+)\.py:(\d+): error: ", said)
    assert sorted(found) == [("last", "4"), ("step", "5")]
