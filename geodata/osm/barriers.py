"""Who passes a node: barriers, gates and what limits height and width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geodata.osm.access import (
    ACCESS_FROM_GENERAL_TO_PRECISE,
    FOR_DESTINATION,
    OPEN_TO_EMERGENCY,
    Use,
    Vehicles,
    car_use,
    fits,
    is_for_buses,
)
from geodata.osm.tag_values import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

NODE_TAGS_READ: Final = (
    "barrier",
    "bollard",
    "locked",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "emergency",
    "bus",
    "psv",
    "maxheight",
    "maxheight:physical",
    "maxwidth",
    "maxwidth:physical",
)
"""Every node tag that tells who passes."""
NOBODY_PASSES: Final = frozenset(
    {
        "wall",
        "city_wall",
        "retaining_wall",
        "fence",
        "hedge",
        "ditch",
        "concrete",
        "barrier_board",
        "guard_rail",
        "cable_barrier",
        "handrail",
        "rope",
        "tank_trap",
        "rubble",
    }
)
BARRIERS_NO_CAR_PASSES: Final = NOBODY_PASSES | {
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
BARRIERS_OPENED_FOR_SIREN: Final = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "sump_buster", "bus_trap", "chain"}
)
BOLLARDS_OPENED_FOR_SIREN: Final = frozenset({"rising", "removable", "foldable", "retractable"})
HAVE_THE_KEY: Final = FOR_DESTINATION | {"private", "permit"}
"""Those for whom a barrier is opened, who end or start their trip behind it."""
LOW_BARRIER: Final = "height_restrictor"
"""Keeps out what is higher than a car, also where no height is written on it."""


def barrier_open(tags: Mapping[str, str], vehicles: Vehicles) -> tuple[Use, Use]:
    """Return how a car and an ambulance may pass a node.

    Parameters
    ----------
    tags
        The node's tags.
    vehicles
        How high and wide both are.

    Returns
    -------
    tuple of Use
        Of the car, of the ambulance.
    """
    barriers = listed(tags.get("barrier", ""))
    locked = "yes" in listed(tags.get("locked", ""))
    car = _car(tags, barriers) if barriers else Use.OPEN
    emergency = listed(tags.get("emergency", ""))
    opened = (
        bool(emergency & OPEN_TO_EMERGENCY)
        or (is_for_buses(tags) and not locked)
        or (bool(barriers & BARRIERS_OPENED_FOR_SIREN) and not locked)
        or bool(listed(tags.get("bollard", "")) & BOLLARDS_OPENED_FOR_SIREN)
    )
    siren = Use.OPEN if (car or opened) and emergency != {"no"} else Use.CLOSED
    low = LOW_BARRIER in barriers and not any(key.startswith("maxheight") for key in tags)
    return (
        car if fits(tags, vehicles.car) else Use.CLOSED,
        siren if fits(tags, vehicles.siren) and not low else Use.CLOSED,
    )


def _car(tags: Mapping[str, str], barriers: frozenset[str]) -> Use:
    if "yes" in listed(tags.get("locked", "")):
        return Use.CLOSED
    stated = [tags[key] for key in ACCESS_FROM_GENERAL_TO_PRECISE if key in tags]
    if not stated:
        return Use.CLOSED if barriers & BARRIERS_NO_CAR_PASSES else Use.OPEN
    use = car_use(stated[-1])
    for_some = listed(stated[-1]) & HAVE_THE_KEY and not barriers & NOBODY_PASSES
    return Use.CLOSED if use is Use.LOCAL and not for_some else use
