"""Nought of a resource means nobody is there: not no limit, and nobody from nowhere.

A patient who needs it at the hospital in the east is helped when there is one, and without it
waits, or is taken to the west, or does with what there is instead.
"""

import pytest

from scenarios.schema.vocabulary import Resource
from sim.journal.steps import NOBODY, Step
from sim.patients.births import BirthPlace, Mode
from sim.patients.cohort import Cohort
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import EAST, FAR, HOUR, WEST, at, paper_scenario, play

DAY_AND_NIGHT = at("00:00", day=6)
SEEN = {"assessment": 10.0}
ADMITTED = {"is_admitted": True, "los": HOUR}
INTENSIVE = {"is_admitted": True, "to_icu": True, "icu_minutes": HOUR}
SURGERY = {"is_admitted": True, "to_theatre": True, "surgery_minutes": 60.0}
SURGERY |= {"surgery_class": Priority.CAT1}
CAESAREAN = {"labour": 30.0, "mode": Mode.UNPLANNED_CAESAREAN, "is_cat1": True}
OVERNIGHT = {"is_inpatient": True, "los": HOUR}
R = Resource

NEEDED = {
    # resource: who needs it, the step that takes it, and where that is without: nowhere if None
    R.ED_DOCTORS: ("visits", SEEN, Step.ED_DOCTOR, WEST),
    R.ED_NURSES: ("visits", SEEN, Step.ED_DOCTOR, WEST),
    R.ED_CONSULTANTS: ("visits", {"consult": 10.0}, Step.LEAVE, None),
    R.ED_LABORATORY: ("visits", {"laboratory": 10.0}, Step.LEAVE, None),
    R.ED_XRAY: ("visits", {"xray": 10.0}, Step.LEAVE, None),
    R.ED_CT: ("visits", {"ct": 10.0}, Step.LEAVE, None),
    R.THEATRE_ROOMS: ("visits", SURGERY, Step.SURGERY_START, None),
    R.THEATRE_RECOVERY: ("operations", {"recovery_minutes": 5.0}, Step.LEAVE, None),
    R.ELECTIVE_TEAMS: ("operations", {}, Step.SURGERY_START, None),
    R.ELECTIVE_BEDS: ("operations", OVERNIGHT, Step.WARD_IN, None),
    R.MATERNITY_ROOMS: ("births", {}, Step.DELIVERY_ROOM, None),
    R.MATERNITY_MIDWIVES: ("births", {}, Step.DELIVERY_ROOM, WEST),
    R.MATERNITY_DOCTORS: ("births", CAESAREAN, Step.INCISION, WEST),
    R.MATERNITY_PAEDIATRICIANS: ("births", CAESAREAN, Step.INCISION, WEST),
    R.MATERNITY_BEDS: ("births", {"stay": HOUR}, Step.LEAVE, None),
    R.WARD_BEDS: ("visits", ADMITTED, Step.WARD_IN, None),
    R.ICU_BEDS: ("visits", INTENSIVE, Step.ICU_IN, WEST),
}
IN_PAIRS = {
    # who is within reach at the east only together with the second team
    R.THEATRE_TEAMS: (SURGERY, Step.SURGERY_START),
    R.THEATRE_ANAESTHETISTS: (SURGERY, Step.SURGERY_START),
}
BY_THEMSELVES = {
    R.ED_RESUSCITATION,  # four kinds of rooms, below
    R.ED_ACUTE,
    R.ED_STANDARD,
    R.ED_FAST_TRACK,
    R.ED_OBSERVATION,
    R.THEATRE_SECOND,
    R.THEATRE_THORACIC_ROOMS,  # in `test_theatre_on_paper`
    R.MATERNITY_CENTRE_ROOMS,
    R.MATERNITY_COTS,
}
COHORTS = {"visits": Cohort.VISIT, "operations": Cohort.OPERATION, "births": Cohort.BIRTH}


def told(east, cohort: str, who, **more):
    scenario = paper_scenario(east=east, **more)
    return play(scenario, until=DAY_AND_NIGHT, **{cohort: [{"time": 0.0, **who}]})


def test_every_resource_is_tried():
    assert set(Resource) == {*NEEDED, *IN_PAIRS, *BY_THEMSELVES}


@pytest.mark.parametrize("resource", NEEDED)
def test_one_helps_and_nought_does_not(resource):
    cohort, who, step, elsewhere = NEEDED[resource]
    person = COHORTS[cohort], 0
    assert told({resource.value: 1}, cohort, who).sites(person, step) == [EAST]
    without = told({resource.value: 0}, cohort, who).sites(person, step)
    assert without == ([] if elsewhere is None else [elsewhere])


@pytest.mark.parametrize("resource", IN_PAIRS)
@pytest.mark.parametrize(("second", "where"), [(1, EAST), (0, WEST)])
def test_without_a_team_on_the_roster_the_second_team_comes_or_surgery_is_elsewhere(
    resource, second, where
):
    who, step = IN_PAIRS[resource]
    story = told({resource.value: 0, R.THEATRE_SECOND.value: second}, "visits", who)
    assert story.sites((Cohort.VISIT, 0), step) == [where]
    called = story.records.of(Step.SECOND_TEAM_CALLED)
    assert len(called.time) == second
    assert set(called.patient.tolist()) <= {NOBODY}


