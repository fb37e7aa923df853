"""Reachability and coverage on six cells whose figures can be added up by hand."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.accessibility.abroad import nearer_abroad
from geodata.accessibility.coverage import change, coverage, sensitive_sites, settlements_beyond
from geodata.accessibility.reachability import (
    by_moment,
    call_to_hospital_minutes,
    emergency_chain,
    nearest_minutes,
)
from geodata.config.norms import norms
from geodata.dataset.dataset import DataSet
from geodata.population.dasymetric import FERTILE_BANDS

CELLS = pd.DataFrame(
    {
        "cell": list("abcdef"),
        "pc4": [1001, 1001, 1002, 2001, 2001, 3001],
        "settlement": ["Ahome", "Ahome", "Avil", "Bham", "Bham", "Elsewhere"],
        "municipality_code": ["GM1", "GM1", "GM1", "GM2", "GM2", "GM3"],
        "municipality": ["A", "A", "A", "B", "B", "C"],
        "in_region": [True] * 5 + [False],
        "population": np.array([100, 100, 200, 300, 100, 1000], dtype=np.float32),
        "age_65_79": np.array([10, 10, 20, 30, 10, 100], dtype=np.float32),
        "age_80_plus": np.array([1, 2, 3, 4, 5, 6], dtype=np.float32),
        "births": np.array([1, 1, 2, 3, 1, 10], dtype=np.float32),
        **{band: np.full(6, 7, dtype=np.float32) for band in FERTILE_BANDS},
    }
)
POINTS = pd.DataFrame({"id": ["N", "S", "POST"], "kind": ["site", "site", "post"]})
CAR = np.array(
    [[10, 40, 2], [20, 30, 4], [32, 20, 6], [40, 10, 8], [50, 28, 10], [9, 9, 9]],
    dtype=np.float32,
)


@pytest.fixture
def data() -> DataSet:
    empty = gpd.GeoDataFrame({"geometry": []})
    return DataSet(
        cells=CELLS,
        points=POINTS,
        municipalities=empty,
        roads=empty,
        manifest={},
        cell_table={"car": CAR, "siren": CAR / 2},
        point_table={},
    )


def test_the_nearest_open_site_counts(data):
    assert nearest_minutes(data, "car", [["N", "S"]]).tolist() == [10, 20, 20, 10, 28, 9]


def test_the_least_favourable_moment_counts(data):
    day_and_night = [["N", "S"], ["N"]]
    assert nearest_minutes(data, "car", day_and_night).tolist() == [10, 20, 32, 40, 50, 9]


def test_a_night_closure_shows_at_its_hours(data):
    hours = [["N"] if hour < 7 or hour == 23 else ["N", "S"] for hour in range(24)]
    by_hour = by_moment(data, "car", hours)
    assert by_hour[3].tolist() == [40.0] * 7 + [10.0] * 16 + [40.0]


def test_where_nothing_is_open_care_is_infinitely_far(data):
    assert np.isinf(nearest_minutes(data, "car", [["N", "S"], []])).all()


def test_a_cell_without_way_to_one_site_takes_the_other(data):
    table = CAR.copy()
    table[0, 0] = np.nan
    cut = dataclasses.replace(data, cell_table={"car": table, "siren": table})
    assert nearest_minutes(cut, "car", [["N", "S"]])[0] == 40


def test_the_norm_clock_adds_up(data):
    # dispatch 2, turn-out 1, response 1, loading 5, drive 5
    assert call_to_hospital_minutes(data, norms(), [["N"]], ["POST"])[0] == pytest.approx(14)
    chain = emergency_chain(data, norms(), [["N"]], ["POST"]).iloc[0]
    # on scene 20 instead of loading 5
    assert chain["life"] == pytest.approx(29)


def test_groups_are_counted_by_area(data):
    table = coverage(data, nearest_minutes(data, "car", [["N"]]), "settlement")
    ahome = table[table["settlement"] == "Ahome"].set_index("group")
    assert ahome.loc["population", "number_within_15"] == 100
    assert ahome.loc["age_65_plus", "inhabitants"] == 23
    assert ahome.loc["women_15_49", "share_within_15"] == 0.5
    assert "Elsewhere" not in set(table["settlement"])
    whole = coverage(data, nearest_minutes(data, "car", [["N"]]), "region").set_index("group")
    assert whole.loc["births", "number_within_30"] == pytest.approx(2.0)


def test_settlements_beyond_the_norm_are_named(data):
    table = settlements_beyond(data, nearest_minutes(data, "car", [["N"]]), 30)
    assert table["settlement"].tolist() == ["Bham", "Avil"]
    assert table["beyond"].tolist() == [400, 200]
    assert table["minutes_max"].tolist() == [50, 32]


def test_a_closure_lengthens_the_way(data):
    now = nearest_minutes(data, "car", [["N", "S"]])
    table = change(data, now, nearest_minutes(data, "car", [["N"]]), 30).set_index("municipality")
    assert table.loc["A", "falls_beyond"] == 200
    assert table.loc["REGION", "falls_beyond"] == 600
    assert table.loc["REGION", "longer"] == 600
    assert table.loc["REGION", "shorter"] == 0


def test_a_site_is_sensitive_if_closing_it_puts_people_beyond(data):
    table = sensitive_sites(data, "car", ["N", "S"], ["N", "S"], 40).set_index("site")
    assert table.loc["S", "falls_beyond"] == 100
    assert bool(table.loc["S", "sensitive"])
    assert not table.loc["N", "sensitive"]


def test_who_was_beyond_the_norm_already_does_not_fall_beyond_it(data):
    # Limit 30, which is within. a: 10 to 31, falls. b: 31 to 31 and d: 40 to 40, beyond before. c:
    # 20 to 30, longer and within. e: 50 to 20, comes within. The mean of A: (100 x 10 + 100 x 31 +
    # 200 x 20) / 400 = 20.25 and (3100 + 3100 + 6000) / 400 = 30.5.
    before = np.array([10, 31, 20, 40, 50, 9], dtype=np.float32)
    after = np.array([31, 31, 30, 40, 20, 99], dtype=np.float32)
    table = change(data, before, after, 30).set_index("municipality")
    columns = ["longer", "shorter", "falls_beyond", "comes_within"]
    assert table.loc["A", columns].tolist() == [300, 0, 100, 0]
    assert table.loc["B", columns].tolist() == [0, 100, 0, 100]
    assert table.loc["REGION", columns].tolist() == [300, 100, 100, 100]
    assert table.loc["A", ["mean_before", "mean_after"]].tolist() == [20.25, 30.5]
    assert table.loc["REGION", "population"] == 800


def test_closing_a_site_counts_only_who_was_within_the_norm(data):
    # Limit 25: e, 28 minutes from S, is beyond today. Without S c and d fall beyond (32 and 40):
    # 500 people, 5 births. Without N a and b do (40 and 30): 200 people, 2 births.
    table = sensitive_sites(data, "car", ["N", "S"], ["N", "S"], 25).set_index("site")
    assert table.loc["S", ["falls_beyond", "births"]].tolist() == [500, 5]
    assert table.loc["N", ["falls_beyond", "births"]].tolist() == [200, 2]


def test_shares_are_of_people_and_not_of_cells(data):
    # From N within 40: of Bham d, 300 of 400 people, one of two
    # cells; of Twente a to d, 700 of 800, four of five cells. Mean: 1000 + 2000 + 6400 + 12000 +
    # 5000 over 800.
    minutes = nearest_minutes(data, "car", [["N"]])
    beyond = settlements_beyond(data, minutes, 40).set_index("settlement")
    assert beyond.loc["Bham", ["beyond", "share"]].tolist() == [100, 0.25]
    by_area = coverage(data, minutes, "settlement", [40]).set_index(["settlement", "group"])
    assert by_area.loc[("Bham", "population"), "share_within_40"] == 0.75
    whole = coverage(data, minutes, "region", [40]).set_index("group")
    assert whole.loc["population", "share_within_40"] == pytest.approx(700 / 800)
    assert whole.loc["births", "share_within_40"] == pytest.approx(7 / 8)
    assert whole.loc["population", "minutes_mean"] == pytest.approx(26400 / 800)


def test_hospitals_abroad_stand_beside_those_that_count(data):
    # N counts, S lies across the border: nearer for c, d and e, who are 200 + 300 + 100 of 800
    counted = nearest_minutes(data, "car", [["N"]])
    table = nearer_abroad(data, "car", counted, ["S"]).set_index(["municipality", "hospital"])
    region = table.loc["REGION", "any"]
    assert (region["inhabitants_nearer"], region["share_nearer"]) == (600.0, 0.75)
    assert table.loc[("A", "S"), "inhabitants_nearer"] == 200.0
    assert table.loc[("B", "S"), "share_nearer"] == 1.0
    # A has 100 people at 10, 100 at 20 and 200 at 32 minutes of N; at 40, 30 and 20 of S
    assert table.loc[("A", "any"), "minutes_mean"] == pytest.approx(23.5)
    assert table.loc[("A", "any"), "minutes_mean_abroad"] == pytest.approx(27.5)


def test_of_two_hospitals_abroad_the_nearest_is_any(data):
    counted = nearest_minutes(data, "car", [["POST"]])
    table = nearer_abroad(data, "car", counted, ["N", "S"]).set_index(["municipality", "hospital"])
    assert table.loc[("REGION", "any"), "minutes_mean_abroad"] == pytest.approx(
        (100 * 10 + 100 * 20 + 200 * 20 + 300 * 10 + 100 * 28) / 800
    )
    assert table.loc[("REGION", "any"), "inhabitants_nearer"] == 0.0
