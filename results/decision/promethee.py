"""Outranking: a second way to weigh, by who beats whom (PROMETHEE II, Brans & Vincke 1985).

A weighted sum lets a large gain on one criterion pay for losses on many. Outranking compares two by
two: a difference up to `matters` counts for nothing, one of `FULL` times that fully, and no more
however large it is. Where both ways name the same first, the answer doesn't hang on the method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from files.arrays import FloatArray

FULL = 3.0
"""From so many times the smallest difference that matters, a preference is complete: our choice."""


def preference(differences: FloatArray, indifferent: FloatArray, full: FloatArray) -> FloatArray:
    """Turn differences into preferences: the linear criterion with an indifference zone (type V).

    Parameters
    ----------
    differences
        Shape (..., criteria), positive is better.
    indifferent, full
        Shape (criteria,): differences up to the first give 0, from the second on 1, straight
        between. Where both are 0 every gain counts fully (the usual criterion, type I).
    """
    width = np.where(full > indifferent, full - indifferent, 1.0)
    between = np.clip((differences - indifferent) / width, 0.0, 1.0)
    whole = (differences > indifferent).astype(float)
    return np.where(full > indifferent, between, whole)


def criterion_flows(values: FloatArray, indifferent: FloatArray, full: FloatArray) -> FloatArray:
    """Return net flows per criterion: preferred over others, less others over it, on average.

    Parameters
    ----------
    values
        Shape (..., configurations, criteria), larger is better.
    indifferent, full
        Thresholds per criterion, as in `preference`.

    Returns
    -------
    numpy.ndarray
        Shape as `values`, between -1 and 1; sums to 0 over the configurations.
    """
    pairs = values[..., :, None, :] - values[..., None, :, :]
    over = preference(pairs, indifferent, full)
    return (over - np.swapaxes(over, -3, -2)).sum(axis=-2) / (values.shape[-2] - 1)


def net_flows(
    values: FloatArray, weights: FloatArray, indifferent: FloatArray, full: FloatArray
) -> FloatArray:
    """Return PROMETHEE II's net flows, the largest first in rank.

    As the flows per criterion are weighed and added, weights may be drawn as for a weighted sum.

    Parameters
    ----------
    values
        Shape (configurations, criteria), larger is better.
    weights
        Shape (criteria,), together 1.
    indifferent, full
        Thresholds per criterion, as in `preference`.
    """
    return criterion_flows(values, indifferent, full) @ weights
