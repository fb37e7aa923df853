"""The prices behind the costs, as lines of a report: range, source and how well known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from results.costs import prices
from results.parameter_names import parameter_name, told
from results.report_tables import confidence_labels

if TYPE_CHECKING:
    from results.text import Words

SMALL_DECIMALS = 3
"""Decimals of a price below one: a rate."""


@dataclass(frozen=True)
class PriceLine:
    """A price as its reader reads it."""

    key: str
    name: str
    low: str
    value: str
    high: str
    unit: str
    confidence: str
    source: str


def price_lines(words: Words) -> tuple[PriceLine, ...]:
    """List every price with its range, unit, source and confidence."""
    labels = confidence_labels(words)

    def amount(value: float) -> str:
        return words.number(value, SMALL_DECIMALS if abs(value) < 1 else 0)

    return tuple(
        PriceLine(
            key=price.key,
            name=parameter_name(price.key, words),
            low=amount(price.low),
            value=amount(price.value),
            high=amount(price.high),
            unit=told(price.unit, words),
            confidence=labels[price.confidence],
            source=told(price.source, words),
        )
        for price in prices().values()
    )
