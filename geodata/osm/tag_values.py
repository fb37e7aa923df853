"""Values of tags as people write them: lists, lengths and durations."""

from __future__ import annotations

import math
import re
from typing import Final

METRES: Final = {"": 1.0, "m": 1.0, "meter": 1.0, "metre": 1.0, "cm": 0.01, "ft": 0.3048}
"""Metres in each unit of length."""
METRES_PER_INCH: Final = 0.0254
MINUTES: Final = {"D": 1440.0, "H": 60.0, "M": 1.0, "S": 1 / 60}
"""Minutes in each unit of an ISO 8601 duration."""

_LENGTH: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|meter|metre|cm|ft)?s?")
_FEET: Final = re.compile(r"(\d+)\s*'\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''))?")
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d+)(?::(\d+))?")
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def listed(value: str) -> frozenset[str]:
    """Return the values of a list with `;` or `,`, in lower case, without blanks around them."""
    parts = value.lower().replace(",", ";").split(";")
    return frozenset(part.strip() for part in parts if part.strip())


def metres(text: str) -> float:
    """Return a length in metres: `2.2`, `2,2 m`, `220 cm`, `7 ft`, `6'7"`; NaN for other texts."""
    written = text.strip().lower()
    if match := _LENGTH.fullmatch(written):
        return float(match[1].replace(",", ".")) * METRES[match[2] or ""]
    if match := _FEET.fullmatch(written):
        return float(match[1]) * METRES["ft"] + float(match[2] or 0) * METRES_PER_INCH
    return math.nan


def minutes(text: str) -> float:
    """Return a duration in minutes: `20`, `0:20`, `0:20:00`, `PT20M`; NaN for other texts."""
    written = text.strip().upper()
    if match := _CLOCK.fullmatch(written):
        hours, whole, seconds = (float(part or 0) for part in match.groups())
        return hours * MINUTES["H"] + whole + seconds * MINUTES["S"]
    if match := _ISO.fullmatch(written):
        units = zip(match.groups(), MINUTES.values(), strict=True)
        return sum(float(part or 0) * unit for part, unit in units) or math.nan
    return math.nan
