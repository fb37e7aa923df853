"""Where would sites go best? Exact answers over a list of candidates, inhabitant by inhabitant.

Three aims: least mean travel (p-median), most inhabitants within a norm (maximal covering) and the
shortest longest way (p-centre). Few combinations are all tried; more are left to HiGHS, an exact
solver of integer programmes, by way of scipy.
"""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as spoken
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, hstack

from files.whole import write_file
from geodata.errors import DataError
from geodata.location.model import Aim, aim_spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.dataset.dataset import DataSet, ProfileName

AIMS: Final[tuple[Aim, ...]] = ("mean", "coverage", "worst")
ALL_TRIED_UP_TO: Final = 20_000
"""Combinations that are all tried."""
AT_ONCE: Final = 256
"""Combinations whose minutes are in memory together."""
SAME: Final = 1e-6
"""Answers closer than this are the same."""
MOST_ROUNDS: Final = 500
FIGURE_INCHES: Final = (12.0, 4.0)
AS_WRITTEN: Final = {"minutes_mean": 1.0, "share_within": 100.0, "minutes_worst": 1.0}
"""What each figure of an answer is multiplied by in the drawing."""
MARKERS: Final = {"mean": "o", "coverage": "s", "worst": "^"}
COLOURS: Final = {"mean": "#0072b2", "coverage": "#d55e00", "worst": "#009e73"}
"""Told apart by the colour-blind too (Okabe & Ito, 2008)."""
ENUMERATED_UP_TO: Final = 2
"""So few sites are always found by trying all."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of the drawing, in one language; `share_within` has a place for `{limit:g}`."""

    aims: Mapping[str, str]
    minutes_mean: str
    share_within: str
    minutes_worst: str
    count: str
    best: str


@dataclass(frozen=True, slots=True)
class BestSites:
    """The best sites for one aim.

    Attributes
    ----------
    aim
        What was sought.
    sites
        Ids of the sites, fixed ones first.
    minutes_mean, share_within, minutes_worst
        What they give the inhabitants of the region, whatever the aim.
    gap
        How much better by that aim other sites could be at most, in minutes or share of the
        inhabitants: 0 where these are proved best.
    """

    aim: Aim
    sites: tuple[str, ...]
    minutes_mean: float
    share_within: float
    minutes_worst: float
    gap: float = 0.0


def best_sites(
    data: DataSet,
    aim: Aim,
    count: int,
    candidates: Sequence[str],
    *,
    fixed: Sequence[str] = (),
    profile: ProfileName = "car",
    limit: float = 30.0,
) -> BestSites:
    """Return the best sites among candidates, exactly.

    Parameters
    ----------
    data
        Data set.
    aim
        `mean` (least mean minutes), `coverage` (most inhabitants within the limit) or `worst`
        (least minutes for the worst-off inhabitant).
    count
        Number of sites to choose besides the fixed ones.
    candidates
        Ids to choose from.
    fixed
        Ids that are open anyway, such as neighbours.
    profile
        `car` or `siren`.
    limit
        Minutes for `coverage`, and for the answer's `share_within`.

    Returns
    -------
    Answer

    Raises
    ------
    DataError
        If there are fewer candidates than sites to choose.

    Notes
    -----
    One or two sites, and up to `ALL_TRIED_UP_TO` combinations of more, are found by trying all.
    Above, `mean` is solved by Benders cuts per postcode (after Cornuejols, Fisher & Nemhauser,
    1977), `coverage` as the programme of Church & ReVelle (1974) with inhabitants merged who are
    covered by the same candidates, and `worst` by bisection over set-covering programmes.
    """
    chosen_from = [name for name in dict.fromkeys(candidates) if name not in fixed]
    if count > len(chosen_from):
        raise DataError(
            "{count} sites are asked for, of {candidates} candidates",
            count=count,
            candidates=len(chosen_from),
        )
    problem = _Problem.of(data, profile, chosen_from, fixed, limit)
    if count <= ENUMERATED_UP_TO or comb(len(chosen_from), count) <= ALL_TRIED_UP_TO:
        chosen = problem.enumerate(aim, count)
    elif aim == "mean":
        chosen = problem.least_mean(count)
    elif aim == "coverage":
        chosen = problem.most_covered(count)
    else:
        chosen = problem.least_worst(count)
    names = (*fixed, *(chosen_from[number] for number in chosen))
    return problem.answer(aim, names, chosen)


