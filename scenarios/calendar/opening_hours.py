"""Opening hours: from what a reader writes to a table of 336 hours.

The table covers a fortnight, Monday 00:00 of an even week first, because sites may close in
turn by the week. Hours are whole hours; a range may pass midnight.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios.errors import Said, Wrong
from scenarios.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK

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


def written_hours(table: HourTable) -> str:
    """Return the opening hours that mean a table: what `open_hours` reads back as the same.

    Parameters
    ----------
    table
        Shape (336,), True where open.

    Examples
    --------
    >>> written_hours(open_hours("23:00-07:00"))
    '23:00-07:00'
    >>> written_hours(~open_hours("odd weeks 00:00-24:00"))
    'even weeks 00:00-24:00'
    """
    if table.all():
        return "24/7"
    if not table.any():
        return "closed"
    days: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for day, start, end in _pieces(table):
        days.setdefault((start, end), set()).add(divmod(day, DAYS_PER_WEEK))
    parts = []
    for (start, end), found in days.items():
        by_week = [{day for week, day in found if week == number} for number in (0, 1)]
        both = by_week[0] & by_week[1]
        for weeks, own in (
            ("", both),
            ("even weeks ", by_week[0] - both),
            ("odd weeks ", by_week[1] - both),
        ):
            parts += [f"{weeks}{names}{start:02}:00-{end:02}:00" for names in _day_names(own)]
    return "; ".join(parts)


def _pieces(table: HourTable) -> list[tuple[int, int, int]]:
    """Cut a table into ranges as they are written: the day of each (0 to 13), its start and end."""
    pieces = []
    for first in np.flatnonzero(table & ~np.roll(table, 1)).tolist():
        length = int(np.argmin(np.roll(table, -first)))
        day, start = divmod(first, HOURS_PER_DAY)
        if length < HOURS_PER_DAY:
            pieces.append((day, start, (start + length - 1) % HOURS_PER_DAY + 1))
            continue
        while length > 0:
            hours = min(length, HOURS_PER_DAY - start)
            pieces.append((day % (2 * DAYS_PER_WEEK), start, start + hours))
            day, start, length = day + 1, 0, length - hours
    return pieces


def _day_names(days: set[int]) -> list[str]:
    """Return runs of days as they are written before hours; nothing before those of every day."""
    if len(days) == DAYS_PER_WEEK:
        return [""]
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        f"{DAYS[run[0]]}-{DAYS[run[-1]]} " if len(run) > 1 else f"{DAYS[run[0]]} " for run in runs
    ]


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
    return day >= SATURDAY
