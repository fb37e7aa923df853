"""What turning costs, and turns that are banned over more than a junction; all on paper.

Roads are 1000 m between numbered crossings and driven at 60 km/h, a minute each; a turn takes half
a minute.
"""

import numpy as np
import pytest

from geodata.config.speed_profiles import speed_model
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

TURNS = at_the_limit(turn_seconds=30.0)
#       4
#       |
#   1 - 2 - 3
#       |
#       5
CROSS = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1000, 1000), 5: (1000, -1000)}
#   4 ----- 6         4-6 takes two minutes, all others one
#   |       |
#   2 - 9 - 3 - 7     2-9 and 9-3 half a minute each
#   |       |
#   5       8
LADDER = {
    2: (1000, 0),
    9: (1500, 0),
    3: (2000, 0),
    4: (1000, 1000),
    6: (2000, 1000),
    7: (3000, 0),
    5: (1000, -1000),
    8: (2000, -1000),
    10: (1500, -500),
}
RUNGS = {
    52: ([5, 2], ROAD),
    23: ([2, 9, 3], ROAD),
    24: ([2, 4], ROAD),
    36: ([3, 6], ROAD),
    37: ([3, 7], ROAD),
    38: ([3, 8], ROAD),
    46: ([4, 6], ROAD | {"maxspeed": "30"}),
}
TWO_RUNGS = {29: ([2, 9], ROAD), 93: ([9, 3], ROAD)}


def ban(kind, start, via, to, **tags):
    vias = [("via", ("way", way)) for way in via]
    members = [("from", ("way", start)), *vias, ("to", ("way", to))]
    return {"members": members, "tags": {"restriction": kind} | tags}


def square(network, nodes, profile):
    """Return minutes between all nodes, found from origins and from destinations alike."""
    x, y = np.array(list(nodes.values())).T
    at = network.snap(x + WEST, y + SOUTH, 10.0)
    travel = TravelTimes(network, profile)
    found = travel.minutes(at, at)
    ones = [at.at(np.array([row])) for row in range(len(at))]
    each_way = (
        np.hstack([travel.minutes(at, one) for one in ones]),
        np.vstack([travel.minutes(one, at) for one in ones]),
        TravelTimes(network, profile, hubs=at).minutes(at, at),
    )
    for other in each_way:
        np.testing.assert_allclose(other, found, atol=1e-5)
    names = list(nodes)
    return lambda start, end: round(float(found[names.index(start), names.index(end)]), 3)


def test_a_turn_off_the_main_road_takes_its_seconds_and_going_on_none(network_of):
    network = network_of(CROSS, {13: ([1, 2, 3], ROAD), 24: ([2, 4], ROAD)})
    minutes = square(network, {n: CROSS[n] for n in (1, 3, 4)}, TURNS)
    assert minutes(1, 3) == minutes(3, 1) == pytest.approx(2.0, abs=1e-3)
    for start, end in ((1, 4), (4, 1), (3, 4), (4, 3)):
        assert minutes(start, end) == pytest.approx(2.5, abs=1e-3)


def test_both_roads_of_a_crossing_go_on(network_of):
    network = network_of(CROSS, {13: ([1, 2, 3], ROAD), 45: ([4, 2, 5], ROAD)})
    ends = (1, 3, 4, 5)
    minutes = square(network, {n: CROSS[n] for n in ends}, TURNS)
    assert minutes(1, 3) == minutes(5, 4) == pytest.approx(2.0, abs=1e-3)
    for start, end in ((1, 4), (1, 5), (3, 4), (3, 5)):
        assert minutes(start, end) == minutes(end, start) == pytest.approx(2.5, abs=1e-3)


@pytest.mark.parametrize("angles", [(0, 180, 60, 120), (0, 180, 60, 240, 120), range(0, 360, 60)])
def test_a_star_takes_one_turn_between_any_two_roads_that_are_not_opposite(network_of, angles):
    spots = {a: (1000 * np.cos(np.radians(a)), 1000 * np.sin(np.radians(a))) for a in angles}
    nodes = {1: (0, 0)} | {10 + a: spot for a, spot in spots.items()}
    network = network_of(nodes, {10 + a: ([1, 10 + a], ROAD) for a in angles})
    minutes = square(network, spots, TURNS)
    for start in angles:
        for end in angles:
            if start != end:
                opposite = abs(start - end) == 180
                assert minutes(start, end) == pytest.approx(2.0 if opposite else 2.5, abs=1e-3)


def test_three_roads_that_meet_in_a_y_all_turn(network_of):
    nodes = {2: (0, 0), 1: (1000, 0), 3: (-500, 866), 4: (-500, -866)}
    network = network_of(nodes, {10 + n: ([2, n], ROAD) for n in (1, 3, 4)})
    minutes = square(network, {n: nodes[n] for n in (1, 3, 4)}, TURNS)
    for start, end in ((1, 3), (3, 4), (4, 1)):
        assert minutes(start, end) == minutes(end, start) == pytest.approx(2.5, abs=1e-3)


