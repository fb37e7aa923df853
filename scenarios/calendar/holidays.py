"""Dutch public holidays, and which day of a simulation is which date.

A simulation begins on the Monday of the first ISO week of the horizon year.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

_LIBERATION_YEARS = 5  # Liberation Day is a day off once in five years


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the days on which Dutch hospitals keep Sunday hours.

    Examples
    --------
    >>> sorted(public_holidays(2024))[1].isoformat()  # Easter Monday
    '2024-04-01'
    """
    sunday = easter(year)
    king = date(year, 4, 27)
    if king.weekday() == 6:  # noqa: PLR2004 - a Sunday: kept a day earlier
        king -= timedelta(1)
    days = {
        date(year, 1, 1),
        sunday + timedelta(1),
        king,
        sunday + timedelta(39),  # Ascension Day
        sunday + timedelta(50),  # Whit Monday
        date(year, 12, 25),
        date(year, 12, 26),
    }
    if year % _LIBERATION_YEARS == 0:
        days.add(date(year, 5, 5))
    return frozenset(days)


def date_of(day: int, year: int) -> date:
    """Return the date of a day of the simulation, day 0 first."""
    return date.fromisocalendar(year, 1, 1) + timedelta(day)
