"""Straight pieces of road between two nodes, parted at barriers; plumbing of `roads`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.osm.access import Use
from geodata.osm.barriers import barrier_open
from geodata.roads.rule_columns import USES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.osm.access import Vehicles
    from geodata.osm.extract import OsmExtract, Tags
    from geodata.roads.chains import Chains


NO_WAY_ID: Final = -1


@dataclass(frozen=True, slots=True)
class Vertices:
    """Vertices of ways: OpenStreetMap id, tags by id, and position in metres."""

    ids: IntArray
    tags: Mapping[int, Tags]
    x: FloatArray
    y: FloatArray

    def with_copies(self, of: IntArray) -> Vertices:
        """Return these and, after them, copies of some."""
        ids, x, y = (np.concatenate([column, column[of]]) for column in (self.ids, self.x, self.y))
        return Vertices(ids, self.tags, x, y)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Straight pieces of road between two nodes; `way` is an OpenStreetMap id."""

    tail: IntArray
    head: IntArray
    way: IntArray
    rule: IntArray

    @classmethod
    def of_extract(cls, extract: OsmExtract, open_set: BoolArray, vertex_node: IntArray) -> Pieces:
        """Return every stretch between two vertices of the ways one may drive on."""
        way = np.repeat(np.arange(len(extract.way_ids)), np.diff(extract.way_starts))
        tail, head = vertex_node[:-1], vertex_node[1:]
        rule = extract.way_tags[way[:-1]]
        known = np.isfinite(extract.lon)
        kept = (way[:-1] == way[1:]) & open_set[rule] & (tail != head) & known[:-1] & known[1:]
        return cls(tail[kept], head[kept], extract.way_ids[way[:-1][kept]], rule[kept])

    def of(self, kept: BoolArray) -> Pieces:
        """Return some of the pieces."""
        return Pieces(self.tail[kept], self.head[kept], self.way[kept], self.rule[kept])

    def along(self, chains: Chains) -> Pieces:
        """Return the pieces in chain order, each turned the way its chain runs."""
        tail, head = self.tail[chains.piece], self.head[chains.piece]
        return Pieces(
            np.where(chains.flipped, head, tail),
            np.where(chains.flipped, tail, head),
            self.way[chains.piece],
            self.rule[chains.piece],
        )

    def length(self, at: Vertices) -> FloatArray:
        """Return metres of each piece."""
        return np.hypot(at.x[self.head] - at.x[self.tail], at.y[self.head] - at.y[self.tail])


def without_doubled_nodes(pieces: Pieces, at: Vertices) -> tuple[Pieces, Vertices, IntArray]:
    """Take nodes that a piece without length joins for one: such a piece is no junction.

    Returns
    -------
    tuple
        Pieces; nodes, the one that stays having the tags of all; and which node each is now.
    """
    nodes = np.arange(len(at.ids))
    empty = pieces.length(at) == 0.0
    if not empty.any():
        return pieces, at, nodes
    graph = coo_array(
        (np.ones(empty.sum(), dtype=np.int8), (pieces.tail[empty], pieces.head[empty])),
        shape=(len(nodes), len(nodes)),
    )
    _, label = connected_components(graph.tocsr(), directed=False)
    _, first = np.unique(label, return_index=True)
    stays = first[label]
    tags = dict(at.tags)
    for node in np.flatnonzero(stays != nodes).tolist():
        if doubled := tags.get(int(at.ids[node])):
            kept = int(at.ids[stays[node]])
            tags[kept] = {**tags.get(kept, {}), **doubled}
    joined = Pieces(stays[pieces.tail], stays[pieces.head], pieces.way, pieces.rule)
    return joined.of(~empty), Vertices(at.ids, tags, at.x, at.y), stays


def with_barriers(
    pieces: Pieces, at: Vertices, vehicles: Vehicles, first_rule: int
) -> tuple[Pieces, IntArray]:
    """Part the road at barriers that stop some, leaving a gap that only the others cross.

    Every piece that ends at such a node gets its own copy of it; returned are the pieces, and the
    node that each copy is of, copies being numbered after all nodes. The rules of gaps are those of
    `USES`, numbered from `first_rule`.
    """
    use = {node: barrier_open(tags, vehicles) for node, tags in at.tags.items()}
    use = {node: both for node, both in use.items() if both != (Use.OPEN, Use.OPEN)}
    stops = np.array(sorted(use), dtype=np.int64)
    barrier = np.isin(at.ids, stops)
    at_tail, at_head = barrier[pieces.tail], barrier[pieces.head]
    copied = np.concatenate([pieces.tail[at_tail], pieces.head[at_head]])
    copies = len(at.ids) + np.arange(len(copied))
    tail, head = pieces.tail.copy(), pieces.head.copy()
    tail[at_tail], head[at_head] = np.split(copies, [at_tail.sum()])
    number = np.array([USES.index(use[node]) for node in stops.tolist()], dtype=np.int64)
    number = number[np.searchsorted(stops, at.ids[copied])]
    gap = number != USES.index((Use.CLOSED, Use.CLOSED))
    parted = Pieces(
        np.concatenate([tail, copied[gap]]),
        np.concatenate([head, copies[gap]]),
        np.concatenate([pieces.way, np.full(int(gap.sum()), NO_WAY_ID)]),
        np.concatenate([pieces.rule, first_rule + number[gap]]),
    )
    return parted, copied
