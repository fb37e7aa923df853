"""Where results come from: which version was called how, and how long that took."""

from __future__ import annotations

import shlex
import sys
import time
from importlib.metadata import version


def provenance() -> dict[str, str]:
    """Return the version, and the command as it was given."""
    return {
        "version": version("twentezorg"),
        "command": shlex.join(["twentezorg", *sys.argv[1:]]),
    }


def wall_seconds(started: float) -> float:
    """Return the seconds since a command began.

    Parameters
    ----------
    started
        What `time.monotonic` gave at its beginning.
    """
    return round(time.monotonic() - started, 1)
