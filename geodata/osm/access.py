"""What values of access tags mean for a car and an ambulance."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from geodata.osm.tag_values import listed, metres

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCESS_FROM_GENERAL_TO_PRECISE: Final = ("access", "vehicle", "motor_vehicle", "motorcar")
OPEN_TO_EMERGENCY: Final = frozenset({"yes", "designated", "official", "permissive"})
FOR_DESTINATION: Final = frozenset({"destination", "customers", "residents"})
"""Open to whoever starts or ends a trip there."""
FOR_FEW: Final = frozenset(
    {
        "no",
        "private",
        "permit",
        "agricultural",
        "forestry",
        "military",
        "delivery",
        "restricted",
        "use_sidepath",
    }
)
"""Closed to whoever passes; who lives there drives it all the same."""
FOR_BUSES: Final = frozenset({"psv", "bus", "emergency"})
"""Closed to every car, open to an ambulance."""
BUS_TAGS: Final = ("bus", "psv")
LOWER_THAN_WRITTEN: Final = (("maxheight", "maxheight:physical"), ("maxwidth", "maxwidth:physical"))


class VehicleSize(NamedTuple):
    """Height and width of a vehicle in metres."""

    height: float
    width: float


class Vehicles(NamedTuple):
    """Sizes of a car and of an ambulance."""

    car: VehicleSize
    siren: VehicleSize


class Use(IntEnum):
    """How one may use a road."""

    CLOSED = 0
    LOCAL = 1
    """Only at the start or the end of a trip."""
    OPEN = 2


def car_use(value: str) -> Use:
    """Return how a car may use what has an access value, which may be a list: the best counts."""
    values = listed(value)
    if not values or values - FOR_DESTINATION - FOR_FEW - FOR_BUSES:
        return Use.OPEN
    return Use.LOCAL if values - FOR_BUSES else Use.CLOSED


def is_for_buses(tags: Mapping[str, str], direction: str = "") -> bool:
    """Return whether buses may go; `direction` is "", `:forward` or `:backward`."""
    return any(listed(tags.get(key + direction, "")) & OPEN_TO_EMERGENCY for key in BUS_TAGS)


def fits(tags: Mapping[str, str], size: VehicleSize) -> bool:
    """Return whether a vehicle fits under `maxheight` and between `maxwidth`."""
    for keys, needed in zip(LOWER_THAN_WRITTEN, size, strict=True):
        room = [metres(part) for key in keys for part in tags.get(key, "").split(";")]
        if min((one for one in room if not math.isnan(one)), default=math.inf) < needed:
            return False
    return True
