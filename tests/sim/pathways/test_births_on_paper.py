"""Women and children, one at a time, in a region small enough to work out on paper."""

import pytest

from sim.journal.steps import Step
from sim.patients.births import BirthPlace, Mode
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    DAY,
    EAST,
    FAR,
    HOME_EAST,
    HOME_WEST,
    HOUR,
    ONE_THEATRE,
    WEEK,
    WEST,
    at,
    paper_scenario,
    play,
    visit,
    woman,
)

DRIVE = 10.0
TO_WEST = 20.0  # by car, from door to door
FULL = {"maternity.rooms": 1}


def with_nicu(scenario, site):
    own = scenario.sites[site].model_copy(update={"nicu": True})
    return scenario.model_copy(update={"sites": {**scenario.sites, site: own}})


@pytest.mark.parametrize(
    ("labour", "site", "minute"),
    [(151.0, WEST, 50 + DRIVE + TO_WEST), (149.0, EAST, 50 + DRIVE)],
    ids=["early labour", "advanced labour"],
)
def test_who_comes_unannounced_to_a_stop_is_sent_on_unless_labour_is_advanced(labour, site, minute):
    # Two women fill the one room and the queue; at the door she has labour less the drive left.
    story = play(
        paper_scenario(east=FULL, maternity__stop__labour_left=140),
        births=[
            {"time": 0, "labour": 600.0},
            {"time": 20, "labour": 600.0},
            {"time": 50, "labour": labour, "calls_ahead": False},
        ],
    )
    assert story.sites(woman(2), Step.MATERNITY_ARRIVE) == [site]
    assert story.time(woman(2), Step.MATERNITY_ARRIVE) == minute


def test_an_urgent_referral_goes_by_ambulance_and_another_by_car():
    # Labour of 100 minutes, referred after 60; a crew from POST_E is there in 3, the drive is 8.
    referred = {"labour": 100.0, "place": BirthPlace.REFERRED}
    story = play(
        paper_scenario(maternity__referral__at=0.6),
        births=[
            {"time": 0, "is_urgent_referral": True, **referred},
            {"time": 0, **referred},
        ],
    )
    assert story.time(woman(0), Step.REFERRED) == 60
    assert story.time(woman(0), Step.CREW_AT_HOSPITAL) == pytest.approx(60 + 3 + 8, abs=0.01)
    assert story.time(woman(0), Step.MATERNITY_ARRIVE) == pytest.approx(60 + 3 + 8, abs=0.01)
    assert story.time(woman(1), Step.MATERNITY_ARRIVE) == 60 + DRIVE
    assert story.times(woman(1), Step.CALL_A1) == []
    born = [story.time(woman(row), Step.BIRTH_HOSPITAL) for row in (0, 1)]
    assert born == [pytest.approx(100), 100]  # labour went on under way


@pytest.mark.parametrize("at_home", [True, False], ids=["balloon at home", "on the ward"])
def test_induction_ripens_at_home_or_in_a_bed_and_labour_follows(at_home):
    # Intake at 08:10; 12 hours of ripening, labour of 5; from home she drives twice.
    story = play(
        paper_scenario(east={"maternity.beds": 1}),
        births=[
            {
                "time": at("08:00"),
                "is_induced": True,
                "ripens_at_home": at_home,
                "ripening": 12 * HOUR,
                "labour": 5 * HOUR,
            },
            # after her own birth at 10:00 she waits for the bed, if it is taken
            {"time": at("09:00"), "labour": HOUR, "stay": HOUR},
        ],
    )
    assert story.time(woman(0), Step.INDUCTION) == at("08:10")
    assert story.times(woman(0), Step.DEPARTS) == [at("08:00"), at("20:10")][: 1 + at_home]
    assert story.time(woman(0), Step.LABOUR) == at("20:10")
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == pytest.approx(
        at("01:10", day=1) + (DRIVE if at_home else 0)
    )
    assert story.time(woman(1), Step.LEAVE) == at("11:00") if at_home else at("21:10")


def test_a_woman_who_is_induced_begins_labour_in_hospital_not_on_the_road():
    story = play(
        paper_scenario(),
        births=[{"time": at("08:00"), "is_induced": True, "ripening": 0.0, "labour": HOUR}],
    )
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == at("09:10")


