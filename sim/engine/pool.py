"""A pool of equal places or people, claimed by priority, with a capacity that follows a roster.

SimPy's own resources keep a request object per claim and a fixed capacity. Here a claim that can
be met at once costs no event, and capacity may change at any moment (whoever is served is
finished, the next one waits).

Several pools are claimed in a fixed order by everyone (a room, then its nurse, then a doctor), and
a claim of several places at once is granted whole or not at all: so no two can wait for each other.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from sim.engine.process import Grant

if TYPE_CHECKING:
    from simpy import Environment


class Pool:
    """Equal places, granted by priority (lowest first) and then by order of asking.

    Parameters
    ----------
    env
        The SimPy environment.
    capacity
        Places at the start.
    """

    __slots__ = ("_asked", "_env", "_queue", "busy", "capacity")

    def __init__(self, env: Environment, capacity: int = 0) -> None:
        self._env = env
        self._queue: list[tuple[float, int, int, Grant]] = []
        self._asked = 0
        self.capacity = capacity
        self.busy = 0

    @property
    def rostered(self) -> int:
        """How many places there are by the roster, or stayed beyond it."""
        return self.capacity

    @property
    def waiting(self) -> int:
        """The number of claims not yet granted."""
        return len(self._queue)

    @property
    def is_free(self) -> bool:
        """Whether a claim would be granted at once."""
        return not self._queue and self.busy < self.capacity

    def claim(self, priority: float = 0, amount: int = 1) -> Grant | None:
        """Take places; None when granted at once, else the event of the grant to wait for."""
        taken = self.busy + amount
        if taken <= self.capacity and (not self._queue or priority < self._queue[0][0]):
            self.busy = taken
            return None
        event = Grant(self._env)
        self._asked += 1
        heapq.heappush(self._queue, (priority, self._asked, amount, event))
        return event

    def release(self, amount: int = 1) -> None:
        """Give places back; the first in the queue takes them if the roster allows."""
        self.busy -= amount
        if self._queue:
            self._grant()

    def resize(self, capacity: int) -> None:
        """Set the capacity from now on; nobody who is served is sent away."""
        self.capacity = capacity
        self._grant()

    def _grant(self) -> None:
        while self._queue and self.busy + self._queue[0][2] <= self.capacity:
            _, _, amount, event = heapq.heappop(self._queue)
            self.busy += amount
            event.succeed()
