"""What a driver obeys: from the tags of one OpenStreetMap way to where and how fast one may drive.

Ways share tags, so a road network holds a few thousand different sets of tags at most; each set is
read once, here, and applied to all its ways at a stroke. Speeds driven in practice are not here but
in `profiles`; geometry is not here but in `network`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

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

TAGS_READ: Final = (
    "highway",
    "service",
    "oneway",
    "oneway:motor_vehicle",
    "oneway:motorcar",
    "oneway:emergency",
    "junction",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "access:forward",
    "access:backward",
    "vehicle:forward",
    "vehicle:backward",
    "motor_vehicle:forward",
    "motor_vehicle:backward",
    "motorcar:forward",
    "motorcar:backward",
    "emergency",
    "bus",
    "psv",
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
EMERGENCY_ONLY_CLASSES: Final = frozenset(
    {"busway", "bus_guideway", "pedestrian", "footway", "cycleway", "path", "track"}
)
EMERGENCY_ONLY_SERVICE: Final = frozenset({"emergency_access", "emergency", "psv", "bus", "busway"})
CLOSED_TO_CARS: Final = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "agricultural;forestry",
        "emergency",
        "psv",
        "bus",
        "military",
        "permit",
        "delivery",
        "use_sidepath",
        "restricted",
    }
)
OPEN_TO_EMERGENCY: Final = frozenset({"yes", "designated", "official", "permissive"})
ACCESS_FROM_GENERAL_TO_PRECISE: Final = ("access", "vehicle", "motor_vehicle", "motorcar")
ONEWAY_FROM_GENERAL_TO_PRECISE: Final = ("oneway", "oneway:motor_vehicle", "oneway:motorcar")
ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})

KMH_PER_MPH: Final = 1.609344

Limits: TypeAlias = Mapping[str, float]
"""Limit in km/h by implicit value: `urban`, `walk`, `none`, or with its country, `DE:rural`."""
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/?h|kph|kmh|mph)?$")
_ZONE = re.compile(r"^[A-Z]{2}:(?:zone:?)?(\d+)$")
_IMPLICIT = re.compile(r"^[A-Z]{2}:[a-z_]+$")


@dataclass(frozen=True, slots=True)
class RoadRule:
    """Where and how fast one may drive on a way; forward is the way's own direction.

    Speeds are legal limits in km/h, NaN where the tags do not say; `built_up` is None where the
    tags do not say.
    """

    road_class: str
    built_up: bool | None
    roundabout: bool
    destination_only: bool
    car_forward: bool
    car_backward: bool
    siren_forward: bool
    siren_backward: bool
    limit_forward: float
    limit_backward: float


def limit_kmh(text: str | None, limits: Limits) -> float:
    """Return a written speed limit in km/h.

    Parameters
    ----------
    text
        A `maxspeed` value: a number (km/h), a number with `mph`, `walk`, `none`, a list with `;`
        (the lowest counts), or an implicit limit such as `NL:urban`, `DE:zone30`, `NL:30`.
    limits
        Limit by implicit value.

    Returns
    -------
    float
        Limit in km/h; NaN where the text is absent or says nothing about a speed.
    """
    if not text:
        return math.nan
    each = [_one_limit_kmh(part.strip(), limits) for part in text.split(";")]
    return min((limit for limit in each if not math.isnan(limit)), default=math.nan)


def _one_limit_kmh(text: str, limits: Limits) -> float:
    if match := _SPEED.match(text):
        number = float(match[1])
        kmh = number * KMH_PER_MPH if match[2] == "mph" else number
        return kmh if kmh > 0 else math.nan
    if match := _ZONE.match(text):
        return float(match[1])
    kind = text.partition(":")[2] if _IMPLICIT.match(text) else text
    return limits.get(text, limits.get(kind, math.nan))


def road_rule(tags: Mapping[str, str], limits: Limits) -> RoadRule | None:
    """Read one way's tags; None where neither a car nor an ambulance may drive.

    Parameters
    ----------
    tags
        The way's tags; only `TAGS_READ` matter.
    limits
        Limit by implicit value.

    Returns
    -------
    RoadRule or None
    """
    if tags.get("area") == "yes":
        return None
    car = _car_open(tags)
    siren = _siren_open(tags, car)
    if not any(siren):
        return None
    highway = tags["highway"]
    emergency_only = not any(car)
    return RoadRule(
        road_class=highway if highway in CAR_CLASSES and not emergency_only else "emergency",
        built_up=_built_up(tags),
        roundabout=tags.get("junction") in ROUNDABOUTS,
        destination_only=_access(tags, "") in {"destination", "customers"},
        car_forward=car[0],
        car_backward=car[1],
        siren_forward=siren[0],
        siren_backward=siren[1],
        limit_forward=_directional_limit(tags, "maxspeed:forward", limits),
        limit_backward=_directional_limit(tags, "maxspeed:backward", limits),
    )


def _access(tags: Mapping[str, str], suffix: str) -> str:
    """Return the most precise access value for cars; `suffix` is ":forward", ":backward" or ""."""
    value = "yes"
    for key in ACCESS_FROM_GENERAL_TO_PRECISE:
        value = tags.get(key + suffix, tags.get(key, value))
    return value


def _direction(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether the way is open forward and backward by its `oneway` tags."""
    implied = tags["highway"] == "motorway" or tags.get("junction") in ROUNDABOUTS
    value = "yes" if implied else "no"
    for key in ONEWAY_FROM_GENERAL_TO_PRECISE:
        value = tags.get(key, value)
    if value in {"yes", "true", "1"}:
        return True, False
    if value in {"-1", "reverse"}:
        return False, True
    if value in {"reversible", "alternating"}:
        return False, False
    return True, True


