"""SimPy's environment with a plainer loop, for a million events a year."""

from __future__ import annotations

from heapq import heappop, heapreplace
from typing import TYPE_CHECKING

import simpy
from simpy.events import NORMAL

from sim.journey import Journey


class _Hand(simpy.Environment):
    """SimPy's environment, which keeps its time in a slot."""

    __slots__ = ("_now",)


class Clock(_Hand):
    """An environment whose `run_to` does what `run(until=…)` does, in one loop.

    SimPy's own `run` calls `step` for every event, which looks for the end of the simulation by an
    event of its own and wraps each step in a try; a `Journey` that takes some minutes changes place
    in the queue here and now. Events at exactly the end do not happen, as with SimPy; an event that
    failed and that nobody took care of raises its error, as with SimPy.
    """

    if not TYPE_CHECKING:
        now = _Hand._now  # noqa: SLF001 - the slot itself, where SimPy has a property to call

    def events_so_far(self) -> int:
        """Return how many events were planned until now; ask when all is over."""
        return next(self._eid)

    def run_to(self, end: float) -> None:
        """Let everything happen that comes before `end`."""
        queue = self._queue
        number = self._eid.__next__
        while queue and queue[0][0] < end:
            now, _, _, event = queue[0]
            self._now = now
            if type(event) is Journey:
                awaited = next(event.story, None)  # what it plans comes after itself in the queue
                if type(awaited) is float and awaited >= 0:
                    heapreplace(queue, (now + awaited, NORMAL, number(), event))
                else:
                    heappop(queue)
                    event.wait(awaited)
                continue
            heappop(queue)
            callbacks = event.callbacks
            event.callbacks = None  # type: ignore[assignment]  # how SimPy marks it as processed
            for callback in callbacks:
                callback(event)
            if not event._ok and not event.defused:  # noqa: SLF001 - as in SimPy's step
                raise event._value  # noqa: SLF001
        self._now = end
