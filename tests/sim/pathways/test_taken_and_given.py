"""What one patient or crew does to the next, each minute worked out by hand.

Whatever is taken is taken from somebody: when it comes back shows in when the next one has it.
"""

from dataclasses import replace

import numpy as np
import pytest

from sim.journal.steps import NOBODY, Step
from sim.patients.births import Mode
from sim.patients.cohort import Cohort
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    EAST,
    HOME_EAST,
    HOME_WEST,
    WEST,
    at,
    operation,
    paper_data,
    paper_scenario,
    play,
    rooms,
    visit,
    woman,
)

DRIVE = 10


def direct(row):
    return Cohort.DIRECT, row


def ride(row):
    return Cohort.RIDE, row


def surgical(time, minutes=60.0, cell=HOME_EAST, urgency=Priority.CAT1):
    """Return a walk-in who is operated on as soon as there is a team."""
    return {
        "time": time,
        "cell": cell,
        "is_admitted": True,
        "to_theatre": True,
        "surgery_class": urgency,
        "surgery_minutes": minutes,
    }


def test_who_is_operated_on_elsewhere_gives_the_ward_bed_to_the_next():
    # EAST has no theatre and one bed: 0 lies in it from 00:10 and must be operated on at 01:10, in
    # WEST; 1 waits for the bed from 00:30 and has it by the time that 0 has one there.
    story = play(
        paper_scenario(
            east={"ward.beds": 1}, east_open={"theatre": "closed", "maternity": "closed"}
        ),
        directs=[
            {"time": 0.0, "los": 60.0, "surgery_class": Priority.CAT3, "surgery_delay": 60.0},
            {"time": 20.0, "los": 60.0},
        ],
    )
    assert story.sites(direct(0), Step.SURGERY_START) == [WEST]
    (first, again) = story.times(direct(0), Step.WARD_IN)
    assert (first, story.sites(direct(0), Step.WARD_IN)) == (DRIVE, [EAST, WEST])
    assert 70 <= story.time(direct(1), Step.WARD_IN) <= again
    assert story.region.hospitals[EAST].ward_beds.busy == 0


def test_who_leaves_unseen_no_longer_counts_as_inside():
    # One room; 1 has waited from 22:05, longer than the 5 minutes of patience, when it comes free
    # at 22:50. By the roster nobody is there at night, and nobody is inside to stay for: 2, who
    # leaves home at 23:20, drives 30 minutes to the west.
    doctors = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(east=rooms(1) | {"ed.doctors": doctors}),
        visits=[
            {"time": at("22:00") - DRIVE, "assessment": 50.0},
            {"time": at("22:05") - DRIVE, "patience": 5.0},
            {"time": at("23:30") - DRIVE, "assessment": 10.0},
        ],
    )
    assert story.time(visit(1), Step.ED_UNSEEN) == at("22:50")
    assert story.sites(visit(2), Step.ED_DOCTOR) == [WEST]
    assert story.time(visit(2), Step.ED_DOCTOR) == at("23:50")
    assert story.region.hospitals[EAST].ed.inside == 0


@pytest.mark.parametrize("patience", [29.0, 31.0])
def test_patience_is_for_the_wait_for_a_room(patience):
    # The room is taken until 00:40; 1 asks for it at 00:10, and would have it after 30 minutes.
    story = play(
        paper_scenario(east=rooms(1)),
        visits=[
            {"time": 0.0, "assessment": 30.0},
            {"time": 0.0, "patience": patience, "assessment": 10.0},
        ],
    )
    seen = patience > 30
    assert len(story.times(visit(1), Step.ED_DOCTOR)) == seen
    assert len(story.times(visit(1), Step.ED_UNSEEN)) == (not seen)
    assert story.time(visit(1), Step.LEAVE) == (50 if seen else 40)


