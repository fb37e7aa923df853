"""What an extract says that can't be, so that who uses it can mend the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.notes import Note, note
from geodata.osm.speed_limits import unbelievable, unknown_word

if TYPE_CHECKING:
    from geodata.osm.extract import OsmExtract
    from geodata.osm.speed_limits import Limits


def limit_notes(extract: OsmExtract, limits: Limits) -> list[Note]:
    """Say which limits of ways are not believed or not known, so that the class's counts."""
    return [*_unbelievable_limits(extract, limits), *_unknown_words(extract, limits)]


def _unbelievable_limits(extract: OsmExtract, limits: Limits) -> list[Note]:
    """Say how many ways have a limit above what is legal anywhere near, and name one."""
    wrong = np.array([unbelievable(tags, limits) for tags in extract.tag_sets], dtype=bool)
    ways = extract.way_ids[wrong[extract.way_tags]]
    if not len(ways):
        return []
    return [
        note(
            "{count} ways have a maxspeed above {highest:g} km/h (such as way {way}); the limit of "
            "their class counts",
            count=len(ways),
            highest=max(limits.values()),
            way=int(ways[0]),
        )
    ]


def _unknown_words(extract: OsmExtract, limits: Limits) -> list[Note]:
    """Say how many ways have a word for their limit that has none here, and name one."""
    words = [unknown_word(tags, limits) for tags in extract.tag_sets]
    unknown = np.array([word is not None for word in words], dtype=bool)
    ways = np.flatnonzero(unknown[extract.way_tags])
    if not len(ways):
        return []
    return [
        note(
            "{count} ways have a word for their limit that is in no table (such as {word} of way "
            "{way}); the limit of their class counts",
            count=len(ways),
            word=words[extract.way_tags[ways[0]]],
            way=int(extract.way_ids[ways[0]]),
        )
    ]
