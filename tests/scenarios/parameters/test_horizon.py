"""Demand in a horizon year: forecasts reached, seasons averaged, levers phased in."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.files.loading import load
from scenarios.parameters.demand import Age, age_growth, municipal_growth, season, trend_growth
from scenarios.parameters.levers import EFFECTS
from scenarios.parameters.registry import Parameters, registry
from scenarios.parameters.shapes import month_shape

PARAMETERS = registry()
BASE = PARAMETERS["demand.base_year"]


def flat(**own):
    """Return parameters without ageing, so that municipal growth stands alone."""
    ages = {f"demand.age_index.{age.label}": 1.0 for age in Age}
    values = {**ages, "demand.base_year": 2021, **own}
    return Parameters(
        {
            entry.key: replace(entry, value=values.get(entry.key, entry.value))
            for entry in PARAMETERS.entries()
            if ".growth." not in entry.key or entry.key in own
        }
    )


def test_the_base_year_is_the_measure_of_all_growth():
    for age in Age:
        assert age_growth(PARAMETERS, age, int(BASE)) == 1
    people = np.array([[100.0, 400, 80, 20], [50.0, 200, 60, 10]])
    growth = municipal_growth(PARAMETERS, ["GM0153", "GM0164"], people, int(BASE))
    assert growth == pytest.approx(np.ones((2, 4)))


def test_acute_demand_grows_as_mst_expects():
    # MST Strategische agenda: 39 to 44 thousand acute patients 2019-2032
    rates = np.array([PARAMETERS[f"demand.ed.rate.{age.label}"] for age in Age])
    people = np.array([97_605, 403_345, 98_305, 32_400])

    def visits(year):
        grown = people * [age_growth(PARAMETERS, age, year) for age in Age]
        return float(grown @ rates) * trend_growth(PARAMETERS, "acute", year)

    assert visits(2032) / visits(2019) == pytest.approx(44 / 39, rel=0.01)


def test_a_municipality_with_a_forecast_reaches_it_and_the_others_take_what_is_left():
    parameters = flat(**{"demand.municipality.growth.GM0153": 0.10})
    people = np.full((2, 4), 100.0)
    growth = municipal_growth(parameters, ["GM0153", "GM0164"], people, 2035)
    assert growth[0] == pytest.approx(np.full(4, 1.10))
    assert growth[1] == pytest.approx(np.full(4, 0.90))
    halfway = municipal_growth(parameters, ["GM0153", "GM0164"], people, 2028)
    assert halfway[0] == pytest.approx(np.full(4, 1.05))


@pytest.mark.parametrize("year", [2030, 2034, 2040, 2055])
def test_municipal_forecasts_leave_the_age_totals_of_the_region_alone(year):
    rng = np.random.default_rng(4)
    codes = ["GM0153", "GM1774", "GM0164", "GM0141"]
    people = rng.uniform(1_000, 50_000, (4, 4))
    growth = municipal_growth(PARAMETERS, codes, people, year)
    ages = [age_growth(PARAMETERS, age, year) for age in Age]
    assert (people * growth).sum(axis=0) == pytest.approx(people.sum(axis=0) * ages)


def test_a_municipality_that_nobody_lives_in_does_no_harm():
    growth = municipal_growth(PARAMETERS, ["GM0153", "GM0164"], np.zeros((2, 4)), 2040)
    assert np.isfinite(growth).all()


def test_a_season_averages_to_an_ordinary_year():
    days = np.arange(365.25 * 4)
    busy = season(month_shape("ed"), 1, days)
    assert busy.mean() == pytest.approx(1, abs=0.001)
    assert season(month_shape("ed"), 0, days) == pytest.approx(np.ones_like(days))


def test_a_season_begins_in_the_week_asked():
    shape = np.array([2.0, *[10 / 11] * 11]) / 12  # January twice as busy
    assert season(shape, 1, np.array([0.0])) == pytest.approx([2.0])
    assert season(shape, 27, np.array([0.0])) == pytest.approx([10 / 11])
    assert season(shape, 27, np.array([27 * 7.0])) == pytest.approx([2.0])  # New Year again


LEVER = {"strength": 0.5, "start": 2026, "phase_in": 8, "source": "test"}


def pulled(year, **levers):
    scenario = load("now")
    parts = {**scenario.model_dump(), "levers": levers, "horizon_year": year}
    return type(scenario).model_validate(parts).effective_parameters()


def test_a_lever_is_phased_in_and_takes_its_share():
    # half strength, half phased in by 2030: a quarter of 10% off the stays
    full = PARAMETERS["lever.technology.stays"]
    stay = PARAMETERS["ward.los.80_plus.mean"]
    assert pulled(2025, technology=LEVER)["ward.los.80_plus.mean"] == stay
    assert pulled(2030, technology=LEVER)["ward.los.80_plus.mean"] == pytest.approx(
        stay * (1 - 0.25 * full)
    )
    assert pulled(2050, technology=LEVER)["ward.los.80_plus.mean"] == pytest.approx(
        stay * (1 - 0.5 * full)
    )


def test_two_levers_on_one_parameter_multiply_what_they_leave():
    at_once = {**LEVER, "strength": 1, "phase_in": 0}
    both = pulled(2030, care_at_home=at_once, pathways=at_once)["ward.delayed.share.80_plus"]
    left = (1 - PARAMETERS["lever.care_at_home.delayed"]) * (
        1 - PARAMETERS["lever.pathways.delayed"]
    )
    assert both == pytest.approx(PARAMETERS["ward.delayed.share.80_plus"] * left)


def test_a_lever_tells_itself_in_the_source_of_what_it_changes():
    entries = {entry.key: entry for entry in pulled(2040, pathways=LEVER).entries()}
    assert entries["ed.consult.mean"].source.startswith("lever pathways takes 12.5% off")


def test_every_effect_of_a_lever_is_a_parameter_and_changes_one():
    for effects in EFFECTS.values():
        for effect in effects:
            for key in (effect.key, *effect.of, *filter(None, [effect.adds_to])):
                assert key in PARAMETERS, key


def test_a_season_turns_on_the_day_and_not_a_week_from_it():
    # A month is 30.44 days: day 30 of January is its last, day 31 is February. Beginning in week 5,
    # 28 days on: days 2 and 3.
    shape = np.array([2.0, *[10 / 11] * 11]) / 12
    february = pytest.approx(10 / 11)
    assert season(shape, 1, np.array([30.0, 31.0])).tolist() == [pytest.approx(2), february]
    assert season(shape, 5, np.array([2.0, 3.0])).tolist() == [pytest.approx(2), february]


def test_a_lever_takes_its_share_of_what_others_leave():
    # Half of the admissions is avoided already: a lever of 8% leaves 0.5 x 0.92 of them.
    scenario = load("now", ["demand.avoided.admissions=0.5", "demand.avoided.visits=0.2"])
    levers = {"care_at_home": {**LEVER, "strength": 1, "phase_in": 0}}
    parts = {**scenario.model_dump(), "levers": levers, "horizon_year": 2030}
    found = type(scenario).model_validate(parts).effective_parameters()
    assert PARAMETERS["lever.care_at_home.admissions"] == 0.08
    assert found["demand.avoided.admissions"] == pytest.approx(1 - 0.5 * 0.92)
    assert PARAMETERS["lever.care_at_home.visits"] == 0.1
    assert found["demand.avoided.visits"] == pytest.approx(1 - 0.8 * 0.9)
