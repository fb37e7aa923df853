"""Ward beds of a site: those for acute and those for planned patients, and how they swing.

Each kind of patient has beds of its own and may use a part of the other's when its own are full.
The rest of the other's stays free for them (trunk reservation: Miller 1969). Planned patients who
find nowhere a bed are cancelled beforehand, see `pathways.elective_surgery`.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from sim.engine.process import Grant

if TYPE_CHECKING:
    from simpy import Environment


class WardBeds:
    """Beds for one kind of patients, granted by priority and then by order of asking.

    Parameters
    ----------
    env
        The SimPy environment.
    swing
        Share of the beds of the other kind that patients of this one may use.

    Attributes
    ----------
    capacity
        Beds of their own by the roster now.
    busy
        Patients of this kind in bed, wherever that is.
    other
        Beds for the other kind at the same site.
    """

    __slots__ = ("_asked", "_env", "_queue", "_swing", "busy", "capacity", "other")

    def __init__(self, env: Environment, swing: float) -> None:
        self._env = env
        self._swing = swing
        self._queue: list[tuple[float, int, Grant]] = []
        self._asked = 0
        self.capacity = 0
        self.busy = 0
        self.other: WardBeds | None = None

    @property
    def rostered(self) -> int:
        """How many beds of their own there are."""
        return self.capacity

    @property
    def waiting(self) -> int:
        """The number of claims not yet granted."""
        return len(self._queue)

    @property
    def is_free(self) -> bool:
        """Whether a claim would be granted at once."""
        return not self._queue and self._has_place()

    def claim(self, priority: float = 0) -> Grant | None:
        """Take a bed; None when granted at once, else the event of the grant to wait for."""
        if (not self._queue or priority < self._queue[0][0]) and self._has_place():
            self.busy += 1
            return None
        event = Grant(self._env)
        self._asked += 1
        heapq.heappush(self._queue, (priority, self._asked, event))
        return event

    def give_up(self, claim: Grant) -> None:
        """Take back a claim that has not been granted."""
        self._queue = [entry for entry in self._queue if entry[2] is not claim]
        heapq.heapify(self._queue)
        self._serve_both()

    def release(self) -> None:
        """Give a bed back; who waits takes it, of this kind first."""
        self.busy -= 1
        self._serve_both()

    def resize(self, capacity: int) -> None:
        """Set the beds of their own from now on; nobody in bed is sent away."""
        self.capacity = capacity
        self._serve_both()

    def _has_place(self) -> bool:
        if not self.capacity:
            return False
        other = self.other
        if other is None:
            return self.busy < self.capacity
        together = self.capacity + other.capacity
        most = self.capacity + int(self._swing * other.capacity)
        return self.busy < most and self.busy + other.busy < together

    def _serve_both(self) -> None:
        self._serve()
        if self.other is not None:
            self.other._serve()  # noqa: SLF001 - of its own kind

    def _serve(self) -> None:
        while self._queue and self._has_place():
            self.busy += 1
            heapq.heappop(self._queue)[2].succeed()


def swing_beds(
    env: Environment, acute_swing: float, planned_swing: float
) -> tuple[WardBeds, WardBeds]:
    """Return the beds for acute and for planned patients of a site.

    Parameters
    ----------
    acute_swing
        Share of the planned beds that acute patients may use.
    planned_swing
        Share of the acute beds that planned patients may use.
    """
    acute, planned = WardBeds(env, acute_swing), WardBeds(env, planned_swing)
    acute.other, planned.other = planned, acute
    return acute, planned
