"""A patient's journey on SimPy's clock: a generator whose yields are what takes time.

It yields minutes that pass, or a SimPy event to wait for. A SimPy process would make a new event
for every wait, and two of its own for its start and end that nobody waits for here. A journey is
itself what SimPy's queue holds, again and again: it begins at once and ends silently.
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
    Story = Generator[float | Event, None, T]  # what it returns is for who yields from it


class Grant(Event):
    """What one journey waits for: when it comes, the journey itself goes on, without an event more.

    Parameters
    ----------
    env
        The SimPy environment.
    """

    __slots__ = ("journey",)

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.callbacks = []
        self.journey: Journey | None = None

    def succeed(self, value: object = None) -> Grant:
        """Let who waits go on, now, with a value to read from `value`."""
        if self.journey is None:  # not yet, or a process of SimPy
            Event.succeed(self, value)
            return self
        self._ok, self._value = True, value
        self.journey.plan(0.0)
        return self


class Journey:
    """Follow a story from now on; to SimPy's queue it is an event that happens again and again.

    Parameters
    ----------
    env
        The SimPy environment.
    story
        A generator that yields minutes, or events to wait for.
    """

    _ok: ClassVar[bool] = True  # it never fails: what goes wrong in it stops the simulation

    def __init__(self, env: Environment, story: Story[Any]) -> None:
        self.env: Any = env  # whose queue is SimPy's own
        self.story: Any = story
        self._go_on()

    @property
    def callbacks(self) -> tuple[Callable[..., None], ...]:
        """What SimPy's own loop calls when the minutes have passed."""
        return (self._go_on,)

    @callbacks.setter
    def callbacks(self, _: object) -> None:
        """Stay an event that may happen again, where SimPy marks it as processed."""

    def wait(self, awaited: Any) -> None:  # noqa: ANN401 - what a story yields, if anything
        """Wait for what the story has yielded."""
        if type(awaited) is float and awaited >= 0:
            self.plan(awaited)
        elif type(awaited) is Grant and not awaited.triggered:
            awaited.journey = self
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
        for awaited in self.story:
            self.wait(awaited)
            return
