"""KPIs of a journal written by hand, each worked out on paper.

Two weeks are simulated, the second is measured: minutes 10 080 to 20 160. A number counted once is
365.25 / 7 = 52.179 a year. Site 0 is EAST, 1 is WEST, 2 the neighbour FAR.
"""

import math

import pytest

from results.kpis.measure import measure
from results.kpis.timeline import Timeline
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import (
    EAST,
    END,
    FAR,
    ONCE,
    START,
    WEST,
    measured,
    outcome,
    person,
    visit,
)


def test_stay_and_wait_are_those_of_the_measured_week():
    # Stays 60, 120 and 300 minutes: median 120; waits 10, 20 and 60: median 20. The 95th percentile
    # of three lies at 3 x 0.95 + 0.5 = 3.35: beyond the third, so it is that one.
    kpi = measured(
        *visit(0, START - 100, wait=90, stay=95),  # in the warm-up
        *visit(1, START + 100, wait=10, stay=60),
        *visit(2, START + 200, wait=20, stay=120),
        *visit(3, START + 300, wait=60, stay=300),
    )
    for site in ("EAST", "region"):
        assert kpi[site, "ed.arrivals"] == pytest.approx(3 * ONCE)
        assert kpi[site, "ed.los.median"] == 120
        assert kpi[site, "ed.los.p95"] == 300
        assert kpi[site, "ed.los_discharged.mean"] == 160
        assert kpi[site, "ed.wait_doctor.median"] == 20
        assert kpi[site, "ed.wait_doctor.p95"] == 60
        assert kpi[site, "ed.left_unseen"] == 0
    assert kpi["region", "ed.residents"] == pytest.approx(3 * ONCE)
    assert ("WEST", "ed.arrivals") not in kpi


def test_a_visit_not_finished_at_the_end_has_lasted_at_least_so_long():
    # Waits 10 and at least 20: the median of two lies half-way. Stays 60 and at least 20: who is
    # still inside is taken to stay as long as those known to stay longer than 20.
    kpi = measured(
        *visit(0, START + 100, wait=10, stay=60),
        (END - 30, 1, Step.ENTER, NOWHERE),
        (END - 20, 1, Step.ED_ARRIVE, EAST),
        (END - 15, 1, Step.ED_ROOM, EAST),
    )
    assert kpi["EAST", "ed.arrivals"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "ed.los.median"] == 60
    assert kpi["EAST", "ed.wait_doctor.median"] == 15
    # 60 + 15 minutes in 3 rooms of a week
    assert kpi["EAST", "ed.occupancy"] == pytest.approx(75 / (3 * 10_080))


def test_who_leaves_unseen_has_no_length_of_stay():
    kpi = measured(
        *visit(0, START + 100, stay=60),
        *visit(1, START + 100, stay=90, end=Step.ED_ADMITTED),
        (START + 50, 2, Step.ENTER, NOWHERE),
        (START + 60, 2, Step.ED_ARRIVE, EAST),
        (START + 500, 2, Step.ED_UNSEEN, EAST),
        (START + 500, 2, Step.LEAVE, EAST),
    )
    assert kpi["EAST", "ed.los.median"] == 75
    assert kpi["EAST", "ed.left_unseen"] == pytest.approx(1 / 3)
    assert kpi["EAST", "ed.admitted"] == pytest.approx(1 / 3)
    assert kpi["EAST", "ed.los_admitted.mean"] == 90


def test_boarding_is_from_ready_to_gone():
    kpi = measured(
        *visit(0, START + 100, stay=200, end=Step.ED_ADMITTED),
        (START + 260, 0, Step.ED_READY, EAST),
    )
    assert kpi["EAST", "ed.boarding.mean"] == 40


def test_hours_on_stop_are_those_within_the_measured_week():
    # The first from an hour before the measured week until 2 hours in; the second, of WEST, from 3
    # hours before the end and not over: 2 and 3 hours in a week.
    kpi = measured(
        *visit(0, START + 1),
        (START - 60, NOBODY, Step.ED_STOP, EAST),
        (START + 120, NOBODY, Step.ED_STOP_END, EAST),
        (END - 180, NOBODY, Step.ED_STOP, WEST),
    )
    assert kpi["EAST", "ed.stop_hours"] == pytest.approx(2 * ONCE)
    assert kpi["WEST", "ed.stop_hours"] == pytest.approx(3 * ONCE)
    assert kpi["region", "ed.stop_hours"] == pytest.approx(5 * ONCE)


