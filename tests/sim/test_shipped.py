"""What must hold in every scenario that ships, whatever happens in it."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from geodata.dataset.folder import load as load_data
from scenarios.calendar.opening_hours import FORTNIGHT, open_hours
from scenarios.capacity import roster_hours, site_capacity
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import Function, Resource
from sim.journal.records import Records
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort, Horizon
from sim.patients.population import sample_patients
from sim.resources.region import Region
from sim.simulation import run as run_region

WEEKS = 3
HOUR = 60
AFTER_LEAVING = {Step.CREW_FREE}  # the crew is still on its way back

every_scenario = pytest.mark.parametrize("name", shipped_names())


@dataclass(frozen=True)
class Played:
    scenario: Scenario
    region: Region
    records: Records

    def hours(self, function: Function) -> np.ndarray:
        return np.array(
            [open_hours(site.hours(function)) for site in self.scenario.active_sites().values()]
        )


@cache
def played(name: str, *settings: str) -> Played:
    scenario, data = load(name, settings), load_data()
    horizon = Horizon(2, 0, WEEKS)
    patients = sample_patients(
        horizon, scenario.effective_parameters(), data.cells, scenario.horizon_year
    )
    region = Region(scenario, data, horizon, patients)
    run_region(region, horizon.end)
    return Played(scenario, region, region.journal.records())


def hour_of(time) -> np.ndarray:
    return (np.asarray(time) // HOUR).astype(int) % FORTNIGHT


@every_scenario
def test_everyone_enters_once_and_leaves_at_most_once(name):
    run = played(name)
    entered, left = (
        Counter(run.records.of(step).patient.tolist()) for step in (Step.ENTER, Step.LEAVE)
    )
    people = run.region.patients
    expected = [
        number
        for cohort in ("visits", "directs", "operations", "medicals", "births", "rides")
        for number in getattr(people, cohort).patient
    ]
    on_the_list = {number for number in expected if Cohort.OPERATION.includes(np.int64(number))}
    visits = people.visits  # a visit begins at the door: who left home just before the end
    end = run.records.time[-1]
    on_the_way = {
        number
        for number, time in zip(visits.patient, visits.time, strict=True)
        if time > end - 2 * HOUR
    }
    assert entered.keys() <= set(expected)
    assert set(expected) - entered.keys() <= on_the_list | on_the_way
    assert set(entered.values()) == {1}
    assert set(left.values()) == {1}
    assert left.keys() <= entered.keys()


@every_scenario
def test_nothing_happens_to_a_patient_before_entering_or_after_leaving(name):
    run = played(name)
    inside, gone = set(), set()
    columns = (run.records.patient, run.records.step)
    for patient, step in zip(*(column.tolist() for column in columns), strict=True):
        if patient < 0 or step in AFTER_LEAVING:
            continue
        if step == Step.ENTER:
            inside.add(patient)
            continue
        assert patient in inside, Step(step)
        assert patient not in gone, Step(step)
        if step == Step.LEAVE:
            gone.add(patient)


@every_scenario
def test_nobody_is_forgotten(name):
    """Who is inside for days is in a bed, or waits for surgery that may wait."""
    run = played(name)
    end = run.records.time[-1]
    columns = (run.records.time, run.records.patient, run.records.step)
    last, in_bed = {}, set()
    for time, patient, step in zip(*(column.tolist() for column in columns), strict=True):
        if patient < 0 or step in AFTER_LEAVING:
            continue
        last[patient] = (time, Step(step))
        if step in {Step.WARD_IN, Step.ICU_IN, Step.NEIGHBOUR_BED}:
            in_bed.add(patient)
        elif step in {Step.WARD_OUT, Step.ICU_OUT, Step.NEIGHBOUR_BED_LEFT}:
            in_bed.discard(patient)
    may_last = {
        Step.LEAVE,
        Step.BIRTH_HOSPITAL,  # on the maternity ward, as the next two
        Step.NICU_TRANSFER,
        Step.DELIVERY_ROOM_LEFT,
        Step.BOOKED_CAT4,
        Step.HIP_FRACTURE,  # booked next
        Step.LAPAROTOMY,
        Step.TRAUMA_OPERATION,
        Step.SURGERY_CANCELLED,
    }
    forgotten = {
        patient: step.name
        for patient, (time, step) in last.items()
        if end - time > 3 * 1440 and patient not in in_bed and step not in may_last
    }
    assert forgotten == {}


@every_scenario
def test_time_never_runs_back(name):
    assert (np.diff(played(name).records.time) >= 0).all()


@every_scenario
def test_nobody_arrives_at_a_department_that_is_closed(name):
    run = played(name)
    places, visits = run.region.geography, run.region.patients.visits
    is_open = run.hours(Function.ED)
    row_of = {number: row for row, number in enumerate(visits.patient)}
    came = run.records.of(Step.ED_ARRIVE, Step.TO_NEIGHBOUR)
    for time, patient, site in zip(came.time, came.patient, came.site, strict=True):
        row = row_of.get(int(patient))
        if row is None:
            continue
        if is_open[site, hour_of(time)]:
            continue
        assert visits.by_ambulance[row], "a walk-in knows the hours"
        table = places.siren if visits.is_a1[row] else places.car
        left_scene = time - table[visits.cell[row]][site]
        assert is_open[site, hour_of(left_scene + 1e-6)]


@every_scenario
def test_women_go_where_maternity_is_open_when_they_leave(name):
    run = played(name)
    is_open = run.hours(Function.MATERNITY)
    places, births = run.region.geography, run.region.patients.births
    row_of = {number: row for row, number in enumerate(births.patient)}
    came = run.records.of(Step.MATERNITY_ARRIVE)
    assert len(came) > 100
    for time, patient, site in zip(came.time, came.patient, came.site, strict=True):
        cell = births.cell[row_of[int(patient)]]
        drives = (places.car[cell][site], places.siren[cell][site])
        assert any(is_open[site, hour_of(time - drive + 1e-6)] for drive in drives)


@every_scenario
def test_a_site_where_a_function_is_closed_for_good_sees_none_of_it(name):
    run = played(name)
    steps = {
        Function.ED: (Step.ED_ARRIVE, Step.ED_ROOM, Step.ED_STOP),
        Function.MATERNITY: (Step.MATERNITY_ARRIVE, Step.DELIVERY_ROOM, Step.BIRTH_HOSPITAL),
        Function.ICU: (Step.ICU_IN,),
        Function.THEATRE: (Step.BOOKED_CAT1, Step.BOOKED_CAT2, Step.BOOKED_CAT3, Step.BOOKED_CAT4),
    }
    for function, which in steps.items():
        closed = np.flatnonzero(~run.hours(function).any(axis=1))
        assert not np.isin(run.records.of(*which).site, closed).any(), function


@every_scenario
def test_no_crew_is_on_two_rides_at_once(name):
    run = played(name)
    away = Counter()
    rides = run.records.of(Step.CREW_SENT, Step.CREW_FREE)
    for time, unit, step in zip(rides.time, rides.site, rides.step, strict=True):
        if unit == NOWHERE:
            continue
        away[unit] += 1 if step == Step.CREW_SENT else -1
        assert away[unit] in (0, 1), f"unit {unit} at {time}"
    most = sum(
        roster_hours(roster, run.scenario.shifts).max()
        for roster in run.scenario.ambulance.values()
    )
    assert max(away) < most


@every_scenario
def test_every_ride_ends_where_it_began(name):
    run = played(name)
    end = run.records.time[-1]
    rides = defaultdict(list)
    found = run.records.of(Step.CREW_SENT, Step.CREW_FREE)
    for time, patient, post, step in zip(
        found.time, found.patient, found.site, found.step, strict=True
    ):
        rides[int(patient), int(post)].append((float(time), int(step)))
    for (patient, post), story in rides.items():
        steps = [step for _, step in story]
        assert steps == [Step.CREW_SENT, Step.CREW_FREE] * (len(steps) // 2) + (
            [Step.CREW_SENT] * (len(steps) % 2)
        ), (patient, post)
        assert len(steps) % 2 == 0 or end - story[-1][0] < 12 * HOUR


@every_scenario
def test_never_more_operations_than_rooms_and_electives_keep_to_the_roster(name):
    run = played(name)
    capacity = site_capacity(run.scenario)
    sites = run.region.geography.sites
    elective = set(run.records.of(Step.BOOKED_ELECTIVE).patient.tolist())
    under_way, thoracic_under_way = Counter(), Counter()
    operations, schedule = run.region.patients.operations, run.region.theatre_schedule
    thoracic = {
        patient
        for patient, specialty in zip(operations.patient, operations.specialty, strict=True)
        if specialty == schedule.thoracic
    } | {patient for patient, kind in run.region.emergency_operations.items() if kind.is_thoracic}
    surgery = run.records.of(Step.SURGERY_START, Step.SURGERY_END)
    assert len(surgery) > 1000
    for time, patient, site, step in zip(
        surgery.time, surgery.patient, surgery.site, surgery.step, strict=True
    ):
        change = 1 if step == Step.SURGERY_START else -1
        under_way[site] += change
        thoracic_under_way[site] += change * (int(patient) in thoracic)
        has = {
            resource: int(capacity[sites[site], resource][hour_of(time)])
            for resource in (
                Resource.THEATRE_ROOMS,
                Resource.THEATRE_THORACIC_ROOMS,
                Resource.THEATRE_TEAMS,
                Resource.ELECTIVE_TEAMS,
            )
        }
        apart = has[Resource.THEATRE_THORACIC_ROOMS]
        if apart:
            assert thoracic_under_way[site] <= apart
        assert (
            under_way[site] - (thoracic_under_way[site] if apart else 0)
            <= (has[Resource.THEATRE_ROOMS])
        )
        if step == Step.SURGERY_START and int(patient) in elective:
            by_day = capacity[sites[site], Resource.ELECTIVE_TEAMS].max()  # and into overtime
            second = capacity[sites[site], Resource.THEATRE_SECOND][hour_of(time)]
            teams = capacity[sites[site], Resource.THEATRE_TEAMS].max() + by_day + second
            assert under_way[site] <= teams


@every_scenario
def test_an_elective_is_operated_once_and_starts_in_session(name):
    run = played(name)
    elective = set(run.records.of(Step.BOOKED_ELECTIVE).patient.tolist())
    starts = Counter()
    found = run.records.of(Step.SURGERY_START)
    for time, patient in zip(found.time, found.patient, strict=True):
        if int(patient) in elective:
            starts[int(patient)] += 1
            assert 8 <= time // HOUR % 24 < 18
            assert time // 1440 % 7 < 5
    assert set(starts.values()) == {1}


@every_scenario
def test_each_child_is_born_once(name):
    run = played(name)
    born = run.records.of(Step.BIRTH_HOSPITAL, Step.BIRTH_HOME, Step.BIRTH_ON_THE_WAY)
    twice = [woman for woman, times in Counter(born.patient.tolist()).items() if times > 1]
    assert twice == []


def test_two_departments_are_never_on_stop_at_once_even_when_crowded():
    run = played("now", "demand.ed.level=1.6")
    stopped = set()
    stops = run.records.of(Step.ED_STOP, Step.ED_STOP_END)
    assert len(stops) > 2, "no stop: nothing was tested"
    for site, step in zip(stops.site.tolist(), stops.step.tolist(), strict=True):
        stopped ^= {site}
        assert (step == Step.ED_STOP) == (site in stopped)
        assert len(stopped) <= 1


def test_the_same_women_give_birth_in_every_configuration():
    # All three have the demand of 2034, so only the places differ
    names = ["single-almelo", "single-enschede", "single-hengelo"]
    women = [
        {
            int(patient)
            for patient in played(name).records.of(Step.ENTER).patient
            if Cohort.BIRTH.includes(patient)
        }
        for name in names
    ]
    assert women[0] == women[1] == women[2]


# Monotone: the same patients, more or fewer places


def test_closing_a_site_never_shortens_a_drive():
    def nearest(name, function):
        run = played(name)
        car = np.array(run.region.geography.car)
        is_open = run.hours(function).all(axis=1)
        return car[:, is_open].min(axis=1)

    for name in ("single-almelo", "single-enschede", "one-obstetrics-almelo"):
        for function in (Function.ED, Function.MATERNITY):
            assert (nearest(name, function) >= nearest("now", function)).all()
    assert (nearest("single-almelo", Function.ED) > nearest("now", Function.ED)).any()


def mean_minutes(run: Played, begin: Step, end: Step, *, cohort: Cohort | None = None) -> float:
    """Return the mean minutes from the first `begin` to the first `end` of each patient."""
    began, ended = ({}, {})
    for step, first in ((begin, began), (end, ended)):
        found = run.records.of(step)
        for time, patient in zip(found.time.tolist(), found.patient.tolist(), strict=True):
            if cohort is None or cohort.includes(patient):
                first.setdefault(patient, time)
    return float(np.mean([ended[who] - began[who] for who in began.keys() & ended.keys()]))


@pytest.mark.slow
def test_more_doctors_never_lengthen_the_wait():
    waits = [
        mean_minutes(played_with(more, Resource.ED_DOCTORS), Step.ED_ROOM, Step.ED_DOCTOR)
        for more in (-1, 0, 1, 3)
    ]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > waits[-1]


@cache
def played_with(more: int, resource: Resource | None) -> Played:
    """Play `now` with more (or fewer) of a resource at each site, or crews at each post."""

    def with_more(roster):
        shifts = ("always", "day", "evening", "night")
        shifts += tuple(f"weekend_{shift}" for shift in shifts[1:])
        numbers = {shift: getattr(roster, shift) for shift in shifts}
        return roster.model_copy(
            update={
                shift: max(number + more, 0)
                for shift, number in numbers.items()
                if number is not None
            }
        )

    now, data, horizon = load("now"), load_data(), Horizon(2, 0, WEEKS)
    if resource is None:
        posts = {post: with_more(roster) for post, roster in now.ambulance.items()}
        scenario = now.model_copy(update={"ambulance": posts})
    else:
        sites = {
            key: site.model_copy(
                update={
                    "capacity": {
                        kind: with_more(roster) if kind is resource else roster
                        for kind, roster in site.capacity.items()
                    }
                }
            )
            for key, site in now.sites.items()
        }
        scenario = now.model_copy(update={"sites": sites})
    patients = sample_patients(
        horizon, scenario.effective_parameters(), data.cells, scenario.horizon_year
    )
    region = Region(scenario, data, horizon, patients)
    run_region(region, horizon.end)
    return Played(scenario, region, region.journal.records())


@pytest.mark.slow
def test_more_crews_never_worsen_the_mean_a1_response():
    responses = [
        mean_minutes(played_with(more, None), Step.CALL_A1, Step.CREW_AT_SCENE)
        for more in (0, 1, 3)
    ]
    assert responses == sorted(responses, reverse=True)
    assert responses[0] > responses[-1]
