"""Which share of inhabitants is within the norm of a function, by way of travelling."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results.runs.run import Run

PROFILES = {"ed": "siren", "maternity": "car"}
"""The functions that get a map, and the way of travelling that their norm is about."""


@dataclass(frozen=True)
class Reach:
    """Who is within the norm of a function in a scenario."""

    share: Mapping[str, float]
    """By municipality code, `REGION_CODE` included."""

    population: float
    norm: float

    @property
    def is_known(self) -> bool:
        """Whether the run reached a figure for all of Twente."""
        return not isnan(self.beyond)

    @property
    def beyond(self) -> float:
        """Inhabitants of Twente beyond the norm."""
        return self.population * (1 - self.share.get(REGION_CODE, float("nan")))


def reach(run: Run, scenario: str, function: str) -> Reach:
    """Collect the reachability of a function with its own way of travelling."""
    table = run.reachability
    rows = table[
        (table["scenario"] == scenario)
        & (table["function"] == function)
        & (table["profile"] == PROFILES[function])
    ].set_index("municipality_code")
    total = rows[rows.index == REGION_CODE]
    return Reach(
        share={str(code): float(share) for code, share in rows["share_within_norm"].items()},
        population=float(total["population"].sum()) if len(total) else float("nan"),
        norm=float(rows["norm"].max()),
    )
