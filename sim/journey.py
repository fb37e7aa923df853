"""A patient's journey on SimPy's clock: a generator whose yields are what takes time.

It yields minutes that pass, or a SimPy event to wait for. A SimPy process would make a new event
for every wait, and two of its own for its start and end that nobody waits for here. A journey is
itself the event that SimPy's queue holds, again and again: it begins at once and ends silently.
"""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING, Any, TypeVar

from simpy.events import NORMAL, Event

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy import Environment

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
            super().succeed(value)
            return self
        self._ok, self._value = True, value
        self.env.schedule(self.journey)
        return self


class Journey(Event):
    """Follow a story from now on.

    Parameters
    ----------
    env
        The SimPy environment.
    story
        A generator that yields minutes, or events to wait for.
    """

    __slots__ = ("env", "story")
    _ok = True  # a journey never fails: what goes wrong in it stops the simulation

    def __init__(self, env: Environment, story: Story[Any]) -> None:
        self.env = env
        self.story = story
        self.wait(next(story, None))

    if not TYPE_CHECKING:

        @property
        def callbacks(self) -> tuple[Any, ...]:
            """What SimPy's own loop calls when the minutes have passed."""
            return (self._go_on,)

        @callbacks.setter
        def callbacks(self, _: None) -> None:
            """Stay an event that may happen again, where SimPy marks it as processed."""

    def wait(self, awaited: float | Event | None) -> None:
        """Wait for what the story has yielded; nothing, and it has ended."""
        if type(awaited) is float and awaited >= 0:
            env = self.env  # what its `schedule` does, without the call
            heappush(env._queue, (env._now + awaited, NORMAL, next(env._eid), self))  # noqa: SLF001
        elif awaited is None:
            return
        elif type(awaited) is Grant and not awaited.triggered:
            awaited.journey = self
        elif isinstance(awaited, Event):
            awaited.callbacks.append(self._go_on)
        elif awaited >= 0:
            self.env.schedule(self, NORMAL, awaited)
        else:
            raise ValueError(f"{awaited} minutes cannot pass")

    def _go_on(self, _: Event | None = None) -> None:
        self.wait(next(self.story, None))