def test_those_who_go_to_a_neighbour_are_counted_if_they_live_here():
    rows = [
        (START + 10 + row, row, step, site)
        for row in (0, 1)
        for step, site in ((Step.ENTER, NOWHERE), (Step.TO_NEIGHBOUR, FAR), (Step.LEAVE, FAR))
    ]
    kpi = measured(*visit(2, START + 50), *rows, residents=[0, 2])
    assert kpi["region", "ed.to_neighbours"] == pytest.approx(ONCE)
    assert kpi["region", "ed.residents"] == pytest.approx(2 * ONCE)


AT_PATIENT = 18.0


def ride(row: int, called: float, scene: float, hospital: float | None, *, call=Step.CALL_A1):
    """Return a ride that takes `scene` minutes to the patient and `hospital` to the door.

    The crew stays 18 minutes with who is brought to hospital.
    """
    ends = [
        (called + scene + AT_PATIENT, row, Step.CREW_LEFT_SCENE, 0),
        (called + (hospital or 0.0), row, Step.CREW_AT_HOSPITAL, EAST),
    ]
    ends = [] if hospital is None else ends
    return [
        (called, row, Step.ENTER, NOWHERE),
        (called, row, call, NOWHERE),
        (called, row, Step.CREW_SENT, 0),
        (called + scene, row, Step.CREW_AT_SCENE, 0),
        *ends,
        (called + 60, row, Step.CREW_FREE, 0),
    ]


def test_a1_is_measured_from_call_to_scene_and_to_the_door():
    # Responses 10, 15 and 21: mean 15.33, two of three within 15. Doors 40 and 50: one within 45.
    rides = [person(Cohort.RIDE, row) for row in range(5)]
    kpi = measured(
        *ride(rides[0], START + 10, 10, 40),
        *ride(rides[1], START + 20, 15, 50),
        *ride(rides[2], START + 30, 21, None),
        *ride(rides[3], START + 40, 29, None, call=Step.CALL_A2),
        *ride(rides[4], START - 40, 44, None),  # in the warm-up, its crew out 20 minutes after
    )
    assert kpi["region", "ambulance.a1.response.mean"] == pytest.approx(46 / 3)
    assert kpi["region", "ambulance.a1.within_15"] == pytest.approx(2 / 3)
    assert kpi["region", "ambulance.call_to_hospital.mean.life"] == 45
    assert kpi["region", "ambulance.call_to_hospital.within_45.life"] == 0.5
    # By the norm's clock 5 minutes at the patient in place of 18: doors 27 and 37.
    assert kpi["region", "ambulance.call_to_hospital.mean.norm"] == 32
    assert kpi["region", "ambulance.call_to_hospital.within_45.norm"] == 1
    assert kpi["region", "ambulance.a2.within_30"] == 1
    assert kpi["region", "ambulance.rides"] == pytest.approx(4 * ONCE)
    # 4 crews out for an hour and one for 20 minutes, in one week
    assert kpi["region", "ambulance.unit_hours"] == pytest.approx(4 + 1 / 3)


def surgery(who: int, kind: Step, booked: float, start: float | None, minutes: float = 60.0):
    rows = [(booked, who, Step.ENTER, NOWHERE), (booked, who, kind, EAST)]
    if start is None:
        return rows
    return [
        *rows,
        (start, who, Step.SURGERY_START, EAST),
        (start + minutes, who, Step.SURGERY_END, EAST),
    ]


def test_emergency_surgery_is_in_time_by_its_class():
    # Class 1 within 30 minutes: 30 is, 31 isn't, and one who waits for 40 minutes at the end is too
    # late as well; one who waits for 5 isn't decided. Class 2 within 8 hours: 480 is.
    monday_9 = START + 540
    kpi = measured(
        *surgery(0, Step.BOOKED_CAT1, monday_9, monday_9 + 30),
        *surgery(1, Step.BOOKED_CAT1, monday_9, monday_9 + 31),
        *surgery(2, Step.BOOKED_CAT1, END - 40, None),
        *surgery(3, Step.BOOKED_CAT1, END - 5, None),
        *surgery(4, Step.BOOKED_CAT2, monday_9, monday_9 + 480),  # 17:00, out of hours
    )
    assert kpi["EAST", "theatre.cat1.in_time"] == pytest.approx(1 / 3)
    assert kpi["EAST", "theatre.cat2.in_time"] == 1
    assert kpi["EAST", "theatre.emergency.in_time"] == pytest.approx(2 / 4)
    # Who waited 5 counts as the four others do, and who waited 40 as the one of 480: of five, 1.25
    # wait 30, 1.25 wait 31 and 2.5 wait 480. The middle is half-way between the last two.
    assert kpi["EAST", "theatre.emergency.wait.median"] == pytest.approx((31 + 480) / 2)
    assert kpi["EAST", "theatre.out_of_hours"] == pytest.approx(1 / 3)
    assert kpi["EAST", "theatre.emergency.operations"] == pytest.approx(3 * ONCE)
    # two operations of an hour begun in session; the emergency team, 8 hours x 5 days
    assert kpi["EAST", "theatre.utilisation"] == pytest.approx(2 / 40)


