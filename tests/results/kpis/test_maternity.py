"""KPIs of maternity care, each of a journal written by hand."""

import math

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
)

WOMEN = [person(Cohort.BIRTH, row) for row in range(101)]
HOUR, DAY = 60, 1440
MONDAY_9 = START + 9 * HOUR


def steps(who, minute, *kinds, site=EAST):
    return [(minute, who, kind, site) for kind in kinds]


def caesarean(who, decided, minutes, *, kind=Step.CAESAREAN_CAT1, site=EAST):
    """Return a caesarean whose first incision is some minutes after the decision."""
    return [
        (decided, who, kind, site),
        (decided + minutes, who, Step.INCISION, site),
    ]


def travels(who, minutes, *, start=START + 10, site=EAST):
    step = Step.TO_NEIGHBOUR if site == FAR else Step.MATERNITY_ARRIVE
    return [
        (start, who, Step.ENTER, NOWHERE),
        (start, who, Step.DEPARTS, NOWHERE),
        (start + minutes, who, step, site),
    ]


def test_the_percentiles_of_a_hundred_caesareans_by_day():
    # 1 to 100 minutes from decision to incision, on Monday at noon: by Hazen 50.5 and 90.5; 30 of
    # a hundred within the 30 minutes of the standard. None at night.
    kpi = measured(
        *(row for n in range(1, 101) for row in caesarean(WOMEN[n], START + 12 * HOUR, n))
    )
    for site in ("EAST", "region"):
        assert kpi[site, "maternity.caesarean.decision_to_incision.median"] == pytest.approx(50.5)
        assert kpi[site, "maternity.caesarean.decision_to_incision.p90"] == pytest.approx(90.5)
        assert kpi[site, "maternity.caesarean.within_30"] == pytest.approx(0.30)
        assert kpi[site, "maternity.caesareans"] == pytest.approx(100 * ONCE)
        assert math.isnan(kpi[site, "maternity.caesarean.night.median"])
        assert math.isnan(kpi[site, "maternity.caesarean.night.p90"])


def test_the_percentiles_of_a_hundred_caesareans_at_night():
    kpi = measured(
        *(row for n in range(1, 101) for row in caesarean(WOMEN[n], START + 2 * HOUR, n))
    )
    assert kpi["EAST", "maternity.caesarean.night.median"] == pytest.approx(50.5)
    assert kpi["EAST", "maternity.caesarean.night.p90"] == pytest.approx(90.5)


@pytest.mark.parametrize(
    ("hour", "is_night"),
    [(7.99, True), (8, False), (15.99, False), (16, False), (22.99, False), (23, True), (0, True)],
)
def test_night_is_the_night_shift_and_not_the_evening(hour, is_night):
    # The shifts begin at 8, 16 and 23 o'clock: one of 40 minutes at that hour, one of 20 at 3:00.
    kpi = measured(
        *caesarean(WOMEN[0], START + DAY + hour * HOUR, 40),
        *caesarean(WOMEN[1], START + 3 * HOUR, 20),
    )
    median = 30 if is_night else 20
    assert kpi["EAST", "maternity.caesarean.night.median"] == median


def test_class_1_and_other_caesareans_are_told_apart():
    # Class 1 after 20 and 40 minutes, one of which waited for a team; others after 100 and 300, one
    # of which waited too; a planned one, counted as a caesarean only.
    kpi = measured(
        *caesarean(WOMEN[0], MONDAY_9, 20),
        *caesarean(WOMEN[1], MONDAY_9, 40),
        *steps(WOMEN[1], MONDAY_9, Step.TEAM_AWAITED),
        *caesarean(WOMEN[2], MONDAY_9, 100, kind=Step.CAESAREAN_OTHER),
        *caesarean(WOMEN[3], MONDAY_9, 300, kind=Step.CAESAREAN_OTHER),
        *steps(WOMEN[3], MONDAY_9, Step.TEAM_AWAITED),
        *steps(WOMEN[4], MONDAY_9, Step.PLANNED_CAESAREAN),
        *caesarean(WOMEN[5], MONDAY_9, 25, site=WEST),
        *caesarean(WOMEN[6], START - 10, 99),
    )
    assert kpi["EAST", "maternity.caesarean.decision_to_incision.median"] == 30
    assert kpi["EAST", "maternity.caesarean.other.median"] == 200
    assert kpi["EAST", "maternity.caesarean.awaited_team"] == 0.5
    assert kpi["EAST", "maternity.caesareans"] == pytest.approx(5 * ONCE)
    assert kpi["EAST", "maternity.caesarean.within_30"] == 0.5
    assert kpi["WEST", "maternity.caesarean.decision_to_incision.median"] == 25
    assert kpi["region", "maternity.caesarean.awaited_team"] == pytest.approx(1 / 3)
    assert kpi["region", "maternity.caesarean.within_30"] == pytest.approx(2 / 3)


