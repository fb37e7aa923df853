"""Where women go after a closure: by hand, and as it went in Emmen in the winter of 2017."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from results.validation.closure_map import closure_of
from results.validation.closures import Closure, UnitChoice, compared, fitted, predict

SHARED = Path(__file__).parents[4] / "shared"
DRENTHE = SHARED / "data" / "osm" / "drenthe-2021-08-06.osm.pbf"
HOOGEVEEN = files("results.validation").joinpath("hoogeveen_counts.csv")
COUNTS = SHARED / "evidence" / "obstetric_closures.csv"


def two_hospitals(**counted):
    """Return NEAR at 10 minutes and FAR at 20 from every home, and THIRD, whom nobody counted."""
    return Closure(
        hospitals=("NEAR", "FAR", "THIRD"),
        minutes=np.array([[10.0, 20.0, 10.0]] * 2),
        weights=np.array([3.0, 1.0]),
        births=np.array([100.0, 200.0, 100.0]),
        closed_births=50.0,
        referred_to="FAR",
        counted=counted,
    )


def test_twice_as_far_is_half_as_likely_with_a_scatter_of_one_and_size_makes_up_for_it():
    # exp(-ln 10) to exp(-ln 20), of those that were counted: 2 to 1; 200 births for 100: 1 to 1
    closure = two_hospitals(NEAR=40, FAR=20)
    found = predict(closure, UnitChoice("", 1.0))
    assert found.shares == pytest.approx([2 / 3, 1 / 3])
    assert predict(closure, UnitChoice("", 1.0, size=1.0)).shares == pytest.approx([1 / 2, 1 / 2])
    assert predict(closure, UnitChoice("", 1.0, referral=np.log(2))).shares == pytest.approx(
        [0.5, 0.5]
    )


def test_the_test_is_exact_and_its_interval_that_of_the_draw():
    # three births, even odds: 3 to 0 is as unlikely as 0 to 3, an eighth each
    closure = two_hospitals(NEAR=3, FAR=0)
    found = predict(closure, UnitChoice("", 1.0, referral=np.log(2)))
    assert found.chance == pytest.approx(2 / 8)
    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [3, 3])
    sixty = predict(two_hospitals(NEAR=30, FAR=30), UnitChoice("", 1.0, referral=np.log(2)))
    assert (sixty.low[0], sixty.high[0]) == (22, 38)  # binomial of 60 at one half
    assert sixty.holds
    assert not predict(
        two_hospitals(NEAR=50, FAR=10), UnitChoice("", 1.0, referral=np.log(2))
    ).holds


def test_the_referral_under_which_what_was_seen_is_likeliest_is_found():
    closure = two_hospitals(NEAR=30, FAR=30)
    assert (
        fitted(closure, UnitChoice("", 1.0), [0.0, 0.5, 0.7, 1.0]).referral == 0.7
    )  # ln 2 is 0.693


def test_the_hospital_that_the_team_goes_to_counts_as_large_as_the_one_that_closed():
    # FAR is twice as far; with the 400 births of the closed one against the 100 of NEAR it draws
    # four times as many at equal distance: 1 to 2
    closure = replace(two_hospitals(NEAR=1, FAR=1), closed_births=400.0)
    assert predict(closure, UnitChoice("", 1.0, size=1.0)).shares == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.slow  # reads a province and its roads
@pytest.mark.skipif(not DRENTHE.is_file(), reason="no ../shared/data with the Drenthe extract")
@pytest.mark.parametrize(
    ("name", "counts", "closed", "area", "seen"),
    [
        ("emmen.csv", COUNTS, "Treant Scheper", 346, (52, 13, 14)),
        ("hoogeveen.csv", HOOGEVEEN, "Bethesda", 129, (10, 14, 39, 28)),
    ],
)
def test_women_who_lost_their_unit_chose_by_size_too_and_not_just_the_nearest(
    name, counts, closed, area, seen
):
    # the model has no number that was fitted to either: in proportion to size (Huff 1963)
    hospitals = pd.read_csv(files("results.validation").joinpath(name))
    closure = closure_of(DRENTHE, hospitals, pd.read_csv(counts), closed, area)
    nearest, by_size, referral = compared(closure)
    assert nearest.seen == seen
    assert not nearest.holds
    assert by_size.holds
    # a referral that fits Emmen does not carry over: none fits Hoogeveen best
    assert referral.choice.referral == pytest.approx(
        0.24 if closed == "Treant Scheper" else 0, abs=0.02
    )
