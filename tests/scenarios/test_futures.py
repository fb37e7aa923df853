"""Futures: ranges with sources, and the same configuration under another future."""

from pathlib import Path

import pytest

from scenarios.capacity import site_capacity
from scenarios.errors import ScenarioError
from scenarios.files import loading as files
from scenarios.futures import in_future, in_play, load_factors
from scenarios.parameters.registry import registry

MIDDLE = {
    name: registry()[factor.sets[0]] if factor.sets else 0.0 if factor.lever else 1.0
    for name, factor in load_factors().items()
}
WALLS = "policies.neighbours=simulated"


def test_the_forecast_lies_within_every_shipped_range():
    for name, factor in load_factors().items():
        assert factor.low <= MIDDLE[name] <= factor.high
        assert factor.source


def test_the_future_of_the_forecast_is_the_scenario_itself():
    scenario = files.load("single-hengelo")
    same = in_future(scenario, load_factors(), MIDDLE, "f001")
    assert same.name == "single-hengelo-f001"
    assert dict(same.effective_parameters()) == pytest.approx(dict(scenario.effective_parameters()))


def test_a_future_multiplies_what_its_factors_name_and_nothing_else():
    factors = load_factors()
    scenario = files.load("now")
    changed = in_future(scenario, factors, {**MIDDLE, "delayed": 1.2}, "worse")
    before, after = scenario.effective_parameters(), changed.effective_parameters()
    moved = {key for key in before if before[key] != after[key]}
    assert moved == set(factors["delayed"].moved())
    assert all(after[key] == pytest.approx(1.2 * before[key]) for key in moved)


def test_a_scenarios_own_value_is_what_a_future_multiplies():
    scenario = files.load("now", ["demand.ed.level=0.8"])
    changed = in_future(scenario, load_factors(), {**MIDDLE, "demand": 1.1}, "busy")
    assert changed.effective_parameters()["demand.ed.level"] == pytest.approx(0.88)


def test_a_future_pulls_its_lever_in_full_in_the_horizon_year():
    scenario = files.load("single-almelo")
    changed = in_future(scenario, load_factors(), {**MIDDLE, "care_at_home": 0.5}, "home")
    avoided = registry()["lever.care_at_home.visits"] / 2
    assert changed.effective_parameters()["demand.avoided.visits"] == pytest.approx(avoided)


def test_a_future_gives_what_it_sets_its_own_value_whatever_the_scenario_says():
    scenario = files.load("now", [WALLS, "neighbour.headroom=0.12"])
    changed = in_future(scenario, load_factors(), {**MIDDLE, "neighbours_headroom": 0.05}, "full")
    assert changed.effective_parameters()["neighbour.headroom"] == 0.05


def test_what_is_uncertain_of_neighbours_is_drawn_only_where_they_have_walls():
    factors = load_factors()
    counted, simulated = files.load("now"), files.load("now", [WALLS])
    of_neighbours = {"neighbours_headroom", "winterswijk_closes", "zutphen_by_day"}
    assert set(factors) - set(in_play(factors, [counted])) == of_neighbours
    assert in_play(factors, [counted, simulated]) == factors


def test_beds_stay_as_planned_whatever_the_future_brings():
    scenario = files.load("single-almelo")
    high = {name: factor.high for name, factor in load_factors().items()}
    future = in_future(scenario, load_factors(), high, "busy")
    planned, found = site_capacity(scenario), site_capacity(future)
    assert all((planned[key] == found[key]).all() for key in planned)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("low: 2\n  high: 1\n  times: [demand.ed.level]", "'low' must be below 'high'"),
        ("low: 1\n  high: 2\n  times: [demand.ed.levle]", "no parameter is called"),
        ("low: 1\n  high: 9\n  times: [ed.self_referral.share]", "would become"),
        ("low: 0\n  high: 2\n  lever: technology", "from 0 to 1"),
        ("low: 0\n  high: 1", "one of 'times', 'sets' and 'lever'"),
        (
            "low: 0\n  high: 1\n  times: [travel.ratio]\n  sets: [neighbour.headroom]",
            "one of 'times', 'sets' and 'lever'",
        ),
        ("low: 0\n  high: 1\n  sets: [neighbour.haedroom]", "sets"),
        ("low: 0\n  high: 2\n  sets: [neighbour.closed.zutphen]", "would become 2"),
    ],
)
def test_a_factor_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, content, message):
    file = tmp_path / "mine.yaml"
    rest = "title: {nl: a, en: b}\n  unit: x\n  source: s\n  confidence: engineering_estimate"
    file.write_text(f"# mine\nodd:\n  {content}\n  {rest}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        load_factors(file)
    assert caught.value.problems[0].line in {2, 3, 4, 5}


def test_a_factor_without_fields_is_named_with_its_line(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("odd: 3\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.yaml:1: odd: must hold fields"):
        load_factors(file)


def test_two_factors_may_not_move_the_same_parameter(tmp_path: Path):
    one = (
        "  {title: {nl: a, en: b}, unit: x, source: s, confidence: engineering_estimate,"
        " low: 0.9, high: 1, times: [travel.ratio]}\n"
    )
    file = tmp_path / "twice.yaml"
    file.write_text(f"a:\n{one}b:\n{one}", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"twice.yaml:3: b: moves travel.ratio"):
        load_factors(file)


def test_a_slower_future_takes_everybody_longer(starter):
    slow = starter.slowed(1.25)
    ids = ["MST", "ZGT_ALM"]
    assert slow.cell_minutes("car", ids) == pytest.approx(
        1.25 * starter.cell_minutes("car", ids), nan_ok=True
    )
    assert starter.slowed(1.0) is starter
