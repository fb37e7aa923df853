"""Minutes over the road network: shortest paths for one speed profile.

Chains become the arcs of a compressed sparse graph; scipy's Dijkstra does the search. Points lie
somewhere on a piece of road, so a search starts and ends with the part of a chain that is driven.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

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


@dataclass(frozen=True, slots=True)
class _Ends:
    """Minutes between positions and the two junctions of their chains."""

    tail: IntArray
    head: IntArray
    to_tail: FloatArray
    to_head: FloatArray
    from_tail: FloatArray
    from_head: FloatArray


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
            result = self._search(origins, destinations, self._graph)
        else:
            result = self._search(destinations, origins, self._transposed).T
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
    def _graph(self) -> csr_array:
        """Junctions and chains; arc value is minutes; the fastest of parallel chains counts."""
        network = self.network
        first, last = network.start[:-1], network.start[1:]
        minutes = np.concatenate(
            [self._forward.between(first, last), self._backward.between(first, last)]
        )
        tail = np.concatenate([network.tail, network.head])
        head = np.concatenate([network.head, network.tail])
        kept = np.isfinite(minutes) & (tail != head)
        return _fastest_arcs(tail[kept], head[kept], minutes[kept], network.nodes)

    @cached_property
    def _transposed(self) -> csr_array:
        return self._graph.T.tocsr()

    def _ends(self, at: Positions) -> _Ends:
        network = self.network
        piece = np.maximum(at.piece, 0)
        chain = network.chain_of_piece[piece]
        first, last = network.start[chain], network.start[chain + 1]
        share, rest = at.fraction, 1.0 - at.fraction
        forward, backward = self._forward, self._backward
        # what awaits at a piece's end is passed on leaving the chain there, not on arriving mid-way
        return _Ends(
            tail=network.tail[chain],
            head=network.head[chain],
            to_tail=backward.between(first, piece + 1) - backward.part(piece, rest),
            to_head=forward.between(piece, last) - forward.part(piece, share),
            from_tail=forward.between(first, piece) + forward.open_part(piece, share),
            from_head=backward.between(piece + 1, last) + backward.open_part(piece, rest),
        )

    def _search(self, sources: Positions, targets: Positions, graph: csr_array) -> FloatArray:
        """Return minutes from sources to targets over `graph`, or against it if transposed."""
        outward = graph is self._graph
        start, end = self._ends(sources), self._ends(targets)
        leave = (start.to_tail, start.to_head) if outward else (start.from_tail, start.from_head)
        reach = (end.from_tail, end.from_head) if outward else (end.to_tail, end.to_head)
        result = np.empty((len(sources), len(targets)))
        for begin in range(0, len(sources), SOURCES_AT_ONCE):
            rows = slice(begin, begin + SOURCES_AT_ONCE)
            extended = _with_sources(
                graph, start.tail[rows], start.head[rows], leave[0][rows], leave[1][rows]
            )
            nodes = graph.shape[0]
            distance = dijkstra(extended, indices=np.arange(nodes, extended.shape[0]))
            result[rows] = np.minimum(
                distance[:, end.tail] + reach[0], distance[:, end.head] + reach[1]
            )
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


def _with_sources(
    graph: csr_array, tail: IntArray, head: IntArray, to_tail: FloatArray, to_head: FloatArray
) -> csr_array:
    """Return the graph with one more node per source, from which its two junctions are reached."""
    nodes, sources = graph.shape[0], len(tail)
    minutes = np.column_stack([to_tail, to_head]).ravel()
    towards = np.column_stack([tail, head]).ravel()
    open_ = np.isfinite(minutes)
    per_source = open_.reshape(-1, 2).sum(axis=1)
    data = np.concatenate([graph.data, np.maximum(minutes[open_], LEAST_MINUTES)])
    indices = np.concatenate([graph.indices, towards[open_]])
    indptr = np.concatenate([graph.indptr, graph.indptr[-1] + np.cumsum(per_source)])
    return csr_array((data, indices, indptr), shape=(nodes + sources, nodes + sources))
