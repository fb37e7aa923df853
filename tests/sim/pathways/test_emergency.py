"""Visits to the emergency department, worked out on paper."""

from sim.journal.steps import Step
from tests.support.paper_region import (
    EAST,
    FAR,
    HOME_EAST,
    HOME_WEST,
    OUTSIDE,
    WEST,
    at,
    by_ambulance,
    paper_scenario,
    play,
    rooms,
    visit,
)


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


def crowd(cell: int = HOME_EAST, count: int = 2):
    """Patients who fill a department for ten hours."""
    return [{"time": 0, "cell": cell, "assessment": 600.0} for _ in range(count)]


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
