"""What would change the ranking: the weight at which another configuration comes out on top.

One group of criteria at a time gets more or less weight; the others share the rest evenly. Every
weighted sum is then a straight line in that weight, so the tipping point is where two lines cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.decision.weights import ranked
from results.kpis.criteria import groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray
    from results.decision.scores import Alternative
    from results.language.words import Words
    from results.runs.run import RunScenario


MOST_TIPS = 4
"""Tipping points that are told: the nearest ones."""


@dataclass(frozen=True)
class Tip:
    """A weight of one group beyond which another configuration is on top."""

    group: str
    weight: float
    """Share of the whole, between 0 and 1."""

    rises: bool
    """Whether the group must weigh more for it than it does when all weigh the same."""

    winner: RunScenario


@dataclass(frozen=True)
class Verge:
    """Who is on top when every group weighs the same, and what would change that."""

    year: int
    winner: RunScenario
    tips: tuple[Tip, ...]
    tied: tuple[RunScenario, ...] = ()
    """Those that may be first, where the intervals don't part; none where one is for certain."""


def verge(choice: Alternative, places: Sequence[tuple[int, int]] = ()) -> Verge:
    """Find who is on top at equal weights, and the nearest tipping points of each group.

    Parameters
    ----------
    choice
        The configurations of a year.
    places
        The best and the worst place that chance leaves open to each at equal weights; as the totals
        have them when left out.
    """
    names = list(dict.fromkeys(criterion.group for criterion in choice.criteria))
    of_group = [
        choice.scores[:, [criterion.group == name for criterion in choice.criteria]].mean(axis=1)
        for name in names
    ]
    points = np.column_stack(of_group)
    first = ranked(points.mean(axis=1))[0]
    tips = [
        tip
        for number, name in enumerate(names)
        for tip in _tips(choice, name, points[:, number], np.delete(points, number, axis=1), first)
    ]
    tips.sort(key=lambda tip: abs(tip.weight - 1 / len(names)))
    return Verge(choice.year, choice.scenarios[first], tuple(tips), _tied(choice, places))


def _tied(choice: Alternative, places: Sequence[tuple[int, int]]) -> tuple[RunScenario, ...]:
    """Return those that may be first; none where one is for certain."""
    first = [at for at, (best, _) in enumerate(places) if best == 1]
    return tuple(choice.scenarios[at] for at in first) if len(first) > 1 else ()


def _tips(
    choice: Alternative, group: str, own: FloatArray, others: FloatArray, first: int
) -> list[Tip]:
    """Find the nearest weights below and above the equal one at which the first loses its place."""
    if others.shape[1] == 0:
        return []
    equal = 1 / (others.shape[1] + 1)
    rest = others.mean(axis=1)
    lead_at_none = rest[first] - rest
    lead_at_all = own[first] - own
    slope = lead_at_all - lead_at_none
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.where(slope == 0, np.nan, -lead_at_none / slope)
    found = []
    for rises in (False, True):
        beyond = (crossing > equal) if rises else (crossing < equal)
        losing = (lead_at_all < 0) if rises else (lead_at_none < 0)
        reached = np.where(beyond & losing, crossing, np.nan)
        if np.isnan(reached).all():
            continue
        rival = int(np.nanargmin(np.abs(reached - equal)))
        found.append(Tip(group, float(reached[rival]), rises, choice.scenarios[rival]))
    return found


@dataclass(frozen=True)
class VergeSentence:
    """The same in sentences."""

    year: int
    winner: str
    tips: tuple[str, ...]


def verge_sentence(found: Verge, words: Words) -> VergeSentence:
    """Say who is on top and what would change that."""
    _ = words.gettext
    more = _("If “{group}” weighs more than {weight}, “{name}” comes first.")
    less = _("If “{group}” weighs less than {weight}, “{name}” comes first.")
    tips = [
        (more if tip.rises else less).format(
            group=words.of(groups()[tip.group].title),
            weight=words.percent(tip.weight, 0),
            name=words.of(tip.winner.title),
        )
        for tip in found.tips[:MOST_TIPS]
    ]
    if not tips:
        tips = [_("No single weight changes that.")]
    winner = _("When every group weighs the same, “{name}” comes first.")
    if found.tied:
        names = words.listed([f"“{words.of(scenario.title)}”" for scenario in found.tied])
        tied = _("When every group weighs the same, the run can't tell {names} apart.")
        return VergeSentence(found.year, tied.format(names=names), ())
    return VergeSentence(found.year, winner.format(name=words.of(found.winner.title)), tuple(tips))
