"""Enough replications: the rule as published, by an independent program, and whatever the order."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from results.errors import ResultsError
from results.statistics.precision import (
    Reached,
    StoppingRule,
    next_round,
    precision_facts,
    precision_text,
    reached,
    relative_half_widths,
    until_precise,
)
from sim.replication.replicate import Finished

KPI = "ed.los.median"
RULE = StoppingRule((KPI,), "region", lookahead=5, least=3, precision=0.05)
BASELINES = {"single": "now", "now": None}


def table(values_by_scenario):
    return pd.DataFrame(
        [
            (scenario, number, "region", KPI, value)
            for scenario, values in values_by_scenario.items()
            for number, value in enumerate(values)
        ],
        columns=["scenario", "replication", "site", "kpi", "value"],
    )


def paired(count, seed=1, common=30.0, own=2.0):
    """Return two configurations with the same patients: most of the noise is shared."""
    rng = np.random.default_rng(seed)
    patients, noise = rng.normal(120, common, count), rng.normal(0, own, (2, count))
    return {"now": patients + noise[0], "single": patients + 10 + noise[1]}


def test_the_half_width_is_that_of_the_t_interval():
    values = np.array([10.0, 12.0, 11.0, 15.0, 12.0])
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    widths = relative_half_widths(values)
    assert widths[-1] == pytest.approx((high - low) / 2 / values.mean())
    assert np.isinf(widths[0])


def test_what_is_not_observed_in_a_replication_does_not_count():
    seen = relative_half_widths(np.array([10.0, np.nan, 12.0, 11.0]))
    assert seen[-1] == pytest.approx(relative_half_widths(np.array([10.0, 12.0, 11.0]))[-1])
    assert np.isinf(relative_half_widths(np.full(3, np.nan))).all()


def test_equal_values_are_precise_even_when_they_are_zero():
    assert relative_half_widths(np.zeros(4))[-1] == 0


@pytest.mark.parametrize("seed", range(5))
def test_intervals_are_those_of_sim_tools(seed):
    analysis = pytest.importorskip("sim_tools.output_analysis")
    values = np.random.default_rng(seed).lognormal(3, 0.4, 40)
    theirs = analysis.OnlineStatistics(alpha=0.05)
    ours = relative_half_widths(values)
    for number, value in enumerate(values):
        theirs.update(value)
        if number >= 2:
            assert ours[number] == pytest.approx(theirs.deviation)


@pytest.mark.parametrize("seed", range(10))
def test_the_number_is_that_of_the_replications_algorithm_of_sim_tools(seed):
    analysis = pytest.importorskip("sim_tools.output_analysis")
    values = np.random.default_rng(seed).lognormal(3, 0.2, 400)

    class Model:
        def single_run(self, replication_number):
            return {KPI: float(values[replication_number])}

    algorithm = analysis.ReplicationsAlgorithm(
        alpha=0.05, half_width_precision=0.05, initial_replications=3, look_ahead=5
    )
    theirs, _ = algorithm.select(Model(), [KPI])
    ours = reached(table({"now": values}), {"now": None}, RULE)
    assert ours[0].at == theirs[KPI]


def test_a_narrow_interval_by_chance_is_found_out_by_the_look_ahead():
    lucky = np.array([100, 100.1, 99.9, 140, 60, 150, 50, 130, 70, 100.0])
    without = StoppingRule((KPI,), "region", lookahead=0, least=3, precision=0.05)
    assert reached(table({"now": lucky}), {"now": None}, without)[0].at == 3
    assert reached(table({"now": lucky}), {"now": None}, RULE)[0].at is None


def test_differences_are_precise_before_levels():
    found = reached(table(paired(200)), BASELINES, RULE)
    by_kind = {(item.scenario, item.is_difference): item.at for item in found}
    assert found[0].is_difference
    assert by_kind["single", True] < by_kind["single", False]


def test_the_forecast_of_replications_is_about_right():
    # 20 replications with a standard deviation of exactly 0.3 of the mean:
    # 2.093 * 0.3 / sqrt(20) = 14.0%, so (14.0 / 5)^2 = 7.9 times as many, and 7 to look ahead
    spread = np.tile([-1.0, 1.0], 10) * 30 / np.sqrt(20 / 19)
    found = reached(table({"now": 100 + spread}), {"now": None}, RULE)[0]
    assert found.half_width == pytest.approx(0.1404, abs=1e-4)
    assert found.needed == 158 + 7


def played(values, asked):
    def simulate(numbers):
        asked.append(numbers)
        return [
            Finished(name, number, [("region", KPI, column[number])], 0, 0.0, 0.0)
            for number in numbers
            for name, column in values.items()
        ]

    return simulate


def test_rounds_go_on_until_it_is_precise_and_no_further_than_needed():
    asked = []
    finished, found = until_precise(played(paired(300), asked), BASELINES, RULE, 5, 300)
    assert all(item.at is not None for item in found)
    need = max(item.at for item in found)
    total = asked[-1].stop
    assert need + RULE.ahead(need) <= total < 2 * (need + RULE.ahead(need))
    assert len(finished) == 2 * total


def test_no_replication_is_asked_twice_and_none_is_left_out():
    asked = []
    until_precise(played(paired(300), asked), BASELINES, RULE, 5, 300)
    assert len(asked) > 1
    assert [number for numbers in asked for number in numbers] == list(range(asked[-1].stop))


def test_the_ceiling_holds_and_the_text_says_what_was_missed():
    asked = []
    _, found = until_precise(played(paired(300), asked), BASELINES, RULE, 5, 12)
    assert asked[-1].stop == 12
    text = precision_text(found, RULE, 12, "en")
    assert "not reached: about" in text
    assert "difference" in text
    facts = precision_facts(found, RULE)
    assert facts["asked"] == 0.05
    assert {entry["of"] for entry in facts["kpis"]} == {"difference", "level"}


def test_a_ceiling_below_the_least_number_is_refused():
    with pytest.raises(ResultsError, match="--replications is 20: more than --at-most 10"):
        until_precise(played(paired(20), []), BASELINES, RULE, 20, 10)


def test_the_same_numbers_in_another_order_of_rows_give_the_same_rounds():
    values = paired(40, common=8)
    straight = reached(table(values), BASELINES, RULE)
    shuffled = table(values).sample(frac=1, random_state=3)
    assert reached(shuffled, BASELINES, RULE) == straight


def test_nothing_further_is_asked_when_all_is_precise():
    done = Reached("now", KPI, is_difference=False, half_width=0.01, at=3, needed=None)
    assert next_round([done], 8, 100, RULE) is None


def test_the_rule_that_ships_looks_at_known_kpis():
    rule = StoppingRule.shipped(0.05)
    assert rule.kpis == (
        "ed.los.median",
        "ambulance.a1.within_15",
        "maternity.caesarean.decision_to_incision.median",
    )
