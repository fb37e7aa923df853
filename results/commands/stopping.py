"""How the command ends when it is stopped, or nobody takes what it prints: without a traceback."""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from _typeshed import ReadableBuffer

INTERRUPTED: Final = 130
TERMINATED: Final = 143
"""Exit codes as a shell gives them: 128 and the number of the signal."""

OUTLETS: Final = {1: "stdout", 2: "stderr"}
"""By number, as a message calls them."""

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


class _Outlet(io.FileIO):
    """What takes what is printed; a reader that left, such as `head`, takes no more.

    The command goes on then without printing: its files are written, and it ends with its own code.
    """

    def write(self, content: ReadableBuffer) -> int:
        """Print bytes; an error says what it is about."""
        try:
            return super().write(content)
        except BrokenPipeError:
            _to_nowhere(self.fileno())
            return memoryview(content).nbytes
        except OSError as error:
            error.filename = OUTLETS.get(self.fileno())
            raise


@contextmanager
def print_anywhere() -> Iterator[None]:
    """Print what a terminal has no sign for as a question mark: Windows knows few signs.

    When nobody reads any more, what is inside goes on without printing.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_anywhere(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _anywhere(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.reconfigure(errors="replace")
    if type(getattr(stream.buffer, "raw", None)) is not io.FileIO:  # in memory, Windows' terminal
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Outlet(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _to_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def silence_full_output() -> None:
    """Give up on what waits to be printed; a full disk would complain once more at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _to_nowhere(stream.fileno())
