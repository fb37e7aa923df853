"""Where turn restrictions apply: from ids of ways to the nodes where one gives over to the next."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from geodata.roads.turns import BoundTurn

if TYPE_CHECKING:
    from files.arrays import IntArray
    from geodata.osm.extract import OsmExtract, Restriction


def restrictions_by_node(extract: OsmExtract, ids: IntArray) -> list[BoundTurn]:
    """Return the turn restrictions of an extract by node.

    Parameters
    ----------
    extract
        With its restrictions.
    ids
        OpenStreetMap ids of the nodes on roads, sorted; what is returned are places in it.

    Returns
    -------
    list of BoundTurn
        Those whose node is not on a road, or whose ways do not meet, drop out.
    """
    nodes_of = _nodes_of_ways(extract)
    found = []
    for one in extract.restrictions:
        over = _over(one, nodes_of)
        places = np.searchsorted(ids, over)
        if len(over) and (places < len(ids)).all() and np.array_equal(ids[places], over):
            ways = (one.from_way, *one.via_ways, one.to_way)
            found.append(BoundTurn(one.kind, ways, tuple(places.tolist()), one.except_for))
    return found


def _nodes_of_ways(extract: OsmExtract) -> dict[int, list[int]]:
    """Return the nodes of the ways that restrictions over ways are about."""
    over_ways = [one for one in extract.restrictions if one.via_ways]
    wanted = {way for one in over_ways for way in (one.from_way, *one.via_ways, one.to_way)}
    rows = np.flatnonzero(np.isin(extract.way_ids, np.array(sorted(wanted), dtype=np.int64)))
    nodes: dict[int, list[int]] = {}
    for row in rows.tolist():
        part = extract.node_ids[extract.way_starts[row] : extract.way_starts[row + 1]].tolist()
        nodes.setdefault(int(extract.way_ids[row]), []).extend(part)
    return nodes


def _over(one: Restriction, nodes_of: dict[int, list[int]]) -> list[int]:
    """Return the nodes over which a restriction leads; none where its ways do not meet."""
    if one.via_node is not None:
        return [one.via_node]
    ways = (one.from_way, *one.via_ways, one.to_way)
    if not all(way in nodes_of for way in ways):
        return []
    # ways one drives along whole are entered at one end and left at the other
    ends = [(nodes_of[way][0], nodes_of[way][-1]) for way in one.via_ways]
    starts_at_end = nodes_of[one.from_way][-1]
    fitting = []
    for turned in product((False, True), repeat=len(ends)):
        driven = [pair[::-1] if back else pair for pair, back in zip(ends, turned, strict=True)]
        joined = all(before[1] == after[0] for before, after in pairwise(driven))
        first, last = driven[0][0], driven[-1][1]
        if joined and first in nodes_of[one.from_way] and last in nodes_of[one.to_way]:
            fitting.append([first, *(pair[1] for pair in driven)])
    # where a way touches both ends, one comes by its own direction
    fitting.sort(key=lambda over: over[0] != starts_at_end)
    return fitting[0] if fitting else []
