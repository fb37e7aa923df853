"""What a driver obeys: from the tags of one OpenStreetMap way to where and how fast one may drive.

Ways share tags, so a road network holds a few thousand different sets of tags at most; each set is
read once, here, and applied to all its ways at a stroke. Speeds driven in practice are not here but
in `profiles`; geometry is not here but in `network`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geodata.osm.access import (
    ACCESS_FROM_GENERAL_TO_PRECISE,
    BUS_TAGS,
    FOR_DESTINATION,
    FOR_FEW,
    OPEN_TO_EMERGENCY,
    Use,
    Vehicles,
    car_use,
    fits,
    is_for_buses,
)
from geodata.osm.conditional import value_at, values_of
from geodata.osm.speed_limits import Limits, built_up, directional_limit
from geodata.osm.tag_values import listed, minutes

if TYPE_CHECKING:
    from collections.abc import Mapping

ROAD_CLASSES: Final = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "emergency",
)
"""Road classes, most important first; `emergency` holds what only an ambulance may drive on."""

FERRY: Final = "ferry"
DIRECTIONS: Final = (":forward", ":backward")
ONEWAY_FROM_GENERAL_TO_PRECISE: Final = ("oneway", "oneway:motor_vehicle", "oneway:motorcar")
CONTRAFLOW: Final = ("oneway:emergency", "oneway:bus", "oneway:psv")
"""Where one of these is `no`, an ambulance drives against the one way."""
BUS_LANES: Final = ("busway", "busway:left", "busway:right", "busway:both")
DELIVERIES: Final = ("delivery", "goods", "hgv")
"""Who delivers; where they may come, so can an ambulance."""
CONDITION: Final = ":conditional"
CAPITALS_COUNT: Final = (CONDITION, "maxspeed", "maxspeed:type", "zone:traffic", "duration")
"""Ends of keys whose values are `Mo-Fr`, `NL:urban` or `PT20M`."""
TAGS_READ: Final = (
    "highway",
    "route",
    "duration",
    "service",
    *ONEWAY_FROM_GENERAL_TO_PRECISE,
    *CONTRAFLOW,
    *BUS_LANES,
    "junction",
    *ACCESS_FROM_GENERAL_TO_PRECISE,
    *(key + way for key in ACCESS_FROM_GENERAL_TO_PRECISE for way in DIRECTIONS),
    *(key + CONDITION for key in ACCESS_FROM_GENERAL_TO_PRECISE),
    *(key + way + CONDITION for key in ACCESS_FROM_GENERAL_TO_PRECISE for way in DIRECTIONS),
    "emergency",
    *BUS_TAGS,
    *(key + way for key in BUS_TAGS for way in DIRECTIONS),
    *DELIVERIES,
    "maxheight",
    "maxheight:physical",
    "maxwidth",
    "maxwidth:physical",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "maxspeed:type",
    "source:maxspeed",
    "zone:maxspeed",
    "zone:traffic",
    "area",
)
"""Every way tag that changes where or how fast one may drive."""

CAR_CLASSES: Final = frozenset(ROAD_CLASSES) - {"emergency"}
DRIVEN_AS: Final = {
    "busway": "tertiary",
    "pedestrian": "living_street",
    "footway": "living_street",
    "cycleway": "service",
    "path": "service",
    "bridleway": "service",
    "track": "service",
}
"""The class as which one drives a road that is meant for others, where its tags let one."""
FOR_EMERGENCY: Final = frozenset({"emergency_access", "emergency"})
"""Services of a road that only an ambulance drives."""
FOR_BUSES_OR_EMERGENCY: Final = FOR_EMERGENCY | {"psv", "bus", "busway"}
ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
ALTERNATING: Final = "alternating"


@dataclass(frozen=True, slots=True)
class RoadDirection:
    """One way along a road: how a car and an ambulance may use it, and the limit.

    The limit is in km/h, NaN where the tags do not say.
    """

    car: Use
    siren: Use
    limit: float


@dataclass(frozen=True, slots=True)
class RoadRule:
    """Where and how fast one may drive on a way; forward is the way's own direction.

    `built_up` is None where the tags do not say; `alternating` where both directions take turns;
    `ferry_minutes` is NaN on land.
    """

    road_class: str
    built_up: bool | None
    roundabout: bool
    alternating: bool
    ferry_minutes: float
    forward: RoadDirection
    backward: RoadDirection


def road_rule(
    tags: Mapping[str, str], limits: Limits, vehicles: Vehicles, hour: float | None = None
) -> RoadRule | None:
    """Read one way's tags; None where neither a car nor an ambulance may drive.

    Parameters
    ----------
    tags
        The way's tags; only `TAGS_READ` matter.
    limits
        Limit by implicit value.
    vehicles
        How high and wide a car and an ambulance are.
    hour
        Hour of a working day at which access with a condition is taken; None for what holds during
        most of the week.

    Returns
    -------
    RoadRule or None
    """
    tags = _clean(tags)
    ferry_minutes = math.nan
    if tags.get("route") == FERRY and "highway" not in tags:
        ferry_minutes = minutes(tags.get("duration", ""))
        if not ferry_minutes > 0 or car_use(_access(tags, "")[0]) is not Use.OPEN:
            return None
        tags = {**tags, "highway": "service"}
    if tags.get("area") == "yes":
        return None
    then = _at_hour(tags, hour)
    directions = [
        RoadDirection(
            car=_car(then, way) if fits(tags, vehicles.car) else Use.CLOSED,
            siren=_siren(tags, way) if fits(tags, vehicles.siren) else Use.CLOSED,
            limit=directional_limit(tags, way, limits),
        )
        for way in DIRECTIONS
    ]
    if not any(one.car or one.siren for one in directions):
        return None
    return RoadRule(
        road_class=_road_class(tags, any(one.car for one in directions)),
        built_up=built_up(tags),
        roundabout=tags.get("junction") in ROUNDABOUTS,
        alternating=_oneway(tags) == ALTERNATING,
        ferry_minutes=ferry_minutes,
        forward=directions[0],
        backward=directions[1],
    )


def _clean(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return tags without blanks and capitals, but for those in which capitals mean something."""
    return {
        key: value.strip() if key.endswith(CAPITALS_COUNT) else value.strip().lower()
        for key, value in tags.items()
    }


