"""Minutes over roads small enough to work out on paper."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from geodata.routing.travel_time_matrix import od_table
from geodata.routing.travel_times import TravelTimes
from tests.support.paper_roads import SOUTH, WEST, at_the_limit, minutes_between

# Corners of a square of 1000 m with a short cut over the top:
#
#   3 ---- 4          1-2 and 2-4: 60 km/h, 1 min each
#   |      |          1-3 and 3-4: 30 km/h, 2 min each
#   1 ---- 2
SQUARE = {1: (0, 0), 2: (1000, 0), 3: (0, 1000), 4: (1000, 1000)}
FAST = {"highway": "tertiary", "maxspeed": "60"}
SLOW = {"highway": "residential", "maxspeed": "30"}
STREETS = {10: ([1, 2], FAST), 11: ([2, 4], FAST), 12: ([1, 3], SLOW), 13: ([3, 4], SLOW)}


def test_the_fastest_way_is_taken(network_of):
    network = network_of(SQUARE, STREETS)
    assert minutes_between(network, (0, 0), (1000, 1000)) == pytest.approx(2.0, abs=1e-3)


def test_a_point_mid_way_pays_only_for_the_part_driven(network_of):
    network = network_of(SQUARE, STREETS)
    # 250 m back to 1 at 30 km/h is 0.5 min; 1-2-4 takes 2 min; 100 m along 4-3 takes 0.2 min
    assert minutes_between(network, (0, 250), (900, 1000)) == pytest.approx(2.7, abs=1e-3)


def test_points_on_one_chain_go_straight(network_of):
    network = network_of(SQUARE, STREETS)
    assert minutes_between(network, (0, 250), (0, 750)) == pytest.approx(1.0, abs=1e-3)
    assert minutes_between(network, (0, 750), (0, 250)) == pytest.approx(1.0, abs=1e-3)


def test_a_oneway_street_forces_the_way_round(network_of):
    oneway = STREETS | {10: ([1, 2], FAST | {"oneway": "yes"})}
    network = network_of(SQUARE, oneway)
    assert minutes_between(network, (0, 0), (1000, 0)) == pytest.approx(1.0, abs=1e-3)
    # back: 2-4 in 1 min, 4-3 in 2, 3-1 in 2
    assert minutes_between(network, (1000, 0), (0, 0)) == pytest.approx(5.0, abs=1e-3)
    # on the oneway street itself: 750 m to 250 m is 250 on, round in 5, and 250 m: 0.25+5+0.25
    assert minutes_between(network, (750, 0), (250, 0)) == pytest.approx(5.5, abs=1e-3)


def test_both_search_directions_agree(network_of):
    network = network_of(SQUARE, STREETS | {10: ([1, 2], FAST | {"oneway": "yes"})})
    x = np.array([100.0, 600, 1000, 0, 0, 900]) + WEST
    y = np.array([0.0, 0, 400, 300, 900, 1000]) + SOUTH
    at = network.snap(x, y, 50.0)
    few = network.snap(x[:2], y[:2], 50.0)
    travel = TravelTimes(network, at_the_limit())
    square = travel.minutes(at, at)
    np.testing.assert_allclose(travel.minutes(few, at), square[:2])
    np.testing.assert_allclose(travel.minutes(at, few), square[:, :2])


def test_a_point_far_from_any_road_has_no_way(network_of):
    network = network_of(SQUARE, STREETS)
    assert np.isnan(minutes_between(network, (0, 0), (500, 500)))


def test_roads_cut_off_from_the_rest_are_left_out(network_of):
    nodes = SQUARE | {8: (3000, 0), 9: (3500, 0)}
    network = network_of(nodes, STREETS | {20: ([8, 9], FAST)})
    assert np.isnan(minutes_between(network, (0, 0), (3200, 0)))


def test_the_minor_road_waits_at_a_junction_and_the_main_road_does_not(network_of):
    nodes = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1000, 1000)}
    main = {"highway": "secondary", "maxspeed": "60"}
    side = {"highway": "residential", "maxspeed": "60"}
    network = network_of(nodes, {10: ([1, 2, 3], main), 11: ([4, 2], side)})
    profile = at_the_limit(yield_seconds=30.0)
    assert minutes_between(network, (0, 0), (2000, 0), profile) == pytest.approx(2.0, abs=1e-3)
    assert minutes_between(network, (1000, 1000), (0, 0), profile) == pytest.approx(2.5, abs=1e-3)


def test_kilometres_follow_the_fastest_way(network_of):
    network = network_of(SQUARE, STREETS | {10: ([1, 2], FAST | {"oneway": "yes"})})
    spots = {"a": (0, 250), "b": (900, 1000), "c": (750, 0), "d": (250, 0)}
    to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    degrees = {n: to_degrees.transform(WEST + x, SOUTH + y) for n, (x, y) in spots.items()}
    points = pd.DataFrame([{"id": n, "lon": at[0], "lat": at[1]} for n, at in degrees.items()])
    rows = od_table(network, at_the_limit(), points, points, 50.0).rows
    table = rows.set_index(["from_id", "to_id"])
    # a to b: back to 1, 1-2-4 and 100 m along 4-3
    assert table.loc[("a", "b"), "km"] == pytest.approx(2.35, abs=2e-3)
    # c to d against the oneway: 250 m on, round by 4 and 3, and 250 m
    assert table.loc[("c", "d"), "km"] == pytest.approx(3.5, abs=2e-3)
    assert table.loc[("d", "c"), "km"] == pytest.approx(0.5, abs=2e-3)
    assert table.loc[("a", "a"), "km"] == pytest.approx(0.0)


def test_a_point_off_the_road_is_named_and_left_empty(network_of):
    network = network_of(SQUARE, STREETS)
    to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    near, far = to_degrees.transform(WEST, SOUTH), to_degrees.transform(WEST, SOUTH - 5000)
    points = pd.DataFrame(
        {"id": ["near", "far"], "lon": [near[0], far[0]], "lat": [near[1], far[1]]}
    )
    table = od_table(network, at_the_limit(), points, points, 50.0)
    assert table.notes == ("far: no road within 50 m",)
    assert table.rows["minutes"].isna().tolist() == [False, True, True, True]
