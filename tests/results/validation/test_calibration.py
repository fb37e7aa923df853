"""Anchors decide only where they are known, and a verdict is what the numbers say."""

import numpy as np
import pandas as pd
import pytest

import results
from results.kpis.catalogue import kpis
from results.statistics.intervals import interval
from results.validation.calibration import all_hold, anchors, calibration_text, checked
from results.validation.queueing_theory import erlang_b, erlang_c, mean_wait
from scenarios.parameters.registry import Confidence

ZGT = next(anchor for anchor in anchors() if anchor.anchor == "ed.visits.zgt")
MST = next(anchor for anchor in anchors() if anchor.anchor == "ed.visits.mst")
ADMISSIONS = next(anchor for anchor in anchors() if anchor.anchor == "ward.admissions.zgt")


def values(kpi, **by_site):
    rows = [
        (number, site, kpi, value)
        for site, found in by_site.items()
        for number, value in enumerate(found)
    ]
    return pd.DataFrame(rows, columns=["replication", "site", "kpi", "value"])


def test_every_anchor_names_a_kpi_a_source_and_a_range():
    assert len({anchor.anchor for anchor in anchors()}) == len(anchors())
    for anchor in anchors():
        assert anchor.kpi in kpis(), anchor.anchor
        assert anchor.source, anchor.anchor
        assert anchor.low < anchor.high, anchor.anchor


def test_only_measured_anchors_decide():
    for anchor in anchors():
        if anchor.counts:
            assert anchor.confidence in (Confidence.MEASURED_TWENTE, Confidence.NATIONAL_NL)
        if anchor.confidence is Confidence.ENGINEERING_ESTIMATE:
            assert not anchor.counts


def test_no_two_anchors_that_decide_contradict_each_other():
    deciding = [anchor for anchor in anchors() if anchor.counts]
    for one in deciding:
        for other in deciding:
            if (one.kpi, one.sites) == (other.kpi, other.sites):
                assert max(one.low, other.low) < min(one.high, other.high), one.anchor


def test_of_two_years_that_contradict_the_one_nearest_the_model_decides_and_both_are_shown():
    table = values("ambulance.a1.within_15", GM0153=[0.98, 0.98])
    both = [anchor for anchor in anchors() if anchor.anchor.startswith("ambulance.a1.enschede.2")]
    found = {check.anchor.year: check.verdict for check in checked(table, both)}
    assert found == {"2019": "inside", "2023": "FAIL"}
    shown = calibration_text(checked(table, both))
    assert "2019" in shown
    assert "enschedenieuwsbord.nl" in shown


def test_an_anchor_holds_when_the_mean_is_in_its_range():
    (good,) = checked(values("ed.arrivals", ZGT_ALM=[30_400, 31_000]), [ZGT])
    (bad,) = checked(values("ed.arrivals", ZGT_ALM=[29_000, 29_500]), [ZGT])
    assert (good.mean, good.verdict, bad.verdict) == (30_700, "pass", "FAIL")
    assert all_hold([good])
    assert not all_hold([good, bad])


def test_an_estimate_outside_its_range_decides_nothing():
    (found,) = checked(values("ed.arrivals", MST=[50_000, 50_000]), [MST])
    assert found.verdict == "outside"
    assert all_hold([found])


def test_an_anchor_of_several_sites_is_their_sum():
    table = values("ward.admissions", ZGT_ALM=[20_000, 21_000], ZGT_HEN=[2_000, 2_000], MST=[9, 9])
    (found,) = checked(table, [ADMISSIONS])
    assert found.mean == 22_500
    # sd 707.1 over root 2 is 500; t with one degree of freedom 12.706
    assert found.ci_high - found.mean == pytest.approx(500 * 12.706, rel=1e-4)


def test_one_replication_has_no_interval():
    mean, half = interval(np.array([3.0]))
    assert mean == 3
    assert np.isnan(half)
    assert "  -  " in calibration_text(checked(values("ed.arrivals", ZGT_ALM=[30_400]), [ZGT]))


def test_no_interval_is_shown_below_nought():
    # mean 1, half-width 12.706 times 1
    text = calibration_text(checked(values("ed.arrivals", ZGT_ALM=[0, 2]), [ZGT]))
    assert "0.000 to 13.706" in text


def test_erlangs_formulas_by_hand():
    # one place, load 1: half is lost; two places, load 1: 1/2 over 1 + 1 + 1/2
    assert erlang_b(1, 1) == pytest.approx(1 / 2)
    assert erlang_b(1, 2) == pytest.approx(1 / 5)
    # M/M/1 at load 0.5: half wait, and the mean wait is that of a service
    assert erlang_c(0.5, 1) == pytest.approx(0.5)
    assert mean_wait(0.5, 1, 30) == pytest.approx(30)
    # M/M/2 at load 1: a third waits
    assert erlang_c(1, 2) == pytest.approx(1 / 3)


@pytest.mark.slow
def test_our_pools_agree_with_queueing_theory():
    assert [check.name for check in results.verify() if not check.holds] == []
