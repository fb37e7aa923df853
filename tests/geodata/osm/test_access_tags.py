"""Every tag a driver obeys, one claim each."""

import math

import pytest

from geodata.config.speed_profiles import speed_model
from geodata.osm.access_tags import RoadRule, barrier_open, limit_kmh, road_rule

LIMITS = speed_model().implicit_limits


def rule(**tags: str) -> RoadRule | None:
    return road_rule({key.replace("__", ":"): value for key, value in tags.items()}, LIMITS)


def open_to(**tags: str) -> tuple[str, str]:
    """Return what is open to cars and to ambulances: "><", ">", "<" or ""."""
    found = rule(**tags)
    if found is None:
        return "", ""
    return (
        ">" * found.car_forward + "<" * found.car_backward,
        ">" * found.siren_forward + "<" * found.siren_backward,
    )


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28),
        ("NL:urban", 50.0),
        ("NL:rural", 80.0),
        ("DE:rural", 100.0),
        ("DE:zone30", 30.0),
        ("DE:zone:30", 30.0),
        ("NL:30", 30.0),
        ("walk", 6.0),
        ("none", 130.0),
        ("80;50", 50.0),
        ("signals; 70", 70.0),
    ],
)
def test_a_limit_is_read_in_every_written_form(text, kmh):
    assert limit_kmh(text, LIMITS) == pytest.approx(kmh, abs=0.01)


@pytest.mark.parametrize("text", [None, "", "signals", "variable", "fast", "0", "-5"])
def test_a_limit_that_says_nothing_is_unknown(text):
    assert math.isnan(limit_kmh(text, LIMITS))


def test_a_limit_may_differ_by_direction():
    found = rule(highway="tertiary", maxspeed="60", maxspeed__backward="30")
    assert (found.limit_forward, found.limit_backward) == (60.0, 30.0)


def test_the_limit_of_a_zone_counts_where_maxspeed_is_silent():
    assert rule(highway="residential", zone__maxspeed="NL:30").limit_forward == 30.0
    assert rule(highway="residential", maxspeed__type="NL:urban").limit_forward == 50.0
    assert rule(highway="residential", source__maxspeed="sign", maxspeed="20").limit_forward == 20.0


@pytest.mark.parametrize(
    ("tags", "built_up"),
    [
        ({"zone__traffic": "NL:urban"}, True),
        ({"zone__traffic": "NL:rural"}, False),
        ({"maxspeed__type": "DE:rural"}, False),
        ({"maxspeed": "NL:urban"}, True),
        ({"maxspeed": "50"}, None),
    ],
)
def test_surroundings_follow_from_the_traffic_zone(tags, built_up):
    assert rule(highway="tertiary", **tags).built_up is built_up


@pytest.mark.parametrize(
    ("tags", "car"),
    [
        ({"highway": "residential"}, "><"),
        ({"highway": "residential", "oneway": "yes"}, ">"),
        ({"highway": "residential", "oneway": "-1"}, "<"),
        ({"highway": "residential", "oneway": "reversible"}, ""),
        ({"highway": "residential", "junction": "roundabout"}, ">"),
        ({"highway": "motorway"}, ">"),
        ({"highway": "motorway", "oneway": "no"}, "><"),
        ({"highway": "residential", "access": "private"}, ""),
        ({"highway": "residential", "access": "private", "motor_vehicle": "yes"}, "><"),
        ({"highway": "residential", "access": "destination"}, "><"),
        ({"highway": "residential", "motor_vehicle": "no"}, ""),
        ({"highway": "residential", "motorcar__backward": "no"}, ">"),
        ({"highway": "service", "service": "parking_aisle"}, "><"),
        ({"highway": "service", "service": "emergency_access"}, ""),
        ({"highway": "busway"}, ""),
        ({"highway": "footway"}, ""),
        ({"highway": "proposed"}, ""),
        ({"highway": "pedestrian", "area": "yes"}, ""),
    ],
)
def test_where_a_car_may_drive(tags, car):
    assert open_to(**tags)[0] == car


@pytest.mark.parametrize(
    ("tags", "siren"),
    [
        ({"highway": "residential", "oneway": "yes"}, ">"),
        ({"highway": "residential", "oneway": "yes", "oneway__emergency": "no"}, "><"),
        ({"highway": "residential", "access": "private"}, "><"),
        ({"highway": "residential", "emergency": "no"}, ""),
        ({"highway": "residential", "motor_vehicle": "no"}, ""),
        ({"highway": "residential", "motor_vehicle": "no", "emergency": "yes"}, "><"),
        ({"highway": "service", "service": "emergency_access"}, "><"),
        ({"highway": "service", "access": "no", "psv": "yes"}, "><"),
        ({"highway": "busway", "oneway": "yes"}, ">"),
        ({"highway": "bus_guideway"}, ""),
        ({"highway": "footway"}, ""),
        ({"highway": "footway", "emergency": "designated"}, "><"),
        ({"highway": "cycleway", "emergency": "yes"}, "><"),
    ],
)
def test_where_an_ambulance_may_drive(tags, siren):
    assert open_to(**tags)[1] == siren


def test_a_ferry_is_no_road():
    assert open_to(highway="", route="ferry") == ("", "")


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({}, (True, True)),
        ({"barrier": "bollard"}, (False, False)),
        ({"barrier": "bollard", "bollard": "rising"}, (False, True)),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, (True, True)),
        ({"barrier": "bollard", "emergency": "yes"}, (False, True)),
        ({"barrier": "gate"}, (True, True)),
        ({"barrier": "gate", "access": "private"}, (False, True)),
        ({"barrier": "gate", "access": "no", "motorcar": "yes"}, (True, True)),
        ({"barrier": "bus_trap"}, (False, True)),
        ({"barrier": "cattle_grid"}, (True, True)),
    ],
)
def test_who_passes_a_barrier(tags, passes):
    assert barrier_open(tags) == passes
