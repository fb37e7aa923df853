"""How the command ends when it is stopped, or nobody takes what it prints: without a traceback."""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

INTERRUPTED: Final = 130
TERMINATED: Final = 143
"""Exit codes as a shell gives them: 128 and the number of the signal."""

_came: list[int] = []
"""The signals that came, the first of which tells how the command ends."""


def stop_code() -> int:
    """Return the exit code of a command that was stopped: by Ctrl-C, or by SIGTERM."""
    return TERMINATED if _came[:1] == [signal.SIGTERM] else INTERRUPTED


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _as_interrupt(number: int, _frame: FrameType | None) -> None:
    """Stop as Ctrl-C does, so that what has begun is put away and what is aside is cleared."""
    _came.append(number)
    if len(_came) == 1:
        raise KeyboardInterrupt


@contextmanager
def stopped_in_one_way() -> Iterator[None]:
    """Let SIGTERM stop what is inside as Ctrl-C does."""
    if not _is_main():
        yield
        return
    _came.clear()
    before = signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        yield
    except KeyboardInterrupt:  # between two things that say it themselves
        sys.exit(stop_code())
    finally:
        signal.signal(signal.SIGTERM, before)
        atexit.unregister(_too_late)
        atexit.register(_too_late)


def _too_late() -> None:
    """Let what is done be done: Ctrl-C while Python puts itself away would end in a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def print_anywhere() -> None:
    """Print what a terminal has no sign for as a question mark: Windows knows few signs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def silence_full_output() -> None:
    """Give up on what waits to be printed; a full disk would complain once more at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