def test_cancelled_electives_are_a_share_of_those_booked():
    monday_9 = START + 540
    patients = [person(Cohort.OPERATION, row) for row in range(2)]
    kpi = measured(
        *surgery(patients[0], Step.BOOKED_ELECTIVE, monday_9, monday_9 + 10),
        *surgery(patients[1], Step.BOOKED_ELECTIVE, monday_9, monday_9 + 1440),
        (monday_9 + 1440, patients[1], Step.SURGERY_CANCELLED, EAST),
    )
    assert kpi["EAST", "theatre.elective.cancelled"] == 0.5
    assert kpi["EAST", "theatre.elective.operations"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "theatre.operations"] == pytest.approx(2 * ONCE)


def test_a_patient_cancelled_twice_is_counted_as_such():
    monday_9 = START + 540
    once, twice = (person(Cohort.OPERATION, row) for row in range(2))
    kpi = measured(
        *((monday_9 + day * 1440, twice, Step.BOOKED_ELECTIVE, EAST) for day in range(3)),
        *((monday_9 + day * 1440 + 60, twice, Step.SURGERY_CANCELLED, EAST) for day in range(2)),
        *((monday_9 + day * 1440, once, Step.BOOKED_ELECTIVE, EAST) for day in range(2)),
        (monday_9 + 60, once, Step.SURGERY_CANCELLED, EAST),
    )
    assert kpi["EAST", "theatre.elective.cancelled_twice"] == pytest.approx(ONCE)
    assert kpi["EAST", "theatre.elective.cancelled"] == pytest.approx(3 / 5)


def test_births_travel_and_caesareans():
    # Travel 20, 40 and 25 (to the neighbour): mean 28.33, one of three over 30. Class 1 caesareans
    # take 20 and 40 minutes: p90 is 40, half within 30. Delivery room: 120 minutes of 2 rooms.
    women = [person(Cohort.BIRTH, row) for row in range(4)]

    def arrives(who, minutes, site=EAST):
        step = Step.TO_NEIGHBOUR if site == FAR else Step.MATERNITY_ARRIVE
        return [
            (START + 10, who, Step.ENTER, NOWHERE),
            (START + 10, who, Step.DEPARTS, NOWHERE),
            (START + 10 + minutes, who, step, site),
        ]

    kpi = measured(
        *arrives(women[0], 20),
        (START + 30, women[0], Step.DELIVERY_ROOM, EAST),
        (START + 100, women[0], Step.CAESAREAN_CAT1, EAST),
        (START + 120, women[0], Step.INCISION, EAST),
        (START + 140, women[0], Step.BIRTH_HOSPITAL, EAST),
        (START + 150, women[0], Step.DELIVERY_ROOM_LEFT, EAST),
        *arrives(women[1], 40),
        (START + 200, women[1], Step.CAESAREAN_CAT1, EAST),
        (START + 240, women[1], Step.INCISION, EAST),
        (START + 250, women[1], Step.BIRTH_HOSPITAL, EAST),
        *arrives(women[2], 25, FAR),
        (START + 35, women[2], Step.LEAVE, FAR),
        (START + 10, women[3], Step.ENTER, NOWHERE),
        (START + 90, women[3], Step.BIRTH_HOME, NOWHERE),
    )
    assert kpi["region", "maternity.births"] == pytest.approx(4 * ONCE)
    assert kpi["region", "maternity.births_home"] == pytest.approx(ONCE)
    assert kpi["EAST", "maternity.births_hospital"] == pytest.approx(2 * ONCE)
    assert kpi["region", "maternity.to_neighbours"] == pytest.approx(ONCE)
    assert kpi["region", "maternity.travel.mean"] == pytest.approx(85 / 3)
    assert kpi["region", "maternity.travel.over_30"] == pytest.approx(1 / 3)
    assert kpi["EAST", "maternity.caesareans"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "maternity.caesarean.decision_to_incision.median"] == 30
    assert kpi["EAST", "maternity.caesarean.decision_to_incision.p90"] == 40
    assert kpi["EAST", "maternity.caesarean.within_30"] == 0.5
    assert kpi["EAST", "maternity.room_occupancy"] == pytest.approx(120 / (2 * 10_080))


