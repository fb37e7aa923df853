"""Draws as columns: whole arrays of arrivals, durations and choices, never one at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scenarios.units import DAYS_PER_WEEK, HOURS_PER_DAY
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray, IntArray


Z_95 = 1.6448536269514722  # standard normal quantile at 0.95


def lognormal(normal: FloatArray, mean: float | FloatArray, sd: float | FloatArray) -> FloatArray:
    """Return lognormal values with a given mean and standard deviation from standard normals.

    A mean of 0 gives zeros: a step that takes no time.
    """
    positive = np.where(np.asarray(mean) > 0, mean, 1.0)
    variance = np.log1p((np.asarray(sd) / positive) ** 2)
    values: FloatArray = np.exp(np.log(positive) - variance / 2 + np.sqrt(variance) * normal)
    return np.where(np.asarray(mean) > 0, values, 0.0)


def lognormal_from_quantiles(normal: FloatArray, median: FloatArray, p95: FloatArray) -> FloatArray:
    """Return lognormal values with a given median and 95th percentile from standard normals."""
    return median * np.exp(np.log(p95 / median) / Z_95 * normal)


def lognormal_from_median_and_mean(normal: FloatArray, median: float, mean: float) -> FloatArray:
    """Return lognormal values with a given median and mean from standard normals."""
    return median * np.exp(math.sqrt(2 * math.log(mean / median)) * normal)


def triangular(uniform: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return triangular values from uniforms, by inversion."""
    cut = (mode - low) / (high - low)
    left = low + np.sqrt(uniform * (high - low) * (mode - low))
    right = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < cut, left, right)


def exponential(uniform: FloatArray, mean: float) -> FloatArray:
    """Return exponential values from uniforms, by inversion."""
    return -mean * np.log1p(-uniform)


def choice(uniform: FloatArray, weights: Sequence[float] | FloatArray) -> IntArray:
    """Return for each uniform the index of a category drawn by weight, by inversion."""
    total = np.cumsum(weights)
    return np.searchsorted(total / total[-1], uniform, side="right").clip(max=len(total) - 1)


def hour_weights(weekday: FloatArray, weekend: FloatArray, week: FloatArray) -> FloatArray:
    """Return the share of each hour of a week, Monday first, shape (168,), sum 1."""
    days = [weekday] * 5 + [weekend] * 2
    return np.concatenate([share * day for share, day in zip(week, days, strict=True)])


def day_factors(rng: np.random.Generator, weeks: int, cv: float) -> FloatArray:
    """Draw a factor with mean 1 for each day, gamma with a coefficient of variation."""
    days = weeks * DAYS_PER_WEEK
    return rng.gamma(1 / cv**2, cv**2, days) if cv else np.ones(days)


def arrival_times(
    rng: np.random.Generator,
    per_week: float,
    hours: FloatArray,
    weeks: int,
    days: FloatArray | None = None,
) -> FloatArray:
    """Draw the sorted minutes of a Poisson stream with a weekly shape.

    Parameters
    ----------
    per_week
        Expected number a week.
    hours
        Share of each hour of the week, shape (168,).
    weeks
        Length of the horizon.
    days
        Factor on the rate of each day of the horizon.
    """
    rate = per_week * np.tile(hours, weeks)
    if days is not None:
        rate = rate * np.repeat(days, HOURS_PER_DAY)
    count = rng.poisson(rate)
    start = np.repeat(np.arange(len(rate)), count) * MINUTES_PER_HOUR
    return np.sort(start + rng.random(len(start)) * MINUTES_PER_HOUR)


def workday_times(rng: np.random.Generator, per_day: float, days: IntArray) -> FloatArray:
    """Draw the sorted days, in minutes at midnight, of a Poisson number on each given day."""
    return np.repeat(days, rng.poisson(per_day, len(days))).astype(float) * MINUTES_PER_DAY
