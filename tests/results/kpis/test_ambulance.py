"""KPIs of the ambulance service, in the region and by municipality, of a journal written by hand.

Every norm is met by a ride that takes exactly as long, and missed by one that takes a minute more.
"""

import pytest

from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import EAST, END, ONCE, START, WEST, measured, person, visit

RIDES = [person(Cohort.RIDE, row) for row in range(101)]


def ride(who, called, scene, door=None, *, call=Step.CALL_A1, post=0, site=EAST):
    """Return a ride by how many minutes after the call a crew is there, and at the door."""
    ends = [
        (called + scene + 15, who, Step.CREW_LEFT_SCENE, post),
        (called + (door or 0), who, Step.CREW_AT_HOSPITAL, site),
    ]
    ends = [] if door is None else ends
    return [
        (called, who, call, NOWHERE),
        (called + 2, who, Step.CREW_SENT, post),
        (called + scene, who, Step.CREW_AT_SCENE, post),
        *ends,
        (called + 62, who, Step.CREW_FREE, post),
    ]


def hundred():
    """Return a hundred A1 rides, there after 1 to 100 minutes, at the door 20 minutes later."""
    return [
        row
        for number in range(1, 101)
        for row in ride(RIDES[number - 1], START + 100 * number, number, number + 20)
    ]


def test_the_percentiles_of_a_hundred_responses():
    # 1 to 100 minutes. By Hazen: median 50.5, 90th 90.5, 95th 95.5. At most 15: 15 of a hundred.
    # At the door within 45 of the call: who was reached within 25.
    kpi = measured(*hundred(), homes=dict.fromkeys(RIDES[:100], "GM0001"))
    for site in ("region", "GM0001"):
        assert kpi[site, "ambulance.a1.response.mean"] == pytest.approx(50.5)
        assert kpi[site, "ambulance.a1.response.median"] == pytest.approx(50.5)
        assert kpi[site, "ambulance.a1.response.p90"] == pytest.approx(90.5)
        assert kpi[site, "ambulance.a1.response.p95"] == pytest.approx(95.5)
        assert kpi[site, "ambulance.a1.within_15"] == pytest.approx(0.15)
        assert kpi[site, "ambulance.call_to_hospital.within_45.life"] == pytest.approx(0.25)
        assert kpi[site, "ambulance.call_to_hospital.mean.life"] == pytest.approx(70.5)
        # The norm counts 5 minutes at the patient where each crew was there for 15.
        assert kpi[site, "ambulance.call_to_hospital.within_45.norm"] == pytest.approx(0.35)
        assert kpi[site, "ambulance.call_to_hospital.mean.norm"] == pytest.approx(60.5)


def test_each_urgency_is_held_to_its_own_norm():
    # A1 within 15 minutes, A2 within 30: of each one that makes it to the minute, and one that
    # takes a minute more, and an A2 of 15.
    kpi = measured(
        *ride(RIDES[0], START + 10, 15),
        *ride(RIDES[1], START + 20, 16),
        *ride(RIDES[2], START + 30, 15, call=Step.CALL_A2),
        *ride(RIDES[3], START + 40, 30, call=Step.CALL_A2),
        *ride(RIDES[4], START + 50, 31, call=Step.CALL_A2),
        *ride(RIDES[5], START + 60, 500, call=Step.CALL_PLANNED),
    )
    assert kpi["region", "ambulance.a1.within_15"] == 0.5
    assert kpi["region", "ambulance.a2.within_30"] == pytest.approx(2 / 3)
    assert kpi["region", "ambulance.a1.response.mean"] == 15.5


def test_a_response_is_that_of_residents_who_called_in_the_measured_week():
    # A visitor, a call of the warm-up, and the one that counts; the same for A2.
    kpi = measured(
        *ride(RIDES[0], START + 10, 10, 30),
        *ride(RIDES[1], START + 10, 99, 130),
        *ride(RIDES[2], START - 10, 98, 131),
        *ride(RIDES[3], START + 10, 10, call=Step.CALL_A2),
        *ride(RIDES[4], START + 10, 99, call=Step.CALL_A2),
        residents=[RIDES[0], RIDES[2], RIDES[3]],
    )
    assert kpi["region", "ambulance.a1.response.mean"] == 10
    assert kpi["region", "ambulance.call_to_hospital.mean.life"] == 30
    assert kpi["region", "ambulance.a2.within_30"] == 1


