"""Percentiles over replications: a 95% interval holds the true one about 95 times in 100."""

import numpy as np
import pytest
from scipy import stats

from results.kpis.timeline import P90, P95, quantile
from results.validation.queueing_theory import wait_quantile

STUDIES, REPLICATIONS = 1000, 16


def coverage(estimates, truth):
    """Return how often the t-interval over replications, one study a row, holds the truth."""
    mean = estimates.mean(axis=1)
    half = stats.t.ppf(0.975, estimates.shape[1] - 1) * stats.sem(estimates, axis=1)
    return (np.abs(mean - truth) <= half).mean()


def pooled_coverage(samples, truth):
    """Return how often the 95th percentile lies between two cases of all together, by the binomial.

    A row is a study. So it is done for independent cases (David and Nagaraja 2003, section 7.1).
    """
    ranks = stats.binom.ppf([0.025, 0.975], samples.shape[1], P95 / 100).astype(int)
    low, high = np.partition(samples, ranks, axis=1)[:, ranks].T
    return ((low <= truth) & (truth <= high)).mean()


@pytest.mark.parametrize("percent", [50, P90, P95])
def test_intervals_of_percentiles_of_few_cases_cover_what_they_should(percent):
    # fifty a replication: the caesareans of class 1 of the region in a quarter of a year
    rng = np.random.default_rng(3)
    draws = rng.exponential(1, (STUDIES * REPLICATIONS, 50))
    estimates = np.percentile(draws, percent, axis=1, method="hazen")
    one = quantile(draws[0], percent)
    assert one == estimates[0]
    truth = -np.log(1 - percent / 100)
    assert estimates.mean() == pytest.approx(truth, rel=0.02)
    assert coverage(estimates.reshape(STUDIES, REPLICATIONS), truth) >= 0.925


def test_the_usual_percentile_would_be_too_low_and_cover_too_little():
    rng = np.random.default_rng(3)
    usual = np.percentile(rng.exponential(1, (STUDIES * REPLICATIONS, 50)), P95, axis=1)
    truth = -np.log(0.05)
    assert usual.mean() < 0.96 * truth
    assert coverage(usual.reshape(STUDIES, REPLICATIONS), truth) < 0.9


def test_intervals_cover_the_waits_of_a_queue_which_depend_on_each_other():
    # Lindley's recursion, all queues side by side; rate 0.6, service 1, begun long before
    load, customers, begun = 0.6, 3_000, 300
    rng = np.random.default_rng(5)
    studies = 200
    queues = studies * REPLICATIONS
    wait, waits = np.zeros(queues), np.empty((customers, queues), dtype=np.float32)
    for number in range(-begun, customers):
        gap, service = rng.exponential(1 / load, queues), rng.exponential(1, queues)
        wait = np.maximum(wait + service - gap, 0)
        if number >= 0:
            waits[number] = wait
    estimates = np.percentile(waits, P95, axis=0, method="hazen").reshape(studies, -1)
    truth = wait_quantile(load, 1.0, 0.95)
    assert truth == pytest.approx(6.212, abs=1e-3)  # ln(12) / 0.4
    assert estimates.mean() == pytest.approx(truth, rel=0.01)
    assert coverage(estimates, truth) >= 0.91
    together = waits.reshape(customers, studies, -1).swapaxes(0, 1).reshape(studies, -1)
    assert pooled_coverage(together, truth) < 0.6


def test_cases_that_are_independent_could_be_taken_together():
    draws = np.random.default_rng(7).exponential(1, (STUDIES, REPLICATIONS * 50))
    assert pooled_coverage(draws, -np.log(0.05)) == pytest.approx(0.95, abs=0.02)


def test_percentiles_of_small_samples_are_those_of_hazen():
    # n p + 1/2: the 95th percentile of ten is the tenth, the 90th half-way the ninth and the tenth
    values = np.arange(1.0, 11.0)
    assert (quantile(values, 50), quantile(values, P90), quantile(values, P95)) == (5.5, 9.5, 10)
    assert np.isnan(quantile(np.array([np.nan]), 50))
