"""Hand-written days in a region small enough to work out on paper."""

import pytest

from scenarios.parameters.registry import registry
from scenarios.schema.theatre_sessions import THORACIC, specialties
from sim.journal.steps import Step
from sim.patients.births import BirthPlace, Mode
from sim.patients.cohort import Cohort
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    EAST,
    FAR,
    HOME_EAST,
    HOME_WEST,
    HOUR,
    OUTSIDE,
    WEEK,
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

THORACIC_NUMBER = specialties(registry()).index(THORACIC)
THORACIC_ONLY = {  # every emergency of class 1
    f"theatre__kind__{kind}__cat1": float(kind == THORACIC)
    for kind in ("hip", "laparotomy", "trauma", THORACIC, "other")
}
ONE_THEATRE = {"theatre.rooms": 1, "theatre.teams": 1, "elective.teams": 1}


def caesarean(decision: float, **more):
    """A woman from the east whose labour of 90 minutes ends in an emergency caesarean."""
    return {
        "time": decision - 90,
        "labour": 90.0,
        "mode": Mode.UNPLANNED_CAESAREAN,
        "is_cat1": True,
        **more,
    }


# Emergency department


def test_the_most_urgent_gets_the_next_room():
    # One room. The first sits in it from 00:10 to 01:10; U4 came before U2, U2 goes first.
    story = play(
        paper_scenario(east=rooms(1)),
        visits=[
            {"time": 0, "urgency": 3, "assessment": 60.0},
            {"time": 5, "urgency": 4, "assessment": 30.0},
            {"time": 8, "urgency": 2, "assessment": 20.0},
        ],
    )
    assert [story.time(visit(row), Step.ED_ROOM) for row in range(3)] == [10, 90, 70]
    assert [story.time(visit(row), Step.LEAVE) for row in range(3)] == [70, 120, 90]


def test_every_step_of_a_visit_takes_its_time():
    # drive 10, triage 5, assessment 20, tests 40, consult 15, treatment 30
    story = play(
        paper_scenario(),
        visits=[
            {
                "time": 100,
                "triage": 5.0,
                "assessment": 20.0,
                "laboratory": 40.0,
                "consult": 15.0,
                "treatment": 30.0,
            }
        ],
    )
    steps = (Step.ENTER, Step.ED_ARRIVE, Step.ED_ROOM, Step.ED_DOCTOR, Step.ED_DISCHARGED)
    assert [story.time(visit(0), step) for step in steps] == [110, 110, 115, 115, 220]


def test_a_patient_waiting_for_tests_keeps_no_doctor():
    # One doctor: the second is assessed 30-40 while the first waits for tests 30-130.
    story = play(
        paper_scenario(east={"ed.doctors": 1}),
        visits=[
            {"time": 0, "assessment": 20.0, "laboratory": 100.0, "treatment": 10.0},
            {"time": 0, "assessment": 10.0},
        ],
    )
    assert story.time(visit(1), Step.ED_DOCTOR) == 30
    assert story.time(visit(0), Step.ED_DISCHARGED) == 140


def test_a_room_is_cleaned_before_the_next_patient():
    story = play(
        paper_scenario(east=rooms(1), ed__cleaning=8),
        visits=[{"time": 0, "assessment": 20.0}, {"time": 1}],
    )
    assert story.time(visit(1), Step.ED_ROOM) == 38  # 10 + 20 + 8


def test_treatment_waits_for_a_nurse():
    # 2 nurses x 1.5 patients = 3 at a time; the fourth has a room but waits for the first
    story = play(
        paper_scenario(east={"ed.nurses": 2}, ed__patients_per_nurse=1.5),
        visits=[{"time": 0, "assessment": 50.0} for _ in range(4)],
    )
    assert [story.time(visit(row), Step.ED_ROOM) for row in range(4)] == [10, 10, 10, 10]
    assert [story.time(visit(row), Step.ED_DOCTOR) for row in range(4)] == [10, 10, 10, 60]


