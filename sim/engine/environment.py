"""SimPy's environment, whose time is read fast and whose events happen in a loop of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from sim.engine.event_loop import run_until


class _SlottedEnvironment(simpy.Environment):
    """SimPy's environment, which keeps its time in a slot."""

    __slots__ = ("_now",)


class SimulationEnvironment(_SlottedEnvironment):
    """An environment whose `run_until` does what `run(until=…)` does, in one loop.

    Events at exactly the end do not happen, as with SimPy.
    """

    if TYPE_CHECKING:

        @property
        def now(self) -> float:
            """The minute it is."""

    else:
        now = _SlottedEnvironment._now  # noqa: SLF001 - the slot itself, where SimPy has a property to call

    def events_so_far(self) -> int:
        """Return how many events were planned until now; ask when all is over."""
        return next(self._eid)

    def run_until(self, end: float) -> None:
        """Process every event that comes before `end`."""
        run_until(self, self._queue, self._eid, end)
        self._now = end
