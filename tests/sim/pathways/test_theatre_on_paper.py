"""Operations one at a time, worked out on paper: who is first, in which room, with which team."""

import pytest

from scenarios.parameters.registry import registry
from scenarios.schema.theatre_sessions import THORACIC, specialties
from sim.journal.steps import Step
from sim.patients.births import Mode
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    EAST,
    FAR,
    HOUR,
    ONE_THEATRE,
    WEST,
    at,
    needs_icu,
    operation,
    paper_scenario,
    play,
    visit,
    woman,
)

THORACIC_NUMBER = specialties(registry()).index(THORACIC)
THORACIC_ONLY = {  # every emergency of class 1
    f"theatre__kind__{kind}__cat1": float(kind == THORACIC)
    for kind in ("hip", "laparotomy", "trauma", THORACIC, "other")
}


def caesarean(decision: float, **more):
    """A woman from the east whose labour of 90 minutes ends in an emergency caesarean."""
    return {
        "time": decision - 90,
        "labour": 90.0,
        "mode": Mode.UNPLANNED_CAESAREAN,
        "is_cat1": True,
        **more,
    }


def test_an_emergency_caesarean_starts_before_a_waiting_elective():
    # 08:00-09:00 the first elective; decision at 08:30, ready at 08:35, so incision at 09:00;
    # the second elective waits since 08:00 and starts when she is done at 10:00.
    story = play(
        paper_scenario(east=ONE_THEATRE, maternity__caesarean__theatre=60),
        operations=[{"time": 0.0}, {"time": 0.0}],
        births=[caesarean(at("08:30"), prepare=5.0)],
    )
    assert story.time(woman(0), Step.CAESAREAN_CAT1) == at("08:30")
    assert story.time(woman(0), Step.INCISION) == at("09:00")
    assert story.time(operation(1), Step.SURGERY_START) == at("10:00")


def test_surgery_under_way_is_never_interrupted():
    story = play(
        paper_scenario(east=ONE_THEATRE),
        operations=[{"time": 0.0, "surgery_minutes": 300.0}],
        births=[caesarean(at("08:30"))],
    )
    assert story.time(operation(0), Step.SURGERY_END) == at("13:00")
    assert story.time(woman(0), Step.INCISION) == at("13:00")


def test_a_class_1_patient_passes_a_class_2_patient_who_waits():
    def operated(time: float, urgency: Priority):
        return {
            "time": time,
            "is_admitted": True,
            "to_theatre": True,
            "surgery_class": urgency,
            "surgery_minutes": 60.0,
        }

    story = play(
        paper_scenario(east=ONE_THEATRE),
        visits=[
            operated(at("20:00"), Priority.CAT2),
            operated(at("20:10"), Priority.CAT2),
            operated(at("20:20"), Priority.CAT1),
        ],
    )
    starts = [story.time(visit(row), Step.SURGERY_START) for row in range(3)]
    assert starts == [at("20:10"), at("22:10"), at("21:10")]


def test_a_room_is_not_kept_from_class_1_for_a_patient_who_is_not_ready():
    # The class 2 patient, booked at 20:10, is ready at 20:55; the caesarean decided at 20:15 can
    # start at 20:20 in the empty room and is done at 20:50.
    story = play(
        paper_scenario(
            east=ONE_THEATRE, theatre__prepare__other=45, maternity__caesarean__theatre=30
        ),
        visits=[
            {
                "time": at("20:00"),
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT2,
                "surgery_minutes": 120.0,
            }
        ],
        births=[caesarean(at("20:15"), prepare=5.0)],
    )
    assert story.time(woman(0), Step.INCISION) == at("20:20")
    assert story.time(visit(0), Step.SURGERY_START) == at("20:55")


@pytest.mark.parametrize(
    ("team", "prepare", "incision"),
    [
        ("in_house", 10.0, "02:10"),
        ("on_call", 10.0, "02:15"),  # the woman is ready, the team isn't
        ("on_call", 24.0, "02:24"),  # the team stands there when the woman is ready
    ],
)
def test_a_team_on_call_comes_from_home_while_the_woman_is_prepared(team, prepare, incision):
    story = play(
        paper_scenario(east=ONE_THEATRE, night_team=team, theatre__call_in=15),
        births=[caesarean(at("02:00"), prepare=prepare)],
    )
    assert story.time(woman(0), Step.INCISION) == at(incision)


def test_by_day_a_team_on_call_is_there():
    story = play(
        paper_scenario(east=ONE_THEATRE, night_team="on_call", theatre__call_in=15),
        births=[caesarean(at("14:00"), prepare=10.0)],
    )
    assert story.time(woman(0), Step.INCISION) == at("14:10")


