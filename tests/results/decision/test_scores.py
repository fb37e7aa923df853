"""Scores of a run: what was measured, on fixed scales, in choices by year."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from results.decision.costs import cost_table, crews_on_the_road, extra_costs, prices, yearly
from results.decision.scores import SCORE_COLUMNS, Interval, choices, score_table
from results.kpis.criteria import criteria
from results.runs.run import Run
from tests.support.made_up_run import build, scenario, scenarios, site


def with_values(run: Run, kpi: str, values: dict[str, list[float]]) -> Run:
    """The same run with other values of one regional KPI."""
    rows = run.replications
    others = rows[~((rows["kpi"] == kpi) & (rows["site"] == "region"))]
    new = [
        (name, number, "region", kpi, value)
        for name, series in values.items()
        for number, value in enumerate(series)
    ]
    table = pd.concat([others, pd.DataFrame(new, columns=others.columns)], ignore_index=True)
    return Run.from_replications(run.manifest, table, run.reachability, run.parameters)


def cell(table: pd.DataFrame, name: str, criterion: str) -> pd.Series:
    rows = table[(table["scenario"] == name) & (table["criterion"] == criterion)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_simulated_score_has_the_interval_of_its_replications(run):
    run = with_values(run, "care.wait_doctor.p95", {"single": [60.0, 120.0, 180.0]})
    table = score_table(run)
    assert tuple(table.columns) == SCORE_COLUMNS
    row = cell(table, "single", "wait_doctor")
    summary = run.summary.set_index(["scenario", "site", "kpi"])
    mean = summary.loc[("single", "region", "care.wait_doctor.p95")]
    assert row["value"] == 120
    assert (row["low"], row["high"]) == (mean["ci_low"], mean["ci_high"])
    assert row["score"] == 0.5
    assert row["score_low"] < row["score"] < row["score_high"]
    assert row["interval"] == Interval.REPLICATIONS


def test_the_least_reachable_municipality_counts_and_has_no_interval(run):
    table = score_table(run)
    rows = run.reachability
    ours = rows[
        (rows["scenario"] == "single")
        & (rows["function"] == "maternity")
        & (rows["profile"] == "car")
        & (rows["municipality_code"] != "REGION")
    ]
    row = cell(table, "single", "maternity_worst_off")
    assert row["value"] == row["low"] == row["high"] == ours["share_within_norm"].min()
    assert row["interval"] == Interval.NONE


@pytest.mark.parametrize(
    ("hours", "count"),
    [
        (("24/7", "24/7"), 2),
        (("closed", "24/7"), 1),
        (("07:00-23:00", "24/7"), 1),
        (("even weeks 00:00-24:00", "odd weeks 00:00-24:00"), 1),
    ],
)
def test_sites_are_counted_at_the_least_favourable_hour_and_neighbours_are_not(hours, count):
    entry = scenario("x", "x", 2024, None)
    places = [("A", hours[0], "twente"), ("B", hours[1], "twente"), ("C", "24/7", "neighbour")]
    entry["sites"] = [site(name, 6.8, 52.2, text, text, role) for name, text, role in places]
    table = score_table(build([entry]))
    assert cell(table, "x", "open_eds")["value"] == count
    assert cell(table, "x", "open_maternity")["value"] == count


def test_a_choice_is_among_the_configurations_of_a_year_and_doing_nothing_comes_first(run):
    found = choices(run, score_table(run))
    assert [(choice.year, choice.names) for choice in found] == [
        (2024, ("now", "night")),
        (2034, ("now-2034", "single", "same")),
    ]
    assert all(choice.scores.shape == (len(choice.names), len(choice.criteria)) for choice in found)


def test_a_criterion_without_a_value_for_one_is_left_out_for_all_and_named(run):
    run = with_values(run, "care.wait_doctor.p95", {"single": [np.nan] * 4, "same": [1.0] * 4})
    choice = choices(run, score_table(run))[1]
    assert "wait_doctor" in [criterion.name for criterion in choice.unjudged]
    assert "wait_doctor" not in [criterion.name for criterion in choice.criteria]


def with_fte(run: Run, fte: dict[tuple[str, str, str], float]) -> Run:
    """The same run with these FTE by scenario, site and role only, and the facts that beds need."""
    summary = run.summary[~run.summary["kpi"].str.startswith("staff.fte.")]
    rows = [
        (name, place, f"staff.fte.{role}", "FTE", value, value, value, 4)
        for (name, place, role), value in fte.items()
    ]
    more = pd.DataFrame(rows, columns=summary.columns)
    facts = [
        (name, key, value, "", "", "", "")
        for name in {name for name, _, _ in fte}
        for key, value in (("staff.people.ward.beds", "0.2"), ("staff.hours_per_fte", "1753.2"))
    ]
    parameters = pd.DataFrame(facts, columns=run.parameters.columns)
    return dataclasses.replace(
        run, summary=pd.concat([summary, more], ignore_index=True), parameters=parameters
    )


def test_extra_costs_are_people_and_new_beds_worked_out_by_hand(run):
    # A bed takes 0.2 nurse x 8766 hours / 1753.2 hours = 1 FTE, so 10 FTE more are 10 beds.
    run = with_fte(
        run,
        {
            ("now-2034", "region", "ward.beds"): 100.0,
            ("now-2034", "mst-enschede", "ward.beds"): 60.0,
            ("now-2034", "zgt-almelo", "ward.beds"): 40.0,
            ("single", "region", "ward.beds"): 90.0,
            ("single", "mst-enschede", "ward.beds"): 70.0,
            ("single", "zgt-almelo", "ward.beds"): 20.0,
        },
    )
    table = cost_table(run).set_index(["scenario", "item"])
    assert table.loc[("single", "build.extension"), "quantity"] == pytest.approx(10)
    assert table.loc[("single", "build.new"), "quantity"] == 0
    nurse, bed = prices()["staff.fte.ward.beds"], yearly(prices()["build.extension"])
    extra = extra_costs(run)
    assert extra.loc["single", "value"] == pytest.approx((10 * bed.value - 10 * nurse.value) / 1e6)
    assert extra.loc["single", "low"] == pytest.approx((10 * bed.low - 10 * nurse.high) / 1e6)
    assert extra.loc["single", "high"] == pytest.approx((10 * bed.high - 10 * nurse.low) / 1e6)
    assert extra.loc["now-2034"].tolist() == [0, 0, 0]
    assert extra.loc["same"].isna().all()


def test_longer_rides_take_crews_worked_out_by_hand(run):
    # 10 hours a week more (8 to 12) with a nurse and a driver are 20 hours of people; a year has
    # 365.25 / 7 weeks and an FTE works 1753.2 hours: 20 x 52.18 / 1753.2 = 0.595 FTE.
    row = dict(zip(run.comparison.columns, run.comparison.iloc[0], strict=True)) | {
        "scenario": "single",
        "site": "region",
        "kpi": "ambulance.unit_hours",
        "difference": 10.0,
        "ci_low": 8.0,
        "ci_high": 12.0,
    }
    others = run.comparison[run.comparison["kpi"] != "ambulance.unit_hours"]
    facts = [
        ("single", key, value, "", "", "", "")
        for key, value in (
            ("staff.people.ambulance.crews", "2"),
            ("staff.hours_per_fte", "1753.2"),
        )
    ]
    run = dataclasses.replace(
        run,
        comparison=pd.concat([others, pd.DataFrame([row])], ignore_index=True),
        parameters=pd.DataFrame(facts, columns=run.parameters.columns),
    )
    found = crews_on_the_road(run)
    assert found.loc["single"].tolist() == pytest.approx([0.5952, 0.4762, 0.7143], abs=1e-4)
    assert found.loc["now-2034"].tolist() == [0, 0, 0]
    assert found.loc["same"].isna().all()


def test_a_bed_is_paid_off_as_a_loan_is():
    # 800,000 over 30 years at 3.5%: any annuity table gives a factor of 0.05437.
    assert yearly(prices()["build.new"]).value == pytest.approx(800_000 * 0.05437, rel=1e-4)


def test_every_price_has_a_range_and_says_what_is_assumed_of_it():
    for price in prices().values():
        assert min(price.low, price.high) < price.value < max(price.low, price.high)
        assert "assum" in price.source


def test_all_scenarios_have_all_criteria_of_the_catalogue(run):
    assert len(score_table(run)) == len(scenarios()) * len(criteria())
