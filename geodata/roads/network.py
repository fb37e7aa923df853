"""The road network: junctions, the chains of road between them, and points snapped to them.

A chain is all road between two junctions, made of straight pieces; each piece keeps its class,
limits and access, so one network serves every speed profile. It is
made in `roads`; minutes are found in `routing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.roads.turns import Turns


TILE_M: Final = 10_000
"""Points are snapped tile by tile, metres: a search tree of all roads takes much memory."""
EQUALLY_NEAR: Final = 1e-6
"""Metres by which computed distances differ to what two pieces have in common: their joint."""


class _Lines(NamedTuple):
    """A search tree of lines, each a row of pieces that follow one another on a chain.

    `first` and `sizes` tell which pieces each line is, shape (lines,).
    """

    tree: STRtree
    first: IntArray
    sizes: IntArray


@dataclass(frozen=True, slots=True)
class Arrival:
    """What awaits at the end of a piece, as flags shape (pieces,)."""

    yields: BoolArray
    signal: BoolArray
    crossing: BoolArray


@dataclass(frozen=True, slots=True)
class OneWay:
    """One direction of all pieces: access, posted km/h (NaN for none), what awaits at the end.

    `car_local` and `siren_local` tell what is open only at the start or the end of a trip.
    """

    car: BoolArray
    siren: BoolArray
    car_local: BoolArray
    siren_local: BoolArray
    limit: FloatArray
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Positions:
    """Points on the road.

    Attributes
    ----------
    piece
        Piece the point lies on; -1 where no road is near enough.
    fraction
        How far along the piece, 0 to 1.
    offset
        Metres from the point to the road; NaN where no road is near enough.
    """

    piece: IntArray
    fraction: FloatArray
    offset: FloatArray

    def __len__(self) -> int:
        return len(self.piece)

    @property
    def found(self) -> BoolArray:
        """Whether each point has a position."""
        return self.piece >= 0

    def at(self, rows: IntArray) -> Positions:
        """Return some of the positions."""
        return Positions(self.piece[rows], self.fraction[rows], self.offset[rows])


def joined(*parts: Positions) -> Positions:
    """Return positions one after the other."""
    return Positions(
        np.concatenate([part.piece for part in parts]),
        np.concatenate([part.fraction for part in parts]),
        np.concatenate([part.offset for part in parts]),
    )


@dataclass(frozen=True)
class RoadNetwork:
    """Roads as columns; metres in `crs`.

    Attributes
    ----------
    crs
        Projection of all coordinates.
    tail, head
        Nodes at the ends of each chain: a junction, or a street that passes it, shape (chains,).
    turns
        Where each chain leads to, once turn restrictions are heeded, and what turning costs.
    start
        Where each chain starts in the piece columns, shape (chains + 1,).
    x, y
        Vertices; chain c has those from start[c] + c to start[c + 1] + c inclusive.
    length, road_class, country, built_up
        Piece columns: metres, index in `ROAD_CLASSES` and in `legal_limits.COUNTRIES`, and a flag,
        shape (pieces,).
    ferry
        Whether a piece is no road that one drives but a crossing by ferry, shape (pieces,).
    wait
        Seconds that everyone spends on a piece beside driving it, shape (pieces,).
    forward, backward
        Both directions of the pieces, forward being from the chain's tail to its head.
    gives_way_tail, gives_way_head
        Whether one gives way before one enters a chain at either end, beyond what its neighbours
        tell, shape (chains,).
    entrances
        Whether points may snap to a piece, shape (pieces,).
    """

    crs: str
    tail: IntArray
    head: IntArray
    turns: Turns
    start: IntArray
    x: FloatArray
    y: FloatArray
    length: FloatArray
    road_class: IntArray
    country: npt.NDArray[np.int8]
    built_up: BoolArray
    ferry: BoolArray
    wait: FloatArray
    forward: OneWay
    backward: OneWay
    gives_way_tail: BoolArray
    gives_way_head: BoolArray
    entrances: BoolArray

    @property
    def chains(self) -> int:
        """Number of chains."""
        return len(self.tail)

    @cached_property
    def chain_of_piece(self) -> IntArray:
        """Chain each piece belongs to, shape (pieces,)."""
        return np.repeat(np.arange(self.chains), np.diff(self.start))

    def metres_along(self, at: Positions) -> tuple[FloatArray, FloatArray]:
        """Return metres from the tail of each position's chain to it, and the chain's length."""
        before = np.concatenate([[0.0], np.cumsum(self.length)])
        piece = np.maximum(at.piece, 0)
        chain = self.chain_of_piece[piece]
        first, last = self.start[chain], self.start[chain + 1]
        along = before[piece] - before[first] + at.fraction * self.length[piece]
        return along, before[last] - before[first]

    def lines(self, chains: IntArray) -> npt.NDArray[np.object_]:
        """Return the geometry of some chains, shape (chains,)."""
        line, within = _spread(self.start[chains + 1] - self.start[chains] + 1)
        vertex = (self.start[chains] + chains)[line] + within
        return np.asarray(shapely.linestrings(self.x[vertex], self.y[vertex], indices=line))

    def snap(self, x: FloatArray, y: FloatArray, limit: float) -> Positions:
        """Return where on the road the points are: the nearest spot of the nearest road.

        Of pieces that are equally near, as two are where they meet, it is the first.

        Parameters
        ----------
        x, y
            Points in `crs`, shape (points,).
        limit
            Metres beyond which a point is left without a position.

        Returns
        -------
        Positions
        """
        found = np.full(len(x), -1, dtype=np.int64)
        fraction = np.zeros(len(x))
        offset = np.full(len(x), np.nan)
        tiles = np.stack([x // TILE_M, y // TILE_M])
        _, tile = np.unique(tiles, axis=1, return_inverse=True)
        for number in range(int(tile.max(initial=-1)) + 1):
            rows = np.flatnonzero(tile == number)
            point, piece = self._nearest(x[rows], y[rows], limit)
            at = rows[point]
            found[at] = piece
            fraction[at], offset[at] = self._onto(piece, x[at], y[at])
        return Positions(found, fraction, offset)

    def _nearest(self, x: FloatArray, y: FloatArray, limit: float) -> tuple[IntArray, IntArray]:
        """Return the points that have a road within the limit, and the nearest piece of each."""
        lines = self._lines_near(x, y, limit)
        which, nearest = lines.tree.query_nearest(shapely.points(x, y), max_distance=limit)
        pair, within = _spread(lines.sizes[nearest])
        point, piece = which[pair], lines.first[nearest[pair]] + within
        _, away = self._onto(piece, x[point], y[point])
        order = np.lexsort((piece, np.round(away / EQUALLY_NEAR), point))
        best = order[np.flatnonzero(np.diff(point[order], prepend=-1))]
        return point[best], piece[best]

    @cached_property
    def _boxes(self) -> FloatArray:
        """West, south, east and north of each chain, shape (4, chains)."""
        first = self.start[:-1] + np.arange(self.chains)
        least = [np.minimum.reduceat(vertices, first) for vertices in (self.x, self.y)]
        most = [np.maximum.reduceat(vertices, first) for vertices in (self.x, self.y)]
        return np.array([*least, *most])

    def _lines_near(self, x: FloatArray, y: FloatArray, limit: float) -> _Lines:
        """Return the pieces that points may snap to, as lines."""
        west, south, east, north = self._boxes
        near = (west <= x.max() + limit) & (east >= x.min() - limit)
        near &= (south <= y.max() + limit) & (north >= y.min() - limit)
        chains = np.flatnonzero(near)
        of, within = _spread(self.start[chains + 1] - self.start[chains])
        pieces = self.start[chains][of] + within
        pieces = pieces[self.entrances[pieces]]
        chain = self.chain_of_piece[pieces]
        follows = (np.diff(pieces, prepend=-2) == 1) & (np.diff(chain, prepend=-1) == 0)
        first = np.flatnonzero(~follows)
        sizes = np.diff(first, append=len(pieces))
        line, within = _spread(sizes + 1)
        vertex = (pieces[first] + chain[first])[line] + within
        lines = shapely.linestrings(self.x[vertex], self.y[vertex], indices=line)
        return _Lines(STRtree(np.asarray(lines)), pieces[first], sizes)

    def _onto(self, piece: IntArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how far along a piece each point's nearest spot is, and the metres to it."""
        first = piece + self.chain_of_piece[piece]
        dx, dy = self.x[first + 1] - self.x[first], self.y[first + 1] - self.y[first]
        px, py = x - self.x[first], y - self.y[first]
        along = np.clip((px * dx + py * dy) / np.maximum(dx**2 + dy**2, 1e-9), 0.0, 1.0)
        return along, np.hypot(px - along * dx, py - along * dy)


def _spread(sizes: IntArray) -> tuple[IntArray, IntArray]:
    """Return, for groups of some sizes one after the other, each member's group and place in it."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
