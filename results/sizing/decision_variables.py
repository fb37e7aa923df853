"""What a search for capacity may turn: a resource at one site or at all, or ambulance crews."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.errors import ResultsError
from results.kpis.timeline import Timeline
from scenarios.capacity import roster_hours
from scenarios.schema.vocabulary import Resource
from sim.journal.steps import Step
from sim.resources.staffing import CREWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geodata.dataset.dataset import DataSet
    from scenarios.schema.rosters import Roster
    from scenarios.schema.scenario import Scenario
    from sim.patients.population import Patients
    from sim.replication.outcome import Outcome


COUNTS = tuple(
    f"{week}{shift}" for week in ("", "weekend_") for shift in ("day", "evening", "night")
)


@dataclass(frozen=True)
class DecisionVariable:
    """A resource that may be given more or less of, at one site or at all.

    Its level is the number in the fullest shift, all its sites together; the other shifts follow
    in proportion, rounded up.
    """

    resource: str
    site: str | None = None

    @classmethod
    def parse(cls, text: str, scenario: Scenario) -> DecisionVariable:
        """Read `resource` or `resource@site`.

        Raises
        ------
        ResultsError
            No such resource, or no site has any of it.
        """
        name, _, site = text.partition("@")
        variable = cls(name, site or None)
        allowed = [CREWS, *(resource.value for resource in Resource)]
        if name not in allowed:
            raise ResultsError(
                "--resource {given!r}: no such resource; allowed: {allowed}",
                given=text,
                allowed=", ".join(allowed),
            )
        if site and (name == CREWS or site not in scenario.sites):
            raise ResultsError(
                "--resource {given!r}: give a site of the scenario after '@' ({sites}); crews "
                "have no site",
                given=text,
                sites=", ".join(scenario.sites),
            )
        if name != CREWS and not variable.rosters(scenario):
            raise ResultsError(
                "--resource {given!r}: {scenario} has none of it to change",
                given=text,
                scenario=scenario.name,
            )
        return variable

    def __str__(self) -> str:
        """Return the resource as it is written on the command line."""
        return self.resource if self.site is None else f"{self.resource}@{self.site}"

    def rosters(self, scenario: Scenario) -> dict[str, Roster]:
        """Return the rosters it changes, by site or by ambulance post."""
        if self.resource == CREWS:
            return dict(scenario.ambulance)
        resource = Resource(self.resource)
        return {
            key: site.capacity[resource]
            for key, site in scenario.sites.items()
            if resource in site.capacity and self.site in (None, key)
        }

    def level(self, scenario: Scenario) -> int:
        """Return the number in the fullest shift."""
        rosters = self.rosters(scenario).values()
        hours = [roster_hours(roster, scenario.shifts) for roster in rosters]
        return int(np.sum(hours, axis=0).max())


def with_level(
    scenario: Scenario, variable: DecisionVariable, level: int, crew_order: Sequence[str] = ()
) -> Scenario:
    """Return the scenario with another number of a resource.

    Parameters
    ----------
    crew_order
        The post of each further ambulance crew, the first to be added first.
    """
    base = variable.level(scenario)
    if variable.resource == CREWS:
        rosters = _with_crews(scenario.ambulance, level - base, crew_order)
        return scenario.model_copy(update={"ambulance": rosters})
    resource = Resource(variable.resource)
    sites = dict(scenario.sites)
    for key, roster in variable.rosters(scenario).items():
        scaled = _scaled(roster, lambda count: math.ceil(count * level / base))
        capacity = {**sites[key].capacity, resource: scaled}
        sites[key] = sites[key].model_copy(update={"capacity": capacity})
    return scenario.model_copy(update={"sites": sites})


def _scaled(roster: Roster, change: Callable[[int], int]) -> Roster:
    extra = tuple(shift.model_copy(update={"count": change(shift.count)}) for shift in roster.extra)
    return _changed(roster, change).model_copy(update={"extra": extra})


def _changed(roster: Roster, change: Callable[[int], int]) -> Roster:
    counts = {name: getattr(roster, name) for name in ("always", *COUNTS)}
    update = {name: change(count) for name, count in counts.items() if count is not None}
    return roster.model_copy(update={**update, "source": "sized by simulation"})


def _with_crews(posts: Mapping[str, Roster], more: int, order: Sequence[str]) -> dict[str, Roster]:
    """Add crews round the clock in the order given; take them from the fullest posts."""
    rosters = dict(posts)
    for number in range(abs(more)):
        if more > 0:
            post = order[number % len(order)]
        else:
            post = max(rosters, key=lambda key: rosters[key].at("day", weekend=False))
        rosters[post] = _changed(rosters[post], _one_more if more > 0 else _one_less)
    return rosters


def _one_more(count: int) -> int:
    return count + 1


def _one_less(count: int) -> int:
    return max(count - 1, 0)


def crew_order(
    scenario: Scenario, data: DataSet, outcome: Outcome, patients: Patients, limit: float, most: int
) -> list[str]:
    """Return at which posts further crews help most, best first, shape (most,).

    Every A1 call that was answered later than `limit` minutes, though a crew at the post nearest
    to it would have been in time, counts for that post; crews go to the posts in proportion to
    these calls (highest averages, D'Hondt 1882).
    """
    line = Timeline(outcome)
    called = line.at(Step.CALL_A1)
    late = line.resident & (line.at(Step.CREW_AT_SCENE) - called > limit)
    cohorts = (patients.visits, patients.directs, patients.births, patients.rides)
    cell = {
        number: cell
        for cohort in cohorts
        for number, cell in zip(cohort.patient, cohort.cell, strict=True)
    }
    posts = list(scenario.ambulance)
    minutes = data.cell_minutes("siren", posts)
    cells = np.array([cell[number] for number in line.patients[late].tolist()], dtype=int)
    parameters = scenario.effective_parameters()
    drive = limit - parameters["ambulance.dispatch.mean"] - parameters["ambulance.turnout.day"]
    away = np.where(np.isnan(minutes[cells]), np.inf, minutes[cells])
    nearest = away.argmin(axis=1)[away.min(axis=1) <= drive]
    calls = np.bincount(nearest, minlength=len(posts)) + 1.0
    given = np.array([roster.at("night", weekend=False) for roster in scenario.ambulance.values()])
    order = []
    for _ in range(most):
        best = int((calls / (given + 1)).argmax())
        given[best] += 1
        order.append(posts[best])
    return order