def test_a_consultant_comes_some_time_after_the_results():
    # Assessed 00:10-00:30, results at 00:50, the consultant 25 minutes later, for 15: 01:30.
    story = play(
        paper_scenario(),
        visits=[
            {
                "time": 0.0,
                "assessment": 20.0,
                "laboratory": 20.0,
                "consult_delay": 25.0,
                "consult": 15.0,
                "treatment": 7.0,
            }
        ],
    )
    assert story.time(visit(0), Step.LEAVE) == 10 + 20 + 20 + 25 + 15 + 7


def lent(stays=120.0):
    """Return a scenario in which EAST, with one team, borrows that of WEST."""
    return paper_scenario(
        east={"theatre.teams": 1, "theatre.second": 0},
        west={"theatre.teams": 1, "theatre.second": 0},
        policies={"shared_teams": True},
        theatre__borrow__leave=7,
        theatre__second_team__stays=stays,
    )


def test_a_lent_team_has_to_leave_and_drive():
    # EAST's team is at work from 00:10 to 05:10; at 00:20 another needs one: 7 minutes to leave and
    # 20 of driving, so at 00:47.
    story = play(lent(), visits=[surgical(0.0, 300.0), surgical(10.0, 30.0)])
    assert story.time(visit(0), Step.SURGERY_START) == 10
    assert story.time(visit(1), Step.SURGERY_START) == 20 + 7 + 20


def test_a_lent_team_is_missed_at_home_until_it_has_driven_back():
    # It operates from 00:47 to 02:37, stays until 02:47, and is back in WEST at 03:07: who needs it
    # there from 01:50 on waits until then. EAST's own is at work, so there is none to borrow back.
    story = play(
        lent(),
        visits=[
            surgical(0.0, 300.0),
            surgical(10.0, 110.0),
            surgical(100.0, 30.0, cell=HOME_WEST),
        ],
    )
    assert story.time(visit(2), Step.SURGERY_START) == 47 + 120 + 20


def test_a_second_team_comes_from_home_and_can_be_called_again():
    # One team, at work for an hour from 00:10; the second is 30 minutes away and stays for 100
    # minutes. It is called at 00:20, and again a day later.
    day = 1440.0
    story = play(
        paper_scenario(
            east={"theatre.teams": 1, "theatre.second": 1},
            theatre__second_team__call_in=30,
            theatre__second_team__stays=100,
        ),
        visits=[
            surgical(0.0),
            surgical(10.0, 20.0),
            surgical(day, 60.0),
            surgical(day + 10, 20.0),
        ],
    )
    assert story.time(visit(1), Step.SURGERY_START) == 50
    assert story.time(visit(3), Step.SURGERY_START) == day + 50
    called = story.records.of(Step.SECOND_TEAM_CALLED)
    assert called.time.tolist() == [20, day + 20]


def test_calls_of_one_urgency_are_served_in_order_of_calling():
    # One crew, which is with each patient for 50 minutes; four call while it is away.
    story = play(
        paper_scenario(crews={"POST_E": 1}),
        rides=[{"time": float(minute), "on_scene": 50.0} for minute in (0, 5, 10, 15, 20)],
    )
    scenes = [story.time(ride(row), Step.CREW_AT_SCENE) for row in range(5)]
    assert scenes == sorted(scenes)
    assert len(set(scenes)) == 5


def test_a_crew_that_hands_over_drives_to_the_next_from_the_hospital():
    # The crew of POST_E (siren 3 to the home) brings a patient to EAST (8): free at 11. Who has
    # called from the same home meanwhile is reached from EAST, 8 minutes away: at 19.
    story = play(
        paper_scenario(crews={"POST_E": 1}),
        visits=[
            {"time": 0.0, "by_ambulance": True, "is_a1": True},
            {"time": 1.0, "by_ambulance": True, "is_a1": True},
        ],
    )
    assert story.time(visit(0), Step.CREW_AT_HOSPITAL) == pytest.approx(11)
    assert story.time(visit(1), Step.CREW_AT_SCENE) == pytest.approx(19)


