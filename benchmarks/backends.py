"""How replications scale over processes and Dask workers of this machine, and with their number.

    python benchmarks/backends.py [--weeks 13] [--replications 12]

Each backend runs the same replications with one worker and with two, after a first round in which
its workers start. The ratio is how much sooner two are ready; `own` is the processor time of this
process per replication, which sends, receives and keeps them. On a machine that does other work the
ratio says little, so the load is printed too; the tables must be the same everywhere. Then two
processes run fewer and more of them, workers started: the time of each should stay as it is.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from results.kpis.measure import measure
from scenarios.files.loading import load
from sim.backends.processes import Processes
from sim.backends.registry import Backend
from sim.experiment.experiment import Experiment, Plan, replications_table
from sim.experiment.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from sim.backends.base import WorkerPool

FIRST = range(1000, 1002)  # other replications, for which the workers start
TIMES = (0.5, 1, 2, 4)
"""How many times the replications of the first table the second one has."""


@dataclass(frozen=True)
class BackendTimes:
    """What a backend took with one worker and with two: seconds, and this process's own."""

    one: float
    two: float
    own: float
    load: float
    is_same: bool


def _processes(plan: Plan, jobs: int) -> WorkerPool:
    return Processes(plan.setting, jobs)


def _dask(plan: Plan, jobs: int) -> WorkerPool:
    from sim.backends.dask import DaskCluster  # noqa: PLC0415 - heavy

    return DaskCluster(plan.setting, jobs, None)


WORKERS = {"processes": _processes, "dask": _dask}


def plan_of(weeks: int, replications: int) -> Plan:
    """Return a plan of today's region."""
    return Plan((load("now"),), replications, 1, weeks, 0, None, measure)


def timed(plan: Plan, crew: WorkerPool) -> tuple[float, float, pd.DataFrame]:
    """Return wall seconds, own processor seconds and the table of a plan, workers started."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), print)
        with Experiment(plan.setting, Backend.SERIAL, 1, store=store) as experiment:
            experiment._workers = crew  # noqa: SLF001 - also one worker in a process of its own
            numbers = range(plan.replications)
            list(experiment.run(plan.tasks(FIRST)))
            started, own = time.perf_counter(), time.process_time()
            finished = list(experiment.run(plan.tasks(numbers)))
            spent = time.perf_counter() - started
            return spent, time.process_time() - own, replications_table(finished)


def measured(plan: Plan) -> dict[str, BackendTimes]:
    """Return what each backend takes with one worker and with two."""
    first: pd.DataFrame | None = None
    found = {}
    for name, crew in WORKERS.items():
        one, _, table = timed(plan, crew(plan, 1))
        two, own, again = timed(plan, crew(plan, 2))
        first = table if first is None else first
        same = table.equals(first) and again.equals(first)
        found[name] = BackendTimes(one, two, own / plan.replications, os.getloadavg()[0], same)
    return found


def by_number(plan: Plan) -> dict[int, float]:
    """Return the seconds that two processes take for fewer and more replications."""
    numbers = sorted({max(round(times * plan.replications), 1) for times in TIMES})
    return {
        number: timed(replace(plan, replications=number), _processes(plan, 2))[0]
        for number in numbers
    }


def table(found: dict[str, BackendTimes], numbers: dict[int, float], plan: Plan) -> str:
    """Return the figures as text."""
    lines = [
        f"{plan.replications} replications of {plan.weeks} weeks",
        f"{'backend':<12}{'one':>8}{'two':>8}{'ratio':>8}{'own ms':>8}{'load':>8}  same",
        *(
            f"{name:<12}{took.one:8.1f}{took.two:8.1f}{took.one / took.two:8.2f}"
            f"{took.own * 1000:8.1f}{took.load:8.1f}  {took.is_same}"
            for name, took in found.items()
        ),
        "",
        "two processes",
        f"{'replications':<14}{'seconds':>8}{'each':>8}",
        *(
            f"{number:<14}{seconds:8.1f}{seconds / number:8.2f}"
            for number, seconds in numbers.items()
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print a table of the backends, and one by the number of replications."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=13)
    parser.add_argument("--replications", type=int, default=12)
    options = parser.parse_args()
    plan = plan_of(options.weeks, options.replications)
    print(table(measured(plan), by_number(plan), plan))


if __name__ == "__main__":
    main()
