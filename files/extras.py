"""Libraries that only some uses need: extras of `pyproject.toml`, and what is said without."""

from __future__ import annotations

from gettext import gettext as spoken

EXTRAS = {
    "duckdb": "query",
    "osmium": "build",
    "osmnx": "build",
    "SALib": "sweep",
    "sklearn": "sweep",
}
"""What each of these libraries, by the name it is imported under, is installed with."""


def lacking(error: ModuleNotFoundError) -> str | None:
    """Return how to install what is lacking; None if the module is of no extra."""
    library = (error.name or "").partition(".")[0]
    if library not in EXTRAS:
        return None
    return spoken(
        "this needs the package {library}, which isn't installed; install it with: "
        'pip install "twentezorg[{extra}]"'
    ).format(library=library, extra=EXTRAS[library])
