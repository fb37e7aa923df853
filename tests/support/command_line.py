"""The command line as a process of its own, as a terminal starts it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEGIN = """
import _signal  # which is there at once, so that no stop falls into its import
_signal.signal(_signal.SIGINT, _signal.default_int_handler)  # what runs behind would ignore it
from cli import main
main()
"""


def start(*arguments: object, **options) -> subprocess.Popen:
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
        **options,
    )


def finish(*arguments: object, **options) -> tuple[int, str]:
    """Run a command and return its exit code and what it said on stderr."""
    with start(*arguments, **options) as process:
        _, stderr = process.communicate(timeout=300)
    return process.returncode, stderr
