"""A crew on its way to who can wait is sent on to who can't, worked out on paper."""

import pytest

from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from tests.support.paper_region import HOME_EAST, HOME_WEST, paper_scenario, play

ONE_CREW, BOTH_POSTS = {"POST_E": 1}, {"POST_E": 1, "POST_W": 1}


def scene(story, row):
    return story.time((Cohort.RIDE, row), Step.CREW_AT_SCENE)


def test_a_crew_under_way_to_a_less_urgent_patient_is_sent_on_to_an_a1():
    # It leaves POST_E at 100 for the west, by car 24 minutes. At 110 it has done 10 of the 24: from
    # there to the east, by siren, 14/24 of 3 (from POST_E) and 10/24 of 22 (from the west): 10.917.
    # Free there at once, it is with the first patient after 28 minutes by car.
    story = play(
        paper_scenario(crews=ONE_CREW),
        rides=[{"time": 100, "cell": HOME_WEST, "is_a1": False}, {"time": 110}],
    )
    assert scene(story, 1) == pytest.approx(110 + 14 / 24 * 3 + 10 / 24 * 22)
    assert scene(story, 0) == pytest.approx(scene(story, 1) + 28)
    first = (Cohort.RIDE, 0)
    assert story.times(first, Step.CREW_SENT) == pytest.approx([100, scene(story, 1)])
    assert story.times(first, Step.CREW_FREE) == pytest.approx([110, scene(story, 0)])


@pytest.mark.parametrize(
    ("cell", "a1", "a2"),
    [
        (HOME_EAST, 104.0, 104.0),  # POST_E is there in 3: in time
        # POST_E takes 19, too late; who went from POST_W at 100 is at a quarter of the 4 minutes,
        # and 0.75 x 3 away. Then POST_E's crew takes the other, 24 minutes by car.
        (HOME_WEST, 101 + 0.75 * 3, 101 + 24.0),
    ],
)
def test_it_is_sent_on_only_where_no_idle_crew_would_be_in_time(cell, a1, a2):
    story = play(
        paper_scenario(crews=BOTH_POSTS),
        rides=[
            {"time": 100, "cell": HOME_WEST, "is_a1": False},
            {"time": 101, "cell": cell, "on_scene": 60.0},
        ],
    )
    assert (scene(story, 1), scene(story, 0)) == pytest.approx((a1, a2))


def test_nobody_is_sent_on_from_an_a1_or_from_a_patient_who_is_reached():
    # By siren the crew is in the west at 119, and 22 minutes later in the east.
    urgent = play(
        paper_scenario(crews=ONE_CREW), rides=[{"time": 100, "cell": HOME_WEST}, {"time": 101}]
    )
    assert (scene(urgent, 0), scene(urgent, 1)) == (119, 141)
    # Reached at 124, by car; the crew is there until 164.
    reached = play(
        paper_scenario(crews=ONE_CREW),
        rides=[
            {"time": 100, "cell": HOME_WEST, "is_a1": False, "on_scene": 40.0},
            {"time": 130},
        ],
    )
    assert (scene(reached, 0), scene(reached, 1)) == (124, 186)


def test_who_was_left_keeps_the_place_in_the_queue():
    # A2 calls at 100 and 105; the crew under way to the first is sent on at 110, and comes back for
    # the first before the second.
    story = play(
        paper_scenario(crews=ONE_CREW),
        rides=[
            {"time": 100, "cell": HOME_WEST, "is_a1": False},
            {"time": 105, "is_a1": False},
            {"time": 110},
        ],
    )
    assert scene(story, 2) < scene(story, 0) < scene(story, 1)


def test_a_crew_that_still_turns_out_loses_no_minute_of_it():
    # Dispatch 2, turn-out 3: sent at 100, on the road at 105. At 101 it is sent on: dispatch of the
    # new call until 103, on the road at 105, there at 108.
    story = play(
        paper_scenario(crews=ONE_CREW, ambulance__dispatch__mean=2, ambulance__turnout__night=3),
        rides=[
            {"time": 100, "cell": HOME_WEST, "is_a1": False, "dispatch": 2.0},
            {"time": 101, "dispatch": 2.0},
        ],
    )
    assert scene(story, 1) == 108


@pytest.mark.parametrize(
    ("first", "second", "there"),
    [
        (5.0, 2.0, 100 + 5 + 3 + 3),  # its turn-out of 3 begins at 105, for the first call
        (0.0, 2.0, 101 + 2 + 3),  # on the road at 103, when the second call is dispatched too
        (5.0, 0.0, 100 + 5 + 3 + 3),  # dispatched at once, to a crew that is on the road no sooner
    ],
)
def test_each_call_takes_its_own_time_to_dispatch(first, second, there):
    story = play(
        paper_scenario(crews=ONE_CREW, ambulance__turnout__night=3),
        rides=[
            {"time": 100, "cell": HOME_WEST, "is_a1": False, "dispatch": first},
            {"time": 101, "dispatch": second},
        ],
    )
    assert scene(story, 1) == there