def test_a_patient_is_loaded_before_a_crew_drives_to_another_hospital():
    # EAST has one IC bed, taken until later. The second is refused at 00:20; a crew by siren takes
    # 4.8 minutes to EAST, 9 to load, 16 to WEST: there at 00:49.8.
    story = play(
        paper_scenario(east={"icu.beds": 1}, ambulance__transfer__loading=9),
        visits=[
            {"time": time, "is_admitted": True, "to_icu": True, "icu_minutes": 900.0}
            for time in (0.0, 10.0)
        ],
    )
    assert story.sites(visit(1), Step.ICU_IN) == [WEST]
    assert story.time(visit(1), Step.ICU_IN) == pytest.approx(20 + 4.8 + 9 + 16)


def one_way():
    """Return data in which every way between two points takes twice as long one way as back."""
    data = paper_data()
    car = data.point_table["car"]
    table = np.triu(car) + 2 * np.tril(car)  # from a later point to an earlier: twice
    return replace(data, point_table={"car": table, "siren": table * np.float32(0.8)})


def test_a_crew_drives_back_the_way_back():
    # From EAST to POST_E takes 6 minutes, the other way 12. Free at EAST at 11, the crew is at its
    # post at 17: at 13 it is a third of the way, so that the home is 8 x 2/3 + 3 x 1/3 away.
    story = play(
        paper_scenario(crews={"POST_E": 1}),
        data=one_way(),
        visits=[{"time": 0.0, "by_ambulance": True, "is_a1": True}],
        rides=[{"time": 13.0}],
    )
    assert story.time(ride(0), Step.CREW_AT_SCENE) == pytest.approx(13 + 19 / 3, abs=1e-4)


def test_a_transfer_is_driven_from_where_the_patient_is():
    # EAST to WEST 16 by siren, the other way 32; POST_E to EAST, later to earlier, 2 x 6 x 0.8.
    story = play(
        paper_scenario(east={"icu.beds": 1}, crews={"POST_E": 1}),
        data=one_way(),
        visits=[
            {"time": time, "is_admitted": True, "to_icu": True, "icu_minutes": 900.0}
            for time in (0.0, 10.0)
        ],
    )
    assert story.time(visit(1), Step.ICU_IN) == pytest.approx(20 + 9.6 + 16, abs=1e-4)


def test_a_stop_goes_on_while_the_rooms_are_full():
    # Two rooms, full beyond one. The second comes at 00:20 and the stop begins; the first leaves at
    # 03:00. Looked at every hour: 01:20 and 02:20 still full, over at 03:20.
    story = play(
        paper_scenario(east=rooms(2), ed__stop__rooms=0.5, ed__stop__minutes=60),
        visits=[{"time": 0.0, "assessment": 170.0}, {"time": 10.0, "assessment": 400.0}],
    )
    (begin,), (end,) = (
        story.records.of(step).time.tolist() for step in (Step.ED_STOP, Step.ED_STOP_END)
    )
    assert (begin, end) == (20, 200)
    assert story.records.of(Step.ED_STOP).patient.tolist() == [NOBODY]


def test_a_stop_goes_on_while_too_many_board_or_wait():
    # One ward bed until 05:00. Two board from 00:10 and 00:20 in four rooms, of which a quarter may
    # board; the third comes at 00:30 and the stop begins, until the first hour after the bed.
    story = play(
        paper_scenario(
            east=rooms(4) | {"ward.beds": 1}, ed__stop__boarding=0.25, ed__stop__minutes=60
        ),
        directs=[{"time": 0.0, "los": 290.0}],
        visits=[
            {"time": 1.0, "is_admitted": True},
            {"time": 10.0, "is_admitted": True},
            {"time": 20.0, "assessment": 5.0},
        ],
    )
    (begin,), (end,) = (
        story.records.of(step).time.tolist() for step in (Step.ED_STOP, Step.ED_STOP_END)
    )
    assert (begin, end) == (30, 330)


