"""KPIs of wards and intensive care, each of a journal written by hand."""

import math

import pytest

from sim.journal.steps import NOWHERE, Step
from tests.support.paper_journal import (
    EAST,
    END,
    ONCE,
    START,
    WEST,
    measured,
    places,
    scenario,
    visit,
)

DAY = 1440


def stay(who, begin, days, site=EAST):
    return [
        (begin, who, Step.WARD_IN, site),
        (begin + days * DAY, who, Step.WARD_OUT, site),
        (begin + days * DAY, who, Step.LEAVE, site),
    ]


def test_occupancy_is_over_the_beds_of_ward_and_planned_care_of_each_site():
    # EAST 6 + 2 beds, WEST 10 + 10: 2 and 3 bed-days of 56 and 140, 5 of 196 together.
    own = scenario(EAST=places(ward__beds=6, elective__beds=2))
    kpi = measured(*stay(0, START, 2), *stay(1, START + DAY, 3, WEST), own=own)
    assert kpi["EAST", "ward.occupancy"] == pytest.approx(2 / 56)
    assert kpi["WEST", "ward.occupancy"] == pytest.approx(3 / 140)
    assert kpi["region", "ward.occupancy"] == pytest.approx(5 / 196)


def test_length_of_stay_is_in_days_of_those_admitted_in_the_measured_week():
    # 1 and 3 days at EAST, 5 at WEST; 6 days begun in the warm-up; one not over at the end.
    kpi = measured(
        *stay(0, START, 1),
        *stay(1, START, 3),
        *stay(2, START, 5, WEST),
        *stay(3, START - 1, 6),
        (END - 10, 4, Step.WARD_IN, EAST),
        *((START + 10, who, Step.WARD_TRANSFER, EAST) for who in (1, 2, 3)),
    )
    assert kpi["EAST", "ward.los.mean"] == pytest.approx(2)
    assert kpi["WEST", "ward.los.mean"] == pytest.approx(5)
    assert kpi["region", "ward.los.mean"] == pytest.approx(3)
    assert kpi["EAST", "ward.admissions"] == pytest.approx(3 * ONCE)
    assert kpi["region", "ward.admissions"] == pytest.approx(4 * ONCE)
    assert kpi["region", "ward.transfers"] == pytest.approx(3 * ONCE)


@pytest.mark.parametrize(
    ("ready", "leaves", "days"),
    [
        (START + DAY, START + 3 * DAY, 2),
        (START - 2 * DAY, START + DAY, 1),  # only what falls in the measured week
        (END - DAY, None, 1),  # still there
        (START - 3 * DAY, START - DAY, 0),
    ],
)
def test_a_bed_that_waits_for_a_place_elsewhere_counts_from_ready_to_gone(ready, leaves, days):
    rows = [(START - 4 * DAY, 0, Step.WARD_IN, EAST), (ready, 0, Step.WARD_READY, EAST)]
    if leaves is not None:
        rows += [(leaves, 0, Step.WARD_OUT, EAST), (leaves, 0, Step.LEAVE, EAST)]
    kpi = measured(*rows, *stay(1, START, 3))
    assert kpi["EAST", "ward.delayed_discharge.beds"] == pytest.approx(days / 7)
    assert kpi["region", "ward.delayed_discharge.beds"] == pytest.approx(days / 7)


def test_intensive_care_of_each_site_and_of_both():
    # EAST: 4 beds, a day used, 1 admitted, 1 refused. WEST: 2 beds, 2 days, 2 admitted, 0 refused.
    own = scenario(WEST=places(icu__beds=2))
    kpi = measured(
        (START, 0, Step.ICU_IN, EAST),
        (START + DAY, 0, Step.ICU_OUT, EAST),
        (START, 1, Step.ICU_REFUSED, EAST),
        *(
            row
            for who in (2, 3)
            for row in (
                (START, who, Step.ICU_IN, WEST),
                (START + DAY, who, Step.ICU_OUT, WEST),
            )
        ),
        (START - 10, 4, Step.ICU_REFUSED, WEST),
        own=own,
    )
    assert kpi["EAST", "icu.occupancy"] == pytest.approx(1 / 28)
    assert kpi["WEST", "icu.occupancy"] == pytest.approx(2 / 14)
    assert kpi["region", "icu.occupancy"] == pytest.approx(3 / 42)
    assert kpi["EAST", "icu.refused"] == 0.5
    assert kpi["WEST", "icu.refused"] == 0
    assert kpi["region", "icu.refused"] == pytest.approx(1 / 4)
    assert kpi["region", "icu.admissions"] == pytest.approx(3 * ONCE)


def test_a_site_without_beds_has_no_occupancy_of_them():
    own = scenario(WEST={"open": {}})
    kpi = measured(*visit(0, START + 10), (START, 1, Step.ENTER, NOWHERE), own=own)
    assert ("WEST", "ward.occupancy") not in kpi
    assert ("WEST", "icu.occupancy") not in kpi
    assert math.isnan(kpi["region", "icu.refused"])
    assert kpi["region", "icu.occupancy"] == 0
