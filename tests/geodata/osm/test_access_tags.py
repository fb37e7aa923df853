"""Every tag a driver obeys, one claim each."""

import math

import pytest

from geodata.config.speed_profiles import speed_model
from geodata.osm.access import Use
from geodata.osm.access_tags import RoadRule, road_rule
from geodata.osm.barriers import barrier_open
from geodata.osm.conditional import value_at
from geodata.osm.speed_limits import limit_kmh
from geodata.osm.tag_values import listed, metres, minutes

LIMITS, VEHICLES = speed_model().implicit_limits, speed_model().vehicles
PASSES, LOCALLY, STOPS = Use.OPEN, Use.LOCAL, Use.CLOSED


def rule(**tags: str) -> RoadRule | None:
    return road_rule(
        {key.replace("__", ":"): value for key, value in tags.items()}, LIMITS, VEHICLES
    )


def open_to(**tags: str) -> tuple[str, str]:
    """Return what is open to cars and to ambulances: "><", ">", "<" or ""; a dot is locally."""
    found = rule(**tags)
    if found is None:
        return "", ""
    ways = ((found.forward, ">"), (found.backward, "<"))
    signs = [("", ".", sign) for _, sign in ways]
    return (
        "".join(sign[way.car] for (way, _), sign in zip(ways, signs, strict=True)),
        "".join(sign[way.siren] for (way, _), sign in zip(ways, signs, strict=True)),
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
        ("BE-VLG:rural", 70.0),
        ("DE-BY:rural", 100.0),
        ("DE:zone30", 30.0),
        ("DE:zone:30", 30.0),
        ("NL:30", 30.0),
        ("RU:urban", 60.0),
        ("PL:rural", 90.0),
        ("BE-WAL:rural", 90.0),
        ("BE:rural", 70.0),
        ("BE-VLG:motorway", 120.0),
        ("RS:30", 30.0),
        ("RS:walk", 6.0),
        ("walk", 6.0),
        ("none", 130.0),
        ("80;50", 50.0),
        ("signals; 70", 70.0),
    ],
)
def test_a_limit_is_read_in_every_written_form(text, kmh):
    assert limit_kmh(text, LIMITS) == pytest.approx(kmh, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [None, "", "signals", "variable", "fast", "0", "-5", "RS:urban", "TR:motorway", "DE:none"],
)
def test_a_limit_that_says_nothing_is_unknown(text):
    assert math.isnan(limit_kmh(text, LIMITS))


def test_a_limit_may_differ_by_direction():
    found = rule(highway="tertiary", maxspeed="60", maxspeed__backward="30")
    assert (found.forward.limit, found.backward.limit) == (60.0, 30.0)


def test_the_limit_of_a_zone_counts_where_maxspeed_is_silent():
    assert rule(highway="residential", zone__maxspeed="NL:30").forward.limit == 30.0
    assert rule(highway="residential", maxspeed__type="NL:urban").forward.limit == 50.0
    assert rule(highway="residential", source__maxspeed="sign", maxspeed="20").forward.limit == 20.0


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
        ({"highway": "residential", "access": "private"}, ".."),
        ({"highway": "residential", "access": "private", "motor_vehicle": "yes"}, "><"),
        ({"highway": "residential", "access": "destination"}, ".."),
        ({"highway": "residential", "motor_vehicle": "no"}, ".."),
        ({"highway": "residential", "oneway": "alternating"}, "><"),
        ({"highway": "residential", "motor_vehicle__forward": "destination"}, ".<"),
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
        ({"highway": "residential", "motor_vehicle": "no"}, "><"),
        ({"highway": "residential", "motor_vehicle__backward": "no"}, ">"),
        ({"highway": "residential", "access": "destination"}, ".."),
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


