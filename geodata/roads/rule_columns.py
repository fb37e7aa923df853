"""The rules of all sets of tags as columns; plumbing of `roads`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from files.arrays import IntArray
from geodata.osm.access import Use
from geodata.osm.access_tags import ROAD_CLASSES, RoadDirection, RoadRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import BoolArray, FloatArray

BothWays = tuple[IntArray, IntArray]

USES: Final = tuple(product(Use, repeat=2))
"""Every way in which a car and an ambulance may pass a barrier."""


def barrier_rule(car: Use, siren: Use) -> RoadRule:
    """Return the rule of a barrier as a piece of road without length."""
    each_way = RoadDirection(car, siren, np.nan)
    return RoadRule(
        road_class="emergency",
        built_up=None,
        roundabout=False,
        alternating=False,
        ferry_minutes=np.nan,
        forward=each_way,
        backward=each_way,
    )


@dataclass(frozen=True, slots=True)
class RuleColumns:
    """Rules as columns; pairs are forward and backward along the way, uses are numbers in `Use`."""

    road_class: IntArray
    built_up: FloatArray
    roundabout: BoolArray
    alternating: BoolArray
    ferry_minutes: FloatArray
    car: BothWays
    siren: BothWays
    limit: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, rules: Sequence[RoadRule | None]) -> RuleColumns:
        """Return the columns; `built_up` is NaN where the tags are silent."""
        shut = barrier_rule(Use.CLOSED, Use.CLOSED)
        known = [rule or shut for rule in rules]
        ways = [[rule.forward for rule in known], [rule.backward for rule in known]]
        return cls(
            road_class=np.array([ROAD_CLASSES.index(rule.road_class) for rule in known]),
            built_up=np.array([np.nan if r.built_up is None else r.built_up for r in known]),
            roundabout=np.array([rule.roundabout for rule in known]),
            alternating=np.array([rule.alternating for rule in known]),
            ferry_minutes=np.array([rule.ferry_minutes for rule in known]),
            car=_pair([[int(one.car) for one in way] for way in ways]),
            siren=_pair([[int(one.siren) for one in way] for way in ways]),
            limit=(
                np.array([one.limit for one in ways[0]]),
                np.array([one.limit for one in ways[1]]),
            ),
        )

    @property
    def open_either(self) -> tuple[BoolArray, BoolArray]:
        """Whether a car or an ambulance may drive, forward and backward."""
        (car_on, car_back), (siren_on, siren_back) = self.car, self.siren
        return (car_on | siren_on) > Use.CLOSED, (car_back | siren_back) > Use.CLOSED

    @property
    def leads_on(self) -> BoolArray:
        """Whether cars and ambulances may pass on their way elsewhere, one way at least."""
        on, back = (
            (car == Use.OPEN) & (siren == Use.OPEN)
            for car, siren in zip(self.car, self.siren, strict=True)
        )
        return on | back

    @property
    def kind_of_use(self) -> IntArray:
        """A number by which directions are local, for a car and an ambulance."""
        local = [use == Use.LOCAL for use in (*self.car, *self.siren)]
        return np.sum([flag << place for place, flag in enumerate(local)], axis=0)

    @property
    def local_one_way(self) -> BoolArray:
        """Whether a rule is local in one direction and not in the other."""
        one_way: BoolArray = np.zeros(len(self.road_class), dtype=bool)
        for on, back in (self.car, self.siren):
            one_way |= (on == Use.LOCAL) != (back == Use.LOCAL)
        return one_way


def _pair(ways: list[list[int]]) -> BothWays:
    return np.array(ways[0], dtype=np.int64), np.array(ways[1], dtype=np.int64)