def test_thirty_minutes_is_in_time_and_a_minute_more_is_not():
    kpi = measured(*caesarean(WOMEN[0], MONDAY_9, 30), *caesarean(WOMEN[1], MONDAY_9, 31))
    assert kpi["EAST", "maternity.caesarean.within_30"] == 0.5


def test_travel_is_from_the_last_departure_of_residents_to_a_hospital_here_or_elsewhere():
    # 20, 21, 30 and (to the neighbour) 31 minutes: over 20 are three of four, over 30 one. A woman
    # who left twice is counted from the second time; a visitor and the warm-up don't count.
    kpi = measured(
        *travels(WOMEN[0], 20),
        *travels(WOMEN[1], 21),
        (START + 50, WOMEN[2], Step.ENTER, NOWHERE),
        (START + 50, WOMEN[2], Step.DEPARTS, NOWHERE),
        (START + 70, WOMEN[2], Step.DEPARTS, NOWHERE),
        (START + 100, WOMEN[2], Step.MATERNITY_ARRIVE, EAST),
        *travels(WOMEN[3], 31, site=FAR),
        *travels(WOMEN[4], 500),
        *travels(WOMEN[5], 400, start=START - 10),
        residents=[*WOMEN[:4], WOMEN[5]],
    )
    assert kpi["region", "maternity.travel.mean"] == pytest.approx(102 / 4)
    assert kpi["region", "maternity.travel.over_20"] == pytest.approx(3 / 4)
    assert kpi["region", "maternity.travel.over_30"] == pytest.approx(1 / 4)
    assert kpi["region", "maternity.births"] == pytest.approx(4 * ONCE)
    assert kpi["region", "maternity.to_neighbours"] == pytest.approx(1 * ONCE)


