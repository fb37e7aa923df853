"""Where results come from: which version was called how, and how long that took."""

from __future__ import annotations

import shlex
import sys
import time
from importlib.metadata import version


def provenance(call: str = "") -> dict[str, str]:
    """Return the version, and the command as it was given.

    Parameters
    ----------
    call
        What stands for the command where it wasn't the command line that was called.
    """
    click = sys.modules.get("click")  # where it isn't loaded, no command was called
    is_command = click is not None and click.get_current_context(silent=True) is not None
    command = shlex.join(["twentezorg", *sys.argv[1:]]) if is_command or not call else call
    return {"version": version("twentezorg"), "command": command}


def wall_seconds(started: float) -> float:
    """Return the seconds since a command began.

    Parameters
    ----------
    started
        What `time.monotonic` gave at its beginning.
    """
    return round(time.monotonic() - started, 1)
