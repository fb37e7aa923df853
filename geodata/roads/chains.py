"""Link pieces of road into chains between junctions; plumbing of `network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from files.arrays import BoolArray, IntArray


class Chains(NamedTuple):
    """Pieces in chain order.

    Attributes
    ----------
    piece
        Piece at each place, chain after chain.
    flipped
        Whether the piece is driven against its own direction along the chain.
    start
        Where each chain starts in `piece`, shape (chains + 1,).
    """

    piece: IntArray
    flipped: BoolArray
    start: IntArray


def largest_strong_part(tail: IntArray, head: IntArray, nodes: int) -> BoolArray:
    """Return which nodes lie in the largest strongly connected part, shape (nodes,)."""
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(graph.tocsr(), directed=True, connection="strong")
    largest = np.bincount(label).argmax()
    return label == largest


def link_chains(tail: IntArray, head: IntArray, junction: BoolArray) -> Chains:
    """Join pieces end to end at every node that is no junction.

    Parameters
    ----------
    tail, head
        Nodes at the ends of each piece, shape (pieces,).
    junction
        Whether a node ends chains, shape (nodes,); any node where other than two pieces meet must.

    Returns
    -------
    Chains
        Each piece once.

    Notes
    -----
    Each piece is two darts, one per direction: dart 2i leads from tail to head, dart 2i + 1 back.
    List ranking by pointer jumping (Wyllie, 1979) finds each dart's first dart and its rank in as
    many rounds as the longest chain has binary digits.
    """
    junction = _with_cycles_broken(tail, head, junction)
    first, rank = _rank_darts(_previous_darts(tail, head, junction))
    darts = np.arange(len(first))
    # both directions of a chain are ranked; keep the one whose first dart has the lower number
    last_of = np.zeros(len(first), dtype=np.int64)
    by_rank = np.argsort(rank, kind="stable")
    last_of[first[by_rank]] = by_rank  # later ones have higher rank and overwrite
    kept = first <= last_of[first] ^ 1
    darts, first, rank = darts[kept], first[kept], rank[kept]
    order = np.lexsort((rank, first))
    darts, first = darts[order], first[order]
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    return Chains(darts >> 1, (darts & 1).astype(bool), np.append(starts, len(darts)))


def _previous_darts(tail: IntArray, head: IntArray, junction: BoolArray) -> IntArray:
    """Return the dart that leads into each dart; itself where the dart leaves a junction."""
    pieces = len(tail)
    darts = np.arange(2 * pieces)
    leaves = np.empty(2 * pieces, dtype=np.int64)
    leaves[0::2], leaves[1::2] = tail, head
    inner = darts[~junction[leaves]]
    pairs = inner[np.argsort(leaves[inner], kind="stable")].reshape(-1, 2)
    previous = darts.copy()
    previous[pairs[:, 0]] = pairs[:, 1] ^ 1
    previous[pairs[:, 1]] = pairs[:, 0] ^ 1
    return previous


def _rank_darts(previous: IntArray) -> tuple[IntArray, IntArray]:
    first = previous
    rank = (previous != np.arange(len(previous))).astype(np.int64)
    while True:
        further = first[first]
        if np.array_equal(further, first):
            return first, rank
        rank = rank + rank[first]
        first = further


def _with_cycles_broken(tail: IntArray, head: IntArray, junction: BoolArray) -> BoolArray:
    """Make one node of every ring without a junction a junction."""
    nodes = len(junction)
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(graph.tocsr(), directed=False)
    has_junction = np.zeros(label.max() + 1, dtype=bool)
    has_junction[label[junction]] = True
    _, lowest_node = np.unique(label, return_index=True)
    broken = junction.copy()
    broken[lowest_node[~has_junction]] = True
    return broken
