"""Minutes over the road network: shortest paths for one speed profile.

Chains become the arcs of a compressed sparse graph; scipy's Dijkstra does the search. Points lie
somewhere on a piece of road, so a search starts and ends with the part of a chain that is driven.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.network import OneWay, Positions, RoadNetwork
from geodata.profiles import Profile

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MINUTES_PER_HOUR: Final = 60.0
SECONDS_PER_MINUTE: Final = 60.0
METRES_PER_KM: Final = 1000.0
LEAST_MINUTES: Final = 1e-6
"""Below this scipy's sparse graphs would take an arc for absent."""
SOURCES_AT_ONCE: Final = 32
"""Searches whose results are held in memory together."""


@dataclass(frozen=True, slots=True)
class _Drive:
    """Driving one direction of all pieces.

    `before` is what it costs to have driven all earlier pieces of the chain column, `closed` how
    many of those are closed; both are cumulative, shape (pieces + 1,).
    """

    piece: FloatArray
    before: FloatArray
    closed: IntArray

    @classmethod
    def of(cls, piece: FloatArray, arrival: FloatArray, passable: BoolArray) -> "_Drive":
        whole = np.where(passable, piece + arrival, 0.0)
        return cls(
            piece=piece,
            before=np.concatenate([[0.0], np.cumsum(whole)]),
            closed=np.concatenate([[0], np.cumsum(~passable)]),
        )

    def between(self, first: IntArray, last: IntArray) -> FloatArray:
        """Return minutes over the whole pieces from `first` up to but not including `last`."""
        open_ = self.closed[first] == self.closed[last]
        return np.where(open_, self.before[last] - self.before[first], np.inf)

    def part(self, piece: IntArray, share: FloatArray) -> FloatArray:
        """Return minutes over a share of one piece, open or not, without what awaits at its end."""
        return self.piece[piece] * share

    def open_part(self, piece: IntArray, share: FloatArray) -> FloatArray:
        """Return `part`, infinite where the piece is closed."""
        open_ = self.closed[piece] == self.closed[piece + 1]
        return np.where(open_, self.part(piece, share), np.inf)


class _Doors(NamedTuple):
    """Ways between positions and junctions: position, junction and minutes, shape (doors,)."""

    position: IntArray
    node: IntArray
    minutes: FloatArray