def trade_off(
    data: DataSet,
    counts: Sequence[int],
    candidates: Sequence[str],
    *,
    fixed: Sequence[str] = (),
    profile: ProfileName = "car",
    limit: float = 30.0,
    progress: Callable[[str], None] = lambda _step: None,
) -> pd.DataFrame:
    """Return the best sites for every aim and number of sites.

    Parameters
    ----------
    data, candidates, fixed, profile, limit
        As `best_sites`.
    counts
        Numbers of sites.
    progress
        Called with each number of sites and aim as it starts.

    Returns
    -------
    pandas.DataFrame
        `count`, `aim`, `sites`, `minutes_mean`, `share_within`, `minutes_worst`, `gap`.
    """
    answers: list[tuple[int, BestSites]] = []
    for count in counts:
        for aim in AIMS:
            progress(spoken("best {count}: {aim}").format(count=count, aim=aim_spoken(aim)))
            answer = best_sites(
                data, aim, count, candidates, fixed=fixed, profile=profile, limit=limit
            )
            answers.append((count, answer))
    return answers_table(answers)


def answers_table(answers: Sequence[tuple[int, BestSites]]) -> pd.DataFrame:
    """Return answers, each with the number of sites sought, as the table of `trade_off`."""
    return pd.DataFrame(
        {
            "count": [count for count, _ in answers],
            "aim": [answer.aim for _, answer in answers],
            "sites": [" ".join(answer.sites) for _, answer in answers],
            "minutes_mean": [answer.minutes_mean for _, answer in answers],
            "share_within": [answer.share_within for _, answer in answers],
            "minutes_worst": [answer.minutes_worst for _, answer in answers],
            "gap": [answer.gap for _, answer in answers],
        }
    )


def draw_trade_off(table: pd.DataFrame, path: Path, labels: Labels, limit: float) -> None:
    """Draw what each number of sites gives, a line per aim and a panel per figure.

    Parameters
    ----------
    table
        As `trade_off` returns it.
    path
        PNG file to write; the same table gives the same bytes.
    labels
        Words in the reader's language.
    limit
        Minutes of the norm.
    """
    figure = Figure(figsize=FIGURE_INCHES, layout="constrained")
    for panel, (column, factor) in zip(
        figure.subplots(1, len(AS_WRITTEN)), AS_WRITTEN.items(), strict=True
    ):
        for aim, rows in table.groupby("aim", sort=False):
            panel.plot(
                rows["count"],
                rows[column] * factor,
                marker=MARKERS[str(aim)],
                color=COLOURS[str(aim)],
                label=f"{labels.best} {labels.aims[str(aim)]}",
            )
        panel.set_title(getattr(labels, column).format(limit=limit), fontsize="medium")
        panel.set_xlabel(labels.count)
        panel.set_xticks(sorted(set(table["count"])))
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(visible=True, alpha=0.3)
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=len(MARKERS),
        frameon=False,
    )
    with write_file(path) as aside:
        figure.savefig(aside, format="png", metadata={"Software": None})


