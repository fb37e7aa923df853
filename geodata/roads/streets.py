"""Which arms of a junction run on into one another; plumbing of `roads`.

Arms that run on are one street; going from one street to another is a turn, and costs its seconds.
A search over junctions forgets where it came from, so each street that passes a junction gets a
node of its own there, joined to the others by what a turn costs. A single arm needs no node: it
pays its turn as it is entered or left. So every way over a junction costs what it should, both
ways, at the price of a node for crossings only (a T-junction needs none).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray

SIGHT_M: Final = 20.0
"""Metres of an arm that tell its direction; less are bent by how a corner is drawn."""
ARMS_OF_A_JUNCTION: Final = 3
TWO_STREETS: Final = 2
HALF_A_TURN: Final = 0.5


@dataclass(frozen=True, slots=True)
class RoadChains:
    """Chains of road as columns: pieces by `start`, vertices, and both ends.

    `start`, `x` and `y` are as in `network.RoadNetwork`, `tail` and `head` are junctions.
    """

    start: IntArray
    x: FloatArray
    y: FloatArray
    tail: IntArray
    head: IntArray

    def directions(self) -> FloatArray:
        """Return which way each arm leads from its junction, in radians: tails, then heads."""
        chains = len(self.tail)
        first = self.start[:-1] + np.arange(chains)
        last = self.start[1:] + np.arange(chains)
        step = np.hypot(np.diff(self.x), np.diff(self.y))
        step[last[:-1]] = 0.0  # from one chain to the next is no road
        along = np.concatenate([[0.0], np.cumsum(step)])
        sight = np.minimum(SIGHT_M, along[last] - along[first])
        ahead = self._at(along, along[first] + sight, first, last)
        back = self._at(along, along[last] - sight, first, last)
        return np.concatenate(
            [
                np.arctan2(ahead[1] - self.y[first], ahead[0] - self.x[first]),
                np.arctan2(back[1] - self.y[last], back[0] - self.x[last]),
            ]
        )

    def _at(
        self, along: FloatArray, metres: FloatArray, first: IntArray, last: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the spots at some metres along all chains laid end to end, one a chain."""
        before = np.clip(np.searchsorted(along, metres, side="right") - 1, first, last - 1)
        length = np.maximum(along[before + 1] - along[before], np.finfo(float).tiny)
        share = np.clip((metres - along[before]) / length, 0.0, 1.0)
        return (
            self.x[before] + share * (self.x[before + 1] - self.x[before]),
            self.y[before] + share * (self.y[before + 1] - self.y[before]),
        )


@dataclass(frozen=True, slots=True)
class Streets:
    """Nodes of streets, and what turns cost, in turns.

    Attributes
    ----------
    nodes
        Number of junctions and of further nodes of streets, which come last.
    tail, head
        Node of the street at both ends of each chain, shape (chains,).
    side_tail, side_head
        Turns paid where a chain is entered or left at either end, shape (chains,).
    runs_on
        Arm, tails first, that an arm beside the others runs on from, -1 where there is none,
        shape (2 chains,).
    junction, node, turns
        Junction and further node of a street there, and the turns between, shape (links,).
    """

    nodes: int
    tail: IntArray
    head: IntArray
    side_tail: FloatArray
    side_head: FloatArray
    runs_on: IntArray
    junction: IntArray
    node: IntArray
    turns: FloatArray

    def between(self, node: int, other: int) -> float:
        """Return the turns between two nodes of one junction."""
        if node == other:
            return 0.0
        junctions = self.nodes - len(self.node)
        further = [one - junctions for one in (node, other) if one >= junctions]
        return float(self.turns[further].sum())


