"""Who is never served counts as late: durations of which some have not ended."""

import math

import numpy as np
import pytest

from results.kpis.durations import Durations
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import EAST, END, START, measured, person, visit

WEEK = END - START


def durations(*minutes: float) -> Durations:
    """Return durations; a negative number is one that has not ended."""
    values = np.array(minutes, dtype=float)
    return Durations(np.abs(values), values > 0)


def test_the_product_limit_is_that_of_kaplan_and_meier():
    # At risk 4, 3, 2, 1: 10 takes 1/4; the one of 20 that has not ended leaves its 1/4 to those of
    # 30 and 40: 3/8 each. Mean 2.5 + 11.25 + 15.
    some = durations(10, -20, 30, 40)
    assert some.mean() == pytest.approx(28.75)
    assert some.within(10) == pytest.approx(1 / 4)
    assert some.within(30) == pytest.approx(5 / 8)


def test_without_anyone_waiting_it_is_the_plain_mean_and_hazens_percentile():
    rng = np.random.default_rng(1)
    minutes = rng.exponential(30, 101)
    all_ended = Durations(minutes, np.ones(101, dtype=bool))
    assert all_ended.mean() == pytest.approx(minutes.mean())
    assert all_ended.within(30) == pytest.approx((minutes <= 30).mean())
    nearly = Durations(np.append(minutes, 0.0), np.append(np.ones(101, dtype=bool), False))
    for percent in (5, 50, 95):
        assert all_ended.quantile(percent) == np.percentile(minutes, percent, method="hazen")
        assert nearly.quantile(percent) == pytest.approx(all_ended.quantile(percent))


def test_waits_cut_short_by_the_end_do_not_bias_the_mean():
    # Exponential waits of mean 60, of which half are cut off at a uniform moment: those that ended
    # have mean 36 or so, all minutes so far less than 60.
    rng = np.random.default_rng(7)
    true, cut = rng.exponential(60, 20_000), rng.uniform(0, 400, 20_000)
    seen = Durations(np.minimum(true, cut), true <= cut)
    assert seen.mean() == pytest.approx(60, rel=0.03)
    assert seen.quantile(50) == pytest.approx(60 * math.log(2), rel=0.03)


def test_when_nobody_is_served_nobody_is_within_the_limit():
    nobody = durations(-40, -300)
    assert nobody.within(15) == 0
    assert nobody.mean() == nobody.quantile(50) == 300


def test_of_whom_nothing_is_known_yet_nothing_is_said():
    assert math.isnan(durations(-5).within(15))
    assert math.isnan(durations().within(15))
    assert math.isnan(durations().mean())
    assert durations(10, -5).within(15) == 1


# In the KPIs: someone is never served, and every time and share gets worse


def call(row: int, step: Step, cohort: Cohort = Cohort.VISIT):
    who = person(cohort, row)
    return [(START + 60 + row, who, Step.ENTER, NOWHERE), (START + 60 + row, who, step, NOWHERE)]


def test_without_crews_no_a1_call_is_within_15_minutes():
    calls = [record for row in range(3) for record in call(row, Step.CALL_A1)]
    kpi = measured(*calls)
    assert kpi["region", "ambulance.a1.within_15"] == 0
    assert kpi["region", "ambulance.call_to_hospital.within_45.life"] == 0
    for part in ("mean", "p95", "median", "p90"):
        assert kpi["region", f"ambulance.a1.response.{part}"] == WEEK - 60
    for clock in ("norm", "life"):
        assert kpi["region", f"ambulance.call_to_hospital.within_45.{clock}"] == 0
        assert kpi["region", f"ambulance.call_to_hospital.mean.{clock}"] == WEEK - 60


def test_without_crews_no_a2_call_is_within_30_minutes():
    assert measured(*call(0, Step.CALL_A2))["region", "ambulance.a2.within_30"] == 0


def test_care_on_scene_alone_has_no_door_to_wait_for():
    # A ride without transport that was reached, and a visit that was not: only the visit waits.
    who = person(Cohort.RIDE, 0)
    reached = [*call(0, Step.CALL_A1, Cohort.RIDE), (START + 70, who, Step.CREW_AT_SCENE, 0)]
    kpi = measured(*reached, *call(1, Step.CALL_A1))
    assert kpi["region", "ambulance.call_to_hospital.mean.life"] == WEEK - 61
    assert kpi["region", "ambulance.a1.within_15"] == 0.5


