"""The least capacity at which named targets hold, found by simulation.

Every step plays the same patients (common random numbers), so that more capacity never looks worse
by chance alone. How the levels are searched is in `search.py`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata import dataset
from geodata.norms import norms
from results.errors import ResultsError
from results.knobs import Knob, crew_order, with_level
from results.kpi import measure
from results.search import Attempt, Search, Values
from results.targets import Target
from scenarios.schema import Roster, Scenario
from sim.backends import Backend
from sim.cohort import Horizon
from sim.experiment import Plan, run
from sim.patients import sample_patients
from sim.replication import replicate
from sim.staffing import CREWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

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
) -> tuple[Scenario, list[Knob], list[Target]]:
    """Return what to search for when capacities are `auto` with an occupancy.

    Each begins at today's number of all sites together.

    Raises
    ------
    ResultsError
        The occupancy of a resource is not measured.
    """
    knobs, targets = [], []
    sites = dict(scenario.sites)
    for (site, resource), roster in scenario.to_be_sized().items():
        if resource.value not in OCCUPANCY:
            raise ResultsError(
                f"{scenario.name}: sites.{site}.capacity.{resource}: an occupancy is known of "
                f"{', '.join(OCCUPANCY)} only; use 'auto: pooled' or `twentezorg size`"
            )
        start = Knob(resource.value).level(now)
        sized = Roster.model_validate(
            {
                "always": max(start, 1),
                "source": "start of the search",
                "confidence": roster.confidence,
            }
        )
        capacity = {**sites[site].capacity, resource: sized}
        sites[site] = sites[site].model_copy(update={"capacity": capacity})
        knobs.append(Knob(resource.value, site))
        occupancy = OCCUPANCY[resource.value]
        targets.append(Target(occupancy, site, at_most=True, value=float(roster.auto or 1)))
    return scenario.model_copy(update={"sites": sites}), knobs, targets


@dataclass(frozen=True)
class Setup:
    """How each step of a search is simulated."""

    replications: int
    seed: int
    weeks: int
    warmup: int
    jobs: int
    data_folder: Path | None = None

    def values(self, scenario: Scenario) -> Values:
        """Simulate a scenario and return each KPI's value per replication."""
        plan = Plan(
            scenarios=(scenario,),
            replications=self.replications,
            seed=self.seed,
            weeks=self.weeks,
            warmup=self.warmup,
            data_folder=self.data_folder,
            measure=measure,
        )
        backend = Backend.SERIAL if self.jobs == 1 else Backend.PROCESSES
        found = defaultdict(list)
        for item in sorted(run(plan, backend, self.jobs), key=lambda item: item.replication):
            for site, kpi, value in item.measures:
                found[kpi, site].append(value)
        return found

    def crew_order(self, scenario: Scenario, most: int) -> list[str]:
        """Return at which posts further crews help most, from one replication."""
        data = dataset.load(self.data_folder)
        horizon = Horizon(self.seed, 0, self.warmup + self.weeks)
        patients = sample_patients(
            horizon,
            scenario.effective_parameters(),
            data.cells,
            scenario.horizon_year,
            scenario.surge,
        )
        outcome = replicate(scenario, data, horizon, self.warmup)
        limit = norms(scenario.norms)[LATE_MINUTES]
        return crew_order(scenario, data, outcome, patients, limit, most)


def size(
    scenario: Scenario,
    now: Scenario,
    targets: Sequence[str],
    resources: Sequence[str],
    setup: Setup,
    most: float,
    tell: Callable[[Attempt], None],
) -> tuple[Search, Attempt, Scenario]:
    """Find the least of some resources at which targets hold.

    Parameters
    ----------
    now
        The scenario that the value `now` in a target refers to.
    targets, resources
        As on the command line: `kpi@site<=value` and `resource@site`.
    most
        The highest level tried, as a multiple of the scenario's own.

    Returns
    -------
    tuple
        The search with all its steps, the step that is the answer, and the scenario sized so.
    """
    scenario, knobs, wanted = auto_search_parts(scenario, now)
    today: dict[tuple[str, str], Sequence[float]] = {}

    def as_now(kpi: str, site: str) -> Sequence[float]:
        if not today:
            today.update(setup.values(now))
        if (kpi, site) not in today:
            raise ResultsError(f"{kpi} is not measured at {site!r} in {now.name}")
        return today[kpi, site]

    knobs += [Knob.parse(text, scenario) for text in resources]
    wanted += [Target.parse(text, as_now) for text in targets]
    top = {knob: max(math.ceil(most * knob.level(scenario)), 1) for knob in knobs}
    further = max((top[knob] for knob in knobs if knob.resource == CREWS), default=0)
    order = setup.crew_order(scenario, further) if further else []

    def with_levels(levels: Mapping[Knob, int]) -> Scenario:
        changed = scenario
        for knob, level in levels.items():
            changed = with_level(changed, knob, level, order)
        return changed

    search = Search(wanted, top, lambda levels: setup.values(with_levels(levels)), tell)
    best = search.least()
    return search, best, with_levels(best.levels)


def sized(scenario: Scenario, now: Scenario, setup: Setup) -> Scenario:
    """Return the scenario with every `auto` capacity filled in, at most thrice today's."""
    if not scenario.to_be_sized():
        return scenario
    return size(scenario, now, (), (), setup, AUTO_MOST, lambda _: None)[2]


def answer_text(search: Search, best: Attempt, scenario: Scenario, before: Scenario) -> str:
    """Return the answer: each resource's least level with its interval, and its rosters."""
    lines = []
    low, high = search.range_of(best) or (None, None)
    if low is None:
        between = ""
    elif high is None:
        between = f" (95%: {low} or more)"
    else:
        between = f" (95%: {low} to {high})"
    for knob, level in best.levels.items():
        own = "" if (before.to_be_sized()) else f" (now {knob.level(before)})"
        rosters = "; ".join(
            f"{place} {roster.written()}" for place, roster in knob.rosters(scenario).items()
        )
        lines.append(f"{knob}: {level}{between} in the fullest shift{own}: {rosters}")
    return "\n".join(lines)
