"""What is done when a line can't be filled, in the order of the policy, and what is left closed.

All is counted in people present. Overtime, people of another site and hired staff add; fewer places
ask for no more than what a line needs to work at all; what was known beforehand to be short then
closes as planned, and what sickness takes on top closes unplanned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.lines import Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import AnyFloatArray, IntArray
    from scenarios.parameters.registry import Parameters
    from sim.teams.workforce import Demand

ROUNDING = 1e-9


@dataclass(frozen=True)
class Cover:
    """What of each team's lines is filled, in people present; shape (teams, months) each.

    Attributes
    ----------
    filled
        By all measures, with the sickness that came.
    planned
        By all measures, as known beforehand; infinite when nothing is closed beforehand.
    overtime, lent, hired
        What each measure brought, those lent by the team that got them.
    """

    filled: AnyFloatArray
    planned: AnyFloatArray
    overtime: AnyFloatArray
    lent: AnyFloatArray
    hired: AnyFloatArray


class _Filling:
    """How far lines are filled while one measure after the other is taken."""

    def __init__(self, have: AnyFloatArray, demand: Demand) -> None:
        self.have = have
        self.target = np.broadcast_to(demand.asked[:, None], have.shape)
        self.filled = np.minimum(have, self.target)
        self.brought = {measure: np.zeros_like(have) for measure in Measure}

    @property
    def short(self) -> AnyFloatArray:
        return np.maximum(self.target - self.filled, 0.0)

    def add(self, measure: Measure, available: AnyFloatArray) -> None:
        more = np.minimum(self.short, available)
        self.filled = self.filled + more
        self.brought[measure] = more


def cover(
    present: AnyFloatArray,
    expected: AnyFloatArray,
    posts: AnyFloatArray,
    demand: Demand,
    together: IntArray,
    parameters: Parameters,
    when_short: Sequence[Measure],
) -> Cover:
    """Take the measures of a policy in order.

    Parameters
    ----------
    present, expected
        People present, as it came and as known beforehand; shape (teams, months).
    posts
        Posts of each team, same shape.
    together
        Number of the profession of each team, shape (teams,); a team may lend to its own.
    """
    actual, known = _Filling(present, demand), _Filling(expected, demand)
    asked, least = demand.asked[:, None], demand.least[:, None]
    planned = np.full(present.shape, np.inf)
    for measure in when_short:
        for filling in (actual, known):
            match measure:
                case Measure.OVERTIME:
                    filling.add(measure, filling.have * (demand.stretch[:, None] - 1))
                case Measure.LEND:
                    spare = np.maximum(filling.have - asked, 0) * parameters["people.lend.share"]
                    filling.add(measure, _lent(spare, filling.short, together))
                case Measure.HIRE:
                    filling.add(measure, posts * parameters["people.hire.share"])
                case Measure.FEWER_PLACES:
                    filling.target = np.maximum(np.minimum(filling.filled, filling.target), least)
                case Measure.PLANNED_CLOSURE | Measure.UNPLANNED_CLOSURE:
                    pass
        if measure is Measure.PLANNED_CLOSURE:
            planned = known.filled
            actual.target = np.minimum(actual.target, np.maximum(known.filled, actual.filled))
    return Cover(
        actual.filled,
        planned,
        *(actual.brought[measure] for measure in (Measure.OVERTIME, Measure.LEND, Measure.HIRE)),
    )


def _lent(spare: AnyFloatArray, short: AnyFloatArray, together: IntArray) -> AnyFloatArray:
    """Share out what teams of a profession can spare among those that are short."""
    order = np.argsort(together, kind="stable")
    starts = np.flatnonzero(np.diff(together[order], prepend=-1))
    to_lend, wanted = (
        np.repeat(np.add.reduceat(values[order], starts), np.diff([*starts, len(order)]), axis=0)
        for values in (spare, short)
    )
    each = np.zeros_like(short)
    share = np.divide(to_lend, wanted, out=np.zeros_like(wanted), where=wanted > 0)
    each[order] = np.minimum(share, 1.0)
    return each * short


@dataclass(frozen=True)
class LineFill:
    """How far a line is filled in each month, shape (months,) each.

    Attributes
    ----------
    places
        Share of the people asked who are there.
    closed
        Share of its hours that it is closed, planned or not.
    planned
        Share of its hours that was closed beforehand.
    """

    places: AnyFloatArray
    closed: AnyFloatArray
    planned: AnyFloatArray


def line_fill(
    filled: AnyFloatArray, planned: AnyFloatArray, before: float, asked: float, least: float
) -> LineFill:
    """Return how far one line of a team is filled, after those that go before it.

    Parameters
    ----------
    filled, planned
        Of its team, as `Cover` has them, shape (months,).
    before
        People whom the lines before it ask for.
    asked, least
        People whom it asks for, and needs to work at all.
    """
    there = np.clip(filled - before, 0.0, asked)
    known = np.clip(planned - before, 0.0, asked)
    beforehand = _closed(known, least)
    closed = np.maximum(_closed(there, least), beforehand)
    places = there / asked if asked > 0 else np.ones_like(there)
    return LineFill(places, closed, beforehand)


def _closed(there: AnyFloatArray, least: float) -> AnyFloatArray:
    if least <= 0:
        return np.zeros_like(there)
    share = 1 - there / least
    return np.where(share > ROUNDING, share, 0.0)
