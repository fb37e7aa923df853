"""Coverage: how many of whom live within some minutes of care, and where those live who do not.

Minutes per cell come from `reachability`; here inhabitants are counted, by area and by group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from geodata.accessibility.reachability import (
    LIMITS_REPORTED,
    REGION_CODE,
    nearest_minutes,
    share_within,
    weighted_quantile,
)
from geodata.population.dasymetric import FERTILE_BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName


Level = Literal["cell", "pc4", "settlement", "municipality", "region"]
LEVELS: Final[dict[Level, list[str]]] = {
    "cell": ["cell"],
    "pc4": ["pc4"],
    "settlement": ["municipality", "settlement"],
    "municipality": ["municipality"],
    "region": ["region"],
}
"""Columns that tell areas of a level apart; a settlement may lie in two municipalities."""
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "population": ("population",),
    "age_65_plus": ("age_65_79", "age_80_plus"),
    "age_80_plus": ("age_80_plus",),
    "women_15_49": tuple(FERTILE_BANDS),
    "births": ("births",),
}
"""Columns that make up each group of inhabitants; births are expected births a year."""
NOBODY: Final = 0.5
"""Fewer than half an inhabitant is nobody."""


def group_counts(cells: pd.DataFrame, group: str) -> FloatArray:
    """Return how many of a group live in each cell, shape (cells,)."""
    return cells[list(GROUPS[group])].sum(axis=1).to_numpy(dtype=float)


def coverage(
    data: DataSet, minutes: Minutes, level: Level, limits: Sequence[float] = LIMITS_REPORTED
) -> pd.DataFrame:
    """Return minutes and inhabitants within limits, by area and group.

    Parameters
    ----------
    data
        Data set.
    minutes
        Minutes per cell, shape (cells,); infinite for no way.
    level
        Kind of area.
    limits
        Minutes to count within.

    Returns
    -------
    pandas.DataFrame
        A row per area of the region and group with anyone in it: the columns of `LEVELS`, `group`,
        `inhabitants`, `minutes_mean`, `minutes_median`, `minutes_p90`, `minutes_max`, and
        `number_within_T` and `share_within_T` for each limit.
    """
    inside = data.cells["in_region"].to_numpy()
    cells = data.cells[inside].assign(region=REGION_CODE)
    times = minutes[inside].astype(float)
    keys = LEVELS[level]
    members = cells.reset_index(drop=True).groupby(keys, sort=True).indices
    weights = {group: group_counts(cells, group) for group in GROUPS}
    rows = []
    for area, rows_in_area in members.items():
        names = dict(zip(keys, area if isinstance(area, tuple) else (area,), strict=True))
        for group, weight in weights.items():
            if weight[rows_in_area].sum() > 0:
                counted = _counted(times[rows_in_area], weight[rows_in_area], limits)
                rows.append({**names, "group": group, **counted})
    return pd.DataFrame(rows)


def _counted(minutes: FloatArray, weight: FloatArray, limits: Sequence[float]) -> dict[str, float]:
    lived_in = weight > 0
    minutes, weight = minutes[lived_in], weight[lived_in]
    row = {
        "inhabitants": float(weight.sum()),
        "minutes_mean": float(np.average(minutes, weights=weight)),
        "minutes_median": weighted_quantile(minutes, weight, 0.5),
        "minutes_p90": weighted_quantile(minutes, weight, 0.9),
        "minutes_max": float(minutes.max()),
    }
    for limit in limits:
        share = share_within(minutes, weight, limit)
        row[f"number_within_{limit:g}"] = share * row["inhabitants"]
        row[f"share_within_{limit:g}"] = share
    return row


def settlements_beyond(data: DataSet, minutes: Minutes, limit: float) -> pd.DataFrame:
    """Return the settlements where people live beyond a limit, most people first.

    Parameters
    ----------
    data
        Data set.
    minutes
        Minutes per cell.
    limit
        Minutes of the norm.

    Returns
    -------
    pandas.DataFrame
        `municipality`, `settlement`, `beyond` (inhabitants), `share` of the settlement, and
        `minutes_max`.
    """
    cells = data.cells.assign(minutes=minutes, beyond=data.cells["population"])
    cells.loc[cells["minutes"] <= limit, "beyond"] = 0.0
    table = (
        cells[cells["in_region"]]
        .groupby(["municipality", "settlement"], as_index=False)
        .agg(
            beyond=("beyond", "sum"),
            inhabitants=("population", "sum"),
            minutes_max=("minutes", "max"),
        )
    )
    table = table[table["beyond"] >= NOBODY]
    table = table.assign(share=table["beyond"] / table["inhabitants"])
    order = ["municipality", "settlement", "beyond", "share", "minutes_max"]
    return table[order].sort_values("beyond", ascending=False, kind="stable", ignore_index=True)


def change(data: DataSet, before: Minutes, after: Minutes, limit: float | None) -> pd.DataFrame:
    """Return what a change of sites does, by municipality and for the region.

    Parameters
    ----------
    data
        Data set.
    before, after
        Minutes per cell.
    limit
        Minutes of the norm; None where there is none.

    Returns
    -------
    pandas.DataFrame
        `municipality`, `population`, `mean_before`, `mean_after`, `longer` (inhabitants with a
        longer way), `shorter`, `falls_beyond` (inhabitants who come to live beyond the norm),
        `comes_within`; the last row is the region.
    """
    inside = data.cells["in_region"].to_numpy()
    cells = data.cells[inside]
    weight = cells["population"].to_numpy(dtype=float)
    old, new = before[inside].astype(float), after[inside].astype(float)
    judged = np.inf if limit is None else limit
    people = pd.DataFrame(
        {
            "municipality": cells["municipality"].to_numpy(),
            "population": weight,
            "mean_before": weight * old,
            "mean_after": weight * new,
            "longer": weight * (new > old),
            "shorter": weight * (new < old),
            "falls_beyond": weight * ((old <= judged) & (new > judged)),
            "comes_within": weight * ((old > judged) & (new <= judged)),
        }
    )
    table = people.groupby("municipality").sum()
    table.loc[REGION_CODE] = table.sum()
    means = ["mean_before", "mean_after"]
    table[means] = table[means].div(table["population"], axis=0)
    return table.reset_index()


def sensitive_sites(
    data: DataSet, profile: ProfileName, open_sites: Sequence[str], own: Sequence[str], limit: float
) -> pd.DataFrame:
    """Close each site in turn: how many fall beyond the norm, as RIVM tests for sensitive sites.

    Parameters
    ----------
    data
        Data set.
    profile
        `car` or `siren`.
    open_sites
        Ids of all sites open now, neighbours included.
    own
        Ids of those to close in turn.
    limit
        Minutes of drive within the norm.

    Returns
    -------
    pandas.DataFrame
        `site`, `falls_beyond` (inhabitants of the region), `births` among them a year, and
        `sensitive`: whether anyone falls beyond.
    """
    inside = data.cells["in_region"].to_numpy()
    people = group_counts(data.cells, "population")[inside]
    births = group_counts(data.cells, "births")[inside]
    now = nearest_minutes(data, profile, [open_sites])[inside] <= limit
    rows = []
    for site in own:
        left = [other for other in open_sites if other != site]
        falls = now & (nearest_minutes(data, profile, [left])[inside] > limit)
        rows.append(
            {
                "site": site,
                "falls_beyond": float(people[falls].sum()),
                "births": float(births[falls].sum()),
                "sensitive": bool(people[falls].sum() >= NOBODY),
            }
        )
    return pd.DataFrame(rows)
