"""Means, paired differences and verdicts, against scipy and numbers worked out by hand."""

import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from results.errors import ResultsError
from results.statistics.comparison import (
    COMPARISON_COLUMNS,
    SUMMARY_COLUMNS,
    Holds,
    Size,
    Verdict,
    compare,
    summarise,
)

T_975_WITH_2_DF = 4.302652729911275  # Student's t, any printed table: 4.303


def replications(
    values: dict[str, list[float]], kpi: str = "ed.los.median", site: str = "region"
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (scenario, number, site, kpi, value)
            for scenario, series in values.items()
            for number, value in enumerate(series)
        ],
        columns=["scenario", "replication", "site", "kpi", "value"],
    )


def only(table: pd.DataFrame) -> pd.Series:
    assert len(table) == 1
    return table.iloc[0]


def test_columns_are_those_of_the_design():
    table = replications({"now": [1, 2], "other": [2, 4]})
    assert list(summarise(table).columns) == list(SUMMARY_COLUMNS)
    assert list(SUMMARY_COLUMNS) == [
        "scenario",
        "site",
        "kpi",
        "unit",
        "mean",
        "ci_low",
        "ci_high",
        "replications",
    ]
    assert list(compare(table, {"other": "now"}).columns) == list(COMPARISON_COLUMNS)
    assert list(COMPARISON_COLUMNS) == [
        "scenario",
        "baseline",
        "site",
        "kpi",
        "unit",
        "difference",
        "ci_low",
        "ci_high",
        "verdict",
        "interval",
        "size",
        "leaving",
    ]


def test_mean_and_interval_are_those_worked_out_by_hand():
    row = only(summarise(replications({"now": [10.0, 20.0, 30.0]})))
    half = T_975_WITH_2_DF * 10 / np.sqrt(3)
    assert row["mean"] == 20
    assert row["ci_low"] == pytest.approx(20 - half)
    assert row["ci_high"] == pytest.approx(20 + half)
    assert row["replications"] == 3
    assert row["unit"] == "min"


def test_one_replication_has_no_interval_and_shows_nothing():
    table = replications({"now": [10.0], "other": [99.0]})
    assert summarise(table)[["ci_low", "ci_high"]].isna().all(axis=None)
    row = only(compare(table, {"other": "now"}))
    assert row["difference"] == 89
    assert np.isnan(row["ci_low"])
    assert row["verdict"] == Verdict.NOT_SHOWN


def test_unobserved_replications_are_left_out_not_counted_as_zero():
    row = only(summarise(replications({"now": [10.0, np.nan, 30.0]})))
    assert (row["mean"], row["replications"]) == (20, 2)


def test_a_kpi_never_observed_is_kept_with_no_replications():
    row = only(summarise(replications({"now": [np.nan, np.nan]})))
    assert np.isnan(row["mean"])
    assert row["replications"] == 0


def test_comparison_is_the_paired_t_test():
    rng = np.random.default_rng(7)
    patients = rng.normal(100, 30, 12)
    ours, theirs = patients + rng.normal(4, 3, 12), patients
    row = only(compare(replications({"now": list(theirs), "x": list(ours)}), {"x": "now"}))
    interval = stats.ttest_rel(ours, theirs).confidence_interval(0.95)
    assert row["ci_low"] == pytest.approx(interval.low)
    assert row["ci_high"] == pytest.approx(interval.high)
    assert row["verdict"] == Verdict.WORSE


def test_pairing_shows_what_two_separate_intervals_hide():
    patients = [100.0, 200.0, 300.0]
    table = replications({"now": patients, "x": [96.0, 195.0, 294.0]})
    own = summarise(table).set_index("scenario")
    assert own.loc["x", "ci_high"] > own.loc["now", "ci_low"]
    row = only(compare(table, {"x": "now"}))
    assert row["difference"] == -5
    assert row["ci_high"] == pytest.approx(-5 + T_975_WITH_2_DF / np.sqrt(3))
    assert row["verdict"] == Verdict.BETTER


