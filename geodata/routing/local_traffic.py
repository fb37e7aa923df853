"""Roads for local traffic only: driven at the start or the end of a trip, never to pass.

A search forgets where it came from, so such roads, and the junctions on them, stand twice beside
the rest of the graph: once for those who leave them, once for those who arrive. From the first one
gets to the rest, from the rest to the second, and never back; so who uses them loses nothing, and
who passes goes round. What is reached over such roads alone belongs to them, so that every trip
that can be driven stays possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geodata.roads.chains import largest_strong_part
from geodata.routing.contraction import Arcs

if TYPE_CHECKING:
    from files.arrays import BoolArray, IntArray


NO_ARC = -1


@dataclass(frozen=True)
class Layers:
    """Nodes that stand beside the rest.

    Attributes
    ----------
    base
        Number of nodes of the graph; those of the first and second layer come after them.
    zone
        Nodes on roads for local traffic, sorted.
    main
        Whether a node lies on what everyone may drive, shape (base,).
    """

    base: int
    zone: IntArray
    main: BoolArray

    @property
    def nodes(self) -> int:
        """Number of nodes of all layers."""
        return self.base + 2 * len(self.zone)

    @cached_property
    def _all(self) -> IntArray:
        return np.concatenate([np.arange(self.base), self.zone, self.zone])

    def of_base(self, node: IntArray) -> IntArray:
        """Return the node of the graph that each stands for."""
        return self._all[node]

    def leaving(self, node: IntArray, local: BoolArray) -> IntArray:
        """Return nodes from which a trip starts: on the first layer where it starts locally."""
        return self._on(node, local, self.base)

    def arriving(self, node: IntArray, local: BoolArray) -> IntArray:
        """Return nodes at which a trip ends: on the second layer where it ends locally."""
        return self._on(node, local, self.base + len(self.zone))

    def _on(self, node: IntArray, local: BoolArray, first: int) -> IntArray:
        if not len(self.zone):
            return node
        place = np.minimum(np.searchsorted(self.zone, node), len(self.zone) - 1)
        return np.where(local & (self.zone[place] == node), first + place, node)


def in_layers(
    arcs: Arcs, local: BoolArray, road: BoolArray, nodes: int, least_minutes: float
) -> tuple[Layers, Arcs, IntArray]:
    """Lay a graph out so that no trip passes over roads for local traffic.

    Parameters
    ----------
    arcs
        Arcs.
    local
        Whether an arc is open to local traffic only, shape (arcs,).
    road
        Whether an arc is road, rather than a turn within a junction, shape (arcs,).
    nodes
        Number of nodes.
    least_minutes
        Minutes that going from one layer to the next takes, as good as none.

    Returns
    -------
    tuple
        Layers; arcs; and which arc each is, `NO_ARC` between layers.
    """
    if not local.any():
        empty = np.empty(0, dtype=np.int64)
        return Layers(nodes, empty, np.ones(nodes, dtype=bool)), arcs, np.arange(len(arcs))
    main = largest_strong_part(arcs.tail[~local], arcs.head[~local], nodes)
    local = local | (road & ~(main[arcs.tail] & main[arcs.head]))
    layers = Layers(nodes, np.unique(np.concatenate([arcs.tail[local], arcs.head[local]])), main)
    zone = layers.zone
    within = np.flatnonzero(local | (~road & np.isin(arcs.tail, zone) & np.isin(arcs.head, zone)))
    rest = np.flatnonzero(~local)
    always = np.ones(1, dtype=bool)
    parts = [arcs.of(rest)]
    for onto in (layers.leaving, layers.arriving):
        inside = arcs.of(within)
        parts.append(Arcs(onto(inside.tail, always), onto(inside.head, always), inside.minutes))
    least = np.full(len(zone), least_minutes)
    parts.append(Arcs(layers.leaving(zone, always), zone, least))
    parts.append(Arcs(zone, layers.arriving(zone, always), least))
    between = np.full(2 * len(zone), NO_ARC)
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.joined(part)
    return layers, joined, np.concatenate([rest, within, within, between])
