"""A map with one road under a rule, and a way round: who may use it shows in the minutes.

        4 ----------- 3
        |             |
  W --- 1 ---- 7 ---- 2 --- E

All roads are driven at 60 km/h. From W to E takes 300 + 2000 + 300 m, 2.6 minutes, where the road
from 1 to 2 is open, and 300 + 4000 + 300 m, 4.6 minutes, where it is not. A house at 7 lies 300 +
1000 m, 1.3 minutes, from W.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tests.support.paper_roads import ROAD

STRAIGHT, ROUND, TO_HOUSE = 2.6, 4.6, 1.3
WEST_END, EAST_END, HOUSE, PAST_HOUSE = (-300, 0), (2300, 0), (1000, 0), (1100, 0)
NODES = {
    1: (0, 0),
    2: (2000, 0),
    3: (2000, 1000),
    4: (0, 1000),
    5: (-300, 0),
    6: (2300, 0),
    7: (1000, 0),
}
AROUND = {101: ([5, 1], ROAD), 102: ([2, 6], ROAD), 103: ([1, 4, 3, 2], ROAD)}
MIDDLE = 104


class Row(NamedTuple):
    """A rule: tags of the road or of its node 7, and minutes from W to E by car and with siren."""

    way: Mapping[str, str]
    car: float
    siren: float
    node: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """What it is about, for the name of a test."""
        return " ".join(f"{key}={value}" for key, value in {**self.way, **self.node}.items())


def roads(way: Mapping[str, str]) -> dict[int, tuple[list[int], dict[str, str]]]:
    """Return the ways of the map with the rule's tags on the middle road."""
    plain = {} if "route" in way else ROAD
    return AROUND | {MIDDLE: ([1, 7, 2], {**plain, **way})}


def _same(car: float, siren: float, *ways: Mapping[str, str]) -> list[Row]:
    return [Row(way, car, siren) for way in ways]


def _nodes(car: float, siren: float, *nodes: Mapping[str, str]) -> list[Row]:
    return [Row({}, car, siren, node) for node in nodes]


DESTINATION = _same(
    ROUND,
    ROUND,
    {"motor_vehicle": "destination"},
    {"access": "customers"},
    {"vehicle": "residents"},
    {"motor_vehicle": "destination;delivery", "access": "no"},
)
PRIVATE = _same(
    ROUND,
    STRAIGHT,
    {"access": "private"},
    {"access": "no"},
    {"motor_vehicle": "private"},
    {"vehicle": "no"},
)
LISTS = _same(
    ROUND,
    STRAIGHT,
    {"access": "agricultural;forestry"},
    {"access": "forestry;agricultural"},
    {"access": "forestry; agricultural "},
    {"access": "private;no"},
    {"access": "No"},
    {"motor_vehicle": " Private"},
) + _same(STRAIGHT, STRAIGHT, {"access": "no;permissive"}, {"access": "Yes"})
FOR_OTHERS = [
    Row({"highway": highway, "motor_vehicle": value}, car, STRAIGHT)
    for highway in ("pedestrian", "footway", "cycleway", "path", "track")
    for value, car in (("yes", STRAIGHT), ("destination", ROUND), ("private", ROUND))
] + _same(ROUND, ROUND, {"highway": "pedestrian"}, {"highway": "track", "access": "yes"})
DELIVERIES = _same(
    ROUND,
    STRAIGHT,
    {"highway": "pedestrian", "motor_vehicle": "delivery"},
    {"highway": "pedestrian", "access": "no", "delivery": "yes"},
    {
        "highway": "pedestrian",
        "motor_vehicle": "no",
        "motor_vehicle:conditional": "delivery @ (Mo-Sa 07:00-11:00)",
    },
)
BUSES = [
    *_same(
        ROUND,
        STRAIGHT,
        {"vehicle": "no", "psv": "yes"},
        {"access": "no", "bus": "designated"},
        {"motor_vehicle": "psv"},
        {"highway": "busway"},
        {"highway": "service", "service": "psv"},
    ),
    *_nodes(
        ROUND,
        STRAIGHT,
        {"barrier": "bollard", "bus": "yes"},
        {"barrier": "bollard", "psv": "designated"},
        {"barrier": "bollard", "access": "no", "bus": "yes"},
        {"barrier": "bus_trap"},
    ),
]
SIZES = [
    *_same(STRAIGHT, ROUND, {"maxheight": "2"}, {"maxheight": "2.7 m"}, {"maxwidth": "2.1"}),
    *_same(ROUND, ROUND, {"maxheight": "190 cm"}, {"maxheight": "6'6\""}, {"maxwidth": "1,9"}),
    *_same(STRAIGHT, STRAIGHT, {"maxheight": "2.8"}, {"maxheight": "default"}, {"maxwidth": "3"}),
    *_same(STRAIGHT, ROUND, {"maxheight": "3.2", "maxheight:physical": "2.4"}),
    *_nodes(
        STRAIGHT,
        ROUND,
        {"barrier": "height_restrictor"},
        {"barrier": "height_restrictor", "maxheight": "2.2"},
        {"maxheight": "2.2"},
        {"barrier": "bollard", "motor_vehicle": "yes", "maxwidth": "2.1"},
    ),
    *_nodes(ROUND, ROUND, {"barrier": "height_restrictor", "maxheight": "1.9"}),
    *_nodes(STRAIGHT, STRAIGHT, {"barrier": "height_restrictor", "maxheight": "3"}),
]
BARRIERS = [
    *_nodes(
        ROUND,
        ROUND,
        {"barrier": "gate", "locked": "yes"},
        {"barrier": "Gate", "locked": "Yes", "access": "private"},
        *(
            {"barrier": barrier}
            for barrier in ("wall", "fence", "hedge", "ditch", "concrete", "barrier_board")
        ),
        {"barrier": "wall", "access": "private"},
    ),
    *_nodes(ROUND, STRAIGHT, {"barrier": "gate", "locked": "yes", "emergency": "yes"}),
    *_nodes(ROUND, STRAIGHT, {"barrier": "gate", "access": "no"}),
    *_nodes(ROUND, STRAIGHT, {"barrier": "lift_gate", "access": "private"}),
    *_nodes(STRAIGHT, STRAIGHT, {"barrier": "gate"}, {"barrier": "gate", "locked": "no"}),
]
ROWS = [
    *DESTINATION,
    *PRIVATE,
    *LISTS,
    *FOR_OTHERS,
    *DELIVERIES,
    *BUSES,
    *SIZES,
    *BARRIERS,
]
"""Rules that open or close a road, whose minutes need no more than the map."""