def test_recovery_is_a_place_that_the_next_waits_for_on_the_table():
    # One place in recovery, taken from 01:10 to 02:40 by the first; the second, operated from 00:30
    # to 01:30, stays in theatre until then, and the third has the second of two rooms after that.
    story = play(
        paper_scenario(east={"theatre.recovery": 1, "theatre.rooms": 2, "theatre.second": 0}),
        visits=[surgical(0.0), surgical(20.0), surgical(30.0)],
    )
    starts = [story.time(visit(row), Step.SURGERY_START) for row in range(3)]
    assert starts[:2] == [10, 30]
    assert starts[2] == 70  # the room of the first


def test_an_elective_gives_its_bed_on_intensive_care_back():
    # One IC bed, taken from Monday 09:00 until Tuesday 01:40: the second waits for Tuesday's list.
    story = play(
        paper_scenario(east={"icu.beds": 1, "elective.teams": 1}),
        operations=[{"time": 0.0, "icu_minutes": 1000.0}, {"time": 0.0, "icu_minutes": 60.0}],
    )
    assert story.time(operation(0), Step.ICU_OUT) == at("01:40", day=1)
    assert story.time(operation(1), Step.ICU_IN) == at("09:00", day=1)
    assert story.region.hospitals[EAST].icu_beds.busy == 0


def planned(time):
    return {"time": time - DRIVE, "mode": Mode.PLANNED_CAESAREAN, "recovery": 5.0}


def test_a_session_kept_for_caesareans_takes_a_room_and_gives_it_back():
    # One room, kept for planned caesareans until 12:00: at 09:00 a woman has it, and an emergency
    # of class 2 waits until 12:00. It operates until 14:00, so the next planned one waits for that.
    story = play(
        paper_scenario(
            east={"theatre.rooms": 1, "theatre.second": 0, "elective.teams": 1},
            east_sessions=[{"specialty": "caesareans", "when": "Mon-Fri 08:00-12:00"}],
        ),
        visits=[surgical(at("09:00") - DRIVE, 120.0, urgency=Priority.CAT2)],
        births=[planned(at("09:00")), planned(at("13:00"))],
    )
    assert story.time(woman(0), Step.SURGERY_START) == at("09:00")
    assert story.time(visit(0), Step.SURGERY_START) == at("12:00")
    assert story.time(woman(1), Step.SURGERY_START) == at("14:00")


def test_an_elective_whose_turn_comes_too_late_gives_its_team_back():
    # The only room is taken until 19:00, too late for Monday's list: the patient is cancelled, and
    # the room is free for Tuesday's.
    story = play(
        paper_scenario(east={"theatre.rooms": 1, "theatre.second": 0, "elective.teams": 1}),
        visits=[surgical(at("07:50") - DRIVE, 670.0)],
        operations=[{"time": 0.0}, {"time": 0.0}],  # two: sessions on two days
    )
    assert story.time(operation(0), Step.SURGERY_CANCELLED) == at("19:00")
    assert story.time(operation(0), Step.SURGERY_START) == at("08:00", day=1)


def test_a_lent_team_that_operates_beyond_its_time_is_missed_at_home_until_it_is_done():
    # There from 00:47 for 60 minutes, but it operates until 02:37, and is in WEST at 02:57.
    story = play(
        lent(stays=60.0),
        visits=[
            surgical(0.0, 300.0),
            surgical(10.0, 110.0),
            surgical(100.0, 30.0, cell=HOME_WEST),
        ],
    )
    assert story.time(visit(2), Step.SURGERY_START) == 47 + 110 + 20


def test_a_second_team_that_operates_beyond_its_time_leaves_the_first_free():
    # The first operates 00:10-00:40; the second, called at 00:15, 00:20-03:40, though it would stay
    # for 10 minutes. At 01:00 the first is free for the next: nobody is called.
    story = play(
        paper_scenario(
            east={"theatre.teams": 1, "theatre.second": 1},
            theatre__second_team__call_in=5,
            theatre__second_team__stays=10,
        ),
        visits=[surgical(0.0, 30.0), surgical(5.0, 200.0), surgical(50.0, 30.0)],
    )
    starts = [story.time(visit(row), Step.SURGERY_START) for row in range(3)]
    assert starts == [10, 20, 60]
    assert story.records.of(Step.SECOND_TEAM_CALLED).time.tolist() == [15]


