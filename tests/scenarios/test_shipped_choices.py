"""Every choice that concentrates care has at the one site what its description says."""

import pytest

from scenarios.calendar.opening_hours import open_hours
from scenarios.capacity import site_capacity
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import Function, NightTeam, Resource

TODAY = load("now")
EVERYWHERE = {name: load(name) for name in shipped_names()}
BEDS_AND_TEAMS = "with the beds and teams that are"


def only_site(scenario: Scenario, function: Function) -> str | None:
    """Return the site of Twente that alone has a function at every hour, if there is one."""
    ours = [
        key
        for key, site in scenario.sites.items()
        if site.role == "twente" and open_hours(site.hours(function)).any()
    ]
    return ours[0] if len(ours) == 1 else None


concentrating = [
    (name, function)
    for name, scenario in EVERYWHERE.items()
    for function in Function
    if only_site(scenario, function) is not None
]


def test_the_choices_that_concentrate_are_those_known():
    assert {name for name, _ in concentrating} == {
        "new-central",
        "one-obstetrics-almelo",
        "one-obstetrics-enschede",
        "single-almelo",
        "single-enschede",
        "single-hengelo",
        "theatre-by-day-almelo",
    }


@pytest.mark.parametrize("name", sorted({name for name, _ in concentrating}))
def test_where_all_caesareans_are_the_night_team_is_in_house(name):
    scenario = EVERYWHERE[name]
    site = scenario.sites[only_site(scenario, Function.MATERNITY)]
    assert site.night_theatre_team is NightTeam.IN_HOUSE
    assert site.night_on_call == ()


@pytest.mark.parametrize(("name", "function"), concentrating)
def test_the_people_of_all_sites_work_at_the_one_that_is_left(name, function):
    scenario = EVERYWHERE[name]
    here, before = only_site(scenario, function), site_capacity(TODAY)
    year = scenario.in_year(TODAY.horizon_year)
    after = site_capacity(year.model_copy(update={"policies": TODAY.policies}))
    for resource in Resource:
        if resource.function is function and resource.is_staff:
            together = sum(counts for (_, kind), counts in before.items() if kind is resource)
            assert (after[here, resource] >= together).all(), resource


@pytest.mark.parametrize("name", sorted(EVERYWHERE))
def test_what_is_said_to_move_along_does(name):
    scenario = EVERYWHERE[name]
    if BEDS_AND_TEAMS not in scenario.description.en:
        return
    here = only_site(scenario, Function.ED)
    before = site_capacity(TODAY)
    after = site_capacity(scenario.in_year(TODAY.horizon_year))
    for resource in (Resource.WARD_BEDS, Resource.ICU_BEDS, Resource.MATERNITY_BEDS):
        together = sum(counts for (_, kind), counts in before.items() if kind is resource)
        assert (after[here, resource] >= together).all()
    assert scenario.sites[here].trauma_centre
    assert {only_site(scenario, function) for function in list(Function)[:5]} == {here}
    assert (after[here, Resource.THEATRE_THORACIC_ROOMS] > 0).all()


@pytest.mark.parametrize("name", sorted(EVERYWHERE))
def test_a_team_said_to_be_in_house_is(name):
    scenario = EVERYWHERE[name]
    if "in house at night" not in scenario.description.en:
        return
    site = scenario.sites[only_site(scenario, Function.MATERNITY)]
    assert site.night_theatre_team is NightTeam.IN_HOUSE
    assert Resource.MATERNITY_PAEDIATRICIANS not in site.night_on_call


def test_the_night_team_of_almelo_works_in_enschede():
    # what the description of the night closure says: the night team works in Enschede
    scenario = EVERYWHERE["night-closure"]
    after, before = site_capacity(scenario), site_capacity(TODAY)
    at_three = 3
    for resource in (Resource.ED_DOCTORS, Resource.ED_NURSES):
        together = before["MST", resource][at_three] + before["ZGT_ALM", resource][at_three]
        assert after["MST", resource][at_three] == together
        assert after["ZGT_ALM", resource][at_three] == 0