def test_beds_are_used_from_in_to_out_within_the_measured_week():
    # EAST has 20 beds. One is used since before the measured week until its second day (1440), one
    # from the last day until after the end (1440), one for a day on Wednesday of which the last
    # half is waiting for a place elsewhere: 3 days of 7 x 20.
    kpi = measured(
        (START - 2880, 0, Step.WARD_IN, EAST),
        (START + 1440, 0, Step.WARD_OUT, EAST),
        (START + 1440, 0, Step.LEAVE, EAST),
        (END - 1440, 1, Step.WARD_IN, EAST),
        (START + 2880, 2, Step.WARD_IN, EAST),
        (START + 3600, 2, Step.WARD_READY, EAST),
        (START + 4320, 2, Step.WARD_OUT, EAST),
        (START + 4320, 2, Step.LEAVE, EAST),
    )
    assert kpi["EAST", "ward.occupancy"] == pytest.approx(3 / 140)
    assert kpi["WEST", "ward.occupancy"] == 0
    assert kpi["region", "ward.occupancy"] == pytest.approx(3 / 280)
    assert kpi["EAST", "ward.admissions"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "ward.los.mean"] == 1
    assert kpi["EAST", "ward.delayed_discharge.beds"] == pytest.approx(0.5 / 7)


def test_intensive_care_counts_who_is_admitted_and_who_is_refused():
    # One day and half a day of 4 beds x 7 days; 2 admitted, 1 refused
    kpi = measured(
        (START + 10, 0, Step.ICU_IN, EAST),
        (START + 1450, 0, Step.ICU_OUT, EAST),
        (END - 720, 1, Step.ICU_IN, EAST),
        (START + 20, 2, Step.ICU_REFUSED, EAST),
    )
    assert kpi["EAST", "icu.admissions"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "icu.occupancy"] == pytest.approx(1.5 / 28)
    assert kpi["EAST", "icu.refused"] == pytest.approx(1 / 3)
    assert math.isnan(kpi["WEST", "icu.refused"])
    assert kpi["region", "icu.refused"] == pytest.approx(1 / 3)


def test_staff_is_what_the_rosters_ask_for_day_and_night():
    # By site: 1 nurse, 2 doctors, a theatre and an elective team of 5, 20 beds at 0.2, 4 IC beds at
    # 0.67: 19.68 people. Day and night of a year over 1450 hours: x 8766 / 1450.
    kpi = measured(*visit(0, START + 10))
    per_site = (1 + 2 + 5 + 5 + 4 + 2.68) * 8766 / 1450
    assert kpi["EAST", "staff.fte"] == pytest.approx(per_site)
    crews = 3 * 2 * 8766 / 1450
    assert kpi["region", "staff.fte"] == pytest.approx(2 * per_site + crews)


@pytest.mark.parametrize(
    ("rows", "mean"),
    [
        ([(START + 0, Step.WARD_IN), (START + 5040, Step.WARD_OUT)], 0.5),
        ([(START + 5040, Step.WARD_IN)], 0.5),  # no end: until the end of the run
        ([(0, Step.WARD_IN), (START - 1, Step.WARD_OUT)], 0.0),  # over before measuring
        ([(0, Step.WARD_IN)], 1.0),
        ([(0, Step.WARD_IN), (START + 2520, Step.WARD_OUT), (END - 2520, Step.WARD_IN)], 0.5),
    ],
)
def test_the_mean_number_needs_no_matching(rows, mean):
    line = Timeline(outcome(*((time, 0, step, EAST) for time, step in rows)))
    found = line.mean_number(Step.WARD_IN, Step.WARD_OUT, site=EAST)
    assert found == pytest.approx(mean)
    assert line.mean_number(Step.WARD_IN, Step.WARD_OUT, site=WEST) == 0


def test_every_kpi_is_in_the_catalogue_and_comes_once():
    from results.kpis.catalogue import kpis

    rows = measure(outcome(*visit(0, START + 10)))
    keys = [(site, kpi) for site, kpi, _ in rows]
    assert len(set(keys)) == len(keys)
    assert {kpi for _, kpi in keys} <= set(kpis())
