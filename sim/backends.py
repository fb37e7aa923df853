"""How replications are spread: in this process, over processes, or over a Dask cluster.

Each backend is a `Workers`: it takes tasks and gives them back finished, in whatever order they
finish. A backend stays up between calls, so that an experiment can ask for further replications
without starting processes anew.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from sim.replication import finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sim.replication import Finished, Setting, Task

MOST_ATTEMPTS = 3
"""How often a replication whose process died is tried in all."""


class Backend(StrEnum):
    """How replications are spread."""

    SERIAL = "serial"
    PROCESSES = "processes"
    DASK = "dask"


class Workers(Protocol):
    """What runs replications; nothing is started before the first is asked for."""

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Finished], None, None]:
        """Run tasks and give each as it finishes; closing the generator stops what is under way.

        Raises
        ------
        DataError, ScenarioError
            A task can't run as the user's input is at fault.
        ReplicationError
            A task fails, or its process died `MOST_ATTEMPTS` times.
        BackendError
            The workers can't be started or reached.
        """

    def close(self) -> None:
        """Stop the workers; may be called twice."""


class Serial:
    """Everything in this process, one task after the other."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Finished], None, None]:
        """Run tasks in the order given."""
        for task in tasks:
            yield task, finish(self._setting, task)

    def close(self) -> None:
        """Do nothing: nothing was started."""


def workers(backend: Backend, setting: Setting, jobs: int, scheduler: str | None = None) -> Workers:
    """Return the workers of a backend.

    Parameters
    ----------
    setting
        How each replication is simulated; sent to each worker once.
    jobs
        Replications at the same time; a Dask scheduler elsewhere has its own number.
    scheduler
        The address of a Dask scheduler; None for a cluster on this machine.

    Raises
    ------
    BackendError
        The backend is not installed.
    """
    if backend is Backend.DASK:
        from sim.dask_cluster import DaskCluster  # noqa: PLC0415 - not everyone has it installed

        return DaskCluster(setting, jobs, scheduler)
    if backend is Backend.SERIAL or jobs == 1:
        return Serial(setting)
    from sim.processes import Processes  # noqa: PLC0415 - read by none of the workers themselves

    return Processes(setting, jobs)
