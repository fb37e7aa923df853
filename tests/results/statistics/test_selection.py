"""Selection of the best: probabilities and promises, held against theory and simulation."""

import numpy as np
import pytest
from scipy import stats

from results.statistics.selection import (
    KN_FIRST,
    best_probabilities,
    kn_left,
    kn_most,
    kn_plus,
    kn_spread,
    mean_draws,
    ocba,
)

RNG = np.random.default_rng


def test_draws_of_a_difference_spread_as_the_paired_t_interval():
    rng = RNG(1)
    patients = rng.normal(0, 10, (6, 1))
    values = patients + rng.normal(0, 1, (6, 2)) + [0, 1]
    draws = mean_draws(values, 200_000, rng)
    difference = values[:, 1] - values[:, 0]
    interval = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
    found = np.quantile(draws[:, 1] - draws[:, 0], [0.025, 0.975])
    assert found == pytest.approx([interval.low, interval.high], abs=0.03)


def test_a_figure_seen_once_keeps_its_mean_and_one_never_seen_stays_unknown():
    values = np.array([[1.0, 5.0, np.nan], [3.0, np.nan, np.nan]])
    draws = mean_draws(values, 50, RNG(2))
    assert (draws[:, 1] == 5).all()
    assert np.isnan(draws[:, 2]).all()
    assert draws[:, 0].std() > 0


def test_the_probability_that_one_of_two_is_best_is_the_one_sided_t_test():
    values = np.array([[1.0, 2.0], [2.0, 2.5], [1.5, 3.0], [2.5, 2.6]])
    _, p = stats.ttest_rel(values[:, 1], values[:, 0], alternative="greater")
    found = best_probabilities(values, 200_000, RNG(3))
    assert found == pytest.approx([p, 1 - p], abs=0.005)


def test_equal_configurations_share_and_one_replication_says_nothing():
    same = np.array([[1.0, 3.0, 3.0], [2.0, 5.0, 5.0], [1.0, 4.0, 4.0]])
    assert best_probabilities(same, 2000, RNG(4)) == pytest.approx([0, 0.5, 0.5], abs=0.03)
    assert np.isnan(best_probabilities(same[:1], 10, RNG(5))).all()
    assert kn_most(same[:1], 1.0) is None


def test_probabilities_of_being_best_come_true_as_often_as_they_say():
    # Truth drawn from a flat prior, five paired replications: of the cases called 80-100% certain,
    # as many are right as said (a posterior is calibrated under its prior).
    rng, said, right = RNG(6), [], []
    for _ in range(400):
        truth = rng.normal(0, 3, 3)
        values = truth + rng.normal(0, 5, (5, 1)) + rng.normal(0, 2, (5, 3))
        found = best_probabilities(values, 400, rng)
        said.append(found.max())
        right.append(found.argmax() == truth.argmax())
    sure = np.array(said) > 0.8
    assert sure.sum() > 100
    assert np.mean(np.array(right)[sure]) == pytest.approx(np.mean(np.array(said)[sure]), abs=0.06)


def test_kn_constant_is_the_published_one():
    # Kim & Nelson (2001): k = 2, n0 = 10, alpha = 0.05 gives eta = (0.1^(-2/9) - 1) / 2 = 0.3340.
    assert kn_spread(10, 2) / (2 * 9) == pytest.approx(0.3340, abs=1e-4)


def test_kn_constant_spends_the_chance_of_error_evenly_on_the_rivals():
    # k = 11, n0 = 5: 2a / (k - 1) = 0.01, so eta = (0.01^(-1/2) - 1) / 2 = 4.5, h2 = 2 * 4.5 * 4.
    # alpha / (k - 1), by Bonferroni, holds with common random numbers; the slightly smaller
    # 1 - (1 - alpha)^(1 / (k - 1)) of KN++ asks that configurations are independent.
    assert kn_spread(5, 11) == pytest.approx(36)
    assert kn_spread(3, 2) == pytest.approx(18)  # 0.1^(-2/2) = 10, eta = 4.5


def screened(lead: list[float], matters: float) -> list[bool]:
    """Screen two configurations of which the second leads by so much in each replication."""
    patients = np.array([5.0, -3.0, 8.0])
    values = np.column_stack([patients, patients + lead])
    return kn_left(values, np.ones(2, dtype=bool), 3, matters).tolist()


def test_kn_screens_as_worked_out_by_hand():
    # n0 = 3, h2 = 18. A lead of 1, 2, 3 has S2 = 1 and mean 2, whatever the patients share.
    # delta = 1: W = 1/6 * (18 - 3) = 2.5; delta = 2: W = 2/6 * (18/4 - 3) = 0.5.
    assert screened([1, 2, 3], 1.0) == [True, True]
    assert screened([1.6, 2.6, 3.6], 1.0) == [False, True]
    assert screened([1, 2, 3], 2.0) == [False, True]
    # From h2 S2 / delta2 = 4.5 < 5 replications on W is 0, and the higher mean wins.
    assert kn_most(np.array([[0.0, 1], [0, 2], [0, 3]]), 2.0) == 5


