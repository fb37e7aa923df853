"""On which hours of the simulated weeks a site is closed for want of people.

What was known beforehand closes in turn: sites that are short in the same month take turns by the
week, nights first, then days. What sickness takes on top closes on end, from a day drawn
beforehand. Both go through the hours of a month in one order for all functions of a site.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from scenarios.calendar.holidays import date_of
from scenarios.lines.catalogue import AMBULANCE, catalogue
from scenarios.lines.years import FIRST_YEAR, LAST_YEAR
from scenarios.schema.vocabulary import Function, Resource
from scenarios.units import HOURS_PER_DAY, HOURS_PER_WEEK, MONTHS_PER_YEAR
from sim.random.streams import Purpose
from sim.teams.posts import Stream
from sim.teams.staff_path import StaffModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import AnyFloatArray, BoolArray
    from scenarios.schema.rosters import Shifts
    from scenarios.schema.scenario import Scenario
    from sim.patients.cohort import Horizon
    from sim.teams.staff_path import StaffPath

BY_LINES: Final = frozenset(
    {
        Resource.THEATRE_TEAMS,
        Resource.THEATRE_SECOND,
        Resource.THEATRE_ANAESTHETISTS,
        Resource.MATERNITY_DOCTORS,
        Resource.MATERNITY_PAEDIATRICIANS,
    }
)
"""Resources on duty whose lines close their function: no shift of theirs is empty besides."""


@dataclass(frozen=True)
class PeopleHours:
    """What the people that there are leave of each site, by hour of the simulation.

    Attributes
    ----------
    closed, stop
        (site, function) to the hours that it is closed, or open without somebody whose patients
        ambulances bring elsewhere.
    late
        Site to the hours without a second theatre team.
    unfilled
        (site, resource) to the share of its roster that nobody fills; crews of all posts under the
        site `ambulance`.
    """

    closed: Mapping[tuple[str, Function], BoolArray]
    stop: Mapping[tuple[str, Function], BoolArray]
    late: Mapping[str, BoolArray]
    unfilled: Mapping[tuple[str, Resource | str], AnyFloatArray]


def people_hours(scenario: Scenario, horizon: Horizon, hours: int) -> PeopleHours:
    """Return what the people of a replication leave of each site.

    Parameters
    ----------
    scenario
        A configuration in its year; years before and after those of the model count as the nearest.
    horizon
        Which replication of which seed.
    hours
        How many hours from the beginning of the simulation.
    """
    stream = Stream(horizon.seed, horizon.replication)
    path = StaffModel(scenario, scenario.horizon_year).path(stream)
    month = _Months(scenario.horizon_year, hours, scenario.shifts)
    sites = {site for site, _ in path.functions}
    closed, stop, late = {}, {}, {}
    for function in Function:
        fills = {site: path.functions[site, function] for site in sites
                 if (site, function) in path.functions}  # fmt: skip
        for turn, (site, fill) in enumerate(sorted(fills.items())):
            starts = stream.of(Purpose.TEAM_CLOSURE, site).random(len(fill.closed))
            order = _Order(month, turn, len(fills), starts)
            closed[site, function] = order.hours(fill.closed, fill.planned)
            stop[site, function] = order.hours(fill.stop, fill.stop)
            if function is Function.THEATRE:
                late[site] = order.hours(fill.late, fill.late)
    return PeopleHours(closed, stop, late, _unfilled(scenario, path, month))


class _Months:
    """The months of the simulated hours."""

    def __init__(self, year: int, hours: int, shifts: Shifts) -> None:
        first = date_of(0, year)
        self.hours = hours
        self.shifts = shifts
        days = [date_of(day, year) for day in range(-(-hours // HOURS_PER_DAY))]
        starts = sorted({(day.year, day.month) for day in days})
        self.starts: list[tuple[int, int, int]] = [
            (
                (date(*start, 1) - first).days * HOURS_PER_DAY,
                monthrange(*start)[1] * HOURS_PER_DAY,
                _month_of_path(*start),
            )
            for start in starts
        ]

    def spread(self, values: AnyFloatArray) -> AnyFloatArray:
        """Return at each hour the value of its month."""
        found = np.zeros(self.hours)
        for start, length, at in self.starts:
            found[max(start, 0) : max(start + length, 0)] = values[min(at, len(values) - 1)]
        return found


def _month_of_path(year: int, month: int) -> int:
    within = min(max(year, FIRST_YEAR), LAST_YEAR)
    return (within - FIRST_YEAR) * MONTHS_PER_YEAR + month - 1


class _Order:
    """In which order the hours of a month are closed at a site."""

    def __init__(self, month: _Months, turn: int, sites: int, starts: AnyFloatArray) -> None:
        self._month, self._turn, self._sites, self._starts = month, turn, sites, starts

    def hours(self, closed: AnyFloatArray, planned: AnyFloatArray) -> BoolArray:
        """Return the closed hours of the simulation, for shares of each month."""
        found = np.zeros(self._month.hours, dtype=bool)
        for start, length, at in self._month.starts:
            which = min(at, len(closed) - 1)
            share, known = np.nan_to_num(closed[which]), np.nan_to_num(planned[which])
            if share <= 0:
                continue
            shut = self._planned(start, length, known) if known > 0 else np.zeros(length, bool)
            more = round(share * length) - int(shut.sum())
            if more > 0:
                begins = int(self._starts[which] * length) // HOURS_PER_DAY * HOURS_PER_DAY
                later = (np.arange(length) + begins) % length
                shut[later[~shut[later]][:more]] = True
            here = slice(max(start, 0), max(min(start + length, len(found)), 0))
            found[here] = shut[here.start - start : here.stop - start]
        return found

    def _planned(self, start: int, length: int, share: float) -> BoolArray:
        shut = np.zeros(length, dtype=bool)
        hour = np.arange(start, start + length)
        clock, week = hour % HOURS_PER_DAY, hour // HOURS_PER_WEEK
        shifts = self._month.shifts
        by_day = (clock >= shifts.day) & (clock < shifts.night)
        others_turn = week % self._sites != self._turn
        order = np.lexsort((hour, others_turn, by_day))
        shut[order[: round(share * length)]] = True
        return shut


def _unfilled(
    scenario: Scenario, path: StaffPath, month: _Months
) -> dict[tuple[str, Resource | str], AnyFloatArray]:
    """Return the share of each roster that nobody fills while the function is open.

    A roster whose people work elsewhere has the share of where they work.
    """
    asked: dict[tuple[str, Resource | str], list[tuple[float, AnyFloatArray]]] = {}
    for line in path.plan.planned:
        kind = catalogue().lines[line.name]
        if kind.roster is None:
            continue
        fill = path.lines[line.key]
        is_open = 1 - fill.closed
        places = np.divide(fill.places, is_open, out=np.ones_like(is_open), where=is_open > 0)
        missing = month.spread(1 - np.clip(places, 0, 1))
        asked.setdefault((line.site, kind.roster), []).append((kind.share, missing))
    at = {
        key: np.sum([share * missing for share, missing in parts], axis=0)
        / sum(share for share, _ in parts)
        for key, parts in asked.items()
    }
    found = dict(at)
    for resource in {key for _, key in at if key != AMBULANCE}:
        here = {site: missing for (site, key), missing in at.items() if key == resource}
        elsewhere = np.mean(list(here.values()), axis=0)
        for site in scenario.sites:
            found.setdefault((site, resource), elsewhere)
    for resource in BY_LINES:
        for site in scenario.sites:
            found[site, resource] = np.zeros(month.hours)
    return found
