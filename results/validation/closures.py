"""Where women go when a maternity department closes: the choice model against what happened.

The model gives each hospital a share of the homes around the closed one; births that were counted
afterwards are a multinomial draw from these shares. What was not counted (births elsewhere, and at
home) is left out: shares are of the hospitals that were counted. Kinds of choice are held
against each other: the nearest with scatter; that in proportion to size (Huff 1963), where the
hospital of the same group that the team goes to counts as large as the one that closed; and that
with a referral to it, fitted to each closure itself: its own births are no proof of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import binom, multinomial

from scenarios.parameters.registry import registry
from sim.patients.hospital_choice import choice_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray

CERTAIN: Final = 0.95
ROUNDING: Final = 1e-9
SIZE: Final = "maternity.choice.size"
REFERRALS: Final = np.arange(0.0, 0.605, 0.01).tolist()


@dataclass(frozen=True)
class Closure:
    """A department that closed, and what was counted afterwards.

    Attributes
    ----------
    hospitals
        Names of all hospitals that women could go to.
    minutes
        By car from each home to each hospital, shape (homes, hospitals).
    weights
        Homes at each place, shape (homes,).
    births
        Births a year of each hospital before the closure, shape (hospitals,).
    closed_births
        Of the hospital that closed: as large is the one that its team goes to.
    referred_to
        The hospital of the same group that is nearest to the one that closed; None without any.
    counted
        Births counted afterwards by hospital; a hospital not named was not counted.
    """

    hospitals: tuple[str, ...]
    minutes: FloatArray
    weights: FloatArray
    births: FloatArray
    closed_births: float
    referred_to: str | None
    counted: dict[str, int]


@dataclass(frozen=True)
class UnitChoice:
    """A kind of choice: the scale of its scatter, and what is counted off, in log units.

    Attributes
    ----------
    size
        Power of a hospital's births.
    referral
        For the hospital that women are referred to.
    """

    name: str
    spread: float
    size: float = 0.0
    referral: float = 0.0


@dataclass(frozen=True)
class Prediction:
    """What a choice predicts for each hospital that was counted.

    Attributes
    ----------
    shares, low, high
        Of the births that were counted, with the interval of a multinomial draw of so many.
    chance
        Of a draw as unlikely as what was seen, or more: the exact multinomial test.
    """

    choice: UnitChoice
    hospitals: tuple[str, ...]
    seen: tuple[int, ...]
    shares: FloatArray
    low: FloatArray
    high: FloatArray
    chance: float

    @property
    def holds(self) -> bool:
        """Whether what was seen may be a draw from the shares."""
        return self.chance > 1 - CERTAIN


def predict(closure: Closure, choice: UnitChoice) -> Prediction:
    """Return what a choice predicts for the births that were counted after a closure."""
    names = tuple(name for name in closure.hospitals if name in closure.counted)
    seen = tuple(closure.counted[name] for name in names)
    shares = _shares(closure, choice, names)
    # each alone, of a multinomial draw
    low, high = (np.asarray(end) for end in binom.interval(CERTAIN, sum(seen), shares))
    return Prediction(choice, names, seen, shares, low, high, _chance(shares, seen))


def fitted(closure: Closure, choice: UnitChoice, values: Sequence[float]) -> UnitChoice:
    """Return a choice with the referral, of some values, under which what was seen is likeliest."""
    found = [replace(choice, referral=value) for value in values]
    names = tuple(name for name in closure.hospitals if name in closure.counted)
    seen = [closure.counted[name] for name in names]

    def likelihood(one: UnitChoice) -> float:
        return float(multinomial.logpmf(seen, sum(seen), _shares(closure, one, names)))

    return max(found, key=likelihood)


def compared(closure: Closure) -> list[Prediction]:
    """Return what each kind of choice predicts, the last with the referral that fits it best."""
    spread = registry()["maternity.choice.spread"]
    kinds = [
        UnitChoice("nearest with scatter", spread),
        UnitChoice("and by size, as in the model", spread, size=spread * registry()[SIZE]),
        fitted(closure, UnitChoice("and referral, fitted here", spread), REFERRALS),
    ]
    return [predict(closure, kind) for kind in kinds]


def _shares(closure: Closure, choice: UnitChoice, names: Sequence[str]) -> FloatArray:
    referred = np.array([name == closure.referred_to for name in closure.hospitals])
    births = np.where(referred, np.maximum(closure.births, closure.closed_births), closure.births)
    counted_off = choice.size * np.log(births) + choice.referral * referred
    by_home = choice_shares(closure.minutes, choice.spread, counted_off)
    everywhere = np.average(by_home, axis=0, weights=closure.weights)
    chosen = np.array([closure.hospitals.index(name) for name in names])
    of_counted: FloatArray = everywhere[chosen] / everywhere[chosen].sum()
    return of_counted


def _chance(shares: FloatArray, seen: Sequence[int]) -> float:
    """Return the chance of a count as likely as what was seen, or less (exact multinomial test)."""
    total, kinds = sum(seen), len(seen)
    free = np.array(
        [row for row in product(range(total + 1), repeat=kinds - 1) if sum(row) <= total]
    )
    counts = np.column_stack([free, total - free.sum(axis=1)])
    chances = multinomial.pmf(counts, total, shares)
    limit = multinomial.pmf(np.array(seen), total, shares) * (1 + ROUNDING)
    return float(chances[chances <= limit].sum())
