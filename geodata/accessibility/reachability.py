"""Reachability: minutes to the nearest open site, by norm and by municipality.

Pure columns in, columns out; which sites are open when is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from geodata.arrays import Minutes
    from geodata.config.norms import Norms
    from geodata.dataset.dataset import DataSet, ProfileName

LIMITS_REPORTED: Final = (15, 20, 30, 45)
"""Minutes for which a table gives the share of inhabitants within."""
REGION_CODE: Final = "REGION"
Moments = Sequence[Sequence[str]]
"""What is open at each moment that differs: ids of sites by moment."""


def nearest_minutes(data: DataSet, profile: ProfileName, moments: Moments) -> Minutes:
    """Return minutes from each cell to the nearest open site, at the least favourable moment.

    Parameters
    ----------
    data
        Data set.
    profile
        `car` or `siren`.
    moments
        Ids of the sites open at each moment, such as by day and by night.

    Returns
    -------
    numpy.ndarray
        Shape (cells,); infinite where at some moment no site is open or can be reached.
    """
    worst: Minutes = by_moment(data, profile, moments).max(axis=1)
    return worst


def by_moment(data: DataSet, profile: ProfileName, moments: Moments) -> Minutes:
    """Return minutes from each cell to the nearest open site at each moment.

    Parameters
    ----------
    data
        Data set.
    profile
        `car` or `siren`.
    moments
        Ids of the sites open at each moment, such as at each hour of the day.

    Returns
    -------
    numpy.ndarray
        Shape (cells, moments); infinite where none is open or can be reached.
    """
    distinct = list(dict.fromkeys(tuple(open_sites) for open_sites in moments))
    found = {sites: _nearest(data.cell_minutes(profile, sites)) for sites in distinct}
    columns = [found[tuple(open_sites)] for open_sites in moments]
    return np.column_stack(columns).astype(np.float32)


def _nearest(minutes: Minutes) -> Minutes:
    """Return the least of each row, infinite where there is none."""
    reached = np.where(np.isnan(minutes), np.float32(np.inf), minutes)
    nearest: Minutes = reached.min(axis=1, initial=np.float32(np.inf))
    return nearest


def call_to_hospital_minutes(
    data: DataSet, norms: Norms, moments: Moments, posts: Sequence[str]
) -> Minutes:
    """Return minutes from call to hospital door by ambulance, by the clock of the norm.

    Parameters
    ----------
    data
        Data set.
    norms
        Give the minutes of dispatch, turn-out and loading.
    moments
        Ids of the sites open at each moment.
    posts
        Ids of the ambulance posts; the nearest to the patient responds.

    Returns
    -------
    numpy.ndarray
        Shape (cells,); infinite where no post or no open site can be reached.
    """
    return emergency_chain(data, norms, moments, posts)["norm_clock"].to_numpy()


def emergency_chain(
    data: DataSet, norms: Norms, moments: Moments, posts: Sequence[str]
) -> pd.DataFrame:
    """Return the whole chain from call to hospital door, part by part and by two clocks.

    Parameters
    ----------
    data
        Data set.
    norms
        Give the minutes of dispatch, turn-out, loading and time on scene.
    moments
        Ids of the sites open at each moment; the least favourable counts.
    posts
        Ids of the ambulance posts; the nearest to the patient responds.

    Returns
    -------
    pandas.DataFrame
        A row per cell: `dispatch`, `turnout`, `response` (drive from the nearest post), `loading`,
        `on_scene`, `drive` (to the nearest open site), and the totals `norm_clock`, which counts
        only loading at the patient, and `empirical_clock`, which counts the usual time on scene.
    """
    parts = pd.DataFrame(
        {
            "dispatch": norms["chain.dispatch"],
            "turnout": norms["chain.turnout"],
            "response": _nearest(data.cell_minutes("siren", posts)),
            "loading": norms["chain.loading"],
            "on_scene": norms["chain.empirical.on_scene"],
            "drive": nearest_minutes(data, "siren", moments),
        },
        dtype=np.float32,
    )
    before = parts[["dispatch", "turnout", "response"]].sum(axis=1) + parts["drive"]
    parts["norm_clock"] = before + parts["loading"]
    parts["empirical_clock"] = before + parts["on_scene"]
    return parts


def by_municipality(
    data: DataSet,
    function: str,
    profile: ProfileName,
    minutes: Minutes,
    norms: Norms,
    chain: Minutes | None = None,
) -> pd.DataFrame:
    """Return reachability per municipality and for the region.

    Parameters
    ----------
    data
        Data set.
    function
        `ed`, `maternity`, `icu` or `theatre`.
    profile
        `car` or `siren`.
    minutes
        Minutes per cell, from `nearest_minutes`.
    norms
        Norms to judge by.
    chain
        Minutes from call to hospital per cell, from `call_to_hospital_minutes`; what a siren norm
        is judged by. None leaves that norm unjudged.

    Returns
    -------
    pandas.DataFrame
        A row per municipality of the region and a last row `REGION`: `municipality_code`,
        `municipality`, `function`, `profile`, `population`, `minutes_mean`, `minutes_median`,
        `minutes_p90`, `minutes_max`, `share_within_15` ... `share_within_45`, `norm`
        in minutes, `share_within_norm` (both NaN without a norm). All are weighted by inhabitants.
    """
    limit = norms.limit(function, profile)
    judged = chain if profile == "siren" else minutes
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    weight = cells["population"].to_numpy(dtype=float)
    rows = []
    for code, name, members in areas(cells, data):
        within_norm = np.nan
        if limit is not None and judged is not None:
            within_norm = share_within(judged[inside][members], weight[members], limit)
        rows.append(
            {
                "municipality_code": code,
                "municipality": name,
                "function": function,
                "profile": profile,
                "population": weight[members].sum(),
                **_summary(minutes[inside][members].astype(float), weight[members]),
                "norm": np.nan if limit is None else limit,
                "share_within_norm": within_norm,
            }
        )
    return pd.DataFrame(rows)


def areas(cells: pd.DataFrame, data: DataSet) -> list[tuple[str, str, npt.NDArray[np.int64]]]:
    """Return code, name and rows of each municipality by name, and of the whole region last."""
    pairs = cells[["municipality", "municipality_code"]].drop_duplicates()
    rows = cells["municipality_code"].to_numpy()
    groups = [
        (str(code), str(name), np.flatnonzero(rows == code))
        for name, code in sorted(pairs.itertuples(index=False, name=None))
    ]
    region = str(data.manifest.get("region", REGION_CODE))
    return [*groups, (REGION_CODE, region, np.arange(len(cells)))]


def _summary(minutes: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> dict[str, float]:
    values = {
        "minutes_mean": float(np.average(minutes, weights=weight)),
        "minutes_median": weighted_quantile(minutes, weight, 0.5),
        "minutes_p90": weighted_quantile(minutes, weight, 0.9),
        "minutes_max": float(minutes.max()),
    }
    shares = {f"share_within_{t}": share_within(minutes, weight, t) for t in LIMITS_REPORTED}
    return values | shares


def share_within(
    minutes: npt.NDArray[np.floating], weight: npt.NDArray[np.float64], limit: float
) -> float:
    """Return the share of the weight that is reached within a limit."""
    return float(weight[minutes <= limit].sum() / weight.sum())


def weighted_quantile(
    values: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], share: float
) -> float:
    """Return the least value below or at which a share of the weight lies."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weight[order])
    at = int(np.searchsorted(cumulative, share * cumulative[-1]))
    return float(values[order][min(at, len(order) - 1)])