def test_who_is_most_urgent_has_a_nurse_alone():
    # 3 patients' worth of nursing, all for U1 until 00:40; U3 waits for it
    story = play(
        paper_scenario(east={"ed.nurses": 3}, ed__nurse__share__urgent=3),
        visits=[{"time": 0, "urgency": 1, "assessment": 30.0}, {"time": 1}],
    )
    assert story.time(visit(1), Step.ED_DOCTOR) == 40


def test_who_is_long_beyond_the_target_goes_before_a_more_urgent_newcomer():
    # One room, free at 01:10. U3 arrived at 00:11 with a target of 30, due 00:41; U2 arrived at
    # 01:00 with a target of 15, due 01:15.
    story = play(
        paper_scenario(east=rooms(1), ed__target__U3=30, ed__target__U2=15),
        visits=[
            {"time": 0, "assessment": 60.0},
            {"time": 1, "urgency": 3, "assessment": 20.0},
            {"time": 50, "urgency": 2, "assessment": 20.0},
        ],
    )
    assert [story.time(visit(row), Step.ED_ROOM) for row in range(3)] == [10, 70, 90]


def test_images_wait_for_the_scanner_while_blood_is_tested():
    # One CT. The first is on it 00:10-00:30, the second 00:30-00:40 with the report 00:50; the
    # second's blood is ready at 01:10.
    story = play(
        paper_scenario(east={"ed.ct": 1}, ed__ct__report=10),
        visits=[{"time": 0, "ct": 20.0}, {"time": 0, "ct": 10.0, "laboratory": 60.0}],
    )
    assert [story.time(visit(row), Step.ED_DISCHARGED) for row in range(2)] == [40, 70]


def test_who_is_observed_takes_no_ward_bed():
    story = play(
        paper_scenario(east={"ed.observation": 1, "ward.beds": 1}),
        visits=[
            {"time": 0, "is_admitted": True, "to_observation": True, "observation": 300.0},
            {"time": 0, "is_admitted": True, "to_observation": True, "los": 50.0},
        ],
    )
    assert story.times(visit(0), Step.WARD_IN) == []
    assert story.time(visit(0), Step.LEAVE) == 310
    assert story.time(visit(1), Step.WARD_IN) == 10  # the only bed for observation is taken


def test_an_impatient_patient_leaves_unseen_and_frees_the_room():
    story = play(
        paper_scenario(east=rooms(1)),
        visits=[
            {"time": 0, "assessment": 60.0},
            {"time": 1, "assessment": 30.0, "patience": 20.0},
            {"time": 2, "assessment": 30.0},
        ],
    )
    assert len(story.times(visit(1), Step.ED_UNSEEN)) == 1
    assert story.times(visit(1), Step.ED_ROOM) == []
    assert story.time(visit(2), Step.ED_ROOM) == 70


def test_a_patient_who_boards_keeps_the_room_until_a_bed_is_free():
    # One room, one bed. The first is admitted at 00:20 and lies in the bed until 10:20. The second
    # is ready at 00:30 and boards until then; only then has the third a room.
    story = play(
        paper_scenario(east=rooms(1) | {"ward.beds": 1}),
        visits=[
            {"time": 0, "assessment": 10.0, "is_admitted": True, "los": 600.0},
            {"time": 5, "assessment": 10.0, "is_admitted": True, "los": 60.0},
            {"time": 30, "assessment": 10.0},
        ],
    )
    assert story.time(visit(1), Step.ED_READY) == 30
    assert story.time(visit(0), Step.WARD_OUT) == 620
    assert story.time(visit(1), Step.ED_ADMITTED) == 620
    assert story.time(visit(2), Step.ED_ROOM) == 620


def test_a_walk_in_goes_where_it_is_open_on_arrival():
    # EAST is closed 23-07. Leaving at 22:45 she is there at 22:55; leaving at 22:55 it would be
    # 23:05, so she drives 30 minutes to WEST.
    story = play(
        paper_scenario(east_open={"ed": "07:00-23:00"}),
        visits=[{"time": at("22:45")}, {"time": at("22:55")}],
    )
    assert story.sites(visit(0), Step.ED_ARRIVE) == [EAST]
    assert story.time(visit(0), Step.ED_ARRIVE) == at("22:55")
    assert story.sites(visit(1), Step.ED_ARRIVE) == [WEST]
    assert story.time(visit(1), Step.ED_ARRIVE) == at("23:25")


