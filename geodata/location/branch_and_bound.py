"""Find the best of very many candidates by bounds over nested squares; plumbing of `anywhere`.

No aim gets worse when a way gets shorter. So if from every inhabitant the shortest way to any
candidate of a square counts as the way to the square, then sites in squares are at least as good as
sites at any of their candidates. Where even that is no better than the best sites known, none of
those candidates need be looked at; elsewhere the squares are parted into smaller ones, down to
single candidates (branch and bound; Land & Doig, 1960).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations_with_replacement, groupby, pairwise, product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from files.arrays import FloatArray, IntArray
    from geodata.arrays import Minutes
    from geodata.location.model import Aim


CandidateSet = tuple[int, ...]
SIDES_METRES: Final = (16_000.0, 8000.0, 4000.0, 2000.0, 1000.0, 500.0)
"""Sides of the squares, each parted into the next, the last into single candidates."""
MOST_GROUPS: Final = 2_000_000
"""Combinations of squares that are bounded for one side; they take a minute."""
AT_ONCE: Final = 32
"""Candidates whose ways are compared together: as many as stay in the cache of a processor."""
RELAXED_FROM: Final = 3
"""From so many sites prices are tried before squares: for few they take longer."""
MOST_PRICES: Final = 100
"""Times that prices are moved."""
PATIENCE: Final = 4
"""Times that prices may fail to raise the bound before they are moved half as far."""
SAME: Final = 1e-5
"""Answers closer than this are the same; sums are of single precision."""


class Found(NamedTuple):
    """The best candidates found, what they cost, and what no others can get below."""

    chosen: CandidateSet
    cost: float
    bound: float


def nested_order(x: FloatArray, y: FloatArray) -> IntArray:
    """Return an order of points in which those of each square stand together."""
    keys = [axis // side for side in SIDES_METRES for axis in (x, y)]
    return np.lexsort(keys[::-1])


@dataclass(frozen=True)
class BranchAndBound:
    """Inhabitants and candidates.

    Parameters
    ----------
    minutes
        From every inhabited cell to every candidate, the least of them and of what is open anyway;
        shape (candidates, cells).
    share
        Share of the inhabitants that live in each cell, shape (cells,).
    x, y
        Where the candidates are, in `nested_order`.
    limit
        Minutes of the norm.
    """

    minutes: Minutes
    share: Minutes
    x: FloatArray
    y: FloatArray
    limit: float

    def best(self, aim: Aim, count: int) -> Found:
        """Return the best candidates; the bound is their cost where that is proved."""
        found = self._improved(aim, self._greedy(aim, count))
        relaxed = 0.0
        if aim == "mean" and count >= RELAXED_FROM:
            relaxed, likely = self._relaxed(found)
            found = min(found, self._improved(aim, likely), key=lambda one: one.cost)
            if relaxed > found.cost - SAME:
                return found._replace(bound=found.cost)
        groups: Iterable[CandidateSet] = [(0,) * count]
        for starts, children in self._levels:
            groups = list(_parted(groups, children))
            if len(groups) > MOST_GROUPS:
                return found._replace(bound=max(found.bound, relaxed))
            used = np.unique(groups)
            ways = self._shortest(starts, used)
            bounds = _costs(self._cost(aim), ways, np.searchsorted(used, groups))
            likely = tuple(starts[list(groups[int(bounds.argmin())])].tolist())
            found = min(found, self._improved(aim, likely), key=lambda one: one.cost)
            open_ = np.flatnonzero(bounds < found.cost - SAME)
            if not len(open_):
                return found._replace(bound=found.cost)
            found = found._replace(bound=float(bounds[open_].min()))
            groups = [groups[row] for row in open_.tolist()]
        return found._replace(bound=found.cost)  # the last squares are single candidates

    @cached_property
    def _levels(self) -> list[tuple[IntArray, list[range]]]:
        """Each side's squares: where each starts, and those into which each before it is parted."""
        corners = [np.stack([self.x // side, self.y // side]) for side in SIDES_METRES]
        levels = []
        before = np.zeros(1, dtype=np.int64)
        parts = [np.any(np.diff(corner, prepend=np.nan) != 0, axis=0) for corner in corners]
        for is_first in [*parts, np.ones(len(self.x), dtype=bool)]:
            starts = np.flatnonzero(is_first)
            first = np.searchsorted(starts, np.append(before, len(self.x))).tolist()
            children = [range(a, b) for a, b in pairwise(first)]
            levels.append((starts, children))
            before = starts
        return levels

    def _shortest(self, starts: IntArray, squares: IntArray) -> Minutes:
        """Return the shortest ways to any candidate of some squares, shape (squares, cells)."""
        ends = np.append(starts[1:], len(self.minutes))
        if len(starts) == len(self.minutes):
            return self.minutes[squares]
        return np.stack([self.minutes[starts[s] : ends[s]].min(axis=0) for s in squares])

    def _cost(self, aim: Aim) -> Callable[[Minutes], Minutes]:
        """Return what makes minutes, shape (..., cells), a cost: the less the better."""
        if aim == "worst":
            return lambda minutes: minutes.max(axis=-1)
        if aim == "coverage":
            return lambda minutes: (minutes > self.limit).astype(np.float32) @ self.share
        return lambda minutes: minutes @ self.share

    def _greedy(self, aim: Aim, count: int) -> CandidateSet:
        """Return candidates, each the best beside those before it."""
        chosen: CandidateSet = ()
        for _ in range(count):
            chosen = (*chosen, self._best_beside(aim, chosen)[0])
        return chosen

    def _improved(self, aim: Aim, chosen: CandidateSet) -> Found:
        """Move one site at a time to where it is best, until no move helps."""
        cost = np.inf
        while True:
            before = cost
            for place in range(len(chosen)):
                others = chosen[:place] + chosen[place + 1 :]
                site, moved = self._best_beside(aim, others)
                if moved < cost - SAME:
                    chosen, cost = (*chosen[:place], site, *chosen[place + 1 :]), moved
            if cost == before:
                return Found(tuple(sorted(chosen)), cost, 0.0)

    def _best_beside(self, aim: Aim, others: CandidateSet) -> tuple[int, float]:
        """Return the best candidate beside others, and what they cost together."""
        fewest = self.minutes[list(others)].min(axis=0, initial=np.inf)
        costs = self._costs_beside(aim, fewest)
        costs[list(others)] = np.inf
        best = int(costs.argmin())
        return best, float(costs[best])

    def _costs_beside(self, aim: Aim, fewest: Minutes) -> Minutes:
        """Return what each candidate costs where other minutes may be fewer."""
        of = self._cost(aim)
        return np.concatenate(
            [
                of(np.minimum(self.minutes[begin : begin + AT_ONCE], fewest))
                for begin in range(0, len(self.minutes), AT_ONCE)
            ]
        )

    def _relaxed(self, found: Found) -> tuple[float, CandidateSet]:
        """Return a mean that as many sites as were found cannot get below, and likely sites.

        Say an inhabitant may also do without a site, for a price in minutes, or use several, and
        get a price back for each. Then each site saves what it saves, whatever the others do, and
        those that save most are best. Prices are moved until hardly anyone has none or several
        (Lagrangian relaxation by subgradients; Cornuejols, Fisher & Nemhauser, 1977).
        """
        count = len(found.chosen)
        prices = np.sort(self.minutes[list(found.chosen)], axis=0)[1]
        bound, step, failed, likely = 0.0, 1.0, 0, found.chosen
        for _ in range(MOST_PRICES):
            unserved = float(self.share @ prices)
            savings = unserved - self._costs_beside("mean", prices).astype(float)
            most = np.argpartition(-savings, count)[:count]
            least = unserved - float(savings[most].sum())
            failed += 1
            if least > bound:
                bound, failed, likely = least, 0, tuple(most.tolist())
            served = (self.minutes[most] < prices).sum(axis=0)
            amiss = float(self.share @ (1 - served) ** 2)
            if bound > found.cost - SAME or not amiss:
                break
            if failed == PATIENCE:
                step, failed = step / 2, 0
            move = step * (found.cost - least) / amiss * (1 - served)
            prices = np.maximum(prices + move, 0.0).astype(np.float32)
        return bound, likely


def _parted(groups: Iterable[CandidateSet], children: list[range]) -> Iterator[CandidateSet]:
    """Part every square of some groups in all ways, each group of smaller squares once.

    One more than `MOST_GROUPS` is the last.
    """
    count = 0
    for group in groups:
        runs = [
            combinations_with_replacement(children[square], len(list(run)))
            for square, run in groupby(group)
        ]
        for parts in product(*runs):
            yield tuple(chain.from_iterable(parts))
            count += 1
            if count > MOST_GROUPS:
                return


def _costs(of: Callable[[Minutes], Minutes], ways: Minutes, groups: IntArray) -> FloatArray:
    """Return what each group of ways costs, shape (groups,)."""
    costs = np.empty(len(groups))
    nearest = np.empty(ways.shape[1], dtype=np.float32)
    for row, (first, *others) in enumerate(groups.tolist()):
        nearest[:] = ways[first]
        for other in others:
            np.minimum(nearest, ways[other], out=nearest)
        costs[row] = of(nearest)
    return costs
