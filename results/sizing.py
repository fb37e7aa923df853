"""The least capacity at which named targets hold, found by simulation.

Every step plays the same patients (common random numbers), so that more capacity never looks worse
by chance alone. First all resources grow together until the targets hold, by bisection; then each
in turn is trimmed to the least that still holds, by bisection too. A target holds when the mean
over the replications meets it; the interval is printed beside it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata import dataset
from geodata.norms import norms
from results.calibration import interval
from results.catalogue import kpis
from results.errors import ResultsError
from results.kpi import measure
from results.run import REGION_SITE
from results.timeline import Timeline
from scenarios.capacity import roster_hours
from scenarios.schema import Resource, Roster, Scenario
from sim.backends import Backend
from sim.cohort import Horizon
from sim.experiment import Plan, run
from sim.journal import Step
from sim.patients import sample_patients
from sim.replication import replicate
from sim.staffing import CREWS

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.dataset import DataSet
    from sim.patients import Patients
    from sim.replication import Outcome

AS_NOW = "now"
AUTO_MOST = 3.0
LATE_MINUTES = "a1.response"
COUNTS = tuple(
    f"{week}{shift}" for week in ("", "weekend_") for shift in ("day", "evening", "night")
)
OCCUPANCY: Mapping[str, str] = {
    "maternity.rooms": "maternity.room_occupancy",
    "ward.beds": "ward.occupancy",
    "elective.beds": "ward.occupancy",
    "icu.beds": "icu.occupancy",
}
STEP_COLUMNS = ("step", "phase", "capacity", "target", "value", "ci_low", "ci_high", "verdict")
_TARGET = re.compile(r"(?P<kpi>[a-z0-9_.]+)(?:@(?P<site>\w+))?(?P<sign><=|>=)(?P<value>\S+)")


@dataclass(frozen=True)
class Target:
    """A KPI at a site that may be at most, or must be at least, a value."""

    kpi: str
    site: str
    at_most: bool
    value: float

    @classmethod
    def parse(cls, text: str, as_now: Callable[[str, str], float]) -> Target:
        """Read `kpi<=value` or `kpi@site>=value`; the value `now` is the one of today.

        Parameters
        ----------
        as_now
            Gives the value of a KPI at a site in the scenario `now`.

        Raises
        ------
        ResultsError
            The text is no target, or names a KPI that doesn't exist.
        """
        match = _TARGET.fullmatch(text.replace(" ", ""))
        if match is None:
            raise ResultsError(
                f"--target {text!r} is not KPI<=VALUE or KPI>=VALUE, such as "
                "'ed.wait_doctor.p95<=30', 'icu.occupancy@MST<=0.8' or "
                "'ambulance.a1.within_15>=now'"
            )
        name, site = match["kpi"], match["site"] or REGION_SITE
        if name not in kpis():
            near = get_close_matches(name, kpis(), n=3, cutoff=0.4)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise ResultsError(f"--target {text!r}: no such KPI as {name!r}{hint}")
        try:
            value = as_now(name, site) if match["value"] == AS_NOW else float(match["value"])
        except ValueError:
            raise ResultsError(
                f"--target {text!r}: {match['value']!r} is neither a number nor 'now'"
            ) from None
        return cls(name, site, match["sign"] == "<=", value)

    def __str__(self) -> str:
        """Return the target as it is written on the command line."""
        site = "" if self.site == REGION_SITE else f"@{self.site}"
        return f"{self.kpi}{site}{'<=' if self.at_most else '>='}{self.value:g}"

    def holds(self, value: float) -> bool:
        """Whether a value meets the target; an unknown value doesn't."""
        return value <= self.value if self.at_most else value >= self.value


@dataclass(frozen=True)
class Knob:
    """A resource that may be given more or less of, at one site or at all.

    Its level is the number in the fullest shift, all its sites together; the other shifts follow
    in proportion, rounded up.
    """

    resource: str
    site: str | None = None

    @classmethod
    def parse(cls, text: str, scenario: Scenario) -> Knob:
        """Read `resource` or `resource@site`.

        Raises
        ------
        ResultsError
            No such resource, or no site has any of it.
        """
        name, _, site = text.partition("@")
        knob = cls(name, site or None)
        allowed = [CREWS, *(resource.value for resource in Resource)]
        if name not in allowed:
            raise ResultsError(
                f"--resource {text!r}: no such resource; allowed: {', '.join(allowed)}"
            )
        if site and (name == CREWS or site not in scenario.sites):
            raise ResultsError(
                f"--resource {text!r}: give a site of the scenario after '@' "
                f"({', '.join(scenario.sites)}); crews have no site"
            )
        if name != CREWS and not knob.rosters(scenario):
            raise ResultsError(f"--resource {text!r}: {scenario.name} has none of it to change")
        return knob

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
    scenario: Scenario, knob: Knob, level: int, crew_order: Sequence[str] = ()
) -> Scenario:
    """Return the scenario with another number of a resource.

    Parameters
    ----------
    crew_order
        The post of each further ambulance crew, the first to be added first.
    """
    base = knob.level(scenario)
    if knob.resource == CREWS:
        rosters = _with_crews(scenario.ambulance, level - base, crew_order)
        return scenario.model_copy(update={"ambulance": rosters})
    resource = Resource(knob.resource)
    sites = dict(scenario.sites)
    for key, roster in knob.rosters(scenario).items():
        scaled = _changed(roster, lambda count: math.ceil(count * level / base))
        capacity = {**sites[key].capacity, resource: scaled}
        sites[key] = sites[key].model_copy(update={"capacity": capacity})
    return scenario.model_copy(update={"sites": sites})


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
    drive = limit - parameters["ambulance.dispatch"] - parameters["ambulance.turnout.day"]
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


