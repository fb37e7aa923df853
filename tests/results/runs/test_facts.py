"""An edited manifest of a run is told with the fact, before any table is read."""

import json

import pytest

from files.manifest import sealed
from results.errors import ResultsError
from results.runs.folder import HASHED, read_run
from tests.support.made_up_run import manifest


@pytest.fixture
def facts():
    hashes = dict.fromkeys(HASHED, "0" * 64)
    return sealed({**manifest(), "tables": hashes, "outputs": {}})


def told(folder, facts) -> str:
    (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ResultsError) as error:
        read_run(folder)
    return str(error.value)


def test_a_manifest_as_it_was_written_passes(tmp_path, facts):
    assert "comparison.csv is missing" in told(tmp_path, facts)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 8), ("weeks", 52), ("command", "another"), ("note", "added")]
)
def test_a_fact_that_was_edited_into_a_sound_one_is_noticed(tmp_path, facts, name, value):
    facts[name] = value
    assert "manifest.json was changed or damaged after the run" in told(tmp_path, facts)


def test_a_manifest_without_a_hash_of_itself_is_of_another_version(tmp_path, facts):
    del facts["sha256"]
    assert "lacks sha256" in told(tmp_path, facts)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("seed", "seven", "seed: must be a whole number (given: 'seven')"),
        ("weeks", 0, "weeks: must be at least 1"),
        ("tables", None, "tables: must hold fields"),
        ("outputs", 3, "outputs"),
        ("scenarios", [], "scenarios: must have at least 1"),
        ("data", {"name": 1, "sources": [], "licences": []}, "data.name: must be a text"),
    ],
)
def test_a_fact_of_another_kind_is_named(tmp_path, facts, name, value, what):
    facts[name] = value
    assert f"manifest.json was edited or damaged: {what}" in told(tmp_path, facts)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("title", "Now", "scenarios.0.title: must hold fields"),
        ("horizon_year", 2025.5, "scenarios.0.horizon_year: must be a whole number"),
        ("posts", [1], "scenarios.0.posts.0: must be a text"),
    ],
)
def test_a_fact_of_a_scenario_of_another_kind_is_named(tmp_path, facts, name, value, what):
    facts["scenarios"][0][name] = value
    assert what in told(tmp_path, facts)


def test_a_site_that_is_nowhere_is_named(tmp_path, facts):
    facts["scenarios"][0]["sites"][0]["lat"] = float("nan")
    assert "scenarios.0.sites.0.lat: must be" in told(tmp_path, facts)


def test_a_table_without_its_hash_is_not_believed(tmp_path, facts):
    del facts["tables"]["summary.csv"]
    assert "lacks summary.csv" in told(tmp_path, facts)
