"""The hours that lines close, as the simulation plays them."""

import numpy as np
import pytest

from scenarios.files.loading import load
from scenarios.lines.catalogue import Group, catalogue
from scenarios.lines.people_file import with_people
from scenarios.parameters.registry import Confidence
from scenarios.schema.lines import TeamName, TeamSize
from scenarios.schema.vocabulary import Function, Resource
from sim.journal.steps import Step
from sim.patients.cohort import Horizon
from sim.resources.staffing import staffing
from sim.teams.closed_hours import _Months, _Order
from tests.support.paper_region import EAST, WEST, at, paper_scenario, play, visit, woman

HOURS = 336
COUNTED = {"staff": "as_available"}
NOBODY_LEAVES = {
    **{f"people__leave__{group.value}": 0 for group in Group},
    "people__sickness__share": 0,
    "people__pregnancy__rate": 0,
    "people__summer__share": 0,
    "people__retirement__age": 1000,
    "people__lend__share": 0,
    "people__hire__share": 0,
}


def size(people):
    return TeamSize(
        low=people,
        high=people,
        vacancies=0,
        source="test",
        confidence=Confidence.ENGINEERING_ESTIMATE,
    )


def enough(scenario, people=60, **others):
    """Return a scenario in which every duty has plenty of people, and some teams others.

    On paper rosters are far too large for anybody; there every team has these people.
    """
    on_paper = scenario.name == "paper"
    sizes = {
        (site, team): size(people)
        for site in scenario.sites
        for team, kind in catalogue().teams.items()
        if site in kind.people or on_paper
    }
    for key, count in others.items():
        site, team = key.split("__")
        sizes[site, TeamName(team)] = size(count)
    return with_people(scenario, sizes)


def order(turn=0, sites=2, starts=0.0):
    shifts = load("now").shifts
    return _Order(_Months(2035, 24 * 28, shifts), turn, sites, np.full(400, starts))


def test_planned_closure_shuts_nights_of_ones_own_weeks_first():
    """January 2035 begins on a Monday: of its 744 hours, a tenth is 74: nights of 9 hours."""
    share = np.full(400, 0.1)
    first, second = (order(turn).hours(share, share) for turn in (0, 1))
    clock = np.arange(len(first)) % 24
    assert set(clock[first]) <= {23, *range(8)}
    assert not (first & second).any()
    weeks = np.arange(len(first)) // 168
    assert set(weeks[first]) <= {0, 2}
    assert set(weeks[second]) <= {1, 3}


def test_unplanned_closure_shuts_on_end_from_the_day_drawn():
    shut = order(starts=0.5).hours(np.full(400, 0.1), np.zeros(400))
    hours = np.flatnonzero(shut)
    assert len(hours) == round(0.1 * 744)
    assert hours[0] == 15 * 24  # the sixteenth day of thirty-one
    assert hours[-1] - hours[0] == len(hours) - 1


def test_a_longer_closure_holds_a_shorter_one():
    short, long = (order().hours(np.full(400, share), np.full(400, 0.05)) for share in (0.1, 0.3))
    assert (long | ~short).all()


def test_with_plenty_of_people_rosters_are_as_typed_in():
    today = load("now")
    filled = staffing(today, Horizon(1, 0, 2))
    counted = enough(load("now", ["policies.staff=as_available", *plenty_of_shifts()]))
    found = staffing(counted, Horizon(1, 0, 2))
    assert not any(hours.any() for hours in (*found.closed.values(), *found.stop.values()))
    for key, counts in filled.capacity.items():
        assert (np.resize(counts, HOURS) == np.resize(found.capacity[key], HOURS)).all(), key
    assert (found.crews == np.resize(filled.crews, found.crews.shape)).all()
    assert not any(gaps.any() for gaps in found.missing.values())


def plenty_of_shifts():
    """Return settings by which nobody leaves or is away, and an hour worked counts for more."""
    return [f"{key.replace('__', '.')}={value}" for key, value in NOBODY_LEAVES.items()]


def paper(**others):
    crews = {"POST_E": 3, "POST_W": 3}
    return enough(paper_scenario(policies=COUNTED, crews=crews, **NOBODY_LEAVES), **others)


def test_maternity_without_paediatricians_is_closed_and_women_go_to_the_other_site():
    births = [{"time": at("12:00"), "labour": 60.0}]
    assert play(paper(), births=births).sites(woman(0), Step.BIRTH_HOSPITAL) == [EAST]
    story = play(paper(EAST__paediatricians=0), births=births)
    assert story.sites(woman(0), Step.BIRTH_HOSPITAL) == [WEST]


def test_without_a_neurologist_ambulances_go_elsewhere_and_who_walks_in_is_seen():
    visits = [
        {"time": at("12:00"), "by_ambulance": True},
        {"time": at("12:00"), "by_ambulance": False},
    ]
    story = play(paper(EAST__neurologists=0), visits=visits)
    assert story.sites(visit(0), Step.ED_ARRIVE) == [WEST]
    assert story.sites(visit(1), Step.ED_DOCTOR) == [EAST]
    assert play(paper(), visits=visits).sites(visit(0), Step.ED_ARRIVE) == [EAST]


def test_without_a_second_anaesthetist_there_is_no_second_team():
    """Six keep up the first line: the second has nobody."""
    few = enough(
        load("now", ["policies.staff=as_available", *plenty_of_shifts()]), ZGT_ALM__anaesthetists=3
    )
    found = staffing(few, Horizon(1, 0, 2))
    assert found.capacity["MST", Resource.THEATRE_SECOND].any()
    assert not found.capacity["ZGT_ALM", Resource.THEATRE_SECOND].any()


def test_a_roster_short_of_people_has_empty_shifts_at_that_site_only():
    few = load("now", ["policies.staff=as_available", *plenty_of_shifts()])
    few = enough(few, ZGT_ALM__ed_nurses=30)
    found = staffing(few, Horizon(1, 0, 2))
    missing = {
        site: found.missing[site, Resource.ED_NURSES].sum()
        / found.rostered[site, Resource.ED_NURSES].sum()
        for site in ("MST", "ZGT_ALM")
    }
    # 30 of the 47.7 people that 5.875 places at 1,450 hours and 0.746 jobs ask for, and a tenth
    # of overtime
    asked = 5.875 * 8766 / 1450 / 0.746
    assert missing["ZGT_ALM"] == pytest.approx(1 - 30 * 1.1 / asked, abs=0.03)
    assert missing["MST"] < 0.02
    assert Function.ED in {function for _, function in found.closed}
