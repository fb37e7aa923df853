"""The smallest sweep that fits surrogates, to be stopped, killed and run twice."""

from pathlib import Path

SIMULATED = 20
"""Of 24 futures, the least that a surrogate learns from; it gives the other four."""

SWEEP = (
    *("sweep", "now", "--futures", 24, "--simulate", SIMULATED),
    *("--weeks", 1, "--warmup", 0, "--jobs", 2),
)
TABLES = ("futures.parquet", "factors.parquet", "surrogates.csv", "sensitivity.csv")


def tables(out: Path) -> dict[str, bytes]:
    """Return the tables of a sweep."""
    return {name: (out / name).read_bytes() for name in TABLES}
