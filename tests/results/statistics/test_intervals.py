"""Means and t-intervals of what was observed."""

import math

import numpy as np
import pytest

from results.statistics.intervals import interval


def test_the_interval_of_four_is_that_of_the_t_table():
    # 10, 12, 14, 16: a standard deviation of 2.582; t with 3 degrees is 3.182.
    mean, half = interval(np.array([10.0, 12, 14, 16]))
    assert mean == 13
    assert half == pytest.approx(3.182 * 2.58199 / 2, rel=1e-3)


def test_what_was_not_observed_counts_for_nothing():
    assert interval(np.array([10.0, np.nan, 12, 14, np.nan, 16])) == interval(
        np.array([10.0, 12, 14, 16])
    )


def test_one_has_a_mean_and_no_interval_and_none_has_neither():
    mean, half = interval(np.array([np.nan, 7.0]))
    assert (mean, math.isnan(half)) == (7, True)
    assert all(math.isnan(part) for part in interval(np.array([np.nan])))
