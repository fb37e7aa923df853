"""Which backends there are, and a start for each."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sim.backends.serial import Serial

if TYPE_CHECKING:
    from sim.backends.base import WorkerPool
    from sim.replication.replicate import Setting


class Backend(StrEnum):
    """How replications are spread."""

    SERIAL = "serial"
    PROCESSES = "processes"
    DASK = "dask"


def workers(
    backend: Backend, setting: Setting, jobs: int, scheduler: str | None = None
) -> WorkerPool:
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
        from sim.backends.dask import DaskCluster  # noqa: PLC0415 - not everyone has it installed

        return DaskCluster(setting, jobs, scheduler)
    if backend is Backend.SERIAL or jobs == 1:
        return Serial(setting)
    from sim.backends.processes import Processes  # noqa: PLC0415 - read by none of the workers themselves

    return Processes(setting, jobs)
