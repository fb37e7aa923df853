"""The uncertainties of the horizon year that deserve a reader's questions first.

A sweep tells which of them matter most for the figures that a choice is judged on. Without one the
order is a stated one: the least certain source first, and among equals the widest range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from results.kpis.catalogue import kpi
from results.language.confidence import CONFIDENCES, confidence_labels
from results.language.parameter_names import parameter_name, translated
from scenarios.futures import Factor, load_factors

if TYPE_CHECKING:
    import pandas as pd

    from results.decision.basis import SweptFutures
    from results.language.words import Words


FIRST = 5
"""How many are told."""

DECIMALS = 2
FIGURES_TOLD = 3
"""How many figures are named for an uncertainty."""


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

    weighs: str = ""
    """Its part in the differences between futures, over the figures of the choice."""

    weighs_for: tuple[str, ...] = ()
    """The figures that it matters most for, each with its part."""


def first_uncertainties(words: Words, sweep: SweptFutures | None = None) -> tuple[Uncertainty, ...]:
    """Return the uncertainties to ask about first.

    Parameters
    ----------
    words
        The reader's language.
    sweep
        A sweep of the run's configurations: what matters most in it comes first. Without one, or
        where it can't tell, the least certain and widest.
    """
    factors = load_factors()
    known = sweep.matters[sweep.matters["factor"].isin(list(factors))] if sweep else None
    if known is None or known.empty:
        order = sorted(factors.values(), key=_doubt)[:FIRST]
        return tuple(_uncertainty(factor, words) for factor in order)
    part = known.groupby("factor")["share"].mean().sort_values(ascending=False, kind="stable")
    return tuple(
        replace(
            _uncertainty(factors[str(name)], words),
            weighs=words.percent(float(share), 0),
            weighs_for=_figures(known[known["factor"] == name], words),
        )
        for name, share in part.head(FIRST).items()
    )


def _uncertainty(factor: Factor, words: Words) -> Uncertainty:
    return Uncertainty(
        title=words.of(factor.title.model_dump()),
        low=words.number(factor.low, DECIMALS),
        high=words.number(factor.high, DECIMALS),
        unit=translated(factor.unit, words),
        confidence=confidence_labels(words)[factor.confidence.value],
        source=translated(factor.source, words),
        moves=_moved(factor, words),
    )


def _figures(own: pd.DataFrame, words: Words) -> tuple[str, ...]:
    """Name the figures that a factor matters most for, the mean over configurations beside it."""
    part = own.groupby("kpi")["share"].mean().sort_values(ascending=False, kind="stable")
    return tuple(
        f"{words.of(kpi(str(name)).label)} ({words.percent(float(share), 0)})"
        for name, share in part.head(FIGURES_TOLD).items()
    )


def _moved(factor: Factor, words: Words) -> tuple[str, ...]:
    """Name the numbers that a factor moves; a lever moves what its own name says."""
    return tuple(parameter_name(key, words) or key for key in factor.moved())


def _doubt(factor: Factor) -> tuple[int, float]:
    return CONFIDENCES.index(factor.confidence.value), factor.low - factor.high
