"""How replications scale over processes and Dask workers of this machine.

    python benchmarks/backends.py [--weeks 13] [--replications 12]

Each backend runs the same replications with one worker and with two, after a first round in which
its workers start. The ratio is how much sooner two are ready; `own` is the processor time of this
process per replication, which sends, receives and keeps them. On a machine that does other work the
ratio says little, so the load is printed too; the tables must be the same everywhere.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from results.kpi import measure
from scenarios.files import load
from sim.backends import Backend
from sim.dask_cluster import DaskCluster
from sim.experiment import Experiment, Plan, replications_table
from sim.processes import Processes
from sim.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from sim.backends import Workers

WORKERS = {
    "processes": Processes,
    "dask": lambda setting, jobs: DaskCluster(setting, jobs, None),
}


def timed(plan: Plan, crew: Workers) -> tuple[float, float, pd.DataFrame]:
    """Return wall seconds, own processor seconds and the table of a plan, workers started."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), print)
        with Experiment(plan.setting, Backend.SERIAL, 1, store=store) as experiment:
            experiment._workers = crew  # noqa: SLF001 - also one worker in a process of its own
            numbers = range(plan.replications)
            list(experiment.run(plan.tasks(range(1000, 1002))))
            started, own = time.perf_counter(), time.process_time()
            finished = list(experiment.run(plan.tasks(numbers)))
            spent = time.perf_counter() - started
            return spent, time.process_time() - own, replications_table(finished)


def main() -> None:
    """Print a table of the backends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=13)
    parser.add_argument("--replications", type=int, default=12)
    options = parser.parse_args()
    plan = Plan((load("now"),), options.replications, 1, options.weeks, 0, None, measure)
    first: pd.DataFrame | None = None
    print(f"{options.replications} replications of {options.weeks} weeks")
    print(f"{'backend':<12}{'one':>8}{'two':>8}{'ratio':>8}{'own ms':>8}{'load':>8}  same")
    for name, crew in WORKERS.items():
        one, _, table = timed(plan, crew(plan.setting, 1))
        two, own, again = timed(plan, crew(plan.setting, 2))
        first = table if first is None else first
        same = table.equals(first) and again.equals(first)
        each = own / options.replications * 1000
        load_now = os.getloadavg()[0]
        print(f"{name:<12}{one:8.1f}{two:8.1f}{one / two:8.2f}{each:8.1f}{load_now:8.1f}  {same}")


if __name__ == "__main__":
    main()
