"""A verdict is as sure as the speeds it rests on."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.accessibility.uncertainty import TravelRatio, cell_probability, travel_ratio, verdicts
from geodata.dataset.dataset import DataSet

PLAIN = TravelRatio(common=0.1, local=0.0, times=(1.0,), shares=(1.0,))


@pytest.fixture
def data() -> DataSet:
    cells = pd.DataFrame(
        {
            "municipality": ["Near", "Near", "Far", "Far"],
            "in_region": True,
            "population": np.array([50, 50, 90, 10], dtype=np.float32),
        }
    )
    empty = gpd.GeoDataFrame({"geometry": []})
    return DataSet(cells, pd.DataFrame({"id": []}), empty, empty, {}, {}, {})


DRIVING = np.array([10, 15, 24, 40], dtype=np.float32)


def test_a_verdict_at_the_edge_is_a_coin_toss():
    assert cell_probability(np.array([30.0]), 30.0, PLAIN)[0] == pytest.approx(0.5)


def test_one_spread_from_the_edge_is_one_spread_sure():
    minutes = np.array([30 * np.exp(-0.1), 30 * np.exp(0.1)])
    # the normal distribution within one standard deviation
    assert cell_probability(minutes, 30.0, PLAIN) == pytest.approx([0.8413, 0.1587], abs=1e-4)


def test_what_is_no_driving_is_not_uncertain():
    assert cell_probability(np.array([20.0]), 30.0, PLAIN, fixed=10.0)[0] == pytest.approx(0.5)


def test_the_speed_loss_that_flips_a_verdict(data):
    table = verdicts(data, DRIVING, 30.0, PLAIN, required_share=0.9).set_index("municipality")
    # 90% of Far is within 24 minutes: at four fifths of the speed that takes 30
    assert table.loc["Far", "speed_loss_to_flip"] == pytest.approx(0.2)
    assert table.loc["Near", "speed_loss_to_flip"] == pytest.approx(0.5)
    assert table.loc["Far", "meets"]
    assert table.loc["Far", "share_within"] == pytest.approx(0.9)
    # log(30/24) is 2.23 spreads
    assert table.loc["Far", "probability"] == pytest.approx(0.9872, abs=1e-3)
    assert table.index[-1] == "REGION"


def test_a_norm_that_is_not_met_takes_a_gain(data):
    table = verdicts(data, DRIVING, 30.0, PLAIN, required_share=0.95).set_index("municipality")
    assert not table.loc["Far", "meets"]
    assert table.loc["Far", "speed_loss_to_flip"] == pytest.approx(-1 / 3)
    assert table.loc["Far", "probability"] < 0.01


def test_the_range_holds_the_share(data):
    table = verdicts(data, DRIVING, 15.0, travel_ratio("car", 15.0), required_share=0.9)
    assert (table["share_low"] <= table["share_within"]).all()
    assert (table["share_within"] <= table["share_high"]).all()


def towns(count: int) -> DataSet:
    """Return towns of a hundred each, all living as far away."""
    cells = pd.DataFrame(
        {
            "municipality": [f"Town {number:02}" for number in range(count)],
            "in_region": True,
            "population": np.full(count, 100, dtype=np.float32),
        }
    )
    empty = gpd.GeoDataFrame({"geometry": []})
    return DataSet(cells, pd.DataFrame({"id": []}), empty, empty, {}, {}, {})


def region(ratio: TravelRatio, count: int, required_share: float = 0.5) -> pd.Series:
    driving = np.full(count, 30 * np.exp(-0.1), dtype=np.float32)
    table = verdicts(towns(count), driving, 30.0, ratio, required_share=required_share)
    return table.set_index("municipality").loc["REGION"]


def test_what_all_roads_share_does_not_even_out_over_the_region():
    common = TravelRatio(common=0.1, local=0.0, times=(1.0,), shares=(1.0,))
    found = region(common, 16)
    # all towns or none: one spread from the edge, as a single town
    assert found["probability"] == pytest.approx(0.8413, abs=0.02)
    assert (found["share_low"], found["share_high"]) == (0.0, 1.0)


def test_what_each_place_has_of_its_own_evens_out_over_the_region():
    own = TravelRatio(common=0.0, local=0.1, times=(1.0,), shares=(1.0,))
    found = region(own, 16)
    # each of 16 towns is within with 0.8413, on its own: binomial, 8 or more almost always
    assert found["probability"] > 0.99
    # its spread is sqrt(0.8413 x 0.1587 / 16) = 0.091; the range is some two of those either way
    assert found["share_low"] == pytest.approx(0.8413 - 1.96 * 0.091, abs=0.07)
    # 14 or more of 16 within: 0.525 by the binomial distribution
    assert region(own, 16, 14 / 16)["probability"] == pytest.approx(0.525, abs=0.025)


def test_both_parts_together_are_as_wide_as_their_squares_for_one_place():
    both = TravelRatio(common=0.06, local=0.08, times=(1.0,), shares=(1.0,))
    assert both.spread == pytest.approx(0.1)
    assert region(both, 1)["probability"] == pytest.approx(0.8413, abs=0.02)


def test_the_region_is_the_same_each_time(data):
    ratio = travel_ratio("car", 20.0)
    first, again = (verdicts(data, DRIVING, 20.0, ratio, required_share=0.9) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize("profile", ["car", "siren"])
def test_the_shipped_distribution_is_one(profile):
    ratio = travel_ratio(profile, 20.0)
    assert sum(ratio.shares) == pytest.approx(1.0)
    assert ratio.quantile(0.5) == pytest.approx(1.0, abs=0.05)
    assert float(ratio.probability_below(ratio.quantile(0.9))) == pytest.approx(0.9, abs=1e-4)


def test_a_short_trip_is_known_less_well_than_a_long_one():
    # engines differ by an eighth over ten kilometres, about 13 minutes
    at = {minutes: travel_ratio("car", minutes).spread for minutes in (5.0, 13.0, 30.0, 60.0)}
    assert at[13.0] == pytest.approx(0.12, abs=0.01)
    assert at[5.0] > at[13.0] > at[30.0] > at[60.0]
    ratio = travel_ratio("car", 13.0)
    quarter = travel_ratio("car", 52.0)
    assert quarter.local == pytest.approx(ratio.local / 2)


@pytest.mark.parametrize(("profile", "more"), [("car", 0.031), ("siren", 0.019)])
def test_delays_half_as_long_again_lie_two_spreads_away(profile, more):
    # Without delays all roads share 0.08 at any length; squares add up. Four times as far, half.
    for minutes, part in ((13.0, more / 2), (52.0, more / 4)):
        away = travel_ratio(profile, minutes).common ** 2 - 0.08**2
        assert away**0.5 == pytest.approx(part, rel=0.1)
