"""Minutes over the road network: shortest paths for one speed profile.

Chains become the arcs of a compressed sparse graph; scipy's Dijkstra does the search. Points lie
somewhere on a piece of road, so a search starts and ends with the part of a chain that is driven.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from geodata.routing.contraction import Arcs, Core, shrink, whole
from geodata.routing.local_traffic import NO_ARC, Layers, in_layers

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.config.speed_profiles import Profile
    from geodata.roads.network import OneWay, Positions, RoadNetwork


MINUTES_PER_HOUR: Final = 60.0
SECONDS_PER_MINUTE: Final = 60.0
METRES_PER_KM: Final = 1000.0
NO_CHAIN: Final = -1
LEAST_MINUTES: Final = 1e-6
"""Below this scipy's sparse graphs would take an arc for absent."""


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
    def of(cls, piece: FloatArray, arrival: FloatArray, passable: BoolArray) -> _Drive:
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


class Doors(NamedTuple):
    """Ways between positions and junctions.

    First a door per position for driving its chain forward, then one for driving it backward, then
    doors from restricted junctions.

    Attributes
    ----------
    position, node, minutes
        Position, junction or copy of one, and minutes between; shape (doors,).
    backward
        Whether the chain is driven backward, shape (doors,).
    """

    position: IntArray
    node: IntArray
    minutes: FloatArray
    backward: BoolArray