def _road_class(tags: Mapping[str, str], open_to_cars: bool) -> str:  # noqa: FBT001 - a fact
    """Return the class as which a way is driven; `emergency` where it was not made for driving."""
    highway = tags["highway"]
    if tags.get("service") in FOR_EMERGENCY:
        return "emergency"
    if highway in CAR_CLASSES:
        return highway
    made_for_it = open_to_cars or highway == "busway" or _admits_some(tags)
    return DRIVEN_AS[highway] if made_for_it else "emergency"


def _at_hour(tags: Mapping[str, str], hour: float | None) -> Mapping[str, str]:
    """Return the tags with access that has a condition as it is at an hour."""
    then = dict(tags)
    for key in tags:
        usual = key.removesuffix(CONDITION)
        if usual != key:
            value = value_at(tags[key], tags.get(usual), hour)
            if value is not None:
                then[usual] = value
    return then


def _access(tags: Mapping[str, str], way: str) -> tuple[str, str]:
    """Return the most precise access value for cars in a direction, and the key it stands under."""
    value, at = "yes", ""
    for key in ACCESS_FROM_GENERAL_TO_PRECISE:
        for name in (key, key + way):
            if name in tags:
                value, at = tags[name], name
    return value, at


def _oneway(tags: Mapping[str, str]) -> str:
    implied = tags["highway"] == "motorway" or tags.get("junction") in ROUNDABOUTS
    value = "yes" if implied else "no"
    for key in ONEWAY_FROM_GENERAL_TO_PRECISE:
        value = tags.get(key, value)
    return value


def _along(tags: Mapping[str, str], way: str) -> bool:
    """Return whether a direction is open by the `oneway` tags."""
    value = _oneway(tags)
    if value in {"yes", "true", "1"}:
        return way == ":forward"
    if value in {"-1", "reverse"}:
        return way == ":backward"
    return value != "reversible"


def _car(tags: Mapping[str, str], way: str) -> Use:
    if tags.get("service") in FOR_BUSES_OR_EMERGENCY or not _along(tags, way):
        return Use.CLOSED
    value, key = _access(tags, way)
    use = car_use(value)
    if tags["highway"] not in CAR_CLASSES:
        return _on_what_is_for_others(tags["highway"], value, key)
    if use is Use.LOCAL and listed(value) <= FOR_FEW:
        closed_this_way = key.endswith(way) and "no" in listed(value)
        return Use.CLOSED if closed_this_way or is_for_buses(tags) else use
    return use


def _on_what_is_for_others(highway: str, value: str, key: str) -> Use:
    """Return how a car may use a street for walkers or a track: as a tag of vehicles says."""
    if highway not in DRIVEN_AS or not key or key.startswith("access"):
        return Use.CLOSED
    if listed(value) & OPEN_TO_EMERGENCY:
        return Use.OPEN
    return Use.LOCAL if listed(value) & (FOR_DESTINATION | {"private"}) else Use.CLOSED


def _siren(tags: Mapping[str, str], way: str) -> Use:
    """Return how an ambulance may use a direction: rules of access bind it less than a car.

    It passes what is closed to cars (RVV 1990, art. 91) where it can be driven; a road for
    destination traffic it uses as all do.
    """
    emergency = listed(tags.get("emergency", ""))
    highway = tags["highway"]
    opened = bool(emergency & OPEN_TO_EMERGENCY)
    drivable = highway in CAR_CLASSES or highway == "busway" or opened or _admits_some(tags)
    if emergency == {"no"} or not drivable or highway not in CAR_CLASSES | DRIVEN_AS.keys():
        return Use.CLOSED
    if not (_along(tags, way) or _contraflow(tags, way)):
        return Use.CLOSED
    value, key = _access(tags, way)
    values = listed(value)
    if key.endswith(way) and values == {"no"} and not (opened or is_for_buses(tags, way)):
        return Use.CLOSED
    for_destination = bool(values & FOR_DESTINATION) and car_use(value) is Use.LOCAL
    local = highway in CAR_CLASSES and for_destination
    return Use.LOCAL if local and not (opened or is_for_buses(tags)) else Use.OPEN


def _contraflow(tags: Mapping[str, str], way: str) -> bool:
    """Return whether buses or an ambulance drive against the one way."""
    if _oneway(tags) == "reversible":
        return False
    return (
        any(tags.get(key) == "no" for key in CONTRAFLOW)
        or any("opposite" in tags.get(key, "") for key in BUS_LANES)
        or is_for_buses(tags, way)
    )


def _admits_some(tags: Mapping[str, str]) -> bool:
    """Return whether some motor vehicle may drive on a way that is meant for others."""
    if tags["highway"] not in DRIVEN_AS:
        return False
    values: set[str] = set()
    for key in (*ACCESS_FROM_GENERAL_TO_PRECISE[1:], *BUS_TAGS, *DELIVERIES):
        values |= listed(tags.get(key, "")) | values_of(tags.get(key + CONDITION, ""))
    values |= listed(tags.get("access", "")) & {"delivery", *FOR_DESTINATION}
    return bool(values - {"no", "agricultural", "forestry", "military", "use_sidepath"})
