"""Reachability of every municipality and of the region: a row for each way and clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geodata.accessibility.moments import ALWAYS, YEARLY_MEAN, time_shares
from geodata.accessibility.reachability import (
    LIMITS_REPORTED,
    Clock,
    areas,
    judged_by,
    share_within,
    weighted_quantile,
)
from geodata.accessibility.uncertainty import share_ranges, travel_ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from files.arrays import BoolArray, FloatArray
    from geodata.accessibility.moments import Moment
    from geodata.accessibility.reachability import ByMoment
    from geodata.config.norms import Norms
    from geodata.dataset.dataset import DataSet, ProfileName


SAME_MINUTES: Final = 1e-4
"""Means that differ by less are the same: minutes are kept in single precision."""


def by_municipality(
    data: DataSet,
    function: str,
    profile: ProfileName,
    clocks: Mapping[Clock, ByMoment],
    moments: Sequence[Moment],
    norms: Norms,
    written: Callable[[BoolArray], str],
) -> pd.DataFrame:
    """Return reachability per municipality and for the region, a row for each clock.

    Parameters
    ----------
    data
        Data set.
    function
        `ed`, `maternity`, `icu` or `theatre`.
    profile
        `car` or `siren`.
    clocks
        Minutes by clock, from `minutes_by_clock`; the drive among them.
    moments
        What is open when, in the order of the columns of `clocks`.
    norms
        Norms to judge by.
    written
        Writes hours of a fortnight: how a moment is named.

    Returns
    -------
    pandas.DataFrame
        For each clock a row per municipality of the region and a last row `REGION`:
        `municipality_code`, `municipality`, `function`, `profile`, `clock`, `population`,
        `minutes_mean`, `minutes_median`, `minutes_p90`, `minutes_max`, `share_within_15` ...
        `share_within_45`, `norm` in minutes, `share_within_norm` (both NaN without a norm), and its
        95% range `share_within_norm_low` and `_high`, as speeds are not known exactly. All are
        weighted by inhabitants and by time: `moment` is `always`, or `yearly mean` where the
        function is open for part of the time. Beside it `worst_moment` (the hours at which fewest
        are within the norm, or the mean is longest), `worst_share_of_time`, `worst_minutes_mean`
        and `worst_share_within_norm`.
    """
    limits = judged_by(function, profile, norms)
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    weight = cells["population"].to_numpy(dtype=float)
    groups = areas(cells, data)
    time = time_shares(moments)
    rows = []
    for clock, found in clocks.items():
        minutes, limit = found[inside].astype(float), limits.get(clock, np.nan)
        fixed = fixed_minutes(clock, norms)
        room = limit - fixed
        ratio = travel_ratio(profile, room if room > 0 else 0.0)
        ranges = share_ranges(
            minutes - fixed, weight, time, [members for *_, members in groups], room, ratio
        )
        for (code, name, members), (low, high) in zip(groups, ranges, strict=True):
            mine, people = minutes[members], weight[members]
            rows.append(
                {
                    "municipality_code": code,
                    "municipality": name,
                    "function": function,
                    "profile": profile,
                    "clock": clock.value,
                    "population": people.sum(),
                    **_summary(mine, people, time),
                    "norm": limit,
                    "share_within_norm": _share_over_time(mine, people, time, limit),
                    "share_within_norm_low": low,
                    "share_within_norm_high": high,
                    "moment": ALWAYS if len(moments) == 1 else YEARLY_MEAN,
                    **_worst(mine, people, moments, limit, written),
                }
            )
    return pd.DataFrame(rows)


def fixed_minutes(clock: Clock, norms: Norms) -> float:
    """Return the minutes of a clock that are no driving."""
    if clock is Clock.DRIVE:
        return 0.0
    at_patient = {Clock.NORM: "chain.loading", Clock.LIFE: "chain.empirical.on_scene"}[clock]
    return norms["chain.dispatch"] + norms["chain.turnout"] + norms[at_patient]


def _summary(minutes: FloatArray, people: FloatArray, time: FloatArray) -> dict[str, float]:
    """Summarise minutes of shape (cells, moments), weighted by people and time."""
    weight = (people[:, None] * time).ravel()
    values = minutes.ravel()
    found = {
        "minutes_mean": float(np.average(values, weights=weight)),
        "minutes_median": weighted_quantile(values, weight, 0.5),
        "minutes_p90": weighted_quantile(values, weight, 0.9),
        "minutes_max": float(values.max()),
    }
    shares = {f"share_within_{t}": share_within(values, weight, t) for t in LIMITS_REPORTED}
    return found | shares


def _share_over_time(
    minutes: FloatArray, people: FloatArray, time: FloatArray, limit: float
) -> float:
    """Return the share of people within a limit, over all hours; NaN without a limit."""
    if np.isnan(limit):
        return np.nan
    return share_within(minutes.ravel(), (people[:, None] * time).ravel(), limit)


def _worst(
    minutes: FloatArray,
    people: FloatArray,
    moments: Sequence[Moment],
    limit: float,
    written: Callable[[BoolArray], str],
) -> dict[str, str | float]:
    """Return the hours at which fewest are within the norm, and how it is then.

    Without a norm, or where as many are within it, the longest mean decides. Moments that are the
    same for these people count as one, so that who goes elsewhere anyway has no worst moment but
    all hours.
    """
    means = np.average(minutes, axis=0, weights=people)
    within = [_share_over_time(column[:, None], people, np.ones(1), limit) for column in minutes.T]
    beyond = -np.nan_to_num(np.array(within), nan=0.0)
    worst = int(np.lexsort((means, beyond))[-1])
    same = [
        moment
        for at, moment in enumerate(moments)
        if beyond[at] == beyond[worst] and not means[worst] - means[at] > SAME_MINUTES
    ]
    hours = np.any([moment.hours for moment in same], axis=0)
    return {
        "worst_moment": written(hours),
        "worst_share_of_time": float(hours.mean()),
        "worst_minutes_mean": float(means[worst]),
        "worst_share_within_norm": within[worst],
    }
