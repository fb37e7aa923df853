"""Uncertainty: how sure a verdict on a norm is, given that speeds are not known exactly.

All travel times of a municipality are taken to be off by one unknown ratio: a part shared by the
whole network, a part of the municipality's own, and the hour of the day. A verdict "this share of
inhabitants is within the norm" then holds as long as the ratio is below a threshold, so that its
probability follows without drawing numbers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from geodata.dataset import DataSet, Minutes
from geodata.profiles import SHIPPED, speed_model
from geodata.reachability import REGION_CODE, share_within, weighted_quantile

FloatArray = npt.NDArray[np.float64]

CENTRAL_RANGE = (0.025, 0.975)
"""Ends of the range reported."""


@dataclass(frozen=True, slots=True)
class TravelRatio:
    """Distribution of the ratio of true to computed travel time: a mixture of lognormals.

    Attributes
    ----------
    spread
        Standard deviation of its logarithm within each time of day.
    times
        Median ratio at each time of day.
    shares
        Share of each time of day; they add up to 1.
    """

    spread: float
    times: tuple[float, ...]
    shares: tuple[float, ...]

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


def travel_ratio(profile: str = "car") -> TravelRatio:
    """Return the shipped distribution for a profile.

    Parameters
    ----------
    profile
        `car` (night, off-peak, peak) or `siren` (night, day).
    """
    value = {key: one.value for key, one in speed_model(SHIPPED).parameters.items()}
    spread = float(np.hypot(value["spread.common"], value["spread.local"]))
    night, peak = value["hours.night"], value["hours.peak"]
    if profile == "siren":
        return TravelRatio(spread, (value["siren.time.night"], 1.0), (night, 1.0 - night))
    return TravelRatio(
        spread,
        (value["car.time.night"], 1.0, value["car.time.peak"]),
        (night, 1.0 - night - peak, peak),
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
    """
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    minutes, people = driving[inside].astype(float), cells["population"].to_numpy(dtype=float)
    room = limit - fixed
    slow, fast = ratio.quantile(CENTRAL_RANGE[1]), ratio.quantile(CENTRAL_RANGE[0])
    names = cells["municipality"].to_numpy()
    rows = []
    for name in [*np.unique(names), REGION_CODE]:
        mine = np.full(len(names), True) if name == REGION_CODE else names == name
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
    return pd.DataFrame(rows)
