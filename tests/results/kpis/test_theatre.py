"""KPIs of the operating theatre, each of a journal written by hand.

Sessions are from 8 to 16 on weekdays; the measured week begins on a Monday at 0:00.
"""

import numpy as np
import pytest

from results.kpis.theatre import in_session
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import (
    EAST,
    END,
    ONCE,
    START,
    WEST,
    measured,
    person,
    places,
    scenario,
)

HOUR, DAY = 60, 1440
MONDAY_9 = START + 9 * HOUR
WOMEN = [person(Cohort.BIRTH, row) for row in range(10)]
PATIENTS = [person(Cohort.OPERATION, row) for row in range(10)]


def surgery(who, kind, booked, wait, minutes=60.0, site=EAST):
    rows = [(booked, who, kind, site)]
    if wait is None:
        return rows
    return [
        *rows,
        (booked + wait, who, Step.SURGERY_START, site),
        (booked + wait + minutes, who, Step.SURGERY_END, site),
    ]


CLASSES = [
    (Step.BOOKED_CAT1, "cat1", 30),
    (Step.BOOKED_CAT2, "cat2", 8 * HOUR),
    (Step.BOOKED_CAT3, "cat3", 36 * HOUR),
    (Step.BOOKED_CAT4, "cat4", 7 * DAY),
]


@pytest.mark.parametrize(("kind", "label", "limit"), CLASSES)
def test_each_class_is_in_time_up_to_the_minute_of_its_own_limit(kind, label, limit):
    # One to the minute, two a minute more; the guideline's 30 minutes, 8 hours, next day, a week.
    kpi = measured(
        *surgery(0, kind, START, limit),
        *(surgery(1, kind, START, limit + 1)),
        *(surgery(2, kind, START, limit + 1, site=WEST)),
    )
    assert kpi["region", f"theatre.{label}.in_time"] == pytest.approx(1 / 3)
    assert kpi["region", "theatre.emergency.in_time"] == pytest.approx(1 / 3)
    assert kpi["EAST", f"theatre.{label}.in_time"] == pytest.approx(1 / 2)
    assert kpi["WEST", f"theatre.{label}.in_time"] == 0
    for _, other, _ in CLASSES:
        assert (("EAST", f"theatre.{other}.in_time") in kpi) == (other == label)


def test_the_percentiles_of_a_hundred_waits():
    # 1 to 100 minutes: by Hazen the median is 50.5 and the 95th percentile 95.5. An elective one
    # that waits for a day changes neither.
    kpi = measured(
        *(row for n in range(1, 101) for row in surgery(n, Step.BOOKED_CAT2, MONDAY_9, n)),
        *surgery(PATIENTS[0], Step.BOOKED_ELECTIVE, MONDAY_9, DAY),
    )
    for site in ("EAST", "region"):
        assert kpi[site, "theatre.cat2.wait.median"] == pytest.approx(50.5)
        assert kpi[site, "theatre.cat2.wait.p95"] == pytest.approx(95.5)
        assert kpi[site, "theatre.emergency.wait.median"] == pytest.approx(50.5)


def test_operations_are_counted_where_and_when_they_start():
    # EAST: two emergencies and three electives; WEST one emergency. One started in the warm-up, one
    # is still waiting at the end.
    kpi = measured(
        *surgery(0, Step.BOOKED_CAT2, MONDAY_9, 10),
        *surgery(1, Step.BOOKED_CAT3, MONDAY_9, 20),
        *(row for n in range(3) for row in surgery(PATIENTS[n], Step.BOOKED_ELECTIVE, MONDAY_9, n)),
        *surgery(2, Step.BOOKED_CAT2, MONDAY_9, 30, site=WEST),
        *surgery(3, Step.BOOKED_CAT2, START - DAY, 10),
        *surgery(4, Step.BOOKED_CAT4, END - 60, None),
    )
    assert kpi["EAST", "theatre.operations"] == pytest.approx(5 * ONCE)
    assert kpi["EAST", "theatre.emergency.operations"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "theatre.elective.operations"] == pytest.approx(3 * ONCE)
    assert kpi["EAST", "theatre.emergency.share"] == pytest.approx(2 / 5)
    assert kpi["region", "theatre.operations"] == pytest.approx(6 * ONCE)
    assert kpi["region", "theatre.emergency.share"] == pytest.approx(3 / 6)
    assert kpi["WEST", "theatre.operations"] == pytest.approx(1 * ONCE)


@pytest.mark.parametrize(
    ("start", "is_out"),
    [
        (START + 8 * HOUR - 1, 1.0),
        (START + 8 * HOUR, 0.0),
        (START + 16 * HOUR - 1, 0.0),
        (START + 16 * HOUR, 1.0),
        (START + 4 * DAY + 12 * HOUR, 0.0),  # Friday noon
        (START + 5 * DAY + 12 * HOUR, 1.0),  # Saturday noon
        (START + 6 * DAY + 12 * HOUR, 1.0),  # Sunday noon
    ],
)
def test_out_of_hours_is_outside_weekdays_from_8_to_16(start, is_out):
    kpi = measured(*surgery(0, Step.BOOKED_CAT3, start - 5, 5))
    assert kpi["EAST", "theatre.out_of_hours"] == is_out


