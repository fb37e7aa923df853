"""The parameter registry, and demand in a horizon year worked out on paper."""

import pytest

from scenarios.parameters.demand import Age, age_growth, trend_growth
from scenarios.parameters.registry import Confidence, Parameter, Parameters, registry
from scenarios.parameters.shapes import day_shape, week_shape

ENTRIES = registry().entries()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_every_number_says_where_it_comes_from(entry):
    assert entry.unit
    assert entry.source
    assert entry.year
    assert isinstance(entry.confidence, Confidence)
    if entry.unit.startswith("share"):
        assert 0 <= entry.value <= 1


def test_what_is_called_measured_is_not_called_an_estimate():
    wrong = [
        entry.key
        for entry in ENTRIES
        if entry.source.startswith("estimate")
        and entry.confidence is not Confidence.ENGINEERING_ESTIMATE
    ]
    assert wrong == []


@pytest.mark.parametrize("prefix", ["ed.triage.share."], ids=["the triage levels"])
def test_shares_of_a_whole_add_up_to_one(prefix):
    total = sum(entry.value for entry in ENTRIES if entry.key.startswith(prefix))
    assert total == pytest.approx(1)


def test_an_override_keeps_the_unit_and_leaves_the_registry_alone():
    own = Parameter("ed.doctor.mean", 25, "hours?", "mine", "2026", Confidence.MEASURED_TWENTE)
    changed = registry().with_values({"ed.doctor.mean": own})
    (entry,) = (entry for entry in changed.entries() if entry.key == "ed.doctor.mean")
    assert (entry.value, entry.unit, entry.source) == (25, "min", "mine")
    assert registry()["ed.doctor.mean"] == 20


def test_shapes_are_shares_of_a_day_and_of_a_week():
    assert day_shape("ed_arrivals_weekday").shape == (24,)
    assert week_shape("ed").shape == (7,)
    assert day_shape("births_spontaneous").sum() == pytest.approx(1)
    assert week_shape("ed").sum() == pytest.approx(1)


ON_PAPER = Parameters(
    {
        key: Parameter(key, value, "", "", "", Confidence.ENGINEERING_ESTIMATE)
        for key, value in {
            "demand.base_year": 2024.0,
            "demand.age_index.from": 2020.0,
            "demand.age_index.to": 2040.0,
            "demand.age_index.65_79": 1.2,
            "demand.acute.trend": 0.01,
        }.items()
    }
)


@pytest.mark.parametrize(
    ("year", "growth"),
    [
        (2020, 1 / 1.04),  # 2024: 1 + 0.2 x 4/20 = 1.04
        (2024, 1.0),
        (2030, 1.10 / 1.04),
        (2040, 1.20 / 1.04),
        (2055, 1.20 / 1.04),  # level after the forecast
    ],
)
def test_an_age_band_grows_in_a_straight_line_within_the_forecast(year, growth):
    assert age_growth(ON_PAPER, Age.SENIOR, year) == pytest.approx(growth)


def test_a_trend_is_compound_from_the_base_year():
    assert trend_growth(ON_PAPER, "acute", 2024) == 1
    assert trend_growth(ON_PAPER, "acute", 2026) == pytest.approx(1.0201)
    assert trend_growth(ON_PAPER, "acute", 2023) == pytest.approx(1 / 1.01)


def test_those_of_65_and_over_are_169_thousand_in_2040(starter):
    # MST Strategische agenda 2023-2028: 128 thousand in 2020, 169 thousand in 2040
    region = starter.cells[starter.cells["in_region"]]
    people = {age: float(region[f"age_{age.label}"].sum()) for age in (Age.SENIOR, Age.ELDERLY)}
    in_2040 = sum(count * age_growth(registry(), age, 2040) for age, count in people.items())
    assert in_2040 == pytest.approx(169_000, rel=0.01)
