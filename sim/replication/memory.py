"""The largest memory that a process has had.

What `getrusage` tells is not it: on Linux a process begins with the largest memory of the one that
started it (`fork` copies, `exec` keeps the mark), so a small worker of a large process seems large.
"""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
PEAK = "VmHWM:"
KIB_PER_MB = 1024
BYTES_PER_MB = 1024**2


def peak_memory_mb() -> float:
    """Return this process's largest memory so far in MB; 0 where the system doesn't tell."""
    if sys.platform == "linux":
        lines = STATUS.read_text("utf-8", errors="replace").splitlines()
        peaks = (float(line.split()[1]) for line in lines if line.startswith(PEAK))
        return next(peaks, 0.0) / KIB_PER_MB
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415 - not on Windows

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BYTES_PER_MB
    return 0.0