@pytest.mark.parametrize(
    ("kpi", "change", "verdict"),
    [
        ("ed.los.median", -1, Verdict.BETTER),
        ("ed.los.median", 1, Verdict.WORSE),
        ("ambulance.a1.within_15", 1, Verdict.BETTER),
        ("ambulance.a1.within_15", -1, Verdict.WORSE),
        ("ed.arrivals", 1, Verdict.HIGHER),
        ("ed.arrivals", -1, Verdict.LOWER),
        ("a.name.nobody.knows", -1, Verdict.LOWER),
    ],
)
def test_verdict_follows_the_direction_of_the_kpi(kpi, change, verdict):
    values = {"now": [1.0, 2.0, 3.0], "x": [1 + change, 2 + 1.1 * change, 3 + 0.9 * change]}
    assert only(compare(replications(values, kpi), {"x": "now"}))["verdict"] == verdict


def test_identical_replications_show_no_difference():
    row = only(compare(replications({"now": [0.1, 0.3], "x": [0.1, 0.3]}), {"x": "now"}))
    assert (row["difference"], row["ci_low"], row["ci_high"]) == (0, 0, 0)
    assert row["verdict"] == Verdict.NOT_SHOWN


def test_rounding_in_the_last_bits_is_not_a_difference():
    row = only(compare(replications({"now": [0.3, 0.3], "x": [0.1 + 0.2] * 2}), {"x": "now"}))
    assert row["verdict"] == Verdict.NOT_SHOWN


def test_an_interval_that_holds_zero_shows_no_difference():
    row = only(compare(replications({"now": [10.0, 10, 10], "x": [9, 11, 13]}), {"x": "now"}))
    assert row["difference"] == 1
    assert row["verdict"] == Verdict.NOT_SHOWN


def test_a_site_closed_on_one_side_yields_no_row():
    table = pd.concat(
        [
            replications({"now": [1.0, 2.0], "x": [1.0, 2.0]}),
            replications({"now": [1.0, 2.0]}, site="closed-in-x"),
            replications({"x": [1.0, 2.0]}, site="new-in-x"),
            replications({"now": [1.0, 2.0], "x": [np.nan, np.nan]}, site="empty-in-x"),
        ]
    )
    assert list(compare(table, {"x": "now"})["site"]) == ["region"]


def test_only_replications_seen_on_both_sides_are_paired():
    values = {"now": [1.0, 2.0, np.nan], "x": [2.0, 3.5, 999.0]}
    row = only(compare(replications(values), {"x": "now"}))
    assert row["difference"] == 1.25


def test_an_unknown_baseline_is_named_with_what_there_is():
    with pytest.raises(ResultsError, match="baseline then; this run has now, x"):
        compare(replications({"now": [1.0], "x": [1.0]}), {"x": "then"})


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)  # each order is as good as another
def test_the_order_of_the_rows_changes_nothing(random):
    rng = np.random.default_rng(1)
    table = replications({name: list(rng.normal(size=9)) for name in ("now", "b", "a")})
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = table.iloc[order]
    baselines = {"a": "now", "b": "now"}
    pd.testing.assert_frame_equal(summarise(table), summarise(shuffled), check_exact=True)
    pd.testing.assert_frame_equal(
        compare(table, baselines), compare(shuffled, baselines), check_exact=True
    )


def test_what_is_better_because_patients_leave_says_how_many_do():
    # A thousand more go elsewhere and waits get 20 minutes shorter; births have nothing to do with
    # that, and a wait that gets longer is no benefit.
    table = pd.concat(
        [
            replications({"now": [60, 64, 62], "one": [40, 45, 41]}),
            replications({"now": [60, 64, 62], "one": [40, 45, 41]}, "care.wait_doctor.p95"),
            replications({"now": [60, 64, 62], "one": [70, 75, 77]}, "ed.boarding.mean"),
            replications(
                {"now": [90, 91, 92], "one": [70, 71, 72.5]}, "maternity.births_on_the_way"
            ),
            replications({"now": [500, 510, 520], "one": [1500, 1512, 1518]}, "ed.to_neighbours"),
        ]
    )
    found = compare(table, {"one": "now"}).set_index("kpi")["leaving"]
    eased = ["ed.los.median", "care.wait_doctor.p95"]
    assert found[eased].tolist() == pytest.approx([1000, 1000])
    assert found.drop(eased).isna().all()


