"""The uncertainties of the horizon year that deserve a reader's questions first.

Without a sweep a run can't tell which of them matters most, so the order is a stated one: the least
certain source first, and among equals the widest range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from results.parameter_names import parameter_name, told
from results.report_tables import CONFIDENCES, confidence_labels
from scenarios.futures import Factor, load_factors

if TYPE_CHECKING:
    from results.text import Words

FIRST = 5
"""How many are told."""

DECIMALS = 2


@dataclass(frozen=True)
class Uncertainty:
    """Something nobody knows, and how far it may reasonably go."""

    title: str
    low: str
    high: str
    unit: str
    confidence: str
    source: str
    moves: tuple[str, ...]
    """The numbers of the model that it stands for."""


def first_uncertainties(words: Words) -> tuple[Uncertainty, ...]:
    """Return the uncertainties to ask about first, the least certain and widest on top."""
    labels = confidence_labels(words)
    return tuple(
        Uncertainty(
            title=words.of(factor.title.model_dump()),
            low=words.number(factor.low, DECIMALS),
            high=words.number(factor.high, DECIMALS),
            unit=told(factor.unit, words),
            confidence=labels[factor.confidence.value],
            source=told(factor.source, words),
            moves=_moved(factor, words),
        )
        for factor in sorted(load_factors().values(), key=_doubt)[:FIRST]
    )


def _moved(factor: Factor, words: Words) -> tuple[str, ...]:
    """Name the numbers that a factor moves; a lever moves what its own name says."""
    return tuple(parameter_name(key, words) or key for key in factor.moved())


def _doubt(factor: Factor) -> tuple[int, float]:
    return CONFIDENCES.index(factor.confidence.value), factor.low - factor.high
