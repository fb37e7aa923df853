"""Whole arrays of draws have the shape they are asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.random.distributions import (
    arrival_times,
    choice,
    day_factors,
    exponential,
    hour_weights,
    lognormal,
    lognormal_from_median_and_mean,
    lognormal_from_quantiles,
    triangular,
    workday_times,
)
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK

# Midpoints of a fine grid: exact up to the grid, without chance.
UNIFORM = (np.arange(200_000) + 0.5) / 200_000
NORMAL = stats.norm.ppf(UNIFORM)


def test_a_lognormal_has_the_mean_and_spread_asked_for():
    values = lognormal(NORMAL, 45.0, 30.0)
    assert values.mean() == pytest.approx(45, rel=1e-3)
    assert values.std() == pytest.approx(30, rel=1e-2)
    assert (values > 0).all()


def test_a_lognormal_may_have_a_mean_for_each_patient():
    # With z = 0 a lognormal of mean m and cv 1 is m / sqrt(2)
    values = lognormal(np.zeros(2), np.array([10.0, 20.0]), np.array([10.0, 20.0]))
    assert values == pytest.approx([10 / np.sqrt(2), 20 / np.sqrt(2)])


def test_a_lognormal_from_quantiles_has_these_quantiles():
    size = len(NORMAL)
    values = lognormal_from_quantiles(NORMAL, np.full(size, 3.8), np.full(size, 11.8))
    assert np.quantile(values, [0.5, 0.95]) == pytest.approx([3.8, 11.8], rel=1e-3)


def test_a_lognormal_from_median_and_mean_has_both():
    values = lognormal_from_median_and_mean(NORMAL, 1.2, 3.2)
    assert np.median(values) == pytest.approx(1.2, rel=1e-3)
    assert values.mean() == pytest.approx(3.2, rel=2e-2)


def test_a_triangular_draw_is_that_of_scipy():
    # 3, 5, 8: mean 16 / 3, and the mode is at (5 - 3) / (8 - 3) = 0.4
    values = triangular(UNIFORM, 3, 5, 8)
    assert values == pytest.approx(stats.triang.ppf(UNIFORM, 0.4, 3, 5))
    assert values.mean() == pytest.approx(16 / 3, rel=1e-4)
    assert triangular(np.array([0.4]), 3, 5, 8) == pytest.approx([5])


def test_an_exponential_has_its_mean_and_its_median():
    values = exponential(UNIFORM, 420.0)
    assert values.mean() == pytest.approx(420, rel=1e-3)
    assert np.median(values) == pytest.approx(420 * np.log(2), rel=1e-3)


def test_a_choice_follows_its_weights():
    picked = choice(UNIFORM, [1, 0, 3])
    assert np.bincount(picked, minlength=3) / len(UNIFORM) == pytest.approx([0.25, 0, 0.75])


@given(
    st.lists(st.floats(0, 1, exclude_max=True), max_size=20),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(lambda w: sum(w) > 1e-6),
)
def test_a_choice_is_always_an_index_and_never_one_of_weight_zero(uniforms, weights):
    picked = choice(np.array(uniforms), weights)
    assert ((picked >= 0) & (picked < len(weights))).all()
    assert all(weights[index] > 0 for index in picked)


def test_hour_weights_put_weekday_and_weekend_in_place():
    # Weekdays all at 09:00, weekends all at 21:00; a Saturday with half a weekday's share
    weekday, weekend = np.eye(24)[9], np.eye(24)[21]
    week = np.array([2, 2, 2, 2, 2, 1, 1]) / 12
    hours = hour_weights(weekday, weekend, week)
    assert hours.shape == (168,)
    assert hours.sum() == pytest.approx(1)
    assert hours[9] == pytest.approx(2 / 12)
    assert hours[4 * 24 + 9] == pytest.approx(2 / 12)
    assert hours[5 * 24 + 21] == pytest.approx(1 / 12)
    assert np.count_nonzero(hours) == 7


def test_arrivals_follow_the_hours_of_the_week():
    hours = np.full(168, 1.0)
    hours[:24] = 3  # Monday three times as busy
    hours /= hours.sum()
    times = arrival_times(np.random.default_rng(3), 2_000, hours, 20)
    assert (np.diff(times) >= 0).all()
    assert times[0] >= 0
    assert times[-1] < 20 * MINUTES_PER_WEEK
    expected = 2_000 * 20  # Poisson: sd 200
    assert abs(len(times) - expected) < 2.6 * 200
    monday = (times % MINUTES_PER_WEEK < MINUTES_PER_DAY).mean()
    assert monday == pytest.approx(3 / 9, abs=2.6 * np.sqrt(2 / 9 / expected))


def test_arrivals_within_the_hour_are_spread_evenly():
    hours = np.zeros(168)
    hours[10] = 1
    times = arrival_times(np.random.default_rng(4), 5_000, hours, 1)
    inside = times / MINUTES_PER_HOUR - 10
    assert stats.kstest(inside, "uniform").pvalue > 0.01


def test_days_vary_more_than_poisson_when_asked():
    # Variance of a day's number: m + (cv m)^2 with m = 1000, cv = 0.2: 1000 + 40 000
    hours = np.full(168, 1 / 168)
    rng = np.random.default_rng(5)
    times = arrival_times(rng, 7_000, hours, 200, day_factors(rng, 200, 0.2))
    counts = np.bincount((times // MINUTES_PER_DAY).astype(int), minlength=1_400)
    assert counts.mean() == pytest.approx(1000, rel=0.02)
    assert counts.var(ddof=1) == pytest.approx(41_000, rel=0.12)  # 3 standard errors


def test_planned_days_are_those_given():
    days = np.array([0, 1, 4])
    times = workday_times(np.random.default_rng(6), 400, days)
    assert set(times) == {0.0, 1440.0, 5760.0}
    assert len(times) == pytest.approx(1200, abs=2.6 * np.sqrt(1200))