def test_a_road_that_forks_off_aslant_is_no_turn(network_of):
    nodes = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1940, 342)}
    oneway = ROAD | {"oneway": "yes"}
    back = {41: ([4, 3], ROAD), 31: ([3, 1], ROAD)}
    network = network_of(nodes, {12: ([1, 2, 3], oneway), 24: ([2, 4], oneway)} | back)
    assert minutes_between(network, nodes[1], (1900, 327), TURNS) == pytest.approx(1.96, abs=0.01)


def test_a_bend_and_a_roundabout_cost_no_turn(network_of):
    bend = network_of(CROSS, {14: ([1, 2, 4], ROAD)})
    assert minutes_between(bend, CROSS[1], CROSS[4], TURNS) == pytest.approx(2.0, abs=1e-3)
    ring = {1: (0, 0), 2: (500, 0), 3: (500, 500), 4: (0, 500), 5: (-500, 0), 6: (1000, 0)}
    ways = {
        10: ([1, 2, 3, 4, 1], ROAD | {"junction": "roundabout"}),
        11: ([5, 1], ROAD),
        12: ([2, 6], ROAD),
    }
    network = network_of(ring, ways)
    assert minutes_between(network, ring[5], ring[6], TURNS) == pytest.approx(1.5, abs=1e-3)


def test_the_way_with_fewer_turns_is_taken_where_it_is_as_long(network_of):
    # a block of streets: from 0 to 8 each way is four roads; with two turns at most at the corners
    nodes = {3 * i + j: (1000.0 * i, 1000.0 * j) for i in range(3) for j in range(3)}
    ways = {10 + i: ([3 * i, 3 * i + 1, 3 * i + 2], ROAD) for i in range(3)}
    ways |= {20 + j: ([j, 3 + j, 6 + j], ROAD) for j in range(3)}
    network = network_of(nodes, ways)
    # round the outside: the corner 2 joins two roads, which is a bend; the T-junctions go on
    assert minutes_between(network, nodes[0], nodes[8], TURNS) == pytest.approx(4.0, abs=1e-3)
    # from the middle: one turn, onto the outer road
    assert minutes_between(network, nodes[4], nodes[8], TURNS) == pytest.approx(2.5, abs=1e-3)


def test_a_turn_costs_its_seconds_where_another_turn_is_banned(network_of):
    ways = {12: ([1, 2], ROAD), 23: ([2, 3], ROAD), 24: ([2, 4], ROAD), 25: ([2, 5], ROAD)}
    members = [("from", ("way", 12)), ("via", ("node", 2)), ("to", ("way", 24))]
    banned = {"members": members, "tags": {"restriction": "no_left_turn"}}
    network = network_of(CROSS, ways, restrictions=[banned])
    minutes = square(network, {n: CROSS[n] for n in (1, 3, 4, 5)}, TURNS)
    assert minutes(1, 3) == pytest.approx(2.0, abs=1e-3)
    assert minutes(1, 5) == pytest.approx(2.5, abs=1e-3)
    # straight on, round at 3, and one turn
    assert minutes(1, 4) == pytest.approx(4.5, abs=1e-3)
    # half-way into the side street, searched from either end
    assert minutes_between(network, (500, 0), (1000, -500), TURNS) == pytest.approx(1.5, abs=1e-3)


def test_the_siren_turns_faster():
    profiles = speed_model().profiles
    assert 0 < profiles["siren"].turn_seconds < profiles["car"].turn_seconds


ENDS = {n: at for n, at in LADDER.items() if n in (4, 5, 6, 7, 8)}


@pytest.mark.parametrize(("rungs", "via"), [(RUNGS, [23]), (RUNGS | TWO_RUNGS, [29, 93])])
def test_a_turn_banned_over_ways_binds_those_who_come_that_way(network_of, rungs, via):
    ways = {way: rungs[way] for way in rungs if via == [23] or way != 23}
    plain = square(network_of(LADDER, ways), ENDS, at_the_limit())
    assert plain(5, 6) == pytest.approx(3.0, abs=1e-3)
    restrictions = [ban("no_left_turn", 52, via, 36)]
    minutes = square(network_of(LADDER, ways, restrictions=restrictions), ENDS, at_the_limit())
    # over 4 instead
    assert minutes(5, 6) == pytest.approx(4.0, abs=1e-3)
    for start, end in ((5, 7), (5, 8), (4, 6), (6, 5)):
        assert minutes(start, end) == pytest.approx(plain(start, end), abs=1e-3)


