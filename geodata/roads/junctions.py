"""What a driver meets at the end of each piece of road; plumbing of `roads`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geodata.osm.access_tags import ROAD_CLASSES
from geodata.roads.network import Arrival

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import BoolArray, IntArray
    from geodata.osm.extract import Tags


MINOR_CLASSES: Final = ("service", "emergency")
"""Classes whose side roads do not make a junction one slows down for."""
ARMS_OF_A_JUNCTION: Final = 3
ROADS_TO_PASS: Final = 2


def classes(names: tuple[str, ...]) -> list[int]:
    """Return the numbers of road classes."""
    return [ROAD_CLASSES.index(name) for name in names]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What awaits at each node, and the road from which it is met.

    Node columns: `road_junction` and `best_class` as a pair, for who is on a road that leads on and
    on one that doesn't; `has_roundabout`, `crossing`; and `signal` as a pair, for who drives with
    and against the way. Piece columns: `leads_on`, `road_class`, `roundabout`.
    """

    road_junction: tuple[BoolArray, BoolArray]
    best_class: tuple[IntArray, IntArray]
    has_roundabout: BoolArray
    crossing: BoolArray
    signal: tuple[BoolArray, BoolArray]
    leads_on: BoolArray
    road_class: IntArray
    roundabout: BoolArray

    @classmethod
    def of(
        cls,
        tail: IntArray,
        head: IntArray,
        road_class: IntArray,
        roundabout: BoolArray,
        leads_on: BoolArray,
        ids: IntArray,
        node_tags: Mapping[int, Tags],
    ) -> Arrivals:
        """Find out what awaits at each node.

        Parameters
        ----------
        tail, head, road_class, roundabout
            Piece columns.
        leads_on
            Whether all pass a piece on their way elsewhere: one that is closed to some, or is only
            for local traffic, delays nobody who passes by; shape (pieces,).
        ids
            OpenStreetMap id of each node.
        node_tags
            Tags by OpenStreetMap id.
        """
        nodes = len(ids)
        passed = passed_by(tail, head, leads_on, nodes)
        major = ~np.isin(road_class, classes(MINOR_CLASSES))
        everywhere = np.ones(len(tail), dtype=bool)
        arms, best = [], []
        for counted in (leads_on, everywhere):
            number = np.zeros(nodes, dtype=np.int64)
            least = np.full(nodes, len(ROAD_CLASSES))
            for end in (tail, head):
                here = counted | ~passed[end]
                number += np.bincount(end[here & major], minlength=nodes)
                np.minimum.at(least, end[here], road_class[here])
            arms.append(number >= ARMS_OF_A_JUNCTION)
            best.append(least)
        has_roundabout = np.zeros(nodes, dtype=bool)
        for end in (tail, head):
            has_roundabout[end[roundabout]] = True
        signals = {
            node: tags.get("traffic_signals:direction")
            for node, tags in node_tags.items()
            if tags.get("highway") == "traffic_signals"
        }
        crossings = [n for n, t in node_tags.items() if t.get("railway") == "level_crossing"]
        return cls(
            road_junction=(arms[0], arms[1]),
            best_class=(best[0], best[1]),
            has_roundabout=has_roundabout,
            crossing=_marked(ids, crossings),
            signal=(
                _marked(ids, [node for node, way in signals.items() if way != "backward"]),
                _marked(ids, [node for node, way in signals.items() if way != "forward"]),
            ),
            leads_on=leads_on,
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
        on, off = self.road_junction
        meets = np.where(self.leads_on, on[end], off[end]) & ~signal
        best = np.where(self.leads_on, self.best_class[0][end], self.best_class[1][end])
        enters_roundabout = self.has_roundabout[end] & ~self.roundabout
        gives_way = (self.road_class > best) | enters_roundabout
        return Arrival(
            yields=meets & gives_way,
            signal=signal,
            crossing=self.crossing[end],
        )


def gives_way_to_enter(
    arrivals: Arrivals, at: IntArray, road_class: IntArray, runs_on: IntArray
) -> BoolArray:
    """Return at which arms, that don't lead on, one gives way before one drives straight on.

    Who passes such an arm needn't; so it is paid by who enters it.

    Parameters
    ----------
    arrivals
        What awaits at each node.
    at, road_class
        Node and class of each arm, shape (arms,).
    runs_on
        Arm that each runs on from, -1 where there is none, shape (arms,).
    """
    came_by = road_class[runs_on]
    passing, entering = (
        junction[at] & (came_by > best[at])
        for junction, best in zip(arrivals.road_junction, arrivals.best_class, strict=True)
    )
    return (runs_on >= 0) & entering & ~passing


def passed_by(tail: IntArray, head: IntArray, leads_on: BoolArray, nodes: int) -> BoolArray:
    """Return at which nodes two roads or more lead on, so that cars pass there."""
    on = np.bincount(np.concatenate([tail[leads_on], head[leads_on]]), minlength=nodes)
    return on >= ROADS_TO_PASS


def _marked(ids: IntArray, marked: list[int]) -> BoolArray:
    return np.isin(ids, np.array(marked, dtype=np.int64))