def test_patients_inside_at_closing_time_are_finished():
    story = play(
        paper_scenario(east_open={"ed": "07:00-23:00"}, staff__closing_tail=3),
        visits=[{"time": at("22:40"), "assessment": 30.0, "laboratory": 60.0, "treatment": 30.0}],
    )
    assert story.time(visit(0), Step.ED_DISCHARGED) == at("00:50", day=1)  # 22:50 + 120


def test_a_patient_still_inside_after_the_tail_does_not_wait_until_morning():
    # Tests end at 02:50; the doctors of EAST left at 02:00 and are back at 07:00.
    story = play(
        paper_scenario(east_open={"ed": "07:00-23:00"}, staff__closing_tail=3),
        visits=[{"time": at("22:40"), "laboratory": 240.0, "treatment": 30.0}],
    )
    assert story.time(visit(0), Step.LEAVE) < at("07:00", day=1)


def test_someone_nearest_to_a_neighbour_goes_there():
    story = play(paper_scenario(), visits=[{"time": 0, "cell": OUTSIDE}])
    assert story.sites(visit(0), Step.TO_NEIGHBOUR) == [FAR]
    assert story.time(visit(0), Step.LEAVE) == 20


# SEH-stop


def crowd(cell: int = HOME_EAST, count: int = 2):
    """Patients who fill a department for ten hours."""
    return [{"time": 0, "cell": cell, "assessment": 600.0} for _ in range(count)]


def by_ambulance(time: float, cell: int = HOME_EAST):
    return {"time": time, "cell": cell, "by_ambulance": True}


def test_a_stop_diverts_ambulances_but_not_walk_ins():
    # One room, load 1: the second patient inside starts a stop at 00:10.
    story = play(
        paper_scenario(east=rooms(1), ed__stop__rooms=1, ed__stop__minutes=60),
        visits=[*crowd(), by_ambulance(20), {"time": 20}],
    )
    stop = story.records.of(Step.ED_STOP)
    assert (stop.time.tolist(), stop.site.tolist()) == ([10], [EAST])
    assert story.sites(visit(2), Step.ED_ARRIVE) == [WEST]
    assert story.sites(visit(3), Step.ED_ARRIVE) == [EAST]


def test_a_stop_lasts_whole_periods_until_there_is_room():
    story = play(
        paper_scenario(east=rooms(1), ed__stop__rooms=1, ed__stop__minutes=60),
        visits=[{"time": 0, "assessment": 65.0}, {"time": 0, "assessment": 25.0}],
    )
    # The stop begins at 00:10 with two inside. At 01:10 both still are (the first until 01:15, the
    # second until 01:40), at 02:10 nobody is.
    assert story.records.of(Step.ED_STOP_END).time.tolist() == [130]


def test_two_departments_are_never_on_stop_together():
    full = rooms(1)
    story = play(
        paper_scenario(east=full, west=full, ed__stop__rooms=1, ed__stop__minutes=60),
        visits=[*crowd(HOME_EAST), *crowd(HOME_WEST), by_ambulance(20), by_ambulance(20, 1)],
    )
    assert story.records.of(Step.ED_STOP).site.tolist() == [EAST]
    assert story.sites(visit(4), Step.ED_ARRIVE) == [WEST]
    assert story.sites(visit(5), Step.ED_ARRIVE) == [WEST]


def test_the_last_open_department_takes_ambulances_even_when_full():
    # WEST closes at 01:00 while EAST is on stop: from then EAST is the only one in the region.
    story = play(
        paper_scenario(
            east=rooms(1),
            west_open={"ed": "07:00-01:00"},
            ed__stop__rooms=1,
            ed__stop__minutes=60,
        ),
        visits=[*crowd(), by_ambulance(at("02:00"))],
    )
    assert story.sites(visit(2), Step.CREW_AT_HOSPITAL) == [EAST]