@pytest.mark.snapshot
def test_a_small_comparison_stays_as_it_was():
    table = pd.concat(
        [
            replications({"now": [60, 64, 62], "one": [70, 75, 77]}),
            replications({"now": [0.9, 0.92, 0.91], "one": [0.91, 0.9, 0.92]}, "ed.admitted"),
            replications({"now": [30000, 30100, 30050], "one": [30000, 30100, 30050]}, "x.y"),
        ]
    )
    text = compare(table, {"one": "now"}).to_csv(index=False, float_format="%.8g")
    golden = """\
scenario,baseline,site,kpi,unit,difference,ci_low,ci_high,verdict,interval,size,leaving
one,now,region,ed.admitted,share,0,-0.043026527,0.043026527,no difference shown,single,not judged,
one,now,region,ed.los.median,min,12,5.4275868,18.572413,worse,single,size unclear,
one,now,region,x.y,,0,0,0,no difference shown,single,not judged,
"""
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(text)), pd.read_csv(io.StringIO(golden)), atol=1e-12
    )


def test_a_rare_event_that_differs_by_one_every_time_is_not_called_a_difference():
    rows = [
        (scenario, replication, "region", name, value)
        for replication in (0, 1)
        for scenario, births, fte in (("now", 2.0, 100.0), ("other", 3.0, 90.0))
        for name, value in (("maternity.births_on_the_way", births), ("staff.fte", fte))
    ]
    replications = pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])
    table = compare(replications, {"other": "now"}).set_index("kpi")
    assert table.loc["maternity.births_on_the_way", "verdict"] == "no difference shown"
    assert math.isnan(table.loc["maternity.births_on_the_way", "ci_low"])
    # Rosters are the same in every replication: that difference is exact.
    assert table.loc["staff.fte", "ci_low"] == -10.0


def test_intervals_of_criteria_hold_together_by_bonferroni_and_others_one_by_one():
    values = {"now": [10.0, 11, 12], "a": [15.0, 14, 19], "b": [15.0, 13, 18]}
    table = pd.concat(
        [
            replications(values, "care.wait_doctor.p95"),
            replications(values, "theatre.elective.cancelled"),
            replications(values, "care.wait_doctor.p95", site="MST"),
            replications(values, "staff.fte"),
        ]
    )
    found = compare(table, {"a": "now", "b": "now"})
    family = found[found["interval"] == Holds.TOGETHER]
    assert len(family) == 4  # two configurations, two criteria; rosters are exact, a site is one
    row = family[(family["scenario"] == "a") & (family["kpi"] == "care.wait_doctor.p95")].iloc[0]
    difference = np.array([5.0, 3, 7])
    half = stats.t.ppf(1 - 0.05 / 4 / 2, 2) * difference.std(ddof=1) / np.sqrt(3)
    assert row["ci_low"] == pytest.approx(5 - half)
    assert row["verdict"] == Verdict.NOT_SHOWN
    site = found[(found["scenario"] == "a") & (found["site"] == "MST")].iloc[0]
    assert site["interval"] == Holds.ALONE
    assert site["ci_low"] == pytest.approx(5 - T_975_WITH_2_DF * 2 / np.sqrt(3))
    assert site["verdict"] == Verdict.WORSE


def test_intervals_of_criteria_miss_no_mean_in_95_of_100_tables():
    # Twelve paired differences that are truly zero, and strongly alike within a configuration.
    rng = np.random.default_rng(3)
    tables, wrong = 40, 0
    kpis = ["care.wait_doctor.p95", "ed.boarding.mean", "theatre.elective.cancelled"]
    for _ in range(tables):
        mood = rng.normal(size=(5, 6))
        rows = [
            (f"s{s}", n, "region", name, 50 + mood[s, n] + rng.normal(0, 0.3))
            for s in range(5)
            for n in range(6)
            for name in kpis
        ]
        frame = pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])
        found = compare(frame, {f"s{s}": "s0" for s in range(1, 5)})
        wrong += (found["verdict"] != Verdict.NOT_SHOWN).any()
    assert wrong / tables <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / tables)


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ([20.0, 20.6, 21.0], Size.MATTERS),  # 10 minutes more, 5 matter
        ([11.0, 11.4, 12.2], Size.SMALL),
        ([10.0, 11.0, 24.0], Size.UNCLEAR),
    ],
)
def test_a_difference_is_held_against_the_smallest_that_matters(values, size):
    table = replications({"now": [10.0, 10.5, 11.0], "x": values}, "ed.wait_doctor.p95")
    assert only(compare(table, {"x": "now"}))["size"] == size


def test_a_difference_may_be_certain_and_too_small_to_matter():
    table = replications({"now": [10.0, 20, 30], "x": [11.0, 21.01, 31]}, "ed.wait_doctor.p95")
    row = only(compare(table, {"x": "now"}))
    assert (row["verdict"], row["size"]) == (Verdict.WORSE, Size.SMALL)
