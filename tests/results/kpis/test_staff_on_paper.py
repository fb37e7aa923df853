"""KPIs of staff, each of rosters and empty shifts written by hand.

A year has 8,766 hours, and so 1,095.75 shifts of 8 hours; a full-time equivalent works 1,450 hours.
"""

import numpy as np
import pytest

from scenarios.schema.vocabulary import Resource
from sim.resources.staffing import Staffing
from tests.support.paper_journal import EAST, START, measured, places, scenario, visit

FORTNIGHT = 336
YEAR, FTE, SHIFTS = 8766, 1450, 1095.75
NURSES, BEDS = Resource.ED_NURSES, Resource.WARD_BEDS


def always(number):
    return np.full(FORTNIGHT, number)


def in_second_week(number):
    hours = np.zeros(FORTNIGHT, dtype=int)
    hours[168:] = number
    return hours


def test_full_time_equivalents_are_people_per_place_round_the_clock():
    # EAST: 1 nurse, 2 doctors, teams of 5, 10 + 10 beds of 0.2, 4 IC beds of 0.67. WEST has 5
    # nurses; three crews of two.
    kpi = measured(*visit(0, START + 10), own=scenario(WEST=places(ed__nurses=5)))
    per_person = YEAR / FTE
    by_role = {
        "ed.nurses": 1,
        "ed.doctors": 2,
        "theatre.teams": 5,
        "elective.teams": 5,
        "ward.beds": 2,
        "elective.beds": 2,
        "icu.beds": 2.68,
    }
    for role, people in by_role.items():
        assert kpi["EAST", f"staff.fte.{role}"] == pytest.approx(people * per_person), role
    assert kpi["WEST", "staff.fte.ed.nurses"] == pytest.approx(5 * per_person)
    assert kpi["region", "staff.fte.ed.nurses"] == pytest.approx(6 * per_person)
    assert kpi["region", "staff.fte.ambulance.crews"] == pytest.approx(6 * per_person)
    total = sum(by_role.values())
    assert kpi["EAST", "staff.fte"] == pytest.approx(total * per_person)
    assert kpi["region", "staff.fte"] == pytest.approx((2 * total + 4 + 6) * per_person)
    assert ("region", "staff.fte.ed.standard") not in kpi  # a room is no people


def test_fte_is_of_what_rosters_ask_for_where_places_are_known():
    asked = {("EAST", NURSES): always(3)}
    kpi = measured(*visit(0, START + 10), staffing=Staffing({}, asked, {}, {}))
    assert kpi["EAST", "staff.fte.ed.nurses"] == pytest.approx(3 * YEAR / FTE)
    assert ("EAST", "staff.fte.ed.doctors") not in kpi


def test_empty_shifts_are_counted_in_the_measured_week_by_site_and_with_crews():
    # The second week is measured. EAST misses 1 of 4 nurses and 2 of 6 on the ward, WEST none of
    # 5; of three crews on the road and one missing, one of four. In the first week everybody is
    # missing.
    rostered = {
        ("EAST", NURSES): always(4),
        ("EAST", BEDS): always(6),
        ("WEST", NURSES): always(5),
    }
    missing = {
        ("EAST", NURSES): in_second_week(1) + (4 - in_second_week(4)),
        ("EAST", BEDS): in_second_week(2) + (6 - in_second_week(6)),
        ("WEST", NURSES): 5 - in_second_week(5),
    }
    crews = np.array([in_second_week(3)])
    missing_crews = np.array([4 - in_second_week(3)])
    kpi = measured(
        *visit(0, START + 10, site=EAST),
        staffing=Staffing({}, {}, rostered, missing, crews, missing_crews),
    )
    assert kpi["EAST", "staff.unfilled_shifts"] == pytest.approx(3 * SHIFTS)
    assert kpi["EAST", "staff.unfilled_shifts.share"] == pytest.approx(3 / 10)
    assert kpi["WEST", "staff.unfilled_shifts"] == 0
    assert kpi["WEST", "staff.unfilled_shifts.share"] == 0
    assert kpi["region", "ambulance.unfilled_shifts"] == pytest.approx(1 * SHIFTS)
    assert kpi["region", "staff.unfilled_shifts"] == pytest.approx(4 * SHIFTS)
    assert kpi["region", "staff.unfilled_shifts.share"] == pytest.approx(4 / 19)


def test_hours_beyond_the_rosters_are_those_of_the_fortnight_again():
    # Rosters of a fortnight; week 2 of the horizon is its second week.
    rostered = {("EAST", NURSES): in_second_week(2)}
    missing = {("EAST", NURSES): in_second_week(1)}
    kpi = measured(*visit(0, START + 10), staffing=Staffing({}, {}, rostered, missing))
    assert kpi["EAST", "staff.unfilled_shifts.share"] == 0.5


def test_half_a_week_of_missing_people_is_half_as_many_shifts():
    hours = np.zeros(FORTNIGHT, dtype=int)
    hours[168:252] = 1
    staffing = Staffing({}, {}, {("EAST", NURSES): always(2)}, {("EAST", NURSES): hours})
    kpi = measured(*visit(0, START + 10), staffing=staffing)
    assert kpi["EAST", "staff.unfilled_shifts"] == pytest.approx(0.5 * SHIFTS)
    assert kpi["EAST", "staff.unfilled_shifts.share"] == pytest.approx(0.25)
