"""Every rule of the road on a map of its own; `docs/rules.md` tells them in one table."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.config.speed_profiles import speed_model
from geodata.notes import note_text
from geodata.osm.access_tags import road_rule
from geodata.osm.extract import read_osm
from geodata.osm.extract_notes import limit_notes
from geodata.osm.speed_limits import OF_THE_LAW, directional_limit, unknown_word
from geodata.routing.travel_times import TravelTimes
from tests.support.paper_roads import ROAD, SOUTH, WEST, at_the_limit, minutes_between, osm_xml
from tests.support.rules_map import (
    AROUND,
    DELIVERIES,
    DESTINATION,
    EAST_END,
    HOUSE,
    MIDDLE,
    NODES,
    PAST_HOUSE,
    PRIVATE,
    ROUND,
    ROWS,
    STRAIGHT,
    TO_HOUSE,
    WEST_END,
    roads,
)

CAR, SIREN = at_the_limit(), at_the_limit("siren")
BOTH = [CAR, SIREN]
SHIPPED = speed_model()
ABOUT_FIVE_MINUTES = 5.0


def minutes(network, profile=CAR, origin=WEST_END, destination=EAST_END):
    return minutes_between(network, origin, destination, profile)


def ban(kind, start, via, to):
    members = [("from", ("way", start)), ("via", ("node", via)), ("to", ("way", to))]
    return {"members": members, "tags": {"restriction": kind}}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_may_pass(network_of, row):
    network = network_of(NODES, roads(row.way), node_tags={7: row.node})
    assert minutes(network, CAR) == pytest.approx(row.car, abs=1e-3)
    assert minutes(network, SIREN) == pytest.approx(row.siren, abs=1e-3)
    # the roads around are as they were, whatever the rule
    assert minutes(network, CAR, WEST_END, (1000, 1000)) == pytest.approx(2.3, abs=1e-3)


@pytest.mark.parametrize("row", [*DESTINATION, *PRIVATE], ids=lambda row: row.name)
@pytest.mark.parametrize("profile", BOTH, ids=lambda profile: profile.name)
def test_a_house_on_a_road_for_few_is_reached_at_the_speed_of_the_road(network_of, row, profile):
    network = network_of(NODES, roads(row.way))
    assert minutes(network, profile, WEST_END, HOUSE) == pytest.approx(TO_HOUSE, abs=1e-3)
    assert minutes(network, profile, HOUSE, WEST_END) == pytest.approx(TO_HOUSE, abs=1e-3)
    # two houses on it: 100 metres, without leaving it
    assert minutes(network, profile, HOUSE, PAST_HOUSE) == pytest.approx(0.1, abs=1e-3)


def test_searching_from_either_end_and_for_many_points_heeds_local_roads(network_of):
    network = network_of(NODES, roads({"access": "private"}))
    x = np.array([WEST_END[0], EAST_END[0], HOUSE[0], 1900.0]) + WEST
    at = network.snap(x, np.full(4, float(SOUTH)), 10.0)
    square = TravelTimes(network, CAR).minutes(at, at)
    np.testing.assert_allclose(TravelTimes(network, CAR, hubs=at).minutes(at, at), square)
    ones = [at.at(np.array([row])) for row in range(4)]
    columns = np.hstack([TravelTimes(network, CAR).minutes(at, one) for one in ones])
    np.testing.assert_allclose(columns, square, atol=1e-5)
    expected = [[0, 4.6, 1.3, 2.2], [4.6, 0, 1.3, 0.4], [1.3, 1.3, 0, 0.9], [2.2, 0.4, 0.9, 0]]
    np.testing.assert_allclose(square, expected, atol=1e-3)


def test_a_street_behind_a_private_road_is_reached_over_it(network_of):
    #  7 - 8 is an ordinary street that only the private road leads to
    behind = {105: ([7, 8], ROAD)}
    network = network_of(NODES | {8: (1000, -500)}, roads({"access": "private"}) | behind)
    assert minutes(network, CAR, WEST_END, (1000, -500)) == pytest.approx(1.8, abs=1e-3)
    assert minutes(network, CAR, (1000, -500), EAST_END) == pytest.approx(1.8, abs=1e-3)
    assert minutes(network, CAR) == pytest.approx(ROUND, abs=1e-3)


def test_one_leaves_by_a_private_road_and_arrives_by_another(network_of):
    lanes = {105: ([5, 8], ROAD | {"access": "private"}), 106: ([6, 9], ROAD | {"access": "no"})}
    nodes = NODES | {8: (-300, -500), 9: (2300, -500)}
    network = network_of(nodes, roads({"access": "private"}) | lanes)
    # 500 m of each lane, and round the private road between
    assert minutes(network, CAR, (-300, -500), (2300, -500)) == pytest.approx(5.6, abs=1e-3)


def test_a_road_local_one_way_is_passed_the_other_way(network_of):
    network = network_of(NODES, roads({"motor_vehicle:forward": "destination"}))
    assert minutes(network, CAR) == pytest.approx(ROUND, abs=1e-3)
    assert minutes(network, CAR, EAST_END, WEST_END) == pytest.approx(STRAIGHT, abs=1e-3)
    assert minutes(network, CAR, WEST_END, HOUSE) == pytest.approx(TO_HOUSE, abs=1e-3)


def test_who_passes_a_local_road_loses_nothing_at_its_junctions(network_of):
    slow = at_the_limit(turn_seconds=30.0, yield_seconds=30.0)
    shut = network_of(NODES, AROUND)
    for way in ({"access": "private"}, {"vehicle": "no", "psv": "yes"}, {"access": "customers"}):
        local = network_of(NODES, roads(way))
        assert minutes(local, slow) == pytest.approx(minutes(shut, slow), abs=1e-3)
    # but who turns into it makes a turn, and who goes straight on doesn't
    private = network_of(NODES, roads({"access": "private"}))
    assert minutes(private, slow, WEST_END, HOUSE) == pytest.approx(TO_HOUSE, abs=1e-3)
    lane = {105: ([7, 8], ROAD | {"access": "private"})}
    beside = network_of(NODES | {8: (1000, -500)}, roads({}) | lane)
    for ends in ((WEST_END, (1000, -500)), ((1000, -500), WEST_END)):
        assert minutes(beside, slow, *ends) == pytest.approx(1.8 + 0.5, abs=1e-3)


def test_who_enters_a_local_road_gives_way_as_on_any(network_of):
    minor = {101: (AROUND[101][0], ROAD | {"highway": "residential"})}
    slow = at_the_limit(yield_seconds=30.0)
    shut = network_of(NODES, AROUND | minor)
    private, plain = (network_of(NODES, roads(way) | minor) for way in ({"access": "no"}, {}))
    # from W, a minor road, one gives way to the main road from 1 to 4 before one goes straight on
    for one in (private, plain):
        assert minutes(one, slow, WEST_END, HOUSE) == pytest.approx(TO_HOUSE + 0.5, abs=1e-3)
    # who follows the only road that leads on gives way to nobody
    assert minutes(private, slow) == pytest.approx(minutes(shut, slow), abs=1e-3)


@pytest.mark.parametrize("to", [777, 103, 105])
def test_an_only_turn_to_a_road_that_is_not_there_bans_nothing(network_of, to):
    # 777 is in no file, 103 doesn't touch node 7, 105 is closed
    closed = {105: ([7, 8], {"highway": "construction"})}
    ways = AROUND | {104: ([1, 7], ROAD), 107: ([7, 2], ROAD)} | closed
    only = [ban("only_straight_on", 104, 7, to)]
    network = network_of(NODES | {8: (1000, -500)}, ways, restrictions=only)
    for profile in BOTH:
        assert minutes(network, profile) == pytest.approx(STRAIGHT, abs=1e-3)


def test_an_only_turn_into_a_bus_street_binds_the_ambulance_alone(network_of):
    bus = {105: ([7, 8], ROAD | {"vehicle": "no", "psv": "yes"}), 106: ([8, 2], ROAD)}
    ways = AROUND | {104: ([1, 7], ROAD), 107: ([7, 2], ROAD)} | bus
    nodes = NODES | {8: (1000, -1000)}
    network = network_of(nodes, ways, restrictions=[ban("only_right_turn", 104, 7, 105)])
    assert minutes(network, CAR) == pytest.approx(STRAIGHT, abs=1e-3)
    # 300 + 1000 + 1000 + 1414 + 300 m
    assert minutes(network, SIREN) == pytest.approx(4.014, abs=1e-3)


@pytest.mark.parametrize(
    "tags",
    [
        {"oneway:bus": "no"},
        {"oneway:psv": "no"},
        {"busway": "opposite_lane"},
        {"busway:left": "opposite_lane"},
        {"psv:backward": "designated"},
    ],
)
def test_an_ambulance_drives_the_bus_lane_against_the_one_way(network_of, tags):
    network = network_of(NODES, roads({"oneway": "yes"} | tags))
    for profile in BOTH:
        assert minutes(network, profile) == pytest.approx(STRAIGHT, abs=1e-3)
    assert minutes(network, CAR, EAST_END, WEST_END) == pytest.approx(ROUND, abs=1e-3)
    assert minutes(network, SIREN, EAST_END, WEST_END) == pytest.approx(STRAIGHT, abs=1e-3)


def test_where_both_ways_take_turns_one_waits_once(network_of):
    network = network_of(NODES, roads({"oneway": "alternating"}))
    wait = SHIPPED.parameters["wait.alternating"].value / 60
    assert wait == pytest.approx(0.2)
    for profile in BOTH:
        for ends in ((WEST_END, EAST_END), (EAST_END, WEST_END)):
            assert minutes(network, profile, *ends) == pytest.approx(STRAIGHT + wait, abs=1e-3)


@pytest.mark.parametrize("duration", ["10", "00:10", "0:10:00", "PT10M"])
def test_a_ferry_takes_its_duration_and_a_wait(network_of, duration):
    ferry = roads({"route": "ferry", "duration": duration})
    network = network_of(NODES, {way: ferry[way] for way in (101, 102, MIDDLE)})
    assert SHIPPED.parameters["wait.ferry"].value / 60 == ABOUT_FIVE_MINUTES
    for profile in (*BOTH, SHIPPED.at("car", 8.0), SHIPPED.at("siren")):
        # from pier to pier, whatever the hour
        assert minutes(network, profile, (0, 0), (2000, 0)) == pytest.approx(15.0, abs=1e-3)
    assert minutes(network, CAR) == pytest.approx(15.6, abs=1e-3)


@pytest.mark.parametrize(
    "tags", [{"motor_vehicle": "no"}, {"access": "private"}, {"duration": "often"}]
)
def test_a_ferry_for_others_or_without_a_duration_is_not_taken(network_of, tags):
    ferry = roads({"route": "ferry", "duration": "1"} | tags)
    network = network_of(NODES, {way: ferry[way] for way in (101, 103, MIDDLE)})
    for profile in BOTH:
        assert minutes(network, profile, WEST_END, (2000, 0)) == pytest.approx(4.3, abs=1e-3)


CENTRE = {"motor_vehicle": "yes", "motor_vehicle:conditional": "no @ (Mo-Sa 11:00-18:00)"}
OPEN_AT_NIGHT = {"access:conditional": "yes @ (19:00-07:00)", "access": "no"}


@pytest.mark.parametrize(
    ("tags", "hour", "car"),
    [
        (CENTRE, 10.0, STRAIGHT),
        (CENTRE, 11.0, ROUND),
        (CENTRE, 18.0, STRAIGHT),
        (CENTRE, None, STRAIGHT),  # closed 42 of 168 hours
        (OPEN_AT_NIGHT, 3.0, STRAIGHT),
        (OPEN_AT_NIGHT, 12.0, ROUND),
        (OPEN_AT_NIGHT, None, ROUND),  # open 84 of 168 hours, no more than closed: as without
        ({"access:conditional": "no @ (weight>3.5)"}, None, STRAIGHT),
        ({"access:conditional": "no @ (Mo-Fr 07:00-09:00 AND weight>3.5)"}, 8.0, STRAIGHT),
        ({"access:conditional": "no @ (Sa-Mo)"}, 12.0, STRAIGHT),  # an hour of a working day
        ({"access:conditional": "no @ (Tu-Su 06:00-24:00)"}, None, ROUND),
    ],
)
def test_a_time_window_holds_at_its_hours(network_of, tags, hour, car):
    network = network_of(NODES, roads(tags), hour=hour)
    assert minutes(network, CAR) == pytest.approx(car, abs=1e-3)
    assert minutes(network, SIREN) == pytest.approx(STRAIGHT, abs=1e-3)


@pytest.mark.parametrize("limit", ["none", "500", "5030", "900 mph", "RS:rural", "TR:motorway"])
def test_a_limit_that_can_not_be_leaves_the_limit_of_the_class(network_of, limit):
    # outside a built-up area the law says 80, whoever's sign was written wrong
    wrong, lawful = (
        network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], ROAD | {"maxspeed": text})})
        for text in (limit, "80")
    )
    for profile in SHIPPED.profiles.values():
        assert minutes(wrong, profile) == minutes(lawful, profile)
    assert minutes(wrong) == pytest.approx(2.1, abs=1e-3)


def test_a_limit_that_can_not_be_is_that_of_where_the_road_lies(network_of):
    # within a built-up area the law says 50
    tags = ROAD | {"maxspeed": "500", "zone:traffic": "NL:urban"}
    network = network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], tags)})
    assert minutes(network) == pytest.approx(3.0, abs=1e-3)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("NL:rural", 2.1),
        ("RU:urban", 2.6),
        ("BE-VLG:rural", 0.6 + 2000 / (70_000 / 60)),
        ("PL:rural", 0.6 + 2000 / (90_000 / 60)),
        ("DE-BY:rural", 1.8),
    ],
)
@pytest.mark.parametrize("key", ["maxspeed", "maxspeed:type", "source:maxspeed"])
def test_a_limit_in_words_is_that_of_its_country(network_of, key, word, expected):
    network = network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], {"highway": "tertiary", key: word})})
    for profile in BOTH:
        assert minutes(network, profile) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("word", ["RS:rural", "RS:motorway", "TR:trunk", "PL:trunk"])
@pytest.mark.parametrize("key", ["maxspeed", "maxspeed:type", "source:maxspeed"])
def test_a_word_of_a_country_outside_the_table_leaves_the_limit_of_the_class(network_of, key, word):
    # a Dutch motorway has 100 km/h; a tertiary road outside a built-up area 80
    network = network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], {"highway": "tertiary", key: word})})
    for profile in BOTH:
        assert minutes(network, profile) == pytest.approx(2.1, abs=1e-3)


@pytest.mark.parametrize(
    ("tags", "word"),
    [
        ({"maxspeed": "RS:urban"}, "RS:urban"),
        ({"maxspeed:backward": "TR:rural"}, "TR:rural"),
        ({"source:maxspeed": "PL:trunk"}, "PL:trunk"),
        ({"maxspeed": "RU:urban"}, None),
        ({"maxspeed": "50", "source:maxspeed": "RS:urban"}, None),
        ({"source:maxspeed": "DE:sign"}, None),
        ({}, None),
    ],
)
def test_a_word_without_a_limit_is_noted_where_it_alone_tells_one(tags, word):
    assert unknown_word({"highway": "tertiary"} | tags, SHIPPED.implicit_limits) == word


def test_the_notes_name_a_way_and_how_many_there_are(tmp_path):
    ways = {
        11: ([1, 4], ROAD | {"maxspeed": "RS:urban"}),
        12: ([4, 3], ROAD | {"maxspeed": "RS:urban"}),
        13: ([3, 2], ROAD | {"maxspeed": "500"}),
    }
    path = tmp_path / "roads.osm"
    path.write_bytes(osm_xml(NODES, ways))
    notes = limit_notes(read_osm(path), SHIPPED.implicit_limits)
    fast, foreign = map(note_text, notes)
    assert fast.startswith("1 ways have a maxspeed above 140 km/h (such as way 13)")
    assert foreign.startswith("2 ways have a word for their limit")
    assert "RS:urban of way 11" in foreign


def test_a_motorway_may_be_without_limit():
    tags = {"highway": "motorway", "maxspeed": "none"}
    assert directional_limit(tags, ":forward", SHIPPED.implicit_limits) == 130.0
    link = tags | {"highway": "motorway_link"}
    assert directional_limit(link, ":forward", SHIPPED.implicit_limits) == OF_THE_LAW


@pytest.mark.parametrize("row", DELIVERIES, ids=lambda row: row.name)
def test_an_ambulance_drives_a_shopping_street_as_a_living_street(network_of, row):
    crawling = AROUND | {103: (AROUND[103][0], ROAD | {"maxspeed": "5"})}
    shopping, living = (
        network_of(NODES, crawling | {MIDDLE: ([1, 7, 2], tags)})
        for tags in (row.way, {"highway": "living_street", "vehicle": "no"})
    )
    siren = SHIPPED.at("siren")
    assert minutes(shopping, siren) == pytest.approx(minutes(living, siren), abs=1e-3)
    # two kilometres at no more than 20 km/h
    assert minutes(shopping, siren) > 6.0


def test_a_bus_street_is_driven_as_a_street(network_of):
    silent = {key: value for key, value in ROAD.items() if key != "maxspeed"} | {"maxspeed": "50"}
    siren = SHIPPED.at("siren")
    networks = [
        network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], silent | tags)})
        for tags in ({}, {"vehicle": "no", "psv": "yes"}, {"highway": "busway"})
    ]
    street, bus_street, busway = (minutes(one, siren) for one in networks)
    assert bus_street == pytest.approx(street, rel=0.03)
    assert busway == pytest.approx(street, rel=0.03)


def test_doubled_nodes_and_pieces_without_length_are_no_junction(network_of):
    doubled = NODES | {70: NODES[7], 71: NODES[7]}
    ways = {
        MIDDLE: ([1, 7, 7, 70, 2], ROAD),
        105: ([7, 70], ROAD),
        106: ([70, 71], ROAD),
        107: ([2, 2], ROAD),
        108: ([2], ROAD),
        109: ([], ROAD),
    }
    slow = at_the_limit(turn_seconds=30.0, yield_seconds=30.0)
    clean, network = network_of(NODES, roads({})), network_of(doubled, AROUND | ways)
    assert network.chains == clean.chains
    assert minutes(network, slow) == pytest.approx(minutes(clean, slow), abs=1e-3)


def test_a_barrier_on_a_doubled_node_still_stops(network_of):
    doubled = NODES | {70: NODES[7]}
    wall = {70: {"barrier": "wall"}}
    network = network_of(doubled, AROUND | {MIDDLE: ([1, 7, 70, 2], ROAD)}, node_tags=wall)
    assert minutes(network, CAR) == pytest.approx(ROUND, abs=1e-3)


RULES = {
    "access": ["no", "private", "destination", "yes", "forestry;agricultural", "No"],
    "vehicle": ["no", "destination", "yes"],
    "motor_vehicle": ["no", "destination;delivery", "yes", "delivery", "psv"],
    "motor_vehicle:conditional": ["no @ (Mo-Fr 07:00-19:00)", "yes @ (20:00-08:00)"],
    "oneway": ["yes", "-1", "no", "alternating", "reversible"],
    "oneway:bus": ["no"],
    "busway": ["opposite_lane"],
    "psv": ["yes", "no"],
    "bus": ["designated"],
    "emergency": ["yes", "no", "designated"],
    "service": ["driveway", "psv", "emergency_access"],
    "maxheight": ["2", "2.5", "default"],
    "maxwidth": ["2.1 m"],
    "delivery": ["yes"],
    "junction": ["roundabout"],
}
SOME_RULES = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in RULES.items()}
)
HIGHWAYS = st.sampled_from(
    ["primary", "tertiary", "residential", "living_street", "service", "pedestrian", "track"]
)


@given(highway=HIGHWAYS, tags=SOME_RULES, how=st.randoms(use_true_random=False))
def test_rules_commute_with_the_order_of_tags(highway, tags, how):
    tags = {"highway": highway, "maxspeed": "50", **tags}
    shuffled = list(tags.items())
    how.shuffle(shuffled)
    turned = {key: ";".join(reversed(v.split(";"))) if "@" not in v else v for key, v in shuffled}
    one, other = (
        road_rule(some, SHIPPED.implicit_limits, SHIPPED.vehicles, 8.0) for some in (tags, turned)
    )
    assert repr(one) == repr(other)  # NaN equals itself in writing


def without_delays(profile):
    seconds = [one.name for one in fields(profile) if one.name.endswith("_seconds")]
    return replace(profile, **dict.fromkeys(seconds, 0.0))


PLAIN = {
    "pedestrian": "living_street",
    "footway": "living_street",
    "track": "service",
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(highway=HIGHWAYS, tags=SOME_RULES)
def test_no_rule_makes_a_road_faster_than_its_class(network_of, highway, tags):
    ruled, plain = (
        network_of(NODES, AROUND | {MIDDLE: ([1, 7, 2], way)})
        for way in ({"highway": highway, **tags}, {"highway": PLAIN.get(highway, highway)})
    )
    for profile in (SHIPPED.at("car"), SHIPPED.at("siren")):
        driving = without_delays(profile)
        for ends in ((WEST_END, EAST_END), (EAST_END, WEST_END)):
            assert minutes(ruled, driving, *ends) >= minutes(plain, driving, *ends) - 1e-4


@pytest.mark.parametrize("tags", [{"motor_vehicle": "destination"}, {"access": "private"}])
def test_with_the_speeds_that_ship_a_house_on_a_road_for_few_loses_nothing(network_of, tags):
    told, plain = (network_of(NODES, roads(way)) for way in (tags, {}))
    car = SHIPPED.at("car")
    expected = minutes(plain, car, WEST_END, HOUSE)
    assert minutes(told, car, WEST_END, HOUSE) == pytest.approx(expected, abs=1e-3)
