"""Which lines stand where, who carries them, and that every shipped site meets its own norms."""

import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.lines.catalogue import AMBULANCE, catalogue, line_norms
from scenarios.lines.staff_plan import staff_plan
from scenarios.schema.lines import LineName, Presence, TeamName

SIZED = ("now", "one-obstetrics-almelo", "single-almelo", "new-central", "night-closure")


@pytest.fixture(scope="module")
def plans():
    return {name: staff_plan(load(name)) for name in SIZED}


def at(plan, site, name):
    return next(line for line in plan.planned if line.key == (site, name))


def test_every_team_and_line_has_its_kind():
    assert set(catalogue().teams) == set(TeamName)
    assert set(catalogue().lines) == set(LineName)
    assert {line.team for line in catalogue().lines.values()} == set(TeamName)


def test_every_function_that_is_open_has_somebody_in_time_for_each_of_its_needs(plans):
    norms = line_norms("nl-2024")
    for plan in plans.values():
        here = {(line.site, line.function) for line in plan.planned}
        within = {line.key: line.within for line in plan.planned}
        for site, function in here:
            for need in norms.needs.get(function, ()):
                if need.any:
                    times = [within.get((site, name), 999) for name in need.any]
                    assert min(times) <= need.within, (site, function, need.any)
                elif (site, need.function) not in here:
                    pytest.fail(f"{site}: {function} without {need.function}")


def test_a_line_asks_for_what_the_roster_of_its_site_asks(plans):
    """Twenty beds of intensive care at two nurses for three beds: 0.67 each."""
    assert at(plans["now"], "MST", LineName.IC_NURSE).asked.mean() == pytest.approx(20 * 0.67)
    nurses = at(plans["now"], "ZGT_ALM", LineName.ED_NURSE)  # 7 x 8 + 7 x 7 + 4 x 9 hours a day
    assert nurses.asked.mean() == pytest.approx((56 + 49 + 36) / 24)
    assert nurses.least_share == pytest.approx(48 / 141)  # two of them at every hour


def test_a_team_works_where_its_function_is_open(plans):
    plan = plans["one-obstetrics-almelo"]
    works = {(team.site, team.name): team.works_at for team in plan.teams}
    assert works["MST", TeamName.PAEDIATRICIANS] == ("ZGT_ALM",)
    assert works["MST", TeamName.NEUROLOGISTS] == ("MST",)
    assert not any(line.key == ("MST", LineName.PAEDIATRICIAN) for line in plan.planned)
    assert any(line.key == ("MST", LineName.PAEDIATRICIAN) for line in plan.today)
    one, two = (
        at(plans[name], "ZGT_ALM", LineName.OBSTETRIC_NURSE).asked.mean()
        for name in ("now", "one-obstetrics-almelo")
    )
    assert two == pytest.approx(2 * one)  # both rosters at one site


def test_a_line_that_is_open_by_day_asks_nobody_at_night(plans):
    assert at(plans["night-closure"], "ZGT_ALM", LineName.NEUROLOGIST).asked.mean() < 1


def test_where_the_theatre_team_stays_in_house_its_anaesthetist_does(plans):
    now = plans["now"]
    assert at(now, "MST", LineName.ANAESTHETIST).presence is Presence.IN_HOUSE
    assert at(now, "ZGT_ALM", LineName.ANAESTHETIST).presence is Presence.ON_CALL
    assert at(now, AMBULANCE, LineName.AMBULANCE_CREW).asked.min() > 0


def test_a_scenario_file_changes_a_line_and_a_team(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "extends: now\nsites:\n  MST:\n    lines:\n"
        "      intensivist: {presence: in_house, within: 0, night: 2, source: ours}\n"
        "    teams:\n"
        "      intensivists: {low: 9, high: 9, source: ours, confidence: measured_twente}\n",
        "utf-8",
    )
    plan = staff_plan(load(str(path)))
    line = at(plan, "MST", LineName.INTENSIVIST)
    assert line.presence is Presence.IN_HOUSE
    assert line.asked.mean() == pytest.approx((15 + 2 * 9) / 24)
    team = next(t for t in plan.teams if (t.site, t.name) == ("MST", TeamName.INTENSIVISTS))
    assert (team.low, team.high) == (9, 9)


def test_people_by_shift_stand_in_the_shifts_of_the_scenario():
    """From 7 to 15, 15 to 22 and 22 to 7 o'clock there are one, two and three."""
    settings = [
        *("shifts.day=7", "shifts.evening=15", "shifts.night=22"),
        "sites.MST.lines.internist={day: 1, evening: 2, night: 3, source: ours}",
    ]
    lines = {line.key: line for line in staff_plan(load("now", settings)).planned}
    day = [3] * 7 + [1] * 8 + [2] * 7 + [3] * 2
    assert lines["MST", LineName.INTERNIST].asked.tolist() == day * 14


def test_an_unknown_line_is_refused_with_its_line_in_the_file(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "extends: now\nsites:\n  MST:\n    lines:\n      baker: {source: us}\n", "utf-8"
    )
    with pytest.raises(ScenarioError, match=r"own\.yaml:5: sites\.MST\.lines\.baker"):
        load(str(path))


def test_measures_must_end_with_closing_and_stand_once():
    for order in ("[overtime]", "[overtime, overtime, unplanned_closure]"):
        with pytest.raises(ScenarioError, match="when_short"):
            load("now", [f"policies.when_short={order}"])


def test_unknown_norms_are_refused():
    with pytest.raises(ScenarioError, match="nl-2024"):
        line_norms("nl-1999")


def test_growth_asks_for_posts_only_when_they_follow_demand():
    grown = []
    for policy in ("as_available", "follow_demand"):
        settings = [f"policies.staff={policy}", "policies.ed_rosters=follow_demand"]
        grown.append(staff_plan(load("now", settings).in_year(2045)))
    growth = [next(t.growth for t in plan.teams if t.name is TeamName.ED_NURSES) for plan in grown]
    assert growth[0] == 1.0
    assert growth[1] > 1.1