@dataclass(frozen=True)
class Attempt:
    """One step of the search: what was tried and what came of it."""

    step: int
    phase: str
    levels: Mapping[Knob, int]
    found: Mapping[Target, tuple[float, float]]  # mean, half the 95% interval

    @property
    def holds(self) -> bool:
        """Whether every target holds."""
        return all(target.holds(mean) for target, (mean, _) in self.found.items())

    def capacity(self) -> str:
        """Return the levels as one text."""
        return ", ".join(f"{knob} {level}" for knob, level in self.levels.items())

    def rows(self) -> Iterator[dict[str, object]]:
        """Give the rows of the CSV file, one per target."""
        for target, (mean, half) in self.found.items():
            verdict = "holds" if target.holds(mean) else "fails"
            values = (
                self.step,
                self.phase,
                self.capacity(),
                str(target),
                mean,
                mean - half,
                mean + half,
                verdict,
            )
            yield dict(zip(STEP_COLUMNS, values, strict=True))

    def __str__(self) -> str:
        """Return the step as one line for a terminal."""
        parts = [
            f"{target}: {mean:.3g}{'' if np.isnan(half) else f' +/- {half:.2g}'} "
            f"{'holds' if target.holds(mean) else 'fails'}"
            for target, (mean, half) in self.found.items()
        ]
        return f"{self.step:>3} {self.phase:<10} {self.capacity()}: {'; '.join(parts)}"


Values = Mapping[tuple[str, str], Sequence[float]]  # (kpi, site) to a value per replication


@dataclass
class Search:
    """A monotone search over levels.

    Parameters
    ----------
    targets
        What must hold.
    top
        The highest level of each resource that is tried.
    simulate
        Gives the KPI values at some levels.
    tell
        Is called with every attempt, as it is made.
    """

    targets: Sequence[Target]
    top: Mapping[Knob, int]
    simulate: Callable[[Mapping[Knob, int]], Values]
    tell: Callable[[Attempt], None] = lambda _: None
    attempts: list[Attempt] = field(default_factory=list)

    def least(self) -> Attempt:
        """Return the attempt with the least capacity at which every target holds.

        Raises
        ------
        ResultsError
            The targets don't hold at the highest levels either.
        """
        best = self._try(dict(self.top), "most")
        if not best.holds:
            missed = [
                f"{target} (found {mean:.3g})"
                for target, (mean, _) in best.found.items()
                if not target.holds(mean)
            ]
            raise ResultsError(
                f"cannot be met with {best.capacity()}: {'; '.join(missed)}. "
                "Allow more with --most, add a resource, or ease the target"
            )
        steps = max(self.top.values()) - 1

        def together(step: int) -> dict[Knob, int]:
            part = step / steps if steps else 1.0
            return {knob: 1 + round(part * (top - 1)) for knob, top in self.top.items()}

        best = self._bisect(best, steps, together, "together", least=0)
        for knob in self.top:

            def trimmed(level: int, knob: Knob = knob, start: Attempt = best) -> dict[Knob, int]:
                return {**start.levels, knob: level}

            best = self._bisect(best, best.levels[knob], trimmed, f"trim {knob}", least=1)
        return best

    def table(self) -> pd.DataFrame:
        """Return every attempt, a row per target."""
        rows = [row for attempt in self.attempts for row in attempt.rows()]
        return pd.DataFrame(rows, columns=list(STEP_COLUMNS))

    def _bisect(
        self,
        best: Attempt,
        holds_at: int,
        levels: Callable[[int], dict[Knob, int]],
        phase: str,
        *,
        least: int,
    ) -> Attempt:
        fails_at = least - 1
        while holds_at - fails_at > 1:
            middle = (holds_at + fails_at) // 2
            tried = levels(middle)
            attempt = None if self._must_fail(tried) else self._try(tried, phase)
            if attempt is not None and attempt.holds:
                best, holds_at = attempt, middle
            else:
                fails_at = middle
        return best

    def _must_fail(self, levels: Mapping[Knob, int]) -> bool:
        """Whether as much of everything, or more, has failed already."""
        return any(
            not earlier.holds
            and all(earlier.levels[knob] >= level for knob, level in levels.items())
            for earlier in self.attempts
        )

    def _try(self, levels: dict[Knob, int], phase: str) -> Attempt:
        for earlier in self.attempts:
            if earlier.levels == levels:
                return earlier
        values = self.simulate(levels)
        found = {}
        for target in self.targets:
            if (target.kpi, target.site) not in values:
                sites = sorted(site for kpi, site in values if kpi == target.kpi)
                raise ResultsError(
                    f"--target {target}: {target.kpi} is not measured at {target.site!r}; "
                    f"it is at {', '.join(sites) or 'no site of this scenario'}"
                )
            found[target] = interval(np.array(values[target.kpi, target.site], dtype=float))
        attempt = Attempt(len(self.attempts) + 1, phase, levels, found)
        self.attempts.append(attempt)
        self.tell(attempt)
        return attempt


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

    def as_now(kpi: str, site: str) -> float:
        if not today:
            today.update(setup.values(now))
        if (kpi, site) not in today:
            raise ResultsError(f"{kpi} is not measured at {site!r} in {now.name}")
        return interval(np.array(today[kpi, site], dtype=float))[0]

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


def answer_text(best: Attempt, scenario: Scenario, before: Scenario) -> str:
    """Return the answer: each resource's least level, and its rosters."""
    lines = []
    for knob, level in best.levels.items():
        own = "" if (before.to_be_sized()) else f" (now {knob.level(before)})"
        rosters = "; ".join(
            f"{place} {roster.written()}" for place, roster in knob.rosters(scenario).items()
        )
        lines.append(f"{knob}: {level} in the fullest shift{own}: {rosters}")
    return "\n".join(lines)
