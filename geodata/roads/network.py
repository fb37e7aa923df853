"""The road network: junctions, the chains of road between them, and points snapped to them.

A chain is all road between two junctions, made of straight pieces; each piece keeps its class,
limits and access, so one network serves every speed profile. It is
made in `roads`; minutes are found in `routing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.roads.turns import Turns


FEW_POINTS: Final = 8
"""For so few, laying out a search tree of all roads takes longer than the search."""


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
        sizes = self.start[chains + 1] - self.start[chains] + 1
        first = np.repeat(self.start[chains] + chains, sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        vertex = first + within
        return shapely.linestrings(
            self.x[vertex], self.y[vertex], indices=np.repeat(np.arange(len(chains)), sizes)
        )

    @cached_property
    def _entrance_tree(self) -> tuple[STRtree, IntArray]:
        """Return a search tree of the pieces one may snap to, and their numbers."""
        return self._tree(np.flatnonzero(self.entrances))

    def _entrances_near(self, x: FloatArray, y: FloatArray, m: float) -> tuple[STRtree, IntArray]:
        """Return the same for the pieces that start or end within a square around a point."""
        first = np.arange(len(self.length)) + self.chain_of_piece
        longest = float(self.length.max())
        near = np.zeros(len(self.length), dtype=bool)
        for px, py in zip(x, y, strict=True):
            near |= (np.abs(self.x[first] - px) <= m + longest) & (
                np.abs(self.y[first] - py) <= m + longest
            )
        return self._tree(np.flatnonzero(near & self.entrances))

    def _tree(self, pieces: IntArray) -> tuple[STRtree, IntArray]:
        first = pieces + self.chain_of_piece[pieces]
        ends = np.stack(
            [
                np.column_stack([self.x[first], self.y[first]]),
                np.column_stack([self.x[first + 1], self.y[first + 1]]),
            ],
            axis=1,
        )
        return STRtree(np.asarray(shapely.linestrings(ends))), pieces

    def snap(self, x: FloatArray, y: FloatArray, limit: float) -> Positions:
        """Return where on the road the points are: the nearest spot of the nearest road.

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
        if len(x) <= FEW_POINTS:
            tree, pieces = self._entrances_near(x, y, limit)
        else:
            tree, pieces = self._entrance_tree
        found = np.full(len(x), -1, dtype=np.int64)
        fraction = np.zeros(len(x))
        offset = np.full(len(x), np.nan)
        which, nearest = tree.query_nearest(
            shapely.points(x, y), max_distance=limit, all_matches=False
        )
        piece = pieces[nearest]
        first = piece + self.chain_of_piece[piece]
        dx, dy = self.x[first + 1] - self.x[first], self.y[first + 1] - self.y[first]
        px, py = x[which] - self.x[first], y[which] - self.y[first]
        along = np.clip((px * dx + py * dy) / np.maximum(dx**2 + dy**2, 1e-9), 0.0, 1.0)
        found[which], fraction[which] = piece, along
        offset[which] = np.hypot(px - along * dx, py - along * dy)
        return Positions(found, fraction, offset)
