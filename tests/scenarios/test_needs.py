"""No function is open without what it cannot work without."""

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.needs import PEOPLE, PLACES, lacking, staffed_hours
from scenarios.schema.vocabulary import Function, Resource


def problems(*settings: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load("now", settings)
    return str(caught.value)


@pytest.mark.parametrize("name", shipped_names())
def test_the_scenarios_that_ship_lack_nothing(name):
    assert list(lacking(load(name))) == []


@pytest.mark.parametrize(
    ("function", "resource"),
    [
        (function, group[0])
        for table in (PEOPLE, PLACES)
        for function, groups in table.items()
        for group in groups
        if len(group) == 1
    ],
)
def test_a_function_that_is_open_with_nought_of_what_it_needs_is_refused(function, resource):
    told = problems(f"sites.ZGT_ALM.capacity.{resource}=0")
    assert f"sites.ZGT_ALM.open.{function}: is open on Mon at 0:00 without any {resource}" in told


def test_the_message_names_the_first_hour_without_and_where_it_was_said():
    told = problems(
        "sites.MST.capacity.ed.doctors={day: 3, evening: 2, night: 1, weekend_night: 0}"
    )
    assert "sites.MST.open.ed: is open on Sat at 0:00 without any ed.doctors" in told
    assert told.startswith("--set sites.MST.capacity.ed.doctors=")


def test_a_second_team_on_call_is_within_reach():
    settings = ["sites.ZGT_ALM.capacity.theatre.teams={day: 1, evening: 1, night: 0}"]
    load("now", settings)  # theatre.second is on call at night
    settings.append("sites.ZGT_ALM.capacity.theatre.second=0")
    told = problems(*settings)
    assert "sites.ZGT_ALM.open.theatre: is open on Mon at 0:00 without any theatre.teams or" in told
    assert "sites.ZGT_ALM.open.maternity" in told  # no caesarean without a theatre team


def test_a_closed_function_needs_nobody():
    load("one-obstetrics-enschede", ["sites.ZGT_ALM.capacity.maternity.doctors=0"])


def test_people_who_come_from_a_closed_department_count_where_they_work():
    load("one-obstetrics-enschede", ["sites.MST.capacity.maternity.doctors=0"])


def test_a_neighbour_says_that_it_is_unlimited_and_nobody_else_does():
    assert "sites.SKB.unlimited: a neighbour must be 'unlimited: true'" in problems(
        "sites.SKB.unlimited=false"
    )
    assert {key for key, site in load("now").sites.items() if site.unlimited} == {
        key for key, site in load("now").sites.items() if site.role == "neighbour"
    }


def test_the_hours_with_everyone_are_those_in_which_no_group_is_empty():
    hours = np.ones(4, dtype=np.int64)
    capacity = {
        ("S", Resource.ED_DOCTORS): np.array([1, 0, 2, 1]),
        ("S", Resource.ED_NURSES): np.array([1, 1, 1, 0]),
    }
    assert staffed_hours(capacity, "S", Function.ED).tolist() == [True, False, True, False]
    assert staffed_hours(capacity, "S", Function.WARD).tolist() == [True] * len(hours)
    assert not staffed_hours(capacity, "S", Function.MATERNITY).any()
