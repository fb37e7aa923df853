"""Uncertainty: how sure a verdict on a norm is, given that speeds are not known exactly.

All travel times of a municipality are taken to be off by one unknown ratio: a part shared by the
whole network, a part of the municipality's own, and the hour of the day. A verdict "this share of
inhabitants is within the norm" then holds as long as the ratio is below a threshold, so that its
probability follows without drawing numbers. For the region, the parts that municipalities have of
their own even out; there the ratios are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import norm

from geodata.accessibility.reachability import REGION_CODE, share_within, weighted_quantile
from geodata.config.speed_profiles import SHIPPED, TIMES, speed_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray, IntArray
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet


CENTRAL_RANGE = (0.025, 0.975)
"""Ends of the range reported."""
DRAWS: Final = 4000
"""Futures drawn for the region: a probability of a half comes out within 1.6 percentage points."""
SEED: Final = 2021


@dataclass(frozen=True, slots=True)
class TravelRatio:
    """Distribution of the ratio of true to computed travel time: a mixture of lognormals.

    Attributes
    ----------
    common
        Standard deviation of its logarithm that all roads share, within each time of day.
    local
        Standard deviation of its logarithm that each municipality has of its own.
    times
        Median ratio at each time of day.
    shares
        Share of each time of day; they add up to 1.
    """

    common: float
    local: float
    times: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm in one municipality, within each time of day."""
        return float(np.hypot(self.common, self.local))

    def draws(self, municipalities: int) -> FloatArray:
        """Return ratios for municipalities at one time, shape (draws, municipalities).

        The times of day come in proportion to their shares; the same numbers come each time.
        """
        random = np.random.default_rng(SEED)
        often = np.diff(np.rint(np.cumsum([0.0, *self.shares]) * DRAWS)).astype(int)
        common = np.log(np.repeat(self.times, often)) + self.common * random.standard_normal(DRAWS)
        own = self.local * random.standard_normal((DRAWS, municipalities))
        return np.asarray(np.exp(common[:, None] + own))

    def probability_below(self, ratio: FloatArray | float) -> FloatArray:
        """Return the probability that the ratio is at most some value."""
        with np.errstate(divide="ignore"):
            away = np.log(np.maximum(np.asarray(ratio, dtype=float), 0.0))
        parts = [
            share * norm.cdf((away - np.log(time)) / self.spread)
            for time, share in zip(self.times, self.shares, strict=True)
        ]
        return np.asarray(sum(parts))

    def quantile(self, probability: float) -> float:
        """Return the ratio that is not exceeded with some probability, by bisection."""
        low, high = 0.1, 10.0
        while high - low > 1e-6:  # noqa: PLR2004 - far below what is shown
            middle = (low + high) / 2
            if float(self.probability_below(middle)) < probability:
                low = middle
            else:
                high = middle
        return high


def travel_ratio(profile: str, minutes: float) -> TravelRatio:
    """Return the shipped distribution for a profile and a length of trip.

    Parameters
    ----------
    profile
        `car` (night, off-peak, morning and evening peak) or `siren` (all day alike).
    minutes
        Length of the trip. Engines disagree more about short ones: what a municipality has of its
        own falls with the square root of the length, as the sum of ever more stretches does. So
        does the part of delays at junctions, which are taken from literature and fitted to nothing.
    """
    value = {key: one.value for key, one in speed_model(SHIPPED).parameters.items()}
    shorter = np.sqrt(value["spread.minutes"] / max(minutes, 1.0))
    local = float(value["spread.local"] * shorter)
    delays = value[f"spread.delays.{profile}"] * shorter
    common = float(np.hypot(value["spread.common"], delays))
    if profile == "siren":
        return TravelRatio(common, local, (1.0,), (1.0,))
    shares = {time: value[f"hours.{time}"] for time in TIMES["car"]}
    shares["day"] = 1.0 - sum(shares.values())
    return TravelRatio(
        common,
        local,
        tuple(1.0 if time == "day" else value[f"trip.time.{time}"] for time in shares),
        tuple(shares.values()),
    )


def cell_probability(
    driving: Minutes, limit: float, ratio: TravelRatio, fixed: float = 0.0
) -> FloatArray:
    """Return the probability that each cell is within a norm.

    Parameters
    ----------
    driving
        Minutes of driving per cell.
    limit
        Minutes of the norm.
    ratio
        Distribution of the ratio of true to computed travel time.
    fixed
        Minutes of the norm that are no driving, such as dispatch and loading.
    """
    with np.errstate(divide="ignore"):
        return ratio.probability_below((limit - fixed) / driving.astype(float))


