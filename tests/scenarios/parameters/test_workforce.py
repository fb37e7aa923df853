"""The workforce of a year, capacities `auto`, and which shifts stay empty."""

import numpy as np
import pytest

from scenarios.calendar.opening_hours import FORTNIGHT
from scenarios.capacity import roster_hours, site_capacity
from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.parameters.registry import registry
from scenarios.parameters.workforce import unfilled_share
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import Resource
from sim.patients.cohort import Horizon
from sim.resources.staffing import _levelled, _most_short_first, shift_numbers, staffing

HORIZON = Horizon(3, 0, 4)


def changed(name="now", year=None, **fields):
    scenario = load(name)
    parts = scenario.model_dump()
    parts["policies"] |= {"beds": "as_today"} | fields.pop("policies", {})
    return Scenario.model_validate(
        {**parts, "horizon_year": year or scenario.horizon_year, **fields}
    )


def test_today_nothing_stays_empty_for_rosters_say_what_is_filled():
    assert unfilled_share(registry(), 2024) == 0
    now = staffing(load("now"), HORIZON)
    assert all(
        (counts == site_capacity(load("now"))[key]).all() for key, counts in now.capacity.items()
    )
    assert all(not people.any() for people in now.missing.values())


def test_vacancies_become_a_share_of_shifts():
    # 2031: 3,700 vacancies; 2024: 1,200 + 2,500 x 2/9 = 1,755.6; over 50,000 jobs
    assert unfilled_share(registry(), 2031) == pytest.approx((3_700 - 1_755.56) / 50_000, abs=1e-5)
    # after 2031 the workforce shrinks on: 9 of 20 years of 40.1 thousand, over 360.5 thousand
    more = 40.1 * 9 / 20 / 360.5
    assert unfilled_share(registry(), 2040) == pytest.approx(0.038889 + more, abs=1e-5)
    assert unfilled_share(registry(), 2060) == unfilled_share(registry(), 2040)


def test_the_share_asked_is_the_share_missing():
    share = unfilled_share(registry(), 2040)
    found = staffing(changed(year=2040), Horizon(3, 0, 26))
    asked = sum(people.sum() for people in found.rostered.values())
    missing = sum(people.sum() for people in found.missing.values())
    assert missing / asked == pytest.approx(share, rel=0.03)


def test_the_same_shifts_are_empty_in_every_configuration():
    def empty(name):
        found = staffing(changed(name, year=2034), HORIZON)
        return {
            resource: sum(people for key, people in found.missing.items() if key[1] is resource)
            for resource in (Resource.WARD_BEDS, Resource.ED_DOCTORS, Resource.ICU_BEDS)
        }

    today, single = empty("now"), empty("single-enschede")
    for resource, people in today.items():
        assert (people == single[resource]).all(), resource


def test_more_vacancies_never_fill_a_shift():
    as_today = {"beds": "as_today", "ed_rosters": "as_today"}
    less, more = (staffing(changed(year=year, policies=as_today), HORIZON) for year in (2030, 2040))
    assert all((more.missing[key] >= less.missing[key]).all() for key in less.missing)
    assert all((more.capacity[key] <= less.capacity[key]).all() for key in less.capacity)


def test_a_nurse_who_is_missing_closes_the_beds_she_looks_after():
    found = staffing(changed(year=2040), HORIZON)
    key = "MST", Resource.WARD_BEDS
    full = np.tile(site_capacity(changed(year=2040))[key], 2)
    closed = full - found.capacity[key]
    missing = found.missing[key]  # one nurse for five beds, the last one perhaps for fewer
    assert ((closed <= 5 * missing) & (closed > 5 * (missing - 1))).all()
    assert found.missing[key].any()


def test_a_flexpool_fills_shifts_and_larger_teams_have_a_person_to_spare():
    share = {"staff.flexpool.share": {"value": 0.1, "source": "test"}}
    off, on = (
        staffing(changed(year=2040, policies={"flexpool": flag}, parameters=share), HORIZON)
        for flag in (False, True)
    )
    midwives = "MST", Resource.MATERNITY_MIDWIVES  # 4 or 5: a tenth is nobody
    wards = "MST", Resource.WARD_BEDS  # over fifty: five people
    assert (off.missing[midwives] == on.missing[midwives]).all()
    assert (on.missing[wards] == np.maximum(off.missing[wards] - 5, 0)).all()


def test_teams_that_merge_fill_better_without_being_told_to():
    share = {"staff.flexpool.share": {"value": 0.15, "source": "test"}}

    def missing(name):
        scenario = changed(name, year=2034, policies={"flexpool": True}, parameters=share)
        found = staffing(scenario, Horizon(3, 0, 26))
        return sum(
            people.sum() for key, people in found.missing.items() if key[1] is Resource.ED_DOCTORS
        )

    assert missing("single-enschede") < missing("now")


