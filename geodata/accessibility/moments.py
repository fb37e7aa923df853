"""Moments: which sites are open together, and for which part of the time.

A function that closes at night or in turn by the week is reached differently from hour to hour. To
give only its least favourable hour would make a closure by night one all day; to give only the mean
would hide who has nobody at night. Figures of such a function are weighed by time, and the worst
moment stands beside them with its hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from files.arrays import BoolArray

ALWAYS: Final = "always"
"""The moment of a figure that is the same at every hour."""
YEARLY_MEAN: Final = "yearly mean"
"""The moment of a figure of a function that is open for part of the time: weighed by time."""


@dataclass(frozen=True, eq=False)
class Moment:
    """The sites that are open together, and when.

    Attributes
    ----------
    sites
        Ids of the open sites.
    hours
        For each hour of a fortnight whether it is this moment, shape (336,).
    """

    sites: tuple[str, ...]
    hours: BoolArray

    @property
    def share(self) -> float:
        """Which share of the time it is."""
        return float(self.hours.mean())


def open_together(hours: Mapping[str, BoolArray]) -> list[Moment]:
    """Return the moments at which different sites are open.

    Parameters
    ----------
    hours
        For each site, in the order in which a moment names them, whether it is open at each hour of
        a fortnight; one site at least.

    Returns
    -------
    list[Moment]
        Together they make up the fortnight.
    """
    table = np.array(list(hours.values()))
    patterns, number = np.unique(table, axis=1, return_inverse=True)
    at = number.reshape(-1)
    return [
        Moment(
            tuple(site for site, is_open in zip(hours, pattern, strict=True) if is_open),
            at == place,
        )
        for place, pattern in enumerate(patterns.T)
    ]


def site_lists(moments: Sequence[Moment]) -> list[tuple[str, ...]]:
    """Return the open sites of each moment, as `by_moment` asks for them."""
    return [moment.sites for moment in moments]


def time_shares(moments: Sequence[Moment]) -> npt.NDArray[np.float64]:
    """Return the share of the time of each moment, together 1."""
    return np.array([moment.share for moment in moments])
