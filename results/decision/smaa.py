"""Which weights make which configuration first: SMAA-2 (Lahdelma & Salminen 2001).

Nobody knows the right weights, and scores are uncertain. So both are drawn many times: weights
evenly from all that are possible (a flat Dirichlet over the groups of criteria, spread evenly
within each), scores from what the replications leave open. Counted is how often each configuration
takes each rank, what weights it is typically first with (central weights), and how certain it is
first with those.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from results.decision.weights import APART, TIE_DECIMALS
from results.kpis.criteria import Criterion, groups
from results.statistics.selection import share_of_firsts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray


WEIGHTS_HELD = 500
"""Weights at which all draws of scores are held together: shares are right to two points."""


@dataclass(frozen=True)
class Acceptability:
    """What draws of weights and scores say of the ranks."""

    ranks: FloatArray
    """Shape (configurations, ranks): how often each takes each rank; rows and columns sum to 1."""

    central: FloatArray
    """Shape (configurations, groups): the mean weights with which each is first; NaN if never."""

    confidence: FloatArray
    """Shape (configurations,): how often each is first with its central weights."""

    certain: FloatArray
    """Shape (configurations, ranks): the share of all weights with which each certainly has each
    rank. What rows lack to 1 is open: there the intervals don't part."""


def group_names(among: Sequence[Criterion]) -> tuple[str, ...]:
    """Name the groups that some of the criteria belong to, in their order."""
    present = {criterion.group for criterion in among}
    return tuple(name for name in groups() if name in present)


def draw_weights(groups_present: int, size: int, rng: np.random.Generator) -> FloatArray:
    """Draw weights of groups, all that are possible equally likely: shape (size, groups)."""
    return rng.dirichlet(np.ones(groups_present), size)


def spread_weights(group_weights: FloatArray, among: Sequence[Criterion]) -> FloatArray:
    """Spread weights of groups evenly over their criteria.

    Parameters
    ----------
    group_weights
        Shape (..., groups present).
    among
        The criteria.

    Returns
    -------
    numpy.ndarray
        Shape (..., criteria).
    """
    names = group_names(among)
    share = np.zeros((len(names), len(among)))
    for place, criterion in enumerate(among):
        share[names.index(criterion.group), place] = 1.0
    return group_weights @ (share / share.sum(axis=1, keepdims=True))


def acceptability(
    scores: FloatArray,
    group_weights: FloatArray,
    among: Sequence[Criterion],
    certain: float = np.inf,
) -> Acceptability:
    """Count ranks over draws of weights and scores.

    Parameters
    ----------
    scores
        Shape (draws, configurations, criteria).
    group_weights
        Shape (draws, groups present).
    among
        The criteria.
    certain
        The share of the draws of scores from which on one is before another at given weights;
        beyond 1 none ever is.
    """
    totals = np.einsum("dac,dc->da", scores, spread_weights(group_weights, among))
    ranks = _ranks(totals)
    firsts = ranks[:, :, 0]
    weight = firsts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = (firsts.T @ group_weights) / weight[:, None]
    confidence = np.zeros(scores.shape[1])
    for place in np.flatnonzero(weight > 0):
        own = scores @ spread_weights(central[place], among)
        confidence[place] = share_of_firsts(own)[place]
    some = group_weights[:WEIGHTS_HELD]
    open_ranks = certain_ranks(of_groups(scores, among), some, certain)
    return Acceptability(ranks.mean(axis=0), central, confidence, open_ranks)


def of_groups(scores: FloatArray, among: Sequence[Criterion]) -> FloatArray:
    """Take the mean of each group's criteria: shape (draws, configurations, groups present)."""
    return scores @ spread_weights(np.eye(len(group_names(among))), among).T


def certain_ranks(of_group: FloatArray, group_weights: FloatArray, certain: float) -> FloatArray:
    """Count with which weights each configuration certainly has each rank.

    At each set of weights one is before another where it is so, by more than `APART`, in most draws
    of the scores; a rank is certain where the others are all before it or all behind.

    Parameters
    ----------
    of_group
        Scores by group, shape (draws, configurations, groups).
    group_weights
        Shape (weights, groups).
    certain
        The share of the draws that is most.

    Returns
    -------
    numpy.ndarray
        Shape (configurations, ranks): shares of the weights.
    """
    count = of_group.shape[1]
    before = np.zeros((count, count, len(group_weights)), dtype=bool)
    totals = np.stack([of_group[:, at] @ group_weights.T for at in range(count)])
    for one, other in product(range(count), repeat=2):
        ahead = (totals[one] - totals[other] > APART).mean(axis=0)
        before[one, other] = ahead >= certain
    best = before.sum(axis=0)  # those before each
    worst = count - 1 - before.sum(axis=1)
    rank = np.arange(count)[:, None]
    held = (best[:, None] == rank) & (worst[:, None] == rank)
    return np.asarray(held.mean(axis=2))


def rank_shares(totals: FloatArray) -> FloatArray:
    """Count how often each configuration takes each rank; those that tie share their ranks.

    Parameters
    ----------
    totals
        Shape (draws, configurations).

    Returns
    -------
    numpy.ndarray
        Shape (configurations, ranks).
    """
    return _ranks(totals).mean(axis=0)


def _ranks(totals: FloatArray) -> FloatArray:
    """Shape (draws, configurations, ranks): 1 for the rank taken, or a share of tied ones."""
    rounded = np.round(totals, TIE_DECIMALS)
    better = (rounded[:, None, :] > rounded[:, :, None]).sum(axis=2)
    tied = (rounded[:, None, :] == rounded[:, :, None]).sum(axis=2)
    rank = np.arange(totals.shape[1])
    taken = (rank >= better[:, :, None]) & (rank < (better + tied)[:, :, None])
    return taken / tied[:, :, None]
