"""A patient's journey on SimPy's clock, without the bookkeeping of a full SimPy process.

A process costs two events of its own, its start and its end, that nobody waits for here. A journey
begins at once and ends silently; what it yields are ordinary SimPy events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event


class Journey:
    """Follow a generator: each event it yields wakes it when the event happens."""

    __slots__ = ("_send",)

    def __init__(self, story: Generator[Event, Any, Any]) -> None:
        self._send = story.send
        for event in story:  # the first one it waits for, if any
            event.callbacks.append(self._wake)
            break

    def _wake(self, event: Event) -> None:
        try:
            awaited = self._send(event.value)
        except StopIteration:
            return
        awaited.callbacks.append(self._wake)