def test_an_operation_after_birth_takes_team_and_gynaecologist():
    # Born at 10:00, on the table 20 minutes later for 40; a caesarean waits for the one doctor.
    story = play(
        paper_scenario(
            east={"maternity.doctors": 1},
            maternity__postpartum_operation__prepare=20,
            maternity__postpartum_operation__minutes=40,
        ),
        births=[
            {"time": at("09:00"), "labour": HOUR, "has_postpartum_operation": True},
            {
                "time": at("09:30"),
                "labour": HOUR,
                "mode": Mode.UNPLANNED_CAESAREAN,
                "is_cat1": True,
            },
        ],
    )
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == at("10:00")
    assert story.time(woman(0), Step.SURGERY_START) == at("10:20")
    assert story.time(woman(1), Step.INCISION) == at("11:00")


def test_an_epidural_waits_for_an_anaesthetist_who_is_operating():
    # The only anaesthetist operates from 09:00 to 10:00; she asks for one at 09:45.
    story = play(
        paper_scenario(
            east={"theatre.anaesthetists": 1, "elective.teams": 0},
            maternity__epidural__at=0.25,
            maternity__epidural__minutes=30,
        ),
        births=[{"time": at("09:20"), "labour": 70.0 + DRIVE - 10, "has_epidural": True}],
        visits=[
            {
                "time": at("09:00") - DRIVE,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.time(woman(0), Step.EPIDURAL_ASKED) == at("09:45")
    assert story.time(woman(0), Step.EPIDURAL) == at("10:00")
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == at("10:30")  # when it is in


def test_a_midwife_led_birth_may_have_a_room_of_the_birth_centre():
    story = play(
        paper_scenario(east=FULL | {"maternity.centre_rooms": 1}),
        births=[
            {"time": 0, "labour": 600.0},
            {"time": 30, "labour": 100.0, "place": BirthPlace.BIRTH_CENTRE},
        ],
    )
    assert story.time(woman(1), Step.BIRTH_CENTRE) == 40  # though the delivery room is taken
    assert story.times(woman(1), Step.DELIVERY_ROOM) == []


def test_the_smallest_go_to_intensive_care_for_newborns_and_others_to_a_cot():
    scenario = with_nicu(paper_scenario(east={"maternity.cots": 1}), "FAR")
    story = play(
        scenario,
        births=[
            {"time": 0, "labour": 100.0, "to_nicu": True},
            {"time": 0, "labour": 100.0, "neonatal": DAY},
            {"time": 0, "labour": 100.0, "neonatal": DAY},
        ],
    )
    # crew from POST_E at EAST in 4.8 minutes by siren, 40 to FAR
    assert story.sites(woman(0), Step.NICU_TRANSFER) == [EAST]
    assert story.sites(woman(0), Step.TRANSFER_INTENSIVE) == [EAST]
    assert story.sites(woman(0), Step.CREW_AT_HOSPITAL) == [FAR]
    assert story.time(woman(0), Step.CREW_AT_HOSPITAL) == pytest.approx(100 + 4.8 + 40, abs=0.1)
    cots = story.records.of(Step.NEONATAL_IN, Step.NEONATAL_OUT).time.tolist()
    assert cots == [100, 100 + DAY, 100 + DAY, 100 + 2 * DAY]  # the second waits for the cot


def test_a_second_team_comes_from_home_for_a_caesarean_while_the_first_operates():
    # The night team operates from 02:00 to 05:00; at 02:30 a caesarean is decided on.
    story = play(
        paper_scenario(
            east={"theatre.teams": 1, "theatre.anaesthetists": 1, "theatre.second": 1},
            theatre__second_team__call_in=25,
        ),
        visits=[
            {
                "time": at("02:00", day=1) - DRIVE,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 180.0,
            }
        ],
        births=[
            {
                "time": at("01:30", day=1),
                "labour": HOUR,
                "mode": Mode.UNPLANNED_CAESAREAN,
                "is_cat1": True,
            }
        ],
    )
    assert story.time(visit(0), Step.SURGERY_START) == at("02:00", day=1)
    assert story.time(woman(0), Step.INCISION) == at("02:55", day=1)
    assert len(story.records.of(Step.SECOND_TEAM_CALLED)) == 1


@pytest.mark.parametrize(("last", "start"), [(16, at("08:00", day=1)), (21, at("18:10"))])
def test_an_evening_room_takes_class_3_the_same_evening(last, start):
    story = play(
        paper_scenario(theatre__cat3__last_start=last),
        visits=[
            {
                "time": at("18:00"),
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT3,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.time(visit(0), Step.SURGERY_START) == start


def test_labour_goes_on_while_she_drives_and_waits():
    # Labour of 3 hours from 00:00, drive 10: birth at 03:00. One room: the second woman, whose
    # labour ends at 02:00, has a room at 03:00 and gives birth then.
    story = play(
        paper_scenario(east={"maternity.rooms": 1}),
        births=[{"time": 0, "labour": 180.0}, {"time": 0, "labour": 120.0}],
    )
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == 180
    assert story.time(woman(1), Step.DELIVERY_ROOM) == 180
    assert story.time(woman(1), Step.BIRTH_HOSPITAL) == 180


def test_a_home_birth_stays_at_home():
    story = play(paper_scenario(), births=[{"time": 0, "place": BirthPlace.HOME, "labour": 200.0}])
    assert story.time(woman(0), Step.BIRTH_HOME) == 200
    assert story.times(woman(0), Step.MATERNITY_ARRIVE) == []


def test_a_woman_referred_in_labour_leaves_home_part_of_the_way():
    # 60% of 200 minutes at home, then 10 minutes' drive
    story = play(
        paper_scenario(maternity__referral__at=0.6),
        births=[{"time": 0, "place": BirthPlace.REFERRED, "labour": 200.0}],
    )
    assert story.time(woman(0), Step.MATERNITY_ARRIVE) == 130
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == 200


def test_a_child_born_on_the_way_is_born_once():
    story = play(paper_scenario(), births=[{"time": 0, "labour": 5.0}])
    assert len(story.times(woman(0), Step.BIRTH_ON_THE_WAY)) == 1
    assert story.times(woman(0), Step.BIRTH_HOSPITAL) == []


def test_alternating_weeks_send_women_to_the_open_site():
    story = play(
        paper_scenario(
            east_open={"maternity": "even weeks 00:00-24:00"},
            west_open={"maternity": "odd weeks 00:00-24:00"},
        ),
        until=2 * WEEK,
        births=[
            {"time": at("12:00"), "cell": HOME_WEST},
            {"time": at("12:00", day=7), "cell": HOME_EAST},
        ],
    )
    assert story.sites(woman(0), Step.MATERNITY_ARRIVE) == [EAST]
    assert story.sites(woman(1), Step.MATERNITY_ARRIVE) == [WEST]


def test_a_woman_induced_before_the_department_closes_does_not_wait_a_week():
    # In at 20:10 on Sunday, ripe at 08:10 on Monday; EAST closed at 00:00 for a week.
    story = play(
        paper_scenario(
            east_open={"maternity": "even weeks 00:00-24:00"},
            west_open={"maternity": "odd weeks 00:00-24:00"},
        ),
        until=2 * WEEK,
        births=[
            {"time": at("20:00", day=6), "is_induced": True, "ripening": 720.0, "labour": 300.0}
        ],
    )
    assert story.times(woman(0), Step.BIRTH_HOSPITAL), "never gave birth"
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) < at("20:00", day=7)


def test_a_department_with_a_queue_sends_the_next_woman_on():
    # One room, taken for 600 minutes; a second waits; with a limit of 1 the third goes to WEST.
    story = play(
        paper_scenario(east={"maternity.rooms": 1}, maternity__stop__waiting=1),
        births=[
            {"time": 0, "labour": 600.0},
            {"time": 20, "labour": 600.0},
            {"time": 40, "labour": 600.0},
        ],
    )
    assert story.sites(woman(1), Step.MATERNITY_ARRIVE) == [EAST]
    assert story.sites(woman(2), Step.MATERNITY_DIVERTED) == [EAST]
    assert story.sites(woman(2), Step.MATERNITY_ARRIVE) == [WEST]


def test_a_planned_caesarean_is_on_the_list_of_the_day():
    # Booked at 10:10; the room is taken until 11:00.
    story = play(
        paper_scenario(east=ONE_THEATRE, maternity__caesarean__theatre=45),
        operations=[{"time": 0.0, "surgery_minutes": 180.0}],
        births=[{"time": at("10:00"), "mode": Mode.PLANNED_CAESAREAN}],
    )
    assert story.time(woman(0), Step.SURGERY_START) == at("11:00")
    assert story.time(woman(0), Step.BIRTH_HOSPITAL) == at("11:00")  # at the incision
