"""What was let go of goes back to the system; where that can't be, nothing happens."""

import ctypes
import sys
from pathlib import Path

import pytest

from geodata.dataset.memory import give_back

PIECES, SIZE = 20_000, 4096
"""Small enough for the C library to keep, some 80 MB together."""


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


def glibc() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


@pytest.mark.skipif(not glibc(), reason="only glibc keeps freed memory and can give it back")
def test_what_was_let_go_of_is_given_back():
    held = [bytearray(SIZE) for _ in range(PIECES)]
    last = bytearray(SIZE)  # stands behind all others, so that the heap does not shrink by itself
    full = resident()
    held.clear()
    give_back()
    assert full - resident() > PIECES * SIZE / 4096 / 2
    assert len(last) == SIZE


@pytest.mark.parametrize("fault", [AttributeError, OSError, TypeError])
def test_another_system_goes_on(monkeypatch, fault):
    def absent(_name):
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", absent)
    give_back()
