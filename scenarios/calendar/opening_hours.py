"""Opening hours: from what a reader writes to a table of 336 hours.

The table covers a fortnight, Monday 00:00 of an even week first, because sites may close in
turn by the week. Hours are whole hours; a range may pass midnight.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from scenarios.errors import Said, Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

HOURS_PER_DAY: Final = 24
DAYS_PER_WEEK: Final = 7
HOURS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK
FORTNIGHT = 2 * HOURS_PER_WEEK
SATURDAY: Final = 5

ALLOWED = Said(
    "'24/7', 'closed', or ranges joined by '; ' such as '07:00-23:00', "
    "'Mon-Fri 08:00-16:00' or 'even weeks 00:00-24:00'"
)

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RANGE = re.compile(
    r"(?:(?P<weeks>even|odd) weeks )?"
    r"(?:(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))? )?"
    r"(?P<start>\d{2}):00-(?P<end>\d{2}):00"
)

HourTable = npt.NDArray[np.bool_]


def open_hours(text: str) -> HourTable:
    """Return for each hour of a fortnight whether `text` says open.

    Parameters
    ----------
    text
        `24/7`, `closed`, or one or more ranges joined by `; `.

    Returns
    -------
    numpy.ndarray
        Shape (336,), True where open.

    Raises
    ------
    Wrong
        If the text is none of the allowed forms.

    Examples
    --------
    >>> int(open_hours("Mon-Fri 08:00-16:00").sum())
    80
    >>> int(open_hours("23:00-07:00")[:24].sum())
    8
    """
    table = np.zeros(FORTNIGHT, dtype=bool)
    if text == "closed":
        return table
    if text == "24/7":
        return ~table
    for part in text.split("; "):
        table |= _range_hours(part)
    return table


def _range_hours(part: str) -> HourTable:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise Wrong("{part!r} is not opening hours; allowed: {allowed}", part=part, allowed=ALLOWED)
    start, end = int(match["start"]), int(match["end"])
    if start > HOURS_PER_DAY or end > HOURS_PER_DAY or start == end:
        raise Wrong("{part!r} is no range of hours between 00:00 and 24:00", part=part)
    length = (end - start) % HOURS_PER_DAY or HOURS_PER_DAY
    table = np.zeros(FORTNIGHT, dtype=bool)
    for week in _weeks(match["weeks"]):
        for day in _days(match["first"], match["last"], part):
            first = week * HOURS_PER_WEEK + day * HOURS_PER_DAY + start
            table[np.arange(first, first + length) % FORTNIGHT] = True
    return table


def _weeks(name: str | None) -> tuple[int, ...]:
    return {"even": (0,), "odd": (1,), None: (0, 1)}[name]


def _days(first: str | None, last: str | None, part: str) -> list[int]:
    if first is None:
        return list(range(DAYS_PER_WEEK))
    for day in (first, last or first):
        if day not in DAYS:
            raise Wrong(
                "{part!r}: {day!r} is not a day; allowed: {allowed}",
                part=part,
                day=day,
                allowed=", ".join(DAYS),
            )
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [(start + step) % DAYS_PER_WEEK for step in range((end - start) % DAYS_PER_WEEK + 1)]


def weekend_hours() -> HourTable:
    """Return for each hour of a fortnight whether it falls on Saturday or Sunday."""
    day = np.arange(FORTNIGHT) // HOURS_PER_DAY % DAYS_PER_WEEK
    weekend: HourTable = day >= SATURDAY
    return weekend


def open_together(hours: Mapping[str, str]) -> list[list[str]]:
    """Return the sets of sites that are open together at some hour of the fortnight.

    Parameters
    ----------
    hours
        When each site is open, by id, as `open_hours` reads it.

    Returns
    -------
    list of list of str
        Every set that occurs, once; an empty one where at some hour nothing is open, or without
        sites.

    Examples
    --------
    >>> open_together({"A": "24/7", "B": "07:00-23:00", "C": "closed"})
    [['A'], ['A', 'B']]
    """
    if not hours:
        return [[]]
    table = np.array([open_hours(text) for text in hours.values()])
    return [
        [site for site, is_open in zip(hours, moment, strict=True) if is_open]
        for moment in np.unique(table, axis=1).T
    ]
