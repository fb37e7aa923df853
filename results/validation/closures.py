"""Where women go when a maternity department closes: the choice model against what happened.

The model gives each hospital a share of the homes around the closed one; births that were counted
afterwards are a multinomial draw from these shares. What was not counted (births elsewhere, and at
home) is left out: shares are of the hospitals that were counted. Three kinds of choice are held
against each other: the nearest with scatter, that with a weight for size, and that with referral:
a department that closes sends its women to the nearest one of its own group, where its team goes.
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

    from geodata.arrays import FloatArray

CERTAIN: Final = 0.95
ROUNDING: Final = 1e-9
REFERRAL: Final = "maternity.choice.referral"
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
    referred_to
        The hospital of the same group that is nearest to the one that closed; None without any.
    counted
        Births counted afterwards by hospital; a hospital not named was not counted.
    """

    hospitals: tuple[str, ...]
    minutes: FloatArray
    weights: FloatArray
    births: FloatArray
    referred_to: str | None
    counted: dict[str, int]


@dataclass(frozen=True)
class Choice:
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

    choice: Choice
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


def predict(closure: Closure, choice: Choice) -> Prediction:
    """Return what a choice predicts for the births that were counted after a closure."""
    names = tuple(name for name in closure.hospitals if name in closure.counted)
    seen = tuple(closure.counted[name] for name in names)
    shares = _shares(closure, choice, names)
    # each alone, of a multinomial draw
    low, high = (np.asarray(end) for end in binom.interval(CERTAIN, sum(seen), shares))
    return Prediction(choice, names, seen, shares, low, high, _chance(shares, seen))


def fitted(closure: Closure, choice: Choice, values: Sequence[float]) -> Choice:
    """Return a choice with the referral, of some values, under which what was seen is likeliest."""
    found = [replace(choice, referral=value) for value in values]
    names = tuple(name for name in closure.hospitals if name in closure.counted)
    seen = [closure.counted[name] for name in names]

    def likelihood(one: Choice) -> float:
        return float(multinomial.logpmf(seen, sum(seen), _shares(closure, one, names)))

    return max(found, key=likelihood)


def compared(closure: Closure) -> list[Prediction]:
    """Return what each kind of choice predicts, the last with the referral that fits best."""
    spread = registry()["maternity.choice.spread"]
    kinds = [
        Choice("nearest with scatter", spread),
        Choice("and in proportion to size", spread, size=spread),
        Choice("and referral, as in the model", spread, referral=registry()[REFERRAL]),
        fitted(closure, Choice("and referral, fitted here", spread), REFERRALS),
    ]
    return [predict(closure, kind) for kind in kinds]


def _shares(closure: Closure, choice: Choice, names: Sequence[str]) -> FloatArray:
    counted_off = choice.size * np.log(closure.births)
    referred = [name == closure.referred_to for name in closure.hospitals]
    counted_off = counted_off + choice.referral * np.array(referred, dtype=float)
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
