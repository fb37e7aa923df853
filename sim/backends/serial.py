"""Replications one after the other, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.backends.waiting import Waiting
from sim.replication.replicate import finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sim.replication.replicate import Finished, Setting, Task


class Serial:
    """Everything in this process, one task after the other."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Finished], None, None]:
        """Run tasks, those that meet the same patients after each other."""
        for group in Waiting(tasks).groups():
            for task in group:
                yield task, finish(self._setting, task)

    def close(self) -> None:
        """Do nothing: nothing was started."""
