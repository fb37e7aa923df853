"""`--set` takes every field that a scenario file may hold, and is blamed for what it sets."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from files.yaml_document import read_document
from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.files.overrides import apply_setting
from scenarios.files.shipped import shipped_folder
from scenarios.parameters.levers import LeverName
from scenarios.schema.scenario import Scenario

SCHEMA = Scenario.model_json_schema()
ENTRIES = {
    "sites": "MST",
    "ambulance": "POST_ALMELO",
    "levers": next(iter(LeverName)).value,
    "parameters": "ed.doctor.mean",
    "peak": "age_80_plus",
    "takes_over": "winterswijk",
    "sheds": "winterswijk",
}
"""Which entry of each group is set."""

SAMPLES = {"integer": "3", "number": "0.5", "boolean": "true", "string": "text", "array": "[]"}


def resolved(kind: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in kind.get("anyOf", ()) if option.get("type") != "null"]
    kind = options[-1] if options else kind
    return SCHEMA["$defs"][kind["$ref"].rpartition("/")[2]] if "$ref" in kind else kind


def leaves(kind: dict[str, Any], name: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the way to every field of the schema, and a value as it may be written."""
    own = resolved(kind)
    for field, inner in own.get("properties", {}).items():
        for way, sample in leaves(inner, field):
            yield (field, *way), sample
    if isinstance(own.get("additionalProperties"), dict):
        words = resolved(own.get("propertyNames", {})).get("enum", [ENTRIES.get(name)])
        for way, sample in leaves(own["additionalProperties"], words[0]):
            yield (words[0], *way), sample
    elif "properties" not in own:
        yield (), str(own.get("enum", [own.get("const", SAMPLES.get(own.get("type", "")))])[0])


WAYS = [(way, sample) for way, sample in leaves(SCHEMA) if way != ("name",)]


@cache
def now() -> dict[str, Any]:
    return read_document(shipped_folder() / "now.yaml").content


def value_at(content: Any, way: tuple[str, ...]) -> object:
    for name in way:
        content = content[name]
    return content


def test_the_ways_are_those_of_the_schema():
    assert len(WAYS) >= 75
    assert (("surge", "incident", "lat"), "0.5") in WAYS
    assert (("sites", "MST", "capacity", "ed.resuscitation", "weekend_night"), "3") in WAYS


@pytest.mark.parametrize(("way", "sample"), WAYS, ids=[".".join(way) for way, _ in WAYS])
def test_every_field_of_the_schema_can_be_set(way, sample):
    content = deepcopy(now())
    assert apply_setting(content, f"{'.'.join(way)}={sample}") in {way, way[:-1]}
    found = value_at(content, way)
    assert found == {"3": 3, "0.5": 0.5, "true": True, "[]": []}.get(sample, sample)


def problems(*settings: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load("now", settings)
    return [str(problem) for problem in caught.value.problems]


def test_a_surge_that_the_file_knows_nothing_of_can_be_set_as_a_whole_or_in_parts():
    whole = load(
        "now", ["surge.incident={week: 2, day: Mon, hour: 9, patients: 8, municipality: GM0153}"]
    )
    given = {"week": "2", "day": "Mon", "hour": "9", "patients": "8", "municipality": "GM0153"}
    parts = load("now", [f"surge.incident.{name}={value}" for name, value in given.items()])
    assert whole.surge.incident == parts.surge.incident
    assert whole.surge.incident.source == "--set"
    assert load("mass-casualty", ["surge.incident=null"]).surge.incident is None


def test_a_part_of_a_surge_alone_is_blamed_for_what_is_missing():
    found = problems("surge.incident.patients=8")
    assert found
    assert all(one.startswith("--set surge.incident.patients=8: surge.incident") for one in found)


def test_one_shift_of_a_roster_that_is_always_the_same_leaves_the_others():
    own = load("now", ["ambulance.POST_ALMELO=4", "ambulance.POST_ALMELO.night=2"])
    assert own.ambulance["POST_ALMELO"].written() == "day 4, evening 4, night 2"


def test_always_stands_in_place_of_all_shifts():
    own = load("now", ["sites.MST.capacity.ed.nurses.always=9"])
    assert own.sites["MST"].capacity["ed.nurses"].written().startswith("9")


def test_a_source_that_is_set_stays_whatever_the_order():
    own = load("now", ["warmup.source=our own", "warmup.weeks=6"])
    assert (own.warmup.weeks, own.warmup.source) == (6, "our own")


@pytest.mark.parametrize(
    ("setting", "what"),
    [
        ("ed.doctor.mean=12,5", "decimals have a point, not a comma"),
        ("ed.doctor.mean=012", "is octal to some"),
        ("ed.doctor.mean=1:30", "not a time with a colon"),
        ("ed.doctor.mean='12'", "take away the quotes"),
        ("ed.doctor.mean=yes", "must be a number"),
        ("ed.doctor.mean=.nan", "finite number"),
        ("ed.doctor.mean=-.inf", "finite number"),
        ("ed.doctor.mean=" + "9" * 400, "finite number"),
        ("ed.doctor.mean=-5", "allowed: at least"),
        ("ed.doctor.mean=", "must be a number"),
        ("horizon_year=1999", "must be at least 2020"),
        ("sites.MST.capacity.ed.nurses.night=-1", "must be at least 0"),
        ("sites.MST.capacity.ed.nurses=0", "without any ed.nurses"),
        ("sites.MST.open.ed=25:00-26:00", "sites.MST.open"),
        ("sites.MST.lon=500", "must be at most 180"),
        ("sites.MTS.nicu=true", "did you mean sites.MST.nicu?"),
        ("policies.bedds=as_today", "did you mean policies.beds?"),
        ("shifts.night=3", "in the order day, evening, night"),
        ("name=now", "give the file another name"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_write_and_blames_the_option(setting, what):
    found = problems(setting)
    assert what in found[0]
    assert all(one.startswith(f"--set {setting}") for one in found)
