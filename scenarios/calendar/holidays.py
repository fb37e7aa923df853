"""Dutch public holidays, and which day of a simulation is which date.

A simulation begins on the Monday of the first ISO week of the horizon year.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_LIBERATION_YEARS = 5  # Liberation Day is a day off once in five years


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the days on which Dutch hospitals keep Sunday hours.

    Examples
    --------
    >>> sorted(public_holidays(2024))[1].isoformat()  # Easter Monday
    '2024-04-01'
    """
    easter = easter_sunday(year)
    king = date(year, 4, 27)
    if king.weekday() == 6:  # noqa: PLR2004 - a Sunday: kept a day earlier
        king -= timedelta(1)
    days = {
        date(year, 1, 1),
        easter + timedelta(1),
        king,
        easter + timedelta(39),  # Ascension Day
        easter + timedelta(50),  # Whit Monday
        date(year, 12, 25),
        date(year, 12, 26),
    }
    if year % _LIBERATION_YEARS == 0:
        days.add(date(year, 5, 5))
    return frozenset(days)


def easter_sunday(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar (Butcher 1876).

    Examples
    --------
    >>> easter_sunday(2025).isoformat()
    '2025-04-20'
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    offset = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * offset) // 451
    month, day = divmod(h + offset - 7 * m + 114, 31)
    return date(year, month, day + 1)


def date_of(day: int, year: int) -> date:
    """Return the date of a day of the simulation, day 0 first."""
    return date.fromisocalendar(year, 1, 1) + timedelta(day)
