"""Tasks that wait for a worker, handed out so that it meets the same patients again.

Configurations of one year meet the same patients in a replication. A worker that has just drawn
them gets those configurations first; only when nothing else is left do two workers draw the same.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sim.patients.population import demand_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sim.replication.replicate import Task

Met = tuple[int, str]
"""A replication and what its patients are drawn from: who is met in a task."""


class Waiting:
    """Tasks by the patients that they meet, in the order in which they were asked."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._groups: dict[Met, deque[Task]] = {}
        self._demand: dict[int, str] = {}
        self._scenarios: list[object] = []  # kept alive, as their identity names them
        for task in tasks:
            self.put(task)

    def __len__(self) -> int:
        """Return how many tasks wait."""
        return sum(len(group) for group in self._groups.values())

    def put(self, task: Task) -> None:
        """Let a task wait behind those who meet the same patients."""
        self._groups.setdefault(self.met_in(task), deque()).append(task)

    def met_in(self, task: Task) -> Met:
        """Return whom a task meets."""
        name = id(task.scenario)
        if name not in self._demand:
            self._demand[name] = demand_of(task.scenario)
            self._scenarios.append(task.scenario)
        return task.replication, self._demand[name]

    def take(self, last: Met | None, by_others: Collection[Met | None]) -> Task:
        """Return a task for a worker, no longer waiting.

        Parameters
        ----------
        last
            Whom the worker met last.
        by_others
            Whom the other workers meet.

        Raises
        ------
        ValueError
            None waits.
        """
        if last not in self._groups:
            free = (met for met in self._groups if met not in by_others)
            largest = max(self._groups, key=lambda met: len(self._groups[met]))
            last = next(free, largest)
        group = self._groups[last]
        task = group.popleft()
        if not group:
            del self._groups[last]
        return task

    def groups(self) -> list[list[Task]]:
        """Return all tasks, those who meet the same patients together."""
        return [list(group) for group in self._groups.values()]
