"""How time and memory grow: with the length of a run, and with a region 1 to 16 times as large.

    python benchmarks/scaling.py [--weeks 13] [--largest 16]

A region k times as large has k times the people, beds, staff and ambulances in the same places.
Every line is a replication in a process of its own, so that its largest memory is its own; seconds
are of the processor, sampling and simulating. Close to linear is what to look for: the last column
is the time per simulated week of today's region, against the first line.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.dataset.folder import load
from scenarios.files import loading as files
from scenarios.parameters.registry import registry
from scenarios.schema.scenario import Override, Scenario
from sim.patients.cohort import Horizon
from sim.patients.population import patients_of
from sim.replication.memory import peak_memory_mb
from sim.resources.region import Region
from sim.simulation import run

if TYPE_CHECKING:
    from scenarios.schema.rosters import Roster

SEED = 1
PEOPLE = ("population", "age_", "women_")
YEARLY = {"admissions per year", "rides per year", "operations per year"}
LENGTHS = (1, 4, 8, 16)  # times the weeks: with 13 a quarter, one, two and four years


@dataclass(frozen=True)
class Case:
    """A run to time: so many weeks of a region so many times as large."""

    weeks: int
    size: int


@dataclass(frozen=True)
class Spent:
    """What a run took."""

    seconds: float
    events: int
    memory_mb: float


def spent(case: Case) -> Spent:
    """Run one case and measure it."""
    data, scenario = load(None), _enlarged(files.load("now"), case.size)
    cells = data.cells.copy()
    for column in cells.columns:
        if column.startswith(PEOPLE):
            cells[column] = cells[column] * case.size
    data = replace(data, cells=cells)
    horizon = Horizon(SEED, 0, case.weeks)
    started = time.process_time()
    patients = patients_of(scenario, data, horizon)
    region = Region(scenario, data, horizon, patients)
    run(region, horizon.end)
    return Spent(
        seconds=time.process_time() - started,
        events=next(region.env._eid),  # noqa: SLF001 - SimPy numbers the events
        memory_mb=peak_memory_mb(),
    )


def _enlarged(scenario: Scenario, size: int) -> Scenario:
    """Return the scenario with so many times the beds, staff, ambulances and yearly demand."""
    yearly = {
        entry.key: Override(value=entry.value * size, source="a larger region")
        for entry in registry().entries()
        if entry.unit in YEARLY
    }
    sites = {
        key: site.model_copy(
            update={"capacity": {name: _times(one, size) for name, one in site.capacity.items()}}
        )
        for key, site in scenario.sites.items()
    }
    crews = {post: _times(roster, size) for post, roster in scenario.ambulance.items()}
    return scenario.model_copy(update={"sites": sites, "ambulance": crews, "parameters": yearly})


def _times(roster: Roster, size: int) -> Roster:
    counts = roster.model_dump(exclude={"auto", "source", "confidence"}, exclude_none=True)
    return roster.model_copy(update={shift: count * size for shift, count in counts.items()})


def measured(cases: list[Case]) -> dict[Case, Spent]:
    """Measure each case in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return dict(zip(cases, pool.map(spent, cases, chunksize=1), strict=True))


def cases(weeks: int, largest: int) -> list[Case]:
    """Return longer runs of today's region, and regions up to so many times as large."""
    sizes = [2**power for power in range(1, largest.bit_length())]
    return [
        *(Case(weeks * times, 1) for times in LENGTHS),
        *(Case(weeks, size) for size in sizes),
    ]


def table(found: dict[Case, Spent]) -> str:
    """Return the figures as text."""
    case, cost = next(iter(found.items()))
    first = cost.seconds / case.weeks
    lines = [
        f"{'weeks':>6}{'size':>6}{'seconds':>9}{'events':>11}{'MB':>7}{'per week, size 1':>18}"
    ]
    for case, cost in found.items():
        unit = cost.seconds / case.weeks / case.size / first
        lines.append(
            f"{case.weeks:6}{case.size:6}{cost.seconds:9.2f}{cost.events:11,}"
            f"{cost.memory_mb:7.0f}{unit:18.2f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=13)
    parser.add_argument("--largest", type=int, default=16)
    options = parser.parse_args()
    print(table(measured(cases(options.weeks, options.largest))))


if __name__ == "__main__":
    main()