def test_classes_3_and_4_wait_for_the_day():
    story = play(
        paper_scenario(),
        visits=[
            {
                "time": at("20:00"),
                "is_admitted": True,
                "los": 3000.0,
                "surgery_class": Priority.CAT3,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.time(visit(0), Step.BOOKED_CAT3) == at("20:10")
    assert story.time(visit(0), Step.SURGERY_START) == at("08:00", day=1)


def test_an_elective_not_started_by_the_last_start_is_cancelled_and_operated_once_later():
    # The first takes the only room from 08:00 to 18:00; the second would end too late.
    story = play(
        paper_scenario(east=ONE_THEATRE),
        operations=[
            {"time": 0.0, "surgery_minutes": 600.0},
            {"time": 0.0, "surgery_minutes": 60.0},
        ],
    )
    assert len(story.times(operation(1), Step.SURGERY_CANCELLED)) == 1
    assert story.times(operation(1), Step.SURGERY_START) == [at("08:00", day=1)]
    assert story.times(operation(1), Step.SURGERY_END) == [at("09:00", day=1)]
    assert story.times(operation(0), Step.SURGERY_CANCELLED) == []


def test_an_elective_that_needs_intensive_care_starts_only_with_a_bed_there():
    # The one bed is taken until Monday 20:00; the operation is on Tuesday's list instead.
    story = play(
        paper_scenario(east=ONE_THEATRE | {"icu.beds": 1}, west_open={"icu": "closed"}),
        visits=[needs_icu(at("01:00") - 10, minutes=19 * HOUR)],
        operations=[{"time": 0.0, "planned_minutes": 130.0, "icu_minutes": HOUR}],
    )
    assert len(story.times(operation(0), Step.SURGERY_CANCELLED)) == 1
    assert story.times(operation(0), Step.SURGERY_START) == [at("08:00", day=1)]


def test_an_elective_still_waiting_at_the_end_is_counted_cancelled():
    story = play(
        paper_scenario(east=ONE_THEATRE),
        until=at("23:00"),
        operations=[
            {"time": 0.0, "surgery_minutes": 600.0},
            {"time": 0.0, "surgery_minutes": 60.0},
        ],
    )
    assert len(story.times(operation(1), Step.SURGERY_CANCELLED)) == 1


def test_an_emergency_has_the_dedicated_room_at_once():
    story = play(
        paper_scenario(
            east={"theatre.rooms": 2, "theatre.teams": 1, "elective.teams": 1},
            policies={"emergency_theatre": "dedicated"},
        ),
        operations=[{"time": 0.0}, {"time": 0.0}],
        births=[caesarean(at("08:30"))],
    )
    assert story.time(woman(0), Step.INCISION) == at("08:30")


def test_where_theatre_is_closed_the_patient_is_transferred():
    # Admitted at 00:10; crew from POST_E by siren 4.8, EAST to WEST 16: on the table at 30.8.
    story = play(
        paper_scenario(east_open={"theatre": "closed", "maternity": "closed"}),
        visits=[
            {
                "time": 0,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.sites(visit(0), Step.SURGERY_START) == [WEST]
    assert story.time(visit(0), Step.SURGERY_START) == pytest.approx(30.8)
    assert story.time(visit(0), Step.ED_ADMITTED) == 10
    assert story.sites(visit(0), Step.TRANSFER_ACUTE) == [EAST]


@pytest.mark.parametrize(
    ("specialty", "start"),
    [(THORACIC_NUMBER, "08:00"), (0, "09:00")],
    ids=["thoracic", "other"],
)
def test_only_thoracic_surgery_uses_the_thoracic_rooms(specialty, start):
    # One general room, in which an emergency operates from 07:55 to 09:00, and an empty thoracic.
    story = play(
        paper_scenario(east={"theatre.rooms": 1, "theatre.thoracic_rooms": 1, "elective.teams": 1}),
        operations=[{"time": 0, "specialty": specialty}],
        visits=[
            {
                "time": at("07:55") - 10,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 65.0,
            }
        ],
    )
    assert story.time(visit(0), Step.SURGERY_START) == at("07:55")
    assert story.time(operation(0), Step.SURGERY_START) == at(start)


@pytest.mark.parametrize(("thoracic_rooms", "where"), [(1, EAST), (0, WEST)])
def test_a_thoracic_emergency_goes_where_its_rooms_are(thoracic_rooms, where):
    story = play(
        paper_scenario(
            east={"theatre.thoracic_rooms": thoracic_rooms},
            **THORACIC_ONLY,
        ),
        visits=[
            {
                "time": 0,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.sites(visit(0), Step.SURGERY_START) == [where]


def test_without_thoracic_rooms_anywhere_a_thoracic_emergency_leaves_the_region():
    story = play(
        paper_scenario(
            east={"theatre.thoracic_rooms": 0},
            west={"theatre.thoracic_rooms": 0},
            **THORACIC_ONLY,
        ),
        visits=[
            {
                "time": 0,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.sites(visit(0), Step.SURGERY_START) == []
    assert story.sites(visit(0), Step.TO_NEIGHBOUR) == [FAR]
