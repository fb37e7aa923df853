"""Rank acceptability, outranking and regret: theory, an independent program, and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.decision.promethee import criterion_flows, net_flows, preference
from results.decision.regret import largest_regret, regrets, satisficing
from results.decision.smaa import (
    acceptability,
    certain_ranks,
    draw_weights,
    group_names,
    rank_shares,
    spread_weights,
)
from results.kpis.criteria import criteria

TWO = (criteria()["wait_doctor"], criteria()["crews_on_the_road"])
ALL = tuple(criteria().values())
RNG = np.random.default_rng


def smaa(scores: np.ndarray, among=TWO, size: int = 20_000):
    weights = draw_weights(len(group_names(among)), size, RNG(1))
    return acceptability(np.broadcast_to(scores, (size, *scores.shape)), weights, among)


def test_acceptability_of_two_criteria_is_the_length_of_the_weights_that_make_one_first():
    # A = (1, 0) beats B = (0, 1) while w1 > 1/2; C = (0.7, 0.7) beats both from 0.3 to 0.7.
    found = smaa(np.array([[1.0, 0], [0, 1.0], [0.7, 0.7]]))
    assert found.ranks[:, 0] == pytest.approx([0.3, 0.3, 0.4], abs=0.015)
    assert found.central[0] == pytest.approx([0.85, 0.15], abs=0.01)
    assert found.central[2] == pytest.approx([0.5, 0.5], abs=0.01)
    assert found.confidence.tolist() == [1, 1, 1]


@given(st.integers(0, 1000))
def test_ranks_sum_to_one_and_a_dominated_configuration_is_never_first(seed):
    scores = RNG(seed).random((4, len(ALL)))
    scores[3] = scores[1] - 0.01
    found = smaa(scores, ALL, 200)
    assert found.ranks.sum(axis=0) == pytest.approx(np.ones(4))
    assert found.ranks.sum(axis=1) == pytest.approx(np.ones(4))
    assert found.ranks[3, 0] == 0
    assert np.isnan(found.central[3]).all()


def test_configurations_that_are_the_same_share_their_ranks():
    shares = rank_shares(np.array([[0.2, 0.5, 0.5], [0.9, 0.1, 0.1]]))
    assert shares.tolist() == [[0.5, 0, 0.5], [0.25, 0.5, 0.25], [0.25, 0.5, 0.25]]


def test_weights_are_drawn_per_group_and_spread_over_its_criteria():
    weights = spread_weights(draw_weights(7, 5000, RNG(2)), ALL)
    assert weights.sum(axis=1) == pytest.approx(np.ones(5000))
    means = dict(zip(criteria(), weights.mean(axis=0), strict=True))
    assert means["extra_cost"] == pytest.approx(1 / 7, abs=0.01)
    assert means["wait_bed"] == pytest.approx(1 / 21, abs=0.005)


def test_a_rank_is_certain_only_with_weights_at_which_the_draws_part():
    # With w for the first criterion A leads by 0.8 w - 0.4, known to 0.1 times the root of
    # 2 (w^2 + (1 - w)^2): that is 1.645 times as much from w = 0.7256 on, so for 28 of 101 weights.
    rng, size = RNG(4), 4000
    scores = np.array([[0.7, 0.3], [0.3, 0.7]]) + rng.normal(0, 0.1, (size, 2, 2))
    weights = np.column_stack([np.linspace(0, 1, 101), 1 - np.linspace(0, 1, 101)])
    found = certain_ranks(scores, weights, 0.95)
    assert found == pytest.approx(np.full((2, 2), 28 / 101), abs=0.02)
    assert certain_ranks(scores, weights, np.inf).max() == 0  # one replication


def test_what_is_the_same_has_no_rank():
    scores = np.broadcast_to([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]], (10, 3, 2))
    found = certain_ranks(scores, draw_weights(2, 50, RNG(1)), 0.95)
    assert found.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_uncertain_scores_lower_the_confidence():
    rng, size = RNG(3), 5000
    scores = np.array([[0.5, 0.5], [0.45, 0.45]]) + rng.normal(0, 0.1, (size, 2, 2))
    found = acceptability(scores, draw_weights(2, size, rng), TWO)
    assert 0.5 < found.confidence[0] < 0.95


def test_net_flows_are_those_of_an_independent_program():
    # pymcdm 1.4.0, PROMETHEE_II("vshape_2") with p and q as below.
    values = np.array([[4, 3, 2], [1, 2, 5], [3, 2, 3], [5, 1, 1.0]])
    weights = np.array([0.5, 0.3, 0.2])
    found = net_flows(values, weights, np.array([0.5, 0.0, 1.0]), np.array([2.5, 1.0, 3.0]))
    assert found == pytest.approx([0.4, -0.2916666667, -0.0416666667, -0.0666666667], abs=1e-9)


def test_net_flows_are_those_of_the_published_usual_criterion_example():
    # The example in pymcdm's manual: 0.1, -0.3, 0.2.
    values = np.array([[4, 3, 2], [3, 2, 4], [5, 1, 3.0]])
    found = net_flows(values, np.array([0.5, 0.3, 0.2]), np.zeros(3), np.zeros(3))
    assert found == pytest.approx([0.1, -0.3, 0.2])


def test_preference_is_nothing_then_straight_then_whole():
    steps = preference(np.array([-1.0, 1, 2, 3, 9]), np.array(1.0), np.array(3.0))
    assert steps.tolist() == [0, 0, 0.5, 1, 1]
    usual = preference(np.array([-1.0, 0, 0.001]), np.array(0.0), np.array(0.0))
    assert usual.tolist() == [0, 0, 1]


@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_flows_sum_to_zero_and_don_t_hang_on_the_unit(seed, unit):
    values = RNG(seed).random((4, 3))
    indifferent, full = np.full(3, 0.1), np.full(3, 0.4)
    flows = criterion_flows(values, indifferent, full)
    assert flows.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert flows == pytest.approx(
        criterion_flows(values * unit, indifferent * unit, full * unit), abs=1e-6
    )


def test_a_huge_gain_on_one_criterion_pays_for_no_more_than_a_full_preference():
    values, weights = np.array([[100.0, 0, 0], [0, 1, 1]]), np.full(3, 1 / 3)
    assert values[0] @ weights > values[1] @ weights
    flows = net_flows(values, weights, np.zeros(3), np.ones(3))
    assert flows == pytest.approx([-1 / 3, 1 / 3])


def test_regret_is_the_textbook_one():
    # Three futures, three choices; worked out by hand.
    totals = np.array([[10.0, 6, 7], [2, 6, 5], [8, 6, 9]])
    assert regrets(totals).tolist() == [[0, 4, 3], [4, 0, 1], [1, 3, 0]]
    assert largest_regret(totals).tolist() == [4, 4, 3]
    assert satisficing(totals >= 6) == pytest.approx([2 / 3, 1, 2 / 3])