def verdicts(
    data: DataSet,
    driving: Minutes,
    limit: float,
    ratio: TravelRatio,
    *,
    required_share: float,
    fixed: float = 0.0,
) -> pd.DataFrame:
    """Return how sure the verdict on a norm is, by municipality and for the region.

    Parameters
    ----------
    data
        Data set.
    driving
        Minutes of driving per cell.
    limit
        Minutes of the norm.
    ratio
        Distribution of the ratio of true to computed travel time.
    required_share
        Share of inhabitants that must be within the norm for it to be met.
    fixed
        Minutes of the norm that are no driving.

    Returns
    -------
    pandas.DataFrame
        `municipality`, `share_within`, `share_low` and `share_high` (95% range), `meets` (by the
        computed speeds), `probability` that it is met, and `speed_loss_to_flip`: the share of speed
        lost at which the verdict flips; negative is the gain it takes to meet the norm.

    Notes
    -----
    A municipality's range and probability follow from the distribution of its ratio. The region's
    are those of drawn futures: one ratio shared by all municipalities and one of each its own.
    """
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    minutes, people = driving[inside].astype(float), cells["population"].to_numpy(dtype=float)
    room = limit - fixed
    slow, fast = ratio.quantile(CENTRAL_RANGE[1]), ratio.quantile(CENTRAL_RANGE[0])
    names, member = np.unique(cells["municipality"].to_numpy(), return_inverse=True)
    rows = []
    for number, name in enumerate(names):
        mine = member == number
        times, weight = minutes[mine], people[mine]
        at_share = weighted_quantile(times, weight, required_share)
        rows.append(
            {
                "municipality": name,
                "share_within": share_within(times, weight, room),
                "share_low": share_within(times * slow, weight, room),
                "share_high": share_within(times * fast, weight, room),
                "meets": bool(at_share <= room),
                "probability": float(ratio.probability_below(room / at_share)),
                "speed_loss_to_flip": 1.0 - at_share / room,
            }
        )
    at_share = weighted_quantile(minutes, people, required_share)
    shares = drawn_shares(minutes, people, member, room, ratio.draws(len(names)))
    low, high = np.quantile(shares, CENTRAL_RANGE)
    rows.append(
        {
            "municipality": REGION_CODE,
            "share_within": share_within(minutes, people, room),
            "share_low": float(low),
            "share_high": float(high),
            "meets": bool(at_share <= room),
            "probability": float((shares >= required_share).mean()),
            "speed_loss_to_flip": 1.0 - at_share / room,
        }
    )
    return pd.DataFrame(rows)


def share_ranges(
    driving: FloatArray,
    people: FloatArray,
    time: FloatArray,
    areas: Sequence[IntArray],
    room: float,
    ratio: TravelRatio,
) -> list[tuple[float, float]]:
    """Return the 95% range of the share within a limit by area, as speeds are not known exactly.

    Parameters
    ----------
    driving
        Minutes of driving, shape (cells, moments).
    people
        Inhabitants by cell.
    time
        Share of the time of each moment.
    areas
        Rows of each area's cells; the last area is that of all the others together.
    room
        Minutes of the limit that are left for driving; NaN without a limit.
    ratio
        Distribution of the ratio of true to computed travel time.

    Returns
    -------
    list
        Low and high by area; NaN without a limit. Those of the last are of drawn futures, as in
        `verdicts`.
    """
    if np.isnan(room):
        return [(np.nan, np.nan)] * len(areas)
    ends = [ratio.quantile(end) for end in reversed(CENTRAL_RANGE)]
    found = []
    for mine in areas[:-1]:
        weight = (people[mine, None] * time).ravel()
        low, high = (share_within(driving[mine].ravel() * end, weight, room) for end in ends)
        found.append((low, high))
    member = np.zeros(len(people), dtype=np.int64)
    for number, mine in enumerate(areas[:-1]):
        member[mine] = number
    draws = ratio.draws(len(areas) - 1)
    shares = sum(
        part * drawn_shares(driving[:, at], people, member, room, draws)
        for at, part in enumerate(time)
    )
    low, high = np.quantile(shares, CENTRAL_RANGE)
    return [*found, (float(low), float(high))]


def drawn_shares(
    minutes: FloatArray, people: FloatArray, member: IntArray, room: float, ratios: FloatArray
) -> FloatArray:
    """Return the share of inhabitants within some minutes in each drawn future.

    Parameters
    ----------
    minutes, people, member
        By cell: minutes of driving, inhabitants and the number of the municipality.
    room
        Minutes that may be driven.
    ratios
        Shape (draws, municipalities), as `TravelRatio.draws` gives them.

    Returns
    -------
    numpy.ndarray
        Shape (draws,).
    """
    within = np.zeros(len(ratios))
    for number in range(ratios.shape[1]):
        mine = np.flatnonzero(member == number)
        mine = mine[np.argsort(minutes[mine])]  # those never reached come last
        so_far = np.concatenate([[0.0], np.cumsum(people[mine])])
        within += so_far[np.searchsorted(minutes[mine], room / ratios[:, number], side="right")]
    return np.asarray(within / people.sum())