def test_kn_plus_learns_variance_and_constant_anew_as_worked_out_by_hand():
    # A lead of 6, -2, 2, 6, -2 and then 2 each time: mean 2. After five, S2 = 64 / 4 and
    # h2 = 4 * (0.1^(-1/2) - 1) = 8.649: at r = 9, W = (8.649 * 16 - 9) / 18 = 7.19 > 2. After ten,
    # S2 = 64 / 9 and h2 = 9 * (0.1^(-2/9) - 1) = 6.013: W = (6.013 * 64 / 9 - 10) / 20 = 1.64 < 2.
    lead = np.array([6.0, -2, 2, 6, -2] + [2.0] * 15)
    values = np.column_stack([np.zeros(20), lead])
    assert kn_plus(values[:9], 1.0).left.all()
    race = kn_plus(values, 1.0)
    assert race.is_decided
    assert race.seen == 10


def kn_race(rng: np.random.Generator, truth: np.ndarray, first_stage: int, matters: float):
    """Run procedure KN to its end; return who is left and the replications it took."""
    mood = rng.normal(0, 3, (400, 1))
    values = truth + mood + rng.normal(0, 2, (400, len(truth)))
    left, seen = np.ones(len(truth), dtype=bool), first_stage
    most = kn_most(values[:first_stage], matters)
    while left.sum() > 1:
        left = kn_left(values[:seen], left, first_stage, matters)
        seen += 1
    return np.flatnonzero(left), seen - 1, most


def test_kn_keeps_its_promise_of_95_percent_in_the_least_favourable_case():
    # The slippage configuration: all rivals exactly the smallest difference that matters below.
    rng = RNG(7)
    truth = np.array([1.0, 0, 0, 0])
    races = [kn_race(rng, truth, 8, 1.0) for _ in range(120)]
    right = np.mean([list(left) == [0] for left, _, _ in races])
    assert right >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 120)
    assert all(seen <= most + 1 for _, seen, most in races)


def test_more_replications_are_asked_for_smaller_differences_and_larger_chance():
    values = RNG(8).normal(0, 1, (5, 3))
    assert kn_most(values, 0.5) > kn_most(values, 1.0) > 5
    assert kn_most(values * 2, 1.0) > kn_most(values, 1.0)


def test_ocba_is_the_allocation_worked_out_by_hand():
    # Gaps 1 and 2, equal spread: N2/N3 = (1/1)² / (1/2)² = 4; N1 = sqrt(4² + 1²).
    share = ocba(np.array([3.0, 2.0, 1.0]), np.array([1.0, 1.0, 1.0]))
    assert share / share[2] == pytest.approx([np.sqrt(17), 4, 1])
    assert ocba(np.array([1.0, 1.0]), np.array([1.0, 1.0])).tolist() == [0.5, 0.5]


def raced(rng, patients, cases=1000, matters=1.0, most=120):
    """Race four configurations in the least favourable case: one is better by what matters."""
    truth = np.array([0.0, 0.0, 0.0, matters])
    right, seen = [], []
    for _ in range(cases):
        shared = rng.normal(0, patients, (most, 1))
        race = kn_plus(truth + shared + rng.normal(0, 1.2, (most, 4)), matters)
        right.append(race.is_decided and race.left[3])
        seen.append(race.seen)
    return np.mean(right), np.mean(seen)


@pytest.mark.parametrize("patients", [0.0, 5.0], ids=["independent", "same patients"])
def test_kn_plus_selects_right_in_95_percent_of_the_least_favourable_cases(patients):
    right, seen = raced(RNG(20), patients)
    assert right >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 1000)
    assert KN_FIRST < seen < 60


def test_kn_plus_is_sooner_done_than_kn_where_the_first_stage_varied_much():
    rng = RNG(21)
    truth = np.array([0.0, 0.0, 1.0])
    wild = rng.normal(0, 6, (KN_FIRST, 3)) + truth
    calm = rng.normal(0, 0.5, (400, 3)) + truth
    values = np.vstack([wild, calm])
    race = kn_plus(values, 1.0)
    assert race.left.tolist() == [False, False, True]
    left = np.ones(3, dtype=bool)
    for seen in range(KN_FIRST, race.seen + 1):
        left = kn_left(values[:seen], left, KN_FIRST, 1.0)
    assert left.sum() > 1  # with the variances of its first stage, KN is not done yet


def test_kn_plus_throws_nobody_out_of_too_few_replications_or_of_equals():
    values = RNG(22).normal(0, 1, (KN_FIRST - 1, 3)) + np.array([0.0, 0.0, 100.0])
    assert kn_plus(values, 1.0).left.all()
    same = np.repeat(RNG(23).normal(0, 1, (50, 1)), 3, axis=1)
    assert kn_plus(same, 1.0).left.all()
