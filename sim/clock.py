"""SimPy's environment with a plainer loop, for a million events a year."""

from __future__ import annotations

from heapq import heappop
from typing import TYPE_CHECKING

import simpy
from simpy.core import BoundClass
from simpy.events import Process, Timeout


class Clock(simpy.Environment):
    """An environment whose `run_to` does what `run(until=…)` does, in one loop.

    SimPy's own `run` calls `step` for every event, which looks for the end of the simulation by an
    event of its own and wraps each step in a try. Events at exactly the end do not happen, as with
    SimPy; an event that failed and that nobody took care of raises its error, as with SimPy.
    """

    if not TYPE_CHECKING:
        # Named again, so that SimPy binds them to each environment once and not at every call.
        process = BoundClass(Process)
        timeout = BoundClass(Timeout)

    def events_so_far(self) -> int:
        """Return how many events were planned until now; ask when all is over."""
        return next(self._eid)

    def run_to(self, end: float) -> None:
        """Let everything happen that comes before `end`."""
        queue = self._queue
        while queue and queue[0][0] < end:
            self._now, _, _, event = heappop(queue)
            callbacks = event.callbacks
            event.callbacks = None  # type: ignore[assignment]  # how SimPy marks it as processed
            for callback in callbacks:
                callback(event)
            if not event._ok and not event.defused:  # noqa: SLF001 - as in SimPy's step
                raise event._value  # noqa: SLF001
        self._now = end
