"""What fastest ways are made of: kilometres by class of road, and minutes that no class explains.

The minutes of a way are a sum over the roads it takes. So, as long as the way stays the same, they
are linear in the time a kilometre takes on each class (the envelope theorem), and a fit needs one
search instead of one for each speed (Bertsimas, Delarue, Jaillet and Martin, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.osm.access_tags import ROAD_CLASSES
from geodata.routing.travel_times import LEAST_MINUTES, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from files.arrays import FloatArray, IntArray
    from geodata.roads.network import Positions
    from geodata.routing.travel_times import TravelTimes


CATEGORIES: Final = 2 * len(ROAD_CLASSES)
"""Road class and surroundings: class x 2 + whether built-up."""


@dataclass(frozen=True, slots=True)
class Routes:
    """Fastest ways, as sums.

    Attributes
    ----------
    minutes
        Minutes of each way, shape (ways,); infinite for none.
    km
        Kilometres of each way at the speed of a class in the home country, where no limit is
        posted, shape (ways, `CATEGORIES`).
    """

    minutes: FloatArray
    km: FloatArray

    def fixed(self, speed: FloatArray) -> FloatArray:
        """Return the minutes of each way that no class explains: delays, and roads with a sign.

        Parameters
        ----------
        speed
            Driven km/h in the home country that the ways were found with, shape (road classes, 2).
        """
        return self.minutes - self.km @ (MINUTES_PER_HOUR / speed.ravel())


class Decomposition:
    """Finds what the fastest ways from a place are made of.

    Parameters
    ----------
    travel
        A network under a profile.
    """

    def __init__(self, travel: TravelTimes) -> None:
        self._travel = travel
        network, profile = travel.network, travel.profile
        self._category = network.road_class * 2 + network.built_up
        speed = profile.speed[0].ravel()[self._category]
        self._km = tuple(
            np.where(np.isnan(way.limit), minutes * speed / MINUTES_PER_HOUR, 0.0)
            for way, minutes in zip(
                (network.forward, network.backward), travel.pieces(), strict=True
            )
        )
        arcs, chain, backward = travel.arcs_of_chains()
        self._arcs = arcs
        driven = np.flatnonzero(chain >= 0)
        row = np.concatenate([network.chain_of_piece, network.chain_of_piece + network.chains])
        whole = coo_array(
            (np.concatenate(self._km), (row, np.tile(self._category, 2))),
            shape=(2 * network.chains, CATEGORIES),
        ).tocsr()
        chosen = coo_array(
            (
                np.ones(len(driven)),
                (driven, chain[driven] + backward[driven] * network.chains),
            ),
            shape=(len(chain), 2 * network.chains),
        ).tocsr()
        self._km_of_arc: csr_array = (chosen @ whole).tocsr()
        self._nodes = travel.nodes
        self._key = arcs.tail * (self._nodes + 1) + arcs.head
        self._starts = np.searchsorted(arcs.tail, np.arange(self._nodes + 1))

    def routes(self, origin: Positions, destinations: Positions) -> Routes:
        """Return the fastest ways from one place.

        Parameters
        ----------
        origin
            One position.
        destinations
            Where to; one on the same chain as the origin counts as not reached, as the way between
            them passes no junction.

        Returns
        -------
        Routes
        """
        leaving, entering = self._travel.doors_out(origin), self._travel.doors_in(destinations)
        distance, before = self._search(leaving.node, leaving.minutes)
        there = distance[entering.node] + entering.minutes
        best = _least_by(entering.position, there, len(destinations))
        chain = self._travel.network.chain_of_piece
        found = np.isfinite(there[best]) & destinations.found
        found &= chain[destinations.piece] != chain[origin.piece[0]]
        ways = np.flatnonzero(found)
        first, arcs_taken = self._walk(before, entering.node[best[ways]])
        km = np.zeros((len(destinations), CATEGORIES))
        km[ways] = (arcs_taken @ self._km_of_arc).toarray()
        outward = np.stack([self._door(origin, 0, backward=b, out=True) for b in (False, True)])
        km[ways] += outward[_door_of(leaving.node, first)]
        for way, door in zip(ways.tolist(), best[ways].tolist(), strict=True):
            backward = bool(entering.backward[door])
            km[way] += self._door(destinations, way, backward=backward, out=False)
        return Routes(np.where(found, there[best], np.inf), km)

    def _search(self, nodes: IntArray, minutes: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return minutes to all nodes from a source before some nodes, and the node before each."""
        arcs, order = self._arcs, np.argsort(minutes)
        _, first = np.unique(nodes[order], return_index=True)  # a loop leads back to one node
        door = order[first][np.isfinite(minutes[order[first]])]
        graph = csr_array(  # arcs stand by tail, and the source comes last
            (
                np.concatenate([arcs.minutes, minutes[door] + LEAST_MINUTES]),
                np.concatenate([arcs.head, nodes[door]]),
                np.append(self._starts, len(arcs) + len(door)),
            ),
            shape=(self._nodes + 1, self._nodes + 1),
        )
        distance, before = dijkstra(graph, indices=np.array(self._nodes), return_predecessors=True)
        return distance, before.astype(np.int64)

    def _walk(self, before: IntArray, ends: IntArray) -> tuple[IntArray, csr_array]:
        """Return the first node of each way, and which arcs each takes, shape (ways, arcs)."""
        here, going = ends.copy(), np.arange(len(ends))
        rows, columns = [], []
        while True:
            going = going[before[here[going]] != self._nodes]
            if not len(going):
                break
            previous = before[here[going]]
            rows.append(going)
            columns.append(np.searchsorted(self._key, previous * (self._nodes + 1) + here[going]))
            here[going] = previous
        row = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        column = np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
        taken = coo_array((np.ones(len(row)), (row, column)), shape=(len(ends), len(self._key)))
        return here, taken.tocsr()

    def _door(self, at: Positions, position: int, *, backward: bool, out: bool) -> FloatArray:
        """Return kilometres between a position and an end of its chain, shape (`CATEGORIES`,)."""
        network = self._travel.network
        piece, fraction = int(at.piece[position]), float(at.fraction[position])
        chain = network.chain_of_piece[piece]
        first, last = int(network.start[chain]), int(network.start[chain + 1])
        to_head = out != backward
        whole = np.arange(piece + 1, last) if to_head else np.arange(first, piece)
        along = self._km[1 if backward else 0]
        km = np.zeros(CATEGORIES)
        np.add.at(km, self._category[whole], along[whole])
        km[self._category[piece]] += along[piece] * (1.0 - fraction if to_head else fraction)
        return km


def _least_by(position: IntArray, minutes: FloatArray, positions: int) -> IntArray:
    """Return for each position which of its doors takes least."""
    order = np.lexsort((minutes, position))
    first = np.searchsorted(position[order], np.arange(positions))
    return np.asarray(order[first])


def _door_of(nodes: IntArray, first: IntArray) -> IntArray:
    """Return the door that each way leaves by, given the first node of each."""
    return np.asarray((nodes[None, :] == first[:, None]).argmax(axis=1))