@dataclass(frozen=True, slots=True)
class _Problem:
    """Inhabited cells of the region: people, minutes to candidates and to what is fixed."""

    people: FloatArray
    minutes: FloatArray
    fixed: FloatArray
    postcode: IntArray
    limit: float

    @classmethod
    def of(
        cls,
        data: DataSet,
        profile: ProfileName,
        candidates: Sequence[str],
        fixed: Sequence[str],
        limit: float,
    ) -> _Problem:
        people = data.cells["population"].to_numpy(dtype=float)
        inside = data.cells["in_region"].to_numpy() & (people > 0)
        unreached = 2 * float(np.nanmax(data.cell_minutes(profile, [*candidates, *fixed])))
        minutes = np.nan_to_num(data.cell_minutes(profile, candidates)[inside], nan=unreached)
        anyway = np.nan_to_num(data.cell_minutes(profile, fixed)[inside], nan=unreached)
        return cls(
            people=people[inside],
            minutes=minutes.astype(float),
            fixed=anyway.astype(float).min(axis=1, initial=unreached),
            postcode=np.unique(data.cells["pc4"].to_numpy()[inside], return_inverse=True)[1],
            limit=limit,
        )

    def nearest(self, chosen: Sequence[int]) -> FloatArray:
        """Return minutes to the nearest open site, shape (cells,)."""
        open_ = self.minutes[:, list(chosen)]
        return np.minimum(self.fixed, open_.min(axis=1, initial=np.inf))

    def answer(self, aim: Aim, names: tuple[str, ...], chosen: Sequence[int]) -> BestSites:
        nearest = self.nearest(chosen)
        within = self.people[nearest <= self.limit].sum() / self.people.sum()
        mean = float(np.average(nearest, weights=self.people))
        return BestSites(aim, names, mean, float(within), float(nearest.max()))

    def enumerate(self, aim: Aim, count: int) -> tuple[int, ...]:
        """Try all combinations; of equals the first counts."""
        best: tuple[int, ...] = ()
        least = np.inf
        for group in _batches(combinations(range(self.minutes.shape[1]), count)):
            nearest = np.repeat(self.fixed[:, None], len(group), axis=1)
            for place in range(count):
                numbers = [one[place] for one in group]
                np.minimum(nearest, self.minutes[:, numbers], out=nearest)
            cost = self._cost(aim, nearest)
            at = int(cost.argmin())
            if cost[at] < least - SAME:
                best, least = group[at], float(cost[at])
        return best

    def _cost(self, aim: Aim, nearest: FloatArray) -> FloatArray:
        if aim == "worst":
            return nearest.max(axis=0)
        if aim == "coverage":
            return np.asarray(self.people @ (nearest > self.limit))
        return np.asarray(self.people @ nearest / self.people.sum())

    def least_mean(self, count: int) -> tuple[int, ...]:
        """Choose for the least mean: cuts per postcode until bound and solution meet."""
        sites, areas = self.minutes.shape[1], int(self.postcode.max()) + 1
        share = self.people / self.people.sum()
        cost = np.concatenate([np.zeros(sites), np.ones(areas)])
        choose = csr_array(np.concatenate([np.ones(sites), np.zeros(areas)])[None, :])
        constraints = [LinearConstraint(choose, count, count)]
        best: tuple[int, ...] = ()
        least = np.inf
        chosen = self._greedy(count)
        for _ in range(MOST_ROUNDS):
            nearest = self.nearest(chosen)
            value = float(share @ nearest)
            if value < least:
                best, least = chosen, value
            constraints.append(self._cut(nearest, share, areas))
            solution = _solve(cost, constraints, whole=sites)
            if solution.fun >= least - SAME:
                break
            chosen = _chosen(solution.x[:sites])
        return best

    def _cut(self, nearest: FloatArray, share: FloatArray, areas: int) -> LinearConstraint:
        """Return that minutes in each postcode fall no more than opening each site would save."""
        cells = len(self.people)
        sums = coo_array((share, (self.postcode, np.arange(cells))), shape=(areas, cells)).tocsr()
        savings = sums @ np.maximum(nearest[:, None] - self.minutes, 0.0)
        matrix = hstack([csr_array(savings), csr_array(np.eye(areas))])
        return LinearConstraint(matrix, lb=np.asarray(sums @ nearest))

    def _greedy(self, count: int) -> tuple[int, ...]:
        chosen: list[int] = []
        for _ in range(count):
            nearest = np.minimum(self.nearest(chosen)[:, None], self.minutes)
            cost = self.people @ nearest
            cost[chosen] = np.inf
            chosen.append(int(cost.argmin()))
        return tuple(sorted(chosen))

    def most_covered(self, count: int) -> tuple[int, ...]:
        """Choose for the most inhabitants within the limit."""
        open_ = self.fixed > self.limit
        sets, people = _merged(self.minutes[open_] <= self.limit, self.people[open_])
        groups, sites = sets.shape
        cost = np.concatenate([np.zeros(sites), -people])
        choose = csr_array(np.concatenate([np.ones(sites), np.zeros(groups)])[None, :])
        covered = hstack([csr_array(sets.astype(float)), csr_array(-np.eye(groups))])
        constraints = [LinearConstraint(choose, count, count), LinearConstraint(covered, lb=0.0)]
        solution = _solve(cost, constraints, whole=sites, most=1.0)
        return _chosen(solution.x[:sites])

    def least_worst(self, count: int) -> tuple[int, ...]:
        """Choose for the shortest longest way: bisect the ways there are."""
        ways = np.unique(np.append(self.minutes, self.fixed))
        low, high = 0, len(ways) - 1
        best = tuple(range(count))
        while low < high:
            middle = (low + high) // 2
            chosen = self._covering(float(ways[middle]), count)
            if chosen is None:
                low = middle + 1
            else:
                best, high = chosen, middle
        return best

    def _covering(self, limit: float, count: int) -> tuple[int, ...] | None:
        """Return sites that leave nobody beyond a limit; None if so few cannot."""
        far = self.fixed > limit
        sets, _ = _merged(self.minutes[far] <= limit, self.people[far])
        sets = _hardest(sets)
        if not sets.any(axis=1).all():
            return None
        sites = self.minutes.shape[1]
        constraints = [LinearConstraint(csr_array(np.ones((1, sites))), count, count)]
        if len(sets):
            constraints.append(LinearConstraint(csr_array(sets.astype(float)), lb=1.0))
        solution = _solve(np.zeros(sites), constraints, whole=sites)
        if solution.x is None:
            return None
        return _chosen(solution.x)