def sessions(*ends, site=EAST):
    return [(end, -1, Step.SESSION_END, site) for end in ends]


def test_use_is_operating_time_over_staffed_time_in_and_out_of_hours():
    # Staffed in session: the emergency team for 5 days of 8 hours and two sessions of 8: 56 hours,
    # whether a session ends early or late. Used: an hour of an emergency and 3 of an elective. Out
    # of hours: 2 hours, of a team for the other 128 hours of the week.
    kpi = measured(
        *surgery(0, Step.BOOKED_CAT2, MONDAY_9, 10, 60),
        *surgery(PATIENTS[0], Step.BOOKED_ELECTIVE, MONDAY_9, 0, 180),
        *surgery(1, Step.BOOKED_CAT2, START + 20 * HOUR, 10, 120),
        *surgery(2, Step.BOOKED_CAT2, START - 2 * DAY, 10, 600),
        *sessions(START + 15 * HOUR, START + DAY + 17 * HOUR, START - DAY + 16 * HOUR),
    )
    assert kpi["EAST", "theatre.utilisation"] == pytest.approx(4 / 56)
    assert kpi["EAST", "theatre.utilisation.out_of_hours"] == pytest.approx(2 / 128)


def test_overtime_is_what_sessions_run_on_and_one_that_ends_early_makes_up_for_nothing():
    # 17:30 and 16:15: 1.75 hours; 14:00 is no overtime. Three recoveries kept a theatre blocked.
    kpi = measured(
        *surgery(0, Step.BOOKED_CAT2, MONDAY_9, 10),
        *sessions(START + 17.5 * HOUR, START + DAY + 16.25 * HOUR, START + 2 * DAY + 14 * HOUR),
        *((START + 10, n, Step.RECOVERY_BLOCKED, EAST) for n in range(3)),
        (START + 10, 9, Step.RECOVERY_BLOCKED, WEST),
        *sessions(START + 16 * HOUR, site=WEST),
    )
    assert kpi["EAST", "theatre.overtime"] == pytest.approx(1.75 * ONCE)
    assert kpi["WEST", "theatre.overtime"] == 0
    assert kpi["EAST", "theatre.recovery.blocked"] == pytest.approx(3 * ONCE)
    assert kpi["WEST", "theatre.recovery.blocked"] == pytest.approx(1 * ONCE)


@pytest.mark.parametrize(
    ("hours", "nights"),
    [
        ([22.99], 0),
        ([23], 1),
        ([26], 1),
        ([31.99], 1),
        ([32], 0),
        ([40], 0),
        ([23, 31], 1),  # of one night
        ([23, 24 + 23], 2),
        ([2, 23, 5 * 24 + 1], 3),  # the first began on Sunday, before the measured week
    ],
)
def test_a_night_in_use_is_one_in_which_an_emergency_starts_in_the_night_shift(hours, nights):
    # From 23 to 8, hours since Monday 0:00. An elective at night and an emergency of WEST don't
    # count at EAST.
    kpi = measured(
        *(
            row
            for who, hour in enumerate(hours)
            for row in surgery(who, Step.BOOKED_CAT2, START + hour * HOUR, 0)
        ),
        *surgery(PATIENTS[0], Step.BOOKED_ELECTIVE, START + 6 * DAY + 1 * HOUR, 0),
        *surgery(9, Step.BOOKED_CAT2, START + 4 * DAY + 1 * HOUR, 0, site=WEST),
    )
    assert kpi["EAST", "theatre.night.used"] == pytest.approx(nights / 7)
    assert kpi["WEST", "theatre.night.used"] == pytest.approx(1 / 7)


def test_teams_called_and_borrowed_are_counted_at_the_site_that_needs_them():
    kpi = measured(
        *surgery(0, Step.BOOKED_CAT2, MONDAY_9, 0),
        *((START + 10, n, Step.SECOND_TEAM_CALLED, EAST) for n in range(2)),
        *((START + 10, n, Step.TEAM_BORROWED, EAST) for n in range(3)),
        (START + 10, 8, Step.TEAM_BORROWED, WEST),
        (START - 10, 9, Step.SECOND_TEAM_CALLED, EAST),
        own=scenario(WEST=places(theatre__teams=0)),
    )
    assert kpi["EAST", "theatre.second_team"] == pytest.approx(2 * ONCE)
    assert kpi["EAST", "theatre.borrowed"] == pytest.approx(3 * ONCE)
    assert ("WEST", "theatre.borrowed") not in kpi  # nobody works in theatre there