def test_a_ferry_without_duration_is_no_road():
    assert rule(route="ferry") is None
    assert rule(route="ferry", duration="00:20").ferry_minutes == 20.0


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({}, (PASSES, PASSES)),
        ({"barrier": "bollard"}, (STOPS, STOPS)),
        ({"barrier": "bollard", "bollard": "rising"}, (STOPS, PASSES)),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, (PASSES, PASSES)),
        ({"barrier": "bollard", "emergency": "yes"}, (STOPS, PASSES)),
        ({"barrier": "gate"}, (PASSES, PASSES)),
        ({"barrier": "gate", "access": "private"}, (LOCALLY, PASSES)),
        ({"barrier": "gate", "access": "no"}, (STOPS, PASSES)),
        ({"barrier": "gate", "access": "no", "motorcar": "yes"}, (PASSES, PASSES)),
        ({"barrier": "bus_trap"}, (STOPS, PASSES)),
        ({"barrier": "cattle_grid"}, (PASSES, PASSES)),
    ],
)
def test_who_passes_a_barrier(tags, passes):
    assert barrier_open(tags, VEHICLES) == passes


@pytest.mark.parametrize(
    ("text", "length"),
    [("2.2", 2.2), ("2,2 m", 2.2), ("220 cm", 2.2), ("7 ft", 2.1336), ("6'6\"", 1.9812), ("2m", 2)],
)
def test_a_length_is_read_in_every_unit(text, length):
    assert metres(text) == pytest.approx(length)


@pytest.mark.parametrize("text", ["default", "none", "", "below_default", "-2", "2.2.2"])
def test_a_length_that_says_nothing_is_unknown(text):
    assert math.isnan(metres(text))


@pytest.mark.parametrize(
    ("text", "duration"),
    [("20", 20), ("0:20", 20), ("1:05", 65), ("00:07:30", 7.5), ("PT20M", 20), ("PT1H5M", 65)],
)
def test_a_duration_is_read_in_every_form(text, duration):
    assert minutes(text) == pytest.approx(duration)


@pytest.mark.parametrize("text", ["", "daily", "20 minutes or so", "P"])
def test_a_duration_that_says_nothing_is_unknown(text):
    assert math.isnan(minutes(text))


def test_a_list_is_read_whatever_its_order_capitals_and_blanks():
    assert listed("Forestry; agricultural ;") == {"forestry", "agricultural"}


@pytest.mark.parametrize(
    ("condition", "hour", "value"),
    [
        ("no @ (07:00-19:00)", 7.0, "no"),
        ("no @ (07:00-19:00)", 19.0, "yes"),
        ("no @ (Mo-Fr 07:00-09:00,16:00-18:00)", 16.5, "no"),
        ("no @ (Sa,Su)", 12.0, "yes"),
        ("no @ (Sa 10:00-12:00; Tu 20:00-22:00)", 21.0, "no"),
        ("no @ (22:00-06:00)", 3.0, "no"),
        ("no @ (Mo 22:00-06:00)", 3.0, "no"),  # the night from Monday to Tuesday
        ("no @ (Tu 22:00-06:00)", 3.0, "yes"),
        ("no @ 24/7", 3.0, "no"),
        ("no @ (06:00-22:00); delivery @ (07:00-11:00)", 8.0, "delivery"),  # the last one counts
        ("no @ (06:00-22:00); delivery @ (07:00-11:00)", 12.0, "no"),
        ("no @ (sunrise-sunset)", 12.0, "yes"),
        ("no @ (Mar-Oct)", 12.0, "yes"),
        ("no @ (snow)", 12.0, "yes"),
        ("nonsense", 12.0, "yes"),
        ("no @ (Mo-Fr 07:00-19:00)", None, "yes"),  # 60 of 168 hours
        ("no @ (Mo-Sa 05:00-22:00)", None, "no"),  # 102 of 168 hours
    ],
)
def test_a_condition_of_time_holds_at_its_hours(condition, hour, value):
    assert value_at(condition, "yes", hour) == value
