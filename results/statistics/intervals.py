"""Student's t-interval of a mean: half its width, and with it the mean of what was observed."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

from files.arrays import FloatArray

CONFIDENCE = 0.95

Spread = TypeVar("Spread", pd.Series, FloatArray)


def half_width(spread: Spread, count: FloatArray, level: float = CONFIDENCE) -> Spread:
    """Return half of the two-sided t-interval of a mean.

    Parameters
    ----------
    spread
        Standard deviation of the values, with n - 1 in the denominator.
    count
        How many values there are, of the same shape.
    level
        How often the interval holds the mean that is sought.

    Returns
    -------
    pandas.Series or numpy.ndarray
        As `spread`; NaN for fewer than two values.
    """
    from scipy import stats  # noqa: PLC0415 - large, and a process that simulates needs none of it

    with np.errstate(invalid="ignore", divide="ignore"):
        half: Spread = stats.t.ppf((1 + level) / 2, count - 1) * spread / np.sqrt(count)
    return half


def interval(values: FloatArray, level: float = CONFIDENCE) -> tuple[float, float]:
    """Return the mean of the observed values and half its t-interval; NaN where unknown.

    Parameters
    ----------
    values
        Shape (replications,); NaN: not observed.
    level
        As `half_width` takes it.
    """
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return np.nan, np.nan
    mean = float(known.mean())
    if len(known) == 1:
        return mean, np.nan
    half = half_width(np.array([known.std(ddof=1)]), np.array([float(len(known))]), level)
    return mean, float(half[0])