def test_an_emergency_is_behind_a_caesarean_that_starts_while_it_waits_for_a_team():
    # 0 waits from 9:00 and starts at 10:40, a caesarean starts at 10:00 and another at 10:20: 40
    # minutes behind the first. 1 waits from 10:30 to 10:50, behind none. 2 waits at WEST, and 3
    # waits across a caesarean of WEST: also no.
    ten = START + 10 * HOUR

    def waits(who, since, start, site=EAST):
        return [
            (since, who, Step.TEAM_AWAITED, site),
            *surgery(who, Step.BOOKED_CAT2, since, start - since, site=site),
        ]

    def caesarean(who, start, site=EAST):
        return [
            (start - 15, who, Step.CAESAREAN_CAT1, site),
            (start, who, Step.SURGERY_START, site),
        ]

    kpi = measured(
        *waits(0, ten - 60, ten + 40),
        *waits(1, ten + 30, ten + 50),
        *waits(2, ten - 60, ten + 40, WEST),
        *waits(3, ten - 3 * HOUR, ten - 2 * HOUR),
        *caesarean(WOMEN[0], ten),
        *caesarean(WOMEN[1], ten + 20),
        *caesarean(WOMEN[2], ten - 2.5 * HOUR, WEST),
        *surgery(PATIENTS[0], Step.BOOKED_ELECTIVE, ten + 35, 0),
    )
    assert kpi["EAST", "theatre.behind_caesarean"] == pytest.approx(ONCE)
    assert kpi["EAST", "theatre.behind_caesarean.delay"] == 40
    assert kpi["region", "theatre.behind_caesarean"] == pytest.approx(ONCE)
    assert ("WEST", "theatre.behind_caesarean") not in kpi


@pytest.mark.parametrize(
    ("step", "label", "enough"),
    [
        (Step.HIP_FRACTURE, "hip_fracture", 3),  # 152 a year: 156.5 is, 104.4 isn't
        (Step.LAPAROTOMY, "laparotomy", 2),  # 90 a year: 104.4 is, 52.2 isn't
        (Step.RECTAL_RESECTION, "rectal_resection", 1),  # 20 a year: 52.2 is
        (Step.TRAUMA_OPERATION, "trauma", None),  # no norm
    ],
)
def test_each_line_of_surgery_is_held_to_its_own_volume(step, label, enough):
    def volumes(number):
        return measured(*((START + 10 + n, n, step, EAST) for n in range(number)))

    name = f"theatre.volume.{label}"
    for number in (1, 2, 3):
        kpi = volumes(number)
        assert kpi["EAST", name] == pytest.approx(number * ONCE)
        assert kpi.get(("EAST", f"{name}.met")) == (enough and float(number >= enough))
        assert ("WEST", name) not in kpi


def test_cancellations_are_over_plannings_of_the_same_site():
    # EAST: 4 planned, one cancelled; WEST: 1 planned, cancelled; one of the warm-up.
    planned = Step.BOOKED_ELECTIVE
    kpi = measured(
        *((MONDAY_9, who, planned, EAST) for who in PATIENTS[:4]),
        (MONDAY_9, PATIENTS[4], planned, WEST),
        (START - 10, PATIENTS[5], planned, EAST),
        (MONDAY_9 + HOUR, PATIENTS[0], Step.SURGERY_CANCELLED, EAST),
        (MONDAY_9 + HOUR, PATIENTS[4], Step.SURGERY_CANCELLED, WEST),
        (START - 5, PATIENTS[5], Step.SURGERY_CANCELLED, EAST),
        (START + 5, 3, Step.ENTER, NOWHERE),
    )
    assert kpi["EAST", "theatre.elective.cancelled"] == pytest.approx(1 / 4)
    assert kpi["WEST", "theatre.elective.cancelled"] == 1
    assert kpi["region", "theatre.elective.cancelled"] == pytest.approx(2 / 5)
    assert kpi["region", "theatre.elective.cancelled_twice"] == 0


def test_where_nothing_is_planned_no_share_is_cancelled_and_the_region_counts_the_rest():
    for site, other in (("EAST", "WEST"), ("WEST", "EAST")):
        at = {"EAST": EAST, "WEST": WEST}[site]
        kpi = measured(
            *((MONDAY_9, who, Step.BOOKED_ELECTIVE, at) for who in PATIENTS[:4]),
            (MONDAY_9 + HOUR, PATIENTS[0], Step.SURGERY_CANCELLED, at),
        )
        assert kpi[site, "theatre.elective.cancelled"] == pytest.approx(1 / 4)
        assert kpi["region", "theatre.elective.cancelled"] == pytest.approx(1 / 4)
        assert (other, "theatre.elective.cancelled") not in kpi


def test_no_moment_is_in_no_session():
    # Monday 7:59, 8:00 and 15:59, 16:00, Saturday noon, and what never took place
    moments = np.array([479.0, 480, 959, 960, 5 * DAY + 720, np.nan])
    assert in_session(moments, 8, 16).tolist() == [False, True, True, False, False, False]
    assert in_session(np.array([np.nan, 0.0]), 0, 24).tolist() == [False, True]
