"""Ward beds that swing, worked out on paper."""

import simpy

from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.resources.beds import swing_beds
from tests.support.paper_region import HOUR, at, operation, paper_scenario, play, visit


def beds(acute: int, planned: int, *, acute_swing: float = 0.5, planned_swing: float = 0.25):
    ours, theirs = swing_beds(simpy.Environment(), acute_swing, planned_swing)
    ours.resize(acute)
    theirs.resize(planned)
    return ours, theirs


def taken(pool, number: int) -> int:
    return sum(pool.claim() is None for _ in range(number))


def test_acute_patients_use_their_own_beds_and_a_share_of_the_planned():
    acute, planned = beds(4, 4)
    assert taken(acute, 9) == 6  # 4, and half of 4
    assert taken(planned, 9) == 2  # what is left of theirs


def test_planned_patients_use_a_share_of_the_acute_beds():
    acute, planned = beds(4, 4)
    assert taken(planned, 9) == 5  # 4, and a quarter of 4
    assert taken(acute, 9) == 3


def test_without_swing_each_has_its_own():
    acute, planned = beds(4, 4, acute_swing=0, planned_swing=0)
    assert (taken(acute, 9), taken(planned, 9)) == (4, 4)


def test_a_kind_without_beds_of_its_own_has_none():
    acute, planned = beds(0, 4)
    assert taken(acute, 1) == 0
    assert taken(planned, 9) == 4


def test_a_bed_that_comes_free_goes_to_who_waits_of_either_kind_the_most_urgent_first():
    acute, planned = beds(1, 1, acute_swing=1, planned_swing=0)
    assert taken(acute, 2) == 2
    later, urgent, elective = acute.claim(0), acute.claim(-1), planned.claim()
    acute.release()
    assert (later.triggered, urgent.triggered, elective.triggered) == (False, True, False)
    acute.release()
    acute.release()
    assert (later.triggered, elective.triggered) == (True, True)


def test_an_admitted_patient_lies_in_a_planned_bed_when_the_ward_is_full():
    # One ward bed until 12:00, two planned beds, half of which may be used: the second goes there.
    admitted = {"is_admitted": True, "los": 12 * HOUR}
    story = play(
        paper_scenario(
            east={"ward.beds": 1, "elective.beds": 2},
            ward__swing__acute=0.5,
            ward__transfer__waiting=99,
        ),
        visits=[{"time": 0, **admitted}, {"time": 5, **admitted}, {"time": 10, **admitted}],
    )
    first, second, third = (story.time(visit(row), Step.WARD_IN) for row in range(3))
    assert (first, second) == (10, 15)
    assert third == 10 + 12 * HOUR


def test_planned_surgery_is_cancelled_while_planned_patients_wait_for_a_bed():
    # Of three operations that stay, one lies in the only bed until the next day and one waits.
    story = play(
        paper_scenario(
            east={"theatre.rooms": 1, "theatre.teams": 1, "elective.teams": 1, "elective.beds": 1},
            ward__cancel__waiting=1,
        ),
        until=at("20:00"),
        operations=[{"time": 0.0, "is_inpatient": True, "los": 24 * HOUR}] * 3,
    )
    cancelled = [len(story.times(operation(row), Step.SURGERY_CANCELLED)) for row in range(3)]
    assert cancelled == [0, 0, 1]


def test_who_waits_for_surgery_leaves_the_emergency_department_for_a_bed():
    # Booked at 01:00, class 2: surgery at 08:00. The bed is free: gone at once.
    story = play(
        paper_scenario(theatre__recovery__mean=0),
        visits=[
            {
                "time": 50,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": 2,
                "surgery_minutes": 60.0,
                "los": HOUR,
            }
        ],
    )
    assert story.time(visit(0), Step.ED_ADMITTED) == at("01:00")
    assert story.time(visit(0), Step.WARD_IN) == at("01:00")
    assert story.time(visit(0), Step.SURGERY_START) == at("08:00")
    assert story.time(visit(0), Step.LEAVE) == at("10:00")


def test_without_a_bed_the_patient_stays_there_until_surgery_and_lies_down_afterwards():
    taken_until_noon = {"time": 0, "is_admitted": True, "los": 12 * HOUR - 10}
    story = play(
        paper_scenario(
            east={"ward.beds": 1}, ward__transfer__waiting=99, theatre__recovery__mean=0
        ),
        visits=[
            taken_until_noon,
            {
                "time": 50,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": 2,
                "surgery_minutes": 60.0,
                "los": HOUR,
            },
        ],
    )
    assert story.time(visit(1), Step.ED_ADMITTED) == at("08:00")
    assert story.time(visit(1), Step.WARD_IN) == at("12:00")
    assert story.time(visit(1), Step.LEAVE) == at("13:00")


def test_preparation_overlaps_the_wait_for_the_morning():
    # Booked at 01:00, prepared by 01:45, on the table at 08:00 and not at 08:45.
    story = play(
        paper_scenario(theatre__prepare__other=45),
        visits=[{"time": 50, "is_admitted": True, "to_theatre": True, "surgery_class": 2}],
    )
    assert story.time(visit(0), Step.PREPARED) == at("01:45")
    assert story.time(visit(0), Step.SURGERY_START) == at("08:00")


def test_planned_rides_go_where_planned_care_is():
    # The wards of the east are closed, planned care is not.
    closed = dict.fromkeys(("ed", "maternity", "theatre", "icu", "ward"), "closed")
    story = play(paper_scenario(east_open=closed), rides=[{"time": 0, "is_planned": True}])
    assert story.sites((Cohort.RIDE, 0), Step.CREW_AT_HOSPITAL) == [0]
