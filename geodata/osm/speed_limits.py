"""Legal speed limits as tags write them, and what they tell of the surroundings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

KMH_PER_MPH: Final = 1.609344
UNLIMITED: Final = "none"
UNLIMITED_CLASS: Final = "motorway"
"""The one class that may have no limit."""
LIMIT_TAGS: Final = ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed")
"""The first that tells a limit counts."""

Limits: TypeAlias = Mapping[str, float]
"""Limit in km/h by implicit value: `urban`, `walk`, `none`, or with its country, `DE:rural`."""
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/?h|kph|kmh|mph)?$")
_ZONE = re.compile(r"^[A-Z]{2}(?:-[A-Z]{2,3})?:(?:zone:?)?(\d+)$")
_IMPLICIT = re.compile(r"^[A-Z]{2}(?:-[A-Z]{2,3})?:[a-z_]+$")


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
    if not _IMPLICIT.match(text):
        return limits.get(text, math.nan)
    where, _, zone = text.partition(":")
    country = where.partition("-")[0]  # `BE-VLG` is a part of `BE`
    known = (limits[name] for name in (text, f"{country}:{zone}", zone) if name in limits)
    return next(known, math.nan)


def directional_limit(tags: Mapping[str, str], direction: str, limits: Limits) -> float:
    """Return the limit one way in km/h, NaN where the tags tell none that can be.

    Parameters
    ----------
    tags
        Tags of the way.
    direction
        `:forward` or `:backward`.
    limits
        Limit by implicit value. What is above all of them is a typing error and tells nothing; so
        does `none` on a road that is no motorway.
    """
    for name in (f"maxspeed{direction}", *LIMIT_TAGS):
        text = tags.get(name)
        if text == UNLIMITED and tags.get("highway") != UNLIMITED_CLASS:
            continue
        limit = limit_kmh(text, limits)
        if limit <= max(limits.values()):
            return limit
    return math.nan


def unbelievable(tags: Mapping[str, str], limits: Limits) -> bool:
    """Return whether a way's `maxspeed` is above what is legal anywhere near."""
    texts = [tags.get(f"maxspeed{direction}") for direction in ("", ":forward", ":backward")]
    return any(limit_kmh(text, limits) > max(limits.values()) for text in texts)


def built_up(tags: Mapping[str, str]) -> bool | None:
    """Return whether the way lies in a built-up area by its tags; None where they are silent."""
    for key in ("zone:traffic", "maxspeed:type", "source:maxspeed", "maxspeed", "zone:maxspeed"):
        value = tags.get(key, "")
        if value.endswith((":urban", ":living_street")) or ":zone" in value:
            return True
        if value.endswith((":rural", ":trunk", ":motorway")):
            return False
    return None