def streets(
    line: RoadChains, junctions: int, round_: BoolArray, beside: BoolArray, straight: float
) -> Streets:
    """Find the streets that pass each junction.

    Parameters
    ----------
    line
        Chains.
    junctions
        Number of junctions.
    round_
        Whether a junction is part of a roundabout, where one gives way instead, shape (junctions,).
    beside
        Whether an arm doesn't lead on where others do, shape (2 chains,), tails first: who goes on
        past it makes no turn; who enters or leaves it does, unless it runs on.
    straight
        Degrees up to which one arm runs on into another.

    Returns
    -------
    Streets
    """
    chains = len(line.tail)
    at = np.concatenate([line.tail, line.head])
    arms = np.bincount(at[~beside], minlength=junctions)
    crossed = (arms >= ARMS_OF_A_JUNCTION) & ~round_
    street = np.full(len(at), -1)
    towards = line.directions()
    for part, count in ((~beside, np.where(crossed, arms, 0)), (beside, np.bincount(at[beside]))):
        labels = _labels(at[part], towards[part], count, np.radians(straight))
        street[part] = labels + street.max() + 1
    size = np.bincount(street)
    single = (size[street] == 1) & crossed[at] & ~beside
    singles = np.bincount(at[single], minlength=junctions)
    of_street = np.full(len(size), -1)
    of_street[street] = at
    aside = np.zeros(len(size), dtype=bool)
    aside[street[beside]] = True
    passing = np.flatnonzero((size > 1) & crossed[of_street] & ~aside)
    passing_aside = np.flatnonzero((size > 1) & aside & ~round_[of_street])
    through = np.bincount(of_street[passing], minlength=junctions)
    # one street and at most one arm beside it: the street is the junction, the arm pays its turn;
    # two streets: one is the junction; else the junction lies half a turn from all its streets
    simple = (through <= 1) & (singles <= 1)
    crossing = (through == TWO_STREETS) & (singles == 0)
    order = passing[np.argsort(of_street[passing], kind="stable")]
    is_first = np.diff(of_street[order], prepend=-1) != 0
    stays = simple[of_street[order]] | (crossing[of_street[order]] & is_first)
    further = np.concatenate([order[~stays], passing_aside])
    node_of_street = of_street.copy()
    node_of_street[further] = junctions + np.arange(len(further))
    node = node_of_street[street]
    middle = crossed & ~simple & ~crossing  # the junction itself is on no street
    alone = single | (beside & (size[street] == 1) & ~round_[at])
    whole = np.where(aside[further], ~middle[of_street[further]], crossing[of_street[further]])
    runs_on = _running_on(at, towards, beside & alone, ~beside, np.radians(straight))
    node = np.where(runs_on >= 0, node[runs_on], node)
    pays = alone & (runs_on < 0)
    side = np.where(pays, np.where(middle[at], HALF_A_TURN, 1.0), 0.0)
    return Streets(
        nodes=junctions + len(further),
        tail=node[:chains],
        head=node[chains:],
        side_tail=side[:chains],
        side_head=side[chains:],
        runs_on=runs_on,
        junction=of_street[further],
        node=junctions + np.arange(len(further)),
        turns=np.where(whole, 1.0, HALF_A_TURN),
    )


def _labels(at: IntArray, direction: FloatArray, arms: IntArray, straight: float) -> IntArray:
    """Return the street of each arm: arms that run on are one; all are where `arms` is 0."""
    if not len(at):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(at, kind="stable")
    number = arms[at[order]]
    one, other = [], []
    for count in np.unique(number[number > 0]).tolist():
        rows = order[number == count].reshape(-1, count)
        for i in range(count):
            for j in range(i + 1, count):
                away = direction[rows[:, i]] - direction[rows[:, j]]
                runs_on = np.cos(away) <= -np.cos(straight)
                one.append(rows[runs_on, i])
                other.append(rows[runs_on, j])
    quiet = order[number == 0]
    together = at[quiet[1:]] == at[quiet[:-1]]
    one.append(quiet[:-1][together])
    other.append(quiet[1:][together])
    rows, columns = np.concatenate(one), np.concatenate(other)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(at),) * 2)
    _, label = connected_components(graph.tocsr(), directed=False)
    return label.astype(np.int64)


def _running_on(
    at: IntArray, direction: FloatArray, some: BoolArray, main: BoolArray, straight: float
) -> IntArray:
    """Return from which of the main arms of its junction each of some arms runs on, else -1."""
    result = np.full(len(at), -1)
    arms, others = np.flatnonzero(some), np.flatnonzero(main)
    if not len(arms):
        return result
    others = others[np.argsort(at[others], kind="stable")]
    first = np.searchsorted(at[others], at[arms], side="left")
    last = np.searchsorted(at[others], at[arms], side="right")
    straightest = np.full(len(arms), -np.cos(straight))
    for place in range(int((last - first).max())):
        there = first + place < last
        other = others[np.minimum(first + place, len(others) - 1)]
        away = np.cos(direction[arms] - direction[other])
        better = there & (away <= straightest)
        straightest[better] = away[better]
        result[arms[better]] = other[better]
    return result
