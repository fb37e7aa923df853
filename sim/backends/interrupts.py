"""Ctrl-C, or SIGTERM, while workers start: kept until they can be stopped."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


SECONDS_TO_STOP = 1.0
HAS_MASKS = hasattr(signal, "pthread_sigmask")  # not on Windows


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Start processes inside that leave Ctrl-C to this one, which hears it when they have started.

    What stands in the mask of a thread is passed on to processes, and to threads that start more;
    SIGTERM is never in it, as that is how they are stopped.
    """
    if threading.current_thread() is not threading.main_thread() or not HAS_MASKS:
        yield  # only the main thread may change what a signal does
        return
    resource_tracker.ensure_running()  # it would unmask the signal when the first process starts
    came: list[int] = []
    before = {
        stop: signal.signal(stop, lambda number, _: came.append(number))
        for stop in (signal.SIGINT, signal.SIGTERM)
    }
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for stop, handler in before.items():
            signal.signal(stop, handler)
    if came:
        signal.raise_signal(came[0])
