"""The master surgical schedule: which specialty has which theatre when, over a fortnight."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from scenarios.calendar.holidays import date_of, public_holidays
from scenarios.calendar.opening_hours import SATURDAY
from scenarios.parameters.registry import registry
from scenarios.schema.theatre_sessions import CAESAREANS, THORACIC, specialties
from scenarios.schema.vocabulary import Function, Resource
from scenarios.units import DAYS_PER_WEEK
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scenarios.parameters.keys import ParameterKey
    from scenarios.schema.scenario import Scenario
    from sim.patients.elective import Operations
    from sim.resources.geography import Geography
    from sim.resources.rosters import Rosters


WORKDAYS_PER_FORTNIGHT: Final = 10
NO_LIST: Final = -1  # the specialty of sessions kept free for planned caesareans
SiteSpecialty = tuple[int, int]  # site and specialty


class Session(NamedTuple):
    """One session of a day, in minutes after midnight."""

    site: int
    specialty: int
    start: float
    end: float

    @property
    def key(self) -> SiteSpecialty:
        """Whose patients it takes."""
        return self.site, self.specialty


class Calendar:
    """Which days have sessions: no weekends or public holidays, and fewer in reduced weeks."""

    def __init__(self, parameters: Mapping[ParameterKey, float], year: int) -> None:
        self._year = year
        self._reduced = range(
            int(parameters["theatre.reduced.first_week"]),
            int(parameters["theatre.reduced.last_week"]) + 1,
        )
        self._share = parameters["theatre.reduced.share"]

    def is_workday(self, day: int) -> bool:
        """Whether a day of the simulation, 0 first, has elective sessions."""
        if day % DAYS_PER_WEEK >= SATURDAY:
            return False
        date = date_of(day, self._year)
        return date not in public_holidays(date.year)

    def share(self, day: int) -> float:
        """Return which share of the master schedule runs on a day."""
        if not self.is_workday(day):
            return 0.0
        week = date_of(day, self._year).isocalendar().week
        return self._share if week in self._reduced else 1.0


class TheatreSchedule:
    """The waiting lists of every site and specialty, and the master schedule made for them.

    Parameters
    ----------
    scenario
        Its year, focus clinic and the sessions that it writes.
    weeks
        Weeks of the simulation, over which the sessions of a specialty are spread.
    parameters
        Read those of theatre, `theatre.…`.
    geography, rosters
        The sites, and their elective teams and rooms.
    operations
        Who will be operated on.

    Attributes
    ----------
    site
        Where each operation is done, by row.
    cancelled
        Rows of who has been cancelled or passed over once.
    """

    def __init__(
        self,
        scenario: Scenario,
        weeks: int,
        parameters: Mapping[ParameterKey, float],
        geography: Geography,
        rosters: Rosters,
        operations: Operations,
    ) -> None:
        self.calendar = Calendar(parameters, scenario.horizon_year)
        self._operations = operations
        self._turnover = parameters["theatre.turnover"]
        self.start = parameters["theatre.session.start"] * MINUTES_PER_HOUR
        self.end = parameters["theatre.session.end"] * MINUTES_PER_HOUR
        self._reserved = parameters["theatre.session.reserved"]
        self._minutes = self.end - self.start - self._reserved
        self._fill = parameters["theatre.session.fill"]
        self._lookahead = int(parameters["theatre.session.lookahead"])
        self.thoracic = specialties(registry()).index(THORACIC)
        focus = scenario.policies.focus_clinic
        self.site = _sites_of_operations(
            operations, geography, focus, parameters["theatre.focus.share"]
        )
        self._to_come: dict[SiteSpecialty, deque[int]] = defaultdict(deque)
        self._returned: dict[SiteSpecialty, deque[int]] = defaultdict(deque)
        for row, site in enumerate(self.site):
            self._to_come[site, self._operations.specialty[row]].append(row)
        self.cancelled: set[int] = set()
        written = _written_sessions(scenario)
        self._schedule = self._master_schedule(written, weeks, geography, rosters)
        self._lines = {block.key for blocks in self._schedule for block in blocks}
        self._longest = parameters["theatre.session.longest_wait"] * MINUTES_PER_DAY

    def sessions(self, day: int) -> list[Session]:
        """Return the sessions of a day; those for caesareans run in reduced weeks too."""
        if not self.calendar.is_workday(day):
            return []
        blocks = self._schedule[_workday_of_fortnight(day)]
        share = self.calendar.share(day)
        with_list = [block for block in blocks if block.specialty != NO_LIST]
        return [
            block
            for number, block in enumerate(with_list)
            if int((number + 1) * share) > int(number * share)
        ] + [block for block in blocks if block.specialty == NO_LIST]

    def first_start(self, day: int) -> float:
        """Return the minute of the day at which sessions begin."""
        return min((block.start for block in self.sessions(day)), default=self.start)

    def list_for_the_day(self, block: Session, now: float) -> list[int]:
        """Take the next patients of a line that fit, who were cancelled before first."""
        cases: list[int] = []
        left = block.end - block.start - self._reserved
        line = block.key
        for waiting in (self._returned[line], self._to_come[line]):
            passed: list[int] = []
            while waiting and self._operations.time[waiting[0]] <= now:
                row = waiting.popleft()
                planned = self._operations.planned_minutes[row]
                if planned > left and cases:
                    passed.append(row)
                    if len(passed) >= self._lookahead:
                        break
                    continue
                left -= planned + self._turnover
                cases.append(row)
            waiting.extendleft(reversed(passed))
        return cases

    def passed_over(self, now: float) -> list[int]:
        """Return who has waited longer than anyone may, and was not told so before.

        Where a line has no session at all, that is everyone, from the day on that they could have
        been operated on. They stay on the list.
        """
        found = []
        for line, waiting in self._to_come.items():
            longest = self._longest if line in self._lines else 0.0
            for row in waiting:
                if self._operations.time[row] + longest > now:
                    break
                if row not in self.cancelled:
                    self.cancelled.add(row)
                    found.append(row)
        return found

    def put_back(self, row: int) -> None:
        """Put a cancelled patient at the front, for the next session."""
        self.cancelled.add(row)
        self._returned[self.site[row], self._operations.specialty[row]].append(row)

    def _master_schedule(
        self, schedule: list[list[Session]], weeks: int, geography: Geography, rosters: Rosters
    ) -> list[list[Session]]:
        """Return the sessions of each workday of a fortnight.

        Those that the scenario writes are as written. Each other specialty gets the sessions that
        its patients need when they are filled to a target, spread evenly over the days; a site
        has no more on a day than it has elective teams.
        """
        workdays = sum(self.calendar.share(day) for day in range(weeks * DAYS_PER_WEEK))
        written = {block.key for blocks in schedule for block in blocks}
        own = [number for number, away in enumerate(geography.is_neighbour) if not away]
        for site in own:
            lines = sorted(
                line for line in self._to_come if line[0] == site and line not in written
            )
            needed = [self._needed(line) / workdays * WORKDAYS_PER_FORTNIGHT for line in lines]
            teams = rosters.most(geography.sites[site], Resource.ELECTIVE_TEAMS)
            free = [max(teams - sum(block.site == site for block in day), 0) for day in schedule]
            blocks = dict(zip(lines, _rounded(needed, sum(free)), strict=True))
            self._fit_rooms(rosters, geography.sites[site], blocks)
            days = _days_in_turn(free)
            for line, times in blocks.items():
                for day in islice(days, times):
                    schedule[day].append(Session(*line, self.start, self.end))
        return schedule

    def _fit_rooms(self, rosters: Rosters, site: str, blocks: dict[SiteSpecialty, int]) -> None:
        """Take away sessions for which a site has no rooms, where thoracic ones are apart."""
        rooms = rosters.most(site, Resource.THEATRE_ROOMS)
        thoracic = rosters.most(site, Resource.THEATRE_THORACIC_ROOMS)
        apart = [line for line in blocks if line[1] == self.thoracic]
        for lines, most in (
            (apart, thoracic),
            ([line for line in blocks if line not in apart], rooms),
        ):
            times = _rounded([float(blocks[line]) for line in lines], most * WORKDAYS_PER_FORTNIGHT)
            blocks.update(zip(lines, times, strict=True))

    def _needed(self, line: SiteSpecialty) -> float:
        """Return how many sessions the patients of a line need."""
        planned = self._operations.planned_minutes
        minutes = sum(planned[row] + self._turnover for row in self._to_come[line])
        return minutes / (self._minutes * self._fill)


def _written_sessions(scenario: Scenario) -> list[list[Session]]:
    """Return the sessions that the scenario writes, for each workday of a fortnight."""
    schedule: list[list[Session]] = [[] for _ in range(WORKDAYS_PER_FORTNIGHT)]
    names = specialties(registry())
    for site, planned in enumerate(scenario.active_sites().values()):
        for sessions in planned.theatre_schedule:
            is_list = sessions.specialty != CAESAREANS
            specialty = names.index(sessions.specialty) if is_list else NO_LIST
            for day, start, end in sessions.blocks():
                block = Session(site, specialty, start * MINUTES_PER_HOUR, end * MINUTES_PER_HOUR)
                schedule[_workday_of_fortnight(day)] += [block] * sessions.rooms
    return schedule


def _days_in_turn(free: list[int]) -> Iterator[int]:
    """Give the days in turn, each as often as it has a team free."""
    for round_ in range(max(free)):
        yield from (day for day, teams in enumerate(free) if teams > round_)


def _rounded(needed: list[float], most: int) -> list[int]:
    """Round up, or share what there is by largest remainder when that is too much."""
    blocks = [math.ceil(value) for value in needed]
    if sum(blocks) <= most:
        return blocks
    scale = min(most / math.fsum(needed), 1.0)
    blocks = [int(value * scale) for value in needed]
    by_remainder = sorted(range(len(needed)), key=lambda item: blocks[item] - needed[item] * scale)
    for item in by_remainder[: most - sum(blocks)]:
        blocks[item] += 1
    return blocks


def _sites_of_operations(
    operations: Operations, geography: Geography, focus: str | None, share: float
) -> list[int]:
    """Return where each patient is operated on: at home, with intensive care, or a focus clinic."""
    number = {name: site for site, name in enumerate(geography.sites)}
    icu = {
        number[home]: _site_with_icu(geography, number[home])
        for home in set(operations.home)
        if home in number
    }
    sites = []
    for home, minutes, mark in zip(
        operations.home, operations.icu_minutes, operations.focus_mark, strict=True
    ):
        site = number[home]
        if minutes > 0:
            site = icu[site]
        elif focus is not None and mark < share:
            site = number[focus]
        sites.append(site)
    return sites


def _site_with_icu(geography: Geography, site: int) -> int:
    """Return the site itself if it has intensive care, else the nearest that has."""
    if geography.open_sites(Function.ICU, 0.0)[site]:
        return site
    other = geography.nearest_other(Function.ICU, site, 0.0)
    return site if other is None else other


def _workday_of_fortnight(day: int) -> int:
    week, of_week = divmod(day, DAYS_PER_WEEK)
    return week % 2 * SATURDAY + of_week
