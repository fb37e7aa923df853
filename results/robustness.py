"""How robust the order is: how often each configuration takes each place, and what that says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from results.decision_words import decision_sentences

if TYPE_CHECKING:
    from results.decision import Decision, Verdict
    from results.text import Words

WHOLE = 100
"""Width of a bar."""


@dataclass(frozen=True)
class Part:
    """How often a configuration takes a place: a part of its bar."""

    place: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A configuration, and the shares of the draws that give it each place."""

    title: str
    parts: tuple[Part, ...]
    first: str
    """In words: how often it is first."""


@dataclass(frozen=True)
class Robustness:
    """The bars of one year, the most often first on top, and the decision in sentences."""

    year: int
    bars: tuple[Bar, ...]
    sentences: tuple[str, ...]


def robustness(decision: Decision, words: Words) -> tuple[Robustness, ...]:
    """Lay out by year what a decision drew and found."""
    return tuple(
        Robustness(
            verdict.choice.year, _bars(verdict, words), decision_sentences(decision, verdict, words)
        )
        for verdict in decision.verdicts
    )


def _bars(verdict: Verdict, words: Words) -> tuple[Bar, ...]:
    ranks = verdict.sums.ranks
    first = words.gettext("first in {share} of the draws")
    bars = []
    for at in np.argsort(-ranks[:, 0], kind="stable"):
        ends = WHOLE * np.concatenate([[0.0], np.cumsum(ranks[at])])
        parts = tuple(
            Part(place, round(float(start), 1), round(float(end - start), 1))
            for place, (start, end) in enumerate(pairwise(ends), start=1)
        )
        share = words.percent(float(ranks[at, 0]), 0)
        title = words.of(verdict.choice.scenarios[at].title)
        bars.append(Bar(title, parts, first.format(share=share)))
    return tuple(bars)