def test_municipalities_have_their_own_rides_at_their_own_norms():
    # GM0001: there after 14, 15, 16 and 17 minutes, at the door after 44, 45, 46 and 47. GM0002:
    # one of 20 and 40. Nobody of GM0003 called.
    kpi = measured(
        *(row for n in range(4) for row in ride(RIDES[n], START + 10, 14 + n, 44 + n)),
        *ride(RIDES[4], START + 10, 20, 40),
        *visit(3, START + 10),
        homes={3: "GM0003", **dict.fromkeys(RIDES[:4], "GM0001"), RIDES[4]: "GM0002"},
    )
    assert kpi["GM0001", "ambulance.a1.within_15"] == 0.5
    assert kpi["GM0001", "ambulance.call_to_hospital.within_45.life"] == 0.5
    assert kpi["GM0001", "ambulance.a1.response.mean"] == 15.5
    assert kpi["GM0001", "ambulance.call_to_hospital.mean.life"] == 45.5
    assert kpi["GM0002", "ambulance.a1.within_15"] == 0
    assert kpi["GM0002", "ambulance.call_to_hospital.within_45.life"] == 1
    assert kpi["GM0003", "ed.arrivals"] == pytest.approx(ONCE)
    assert kpi["region", "ambulance.a1.within_15"] == pytest.approx(2 / 5)
    assert kpi["region", "ambulance.call_to_hospital.within_45.life"] == pytest.approx(3 / 5)


def test_waits_of_residents_at_the_door_have_the_median_and_the_95th_percentile():
    # Waits of 1 to 100 minutes and of at least 900, of who leaves unseen: the 51st, and 0.45 beyond
    # the 96th of 101. Stays of 201 to 300: 250.5; who leaves unseen has none. Who lives elsewhere
    # doesn't count.
    rows = [
        row
        for n in range(1, 101)
        for row in visit(n, START + 60 * n, wait=n, stay=200 + n, site=(EAST, WEST)[n % 2])
    ]
    kpi = measured(
        *rows,
        *visit(200, START + 50, wait=999, stay=1000),
        (START + 60, 201, Step.ED_ARRIVE, EAST),
        (START + 960, 201, Step.ED_UNSEEN, EAST),
        *visit(202, START - 50, wait=999, stay=1000),
        homes={**dict.fromkeys(range(1, 101), "GM0001"), 201: "GM0001", 202: "GM0001"},
    )
    assert kpi["GM0001", "ed.wait_doctor.median"] == pytest.approx(51)
    assert kpi["GM0001", "ed.wait_doctor.p95"] == pytest.approx(96.45)
    assert kpi["GM0001", "ed.los.median"] == pytest.approx(250.5)
    assert kpi["GM0001", "ed.arrivals"] == pytest.approx(101 * ONCE)


def test_rides_transfers_and_hours_are_counted_by_the_week():
    # Two rides of which a crew is an hour away; one transfer of each kind, two to intensive care;
    # one ride for which nobody of the region is sent.
    kinds = [Step.TRANSFER_WARD, Step.TRANSFER_ACUTE, Step.TRANSFER_ACUTE]
    kinds += [Step.TRANSFER_INTENSIVE] * 4
    kpi = measured(
        *ride(RIDES[0], START + 10, 10),
        *ride(RIDES[1], START + 20, 10, call=Step.CALL_PLANNED),
        *ride(RIDES[2], START + 30, 10, post=NOWHERE),
        *((START + 40, RIDES[9], Step.CALL_TRANSFER, NOWHERE) for _ in kinds),
        *((START + 40, RIDES[9], kind, EAST) for kind in kinds),
    )
    assert kpi["region", "ambulance.rides"] == pytest.approx(2 * ONCE)
    assert kpi["region", "ambulance.unit_hours"] == pytest.approx(2.0)
    assert kpi["region", "ambulance.transfers"] == pytest.approx(7 * ONCE)
    assert kpi["region", "ambulance.transfers.ward"] == pytest.approx(1 * ONCE)
    assert kpi["region", "ambulance.transfers.acute"] == pytest.approx(2 * ONCE)
    assert kpi["region", "ambulance.transfers.intensive"] == pytest.approx(4 * ONCE)


def test_what_happens_in_the_last_minute_counts_and_at_the_end_no_longer():
    kpi = measured(
        *visit(0, START),
        *visit(1, END - 1, wait=0.5, stay=0.75),
        *visit(2, START - 0.001),
        (END, 3, Step.ED_ARRIVE, EAST),
    )
    assert kpi["region", "ed.arrivals"] == pytest.approx(2 * ONCE)