def _car_open(tags: Mapping[str, str]) -> tuple[bool, bool]:
    if tags["highway"] not in CAR_CLASSES or tags.get("service") in EMERGENCY_ONLY_SERVICE:
        return False, False
    forward, backward = _direction(tags)
    return (
        forward and _access(tags, ":forward") not in CLOSED_TO_CARS,
        backward and _access(tags, ":backward") not in CLOSED_TO_CARS,
    )


def _siren_open(tags: Mapping[str, str], car: tuple[bool, bool]) -> tuple[bool, bool]:
    """Open to an ambulance: as to cars, and where emergency, bus or private access lets it in."""
    emergency = tags.get("emergency")
    if emergency == "no":
        return False, False
    if not (any(car) or _opened_for_siren(tags)):
        return False, False
    if tags.get("oneway:emergency") == "no":
        return True, True
    forward, backward = _direction(tags)
    if _opened_for_siren(tags):
        return forward, backward
    return car


def _opened_for_siren(tags: Mapping[str, str]) -> bool:
    if tags.get("emergency") in OPEN_TO_EMERGENCY:
        return tags["highway"] in CAR_CLASSES | EMERGENCY_ONLY_CLASSES
    if tags["highway"] in {"busway", "bus_guideway"}:
        return tags["highway"] == "busway"
    if tags["highway"] not in CAR_CLASSES:
        return False
    if tags.get("service") in EMERGENCY_ONLY_SERVICE:
        return True
    bus_lane = {tags.get("bus"), tags.get("psv")} & OPEN_TO_EMERGENCY
    return bool(bus_lane) or _access(tags, "") in {"psv", "bus", "emergency", "private"}


def _directional_limit(tags: Mapping[str, str], key: str, limits: Limits) -> float:
    for name in (key, "maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed"):
        limit = limit_kmh(tags.get(name), limits)
        if not math.isnan(limit):
            return limit
    return math.nan


def _built_up(tags: Mapping[str, str]) -> bool | None:
    """Return whether the way lies in a built-up area by its tags; None where they are silent."""
    for key in ("zone:traffic", "maxspeed:type", "source:maxspeed", "maxspeed", "zone:maxspeed"):
        value = tags.get(key, "")
        if value.endswith((":urban", ":living_street")) or ":zone" in value:
            return True
        if value.endswith((":rural", ":trunk", ":motorway")):
            return False
    return None


BARRIERS_NO_CAR_PASSES: Final = frozenset(
    {
        "bollard",
        "block",
        "jersey_barrier",
        "cycle_barrier",
        "motorcycle_barrier",
        "chain",
        "planter",
        "log",
        "debris",
        "stile",
        "kissing_gate",
        "turnstile",
        "sump_buster",
        "bus_trap",
    }
)
BARRIERS_OPENED_FOR_SIREN: Final = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "sump_buster", "bus_trap", "chain"}
)
BOLLARDS_OPENED_FOR_SIREN: Final = frozenset({"rising", "removable", "foldable", "retractable"})


def barrier_open(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether a car and an ambulance may pass a node.

    Parameters
    ----------
    tags
        The node's tags; a node without `barrier` lets all pass.

    Returns
    -------
    tuple of bool
        Open to cars, open to ambulances.
    """
    barrier = tags.get("barrier")
    if barrier is None:
        return True, True
    stated = [tags[key] for key in ACCESS_FROM_GENERAL_TO_PRECISE if key in tags]
    car = stated[-1] not in CLOSED_TO_CARS if stated else barrier not in BARRIERS_NO_CAR_PASSES
    emergency = tags.get("emergency")
    opened = (
        emergency in OPEN_TO_EMERGENCY
        or barrier in BARRIERS_OPENED_FOR_SIREN
        or tags.get("bollard") in BOLLARDS_OPENED_FOR_SIREN
    )
    return car, emergency != "no" and (car or opened)
