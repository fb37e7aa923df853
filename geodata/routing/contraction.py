"""Shrink a graph before many searches: eliminate its easy nodes exactly; plumbing of `routing`.

Eliminating a node joins each arc into it to each arc out of it, which leaves all shortest paths
between other nodes as they are. Sets of nodes that are no neighbours go at once, in columns. A
search runs over the small core that is left; then the eliminated nodes get their minutes from
those that outlived them, last set first. (Geisberger et al., 2008, contraction hierarchies; here
without levels above the core, and for tables instead of single paths.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray

MOST_NEIGHBOURS: Final = (2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 8, 8)
"""A round per entry: nodes with more neighbours than this stay for a later one."""
SOURCES_AT_ONCE: Final = 16
"""Searches whose results are held in memory together."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs as columns."""

    tail: IntArray
    head: IntArray
    minutes: FloatArray

    def __len__(self) -> int:
        return len(self.tail)

    def of(self, chosen: BoolArray | IntArray) -> Arcs:
        """Return some of the arcs."""
        return Arcs(self.tail[chosen], self.head[chosen], self.minutes[chosen])

    def joined(self, other: Arcs) -> Arcs:
        """Return these arcs and others."""
        return Arcs(
            np.concatenate([self.tail, other.tail]),
            np.concatenate([self.head, other.head]),
            np.concatenate([self.minutes, other.minutes]),
        )

    def turned(self) -> Arcs:
        """Return the arcs driven the other way."""
        return Arcs(self.head, self.tail, self.minutes)

    def by_tail(self) -> Arcs:
        """Return the arcs by tail."""
        return self.of(np.argsort(self.tail, kind="stable"))

    def fastest(self, nodes: int) -> Arcs:
        """Return the fastest arc between each two nodes, by tail and head."""
        key = self.tail * nodes + self.head
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        if not len(first):
            return self
        least = np.minimum.reduceat(self.minutes[order], first)
        return Arcs(self.tail[order[first]], self.head[order[first]], least)

    def matrix(self, nodes: int) -> csr_array:
        """Return the arcs as a sparse graph; they must be the fastest between their nodes."""
        arcs = self.by_tail()
        counts = np.bincount(self.tail, minlength=nodes)
        return csr_array(
            (arcs.minutes, arcs.head, np.concatenate([[0], np.cumsum(counts)])),
            shape=(nodes, nodes),
        )


@dataclass(frozen=True)
class Core:
    """A graph shrunk to its hard core, and the way back.

    Attributes
    ----------
    nodes
        Number of nodes of the whole graph.
    kept
        Nodes of the core.
    arcs
        Arcs of the core, between numbers in `kept`.
    into, out
        Arcs into, and out of, the nodes that each round eliminated, by that node.
    """

    nodes: int
    kept: IntArray
    arcs: Arcs
    into: tuple[Arcs, ...]
    out: tuple[Arcs, ...]

    def turned(self) -> Core:
        """Return the core for searches against the arcs."""
        into = tuple(arcs.turned() for arcs in self.out)
        return Core(self.nodes, self.kept, self.arcs.turned(), into, self.into)

    @cached_property
    def _graph(self) -> csr_array:
        return self.arcs.matrix(len(self.kept))

    def _graph_with(self, leads: Arcs, searches: int) -> csr_array:
        """Return the graph with a node more per search, from which its leads go; by tail."""
        counts = np.bincount(leads.tail, minlength=searches)
        nodes = len(self.kept) + searches
        graph = self._graph
        return csr_array(
            (
                np.concatenate([graph.data, leads.minutes]),
                np.concatenate([graph.indices, leads.head.astype(graph.indices.dtype)]),
                np.concatenate([graph.indptr, graph.indptr[-1] + np.cumsum(counts)]),
            ),
            shape=(nodes, nodes),
        )

    def minutes(self, starts: Arcs, searches: int, targets: IntArray) -> FloatArray:
        """Return minutes from some starts to some nodes.

        Parameters
        ----------
        starts
            From the number of a search to a node of the core, with the minutes it begins with.
        searches
            Number of searches.
        targets
            Nodes of the whole graph.

        Returns
        -------
        numpy.ndarray
            Shape (searches, targets); infinite where there is no way.
        """
        core = len(self.kept)
        leads = Arcs(starts.tail, np.searchsorted(self.kept, starts.head), starts.minutes)
        graph = self._graph_with(leads.fastest(max(core, searches)), searches)
        rounds = self._needed(targets)
        result = np.empty((searches, len(targets)))
        for begin in range(0, searches, SOURCES_AT_ONCE):
            rows = np.arange(begin, min(begin + SOURCES_AT_ONCE, searches))
            distance = np.full((self.nodes, len(rows)), np.inf)
            distance[self.kept] = dijkstra(graph, indices=core + rows)[:, :core].T
            for arcs in reversed(rounds):
                first = np.flatnonzero(np.diff(arcs.head, prepend=-1))
                over = distance[arcs.tail] + arcs.minutes[:, None]
                distance[arcs.head[first]] = np.minimum.reduceat(over, first, axis=0)
            result[rows] = distance[targets].T
        return result

    def _needed(self, targets: IntArray) -> list[Arcs]:
        """Return the rounds without the nodes on which no target depends."""
        needed = np.zeros(self.nodes, dtype=bool)
        needed[targets] = True
        rounds = []
        for arcs in self.into:
            used = arcs.of(needed[arcs.head])
            needed[used.tail] = True
            if len(used):
                rounds.append(used)
        return rounds


