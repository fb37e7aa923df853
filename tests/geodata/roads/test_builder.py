"""Rules of the road on networks small enough to work out on paper.

Roads are 1000 m between numbered crossings and driven at 60 km/h: a minute each.

      4
      |
  1 - 2 - 3        and, where a way round is wanted, 4 - 6 - 3 over the top
      |
      5
"""

import math

import numpy as np
import pytest

from geodata.routing.travel_times import TravelTimes
from tests.support.paper_roads import (
    APART,
    JOINED,
    ROAD,
    SOUTH,
    WEST,
    at_the_limit,
    minutes_between,
)

NODES = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1000, 1000), 5: (1000, -1000), 6: (2000, 1000)}
CROSS = {12: ([1, 2], ROAD), 23: ([2, 3], ROAD), 24: ([2, 4], ROAD), 25: ([2, 5], ROAD)}
ROUND = {46: ([4, 6], ROAD), 63: ([6, 3], ROAD)}
SIREN = at_the_limit("siren")


def ban(kind: str, start: int, via: int, to: int, **tags: str) -> dict[str, object]:
    members = [("from", ("way", start)), ("via", ("node", via)), ("to", ("way", to))]
    return {"members": members, "tags": {"restriction": kind} | tags}


def minutes(network, start, end, profile=None):
    return minutes_between(network, NODES[start], NODES[end], profile)


def test_without_restriction_the_turn_takes_two_roads(network_of):
    network = network_of(NODES, CROSS | ROUND)
    assert minutes(network, 1, 4) == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize("kind", ["no_left_turn", "no_right_turn", "no_straight_on", "no_entry"])
def test_a_banned_turn_forces_the_way_round(network_of, kind):
    network = network_of(NODES, CROSS | ROUND, restrictions=[ban(kind, 12, 2, 24)])
    # 1-2-3-6-4 instead of 1-2-4; turning round at 5 takes as long
    assert minutes(network, 1, 4) == pytest.approx(4.0, abs=1e-3)
    # other ways over the junction are free
    assert minutes(network, 4, 1) == pytest.approx(2.0, abs=1e-3)
    assert minutes(network, 5, 4) == pytest.approx(2.0, abs=1e-3)


def test_a_banned_turn_counts_for_points_on_the_way_itself(network_of):
    network = network_of(NODES, CROSS | ROUND, restrictions=[ban("no_left_turn", 12, 2, 24)])
    # 400 m to the junction, on to the next, where one may turn round, and back: 0.4 + 1 + 1 + 0.3
    assert minutes_between(network, (600, 0), (1000, 300)) == pytest.approx(2.7, abs=1e-3)


def test_searching_from_either_end_heeds_the_ban(network_of):
    network = network_of(NODES, CROSS | ROUND, restrictions=[ban("no_left_turn", 12, 2, 24)])
    x = np.array([600.0, 1000, 1500]) + WEST
    y = np.array([0.0, 300, 0]) + SOUTH
    at = network.snap(x, y, 10.0)
    travel = TravelTimes(network, at_the_limit())
    square = travel.minutes(at, at)
    last = network.snap(x[1:2], y[1:2], 10.0)
    np.testing.assert_allclose(travel.minutes(at, last)[:, 0], square[:, 1])
    assert square[0, 1] == pytest.approx(2.7, abs=1e-3)


@pytest.mark.parametrize("kind", ["only_straight_on", "only_right_turn", "only_left_turn"])
def test_an_only_turn_bans_all_others(network_of, kind):
    network = network_of(NODES, CROSS | ROUND, restrictions=[ban(kind, 12, 2, 23)])
    assert minutes(network, 1, 3) == pytest.approx(2.0, abs=1e-3)
    assert minutes(network, 1, 4) == pytest.approx(4.0, abs=1e-3)
    # to 5 one must come back over 2 from another side: 1-2-3-6-4-2-5
    assert minutes(network, 1, 5) == pytest.approx(6.0, abs=1e-3)


def test_a_banned_u_turn_forces_the_next_junction(network_of):
    network = network_of(APART, JOINED)
    assert minutes_between(network, (500, 0), (500, 100)) == pytest.approx(1.1, abs=1e-3)
    # the turn is over node 2, from way 12 into the link that leads back
    network = network_of(APART, JOINED, restrictions=[ban("no_u_turn", 12, 2, 23)])
    assert minutes_between(network, (500, 0), (500, 100)) == pytest.approx(3.1, abs=1e-3)


def test_a_u_turn_on_the_road_itself_may_be_banned(network_of):
    both = [ban("only_straight_on", 12, 2, 23), ban("no_u_turn", 23, 3, 23)]
    network = network_of(NODES, CROSS | ROUND, restrictions=both)
    # without turning at 3, the way to 4 is 1-2-3-6-4; without it, turning at 3 took as long
    assert minutes(network, 1, 5) == pytest.approx(6.0, abs=1e-3)


@pytest.mark.parametrize(
    ("excepted", "car", "siren"),
    [("bicycle", 4.0, 4.0), ("motorcar", 2.0, 2.0), ("psv;emergency", 4.0, 2.0)],
)
def test_an_exception_frees_those_it_names(network_of, excepted, car, siren):
    restriction = ban("no_left_turn", 12, 2, 24, **{"except": excepted})
    network = network_of(NODES, CROSS | ROUND, restrictions=[restriction])
    assert minutes(network, 1, 4) == pytest.approx(car, abs=1e-3)
    assert minutes(network, 1, 4, SIREN) == pytest.approx(siren, abs=1e-3)


