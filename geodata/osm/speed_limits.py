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
OF_THE_LAW: Final = math.inf
"""A road that has a limit, but not one that can be: that of the law for its class counts."""
LIMIT_TAGS: Final = ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed")
"""The first that tells a limit counts."""

Limits: TypeAlias = Mapping[str, float]
"""Limit in km/h by implicit value: `urban`, `walk`, `none`, or with its country, `DE:rural`."""
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/?h|kph|kmh|mph)?$")
_ZONE = re.compile(r"^[A-Z]{2}(?:-[A-Z]{2,3})?:(?:zone:?)?(\d+)$")
_IMPLICIT = re.compile(r"^[A-Z]{2}(?:-[A-Z]{2,3})?:[a-z_]+$")
_OF_NO_COUNTRY = "walk"
"""A word that means the same whatever country stands before it."""


def limit_kmh(text: str | None, limits: Limits) -> float:
    """Return a written speed limit in km/h.

    Parameters
    ----------
    text
        A `maxspeed` value: a number (km/h), a number with `mph`, `walk`, `none`, a list with `;`
        (the lowest counts), or an implicit limit such as `NL:urban`, `DE:zone30`, `NL:30`. A part
        of a country (`BE-VLG`) has its own limit, else that of the country.
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
    if zone == _OF_NO_COUNTRY:
        return limits.get(zone, math.nan)
    country = where.partition("-")[0]
    return limits.get(text, limits.get(f"{country}:{zone}", math.nan))


def directional_limit(tags: Mapping[str, str], direction: str, limits: Limits) -> float:
    """Return the limit one way in km/h, NaN where the tags tell none that can be.

    Parameters
    ----------
    tags
        Tags of the way.
    direction
        `:forward` or `:backward`.
    limits
        Limit by implicit value.

    Returns
    -------
    float
        `OF_THE_LAW` where the tags tell of a limit only what can't be: a number above all of
        `limits` (a typing error), `none` on a road that is no motorway, a word of a country that
        is not in `limits`. NaN where they tell nothing.
    """
    found = math.nan
    for name in (f"maxspeed{direction}", *LIMIT_TAGS):
        text = tags.get(name, "")
        limit = limit_kmh(text, limits)
        is_unlimited = text == UNLIMITED and tags.get("highway") != UNLIMITED_CLASS
        if limit <= max(limits.values()) and not is_unlimited:
            return limit
        if not math.isnan(limit) or _unknown_words(text, limits):
            found = OF_THE_LAW
    return found


def unbelievable(tags: Mapping[str, str], limits: Limits) -> bool:
    """Return whether a way's `maxspeed` is above what is legal anywhere near."""
    texts = [tags.get(f"maxspeed{direction}") for direction in ("", ":forward", ":backward")]
    return any(limit_kmh(text, limits) > max(limits.values()) for text in texts)


def unknown_word(tags: Mapping[str, str], limits: Limits) -> str | None:
    """Return the word that a way has for its limit alone and that has no limit here, if any.

    The law of another country is not ours to guess: such a way has the limit of its class.
    """
    posted = (directional_limit(tags, direction, limits) for direction in (":forward", ":backward"))
    if any(map(math.isfinite, posted)):
        return None
    names = ("maxspeed:forward", "maxspeed:backward", *LIMIT_TAGS)
    unknown = (word for name in names for word in _unknown_words(tags.get(name, ""), limits))
    return next(unknown, None)


def _unknown_words(text: str, limits: Limits) -> list[str]:
    # what is no kind of limit in any country, as `DE:sign`, only says where one was found
    zones = {name.rpartition(":")[2] for name in limits}
    return [
        word
        for word in map(str.strip, text.split(";"))
        if _IMPLICIT.match(word)
        and word.partition(":")[2] in zones
        and math.isnan(limit_kmh(word, limits))
    ]


def built_up(tags: Mapping[str, str]) -> bool | None:
    """Return whether the way lies in a built-up area by its tags; None where they are silent."""
    for key in ("zone:traffic", "maxspeed:type", "source:maxspeed", "maxspeed", "zone:maxspeed"):
        value = tags.get(key, "")
        if value.endswith((":urban", ":living_street")) or ":zone" in value:
            return True
        if value.endswith((":rural", ":trunk", ":motorway")):
            return False
    return None