def whole(arcs: Arcs, nodes: int) -> Core:
    """Return a graph as a core from which nothing is eliminated."""
    return Core(nodes, np.arange(nodes), arcs, (), ())


def shrink(arcs: Arcs, nodes: int, keep: IntArray) -> Core:
    """Eliminate what can be eliminated cheaply.

    Parameters
    ----------
    arcs
        The graph.
    nodes
        Number of its nodes.
    keep
        Nodes that must stay in the core.

    Returns
    -------
    Core
    """
    arcs = arcs.fastest(nodes)
    alive = np.zeros(nodes, dtype=bool)
    alive[arcs.tail] = alive[arcs.head] = True
    stays = np.zeros(nodes, dtype=bool)
    stays[keep] = alive[keep] = True
    into, out = [], []
    for most in MOST_NEIGHBOURS:
        chosen = _independent(arcs, alive & ~stays, nodes, most)
        entering, leaving = chosen[arcs.head], chosen[arcs.tail]
        into.append(_by_head(arcs.of(entering)))
        out.append(_by_head(arcs.of(leaving).turned()).turned())
        rest = arcs.of(~entering & ~leaving)
        arcs = rest.joined(_short_cuts(into[-1], out[-1], nodes)).fastest(nodes)
        alive &= ~chosen
    kept = np.flatnonzero(alive)
    numbered = Arcs(
        np.searchsorted(kept, arcs.tail), np.searchsorted(kept, arcs.head), arcs.minutes
    )
    return Core(nodes, kept, numbered, tuple(into), tuple(out))


def _by_head(arcs: Arcs) -> Arcs:
    return arcs.of(np.argsort(arcs.head, kind="stable"))


def _independent(arcs: Arcs, free: BoolArray, nodes: int, most: int) -> BoolArray:
    """Return free nodes with few neighbours, no two of them neighbours, the fewest first."""
    neighbours = np.bincount(arcs.tail, minlength=nodes) + np.bincount(arcs.head, minlength=nodes)
    candidate = free & (neighbours <= 2 * most)
    # scrambled numbers break ties, so that long rows of equal nodes go in few rounds
    scrambled = (np.arange(nodes) * 2_654_435_761) % (1 << 32)
    rank = np.where(candidate, neighbours * (1 << 32) + scrambled, np.iinfo(np.int64).max)
    lowest = np.full(nodes, np.iinfo(np.int64).max)
    np.minimum.at(lowest, arcs.tail, rank[arcs.head])
    np.minimum.at(lowest, arcs.head, rank[arcs.tail])
    return candidate & (rank < lowest)


def _short_cuts(into: Arcs, out: Arcs, nodes: int) -> Arcs:
    """Return each arc into a node joined to each arc out of it; both stand by that node."""
    exits = np.bincount(out.tail, minlength=nodes)
    first_exit = np.cumsum(exits) - exits
    per_arc = exits[into.head]
    entry = np.repeat(np.arange(len(into)), per_arc)
    within = np.arange(len(entry)) - np.repeat(np.cumsum(per_arc) - per_arc, per_arc)
    exit_ = first_exit[into.head[entry]] + within
    elsewhere = into.tail[entry] != out.head[exit_]
    entry, exit_ = entry[elsewhere], exit_[elsewhere]
    return Arcs(into.tail[entry], out.head[exit_], into.minutes[entry] + out.minutes[exit_])