def test_a_restriction_for_lorries_binds_no_car(network_of):
    members = [("from", ("way", 12)), ("via", ("node", 2)), ("to", ("way", 24))]
    lorries = {"members": members, "tags": {"restriction:hgv": "no_left_turn"}}
    network = network_of(NODES, CROSS | ROUND, restrictions=[lorries])
    assert minutes(network, 1, 4) == pytest.approx(2.0, abs=1e-3)


def test_a_bus_gate_is_a_short_cut_for_the_siren(network_of):
    gate = {24: ([2, 4], ROAD | {"access": "no", "psv": "yes"})}
    network = network_of(NODES, CROSS | ROUND | gate)
    assert minutes(network, 2, 4) == pytest.approx(3.0, abs=1e-3)
    assert minutes(network, 2, 4, SIREN) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("tags", "car", "siren"),
    [
        ({"barrier": "bollard"}, 4.0, 4.0),
        ({"barrier": "bollard", "bollard": "rising"}, 4.0, 2.0),
        ({"barrier": "lift_gate", "motor_vehicle": "private"}, 4.0, 2.0),
        ({"barrier": "gate"}, 2.0, 2.0),
    ],
)
def test_a_barrier_half_way_parts_the_road(network_of, tags, car, siren):
    nodes = NODES | {7: (1000, 500)}
    ways = CROSS | ROUND | {24: ([2, 7, 4], ROAD)}
    network = network_of(nodes, ways, node_tags={7: tags})
    assert minutes(network, 1, 4) == pytest.approx(car, abs=1e-3)
    assert minutes(network, 1, 4, SIREN) == pytest.approx(siren, abs=1e-3)
    # both halves of the street can still be reached: 1-2 and 400 m on
    assert minutes_between(network, (0, 0), (1000, 400)) == pytest.approx(1.4, abs=1e-3)


def test_a_signal_costs_its_seconds_once(network_of):
    network = network_of(NODES, CROSS | ROUND, node_tags={2: {"highway": "traffic_signals"}})
    stopped = at_the_limit(signal_seconds=30.0)
    assert minutes(network, 1, 3, stopped) == pytest.approx(2.5, abs=1e-3)


def test_a_signal_may_face_one_direction(network_of):
    nodes = NODES | {7: (500, 0)}
    ways = CROSS | ROUND | {12: ([1, 7, 2], ROAD)}
    facing = {"highway": "traffic_signals", "traffic_signals:direction": "backward"}
    network = network_of(nodes, ways, node_tags={7: facing})
    stopped = at_the_limit(signal_seconds=30.0)
    assert minutes(network, 1, 2, stopped) == pytest.approx(1.0, abs=1e-3)
    assert minutes(network, 2, 1, stopped) == pytest.approx(1.5, abs=1e-3)


def test_a_level_crossing_costs_its_seconds(network_of):
    nodes = NODES | {7: (500, 0)}
    ways = CROSS | ROUND | {12: ([1, 7, 2], ROAD)}
    network = network_of(nodes, ways, node_tags={7: {"railway": "level_crossing"}})
    waits = at_the_limit(crossing_seconds=60.0)
    assert minutes(network, 1, 2, waits) == pytest.approx(2.0, abs=1e-3)


def test_a_roundabout_is_driven_one_way(network_of):
    ring = {1: (0, 0), 2: (500, 0), 3: (500, 500), 4: (0, 500), 5: (-500, 0), 6: (1000, 0)}
    ways = {
        10: ([1, 2, 3, 4, 1], ROAD | {"junction": "roundabout"}),
        11: ([5, 1], ROAD),
        12: ([2, 6], ROAD),
    }
    network = network_of(ring, ways)
    assert minutes_between(network, (-500, 0), (1000, 0)) == pytest.approx(1.5, abs=1e-3)
    # back: 500 m in, three sides of the ring, 500 m out
    assert minutes_between(network, (1000, 0), (-500, 0)) == pytest.approx(2.5, abs=1e-3)


def test_a_ferry_is_not_taken(network_of):
    ferry = {90: ([1, 4], {"route": "ferry", "maxspeed": "60"})}
    network = network_of(NODES, CROSS | ferry)
    assert minutes(network, 1, 4) == pytest.approx(2.0, abs=1e-3)


def test_a_point_never_snaps_to_a_motorway(network_of):
    nodes = NODES | {7: (0, 40), 8: (2000, 40)}
    motorway = {70: ([7, 8], {"highway": "motorway", "oneway": "no"}), 71: ([1, 7], ROAD)}
    network = network_of(nodes, CROSS | ROUND | motorway)
    at = network.snap(np.array([500.0]) + WEST, np.array([35.0]) + SOUTH, 100.0)
    assert at.offset[0] == pytest.approx(35.0, abs=0.1)


def test_a_way_cut_off_by_the_extract_keeps_what_is_there(network_of):
    cut = {24: ([2, 4, 99], ROAD)}
    network = network_of(NODES, CROSS | ROUND | cut)
    assert minutes(network, 2, 4) == pytest.approx(1.0, abs=1e-3)
    assert not math.isnan(minutes(network, 5, 6))
