"""Where would sites go best if any inhabited square may have one? For a data set with its roads.

One site is found exactly: every inhabited cell of the region is tried, in batches whose minutes to
all cells are found on the network. Pairs of cells are too many to try; two sites are found exactly
among the most inhabited cell of each larger square and the cells that were best alone.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.dataset import DataSet, ProfileName
from geodata.errors import DataError
from geodata.locate import Aim, Answer, answers_table, best_sites

IntArray = npt.NDArray[np.int64]

MOST_SITES: Final = 2
CELLS_AT_ONCE: Final = 1024
"""Candidate cells whose minutes to all cells are in memory together."""
SQUARE_METRES: Final = 2000.0
"""Side of the squares that give one candidate each where two sites are sought."""
AIMS: Final[tuple[Aim, ...]] = ("mean", "coverage", "worst")


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
        Numbers of sites, of 1 and 2.
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
        If the data set has no road network, or more than two sites are asked for.
    """
    if data.roads_file is None:
        raise DataError(
            "cells as candidates need minutes from cell to cell, which only a data set with its "
            "road network gives: make one with twentezorg geodata build, and name it with --data"
        )
    if max(counts) > MOST_SITES:
        raise DataError(
            f"with cells as candidates at most {MOST_SITES} sites can be sought, not "
            f"{max(counts)}; postcodes as candidates allow more"
        )
    rows = _inhabited(data)
    alone = _best_alone(data, rows, fixed, profile, limit, progress)
    answers = [(1, answer) for answer in alone] if 1 in counts else []
    if MOST_SITES in counts:
        best = [answer.sites[-1] for answer in alone]
        among = _one_a_square(data, rows)
        names = data.cells["cell"].to_numpy()
        chosen = np.union1d(among, rows[np.isin(names[rows], best)])
        wider = data.with_cells(profile, chosen)
        for aim in AIMS:
            progress(f"2 {aim}: pairs of {len(chosen)} cells, one a square of 2 km")
            pair = best_sites(
                wider, aim, 2, names[chosen].tolist(), fixed=fixed, profile=profile, limit=limit
            )
            answers.append((2, pair))
    return answers_table(answers)


def _best_alone(
    data: DataSet,
    rows: IntArray,
    fixed: Sequence[str],
    profile: ProfileName,
    limit: float,
    progress: Callable[[str], None],
) -> list[Answer]:
    """Return the best single cell for each aim; of equals the first."""
    names = data.cells["cell"].to_numpy()
    best: dict[Aim, Answer] = {}
    for begin in range(0, len(rows), CELLS_AT_ONCE):
        batch = rows[begin : begin + CELLS_AT_ONCE]
        progress(f"1: cells {begin + 1} to {begin + len(batch)} of {len(rows)}")
        wider = data.with_cells(profile, batch)
        for aim in AIMS:
            found = best_sites(
                wider, aim, 1, names[batch].tolist(), fixed=fixed, profile=profile, limit=limit
            )
            if aim not in best or _cost(found) < _cost(best[aim]):
                best[aim] = found
    return [best[aim] for aim in AIMS]


def _cost(answer: Answer) -> float:
    """Return what the aim of an answer makes as small as can be."""
    if answer.aim == "worst":
        return answer.minutes_worst
    return -answer.share_within if answer.aim == "coverage" else answer.minutes_mean


def _inhabited(data: DataSet) -> IntArray:
    return np.flatnonzero(data.cells["in_region"] & (data.cells["population"] > 0))


def _one_a_square(data: DataSet, rows: IntArray) -> IntArray:
    """Return the most inhabited cell of each square, in order."""
    cells = data.cells.iloc[rows]
    squares = [cells["x"] // SQUARE_METRES, cells["y"] // SQUARE_METRES]
    most = cells["population"].reset_index(drop=True).groupby([s.to_numpy() for s in squares])
    return np.sort(rows[most.idxmax().to_numpy()])
