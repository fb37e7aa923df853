"""Which share of inhabitants is within the norm of a function, by its own way and clock."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from geodata.accessibility.moments import YEARLY_MEAN
from geodata.accessibility.reachability import REGION_CODE, Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from results.runs.run import Run

NORM_PROFILES = {"ed": "siren", "maternity": "car"}
"""The functions that get a map, and the way of travelling that their norm is about."""

JUDGED = {"ed": Clock.NORM, "maternity": Clock.DRIVE}
"""The clock that each norm is about."""

BESIDE = {"ed": Clock.LIFE}
"""The clock that stands beside it, where there is one."""


@dataclass(frozen=True)
class WithinNorm:
    """Who is within the norm of a function in a scenario, over the year.

    Attributes
    ----------
    share, low, high
        By municipality code, `REGION` included; low and high are the 95% range that speeds leave.
    beside
        The share by the other clock, where there is one.
    worst, worst_moment, worst_time
        The share at the worst moment, its hours as opening hours are written, and the share of the
        time that it is; for a function that is open for part of the time only.
    population, norm
        Inhabitants of Twente, and minutes.
    """

    share: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    beside: Mapping[str, float]
    worst: Mapping[str, float]
    worst_moment: Mapping[str, str]
    worst_time: Mapping[str, float]
    population: float
    norm: float

    @property
    def is_known(self) -> bool:
        """Whether the run reached a figure for all of Twente."""
        return not isnan(self.beyond)

    @property
    def is_part_time(self) -> bool:
        """Whether the function is open for part of the time somewhere."""
        return bool(self.worst_moment)

    @property
    def beyond(self) -> float:
        """Inhabitants of Twente beyond the norm, over the year."""
        return self.population * (1 - self.share.get(REGION_CODE, float("nan")))

    @property
    def beyond_beside(self) -> float:
        """Inhabitants of Twente beyond the norm by the other clock."""
        return self.population * (1 - self.beside.get(REGION_CODE, float("nan")))

    @property
    def beyond_range(self) -> tuple[float, float]:
        """The least and the most of them that speeds leave."""
        low, high = (ends.get(REGION_CODE, float("nan")) for ends in (self.high, self.low))
        return self.population * (1 - low), self.population * (1 - high)

    @property
    def beyond_at_worst(self) -> float:
        """Inhabitants of Twente beyond the norm at the worst moment."""
        return self.population * (1 - self.worst.get(REGION_CODE, float("nan")))


def reach(run: Run, scenario: str, function: str) -> WithinNorm:
    """Collect the reachability of a function with its own way of travelling and clock."""
    table = run.reachability
    own = table[
        (table["scenario"] == scenario)
        & (table["function"] == function)
        & (table["profile"] == NORM_PROFILES[function])
    ]
    rows, beside = (_of_clock(own, clock) for clock in (JUDGED[function], BESIDE.get(function)))
    total = rows[rows.index == REGION_CODE]
    part = rows[rows["moment"] == YEARLY_MEAN]
    return WithinNorm(
        share=_shares(rows, "share_within_norm"),
        low=_shares(rows, "share_within_norm_low"),
        high=_shares(rows, "share_within_norm_high"),
        beside=_shares(beside, "share_within_norm"),
        worst=_shares(part, "worst_share_within_norm"),
        worst_moment={str(code): str(hours) for code, hours in part["worst_moment"].items()},
        worst_time=_shares(part, "worst_share_of_time"),
        population=float(total["population"].sum()) if len(total) else float("nan"),
        norm=float(rows["norm"].max()),
    )


def _of_clock(rows: pd.DataFrame, clock: Clock | None) -> pd.DataFrame:
    return rows[rows["clock"] == (clock or "")].set_index("municipality_code")


def _shares(rows: pd.DataFrame, column: str) -> dict[str, float]:
    return {str(code): float(share) for code, share in rows[column].items()}
