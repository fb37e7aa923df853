"""Beds of intensive care and of the wards, worked out on paper."""

import pytest

from sim.journal.steps import Step
from tests.support.paper_region import (
    EAST,
    FAR,
    HOME_WEST,
    WEST,
    at,
    needs_icu,
    paper_scenario,
    play,
    visit,
)


def test_full_intensive_care_refuses_and_transfers():
    # The second is refused at 01:10; crew by siren 4.8, EAST to WEST 16: in bed at 90.8.
    story = play(
        paper_scenario(east={"icu.beds": 1}),
        visits=[needs_icu(0, 1000.0), needs_icu(60, 100.0)],
    )
    assert story.sites(visit(0), Step.ICU_IN) == [EAST]
    assert story.sites(visit(1), Step.ICU_REFUSED) == [EAST]
    assert story.times(visit(1), Step.ICU_IN) == [pytest.approx(90.8)]
    assert story.times(visit(1), Step.TRANSFER_INTENSIVE) == [pytest.approx(70)]
    assert story.sites(visit(1), Step.ICU_IN) == [WEST]


def test_intensive_care_that_is_full_everywhere_sends_to_a_neighbour():
    one = {"icu.beds": 1}
    story = play(
        paper_scenario(east=one, west=one),
        visits=[needs_icu(0, 1000.0), needs_icu(0, 1000.0, HOME_WEST), needs_icu(60, 100.0)],
    )
    assert story.sites(visit(2), Step.TO_NEIGHBOUR) == [FAR]
    assert story.times(visit(2), Step.LEAVE) == [pytest.approx(70 + 4.8 + 40)]


def test_who_leaves_intensive_care_goes_before_who_comes_from_the_department():
    # One ward bed, taken until 500. A patient leaves the IC at 110; another boards since 60.
    story = play(
        paper_scenario(east={"ward.beds": 1}),
        visits=[
            {"time": 0, "is_admitted": True, "los": 490.0},
            needs_icu(0, 100.0) | {"los": 50.0},
            {"time": 50, "is_admitted": True, "los": 50.0},
        ],
    )
    assert story.time(visit(1), Step.WARD_IN) == 500
    assert story.time(visit(2), Step.WARD_IN) == 550


def test_intensive_care_is_left_when_there_is_a_ward_bed():
    # One ward bed, taken until 500: the patient who could leave at 110 stays in intensive care.
    story = play(
        paper_scenario(east={"ward.beds": 1, "icu.beds": 1}),
        visits=[{"time": 0, "is_admitted": True, "los": 490.0}, needs_icu(0, 100.0)],
    )
    assert story.time(visit(1), Step.ICU_OUT) == 500


def test_patients_leave_at_discharge_hours():
    # Well at 02:10 on the first night; may leave from 10:00, and does at 11:00. Another is well at
    # 12:10 and leaves.
    stay = {"is_admitted": True, "discharge": at("11:00")}
    story = play(
        paper_scenario(ward__discharge__start=10, ward__discharge__end=18),
        visits=[
            {"time": 0, "los": 120.0, **stay},
            {"time": at("12:00"), "los": 0.0, **stay},
        ],
    )
    assert story.time(visit(0), Step.WARD_OUT) == at("11:00")
    assert story.time(visit(1), Step.WARD_OUT) == at("12:10")


def test_delayed_discharge_keeps_the_bed():
    story = play(
        paper_scenario(east={"ward.beds": 1}),
        visits=[
            {"time": 0, "is_admitted": True, "los": 100.0, "delayed": 1000.0},
            {"time": 0, "is_admitted": True, "los": 100.0},
        ],
    )
    assert story.time(visit(0), Step.WARD_READY) == 110
    assert story.time(visit(1), Step.WARD_IN) == 1110


def test_when_many_wait_for_a_bed_the_next_goes_to_a_free_one_elsewhere():
    # One bed in the east, taken; one patient waits for it. The third is driven west: the crew
    # comes from POST_E in 6, EAST to WEST 20: without lights and siren.
    story = play(
        paper_scenario(east={"ward.beds": 1}, ward__transfer__waiting=1),
        visits=[
            {"time": 0, "is_admitted": True, "los": 1000.0},
            {"time": 1, "is_admitted": True, "los": 10.0},
            {"time": 2, "is_admitted": True, "los": 10.0},
        ],
    )
    assert story.sites(visit(1), Step.WARD_IN) == [EAST]
    assert story.sites(visit(2), Step.WARD_IN) == [WEST]
    assert story.time(visit(2), Step.WARD_IN) == pytest.approx(12 + 6 + 20)
    assert story.sites(visit(2), Step.TRANSFER_WARD) == [EAST]