def test_who_must_be_seen_here_is_brought_despite_a_stop():
    story = play(
        paper_scenario(east=rooms(1), ed__stop__rooms=1, ed__stop__minutes=60),
        visits=[*crowd(), by_ambulance(20) | {"despite_stop": True}],
    )
    assert story.sites(visit(2), Step.ED_ARRIVE) == [EAST]


def with_trauma_centre(scenario, site):
    changed = scenario.sites[site].model_copy(update={"trauma_centre": True})
    return scenario.model_copy(update={"sites": scenario.sites | {site: changed}})


def test_the_severely_injured_are_driven_past_a_nearer_department_to_the_trauma_centre():
    injured = by_ambulance(0) | {"is_severe_trauma": True, "to_trauma_centre": True}
    near = by_ambulance(0) | {"is_severe_trauma": True}
    scenario = with_trauma_centre(paper_scenario(), "WEST")
    story = play(scenario, visits=[injured, near])
    assert story.sites(visit(0), Step.ED_ARRIVE) == [WEST]
    assert story.sites(visit(1), Step.ED_ARRIVE) == [EAST]
    assert story.sites(visit(0), Step.SEVERE_TRAUMA) == [WEST]
    assert story.sites(visit(1), Step.SEVERE_TRAUMA) == [EAST]


def test_without_an_open_trauma_centre_the_nearest_department_takes_them():
    injured = by_ambulance(0) | {"is_severe_trauma": True, "to_trauma_centre": True}
    closed = with_trauma_centre(paper_scenario(west_open={"ed": "closed"}), "WEST")
    for scenario in (paper_scenario(), closed):
        story = play(scenario, visits=[injured])
        assert story.sites(visit(0), Step.ED_ARRIVE) == [EAST]


def test_an_hour_of_arrivals_starts_and_ends_a_stop_as_the_rule_says():
    # Two rooms; more than one urgent patient waiting starts a stop. U2 at 00:10, 00:10, 00:15 and
    # 00:20: two are treated until 00:50, the third waits (1, no stop), with the fourth it is 2.
    # At 01:20 nobody waits any more.
    story = play(
        paper_scenario(east=rooms(2), ed__stop__waiting_urgent=1, ed__stop__minutes=60),
        visits=[{"time": minute, "urgency": 2, "assessment": 40.0} for minute in (0, 0, 5, 10)],
    )
    assert story.records.of(Step.ED_STOP).time.tolist() == [20]
    assert story.records.of(Step.ED_STOP_END).time.tolist() == [80]


def test_patients_who_wait_for_a_bed_start_a_stop():
    # Four rooms, limit 0.25 per room: the second patient who boards is one too many, noticed when
    # the next one comes.
    story = play(
        paper_scenario(
            east=rooms(4) | {"ward.beds": 0}, ed__stop__boarding=0.25, ed__stop__minutes=60
        ),
        visits=[
            {"time": 0, "is_admitted": True},
            {"time": 10, "is_admitted": True},
            {"time": 20},
        ],
    )
    assert story.records.of(Step.ED_STOP).time.tolist() == [30]


# Ambulance


def test_an_a1_ride_takes_the_minutes_worked_out_on_paper():
    # 01:40 at night: dispatch 2, turn-out 1.75, siren to the home 3, scene 20, siren to EAST 8,
    # hand-over 15.
    story = play(
        paper_scenario(ambulance__dispatch=2, ambulance__turnout__night=1.75),
        visits=[by_ambulance(100) | {"is_a1": True, "on_scene": 20.0, "handover": 15.0}],
    )
    steps = (Step.CALL_A1, Step.CREW_AT_SCENE, Step.CREW_AT_HOSPITAL, Step.CREW_FREE)
    assert [story.time(visit(0), step) for step in steps] == [100, 106.75, 134.75, 149.75]
    assert story.time(visit(0), Step.ED_ARRIVE) == 134.75


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


# Theatre


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


# Intensive care and ward


def needs_icu(time: float, minutes: float, cell: int = HOME_EAST):
    return {
        "time": time,
        "cell": cell,
        "is_admitted": True,
        "to_icu": True,
        "icu_minutes": minutes,
    }


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


# Maternity


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
