"""Many replications of many scenarios, from the store where they are known.

The tables are the same whatever the backend, the store and the order in which replications finish:
each is determined by its scenario, setting and number alone, and the rows are sorted.

A plan is extended by asking for further replications while the experiment is open; those that
have been are not run again::

    with Experiment(plan.setting, Backend.PROCESSES, jobs=2, store=store) as experiment:
        finished = list(experiment.run(plan.tasks()))
        while too_wide(finished):
            further = range(replications, replications + 5)
            finished += experiment.run(plan.tasks(further))

A sweep asks for the tasks of all its variants at once: `run` looks them up together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import pandas as pd

from sim.backends.registry import Backend, workers
from sim.replication.cache_keys import series
from sim.replication.replicate import Setting, Task

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

    from scenarios.schema.scenario import Scenario
    from sim.experiment.store import SeriesReplication, Store
    from sim.replication.cache_keys import Series
    from sim.replication.outcome import Measure
    from sim.replication.replicate import Finished


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

    @classmethod
    def of(cls, scenarios: tuple[Scenario, ...], replications: int, setting: Setting) -> Plan:
        """Return a plan in which each replication is as a setting says."""
        return cls(scenarios, replications, **vars(setting))

    @property
    def setting(self) -> Setting:
        """How each replication is simulated and measured."""
        return Setting(self.seed, self.weeks, self.warmup, self.data_folder, self.measure)

    def tasks(self, replications: Iterable[int] | None = None) -> list[Task]:
        """Return the replications of every scenario: all first ones, then all second ones.

        Parameters
        ----------
        replications
            Their numbers, when not 0 to `replications` of the plan; those beyond extend it.
        """
        numbers = range(self.replications) if replications is None else replications
        return [Task(scenario, number) for number in numbers for scenario in self.scenarios]


class Experiment:
    """Replications of one setting, on one backend, with a store or without.

    A context manager: leaving it stops the workers. They start when something must be run.

    Parameters
    ----------
    setting
        How each replication is simulated and measured.
    backend, jobs, scheduler
        See `sim.backends.registry.workers`.
    store
        Where finished replications are looked up and kept; None for nowhere.
    """

    def __init__(
        self,
        setting: Setting,
        backend: Backend,
        jobs: int,
        scheduler: str | None = None,
        store: Store | None = None,
    ) -> None:
        self._setting = setting
        self._store = store
        self._workers = workers(backend, setting, jobs, scheduler)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._workers.close()

    def run(self, tasks: Iterable[Task]) -> Generator[Finished, None, None]:
        """Give each task finished: first those in the store, then each as it finishes.

        A replication is in the store before it is given. A task asked twice is given once.

        Raises
        ------
        DataError, ScenarioError, ReplicationError, BackendError
            See `sim.backends.base.WorkerPool.run`; what has finished is kept.
        StoreError
            The store can't be read or written.
        """
        if self._store is None:
            for _, item in self._workers.run(list(tasks)):
                yield item
            return
        known: dict[int, Series] = {}
        asked: dict[SeriesReplication, tuple[Series, Task]] = {}
        for task in tasks:
            scenario = id(task.scenario)  # alive as long as `asked` is
            if scenario not in known:
                known[scenario] = series(self._setting, task.scenario)
            asked[known[scenario].key, task.replication] = (known[scenario], task)
        for place, item in self._store.find(asked):
            del asked[place]
            yield item
        yield from self._run_missing(self._store, asked.values())

    def _run_missing(
        self, store: Store, asked: Collection[tuple[Series, Task]]
    ) -> Generator[Finished, None, None]:
        series_of = {id(task): its for its, task in asked}
        try:
            for task, item in self._workers.run([task for _, task in asked]):
                store.keep(series_of[id(task)], [item])
                yield item
        finally:
            store.compact({its.key for its, _ in asked})


def run(
    plan: Plan,
    backend: Backend,
    jobs: int,
    scheduler: str | None = None,
    store: Store | None = None,
) -> Generator[Finished, None, None]:
    """Run a plan, giving each replication as it finishes.

    Who stops before the end closes the generator, so that the workers stop as well. To add
    replications to a plan afterwards, keep an `Experiment` open instead.
    """
    with Experiment(plan.setting, backend, jobs, scheduler, store) as experiment:
        yield from experiment.run(plan.tasks())


def replications_table(finished: Sequence[Finished]) -> pd.DataFrame:
    """Return the rows of `replications.parquet`, sorted."""
    rows = [
        (item.scenario, item.replication, site, kpi, value)
        for item in finished
        for site, kpi, value in item.measures
    ]
    table = pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])
    return table.sort_values(["scenario", "replication", "site", "kpi"], ignore_index=True)