@dataclass(frozen=True)
class TravelTimes:
    """A network under one speed profile.

    Parameters
    ----------
    network
        Roads.
    profile
        How they are driven.
    """

    network: RoadNetwork
    profile: Profile

    def minutes(self, origins: Positions, destinations: Positions) -> FloatArray:
        """Return travel minutes from every origin to every destination.

        Parameters
        ----------
        origins, destinations
            Points on the road.

        Returns
        -------
        numpy.ndarray
            Shape (origins, destinations); NaN where there is no way.

        Notes
        -----
        One search per point of the shorter list: from the origins, or on the transposed graph from
        the destinations (Dijkstra, 1959).
        """
        if len(origins) <= len(destinations):
            result = self._search(self._leaving(origins), self._entering(destinations), self._graph)
        else:
            result = self._search(
                self._entering(destinations), self._leaving(origins), self._transposed
            ).T
        result = np.minimum(result, self._along_one_chain(origins, destinations, result.shape))
        result[~origins.found] = np.nan
        result[:, ~destinations.found] = np.nan
        return np.where(np.isfinite(result), result, np.nan)

    @cached_property
    def _forward(self) -> _Drive:
        return self._drive(self.network.forward)

    @cached_property
    def _backward(self) -> _Drive:
        return self._drive(self.network.backward)

    def _drive(self, way: OneWay) -> _Drive:
        network, profile = self.network, self.profile
        factor = profile.factor[network.road_class, network.built_up.astype(int)]
        factor = np.where(
            network.destination_only, factor * profile.destination_only_factor, factor
        )
        km_per_minute = way.limit * factor / MINUTES_PER_HOUR
        arrival = (
            way.arrival.junction * profile.junction_seconds
            + way.arrival.yields * profile.yield_seconds
            + way.arrival.signal * profile.signal_seconds
            + way.arrival.crossing * profile.crossing_seconds
        )
        return _Drive.of(
            network.length / METRES_PER_KM / km_per_minute,
            arrival / SECONDS_PER_MINUTE,
            way.car if profile.mode == "car" else way.siren,
        )

    @cached_property
    def _chain_minutes(self) -> tuple[FloatArray, FloatArray]:
        """Minutes over whole chains forward and backward, infinite where closed."""
        first, last = self.network.start[:-1], self.network.start[1:]
        return self._forward.between(first, last), self._backward.between(first, last)

    @cached_property
    def _graph(self) -> csr_array:
        """Junctions and chains; arc value is minutes; the fastest of parallel chains counts."""
        network, turns = self.network, self.network.turns
        forward, backward = self._chain_minutes
        onto = np.where(turns.backward, backward[turns.chain], forward[turns.chain])
        minutes = np.concatenate([forward, backward, np.where(self._exits, onto, np.inf)])
        tail = np.concatenate([network.tail, network.head, turns.copy])
        far_end = np.where(
            turns.backward, turns.backward_end[turns.chain], turns.forward_end[turns.chain]
        )
        head = np.concatenate([turns.forward_end, turns.backward_end, far_end])
        kept = np.isfinite(minutes) & (tail != head)
        return _fastest_arcs(tail[kept], head[kept], minutes[kept], turns.nodes)

    @cached_property
    def _exits(self) -> BoolArray:
        """Whether each exit of a restricted junction is open to this profile."""
        turns = self.network.turns
        return turns.car if self.profile.mode == "car" else turns.siren

    @cached_property
    def _transposed(self) -> csr_array:
        return self._graph.T.tocsr()

    def _leaving(self, at: Positions) -> _Doors:
        """Return the ways from positions to the junctions their chains lead to."""
        network = self.network
        piece = np.maximum(at.piece, 0)
        chain = network.chain_of_piece[piece]
        first, last = network.start[chain], network.start[chain + 1]
        ahead = self._forward.between(piece, last) - self._forward.part(piece, at.fraction)
        back = self._backward.between(first, piece + 1) - self._backward.part(
            piece, 1.0 - at.fraction
        )
        position = np.arange(len(at))
        turns = network.turns
        return _Doors(
            np.concatenate([position, position]),
            np.concatenate([turns.forward_end[chain], turns.backward_end[chain]]),
            np.concatenate([ahead, back]),
        )

    def _entering(self, at: Positions) -> _Doors:
        """Return the ways to positions from the junctions, and their copies, of their chains."""
        network, turns = self.network, self.network.turns
        piece = np.maximum(at.piece, 0)
        chain = network.chain_of_piece[piece]
        first, last = network.start[chain], network.start[chain + 1]
        from_tail = self._forward.between(first, piece) + self._forward.open_part(
            piece, at.fraction
        )
        from_head = self._backward.between(piece + 1, last) + self._backward.open_part(
            piece, 1.0 - at.fraction
        )
        position = np.arange(len(at))
        exit_, through = np.nonzero((turns.chain[:, None] == chain) & self._exits[:, None])
        after_turn = np.where(turns.backward[exit_], from_head[through], from_tail[through])
        return _Doors(
            np.concatenate([position, position, through]),
            np.concatenate([network.tail[chain], network.head[chain], turns.copy[exit_]]),
            np.concatenate([from_tail, from_head, after_turn]),
        )

    def _search(self, sources: _Doors, targets: _Doors, graph: csr_array) -> FloatArray:
        """Return minutes from sources to targets over a graph."""
        count = int(sources.position.max(initial=-1)) + 1
        result = np.empty((count, int(targets.position.max(initial=-1)) + 1))
        extended = _with_sources(graph, sources, count)
        nodes = graph.shape[0]
        for begin in range(0, count, SOURCES_AT_ONCE):
            end = min(begin + SOURCES_AT_ONCE, count)
            distance = dijkstra(extended, indices=np.arange(nodes + begin, nodes + end))
            result[begin:end] = _through_doors(distance, targets)
        return result

    def _along_one_chain(
        self, origins: Positions, destinations: Positions, shape: tuple[int, ...]
    ) -> FloatArray:
        """Return minutes between points on the same chain without leaving it; elsewhere inf."""
        result = np.full(shape, np.inf)
        chain = self.network.chain_of_piece
        one = chain[np.maximum(origins.piece, 0)]
        other = chain[np.maximum(destinations.piece, 0)]
        o, d = np.nonzero(one[:, None] == other[None, :])
        i, j = origins.piece[o], destinations.piece[d]
        f, g = origins.fraction[o], destinations.fraction[d]
        ahead = (j > i) | ((j == i) & (g >= f))
        onward = self._forward.between(i, np.maximum(i, j)) - self._forward.part(i, f)
        back = self._backward.between(np.minimum(i, j) + 1, i + 1) - self._backward.part(i, 1.0 - f)
        result[o, d] = np.where(
            ahead,
            onward + self._forward.open_part(j, g),
            back + self._backward.open_part(j, 1.0 - g),
        )
        return result


def _fastest_arcs(tail: IntArray, head: IntArray, minutes: FloatArray, nodes: int) -> csr_array:
    order = np.lexsort((minutes, head, tail))
    tail, head, minutes = tail[order], head[order], minutes[order]
    fastest = np.ones(len(tail), dtype=bool)
    fastest[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_array(
        (np.maximum(minutes[fastest], LEAST_MINUTES), (tail[fastest], head[fastest])),
        shape=(nodes, nodes),
    )


def _through_doors(distance: FloatArray, doors: _Doors) -> FloatArray:
    """Return minutes to positions given those to junctions, shape (sources, positions)."""
    positions = int(doors.position.max(initial=-1)) + 1
    first, second = slice(0, positions), slice(positions, 2 * positions)
    result = np.minimum(
        distance[:, doors.node[first]] + doors.minutes[first],
        distance[:, doors.node[second]] + doors.minutes[second],
    )
    for door in range(2 * positions, len(doors.node)):
        column = distance[:, doors.node[door]] + doors.minutes[door]
        at = doors.position[door]
        result[:, at] = np.minimum(result[:, at], column)
    return result


def _with_sources(graph: csr_array, doors: _Doors, count: int) -> csr_array:
    """Return the graph with one more node per position, from which its doors lead on."""
    open_ = np.isfinite(doors.minutes)
    order = np.argsort(doors.position[open_], kind="stable")
    per_source = np.bincount(doors.position[open_], minlength=count)
    data = np.concatenate([graph.data, np.maximum(doors.minutes[open_][order], LEAST_MINUTES)])
    indices = np.concatenate([graph.indices, doors.node[open_][order]])
    indptr = np.concatenate([graph.indptr, graph.indptr[-1] + np.cumsum(per_source)])
    nodes = graph.shape[0] + count
    return csr_array((data, indices, indptr), shape=(nodes, nodes))
