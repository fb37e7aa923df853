"""Which lines each site has in a scenario, and which teams carry them, today and in its year.

Today every site that has a team has its function, day and night. In the year of the scenario the
lines stand where functions are open; a team whose function is closed at its site works where it is
open. Rosters are those of the scenario, so what follows demand asks for more people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from files.arrays import FloatArray
from scenarios.calendar.opening_hours import FORTNIGHT, open_hours
from scenarios.capacity import roster_hours, site_capacity
from scenarios.lines.catalogue import AMBULANCE, Group, catalogue
from scenarios.parameters.registry import Confidence
from scenarios.schema.lines import LineName, Presence, TeamName, TeamSize
from scenarios.schema.vocabulary import NightTeam, Resource, StaffPolicy
from scenarios.units import HOURS_PER_DAY, HOURS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scenarios.lines.catalogue import LineKind, TeamKind
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.lines import LineChange
    from scenarios.schema.rosters import Shifts
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.sites import Site
    from scenarios.schema.vocabulary import Function

Rosters = dict[tuple[str, Resource | str], FloatArray]

ASSUMED = Confidence.ENGINEERING_ESTIMATE


@dataclass(frozen=True)
class Line:
    """A line at a site.

    Attributes
    ----------
    asked
        People on duty at each hour of a fortnight, shape (336,).
    least
        People below whom it cannot work, same shape.
    """

    site: str
    name: LineName
    team: TeamName
    function: Function | None
    presence: Presence
    within: float
    asked: FloatArray
    least: FloatArray

    @property
    def key(self) -> tuple[str, LineName]:
        """Site and name."""
        return self.site, self.name

    @property
    def yearly_hours(self) -> float:
        """FloatArray on duty in a year, of all people together."""
        return float(self.asked.mean()) * HOURS_PER_YEAR

    @property
    def least_share(self) -> float:
        """FloatArray below which it cannot work over those asked."""
        total = float(self.asked.sum())
        return min(float(np.minimum(self.least, self.asked).sum()) / total, 1.0) if total else 0.0


@dataclass(frozen=True)
class Team:
    """A team at the site where it works today.

    Attributes
    ----------
    low, high
        People that there are today, between two ends.
    fte
        Full-time jobs of a person.
    vacancies
        Posts without anybody; None: as many as is usual.
    growth
        Posts in the year of the scenario over those of today.
    works_at
        Sites where it works in the year of the scenario.
    """

    site: str
    name: TeamName
    group: Group
    low: float
    high: float
    fte: float
    vacancies: int | None
    ages: tuple[float, float, float] | None
    growth: float
    works_at: tuple[str, ...]


@dataclass(frozen=True)
class StaffPlan:
    """The teams of a scenario, their lines today and in its year.

    Attributes
    ----------
    since
        The first year in which functions are where the scenario has them.
    """

    teams: tuple[Team, ...]
    today: tuple[Line, ...]
    planned: tuple[Line, ...]
    since: int


def staff_plan(scenario: Scenario) -> StaffPlan:
    """Return the teams and lines of a scenario.

    Raises
    ------
    ScenarioError
        A capacity is still `auto`.
    """
    parameters = scenario.effective_parameters()
    sites = {key: site for key, site in scenario.active_sites().items() if site.role == "twente"}
    now = _rosters_today(scenario, sites)
    then: Rosters = {key: row.astype(float) for key, row in site_capacity(scenario).items()}
    crews = sum(roster_hours(roster, scenario.shifts) for roster in scenario.ambulance.values())
    now[AMBULANCE, AMBULANCE] = then[AMBULANCE, AMBULANCE] = np.asarray(crews, dtype=float)
    teams = tuple(_teams(scenario, sites, parameters, now, then))
    home = {(team.site, team.name) for team in teams}
    work = {(site, team.name) for team in teams for site in team.works_at}
    today, planned = [], []
    for name, kind in catalogue().lines.items():
        for key in [AMBULANCE] if kind.function is None else list(sites):
            site = sites.get(key)
            if (key, kind.team) in home:
                today.append(_line(key, site, name, kind, parameters, now, scenario.shifts))
            if not kind.only_with_team or (key, kind.team) in work:
                line = _line(key, site, name, kind, parameters, then, scenario.shifts)
                planned.append(_while_open(line, site))
    return StaffPlan(
        teams,
        tuple(line for line in today if line.asked.any()),
        tuple(line for line in planned if line.asked.any()),
        scenario.since or scenario.horizon_year,
    )


def _rosters_today(scenario: Scenario, sites: Mapping[str, Site]) -> Rosters:
    return {
        (key, resource): roster_hours(roster, scenario.shifts).astype(float)
        for key, site in sites.items()
        for resource, roster in site.capacity.items()
    }


def _people(rosters: Rosters, site: str, kind: LineKind, parameters: Parameters) -> FloatArray:
    """Return the people whom a line asks of a roster, by hour."""
    nobody = np.zeros(FORTNIGHT)
    if kind.roster is None:
        return nobody
    each = parameters["staff.people.ambulance.crews"]
    if isinstance(kind.roster, Resource):
        each = 1.0 if kind.roster.is_staff else parameters.of("staff.people", kind.roster)
    return rosters.get((site, kind.roster), nobody) * each * kind.share


def _line(
    key: str,
    site: Site | None,
    name: LineName,
    kind: LineKind,
    parameters: Parameters,
    rosters: Rosters,
    shifts: Shifts,
) -> Line:
    presence, within = kind.presence, kind.within
    if kind.night_team and site is not None and site.night_theatre_team is NightTeam.IN_HOUSE:
        presence, within = Presence.IN_HOUSE, 0.0
    if kind.count is None:
        asked = _people(rosters, key, kind, parameters)
        least = np.where(asked > 0, np.minimum(float(kind.least), asked), 0.0)
    else:
        asked = np.full(FORTNIGHT, float(kind.count))
        least = asked
    change = None if site is None else site.lines.get(name)
    if change is not None:
        presence = change.presence or presence
        within = within if change.within is None else change.within
        asked = _changed(asked, change, shifts)
        least = np.minimum(least, asked) if kind.count is None else asked
    return Line(key, name, kind.team, kind.function, presence, within, asked, least)


def _changed(asked: FloatArray, change: LineChange, shifts: Shifts) -> FloatArray:
    """Return the people on duty where a scenario says how many by shift."""
    days = asked.reshape(-1, HOURS_PER_DAY).copy()
    for hour in range(HOURS_PER_DAY):
        count: int | None = getattr(change, shifts.at(hour))
        if count is not None:
            days[:, hour] = count
    return days.ravel()


def _while_open(line: Line, site: Site | None) -> Line:
    """Return a line that asks for people while its function is open only."""
    if site is None or line.function is None:
        return line
    is_open = open_hours(site.hours(line.function))
    return replace(
        line, asked=np.where(is_open, line.asked, 0.0), least=np.where(is_open, line.least, 0.0)
    )


def _teams(
    scenario: Scenario,
    sites: Mapping[str, Site],
    parameters: Parameters,
    now: Rosters,
    then: Rosters,
) -> Iterator[Team]:
    grows = scenario.policies.staff is StaffPolicy.FOLLOW_DEMAND
    for name, kind in catalogue().teams.items():
        lines = [line for line in catalogue().lines.values() if line.team == name]
        before, after = (
            {
                key: sum(_people(rosters, key, line, parameters).mean() for line in lines)
                for key in ([AMBULANCE] if kind.function is None else sites)
            }
            for rosters in (now, then)
        )
        open_at = tuple(
            key
            for key, site in sites.items()
            if kind.function is not None and open_hours(site.hours(kind.function)).any()
        )
        together = sum(after.values()) / sum(before.values()) if sum(before.values()) else 1.0
        for key, people in before.items():
            size = _size(key, sites.get(key), name, kind, people, parameters)
            if size is None or size.high == 0:
                continue
            stays = key in open_at or kind.function is None
            yield Team(
                key,
                name,
                kind.group,
                size.low,
                size.high,
                size.fte or parameters.of("people.fte", kind.group),
                size.vacancies,
                None if size.ages is None else tuple(size.ages.model_dump().values()),
                max(together, 1.0) if grows and kind.per_roster is not None else 1.0,
                (key,) if stays else open_at,
            )


def _size(
    key: str,
    site: Site | None,
    name: TeamName,
    kind: TeamKind,
    people: float,
    parameters: Parameters,
) -> TeamSize | None:
    """Return the people of a team: those that a scenario gives, or what is assumed."""
    own = None if site is None else site.teams.get(name)
    if own is not None:
        return own
    if kind.per_roster is not None:
        jobs = people * HOURS_PER_YEAR / parameters["staff.hours_per_fte"]
        each = parameters.of("people.fte", kind.group)
        low, high = (end * jobs / each for end in kind.per_roster)
    elif key in kind.people:
        low, high = kind.people[key]
    else:
        return None
    times = parameters["people.size.assumed"]
    # of no file, so that no limit of a file holds
    return TeamSize.model_construct(
        low=float(low) * times, high=float(high) * times, source=kind.source, confidence=ASSUMED
    )
