"""Give memory that was let go of back to the system, between two steps that need much."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Give freed memory back to the system where the C library keeps it: glibc, on Linux.

    Elsewhere nothing is done. Without it what one step let go of still counts while the next one
    asks for more, in pieces that do not fit.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # another C library, another system
        return
