"""What can go wrong while an experiment runs, said so that the user can mend it."""

from __future__ import annotations

from scenarios.errors import Said, SpokenError


class BackendError(SpokenError):
    """Replications can't be spread as asked; the text says what to install or change."""


class StoreError(SpokenError):
    """The run store can't be read or written; the text says where and what to do."""


class ReplicationError(Exception):
    """A replication fails however often it is tried.

    Parameters
    ----------
    scenario, replication
        Which.
    what
        What happened to it.
    """

    def __init__(self, scenario: str, replication: int, what: Said) -> None:
        super().__init__(scenario, replication, what)  # what pickle makes it anew from
        self.scenario = scenario
        self.replication = replication
        self.what = what

    def __str__(self) -> str:
        """Return one message that names the replication."""
        where = Said("{scenario}, replication {replication}", vars(self))
        return f"{where}: {self.what}"
