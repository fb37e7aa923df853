"""The scenarios that ship: each is the choice it is named after."""

import math

import pytest

from scenarios.files.loading import load, schema_text
from scenarios.files.shipped import headlines, shipped_folder, shipped_names
from scenarios.schema.vocabulary import Function, NeighbourPolicy, NightTeam, Resource


def test_the_schema_that_ships_is_that_of_the_models():
    shipped = (shipped_folder().parent / "schema.json").read_text("utf-8")
    assert shipped == schema_text()


def test_the_baseline_is_named_first():
    assert shipped_names()[0] == "now"
    assert len(shipped_names()) == 15


def test_headlines_are_those_of_the_scenarios_in_full():
    for line in headlines():
        scenario = load(line.name)
        assert line.horizon_year == scenario.horizon_year
        assert line.title == scenario.title.model_dump()


@pytest.mark.parametrize("name", shipped_names())
def test_what_ships_loads_and_speaks_two_languages(name):
    scenario = load(name)
    assert scenario.name == name
    assert scenario.title.nl != scenario.title.en
    assert scenario.description.nl != scenario.description.en


ACUTE = (Function.ED, Function.MATERNITY, Function.THEATRE, Function.ICU, Function.WARD)
SHIPPED = {  # horizon year, and the Twente sites where ED and maternity are open day and night
    "now": (2024, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "alternating-obstetrics": (2025, {"MST", "ZGT_ALM"}, set()),
    "night-closure": (2025, {"MST"}, {"MST", "ZGT_ALM"}),
    "theatre-by-day-almelo": (2025, {"MST", "ZGT_ALM"}, {"MST"}),
    "focus-hengelo": (2028, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "one-obstetrics-almelo": (2028, {"MST", "ZGT_ALM"}, {"ZGT_ALM"}),
    "one-obstetrics-enschede": (2028, {"MST", "ZGT_ALM"}, {"MST"}),
    "single-almelo": (2034, {"ZGT_ALM"}, {"ZGT_ALM"}),
    "single-enschede": (2034, {"MST"}, {"MST"}),
    "single-hengelo": (2034, {"ZGT_HEN"}, {"ZGT_HEN"}),
    "influenza": (2024, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "mass-casualty": (2024, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "winterswijk-closes": (2024, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "zutphen-by-day": (2024, {"MST", "ZGT_ALM"}, {"MST", "ZGT_ALM"}),
    "new-central": (2045, {"CENTRAL"}, {"CENTRAL"}),
}


@pytest.mark.parametrize("name", shipped_names())
def test_each_scenario_is_the_choice_it_is_named_after(name):
    scenario = load(name)
    year, ed, maternity = SHIPPED[name]
    always = {
        function: {
            key
            for key, site in scenario.sites.items()
            if site.role == "twente" and site.hours(function) == "24/7"
        }
        for function in ACUTE
    }
    assert scenario.horizon_year == year
    assert always[Function.ED] == ed
    assert always[Function.MATERNITY] == maternity
    assert always[Function.ED] <= always[Function.WARD]


@pytest.mark.parametrize("name", [name for name in shipped_names() if name != "now"])
def test_the_ambulances_shifts_and_policies_are_those_of_today(name):
    scenario, now = load(name), load("now")
    assert scenario.ambulance == now.ambulance
    own = {"focus_clinic": scenario.policies.focus_clinic}
    if scenario.closures_elsewhere():
        own["neighbours"] = NeighbourPolicy.SIMULATED
    policies = now.policies.model_copy(update=own)
    assert (scenario.shifts, scenario.policies, scenario.norms) == (
        now.shifts,
        policies,
        now.norms,
    )
    assert set(now.sites) <= set(scenario.sites)


def test_alternating_departments_are_never_both_closed_nor_both_open():
    sites = load("alternating-obstetrics").sites
    assert sites["MST"].hours(Function.MATERNITY) == "even weeks 00:00-24:00"
    assert sites["ZGT_ALM"].hours(Function.MATERNITY) == "odd weeks 00:00-24:00"


@pytest.mark.parametrize("name", [name for name in shipped_names() if name.startswith("single")])
def test_one_site_for_all_keeps_its_night_team_in_house(name):
    scenario = load(name)
    (only,) = (key for key, site in scenario.sites.items() if key in SHIPPED[name][1])
    assert scenario.sites[only].night_theatre_team is NightTeam.IN_HOUSE


def test_moving_elective_teams_changes_where_it_works_not_how_many_there_are():
    def teams(name):
        return sum(
            site.capacity[Resource.ELECTIVE_TEAMS].day
            for site in load(name).sites.values()
            if Resource.ELECTIVE_TEAMS in site.capacity
        )

    assert teams("single-enschede") == teams("now")
    assert teams("single-almelo") == teams("now")
    assert teams("single-hengelo") == teams("now")
    assert not math.isnan(teams("now"))


def test_a_new_site_has_open_what_it_has_people_for():
    # A team of a function that is closed there would work elsewhere.
    for name in shipped_names():
        scenario = load(name)
        for key in set(scenario.sites) - set(load("now").sites):
            site = scenario.sites[key]
            staffed = {resource.function for resource in site.capacity}
            closed = {function for function in staffed if site.hours(function) == "closed"}
            assert closed == set(), f"{name}: {key}"
