"""Where women go after a closure: by hand, and as it went in Emmen in the winter of 2017."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from results.validation.closure_map import closure_of
from results.validation.closures import Choice, Closure, compared, fitted, predict

SHARED = Path(__file__).parents[4] / "shared"
DRENTHE = SHARED / "data" / "osm" / "drenthe-2021-08-06.osm.pbf"
COUNTS = SHARED / "evidence" / "obstetric_closures.csv"


def two_hospitals(**counted):
    """Return NEAR at 10 minutes and FAR at 20 from every home, and THIRD, whom nobody counted."""
    return Closure(
        hospitals=("NEAR", "FAR", "THIRD"),
        minutes=np.array([[10.0, 20.0, 10.0]] * 2),
        weights=np.array([3.0, 1.0]),
        births=np.array([100.0, 200.0, 100.0]),
        referred_to="FAR",
        counted=counted,
    )


def test_twice_as_far_is_half_as_likely_with_a_scatter_of_one_and_size_makes_up_for_it():
    # exp(-ln 10) to exp(-ln 20), of those that were counted: 2 to 1; 200 births for 100: 1 to 1
    closure = two_hospitals(NEAR=40, FAR=20)
    found = predict(closure, Choice("", 1.0))
    assert found.shares == pytest.approx([2 / 3, 1 / 3])
    assert predict(closure, Choice("", 1.0, size=1.0)).shares == pytest.approx([1 / 2, 1 / 2])
    assert predict(closure, Choice("", 1.0, referral=np.log(2))).shares == pytest.approx([0.5, 0.5])


def test_the_test_is_exact_and_its_interval_that_of_the_draw():
    # three births, even odds: 3 to 0 is as unlikely as 0 to 3, an eighth each
    closure = two_hospitals(NEAR=3, FAR=0)
    found = predict(closure, Choice("", 1.0, referral=np.log(2)))
    assert found.chance == pytest.approx(2 / 8)
    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [3, 3])
    sixty = predict(two_hospitals(NEAR=30, FAR=30), Choice("", 1.0, referral=np.log(2)))
    assert (sixty.low[0], sixty.high[0]) == (22, 38)  # binomial of 60 at one half
    assert sixty.holds
    assert not predict(two_hospitals(NEAR=50, FAR=10), Choice("", 1.0, referral=np.log(2))).holds


def test_the_referral_under_which_what_was_seen_is_likeliest_is_found():
    closure = two_hospitals(NEAR=30, FAR=30)
    assert fitted(closure, Choice("", 1.0), [0.0, 0.5, 0.7, 1.0]).referral == 0.7  # ln 2 is 0.693


@pytest.mark.slow  # reads a province and its roads
@pytest.mark.skipif(not DRENTHE.is_file(), reason="no ../shared/data with the Drenthe extract")
def test_the_women_of_emmen_were_referred_and_did_not_just_go_to_the_nearest():
    hospitals = pd.read_csv(files("results.validation").joinpath("emmen.csv"))
    closure = closure_of(DRENTHE, hospitals, pd.read_csv(COUNTS), "Treant Scheper")
    assert closure.referred_to == "Hoogeveen"
    nearest, _, referral, best = compared(closure)
    assert nearest.hospitals == ("Hoogeveen", "Stadskanaal", "Hardenberg")
    assert nearest.seen == (52, 13, 14)
    assert not nearest.holds
    assert referral.holds
    assert best.choice.referral == pytest.approx(referral.choice.referral, abs=0.03)
    inside = (referral.low <= referral.seen) & (referral.seen <= referral.high)
    assert inside.all()