def test_without_any_treatment_room_nobody_is_seen():
    kinds = ("resuscitation", "acute", "standard", "fast_track")
    story = told({f"ed.{kind}": 0 for kind in kinds}, "visits", SEEN)
    assert story.times((Cohort.VISIT, 0), Step.ED_ROOM) == []


@pytest.mark.parametrize("kind", ["resuscitation", "acute", "standard", "fast_track"])
def test_a_kind_of_room_that_is_not_there_is_not_used(kind):
    others = {"resuscitation", "acute", "standard", "fast_track"} - {kind}
    alone = {f"ed.{other}": 0 for other in others} | {f"ed.{kind}": 1}
    urgency = {"resuscitation": 0, "acute": 2, "standard": 3, "fast_track": 4}[kind]
    who = {"urgency": urgency, **SEEN}
    assert told(alone, "visits", who).sites((Cohort.VISIT, 0), Step.ED_DOCTOR) == [EAST]
    assert (
        told(alone | {f"ed.{kind}": 0}, "visits", who).times((Cohort.VISIT, 0), Step.ED_DOCTOR)
        == []
    )


@pytest.mark.parametrize(("beds", "on_the_ward"), [(1, []), (0, [EAST])])
def test_without_observation_beds_a_patient_is_admitted(beds, on_the_ward):
    who = {**ADMITTED, "to_observation": True, "observation": HOUR}
    story = told({R.ED_OBSERVATION.value: beds}, "visits", who)
    assert story.sites((Cohort.VISIT, 0), Step.WARD_IN) == on_the_ward


@pytest.mark.parametrize(("rooms", "step"), [(1, Step.BIRTH_CENTRE), (0, Step.DELIVERY_ROOM)])
def test_without_a_birth_centre_a_delivery_room_will_do(rooms, step):
    story = told(
        {R.MATERNITY_CENTRE_ROOMS.value: rooms}, "births", {"place": BirthPlace.BIRTH_CENTRE}
    )
    assert story.sites((Cohort.BIRTH, 0), step) == [EAST]


@pytest.mark.parametrize("cots", [1, 0])
def test_without_cots_no_child_lies_in_one(cots):
    story = told({R.MATERNITY_COTS.value: cots}, "births", {"neonatal": HOUR})
    assert len(story.records.of(Step.NEONATAL_IN).time) == cots


# Nobody from nowhere


def test_the_last_gynaecologist_stays_for_who_is_in_labour():
    hours = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(east={"maternity.doctors": hours}, west_open={"maternity": "closed"}),
        births=[{"time": at("22:30"), "labour": 60.0, "mode": Mode.INSTRUMENTAL}],
    )
    # she came at 22:40, and the one who was there at 23:00 stays
    assert story.sites((Cohort.BIRTH, 0), Step.INSTRUMENTAL_BIRTH) == [EAST]
    assert story.time((Cohort.BIRTH, 0), Step.INSTRUMENTAL_BIRTH) == at("23:30")


def test_a_specialist_who_is_not_there_is_waited_for():
    # Nowhere is a gynaecologist at night, and no neighbour delivers: the birth waits until 08:00.
    nobody = {"maternity.doctors": {"day": 1, "evening": 1, "night": 0}}
    scenario = paper_scenario(east=nobody, west=nobody)
    far = scenario.sites["FAR"].model_copy(update={"open": {"ed": "24/7"}})
    scenario = scenario.model_copy(update={"sites": {**scenario.sites, "FAR": far}})
    story = play(
        scenario, births=[{"time": at("02:00"), "labour": 60.0, "mode": Mode.INSTRUMENTAL}]
    )
    assert story.sites((Cohort.BIRTH, 0), Step.INSTRUMENTAL_BIRTH) == [EAST]
    assert story.time((Cohort.BIRTH, 0), Step.INSTRUMENTAL_BIRTH) == at("08:00")


def test_where_the_roster_leaves_no_gynaecologist_women_go_elsewhere():
    hours = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(east={"maternity.doctors": hours}),
        births=[{"time": at("02:00", day=1)}, {"time": at("09:00", day=1)}],
    )
    assert story.sites((Cohort.BIRTH, 0), Step.MATERNITY_ARRIVE) == [WEST]
    assert story.sites((Cohort.BIRTH, 1), Step.MATERNITY_ARRIVE) == [EAST]


def test_when_both_hospitals_have_nobody_the_neighbour_takes_who_comes():
    nobody = {"ed.doctors": {"day": 1, "evening": 1, "night": 0}}
    story = play(
        paper_scenario(east=nobody, west=nobody), visits=[{"time": at("02:00", day=1), **SEEN}]
    )
    assert story.sites((Cohort.VISIT, 0), Step.TO_NEIGHBOUR) == [FAR]


def test_who_came_while_a_doctor_was_there_is_seen_by_that_doctor():
    # At the door at 22:58, triaged by 23:03; the doctor of the evening has stayed.
    story = play(
        paper_scenario(east={"ed.doctors": {"day": 1, "evening": 1, "night": 0}}),
        visits=[{"time": at("22:48"), "triage": 5.0, **SEEN}],
    )
    assert story.time((Cohort.VISIT, 0), Step.ED_DOCTOR) == at("23:03")
