"""KPIs of the emergency department, each of a journal written by hand."""

import pytest

from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import (
    EAST,
    END,
    FAR,
    ONCE,
    START,
    WEST,
    measured,
    person,
    places,
    scenario,
    visit,
)

DAY = 1440


def test_the_percentiles_of_a_hundred_visits_are_the_50th_and_the_95th():
    # Waits 1 to 100: by Hazen (n p + 1/2) the median is 50.5 and the 95th percentile 95.5, so that
    # no other whole percentile gives the same. Everybody stays for 200 minutes more than they wait.
    rows = [
        row
        for who in range(100)
        for row in visit(who, START + 60 * who, wait=who + 1, stay=who + 201)
    ]
    kpi = measured(*rows)
    for site in ("EAST", "region"):
        assert kpi[site, "ed.wait_doctor.median"] == pytest.approx(50.5)
        assert kpi[site, "ed.wait_doctor.p95"] == pytest.approx(95.5)
        assert kpi[site, "ed.los.median"] == pytest.approx(250.5)
        assert kpi[site, "ed.los.p95"] == pytest.approx(295.5)


def test_the_means_are_of_those_who_go_home_of_those_admitted_and_of_those_who_board():
    # Home after 60 and 120: mean 90. Admitted after 200, 300 and 430, ready 20, 40 and 90 minutes
    # before: means 310 and 50. Median of all five 200.
    kpi = measured(
        *visit(0, START + 10, stay=60),
        *visit(1, START + 20, stay=120),
        *visit(2, START + 30, stay=200, end=Step.ED_ADMITTED),
        (START + 30 + 180, 2, Step.ED_READY, EAST),
        *visit(3, START + 40, stay=300, end=Step.ED_ADMITTED),
        (START + 40 + 260, 3, Step.ED_READY, EAST),
        *visit(4, START + 50, stay=430, site=WEST, end=Step.ED_ADMITTED),
        (START + 50 + 340, 4, Step.ED_READY, WEST),
    )
    assert kpi["region", "ed.los_discharged.mean"] == 90
    assert kpi["region", "ed.los_admitted.mean"] == 310
    assert kpi["region", "ed.boarding.mean"] == 50
    assert kpi["region", "ed.admitted"] == pytest.approx(3 / 5)
    assert kpi["region", "ed.los.median"] == 200
    assert kpi["EAST", "ed.los_admitted.mean"] == 250
    assert kpi["EAST", "ed.boarding.mean"] == 30
    assert kpi["WEST", "ed.boarding.mean"] == 90
    assert kpi["EAST", "ed.admitted"] == pytest.approx(2 / 4)


def test_by_ambulance_is_who_a_crew_had_brought_by_the_time_of_arrival():
    # One brought, one who walks in, one who walks in and is taken elsewhere by a crew later.
    kpi = measured(
        (START + 100, 0, Step.CREW_AT_HOSPITAL, EAST),
        *visit(0, START + 100),
        *visit(1, START + 100),
        *visit(2, START + 100, stay=60),
        (START + 300, 2, Step.CREW_AT_HOSPITAL, WEST),
    )
    assert kpi["EAST", "ed.arrivals"] == pytest.approx(3 * ONCE)
    assert kpi["EAST", "ed.arrivals_ambulance"] == pytest.approx(1 * ONCE)


def test_who_is_still_inside_is_no_share_of_those_who_left():
    # One of two who left did so unseen; the third is still there when the week ends.
    kpi = measured(
        *visit(0, START + 100),
        (START + 60, 1, Step.ED_ARRIVE, EAST),
        (START + 500, 1, Step.ED_UNSEEN, EAST),
        (END - 60, 2, Step.ED_ARRIVE, EAST),
    )
    assert kpi["EAST", "ed.left_unseen"] == 0.5
    assert kpi["EAST", "ed.admitted"] == 0


@pytest.mark.parametrize("end", [Step.ED_DISCHARGED, Step.ED_ADMITTED, Step.ED_UNSEEN])
def test_the_busiest_hour_counts_who_is_inside_at_half_past_and_nobody_who_has_left(end):
    # Three come at 02:00 and leave at 03:00: three inside at 02:30. Two come at 14:00 and stay
    # until 15:00. Who has left, however that was, no longer counts, so 2 o'clock it is; of WEST,
    # where one comes on Tuesday at 20:10, 20 o'clock.
    kpi = measured(
        *(row for who in range(3) for row in visit(who, START + 120, stay=60, end=end)),
        *(row for who in range(3, 5) for row in visit(who, START + 840, stay=60)),
        *visit(5, START + DAY + 1210, stay=60, site=WEST),
    )
    assert kpi["EAST", "ed.busiest_hour"] == 2
    assert kpi["WEST", "ed.busiest_hour"] == 20
    assert kpi["region", "ed.busiest_hour"] == 2


