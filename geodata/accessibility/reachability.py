"""Reachability: minutes to the nearest open site, by norm and by municipality.

Pure columns in, columns out; which sites are open when is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.accessibility.moments import site_lists

if TYPE_CHECKING:
    from geodata.accessibility.moments import Moment
    from geodata.arrays import Minutes
    from geodata.config.norms import Norms
    from geodata.dataset.dataset import DataSet, ProfileName

LIMITS_REPORTED: Final = (15, 20, 30, 45)
"""Minutes for which a table gives the share of inhabitants within."""
REGION_CODE: Final = "REGION"


class Clock(StrEnum):
    """What the minutes of a way count from, and until when.

    `drive` counts the drive from home alone. The other two count from the call until the ambulance
    is at the hospital: `norm` with the minutes at the patient that the norm counts (loading), and
    `life` with those that crews usually take.
    """

    DRIVE = "drive"
    NORM = "norm"
    LIFE = "life"


ByMoment = npt.NDArray[np.float32]
"""Minutes, shape (cells, moments)."""
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
    return by_moment(data, profile, moments).max(axis=1)


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
    return reached.min(axis=1, initial=np.float32(np.inf))


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
    return emergency_chain(data, norms, moments, posts)["norm"].to_numpy()


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
        `on_scene`, `drive` (to the nearest open site), and the totals `norm`, which counts only
        loading at the patient, and `life`, which counts the usual time on scene.
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
    parts["norm"] = before + parts["loading"]
    parts["life"] = before + parts["on_scene"]
    return parts


def minutes_by_clock(
    data: DataSet,
    norms: Norms,
    profile: ProfileName,
    moments: Sequence[Moment],
    posts: Sequence[str],
) -> dict[Clock, ByMoment]:
    """Return minutes to the nearest open site at each moment, by every clock of a way.

    Parameters
    ----------
    data
        Data set.
    norms
        Give the minutes of dispatch, turn-out, loading and time on scene.
    profile
        `car` has the drive alone, `siren` all three clocks.
    moments
        The sites that are open together.
    posts
        Ids of the ambulance posts; the nearest to the patient responds.

    Returns
    -------
    dict
        Each of shape (cells, moments); infinite where no post or no open site can be reached.
    """
    drive: ByMoment = by_moment(data, profile, site_lists(moments))
    if profile == "car":
        return {Clock.DRIVE: drive}
    before = norms["chain.dispatch"] + norms["chain.turnout"]
    total = drive + (_nearest(data.cell_minutes("siren", posts)) + np.float32(before))[:, None]
    return {
        Clock.DRIVE: drive,
        Clock.NORM: total + np.float32(norms["chain.loading"]),
        Clock.LIFE: total + np.float32(norms["chain.empirical.on_scene"]),
    }


def judged_by(function: str, profile: ProfileName, norms: Norms) -> dict[Clock, float]:
    """Return the norm that each clock of a way is held against; a clock without one is left out.

    The norm by car is about the drive. That by siren is about the whole way from the call, and by
    the norm's clock; life's is held against the same minutes, to stand beside it.
    """
    limit = norms.limit(function, profile)
    if limit is None:
        return {}
    clocks = (Clock.DRIVE,) if profile == "car" else (Clock.NORM, Clock.LIFE)
    return dict.fromkeys(clocks, limit)


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
