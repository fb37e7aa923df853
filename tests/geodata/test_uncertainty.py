"""A verdict is as sure as the speeds it rests on."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.dataset import DataSet
from geodata.uncertainty import TravelRatio, cell_probability, travel_ratio, verdicts

PLAIN = TravelRatio(spread=0.1, times=(1.0,), shares=(1.0,))


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
    table = verdicts(data, DRIVING, 15.0, travel_ratio(), required_share=0.9)
    assert (table["share_low"] <= table["share_within"]).all()
    assert (table["share_within"] <= table["share_high"]).all()


@pytest.mark.parametrize("profile", ["car", "siren"])
def test_the_shipped_distribution_is_one(profile):
    ratio = travel_ratio(profile)
    assert sum(ratio.shares) == pytest.approx(1.0)
    assert ratio.quantile(0.5) == pytest.approx(1.0, abs=0.05)
    assert float(ratio.probability_below(ratio.quantile(0.9))) == pytest.approx(0.9, abs=1e-4)
