"""The event loop: a plainer one than SimPy's, for a million events a year.

SimPy's own `run` calls `step` for every event, which looks for the end of the simulation by an
event of its own and wraps each step in a try; a process that takes some minutes changes place in
the queue here and now.
"""

from __future__ import annotations

from heapq import heappop, heapreplace
from typing import TYPE_CHECKING, Any

from simpy.events import NORMAL

from sim.engine.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator


def run_until(env: Any, queue: list[Any], numbers: Iterator[int], end: float) -> None:  # noqa: ANN401
    """Process every event in the queue of an environment that comes before the end.

    An event that failed and that nobody took care of raises its error, as with SimPy.

    Parameters
    ----------
    env
        The SimPy environment, whose time is set.
    queue, numbers
        What it has planned, and the order of planning.
    end
        The minute before which events happen.
    """
    replace, urgency = heapreplace, NORMAL  # found here faster than in the module
    while queue:
        first: tuple[Any, ...] = queue[0]
        now: float = first[0]
        if now >= end:
            return
        env._now = first[0]  # noqa: SLF001
        event = first[3]
        if isinstance(event, Process):
            for awaited in event.generator:  # what it plans comes after itself in the queue
                if isinstance(awaited, float):
                    minutes: float = awaited
                    if minutes >= 0:
                        replace(queue, (now + minutes, urgency, next(numbers), event))
                        break
                heappop(queue)
                event.wait(awaited)
                break
            else:
                heappop(queue)
            continue
        heappop(queue)
        callbacks = event.callbacks
        event.callbacks = None  # how SimPy marks it as processed
        for callback in callbacks:
            callback(event)
        if not event._ok and not event.defused:  # noqa: SLF001 - as in SimPy's step
            raise event._value  # noqa: SLF001
