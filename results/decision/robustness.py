"""How robust the order is: with how many weights each configuration has each place for certain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from results.decision.sentences import decision_sentences
from results.language.words import UNKNOWN

if TYPE_CHECKING:
    from results.decision.analysis import Decision
    from results.decision.conclusion import Conclusion
    from results.language.words import Words


WHOLE = 100
"""Width of a bar."""


@dataclass(frozen=True)
class BarPart:
    """With how many weights a configuration has a place for certain: a part of its bar."""

    place: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A configuration, and the shares of all weights with which each place is certain.

    What the parts leave of the bar is open.
    """

    title: str
    parts: tuple[BarPart, ...]
    first: str
    """In words: with how many weights it is certainly first."""


@dataclass(frozen=True)
class InFutures:
    """What a configuration does over many futures, at the first weights, in words."""

    title: str
    first: str
    regret: str
    as_good: str
    """How often it does at least as well as doing nothing; a dash for doing nothing."""


@dataclass(frozen=True)
class Robustness:
    """The bars of one year, and the decision in sentences."""

    year: int
    bars: tuple[Bar, ...]
    sentences: tuple[str, ...]
    futures: int = 0
    """In how many futures it was looked at; 0 where no sweep has this year's configurations."""

    weights_of: str = ""
    over_futures: tuple[InFutures, ...] = ()


def robustness(decision: Decision, words: Words) -> tuple[Robustness, ...]:
    """Lay out by year what a decision drew and found."""
    return tuple(_of_year(decision, verdict, words) for verdict in decision.verdicts)


def _of_year(decision: Decision, verdict: Conclusion, words: Words) -> Robustness:
    bars, sentences = _bars(verdict, words), decision_sentences(decision, verdict, words)
    over = verdict.over_futures
    if over is None:
        return Robustness(verdict.choice.year, bars, sentences)
    rows = tuple(
        InFutures(
            title=words.of(scenario.title),
            first=words.percent(float(over.first[at]), 0),
            regret=words.number(WHOLE * float(over.regret[at]), 1),
            as_good=UNKNOWN
            if scenario.baseline is None
            else words.percent(float(over.as_good_as_nothing[at]), 0),
        )
        for at, scenario in enumerate(verdict.choice.scenarios)
    )
    party = words.of(over.stakeholder.title)
    return Robustness(verdict.choice.year, bars, sentences, over.futures, party, rows)


def _bars(verdict: Conclusion, words: Words) -> tuple[Bar, ...]:
    ranks = verdict.sums.certain
    first = words.gettext("certainly first with {share} of all weights")
    bars = []
    for at in range(len(ranks)):
        ends = WHOLE * np.concatenate([[0.0], np.cumsum(ranks[at])])
        parts = tuple(
            BarPart(place, round(float(start), 1), round(float(end - start), 1))
            for place, (start, end) in enumerate(pairwise(ends), start=1)
        )
        share = words.percent(float(ranks[at, 0]), 0)
        title = words.of(verdict.choice.scenarios[at].title)
        bars.append(Bar(title, parts, first.format(share=share)))
    return tuple(bars)
