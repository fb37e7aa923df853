"""Which configuration is best on one figure, how certain that is, and what more certainty takes.

Four answers of the ranking-and-selection literature. The probability that each is best, given the
paired replications (`best_probabilities`). Which are still in the race, for a difference that
matters: procedure KN++ (Kim & Nelson 2006), which plays the replications in their order, throws out
what is beaten, and learns the variances anew as they come in (`kn_plus`). The replications that
would settle it whatever they show (`kn_most`). And how a budget of more replications is best
spread: optimal computing budget allocation, OCBA (Chen, Lin, Yücesan & Chick 2000).

KN (Kim & Nelson 2001) takes the variances of a first stage and promises its probability of correct
selection for any number of replications; KN++ promises it in the limit of small differences, and
asks for fewer replications where the first stage happened to vary much. Batches and correlation in
time, the other half of KN++, play no part: replications are independent. Configurations are not,
they share their patients; so the chance of error is divided over the rivals by Bonferroni, as KN
does, and not by the smaller constant of KN++ for independent systems. What neither allows for: the
figures of a run are raced one by one, each with its own promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from files.arrays import FloatArray

FEWEST = 2
"""With fewer replications nothing is known of chance."""


def mean_draws(values: FloatArray, size: int, rng: np.random.Generator) -> FloatArray:
    """Draw what the means could be.

    Parameters
    ----------
    values
        Shape (replications, figures); NaN where a replication doesn't have a figure.
    size
        How many draws.
    rng
        Where chance comes from.

    Returns
    -------
    numpy.ndarray
        Shape (size, figures). A figure seen in fewer than two replications keeps its mean, or NaN:
        the caller says that nothing is known of its chance.
    """
    seen = np.sum(~np.isnan(values), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nansum(values, axis=0) / np.where(seen, seen, np.nan)
        away = np.nan_to_num(values - means) / np.sqrt(seen * (seen - 1.0))
    away[:, seen < FEWEST] = 0.0
    freedom = max(int(seen[seen >= FEWEST].min(initial=len(values))) - 1, 1)
    mixes = rng.standard_normal((size, len(values)))
    # Mixes of deviations from a mean: taking out their own mean leaves the spread of each figure.
    stretch = np.sqrt(freedom / rng.chisquare(freedom, (size, 1)))
    return means + (mixes @ away) * stretch


CONFIDENCE = 0.95
KN_FIRST = 5
"""Replications before anybody may be thrown out: with fewer a variance says little."""

TIE = 1e-9
"""Means that differ by less than this share of their size are the same."""


def best_probabilities(values: FloatArray, size: int, rng: np.random.Generator) -> FloatArray:
    """Say how probable it is that each configuration has the largest mean.

    Parameters
    ----------
    values
        Shape (replications, configurations), larger is better; the same row, the same patients.
    size
        How many draws.
    rng
        Where chance comes from.

    Returns
    -------
    numpy.ndarray
        Shape (configurations,), together 1: configurations that are equal share. NaN with fewer
        than two replications.
    """
    if len(values) < FEWEST:
        return np.full(values.shape[1], np.nan)
    return share_of_firsts(mean_draws(values, size, rng))


def share_of_firsts(draws: FloatArray) -> FloatArray:
    """Count how often each column is the largest; a tie is shared.

    Parameters
    ----------
    draws
        Shape (draws, configurations).
    """
    top = draws.max(axis=1, keepdims=True)
    first = draws >= top - TIE * np.maximum(np.abs(top), TIE)
    return (first / first.sum(axis=1, keepdims=True)).mean(axis=0)


def pair_variances(values: FloatArray) -> FloatArray:
    """Return the variance of every paired difference: shape (configurations, configurations)."""
    differences = values[:, :, None] - values[:, None, :]
    return differences.var(axis=0, ddof=1)


def kn_spread(first_stage: int, configurations: int, confidence: float = CONFIDENCE) -> float:
    """Return KN's h²: 2 η (n0 - 1), with η = ½((2a/(k - 1))^(-2/(n0 - 1)) - 1).

    Parameters
    ----------
    first_stage
        Replications that the variances come from, n0.
    configurations
        How many there are, k.
    confidence
        The probability of correct selection that is promised, 1 - a.
    """
    alpha = 1 - confidence
    eta = ((2 * alpha / (configurations - 1)) ** (-2 / (first_stage - 1)) - 1) / 2
    return float(2 * eta * (first_stage - 1))


def kn_most(values: FloatArray, matters: float, confidence: float = CONFIDENCE) -> int | None:
    """Say how many replications in all KN would need at most, after those there are.

    Parameters
    ----------
    values
        Shape (replications, configurations): the first stage.
    matters
        The smallest difference worth finding.
    confidence
        The probability of correct selection that is promised.

    Returns
    -------
    int or None
        None with fewer than two replications or configurations.
    """
    replications, configurations = values.shape
    if replications < FEWEST or configurations < FEWEST:
        return None
    spread = kn_spread(replications, configurations, confidence)
    largest = float(pair_variances(values).max())
    return max(int(spread * largest / matters**2) + 1, int(replications))


def kn_left(
    values: FloatArray,
    left: npt.NDArray[np.bool_],
    first_stage: int,
    matters: float,
    confidence: float = CONFIDENCE,
) -> npt.NDArray[np.bool_]:
    """Say which configurations KN still keeps after the replications there are.

    Parameters
    ----------
    values
        Shape (replications, configurations), larger is better.
    left
        Shape (configurations,): those still in the race; only they are compared.
    first_stage
        How many of the replications the variances come from.
    matters
        The smallest difference worth finding.
    confidence
        The probability of correct selection that is promised.

    Returns
    -------
    numpy.ndarray
        Shape (configurations,), bool.
    """
    seen, configurations = values.shape
    if configurations < FEWEST:
        return np.ones(configurations, dtype=bool)
    spread = kn_spread(first_stage, configurations, confidence)
    allowance = spread * pair_variances(values[:first_stage]) / matters**2 - seen
    slack = np.maximum(matters / (2 * seen) * allowance, 0.0)
    means = values.mean(axis=0)
    beaten = (means[:, None] < means[None, :] - slack) & left[None, :]
    return left & ~beaten.any(axis=1)


@dataclass(frozen=True)
class Race:
    """How far KN++ came with the replications there are.

    Attributes
    ----------
    left
        Shape (configurations,): those that are not yet beaten.
    seen
        The replications it took: all there are, or fewer if one was left before.
    """

    left: npt.NDArray[np.bool_]
    seen: int

    @property
    def is_decided(self) -> bool:
        """Whether one is left."""
        return int(self.left.sum()) == 1


def kn_plus(values: FloatArray, matters: float, confidence: float = CONFIDENCE) -> Race:
    """Play the replications in their order, and throw out what is beaten (KN++).

    Parameters
    ----------
    values
        Shape (replications, configurations), larger is better; the same row, the same patients.
    matters
        The smallest difference worth finding.
    confidence
        The probability of correct selection that is aimed at.

    Returns
    -------
    Race
        Nobody is thrown out with fewer replications than `KN_FIRST`. The variances are learned anew
        each time their number has doubled.
    """
    replications, configurations = values.shape
    left = np.ones(configurations, dtype=bool)
    learned = KN_FIRST
    for seen in range(KN_FIRST, replications + 1):
        if seen >= 2 * learned:
            learned = seen
        left = kn_left(values[:seen], left, learned, matters, confidence)
        if left.sum() == 1:
            return Race(left, seen)
    return Race(left, replications)


def ocba(means: FloatArray, deviations: FloatArray) -> FloatArray:
    """Spread a budget of replications over configurations.

    Parameters
    ----------
    means
        Shape (configurations,), larger is better.
    deviations
        Standard deviation of one replication of each.

    Returns
    -------
    numpy.ndarray
        Shares, together 1. Configurations that equal the best would need all of it and are left out
        (0), as no number of replications tells them apart.
    """
    best = int(np.argmax(means))
    gaps = means[best] - means
    rivals = (gaps > 0) & (deviations > 0)
    if not rivals.any():
        return np.full(len(means), 1 / len(means))
    share = np.zeros(len(means))
    share[rivals] = (deviations[rivals] / gaps[rivals]) ** 2
    share[best] = deviations[best] * np.sqrt(((share[rivals] / deviations[rivals]) ** 2).sum())
    return share / share.sum()
