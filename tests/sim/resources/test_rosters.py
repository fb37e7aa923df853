"""Rooms, people and facilities that follow a roster."""

import pytest

from sim.journal.steps import Step
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    WEST,
    at,
    paper_scenario,
    play,
    visit,
)

DRIVE = 10


def test_a_doctor_of_an_overlapping_shift_takes_the_next_patient():
    # One doctor, and a second from 12:00 to 14:00; assessments of two hours from 11:00 on.
    doctors = {"always": 1, "extra": [{"when": "12:00-14:00", "count": 1}]}
    story = play(
        paper_scenario(east={"ed.doctors": doctors}),
        visits=[
            {"time": at(clock) - DRIVE, "assessment": 120.0}
            for clock in ("11:00", "11:10", "11:20", "11:30")
        ],
    )
    seen = [story.time(visit(row), Step.ED_DOCTOR) for row in range(4)]
    # at 14:00 the second goes home, when done; so the fourth waits for the first of the two left
    assert seen == [at("11:00"), at("12:00"), at("13:00"), at("15:00")]


def test_a_shift_that_ends_during_treatment_is_worked_to_the_end_of_it():
    doctors = {"day": 2, "evening": 1, "night": 1}
    story = play(
        paper_scenario(east={"ed.doctors": doctors}),
        visits=[
            {"time": at("15:50") - DRIVE, "assessment": 60.0},
            {"time": at("15:55") - DRIVE, "assessment": 60.0},
            {"time": at("16:10") - DRIVE, "assessment": 60.0},
        ],
    )
    assert story.time(visit(1), Step.LEAVE) == at("16:55")  # the second doctor finishes
    assert story.time(visit(2), Step.ED_DOCTOR) == at("16:55")  # and one is left for the third


def test_with_no_operating_team_at_night_surgery_is_at_the_other_site():
    # A crew is at the east in 6 x 0.8 minutes and at the west 20 x 0.8 later.
    hours = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(
            east={"theatre.teams": hours, "theatre.second": 0}, west_open={"theatre": "24/7"}
        ),
        visits=[
            {
                "time": at("02:00", day=1) - DRIVE,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.sites(visit(0), Step.SURGERY_START) == [WEST]
    assert story.time(visit(0), Step.SURGERY_START) == pytest.approx(at("02:00", day=1) + 20.8)