def test_where_and_how_children_are_born_is_a_share_of_those_born_here():
    # Eight women enter. 0 nulliparous: induced, epidural, born instrumentally on Monday at 16:59.
    # 1 nulliparous, midwife-led, referred: unplanned caesarean at 17:00. 2 multiparous,
    # midwife-led: born at home. 3 multiparous, midwife-led: born in hospital at night. 4
    # multiparous: planned caesarean on Tuesday at 9:00. 5 multiparous: to the neighbour. 6
    # nulliparous, midwife-led and referred: not born when the week ends. 7 multiparous: caesarean
    # of another class on Saturday at noon. So six are born here: 0 and 1, and 2, 3, 4 and 7.
    e, n = Step.ENTER, Step.NULLIPAROUS
    ends = MONDAY_9 + 8 * HOUR
    kpi = measured(
        *steps(WOMEN[0], START + 5, e, n, Step.INDUCTION, Step.EPIDURAL, Step.INSTRUMENTAL_BIRTH),
        *steps(WOMEN[0], ends - 1, Step.BIRTH_HOSPITAL),
        *steps(WOMEN[1], START + 5, e, n, Step.MIDWIFE_LED, Step.REFERRED, Step.CAESAREAN_CAT1),
        *steps(WOMEN[1], ends, Step.BIRTH_HOSPITAL),
        *steps(WOMEN[2], START + 5, e, Step.MULTIPAROUS, Step.MIDWIFE_LED),
        *steps(WOMEN[2], START + 12 * HOUR, Step.BIRTH_HOME),
        *steps(WOMEN[3], START + 5, e, Step.MULTIPAROUS, Step.MIDWIFE_LED),
        *steps(WOMEN[3], START + DAY + 8 * HOUR, Step.BIRTH_HOSPITAL, site=WEST),
        *steps(WOMEN[4], START + 5, e, Step.MULTIPAROUS, Step.PLANNED_CAESAREAN),
        *steps(WOMEN[4], MONDAY_9 + DAY, Step.BIRTH_HOSPITAL),
        *steps(WOMEN[5], START + 5, e, Step.MULTIPAROUS, Step.TO_NEIGHBOUR, site=FAR),
        *steps(WOMEN[6], START + 5, e, n, Step.MIDWIFE_LED, Step.REFERRED, Step.EPIDURAL),
        *steps(WOMEN[7], START + 5, e, Step.MULTIPAROUS, Step.CAESAREAN_OTHER),
        *steps(WOMEN[7], START + 5 * DAY + 12 * HOUR, Step.BIRTH_HOSPITAL),
    )

    def share(name):
        return kpi["region", f"maternity.{name}"]

    assert share("induced") == pytest.approx(1 / 6)
    assert share("epidural") == pytest.approx(1 / 6)
    assert share("office_hours") == pytest.approx(3 / 6)  # 0, 2 and 4: weekdays from 9 until 17
    assert share("home_share") == pytest.approx(1 / 8)
    assert share("first_line_share") == pytest.approx(1 / 8)  # 3: led by a midwife until the end
    assert share("referred") == pytest.approx(2 / 4)
    assert share("referred.nulli") == pytest.approx(2 / 2)
    assert share("referred.multi") == 0
    assert share("instrumental.nulli") == pytest.approx(1 / 2)
    assert share("instrumental.multi") == 0
    assert share("planned_caesarean.nulli") == 0
    assert share("planned_caesarean.multi") == pytest.approx(1 / 4)
    assert share("unplanned_caesarean.nulli") == pytest.approx(1 / 2)
    assert share("unplanned_caesarean.multi") == pytest.approx(1 / 4)
    assert share("births_home") == pytest.approx(ONCE)
    assert kpi["EAST", "maternity.births_hospital"] == pytest.approx(4 * ONCE)
    assert kpi["WEST", "maternity.births_hospital"] == pytest.approx(1 * ONCE)


def test_each_rare_event_has_its_own_count():
    kinds = {
        Step.BIRTH_HOME: ("births_home", 1),
        Step.BIRTH_ON_THE_WAY: ("births_on_the_way", 2),
        Step.MATERNITY_DIVERTED: ("diverted", 3),
        Step.NICU_TRANSFER: ("nicu", 4),
    }
    kpi = measured(
        *(
            (START + 10, WOMEN[number], kind, EAST)
            for kind, (_, times) in kinds.items()
            for number in range(times)
        ),
        *((START - 10, WOMEN[number + 50], kind, EAST) for number, kind in enumerate(kinds)),
    )
    for name, times in kinds.values():
        assert kpi["region", f"maternity.{name}"] == pytest.approx(times * ONCE), name


@pytest.mark.parametrize(("births", "is_met"), [(19, 0.0), (20, 1.0)])
def test_a_unit_is_held_to_a_thousand_births_a_year(births, is_met):
    # 19 in a week are 991 a year, 20 are 1,044.
    kpi = measured(
        *((MONDAY_9 + n, WOMEN[n], Step.BIRTH_HOSPITAL, EAST) for n in range(births)),
        (MONDAY_9, WOMEN[50], Step.BIRTH_HOSPITAL, WEST),
    )
    assert kpi["EAST", "maternity.volume.births.met"] == is_met
    assert kpi["WEST", "maternity.volume.births.met"] == 0
    assert ("region", "maternity.volume.births.met") not in kpi


