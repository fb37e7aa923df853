"""Where women book weeks ahead: at the hospital they prefer, unless a neighbour's month is full.

A neighbour takes bookings for so many births a month, its own women's and ours as they come; who
finds the month full books at the next one she prefers. The day itself is another matter: then every
delivery room may be taken (`resources.maternity_unit`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from scenarios.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from sim.patients.births import BirthPlace
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.patients.births import Births

MONTH: Final = DAYS_PER_YEAR / MONTHS_PER_YEAR * MINUTES_PER_DAY


def book(
    births: Births,
    preferred: list[list[int]],
    is_open: Callable[[float], Sequence[bool]],
    own: Mapping[int, Sequence[float]],
    most: Mapping[int, float],
    end: float,
) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Return the sites of each birth, the booked one first, and who was refused where.

    Parameters
    ----------
    births
        Ours, in order of time.
    preferred
        By birth the sites, the preferred one first.
    is_open
        Whether each site takes births at a minute.
    own
        When the women of each neighbour's own give birth, sorted, by number of the site.
    most
        Bookings that each neighbour takes for a month; the last month may be a part of one.
    end
        The last minute.

    Returns
    -------
    tuple
        Sites that were full go last; refusals are (row, site).
    """
    taken: Counter[tuple[int, int]] = Counter()
    passed = dict.fromkeys(own, 0)
    booked, refused = [], []
    for row, time in enumerate(births.time):
        sites = preferred[row]
        if births.place[row] == BirthPlace.HOME:
            booked.append(sites)
            continue
        month = int(time // MONTH)
        part = min(1.0, end / MONTH - month)
        takes, full = is_open(time), []
        for site in sites:
            if not takes[site]:
                continue
            if site not in most:
                break
            times, count = own[site], passed[site]
            while count < len(times) and times[count] <= time:
                taken[site, int(times[count] // MONTH)] += 1
                count += 1
            passed[site] = count
            if taken[site, month] + 1 <= most[site] * part:
                taken[site, month] += 1
                break
            full.append(site)
        else:
            full = []  # every site is full: the one she prefers takes her after all
        refused += [(row, site) for site in full]
        booked.append([*(site for site in sites if site not in full), *full] if full else sites)
    return booked, refused
