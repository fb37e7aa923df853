"""Running replications for a command: a set of workers, what is known from a store, progress.

A command may ask for replications more than once: rounds of a precision or a sweep, steps of a
search. The workers stay from the first to the last. After Ctrl-C the user reads what was kept.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING, Any

from results.runs.progress import with_progress
from results.runs.store_folder import store_folder
from sim.backends.registry import Backend
from sim.experiment.experiment import Experiment
from sim.experiment.store import Store
from sim.replication.replicate import Finished, Task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sim.replication.replicate import Setting


TaskRunner = Callable[[Sequence[Task]], list[Finished]]
"""Gives tasks finished, in any order."""


@dataclass(frozen=True)
class Workers:
    """The processes that run replications, and where what has finished is kept.

    Attributes
    ----------
    backend, jobs, scheduler
        See `sim.backends.registry.workers`.
    store
        None: nothing is looked up or kept.
    is_quiet
        Whether progress is left out.
    """

    backend: Backend = Backend.SERIAL
    jobs: int = 1
    scheduler: str | None = None
    store: Store | None = None
    is_quiet: bool = True

    @classmethod
    def here(cls, jobs: int = 1) -> Workers:
        """Return workers on this machine that keep what has finished and show progress."""
        backend = Backend.SERIAL if jobs == 1 else Backend.PROCESSES
        return cls(backend, jobs, store=own_store(), is_quiet=False)

    def tell(self, text: str) -> None:
        """Say on stderr how far the work is, to who didn't ask for quiet."""
        if not self.is_quiet:
            sys.stderr.write(f"{text}\n")

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of it."""
        return {"backend": self.backend.value, "jobs": self.jobs}


def own_store(folder: Path | None = None) -> Store:
    """Return the run store in a folder, or in the user's own cache."""

    def tell(text: str) -> None:
        sys.stderr.write(f"twentezorg: {text}\n")

    return Store(folder or store_folder(), tell)


@contextmanager
def task_runner(
    workers: Workers, setting: Setting, bar_of: Callable[[str], str] = str
) -> Iterator[TaskRunner]:
    """Give a function that runs tasks, with progress on stderr.

    Parameters
    ----------
    workers, setting
        Who runs them, and how each replication is simulated and measured.
    bar_of
        See `results.runs.progress.with_progress`.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, saying what is kept and how to go on.
    DataError, ScenarioError, ReplicationError, BackendError, StoreError
        See `sim.experiment.experiment.Experiment.run`.
    """
    asked, finished = 0, 0

    def counted(items: Iterable[Finished]) -> Iterator[Finished]:
        nonlocal finished
        for item in items:
            finished += 1  # before it is shown: what came before Ctrl-C counts
            yield item

    with Experiment(
        setting, workers.backend, workers.jobs, workers.scheduler, workers.store
    ) as experiment:

        def run_tasks(tasks: Sequence[Task]) -> list[Finished]:
            nonlocal asked
            asked += len(tasks)
            with closing(experiment.run(tasks)) as items:
                shown = counted(items)
                if workers.is_quiet:
                    return list(shown)
                return list(with_progress(shown, tasks, sys.stderr, bar_of))

        try:
            yield run_tasks
        except KeyboardInterrupt:
            if workers.store is None or not asked:
                raise
            raise KeyboardInterrupt(
                spoken(
                    "{finished} of {asked} replications are kept in {folder}; the same "
                    "command goes on from there"
                ).format(finished=finished, asked=asked, folder=workers.store.folder)
            ) from None


@contextmanager
def writing(workers: Workers) -> Iterator[None]:
    """Write inside what has been simulated.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, saying that every replication is kept.
    """
    try:
        yield
    except KeyboardInterrupt:
        if workers.store is None:
            raise
        raise KeyboardInterrupt(
            spoken(
                "no results were written, but every replication is kept in {folder}; the same "
                "command goes on from there"
            ).format(folder=workers.store.folder)
        ) from None