def test_the_wait_for_an_epidural_has_a_mean_and_a_90th_percentile():
    # 1 to 100 minutes: mean 50.5, Hazen's 90th percentile 90.5.
    kpi = measured(
        *(
            row
            for n in range(1, 101)
            for row in (
                (MONDAY_9, WOMEN[n], Step.EPIDURAL_ASKED, EAST),
                (MONDAY_9 + n, WOMEN[n], Step.EPIDURAL, EAST),
            )
        ),
        (START - 10, WOMEN[0], Step.EPIDURAL_ASKED, EAST),
        (START + 900, WOMEN[0], Step.EPIDURAL, EAST),
    )
    for site in ("EAST", "region"):
        assert kpi[site, "maternity.epidural.wait.mean"] == pytest.approx(50.5)
        assert kpi[site, "maternity.epidural.wait.p90"] == pytest.approx(90.5)


def test_rooms_cots_and_stops_are_counted_by_site():
    # EAST: a room of 3 for a day, a cot of 4 for two days, two hours of stop; WEST: 3 hours of stop
    # and no cots.
    own = scenario(EAST=places(maternity__rooms=3, maternity__cots=4))
    kpi = measured(
        (START, WOMEN[0], Step.DELIVERY_ROOM, EAST),
        (START + DAY, WOMEN[0], Step.DELIVERY_ROOM_LEFT, EAST),
        (START, WOMEN[0], Step.NEONATAL_IN, EAST),
        (START + 2 * DAY, WOMEN[0], Step.NEONATAL_OUT, EAST),
        (START, -1, Step.MATERNITY_STOP, EAST),
        (START + 120, -1, Step.MATERNITY_STOP_END, EAST),
        (END - 180, -1, Step.MATERNITY_STOP, WEST),
        own=own,
    )
    assert kpi["EAST", "maternity.room_occupancy"] == pytest.approx(1 / 21)
    assert kpi["EAST", "maternity.cot_occupancy"] == pytest.approx(2 / 28)
    assert kpi["WEST", "maternity.room_occupancy"] == 0
    assert ("WEST", "maternity.cot_occupancy") not in kpi
    assert kpi["EAST", "maternity.stop_hours"] == pytest.approx(2 * ONCE)
    assert kpi["WEST", "maternity.stop_hours"] == pytest.approx(3 * ONCE)
    assert kpi["region", "maternity.stop_hours"] == pytest.approx(5 * ONCE)


def test_extra_risk_is_worked_out_from_odds():
    # Four births, of which one travels more than 20 minutes (exactly 20 is not more): 52.18 exposed
    # a year. Of a base of 20% and an odds ratio of 2: odds 0.25 become 0.5, a risk of 1/3, so
    # 0.1333 more; taken as shares it would be 0.2. Of odds ratios 1 and 4: 0 and 0.3 more (odds 1).
    outcomes = {
        f"maternity.risk.{outcome}.{part}": value
        for outcome, base in (("mortality", 0.2), ("adverse", 0.5))
        for part, value in (("base", base), ("odds_ratio", 2), ("low", 1), ("high", 4))
    }
    rows = [row for n, minutes in enumerate((5, 10, 20, 25)) for row in travels(WOMEN[n], minutes)]
    kpi = measured(*rows, own=scenario(parameters={"maternity.risk.report": 1, **outcomes}))
    assert kpi["region", "maternity.risk.mortality"] == pytest.approx(ONCE * (1 / 3 - 0.2))
    assert kpi["region", "maternity.risk.mortality.low"] == pytest.approx(0)
    assert kpi["region", "maternity.risk.mortality.high"] == pytest.approx(ONCE * 0.3)
    assert kpi["region", "maternity.risk.adverse"] == pytest.approx(ONCE * (2 / 3 - 0.5))
    assert kpi["region", "maternity.risk.adverse.high"] == pytest.approx(ONCE * (4 / 5 - 0.5))


def test_extra_risk_is_told_only_when_asked_for():
    assert ("region", "maternity.risk.mortality") not in measured(*travels(WOMEN[0], 25))
