"""A process on SimPy's clock, a patient's way above all: a generator whose yields take time.

It yields minutes that pass, or a SimPy event to wait for. A process of SimPy's own would make a
new event for every wait, and two for its start and end that nobody waits for here. A process of
ours is itself what SimPy's queue holds, again and again: it begins at once and ends silently.
"""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from simpy.events import NORMAL, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simpy import Environment


if TYPE_CHECKING:
    T = TypeVar("T")
    # what it returns is for who yields from it
    ProcessGenerator = Generator[float | Event, None, T]


class Grant(Event):
    """What one process waits for: when it comes, that process goes on, without an event more.

    Parameters
    ----------
    env
        The SimPy environment.
    """

    __slots__ = ("process",)

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.callbacks = []
        self.process: Process | None = None

    def succeed(self, value: object = None) -> Grant:
        """Let who waits go on, now, with a value to read from `value`."""
        if self.process is None:  # not yet, or a process of SimPy
            Event.succeed(self, value)
            return self
        self._ok, self._value = True, value
        self.process.plan(0.0)
        return self


class Process:
    """Run a generator from now on; to SimPy's queue it is an event that happens again and again.

    Parameters
    ----------
    env
        The SimPy environment.
    generator
        Yields minutes, or events to wait for.
    """

    _ok: ClassVar[bool] = True  # it never fails: what goes wrong in it stops the simulation

    def __init__(self, env: Environment, generator: ProcessGenerator[Any]) -> None:
        self.env: Any = env  # whose queue is SimPy's own
        self.generator: Any = generator
        self._go_on()

    @property
    def callbacks(self) -> tuple[Callable[..., None], ...]:
        """What SimPy's own loop calls when the minutes have passed."""
        return (self._go_on,)

    @callbacks.setter
    def callbacks(self, _: object) -> None:
        """Stay an event that may happen again, where SimPy marks it as processed."""

    def wait(self, awaited: Any) -> None:  # noqa: ANN401 - what a generator yields, if anything
        """Wait for what the generator has yielded."""
        if type(awaited) is float and awaited >= 0:
            self.plan(awaited)
        elif type(awaited) is Grant and not awaited.triggered:
            awaited.process = self
        elif isinstance(awaited, Event):
            awaited.callbacks.append(self._go_on)
        elif awaited >= 0:
            self.plan(float(awaited))
        else:
            raise ValueError(f"{awaited} minutes cannot pass")

    def plan(self, minutes: float) -> None:
        """Go on some minutes from now: what the environment's `schedule` does, without the call."""
        env = self.env
        heappush(env._queue, (env._now + minutes, NORMAL, next(env._eid), self))  # noqa: SLF001

    def _go_on(self, _: Event | None = None) -> None:
        for awaited in self.generator:
            self.wait(awaited)
            return
