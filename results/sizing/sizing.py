"""The least capacity at which named targets hold, found by simulation.

Every step plays the same patients (common random numbers), so that more capacity never looks worse
by chance alone. How the levels are searched is in `search.py`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from geodata.config.norms import norms
from geodata.dataset.folder import load as load_data
from results.errors import ResultsError
from results.replay.replay import replay
from results.sizing.decision_variables import DecisionVariable, crew_order, with_level
from results.sizing.search import Attempt, Search, Values
from results.sizing.targets import Target
from scenarios.schema.rosters import Roster
from sim.replication.replicate import Task
from sim.resources.staffing import CREWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from results.runs.execution import TaskRunner
    from scenarios.schema.scenario import Scenario
    from sim.replication.replicate import Setting


AUTO_MOST = 3.0
LATE_MINUTES = "a1.response"
OCCUPANCY: Mapping[str, str] = {
    "maternity.rooms": "maternity.room_occupancy",
    "ward.beds": "ward.occupancy",
    "elective.beds": "ward.occupancy",
    "icu.beds": "icu.occupancy",
}


def auto_search_parts(
    scenario: Scenario, now: Scenario
) -> tuple[Scenario, list[DecisionVariable], list[Target]]:
    """Return what to search for when capacities are `auto` with an occupancy.

    Each begins at today's number of all sites together.

    Raises
    ------
    ResultsError
        The occupancy of a resource is not measured.
    """
    variables, targets = [], []
    sites = dict(scenario.sites)
    for (site, resource), roster in scenario.to_be_sized().items():
        if resource.value not in OCCUPANCY:
            raise ResultsError(
                "{scenario}: sites.{site}.capacity.{resource}: an occupancy is known of "
                "{known} only; use 'auto: pooled' or `twentezorg size`",
                scenario=scenario.name,
                site=site,
                resource=resource,
                known=", ".join(OCCUPANCY),
            )
        start = DecisionVariable(resource.value).level(now)
        sized = Roster.model_validate(
            {
                "always": max(start, 1),
                "source": "start of the search",
                "confidence": roster.confidence,
            }
        )
        capacity = {**sites[site].capacity, resource: sized}
        sites[site] = sites[site].model_copy(update={"capacity": capacity})
        variables.append(DecisionVariable(resource.value, site))
        occupancy = OCCUPANCY[resource.value]
        targets.append(Target(occupancy, site, at_most=True, value=float(roster.auto or 1)))
    return scenario.model_copy(update={"sites": sites}), variables, targets


def simulated(run_tasks: TaskRunner, replications: int) -> Callable[[Scenario], Values]:
    """Return what simulates a scenario and gives each KPI's value per replication."""

    def values(scenario: Scenario) -> Values:
        finished = run_tasks([Task(scenario, number) for number in range(replications)])
        found = defaultdict(list)
        for item in sorted(finished, key=lambda item: item.replication):
            for site, kpi, value in item.measures:
                found[kpi, site].append(value)
        return found

    return values


def _posts_for_crews(scenario: Scenario, setting: Setting, most: int) -> list[str]:
    """Return at which posts further crews help most, from one replication."""
    played = replay(scenario, load_data(setting.data_folder), setting, replication=0)
    limit = norms(scenario.norms)[LATE_MINUTES]
    return crew_order(scenario, played.data, played.outcome, played.patients, limit, most)


def least_capacity(
    scenario: Scenario,
    now: Scenario,
    targets: Sequence[str],
    resources: Sequence[str],
    values: Callable[[Scenario], Values],
    setting: Setting,
    most: float,
    tell: Callable[[Attempt], None] = lambda _: None,
) -> tuple[Search, Attempt, Scenario]:
    """Find the least of some resources at which targets hold.

    Parameters
    ----------
    now
        The scenario that the value `now` in a target refers to.
    targets, resources
        As on the command line: `kpi@site<=value` and `resource@site`.
    values
        Simulates a scenario, see `simulated`.
    setting
        How it does so, to find where ambulance crews help most.
    most
        The highest level tried, as a multiple of the scenario's own.
    tell
        Is called with every step, as it is made.

    Returns
    -------
    tuple
        The search with all its steps, the step that is the answer, and the scenario sized so.
    """
    scenario, variables, wanted = auto_search_parts(scenario, now)
    today: dict[tuple[str, str], Sequence[float]] = {}

    def as_now(kpi: str, site: str) -> Sequence[float]:
        if not today:
            today.update(values(now))
        if (kpi, site) not in today:
            raise ResultsError(
                "{kpi} is not measured at {site!r} in {scenario}",
                kpi=kpi,
                site=site,
                scenario=now.name,
            )
        return today[kpi, site]

    variables += [DecisionVariable.parse(text, scenario) for text in resources]
    wanted += [Target.parse(text, as_now) for text in targets]
    top = {variable: max(math.ceil(most * variable.level(scenario)), 1) for variable in variables}
    further = max(
        (top[variable] for variable in variables if variable.resource == CREWS), default=0
    )
    order = _posts_for_crews(scenario, setting, further) if further else []

    def with_levels(levels: Mapping[DecisionVariable, int]) -> Scenario:
        changed = scenario
        for variable, level in levels.items():
            changed = with_level(changed, variable, level, order)
        return changed

    def tried(levels: Mapping[DecisionVariable, int]) -> Scenario:
        """Give each step a name of its own, for progress and the store."""
        changed = with_levels(levels)
        step = ", ".join(f"{variable} {level}" for variable, level in levels.items())
        return changed.model_copy(update={"name": f"{scenario.name} ({step})"})

    search = Search(wanted, top, lambda levels: values(tried(levels)), tell)
    best = search.least()
    return search, best, with_levels(best.levels)


def sized(scenario: Scenario, now: Scenario, setting: Setting, run_tasks: TaskRunner) -> Scenario:
    """Return the scenario with every `auto` capacity filled in, at most thrice today's."""
    if not scenario.to_be_sized():
        return scenario
    values = simulated(run_tasks, replications=1)
    return least_capacity(scenario, now, (), (), values, setting, AUTO_MOST)[2]
