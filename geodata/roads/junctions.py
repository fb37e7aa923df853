"""What a driver meets at the end of each piece of road; plumbing of `roads`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geodata.osm.access_tags import ROAD_CLASSES
from geodata.roads.network import Arrival

if TYPE_CHECKING:
    from geodata.arrays import BoolArray, IntArray
    from geodata.osm.extract import Tags


MOTORWAYS: Final = ("motorway", "motorway_link")
MINOR_CLASSES: Final = ("service", "emergency")
"""Classes whose side roads do not make a junction one slows down for."""
ARMS_OF_A_JUNCTION: Final = 3


def classes(names: tuple[str, ...]) -> list[int]:
    """Return the numbers of road classes."""
    return [ROAD_CLASSES.index(name) for name in names]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What awaits at each node, and the road from which it is met.

    Node columns: `road_junction`, `best_class`, `has_roundabout`, `crossing`, and `signal` as a
    pair, for who drives with and against the way. Piece columns: `road_class`, `roundabout`.
    """

    road_junction: BoolArray
    best_class: IntArray
    has_roundabout: BoolArray
    crossing: BoolArray
    signal: tuple[BoolArray, BoolArray]
    road_class: IntArray
    roundabout: BoolArray

    @classmethod
    def of(
        cls,
        tail: IntArray,
        head: IntArray,
        road_class: IntArray,
        roundabout: BoolArray,
        ids: IntArray,
        node_tags: dict[int, Tags],
    ) -> Arrivals:
        """Find out what awaits at each node.

        Parameters
        ----------
        tail, head, road_class, roundabout
            Piece columns.
        ids
            OpenStreetMap id of each node.
        node_tags
            Tags by OpenStreetMap id.
        """
        nodes = len(ids)
        major = ~np.isin(road_class, classes(MINOR_CLASSES))
        arms = np.bincount(np.concatenate([tail[major], head[major]]), minlength=nodes)
        best = np.full(nodes, len(ROAD_CLASSES))
        has_roundabout = np.zeros(nodes, dtype=bool)
        for end in (tail, head):
            np.minimum.at(best, end, road_class)
            has_roundabout[end[roundabout]] = True
        signals = {
            node: tags.get("traffic_signals:direction")
            for node, tags in node_tags.items()
            if tags.get("highway") == "traffic_signals"
        }
        crossings = [n for n, t in node_tags.items() if t.get("railway") == "level_crossing"]
        return cls(
            road_junction=arms >= ARMS_OF_A_JUNCTION,
            best_class=best,
            has_roundabout=has_roundabout,
            crossing=_marked(ids, crossings),
            signal=(
                _marked(ids, [node for node, way in signals.items() if way != "backward"]),
                _marked(ids, [node for node, way in signals.items() if way != "forward"]),
            ),
            road_class=road_class,
            roundabout=roundabout,
        )

    def at(self, end: IntArray, against: BoolArray) -> Arrival:
        """Return what awaits each piece at a node.

        Parameters
        ----------
        end
            Node where each piece ends.
        against
            Whether the piece is driven against the direction of its way.
        """
        signal = np.where(against, self.signal[1][end], self.signal[0][end])
        meets = self.road_junction[end] & ~signal
        enters_roundabout = self.has_roundabout[end] & ~self.roundabout
        gives_way = (self.road_class > self.best_class[end]) | enters_roundabout
        goes_on = np.isin(self.road_class, classes(MOTORWAYS)) | self.roundabout
        return Arrival(
            junction=meets & ~gives_way & ~goes_on,
            yields=meets & gives_way,
            signal=signal,
            crossing=self.crossing[end],
        )


def _marked(ids: IntArray, marked: list[int]) -> BoolArray:
    return np.isin(ids, np.array(marked, dtype=np.int64))
