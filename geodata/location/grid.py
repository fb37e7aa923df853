"""Where would sites go best if any inhabited square may have one? For a data set with its roads.

Every inhabited cell of the region is a candidate: the minutes between all of them are found on the
network once, and `_nested` finds the best without trying all combinations. One and two sites are
exact; more are too where that can be proved, else the answer says how much better one could be.
"""

from __future__ import annotations

from gettext import gettext as spoken
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from geodata.errors import DataError
from geodata.location.branch_and_bound import BranchAndBound, Found, nested_order
from geodata.location.candidates import AIMS, BestSites, answers_table
from geodata.location.model import Aim, aim_spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from files.arrays import IntArray
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName


CELLS_AT_ONCE: Final = 1024
"""Candidate cells that are searched from together."""


def trade_off_over_cells(
    data: DataSet,
    counts: Sequence[int],
    *,
    fixed: Sequence[str] = (),
    profile: ProfileName = "car",
    limit: float = 30.0,
    progress: Callable[[str], None] = lambda _step: None,
) -> pd.DataFrame:
    """Return the best cells for every aim and number of sites.

    Parameters
    ----------
    data
        Data set with its road network.
    counts
        Numbers of sites.
    fixed, profile, limit
        As `locate.best_sites`.
    progress
        Called with what is tried as it starts.

    Returns
    -------
    pandas.DataFrame
        As `locate.trade_off`; sites are ids of cells.

    Raises
    ------
    DataError
        If the data set has no road network, or fewer cells than sites are asked for.
    """
    if data.roads_file is None:
        raise DataError(
            "cells as candidates need minutes from cell to cell, which only a data set with its "
            "road network gives: make one with twentezorg geodata build, and name it with --data"
        )
    rows = _inhabited(data)
    if max(counts) > len(rows):
        raise DataError(
            "{count} sites are asked for, of {cells} inhabited cells",
            count=max(counts),
            cells=len(rows),
        )
    cells = data.cells.iloc[rows]
    people = cells["population"].to_numpy(dtype=float)
    search = BranchAndBound(
        minutes=_minutes(data, rows, fixed, profile, progress),
        share=(people / people.sum()).astype(np.float32),
        x=cells["x"].to_numpy(),
        y=cells["y"].to_numpy(),
        limit=limit,
    )
    names = cells["cell"].to_numpy()
    answers = []
    for count in counts:
        for aim in AIMS:
            step = spoken("best {count} of {cells} cells: {aim}")
            progress(step.format(count=count, cells=len(rows), aim=aim_spoken(aim)))
            found = search.best(aim, count)
            sites = (*fixed, *names[list(found.chosen)].tolist())
            answers.append((count, _answer(search, aim, sites, found, people)))
    return answers_table(answers)


def _inhabited(data: DataSet) -> IntArray:
    """Return the inhabited cells of the region, those of a square together."""
    rows = np.flatnonzero(data.cells["in_region"] & (data.cells["population"] > 0))
    cells = data.cells.iloc[rows]
    return rows[nested_order(cells["x"].to_numpy(), cells["y"].to_numpy())]


def _minutes(
    data: DataSet,
    rows: IntArray,
    fixed: Sequence[str],
    profile: ProfileName,
    progress: Callable[[str], None],
) -> Minutes:
    """Return minutes to each cell, or to what is open anyway where that is nearer.

    Shape (candidates, cells). No way counts as twice the longest.
    """
    minutes = np.empty((len(rows), len(rows)), dtype=np.float32)
    longest = 0.0
    for begin in range(0, len(rows), CELLS_AT_ONCE):
        batch = rows[begin : begin + CELLS_AT_ONCE]
        step = spoken("minutes to cells {first} to {last} of {cells}")
        progress(step.format(first=begin + 1, last=begin + len(batch), cells=len(rows)))
        found = data.minutes_to_cells(profile, rows, batch)
        longest = max(longest, float(np.nanmax(found)))
        minutes[begin : begin + len(batch)] = np.nan_to_num(found, nan=np.inf)
    anyway = np.nan_to_num(data.cell_minutes(profile, fixed)[rows], nan=np.inf)
    nearest = anyway.min(axis=1, initial=2 * longest)
    np.minimum(minutes, nearest, out=minutes)
    return minutes


def _answer(
    search: BranchAndBound,
    aim: Aim,
    sites: tuple[str, ...],
    found: Found,
    people: npt.NDArray[np.float64],
) -> BestSites:
    nearest = search.minutes[list(found.chosen)].min(axis=0)
    return BestSites(
        aim=aim,
        sites=sites,
        minutes_mean=float(np.average(nearest.astype(float), weights=people)),
        share_within=float(people[nearest <= search.limit].sum() / people.sum()),
        minutes_worst=float(nearest.max()),
        gap=found.cost - found.bound,
    )
