"""The port of every backend: workers that take tasks and give them back finished.

They come back in whatever order they finish. A backend stays up between calls, so that an
experiment can ask for further replications without starting processes anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sim.replication.replicate import Finished, Task


MOST_ATTEMPTS = 3
"""How often a replication whose process died is tried in all."""


class WorkerPool(Protocol):
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
