"""One replication of one scenario: sampled, simulated and measured.

A replication is determined by its scenario, the setting and its number alone, so it may run
anywhere, in any order and again.
"""

from __future__ import annotations

import gc
import time
import traceback
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.dataset.folder import load as load_data
from geodata.errors import DataError
from scenarios.errors import Said, ScenarioError
from sim.errors import ReplicationError
from sim.journal.records import Records, in_order
from sim.patients.cohort import Horizon
from sim.replication.drawn import LAST_DRAWN
from sim.replication.memory import peak_memory_mb
from sim.replication.outcome import Measure, Measures, Outcome
from sim.resources.site_points import new_places
from sim.simulation import simulate
from sim.units import MINUTES_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
    from sim.patients.population import Patients


@dataclass(frozen=True)
class Setting:
    """How every replication of an experiment is simulated and measured.

    All fields decide the outcome and are part of the key under which it is stored; a new field
    must be plain (number, text, list or dict of these) to be so too (`sim.replication.cache_keys`).

    Attributes
    ----------
    seed
        Of the random numbers; the same in every scenario.
    weeks, warmup
        Measured weeks, and weeks before them.
    data_folder
        A built data set; None for the starter.
    measure
        A function of a module, which other processes can import.
    """

    seed: int
    weeks: int
    warmup: int
    data_folder: Path | None
    measure: Measure

    def horizon(self, replication: int) -> Horizon:
        """Return the patients and weeks of a replication."""
        return Horizon(self.seed, replication, self.warmup + self.weeks)


@dataclass(frozen=True)
class Task:
    """A replication to run: which of which scenario."""

    scenario: Scenario
    replication: int


@dataclass(frozen=True)
class Finished:
    """One replication of one scenario, measured.

    Attributes
    ----------
    measures
        What decides the tables: the same on every machine and backend.
    events, wall_seconds, peak_memory_mb
        How it ran; no table holds these.
    is_stored
        Whether it came from the store.
    """

    scenario: str
    replication: int
    measures: Measures
    events: int
    wall_seconds: float
    peak_memory_mb: float
    is_stored: bool = False


def finish(setting: Setting, task: Task) -> Finished:
    """Run a task in this process.

    Raises
    ------
    DataError, ScenarioError
        The user's input is at fault.
    ReplicationError
        Anything else went wrong; it names the scenario and the replication.
    """
    started = time.perf_counter()
    try:
        outcome = replicate(
            task.scenario,
            _placed(setting.data_folder, new_places(task.scenario)),
            setting.horizon(task.replication),
            setting.warmup,
        )
        measures = setting.measure(outcome)
    except (DataError, ScenarioError):
        raise
    except Exception as error:
        raise ReplicationError(task.scenario.name, task.replication, _failure(error)) from error
    return Finished(
        scenario=task.scenario.name,
        replication=task.replication,
        measures=measures,
        events=outcome.events,
        wall_seconds=time.perf_counter() - started,
        peak_memory_mb=peak_memory_mb(),
    )


def data_of(setting: Setting) -> DataSet:
    """Return the data set of a setting, read once in each process."""
    return _data(setting.data_folder)


@lru_cache(maxsize=1)
def _data(folder: Path | None) -> DataSet:
    return load_data(folder)


@lru_cache(maxsize=2)
def _placed(folder: Path | None, places: tuple[tuple[float, float], ...]) -> DataSet:
    """Return a data set with points where a scenario has new sites, if it has its roads."""
    return _data(folder).with_places(places)


def replicate(scenario: Scenario, data: DataSet, horizon: Horizon, warmup: int) -> Outcome:
    """Simulate one replication of one scenario."""
    gc.disable()  # drawing and setting up leave no cycles; looking for them takes time
    gc.freeze()  # nor has what was there before a part in them
    try:
        outcome_with, noted = _played(scenario, data, horizon, warmup)
    finally:
        gc.enable()
        gc.collect()  # a region is full of cycles; what follows can do with its memory
        gc.unfreeze()
    return outcome_with(in_order(noted, horizon.end))


def _played(
    scenario: Scenario, data: DataSet, horizon: Horizon, warmup: int
) -> tuple[Callable[[Records], Outcome], list[Records]]:
    """Return all of an outcome but its records, and what these are made of."""
    drawn = LAST_DRAWN.of(scenario, data, horizon)
    region = simulate(scenario, data, horizon, drawn.patients, drawn.past)
    residents, home = _residents(drawn.patients, data)
    outcome_with = partial(
        Outcome,
        scenario,
        sites=region.geography.sites,
        is_neighbour=region.geography.is_neighbour,
        residents=residents,
        home=home,
        capacity=region.staffing.capacity,
        staffing=region.staffing,
        start=float(warmup * MINUTES_PER_WEEK),
        end=horizon.end,
        events=region.env.events_so_far(),
    )
    return outcome_with, region.journal.parts()


def _residents(
    patients: Patients, data: DataSet
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


def _failure(error: Exception) -> Said:
    """Return what went wrong and where, in one line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename}:{last.lineno}"
    return Said(
        "failed with {kind}: {error} ({where})",
        {"kind": type(error).__name__, "error": str(error), "where": where},
    )