def test_who_is_never_seen_by_a_doctor_waits_to_the_end():
    # One is seen after 10 minutes, three never: the median is their wait until now.
    waits = [
        record
        for row in (1, 2, 3)
        for record in (
            (START, row, Step.ENTER, NOWHERE),
            (START, row, Step.ED_ARRIVE, EAST),
        )
    ]
    kpi = measured(*visit(0, START + 100), *waits)
    for name in ("ed.wait_doctor.median", "ed.wait_doctor.p95", "ed.los.median", "ed.los.p95"):
        assert kpi["EAST", name] == WEEK
    assert kpi["EAST", "ed.los_discharged.mean"] == pytest.approx(60 / 4 + WEEK * 3 / 4)
    assert kpi["EAST", "ed.los_admitted.mean"] == WEEK


def test_who_leaves_unseen_has_waited_at_least_until_then():
    # Seen after 10; gone unseen after 440: half the patients wait at least so long.
    unseen = [
        (START + 60, 1, Step.ENTER, NOWHERE),
        (START + 60, 1, Step.ED_ARRIVE, EAST),
        (START + 500, 1, Step.ED_UNSEEN, EAST),
        (START + 500, 1, Step.LEAVE, EAST),
    ]
    kpi = measured(*visit(0, START + 100), *unseen)
    assert kpi["EAST", "ed.wait_doctor.p95"] == 440
    assert kpi["EAST", "ed.los.p95"] == 60  # beside which `ed.left_unseen` stands
    assert kpi["EAST", "ed.left_unseen"] == 0.5


def test_who_never_gets_a_bed_boards_to_the_end():
    stuck = [
        (START, 0, Step.ENTER, NOWHERE),
        (START, 0, Step.ED_ARRIVE, EAST),
        (START + 60, 0, Step.ED_DOCTOR, EAST),
        (START + 100, 0, Step.ED_READY, EAST),
    ]
    kpi = measured(*stuck)
    assert kpi["EAST", "ed.boarding.mean"] == WEEK - 100
    assert kpi["EAST", "ed.los_admitted.mean"] == WEEK


def decided(row: int, step: Step, booked: Step, incision: float | None = None):
    who, time = person(Cohort.BIRTH, row), START + 600
    rows = [
        (time, who, Step.ENTER, NOWHERE),
        (time, who, step, EAST),
        (time, who, booked, EAST),
    ]
    if incision is not None:
        rows += [(time + incision, who, end, EAST) for end in (Step.SURGERY_START, Step.INCISION)]
    return rows


def test_a_caesarean_that_never_begins_is_late():
    cat1, other = Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER
    kpi = measured(
        *decided(0, cat1, Step.BOOKED_CAT1, 20),
        *decided(1, cat1, Step.BOOKED_CAT1),
        *decided(2, other, Step.BOOKED_CAT2, 75),
        *decided(3, other, Step.BOOKED_CAT2, 76),
        *decided(4, other, Step.BOOKED_CAT2),
    )
    assert kpi["EAST", "maternity.caesarean.within_30"] == 0.5
    assert kpi["EAST", "maternity.caesarean.decision_to_incision.p90"] == WEEK - 600
    assert kpi["EAST", "maternity.caesarean.other.within_75"] == pytest.approx(1 / 3)
    # the guideline's 75 minutes, not the 480 of class 2
    assert kpi["EAST", "theatre.cat2.in_time"] == pytest.approx(1 / 3)
    assert kpi["EAST", "theatre.emergency.in_time"] == pytest.approx(2 / 5)
    assert kpi["EAST", "theatre.cat2.wait.p95"] == WEEK - 600


def test_an_epidural_that_never_comes_was_waited_for_to_the_end():
    who = person(Cohort.BIRTH, 0)
    kpi = measured((START, who, Step.ENTER, NOWHERE), (START + 80, who, Step.EPIDURAL_ASKED, EAST))
    assert kpi["EAST", "maternity.epidural.wait.mean"] == WEEK - 80
    assert kpi["EAST", "maternity.epidural.wait.p90"] == WEEK - 80


def test_who_never_arrives_has_travelled_to_the_end():
    who = person(Cohort.BIRTH, 0)
    kpi = measured((START, who, Step.ENTER, NOWHERE), (START + 9, who, Step.DEPARTS, NOWHERE))
    assert kpi["region", "maternity.travel.over_30"] == 1
    assert kpi["region", "maternity.travel.mean"] == WEEK - 9


def test_a_stay_that_goes_on_counts_as_long_as_it_lasted():
    kpi = measured((START, 0, Step.ENTER, NOWHERE), (START + 1440, 0, Step.WARD_IN, EAST))
    assert kpi["EAST", "ward.los.mean"] == 6