@dataclass(frozen=True)
class TravelTimes:
    """A network under one speed profile.

    Parameters
    ----------
    network
        Roads.
    profile
        How they are driven.
    hubs
        Points at which many searches will start or end: for these the graph is shrunk first, which
        pays from about ten on.
    """

    network: RoadNetwork
    profile: Profile
    hubs: Positions | None = None

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
        leaving, entering = self.doors_out(origins), self.doors_in(destinations)
        if len(origins) <= len(destinations):
            result = self._search(leaving, entering, backward=False)
        else:
            result = self._search(entering, leaving, backward=True).T
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
        kmh = profile.kmh(network.country, network.road_class, network.built_up, way.limit)
        driving = np.where(
            network.ferry, 0.0, network.length / METRES_PER_KM / kmh * MINUTES_PER_HOUR
        )
        arrival = (
            way.arrival.yields * profile.yield_seconds
            + way.arrival.signal * profile.signal_seconds
            + way.arrival.crossing * profile.crossing_seconds
        )
        return _Drive.of(
            driving + network.wait / SECONDS_PER_MINUTE,
            arrival / SECONDS_PER_MINUTE,
            way.car if profile.mode == "car" else way.siren,
        )

    @cached_property
    def _turn(self) -> float:
        """Minutes that a turn takes."""
        return self.profile.turn_seconds / SECONDS_PER_MINUTE

    @cached_property
    def _chain_minutes(self) -> tuple[FloatArray, FloatArray]:
        """Minutes over whole chains forward and backward, infinite where closed."""
        first, last = self.network.start[:-1], self.network.start[1:]
        turns = self.network.turns
        sides = self._turn * (turns.side_tail + turns.side_head)
        at_tail, at_head = self._giving_way
        return (
            self._forward.between(first, last) + sides + at_tail,
            self._backward.between(first, last) + sides + at_head,
        )

    @cached_property
    def _giving_way(self) -> tuple[FloatArray, FloatArray]:
        """Minutes lost before one enters each chain at its tail and at its head."""
        minutes = self.profile.yield_seconds / SECONDS_PER_MINUTE
        tail, head = self.network.gives_way_tail, self.network.gives_way_head
        return np.where(tail, minutes, 0.0), np.where(head, minutes, 0.0)

    def _all_arcs(self) -> tuple[Arcs, IntArray, BoolArray]:
        """Return chains driven either way and turns between streets as arcs; chain, way of each."""
        network, turns = self.network, self.network.turns
        forward, backward = self._chain_minutes
        onto = np.where(turns.backward, backward[turns.chain], forward[turns.chain])
        onto = np.where(self._exits, onto + self._turn * turns.across, np.inf)
        between = self._turn * turns.between
        minutes = np.concatenate([forward, backward, onto, between, between])
        tail = np.concatenate(
            [network.tail, network.head, turns.copy, turns.junction, turns.street]
        )
        head = np.concatenate(
            [turns.forward_end, turns.backward_end, turns.end, turns.street, turns.junction]
        )
        chain = np.arange(network.chains)
        no_chain = np.full(2 * len(between), NO_CHAIN)
        chains = np.concatenate([chain, chain, turns.chain, no_chain])
        backwards = np.concatenate(
            [chain < 0, chain >= 0, turns.backward, np.zeros(len(no_chain), dtype=bool)]
        )
        kept = np.isfinite(minutes) & (tail != head)
        arcs = Arcs(tail[kept], head[kept], np.maximum(minutes[kept], LEAST_MINUTES))
        return arcs, chains[kept], backwards[kept]

    @cached_property
    def _laid_out(self) -> tuple[Layers, Arcs, IntArray, BoolArray]:
        """Arcs in layers, so that nobody passes where only local traffic may; chain and way."""
        arcs, chain, backward = self._all_arcs()
        forward_local, backward_local = self._chain_local
        local = np.where(backward, backward_local[chain], forward_local[chain])
        road = chain != NO_CHAIN
        nodes = self.network.turns.nodes
        layers, arcs, which = in_layers(arcs, local & road, road, nodes, LEAST_MINUTES)
        return layers, arcs, np.where(which == NO_ARC, NO_CHAIN, chain[which]), backward[which]

    @cached_property
    def _chain_local(self) -> tuple[BoolArray, BoolArray]:
        """Whether each chain is for local traffic only, forward and backward."""
        network, car = self.network, self.profile.mode == "car"
        first = network.start[:-1]
        forward, backward = (
            np.logical_or.reduceat(way.car_local if car else way.siren_local, first)
            for way in (network.forward, network.backward)
        )
        return forward, backward

    @cached_property
    def _ends_local(self) -> tuple[BoolArray, BoolArray]:
        """Whether a trip starts or ends locally on each chain, driven forward and backward."""
        network, main = self.network, self.layers.main
        reached_over_local_roads = ~(main[network.tail] & main[network.head])
        forward, backward = self._chain_local
        return forward | reached_over_local_roads, backward | reached_over_local_roads

    @property
    def layers(self) -> Layers:
        """Nodes that stand beside the rest, for roads that only local traffic may drive."""
        return self._laid_out[0]

    @property
    def nodes(self) -> int:
        """Number of nodes of the graph."""
        return self.layers.nodes

    def _fastest(self) -> Arcs:
        """Return the arcs, of parallel ones the fastest."""
        return self._laid_out[1].fastest(self.nodes)

    def arcs_of_chains(self) -> tuple[Arcs, IntArray, BoolArray]:
        """Return the fastest arcs between junctions, by tail and head.

        Returns
        -------
        tuple
            The arcs; the chain of each, `NO_CHAIN` for a turn between streets; and whether it is
            driven backward.
        """
        _, arcs, chain, backward = self._laid_out
        order = np.lexsort((arcs.minutes, arcs.head, arcs.tail))
        arcs = arcs.of(order)
        first = (np.diff(arcs.tail, prepend=-1) != 0) | (np.diff(arcs.head, prepend=-1) != 0)
        return arcs.of(first), chain[order[first]], backward[order[first]]

    def arcs_with_km(self) -> tuple[Arcs, FloatArray]:
        """Return the fastest arcs between junctions by tail and head, and their kilometres."""
        arcs, chain, _ = self.arcs_of_chains()
        metres = np.add.reduceat(self.network.length, self.network.start[:-1])
        km = np.append(metres, 0.0) / METRES_PER_KM  # the last is for turns, which have no chain
        return arcs, km[chain]

    def pieces(self) -> tuple[FloatArray, FloatArray]:
        """Return minutes over each piece, forward and backward, without what awaits at its end."""
        return self._forward.piece, self._backward.piece

    @cached_property
    def _core(self) -> Core | None:
        """The graph shrunk to what the hubs need; None without hubs."""
        if self.hubs is None:
            return None
        doors = np.concatenate([self.doors_out(self.hubs).node, self.doors_in(self.hubs).node])
        return shrink(self._laid_out[1], self.nodes, doors)  # which takes the fastest itself

    @cached_property
    def _whole(self) -> Core:
        return whole(self._fastest(), self.nodes)

    @cached_property
    def _whole_turned(self) -> Core:
        return whole(self._fastest().turned().by_tail(), self.nodes)

    @cached_property
    def _exits(self) -> BoolArray:
        """Whether each exit of a restricted junction is open to this profile."""
        turns = self.network.turns
        return turns.car if self.profile.mode == "car" else turns.siren

    def doors_out(self, at: Positions) -> Doors:
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
        local_ahead, local_back = (local[chain] for local in self._ends_local)
        return Doors(
            np.concatenate([position, position]),
            np.concatenate(
                [
                    self.layers.leaving(turns.forward_end[chain], local_ahead),
                    self.layers.leaving(turns.backward_end[chain], local_back),
                ]
            ),
            np.concatenate(
                [
                    ahead + self._turn * turns.side_head[chain],
                    back + self._turn * turns.side_tail[chain],
                ]
            ),
            np.repeat([False, True], len(at)),
        )

    def doors_in(self, at: Positions) -> Doors:
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
        at_tail, at_head = self._giving_way
        from_tail += self._turn * turns.side_tail[chain] + at_tail[chain]
        from_head += self._turn * turns.side_head[chain] + at_head[chain]
        position = np.arange(len(at))
        exit_, through = np.nonzero((turns.chain[:, None] == chain) & self._exits[:, None])
        after_turn = np.where(turns.backward[exit_], from_head[through], from_tail[through])
        after_turn += self._turn * turns.across[exit_]
        ahead, back = self._ends_local
        local = np.where(turns.backward[exit_], back[chain[through]], ahead[chain[through]])
        return Doors(
            np.concatenate([position, position, through]),
            np.concatenate(
                [
                    self.layers.arriving(network.tail[chain], ahead[chain]),
                    self.layers.arriving(network.head[chain], back[chain]),
                    self.layers.arriving(turns.copy[exit_], local),
                ]
            ),
            np.concatenate([from_tail, from_head, after_turn]),
            np.concatenate([np.repeat([False, True], len(at)), turns.backward[exit_]]),
        )

    def _search(self, sources: Doors, targets: Doors, *, backward: bool) -> FloatArray:
        """Return minutes from sources to targets, driving forward or backward."""
        searches = int(sources.position.max(initial=-1)) + 1
        open_ = np.isfinite(sources.minutes)
        starts = Arcs(
            sources.position[open_],
            sources.node[open_],
            np.maximum(sources.minutes[open_], LEAST_MINUTES),
        )
        core = self._core
        if core is None or not np.isin(starts.head, core.kept).all():
            core = self._whole_turned if backward else self._whole
        elif backward:
            core = core.turned()
        nodes, door = np.unique(targets.node, return_inverse=True)
        distance = core.minutes(starts, searches, nodes)
        return _through_doors(distance, targets._replace(node=door))

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


def _through_doors(distance: FloatArray, doors: Doors) -> FloatArray:
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
