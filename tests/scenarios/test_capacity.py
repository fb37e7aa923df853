"""Rosters to capacity, worked out on paper: shifts, closing time, pooling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scenarios.capacity import roster_hours, site_capacity
from scenarios.files.loading import load
from scenarios.parameters.demand import Age, age_growth, bed_growth, visit_growth
from scenarios.parameters.workforce import unfilled_share
from scenarios.schema.rosters import Roster, Shifts
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import CapacityPolicy, Resource

SHIFTS = Shifts(day=8, evening=16, night=23)
SOURCE = {"source": "paper", "confidence": "engineering_estimate"}
ALL_DAY = dict.fromkeys(("ed", "maternity", "theatre", "icu", "ward"), "24/7")


def roster(**counts) -> Roster:
    return Roster(**counts, **SOURCE)


def scenario(sites, policy="pooled", tail=0) -> Scenario:
    """Return a scenario of sites given as (opening hours, capacity), and a neighbour."""
    return Scenario.model_validate(
        {
            "name": "paper",
            "title": {"nl": "p", "en": "p"},
            "description": {"nl": "p", "en": "p"},
            "horizon_year": 2024,
            "norms": "nl-2024",
            "shifts": SHIFTS.model_dump(),
            "policies": {
                "capacity": policy,
                "cross_border": False,
                "emergency_theatre": "break_in",
            },
            "sites": {
                **{
                    f"S{number}": {
                        "name": f"Site {number}",
                        "open": ALL_DAY | hours,
                        "capacity": {
                            key: ({"always": own} if isinstance(own, int) else own) | SOURCE
                            for key, own in capacity.items()
                        },
                    }
                    for number, (hours, capacity) in enumerate(sites)
                },
                "N": {"name": "Neighbour", "role": "neighbour", "open": ALL_DAY},
            },
            "ambulance": {"POST": {"always": 1} | SOURCE},
            "parameters": {"staff.closing_tail": tail},
        }
    )


# Shifts


def test_a_roster_by_shift_changes_at_the_hours_of_the_shifts():
    hours = roster_hours(roster(day=5, evening=3, night=1), SHIFTS)
    assert hours[:24].tolist() == [1] * 8 + [5] * 8 + [3] * 7 + [1]
    assert (hours.reshape(14, 24) == hours[:24]).all()


def test_the_weekend_has_its_own_numbers_where_given():
    hours = roster_hours(roster(day=5, evening=3, night=1, weekend_day=2, weekend_night=0), SHIFTS)
    saturday = hours[120:144].tolist()
    assert saturday == [0] * 8 + [2] * 8 + [3] * 7 + [0]  # the evening as on weekdays
    assert hours[96:120].tolist() == [1] * 8 + [5] * 8 + [3] * 7 + [1]


def test_shifts_that_overlap_add_up():
    shifts = Shifts(day=8, evening=16, night=23)
    extra = [
        {"when": "Mon-Fri 12:00-20:00", "count": 2},
        {"when": "even weeks Fri 18:00-02:00", "count": 1},
    ]
    hours = roster_hours(roster(day=3, evening=1, night=0, extra=extra), shifts)
    monday, friday, odd_friday = hours[:24], hours[4 * 24 : 5 * 24 + 8], hours[11 * 24 : 12 * 24]
    assert [monday[hour] for hour in (3, 9, 12, 15, 16, 19, 20, 23)] == [0, 3, 5, 5, 3, 3, 1, 0]
    assert [friday[hour] for hour in (17, 18, 20, 22, 23, 25, 26)] == [3, 4, 2, 2, 1, 1, 0]
    assert odd_friday[18] == 3
    assert (
        hours[5 * 24 + 8 : 7 * 24]
        == roster_hours(roster(day=3, evening=1, night=0), shifts)[5 * 24 + 8 : 7 * 24]
    ).all()


def test_a_roster_with_extra_shifts_tells_them():
    extra = [{"when": "Mon-Fri 12:00-20:00", "count": 2}]
    assert roster(always=3, extra=extra).written() == "3; and 2 on Mon-Fri 12:00-20:00"


@pytest.mark.parametrize(
    "extra", [{"when": "Mon 8-16", "count": 1}, {"when": "24/7", "count": -1}], ids=str
)
def test_an_extra_shift_that_cannot_be_is_refused(extra):
    with pytest.raises(ValidationError):
        roster(always=3, extra=[extra])


def test_always_is_always():
    assert set(roster_hours(roster(always=4), SHIFTS)) == {4}


@pytest.mark.parametrize(
    "counts",
    [{}, {"day": 1}, {"day": 1, "evening": 1}, {"always": 1, "day": 1, "evening": 1, "night": 1}],
)
def test_half_a_roster_is_refused(counts):
    with pytest.raises(ValueError, match="either 'always'"):
        roster(**counts)


@pytest.mark.parametrize("count", [-1, 10_001, 1.5])
def test_a_roster_counts_whole_people(count):
    with pytest.raises(ValueError, match="always"):
        roster(always=count)


# Closing and pooling

NIGHT_CLOSED = {"ed": "07:00-23:00"}


def test_people_of_a_department_closed_at_night_work_where_it_is_open():
    # 3 and 2 nurses at night, the second closed 23-07: all 5 at the first.
    both = scenario(
        [
            ({}, {"ed.nurses": {"day": 8, "evening": 8, "night": 3}}),
            (NIGHT_CLOSED, {"ed.nurses": {"day": 7, "evening": 7, "night": 2}}),
        ]
    )
    capacity = site_capacity(both)
    # 00-07 closed, 07-08 still the night shift but open, 08-23, 23-24 closed
    assert capacity["S0", Resource.ED_NURSES][:24].tolist() == [5] * 7 + [3] + [8] * 15 + [5]
    assert capacity["S1", Resource.ED_NURSES][:24].tolist() == [0] * 7 + [2] + [7] * 15 + [0]


def test_people_stay_a_few_hours_after_closing_time():
    both = scenario(
        [({}, {"ed.doctors": 3}), (NIGHT_CLOSED, {"ed.doctors": 2})],
        tail=3,
    )
    capacity = site_capacity(both)
    # closed from 23:00: there until 02:00, then at the other until 07:00
    assert capacity["S1", Resource.ED_DOCTORS][:24].tolist() == [2] * 2 + [0] * 5 + [2] * 17
    assert capacity["S0", Resource.ED_DOCTORS][:24].tolist() == [3] * 2 + [5] * 5 + [3] * 17


def test_rooms_stay_where_they_are_when_a_department_closes_for_the_night():
    both = scenario([({}, {"ed.standard": 10}), (NIGHT_CLOSED, {"ed.standard": 6})])
    capacity = site_capacity(both)
    assert set(capacity["S0", Resource.ED_STANDARD]) == {10}
    assert set(capacity["S1", Resource.ED_STANDARD]) == {6}


def test_rooms_and_beds_follow_a_function_that_closes_for_good():
    both = scenario(
        [({}, {"ward.beds": 100}), ({"ward": "closed", "ed": "closed"}, {"ward.beds": 40})]
    )
    capacity = site_capacity(both)
    assert set(capacity["S0", Resource.WARD_BEDS]) == {140}
    assert set(capacity["S1", Resource.WARD_BEDS]) == {0}


def test_without_pooling_what_closes_is_lost():
    both = scenario(
        [({}, {"ward.beds": 100}), ({"ward": "closed", "ed": "closed"}, {"ward.beds": 40})],
        policy="stays",
    )
    capacity = site_capacity(both)
    assert set(capacity["S0", Resource.WARD_BEDS]) == {100}
    assert set(capacity["S1", Resource.WARD_BEDS]) == {0}


def test_operating_rooms_are_walls():
    closed = {"theatre": "closed", "maternity": "closed"}
    both = scenario([({}, {"theatre.rooms": 6}), (closed, {"theatre.rooms": 4})])
    capacity = site_capacity(both)
    assert set(capacity["S0", Resource.THEATRE_ROOMS]) == {6}
    assert set(capacity["S1", Resource.THEATRE_ROOMS]) == {4}


def test_what_is_freed_is_shared_by_size_with_the_largest_remainder_first():
    # 5 over sites of 6 and 2: 3.75 and 1.25, so 3 + 1 and the one left to the larger remainder
    three = scenario(
        [
            ({}, {"icu.beds": 6}),
            ({}, {"icu.beds": 2}),
            ({"icu": "closed"}, {"icu.beds": 5}),
        ]
    )
    capacity = site_capacity(three)
    got = [int(capacity[f"S{number}", Resource.ICU_BEDS][0]) for number in range(3)]
    assert got == [10, 3, 0]


def test_what_is_freed_goes_to_a_new_site_that_has_nothing_yet():
    two = scenario([({}, {}), ({"icu": "closed"}, {"icu.beds": 5})])
    assert site_capacity(two)["S0", Resource.ICU_BEDS][0] == 5


def test_a_neighbour_has_no_capacity_of_its_own():
    assert not any(site == "N" for site, _ in site_capacity(scenario([({}, {})])))


hours_texts = st.sampled_from(
    ["24/7", "closed", "07:00-23:00", "even weeks 00:00-24:00", "Mon-Fri 08:00-18:00"]
)


@given(
    st.lists(st.tuples(hours_texts, st.integers(0, 12)), min_size=1, max_size=4),
    st.sampled_from([Resource.ED_NURSES, Resource.ED_STANDARD]),
    st.integers(0, 4),
)
@settings(deadline=None, max_examples=60)
def test_pooling_neither_makes_nor_loses_anyone(sites, resource, tail):
    made = scenario(
        [({"ed": "24/7"}, {resource.value: 3})]
        + [({"ed": hours}, {resource.value: number}) for hours, number in sites],
        tail=tail,
    )
    capacity = site_capacity(made)
    total = np.sum([row for (_, kind), row in capacity.items() if kind is resource], axis=0)
    assert set(total) == {3 + sum(number for _, number in sites)}
    assert min(row.min() for row in capacity.values()) >= 0


@given(st.lists(st.tuples(hours_texts, st.integers(0, 12)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_pooled_never_has_less_than_stays_anywhere(sites):
    layout = [({"ed": "24/7"}, {"ed.nurses": 3})] + [
        ({"ed": hours}, {"ed.nurses": number}) for hours, number in sites
    ]
    pooled, stays = (
        site_capacity(scenario(layout, policy=policy)) for policy in ("pooled", "stays")
    )
    assert CapacityPolicy.POOLED != CapacityPolicy.STAYS
    for key, row in stays.items():
        assert (pooled[key] >= row).all()


def test_beds_follow_demand_where_the_policy_says_so():
    # Shares .037/.187/.372/.404 of bed-days; growth 2024-2034 by band as demand says.
    then = load("now").in_year(2034)
    parameters = then.effective_parameters()
    growth = bed_growth(parameters, 2034)
    by_hand = (
        sum(
            share * age_growth(parameters, age, 2034)
            for share, age in zip((0.037, 0.187, 0.372, 0.404), Age, strict=True)
        )
        * 1.0045**10
    )
    assert growth == pytest.approx(by_hand)
    beds = then.sites["MST"].capacity[Resource.WARD_BEDS].always
    # 5.557% of shifts stay empty, and a bed without a nurse is closed
    filled = 1 - unfilled_share(parameters, 2034)
    assert filled == pytest.approx(0.94443, abs=1e-5)
    assert set(site_capacity(then)["MST", Resource.WARD_BEDS]) == {round(beds * growth / filled)}
    today = load("now", ["policies.beds=as_today"]).in_year(2034)
    assert set(site_capacity(today)["MST", Resource.WARD_BEDS]) == {beds}
    assert set(site_capacity(load("now"))["MST", Resource.WARD_BEDS]) == {beds}


def test_a_lower_occupancy_that_is_stated_asks_for_more_beds():
    # at 90% 262 beds; 81% takes a ninth more, in the base year as well
    emptier = load("now", ["ward.follow.today=0.9", "ward.follow.occupancy=0.81"])
    assert set(site_capacity(emptier)["MST", Resource.WARD_BEDS]) == {291}
    assert set(site_capacity(emptier)["MST", Resource.ICU_BEDS]) == {20}


def test_ed_rosters_follow_visits_where_the_policy_says_so():
    # Doctors by day 6: 1.1019 times the visits of 2024 over 0.94443 filled is 7.0; rooms stay.
    then = load("now").in_year(2034)
    growth = visit_growth(then.effective_parameters(), 2034) / 0.94443
    nine = 9  # Monday, by day
    capacity = site_capacity(then)
    assert capacity["MST", Resource.ED_DOCTORS][nine] == round(6 * growth) == 7
    assert capacity["MST", Resource.ED_CONSULTANTS][nine] == round(6 * growth)
    assert capacity["MST", Resource.ED_ACUTE][nine] == 8
    today = load("now", ["policies.ed_rosters=as_today"]).in_year(2034)
    assert site_capacity(today)["MST", Resource.ED_DOCTORS][nine] == 6


def test_beds_grow_with_who_lies_in_them_and_nothing_else_does():
    # Acute care grows by 10% in the one year, planned care not: 10 ward beds become 11, 20 of
    # intensive care 22. Half a percent of shifts stays empty, which changes none of these.
    numbers = {"ward.beds": 10, "icu.beds": 20, "elective.beds": 30, "theatre.teams": 40}
    level = dict.fromkeys((f"demand.age_index.{age.label}" for age in Age), 1.0)
    level |= dict.fromkeys(
        (f"demand.{line}.trend" for line in ("elective", "chronic", "oncology")), 0
    )
    grown = {**level, "demand.acute.trend": 0.1}
    base = scenario([({"elective": "24/7"}, numbers)]).model_dump()
    then = base | {
        "horizon_year": 2025,
        "policies": base["policies"] | {"beds": "follow_demand"},
        "parameters": {key: {"value": value} | SOURCE for key, value in grown.items()},
    }
    found = site_capacity(Scenario.model_validate(then))
    by_hand = {"ward.beds": 11, "icu.beds": 22, "elective.beds": 30, "theatre.teams": 40}
    for resource, number in by_hand.items():
        assert set(found["S0", Resource(resource)]) == {number}, resource