def test_the_busiest_hour_is_an_average_over_the_days_of_the_measured_week():
    # Two inside at 05:30 on one day, against one at 17:30 on each of three days; and many in the
    # warm-up at 11:30, who don't count.
    kpi = measured(
        *(row for who in range(9) for row in visit(who, START - DAY + 690, stay=30)),
        *(row for who in (10, 11) for row in visit(who, START + 310, stay=60)),
        *(row for day in range(3) for row in visit(20 + day, START + day * DAY + 1040, stay=60)),
    )
    assert kpi["EAST", "ed.busiest_hour"] == 17


def test_rooms_are_in_use_from_room_to_home_or_ward():
    # 100 minutes until home and 300 until the ward, of 3 rooms during a week; region has none
    kpi = measured(
        *visit(0, START + 10, stay=100),
        *visit(1, START + 20, stay=300, end=Step.ED_ADMITTED),
    )
    assert kpi["EAST", "ed.occupancy"] == pytest.approx(400 / (3 * 10_080))
    assert kpi["WEST", "ed.occupancy"] == 0


def test_hours_on_stop_are_of_sites_that_have_an_emergency_department():
    closed = scenario(WEST={"open": {"ward": "24/7"}})
    rows = [
        (START + 60, -1, Step.ED_STOP, EAST),
        (START + 180, -1, Step.ED_STOP_END, EAST),
        *visit(0, START + 1),
    ]
    kpi = measured(*rows, own=closed)
    assert kpi["EAST", "ed.stop_hours"] == pytest.approx(2 * ONCE)
    assert ("WEST", "ed.stop_hours") not in kpi
    assert kpi["region", "ed.stop_hours"] == pytest.approx(2 * ONCE)


def test_only_visits_of_residents_count_as_theirs_and_as_gone_to_neighbours():
    # A visitor (1), a woman in labour and a resident of the warm-up go there too.
    woman = person(Cohort.BIRTH, 0)
    rows = [
        (minute, who, step, site)
        for who, minute in ((0, START + 10), (1, START + 10), (2, START - 10), (woman, START + 10))
        for step, site in ((Step.ENTER, NOWHERE), (Step.TO_NEIGHBOUR, FAR))
    ]
    kpi = measured(*rows, *visit(3, START + 50), residents=[0, 2, 3, woman])
    assert kpi["region", "ed.to_neighbours"] == pytest.approx(ONCE)
    assert kpi["region", "ed.residents"] == pytest.approx(2 * ONCE)


def trauma(number, site=EAST):
    return [(START + 10 + who, who, Step.SEVERE_TRAUMA, site) for who in range(number)]


@pytest.mark.parametrize(
    ("brought", "outside", "is_met"),
    [
        (2, 100, 0.0),  # 2 x 52.18 + 100 = 204.4 a year, fewer than 240
        (2, 150, 1.0),  # 254.4 a year: those from outside decide
        (1, 150, 0.0),  # 202.2
        (5, 0, 1.0),  # 260.9 of the region alone
    ],
)
def test_a_trauma_centre_counts_the_severely_injured_from_outside(brought, outside, is_met):
    # The norm is 240 a year (NVT level criteria).
    own = scenario(EAST={"trauma_centre": True}, parameters={"ed.severe_trauma.outside": outside})
    kpi = measured(*trauma(brought), *visit(50, START + 9), own=own)
    assert kpi["EAST", "ed.volume.severe_trauma"] == pytest.approx(brought * ONCE + outside)
    assert kpi["EAST", "ed.volume.severe_trauma.met"] == is_met
    assert ("WEST", "ed.volume.severe_trauma") not in kpi


def test_a_site_that_is_no_trauma_centre_counts_its_own_and_is_held_to_no_norm():
    own = scenario(WEST={"trauma_centre": True})
    kpi = measured(*trauma(3), *visit(50, START + 9), own=own)
    assert kpi["EAST", "ed.volume.severe_trauma"] == pytest.approx(3 * ONCE)
    assert ("EAST", "ed.volume.severe_trauma.met") not in kpi
    assert ("WEST", "ed.volume.severe_trauma") not in kpi  # nobody is brought, so nor from outside


def test_the_share_of_rooms_in_use_counts_each_kind_of_room():
    own = scenario(EAST=places(ed__standard=2, ed__acute=2, ed__resuscitation=1))
    kpi = measured(*visit(0, START + 10, stay=1000), own=own)
    assert kpi["EAST", "ed.occupancy"] == pytest.approx(1000 / (5 * 10_080))
