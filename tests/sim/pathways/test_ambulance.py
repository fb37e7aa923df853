"""Rides of the ambulance, worked out on paper."""

import pytest

from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from tests.support.paper_region import (
    HOME_WEST,
    OUTSIDE,
    at,
    by_ambulance,
    paper_data,
    paper_scenario,
    play,
    visit,
)


def test_an_a1_ride_takes_the_minutes_worked_out_on_paper():
    # 01:40 at night: dispatch 2, turn-out 1.75, siren to the home 3, scene 20, siren to EAST 8,
    # hand-over 15.
    story = play(
        paper_scenario(ambulance__dispatch__mean=2, ambulance__turnout__night=1.75),
        visits=[
            by_ambulance(100) | {"is_a1": True, "dispatch": 2.0, "on_scene": 20.0, "handover": 15.0}
        ],
    )
    steps = (Step.CALL_A1, Step.CREW_AT_SCENE, Step.CREW_AT_HOSPITAL, Step.CREW_FREE)
    assert [story.time(visit(0), step) for step in steps] == [100, 106.75, 134.75, 149.75]
    assert story.time(visit(0), Step.ED_ARRIVE) == 134.75


@pytest.mark.parametrize(("is_a1", "drive"), [(True, 3.0), (False, 4.0)])
def test_a_call_that_is_dispatched_late_is_reached_as_much_later(is_a1, drive):
    # Mean 2, this call 7; turn-out 1.75; then the way by siren or by car.
    story = play(
        paper_scenario(ambulance__dispatch__mean=2, ambulance__turnout__night=1.75),
        rides=[{"time": 100, "is_a1": is_a1, "dispatch": 7.0}],
    )
    assert story.time((Cohort.RIDE, 0), Step.CREW_AT_SCENE) == 100 + 7 + 1.75 + drive


def test_without_lights_and_siren_the_crew_drives_as_a_car():
    story = play(paper_scenario(), visits=[by_ambulance(0)])
    assert story.time(visit(0), Step.CREW_AT_SCENE) == 4
    assert story.time(visit(0), Step.ED_ARRIVE) == 14


def test_the_nearest_idle_crew_goes_and_the_next_waits_for_it():
    # One crew at each post: POST_E arrives at 3, POST_W at 19. The third call waits for POST_E,
    # which is free on the spot at 13.
    story = play(
        paper_scenario(crews={"POST_E": 1, "POST_W": 1}),
        rides=[{"time": 0, "on_scene": 10.0} for _ in range(3)],
    )
    reached = [story.time((Cohort.RIDE, row), Step.CREW_AT_SCENE) for row in range(3)]
    assert reached == [3, 19, 13]


def test_a_crew_on_its_way_home_is_sent_from_where_it_is():
    # Free in the west at 24 + 10 = 34 (POST_E by siren 19 and 15 on scene), it drives 24 to POST_E.
    # At 46 it is half-way: to the east 0.5 x 22 (from the west) + 0.5 x 3 (from POST_E) = 12.5.
    story = play(
        paper_scenario(crews={"POST_E": 1}),
        rides=[{"time": 0, "cell": HOME_WEST, "on_scene": 15.0}, {"time": 46}],
    )
    assert story.time((Cohort.RIDE, 0), Step.CREW_FREE) == 34
    assert story.time((Cohort.RIDE, 1), Step.CREW_AT_SCENE) == pytest.approx(58.5)


def test_an_idle_crew_waits_where_it_covers_most_under_dynamic_stand_by():
    # Both crews are of POST_E. The first comes free in the west while the other covers the east,
    # so it waits at POST_W and is 3 minutes from the next call there.
    rides = [
        {"time": 0, "cell": HOME_WEST, "on_scene": 15.0},
        {"time": 100, "cell": HOME_WEST},
    ]
    for policy, arrival in (("home", 119), ("dynamic", 103)):
        story = play(
            paper_scenario(crews={"POST_E": 2}, policies={"ambulance_stand_by": policy}),
            rides=rides,
        )
        assert story.time((Cohort.RIDE, 1), Step.CREW_AT_SCENE) == arrival, policy


def test_an_a1_call_passes_an_a2_call_that_waits():
    story = play(
        paper_scenario(crews={"POST_E": 1}),
        rides=[
            {"time": 0, "on_scene": 30.0},
            {"time": 1, "is_a1": False},
            {"time": 2, "on_scene": 10.0},
        ],
    )
    # The crew is free on the spot at 33 and 43.
    assert story.time((Cohort.RIDE, 2), Step.CREW_AT_SCENE) == 33
    assert story.time((Cohort.RIDE, 1), Step.CREW_AT_SCENE) == 43


def test_a_planned_ride_leaves_crews_idle_for_emergencies():
    story = play(
        paper_scenario(crews={"POST_E": 2}, ambulance__planned__reserve=1),
        rides=[
            {"time": 0, "on_scene": 30.0},
            {"time": 1, "is_planned": True},
            {"time": 2, "on_scene": 30.0},
        ],
    )
    assert story.time((Cohort.RIDE, 2), Step.CREW_SENT) == 2
    # the first is free at 33 and is the only idle crew; the second at 2 + 3 + 30 = 35
    assert story.time((Cohort.RIDE, 1), Step.CREW_SENT) == 35


def test_outside_the_region_another_service_drives():
    # POST_X is 5 minutes by siren away; no crew of the region leaves
    story = play(
        paper_scenario(crews={"POST_E": 0}),
        visits=[by_ambulance(0, OUTSIDE) | {"is_a1": True}],
    )
    assert story.time(visit(0), Step.CREW_AT_SCENE) == 5
    assert story.time(visit(0), Step.TO_NEIGHBOUR) == 21


def test_a_post_without_a_night_crew_sends_nobody_at_night():
    day_only = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(crews={"POST_E": day_only, "POST_W": 1}),
        rides=[{"time": at("07:00")}, {"time": at("08:01")}],
    )
    assert story.time((Cohort.RIDE, 0), Step.CREW_AT_SCENE) == at("07:19")
    assert story.time((Cohort.RIDE, 1), Step.CREW_AT_SCENE) == at("08:04")


def test_a_neighbouring_service_helps_where_ours_would_be_late():
    # Our only crew, at POST_E, is 19 minutes from the west, beyond the norm of 15; the neighbours'
    # are 40. From 10 minutes away they are there in 12, as asking takes 2.
    rides = [{"time": 100, "cell": HOME_WEST}]
    near = paper_data()
    near.cell_table["siren"][HOME_WEST, list(near.points["id"]).index("POST_X")] = 10.0
    one, two = (paper_scenario(crews=c) for c in ({"POST_E": 1}, {"POST_E": 1, "POST_W": 1}))
    arrivals = [
        play(scenario, data=data, rides=rides).time((Cohort.RIDE, 0), Step.CREW_AT_SCENE)
        for scenario, data in ((one, paper_data()), (one, near), (two, near))
    ]
    # 3 minutes from POST_W: ours is in time
    assert arrivals == [119, 112, 103]