@pytest.mark.parametrize(
    ("call_in", "start", "borrowed"),
    [(15.0, 20 + 15, 0), (26.9, 20 + 26.9, 0), (27.1, 20 + 27, 1), (60.0, 20 + 27, 1)],
)
def test_of_a_loan_and_the_second_team_the_sooner_comes(call_in, start, borrowed):
    # WEST's team is 7 minutes to leave and 20 of driving away.
    story = play(
        paper_scenario(
            east={"theatre.teams": 1, "theatre.second": 1},
            west={"theatre.teams": 1, "theatre.second": 0},
            policies={"shared_teams": True},
            theatre__borrow__leave=7,
            theatre__second_team__call_in=call_in,
        ),
        visits=[surgical(0.0, 300.0), surgical(10.0, 30.0)],
    )
    assert story.time(visit(1), Step.SURGERY_START) == pytest.approx(start)
    found = story.records.of(Step.TEAM_BORROWED), story.records.of(Step.SECOND_TEAM_CALLED)
    # a loan is an anaesthetist and a team
    assert [bool(len(steps)) for steps in found] == [bool(borrowed), not borrowed]


def test_who_is_operated_on_elsewhere_leaves_the_bed_on_departure():
    # In the one bed at 20:10, and off to WEST at 20:40, where surgery is next morning.
    story = play(
        paper_scenario(
            east={"ward.beds": 1}, east_open={"theatre": "closed", "maternity": "closed"}
        ),
        visits=[
            {
                "time": 20 * 60.0,
                "is_admitted": True,
                "los": 3000.0,
                "surgery_class": Priority.CAT3,
                "surgery_delay": 30.0,
                "surgery_minutes": 60.0,
            },
            {"time": 20 * 60 + 5.0, "is_admitted": True, "los": 3000.0},
        ],
    )
    assert story.times(visit(0), Step.WARD_OUT)[0] == 20 * 60 + 40
    assert story.times(visit(1), Step.WARD_IN)[0] == 20 * 60 + 40
    assert story.time(visit(0), Step.SURGERY_START) == 1440 + 8 * 60


def test_who_never_gets_a_session_counts_as_cancelled():
    # No team for sessions in EAST: from the first workday on, at 08:00, that is known.
    story = play(
        paper_scenario(east={"elective.teams": 0}),
        operations=[{"time": 0.0}, {"time": 1440.0}],
    )
    cancelled = [story.times(operation(row), Step.SURGERY_CANCELLED) for row in range(2)]
    booked = [story.times(operation(row), Step.BOOKED_ELECTIVE) for row in range(2)]
    assert cancelled == booked == [[480], [1440 + 480]]
    assert len(story.records.of(Step.SURGERY_START)) == 0


def test_who_waits_longer_for_a_session_than_anyone_may_counts_as_cancelled_once():
    # One fits a day; who was ready at the start has waited two days on Wednesday morning.
    story = play(
        paper_scenario(
            east={"theatre.rooms": 1, "theatre.teams": 1, "elective.teams": 1},
            theatre__session__longest_wait=2,
        ),
        operations=[{"time": 0.0, "planned_minutes": 400.0, "surgery_minutes": 400.0}] * 4,
    )
    cancelled = [story.times(operation(row), Step.SURGERY_CANCELLED) for row in range(4)]
    assert cancelled == [[], [], [2 * 1440 + 480], [2 * 1440 + 480]]
    starts = [story.times(operation(row), Step.SURGERY_START) for row in range(4)]
    assert starts == [[day * 1440 + 480] for day in range(4)]
    assert [len(story.times(operation(row), Step.ENTER)) for row in range(4)] == [1] * 4
