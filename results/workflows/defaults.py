"""How much is simulated and searched when nothing is asked; commands and Python share it.

Help shows some of these, so this module imports nothing.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Length(NamedTuple):
    """How many replications, and how many weeks are measured in each."""

    replications: int
    weeks: int


QUICK: Final = Length(replications=2, weeks=6)
USUAL: Final = Length(replications=16, weeks=13)
SIZING: Final = Length(replications=3, weeks=13)
"""Of each step of a search."""

CALIBRATING: Final = Length(replications=6, weeks=26)
WARMING_UP: Final = Length(replications=20, weeks=26)

MOST_REPLICATIONS: Final = 50
"""The ceiling with a precision."""

MOST_CAPACITY: Final = 2.0
"""The most capacity that a search tries, as a multiple of what the scenario has."""

SWEPT: Final = ("single-enschede", "single-almelo", "single-hengelo")
FUTURES: Final = 128
ALLOWED_ERROR: Final = 0.05
"""Of a surrogate, as a share of each criterion's scale."""