def test_a_shared_flexpool_goes_to_the_most_short_first():
    gaps, asked = np.array([[2], [2]]), np.array([[10], [4]])
    assert _most_short_first(gaps, asked, np.array([1])).tolist() == [[2], [1]]
    assert _most_short_first(gaps, asked, np.array([9])).tolist() == [[0], [0]]


def test_exchange_evens_out_and_loses_nobody():
    gaps, asked = np.array([[0], [3]]), np.array([[10], [6]])
    # 0/10 and 3/6: lend one, 1/10 and 2/6; lend another, 2/10 and 1/6; stop, for 3/10 > 1/6
    assert _levelled(gaps, asked).tolist() == [[2], [1]]


def test_a_night_is_one_shift_past_midnight():
    shift = shift_numbers(load("now").shifts, 48)
    assert shift[0] == shift[7] == 0
    assert shift[8] == 1
    assert shift[23] == shift[24] == shift[31] == 3


def with_auto(folder, auto):
    path = folder / "auto.yaml"
    path.write_text(
        "extends: now\nsites:\n  MST:\n    capacity:\n"
        f"      ed.nurses: {{auto: {auto}, source: test, confidence: engineering_estimate}}\n"
    )
    return load(str(path))


def test_auto_pooled_takes_what_all_sites_have_today(tmp_path):
    roster = with_auto(tmp_path, "pooled").sites["MST"].capacity[Resource.ED_NURSES]
    today = [
        site.capacity[Resource.ED_NURSES]
        for site in load("now").sites.values()
        if Resource.ED_NURSES in site.capacity
    ]
    for shift in ("day", "evening", "night"):
        total = sum(one.at(shift, weekend=False) for one in today)
        assert roster.at(shift, weekend=False) == total > 0


def test_a_capacity_still_auto_is_refused_by_name(tmp_path):
    scenario = with_auto(tmp_path, "0.8")
    with pytest.raises(ScenarioError, match=r"sites\.MST\.capacity\.ed\.nurses: is 'auto'"):
        site_capacity(scenario)


@pytest.mark.parametrize("text", ["1.4", "0", "pooled, day: 3", "many"])
def test_an_auto_that_makes_no_sense_is_refused(tmp_path, text):
    with pytest.raises(ScenarioError, match="auto"):
        with_auto(tmp_path, text)


def test_capacity_over_a_horizon_is_whole_fortnights():
    found = staffing(changed(year=2040), Horizon(3, 0, 5))
    assert {len(counts) for counts in found.capacity.values()} == {3 * FORTNIGHT}


def test_vacancies_keep_ambulances_inside_in_a_later_year_and_not_today():
    now, later = (staffing(changed(year=year), Horizon(3, 0, 26)) for year in (2024, 2040))
    rostered = [roster_hours(posts, load("now").shifts) for posts in load("now").ambulance.values()]
    assert (now.crews == np.array(rostered)).all()
    assert not now.missing_crews.any()
    assert (later.crews + later.missing_crews == np.tile(now.crews, 13)).all()
    share = later.missing_crews.sum() / (later.crews + later.missing_crews).sum()
    assert share == pytest.approx(unfilled_share(registry(), 2040), rel=0.1)


def test_a_flexpool_and_exchange_put_ambulances_on_the_road():
    def crews(**policies):
        return staffing(changed(year=2040, policies=policies), HORIZON).crews

    alone, pool, both = crews(), crews(flexpool=True), crews(flexpool=True, staff_exchange=True)
    assert (pool >= alone).all()
    assert pool.sum() > alone.sum()
    assert (both.sum(axis=0) == pool.sum(axis=0)).all()  # who is lent is missing elsewhere
    assert (both == 0).sum() < (pool == 0).sum()  # and fewer posts have nobody


def test_exchange_fills_no_shift_and_leaves_fewer_places_with_nobody():
    def found(**policies):
        staffed = staffing(changed(year=2040, policies=policies), HORIZON)
        missing = sum(int(gaps.sum()) for gaps in staffed.missing.values())
        nobody = sum(
            int(((staffed.capacity[key] == 0) & (asked > 0)).sum())
            for key, asked in staffed.rostered.items()
        )
        return missing, nobody

    alone, exchange = found(), found(staff_exchange=True)
    pools, shared = found(flexpool=True), found(flexpool=True, staff_exchange=True)
    assert exchange[0] == alone[0]  # who is lent is missing at home
    assert exchange[1] < 0.9 * alone[1]
    assert shared[0] < pools[0]  # a pool that is shared goes where someone is missing
    assert shared[1] < 0.9 * pools[1]


def test_one_more_place_leaves_the_marks_of_the_others():
    scenario = changed(year=2040)
    more = scenario.model_copy(deep=True)
    key, roster = next(iter(scenario.ambulance.items()))
    more.ambulance[key] = roster.model_copy(
        update={shift: getattr(roster, shift) + 1 for shift in ("day", "evening", "night")}
    )
    before, after = staffing(scenario, HORIZON).crews, staffing(more, HORIZON).crews
    assert (after >= before).all()
    assert (after[1:] == before[1:]).all()