def _chosen(values: FloatArray) -> tuple[int, ...]:
    """Return which yes-or-no variables are yes."""
    return tuple(np.flatnonzero(np.rint(values)).tolist())


def _batches(items: Iterator[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    batch: list[tuple[int, ...]] = []
    for item in items:
        batch.append(item)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _merged(sets: BoolArray, people: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Merge rows that are covered by the same candidates."""
    packed = np.packbits(sets, axis=1)
    _, first, member = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    merged = np.zeros(len(first))
    np.add.at(merged, member.ravel(), people)
    return sets[first], merged


def _hardest(sets: BoolArray) -> BoolArray:
    """Leave out rows that are covered whenever another is: those that hold all its candidates."""
    inside = sets.astype(np.float32)
    easier = np.zeros(len(sets), dtype=bool)
    for begin in range(0, len(sets), AT_ONCE):
        rows = inside[begin : begin + AT_ONCE]
        holds = (1.0 - rows) @ inside.T < 1.0  # no candidate of the other is missing here
        holds[np.arange(len(rows)), begin + np.arange(len(rows))] = False
        easier[begin : begin + AT_ONCE] = holds.any(axis=1)
    return sets[~easier]  # no two rows are alike, so the least of a row of holders stays


def _solve(
    cost: FloatArray, constraints: list[LinearConstraint], *, whole: int, most: float = np.inf
) -> OptimizeResult:
    """Minimise over yes-or-no variables, `whole` of them, and others between 0 and `most`."""
    kinds = np.zeros(len(cost), dtype=np.int64)
    kinds[:whole] = 1
    upper = np.concatenate([np.ones(whole), np.full(len(cost) - whole, most)])
    return milp(
        cost,
        constraints=constraints,
        integrality=kinds,
        bounds=Bounds(0.0, upper),
        options={"mip_rel_gap": 0.0},  # HiGHS would stop at one in ten thousand
    )
