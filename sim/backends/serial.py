"""Replications one after the other, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.replication.replicate import finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sim.replication.replicate import Finished, Setting, Task


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
