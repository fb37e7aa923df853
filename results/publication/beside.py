"""A second core for drawing: a process beside this one for what waits for nothing else."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # a container may have fewer than its machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def beside(task: Callable[[], object], jobs: int) -> Iterator[None]:
    """Carry out a task beside what happens inside; with one job, after it.

    A process that dies or fails costs time only: the task is then carried out here, so that its
    error is told as any other. When the inside is left early, by Ctrl-C for example, the process is
    stopped.

    Parameters
    ----------
    task
        Can be sent to another process, and carried out again when it was only half done.
    jobs
        How many processes there may be.
    """
    if min(jobs, cores()) < 2:  # noqa: PLR2004 - this process and one beside it
        yield
        task()
        return
    process = get_context("spawn").Process(target=_alone, args=(task,), daemon=True)
    process.start()
    try:
        yield
        process.join()
        if process.exitcode != 0:
            task()
    finally:
        process.kill()
        process.join()


def _alone(task: Callable[[], object]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it stops it
    try:
        task()
    except Exception:  # noqa: BLE001 - told by who started it, after trying again
        sys.exit(1)
