"""Weights of stakeholders and the ranking that follows, against sums worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.errors import FileError
from results.decision.smaa import certain_ranks
from results.decision.weights import drawn_places, ranked, read_weights, stakeholders, weighted_sums
from results.kpis.criteria import criteria, judged, weighed_groups

ALL = list(judged().values())


def test_every_shipped_set_says_that_it_is_assumed_and_gives_points_to_groups():
    assert {"municipalities", "residents", "hospitals", "ambulance", "insurer"} <= set(
        stakeholders()
    )
    for name, stakeholder in stakeholders().items():
        assert set(stakeholder.points) == set(weighed_groups()), name
        if name != "equal":
            assert stakeholder.why["en"].startswith("Assumed")
            assert stakeholder.why["nl"].startswith("Aangenomen")


def test_a_groups_points_go_evenly_to_its_criteria():
    equal = stakeholders()["equal"].weights(ALL)
    assert equal.sum() == pytest.approx(1)
    by_name = dict(zip(judged(), equal, strict=True))
    assert by_name["crews_on_the_road"] == pytest.approx(1 / 6)
    assert by_name["emergency_surgery"] == pytest.approx(1 / 18)


def test_the_points_of_a_group_that_is_not_judged_go_to_nobody():
    few = [criteria()["wait_doctor"], criteria()["crews_on_the_road"]]
    assert stakeholders()["equal"].weights(few).tolist() == [0.5, 0.5]


def test_the_weighted_sum_is_the_one_worked_out_by_hand():
    totals = weighted_sums([[1, 0.5, 0], [0, 1, 0.2]], [2, 1, 1])
    assert totals == pytest.approx([0.625, 0.3])
    assert ranked(totals) == [0, 1]


def test_ties_stay_in_the_order_of_the_configurations():
    assert ranked([0.3, 0.1 + 0.2, 0.5]) == [2, 0, 1]


@given(st.integers(0, 10_000), st.floats(0.01, 1000))
def test_the_total_of_the_weights_changes_nothing_and_who_is_best_everywhere_is_first(seed, factor):
    rng = np.random.default_rng(seed)
    scores, weights = rng.random((4, 5)), rng.random(5) + 0.01
    scores[2] = scores.max(axis=0) + 0.01  # best on every criterion, with no tie
    totals = weighted_sums(scores, weights)
    assert totals == pytest.approx(weighted_sums(scores, weights * factor))
    assert totals.argmax() == 2
    assert ((totals >= 0) & (totals <= 1.01)).all()


def test_a_user_gives_weights_of_their_own(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text("me: {weights: {wait_doctor: 3, staff: 1}}", encoding="utf-8")
    mine = read_weights(file)["me"]
    by_name = dict(zip(judged(), mine.weights(ALL), strict=True))
    assert by_name["wait_doctor"] == 0.75
    assert by_name["crews_on_the_road"] == 0.25
    assert mine.title == {"nl": "me", "en": "me"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("me: {weights: {speed: 1}}", ":1: me.weights.speed: is no group or criterion; known: qu"),
        ("me:\n  weights:\n    waiting: -1", ":3: me.weights.waiting: must be at least 0.0 .*-1"),
        ("me: {weights: {waiting: .nan}}", "me.weights.waiting: must be a finite number"),
        ("me: {weights: {waiting: .inf}}", "me.weights.waiting: must be a finite number"),
        ("me: {weights: {waiting: lots}}", "me.weights.waiting: must be a number .*'lots'"),
        ("me: {weights: {waiting: true}}", "me.weights.waiting: must be a number .*True"),
        ("me:\n  weights:\n    waiting: yes", ":3: me.weights.waiting: must be a number .*'yes'"),
        (
            "me:\n  weights:\n    waiting: 1:30",
            ":3: me.weights.waiting: must be a number, not a time",
        ),
        ("me:\n  weights:\n    waiting: 012", ":3: me.weights.waiting: 012 is octal to some"),
        ("me: {weights: {waiting: 1,5}}", "me.weights: 1,5: decimals have a point"),
        ("me:\n  weights:\n    waiting: 1\n    waiting: 2", ":4: me.weights.waiting: given twice"),
        ("me: {weights: {staff: 1}}\nme: {weights: {staff: 2}}", ":2: me: given twice"),
        ("me: {weights: {waiting: 1, wait_bed: 1}}", "me.weights.wait_bed: counts twice"),
        ("me: {weights: {waiting: 0}}", "me.weights: all weights are 0"),
        ("me: {weights: {}}", "me.weights: all weights are 0"),
        ("me: {points: {waiting: 1}}", "me.weights: is missing"),
        ("me: 3", "me: must hold fields"),
        ("me: {weights: {waiting: 1}, colour: red}", "me.colour: is not permitted here"),
        ("me: {weights: {waiting: 1}, title: 2040}", "me.title.nl: must be a text"),
        ("- 1", "must hold fields"),
        ("", "must hold fields"),
        ("{}", "give one or more sets"),
        ("a: [", "is not valid YAML"),
    ],
)
def test_wrong_weights_end_with_one_message_that_names_the_place(tmp_path, text, message):
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=message) as caught:
        read_weights(file)
    assert "wrong.yaml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"none\.yaml: no such file"):
        read_weights(tmp_path / "none.yaml")


ONE_BEHIND_IN = {0: [(1, 1), (2, 2)], 100: [(1, 1), (2, 2)], 101: [(1, 2), (1, 2)]}
"""In how many of 2000 draws the first of two falls behind the other, and the places then."""


@pytest.mark.parametrize("behind", ONE_BEHIND_IN)
def test_no_place_is_given_where_the_draws_do_not_part(behind):
    drawn = np.full((2000, 2), [0.80, 0.74])
    drawn[:behind, 0] = 0.70
    assert list(drawn_places(drawn, 0.95)) == ONE_BEHIND_IN[behind]


def test_what_moves_together_parts_though_each_moves_far():
    chance = np.random.default_rng(5).normal(0, 0.2, 2000)
    paired = np.column_stack([0.80 + chance, 0.79 + chance, 0.80 - chance])
    assert drawn_places(paired, 0.95)[:2] == ((1, 2), (2, 3))


def test_what_is_even_shares_its_places_and_without_chance_known_all_is_open():
    drawn = np.full((10, 3), [0.1 + 0.2, 0.3, 0.1])
    assert drawn_places(drawn, 0.95) == ((1, 2), (1, 2), (3, 3))
    assert drawn_places(drawn, np.inf) == ((1, 3),) * 3


@pytest.mark.parametrize(("ahead", "places"), [(0.004, (1, 2)), (0.006, (1, 1))])
def test_what_reads_alike_has_no_place_however_sure_the_rest_is(ahead, places):
    # Both move together by chance: who is ahead is so in every draw, by less than shows or by more.
    chance = np.random.default_rng(5).normal(0, 0.01, 2000)
    paired = np.column_stack([0.80 + ahead + chance, 0.80 + chance])
    assert drawn_places(paired, 0.95)[0] == places
    held = certain_ranks(paired[:, :, None], np.ones((3, 1)), 0.95)
    assert held[0, 0] == (places == (1, 1))
