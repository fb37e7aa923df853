"""Many replications of many scenarios, one after the other or on several processes.

The tables are the same whatever the backend and the order in which replications finish: each is
determined by its scenario, seed and number alone, and the rows are sorted.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata import dataset
from sim.cohort import Horizon
from sim.journal import MINUTES_PER_WEEK, Records
from sim.patients import Patients, sample_patients
from sim.region import simulate
from sim.staffing import Staffing

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from scenarios.schema import Resource, Scenario

KIB_PER_MB = 1024
BYTES_PER_MB = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What a replication leaves behind for `results` to measure.

    Attributes
    ----------
    records
        The whole journal, warm-up included.
    sites, is_neighbour
        Site ids by their number in the journal, and which are outside the region.
    residents
        Sorted numbers of the patients who live in the region.
    capacity
        (site, resource) to the number at each hour, of a fortnight or of the whole horizon.
    start, end
        The measured minutes: after the warm-up, until the end.
    home
        The code of the municipality of each of `residents`.
    staffing
        Who was rostered and who was missing.
    """

    scenario: Scenario
    records: Records
    sites: list[str]
    is_neighbour: list[bool]
    residents: npt.NDArray[np.int64]
    capacity: Mapping[tuple[str, Resource], npt.NDArray[np.int64]]
    start: float
    end: float
    home: npt.NDArray[np.str_] = field(default_factory=lambda: np.empty(0, dtype=np.str_))
    staffing: Staffing = field(default_factory=lambda: Staffing({}, {}, {}, {}))


Measures = list[tuple[str, str, float]]  # site, kpi, value
Measure = Callable[[Outcome], Measures]


class Backend(StrEnum):
    """How replications are spread."""

    SERIAL = "serial"
    PROCESSES = "processes"


@dataclass(frozen=True)
class Plan:
    """What to run: every scenario as many times, on the same patients."""

    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int
    weeks: int
    warmup: int
    data_folder: Path | None
    measure: Measure


@dataclass(frozen=True)
class Finished:
    """One replication of one scenario, measured."""

    scenario: str
    replication: int
    measures: Measures
    peak_memory_mb: float


def replications_table(finished: Sequence[Finished]) -> pd.DataFrame:
    """Return the rows of `replications.parquet`, sorted."""
    rows = [
        (item.scenario, item.replication, site, kpi, value)
        for item in finished
        for site, kpi, value in item.measures
    ]
    table = pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])
    return table.sort_values(["scenario", "replication", "site", "kpi"], ignore_index=True)


def run(plan: Plan, backend: Backend, jobs: int) -> Generator[Finished, None, None]:
    """Run a plan, giving each replication as it finishes.

    Who stops before the end closes the generator, so that the processes stop as well.
    """
    tasks = [
        (scenario, replication)
        for replication in range(plan.replications)
        for scenario in plan.scenarios
    ]
    if backend is Backend.SERIAL or jobs == 1:
        _begin(plan)
        yield from (_replicate(*task) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), mp_context=context, initializer=_begin, initargs=(plan,)
    )
    try:
        with _interrupts_ignored():  # the processes inherit it: Ctrl-C is for this one to handle
            futures = [pool.submit(_replicate, *task) for task in tasks]
        for future in as_completed(futures):
            yield future.result()
    finally:  # after an interruption too: what has begun is finished, the rest forgotten
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_plans: list[Plan] = []  # the plan of this process, set once by `_begin`


def _begin(plan: Plan) -> None:
    _plans[:] = [plan]
    _data(plan.data_folder)


@lru_cache(maxsize=1)
def _data(folder: Path | None) -> dataset.DataSet:
    return dataset.load(folder)


def _replicate(scenario: Scenario, replication: int) -> Finished:
    plan = _plans[0]
    outcome = replicate(
        scenario,
        _data(plan.data_folder),
        Horizon(plan.seed, replication, plan.warmup + plan.weeks),
        plan.warmup,
    )
    return Finished(scenario.name, replication, plan.measure(outcome), _peak_memory_mb())


def replicate(scenario: Scenario, data: dataset.DataSet, horizon: Horizon, warmup: int) -> Outcome:
    """Simulate one replication of one scenario."""
    patients = sample_patients(
        horizon,
        scenario.effective_parameters(),
        data.cells,
        scenario.horizon_year,
        scenario.surge,
    )
    region = simulate(scenario, data, horizon, patients)
    residents, home = _residents(patients, data)
    return Outcome(
        scenario=scenario,
        records=region.journal.records(),
        sites=region.places.sites,
        is_neighbour=region.places.is_neighbour,
        residents=residents,
        home=home,
        capacity=region.staffing.capacity,
        staffing=region.staffing,
        start=float(warmup * MINUTES_PER_WEEK),
        end=horizon.end,
    )


def _residents(
    patients: Patients, data: dataset.DataSet
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.str_]]:
    """Return the patients of the region, sorted, and the municipality of each."""
    in_region = data.cells["in_region"].to_numpy(dtype=bool)
    cohorts = (patients.visits, patients.directs, patients.births, patients.rides)
    numbers = np.concatenate([np.array(cohort.patient, dtype=np.int64) for cohort in cohorts])
    cell = np.concatenate([np.array(cohort.cell, dtype=np.int64) for cohort in cohorts])
    numbers, cell = numbers[in_region[cell]], cell[in_region[cell]]
    order = np.argsort(numbers)
    codes = data.cells["municipality_code"].to_numpy(dtype=np.str_)
    return numbers[order], codes[cell[order]]


def _peak_memory_mb() -> float:
    """Return this process's largest memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (BYTES_PER_MB if sys.platform == "darwin" else KIB_PER_MB)