def test_who_starts_or_ends_on_the_way_between_is_free(network_of):
    restrictions = [ban("no_left_turn", 52, [23], 36)]
    network = network_of(LADDER, RUNGS, restrictions=restrictions)
    assert minutes_between(network, (1500, 0), LADDER[6]) == pytest.approx(1.5, abs=1e-3)
    assert minutes_between(network, LADDER[5], (1500, 0)) == pytest.approx(1.5, abs=1e-3)
    assert minutes_between(network, LADDER[5], (2000, 500)) == pytest.approx(4.5, abs=1e-3)


def test_a_junction_half_way_the_way_between_does_not_lift_the_ban(network_of):
    ways = RUNGS | {90: ([9, 10], ROAD)}
    restrictions = [ban("no_left_turn", 52, [23], 36)]
    network = network_of(LADDER, ways, restrictions=restrictions)
    minutes = square(network, LADDER, at_the_limit())
    # over 4; by the side street and back to 9 it takes as long, 1.5 + 0.5 + 0.5 + 0.5 + 1
    assert minutes(5, 6) == pytest.approx(4.0, abs=1e-3)
    assert minutes(5, 10) == pytest.approx(2.0, abs=1e-3)
    assert minutes(10, 6) == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize(
    ("excepted", "mode", "expected"), [("psv", "siren", 3.0), ("psv", "car", 4)]
)
def test_an_exception_holds_over_ways_too(network_of, excepted, mode, expected):
    restrictions = [ban("no_left_turn", 52, [23], 36, **{"except": excepted})]
    network = network_of(LADDER, RUNGS, restrictions=restrictions)
    found = minutes_between(network, LADDER[5], LADDER[6], at_the_limit(mode))
    assert found == pytest.approx(expected, abs=1e-3)


def test_an_only_turn_over_ways_binds_at_their_end(network_of):
    restrictions = [ban("only_right_turn", 52, [23], 38)]
    minutes = square(network_of(LADDER, RUNGS, restrictions=restrictions), ENDS, at_the_limit())
    assert minutes(5, 8) == pytest.approx(3.0, abs=1e-3)
    # by 4, 6 and 3: 1 + 1 + 2 + 1 + 1; to the right and round at 8 is faster: 3 + 1 + 1
    assert minutes(5, 7) == pytest.approx(5.0, abs=1e-3)
    # before the ways, one may still go elsewhere
    assert minutes(5, 4) == pytest.approx(2.0, abs=1e-3)


def test_a_u_turn_over_the_link_between_two_roads_is_banned(network_of):
    network = network_of(APART, JOINED, restrictions=[ban("no_u_turn", 12, [23], 35)])
    assert minutes_between(network, (500, 0), (500, 100)) == pytest.approx(3.1, abs=1e-3)


def test_ways_that_do_not_meet_ban_nothing(network_of):
    restrictions = [ban("no_left_turn", 52, [38], 36), ban("no_left_turn", 52, [999], 36)]
    network = network_of(LADDER, RUNGS, restrictions=restrictions)
    assert minutes_between(network, LADDER[5], LADDER[6]) == pytest.approx(3.0, abs=1e-3)


def test_no_entry_may_come_from_several_ways(network_of):
    ways = {12: ([1, 2], ROAD), 23: ([2, 3], ROAD), 24: ([2, 4], ROAD), 25: ([2, 5], ROAD)}
    members = [("from", ("way", 12)), ("from", ("way", 25)), ("via", ("node", 2))]
    members.append(("to", ("way", 24)))
    banned = {"members": members, "tags": {"restriction": "no_entry"}}
    minutes = square(
        network_of(CROSS, ways, restrictions=[banned]),
        {n: CROSS[n] for n in (1, 3, 4, 5)},
        at_the_limit(),
    )
    # from 3 alone one may enter; others go there first and turn round
    assert minutes(3, 4) == pytest.approx(2.0, abs=1e-3)
    assert minutes(1, 4) == minutes(5, 4) == pytest.approx(4.0, abs=1e-3)


def test_no_exit_may_lead_to_several_ways(network_of):
    ways = {12: ([1, 2], ROAD), 23: ([2, 3], ROAD), 24: ([2, 4], ROAD), 25: ([2, 5], ROAD)}
    members = [("from", ("way", 12)), ("via", ("node", 2))]
    members += [("to", ("way", 24)), ("to", ("way", 25))]
    banned = {"members": members, "tags": {"restriction": "no_exit"}}
    minutes = square(
        network_of(CROSS, ways, restrictions=[banned]),
        {n: CROSS[n] for n in (1, 3, 4, 5)},
        at_the_limit(),
    )
    # from 1 alone one may not: straight on, round at 3 and back, 1 + 1 + 1 + 1
    assert minutes(1, 4) == minutes(1, 5) == pytest.approx(4.0, abs=1e-3)
    for start, end in ((1, 3), (3, 4), (3, 5), (4, 5), (4, 1), (5, 1)):
        assert minutes(start, end) == pytest.approx(2.0, abs=1e-3)
