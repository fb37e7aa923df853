"""No criterion is the same by construction: for each, two configurations that must part.

Each pair has one site of the region alone, so that no rule for the last one open can hold a figure
still, and says which of the two is better. A criterion without a pair fails.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from geodata.accessibility.moments import open_together
from geodata.accessibility.municipalities import by_municipality
from geodata.accessibility.reachability import minutes_by_clock
from geodata.config.norms import norms
from results.decision.scores import score_table
from results.kpis.criteria import criteria, judged
from results.kpis.measure import measure
from results.runs.run import Run
from scenarios.calendar.opening_hours import open_hours, written_hours
from scenarios.capacity import site_capacity
from sim.patients.births import Mode
from sim.replication.outcome import Outcome
from sim.resources.theatre_teams import Priority
from tests.geodata.accessibility.test_reachability import data as cells  # noqa: F401
from tests.support.made_up_run import build, reachability, replications, scenario, site
from tests.support.paper_region import (
    ALL_OPEN,
    HOUR,
    OUTSIDE,
    WEEK,
    at,
    paper_scenario,
    play,
    rooms,
)

SHUT = dict.fromkeys(ALL_OPEN, "closed")
EAST_ALONE, WEST_ALONE = {"west_open": SHUT}, {"east_open": SHUT}
NO_ED = {"west_open": SHUT, "east_open": {"ed": "closed"}}
NO_BIRTHS = {"west_open": SHUT, "east_open": {"maternity": "closed"}}


def east(**capacity) -> dict:
    """Return a configuration with EAST alone, and so much there."""
    return EAST_ALONE | {"east": {name.replace("__", "."): n for name, n in capacity.items()}}


def walls(visits: float) -> dict:
    """Return a neighbour of so many visits a year, all from the region; it stops when one waits."""
    yearly = {"visits": visits, "births": 0, "source": "paper"}
    figures = {what: {"value": yearly[what], "source": "paper"} for what in ("visits", "births")}
    return {"far_size": figures | {"from_twente": yearly}, "ed__stop__rooms": 1.1}


CLASS_1 = {
    "is_admitted": True,
    "to_theatre": True,
    "surgery_class": Priority.CAT1,
    "surgery_minutes": 60.0,
}
CAESAREAN = {
    "time": at("02:00") - 90,
    "labour": 90.0,
    "mode": Mode.UNPLANNED_CAESAREAN,
    "is_cat1": True,
    "prepare": 10.0,
}
A1 = {"time": HOUR, "by_ambulance": True, "is_a1": True}
ASSESSED = {"time": HOUR, "assessment": 60.0}
IN_HOUSE, ON_CALL = (
    {"night_team": team, "theatre__call_in": 45} for team in ("in_house", "on_call")
)

CONFIGURATIONS: dict[str, tuple[dict, dict, dict]] = {
    "emergency_surgery": (
        east(theatre__teams=2, theatre__second=0),
        east(theatre__teams=1, theatre__second=0),
        {"visits": [{"time": HOUR, **CLASS_1}] * 2},
    ),
    "emergency_caesarean": (EAST_ALONE | IN_HOUSE, EAST_ALONE | ON_CALL, {"births": [CAESAREAN]}),
    "births_on_the_way": (EAST_ALONE, WEST_ALONE, {"births": [{"time": HOUR, "labour": 20.0}]}),
    "ed_outside": (EAST_ALONE, NO_ED, {"visits": [ASSESSED]}),
    "births_outside": (EAST_ALONE, NO_BIRTHS, {"births": [{"time": HOUR, "labour": 600.0}]}),
    "ed_full": (
        EAST_ALONE | {"east": rooms(2)},
        EAST_ALONE | {"east": rooms(1)},
        {"visits": [ASSESSED] * 2},
    ),
    "a1_within_15": (
        EAST_ALONE | {"crews": {"POST_E": 1}},
        EAST_ALONE | {"crews": {"POST_W": 1}},
        {"rides": [{"time": HOUR}]},
    ),
    "hospital_within_45": (EAST_ALONE, NO_ED, {"visits": [A1]}),
    "drive_to_birth": (EAST_ALONE, NO_BIRTHS, {"births": [{"time": HOUR, "labour": 600.0}]}),
    "wait_doctor": (east(ed__doctors=2), east(ed__doctors=1), {"visits": [ASSESSED] * 2}),
    "wait_bed": (
        east(ward__beds=2),
        east(ward__beds=1),
        {"visits": [{"time": HOUR, "is_admitted": True, "los": 600.0}] * 2},
    ),
    "surgery_cancelled": (
        east(elective__teams=1),
        east(elective__teams=0),
        {"operations": [{"time": HOUR}]},
    ),
    "crews_on_the_road": (EAST_ALONE, WEST_ALONE, {"visits": [A1]}),
    "neighbours_asked": (EAST_ALONE | walls(500), NO_ED | walls(500), {"visits": [ASSESSED]}),
    "neighbours_room": (
        EAST_ALONE | walls(20_000),
        EAST_ALONE | walls(500),  # one place
        {"visits": [{"time": m, "cell": OUTSIDE, "treatment": 300.0} for m in (0.0, 10.0, 20.0)]},
    ),
    "full_wards": (
        east(ward__beds=4),
        east(ward__beds=2),
        {"visits": [{"time": HOUR, "is_admitted": True, "los": 600.0}]},
    ),
}
"""The better configuration first, the worse one, and who comes: the same people in both."""


def figure(kpi: str, configuration: dict, people: dict) -> float:
    """Return a figure of the region, from a week that is simulated."""
    own = paper_scenario(**configuration)
    story = play(own, **people)
    found = measure(
        Outcome(
            scenario=own,
            records=story.records,
            sites=list(story.region.geography.sites),
            is_neighbour=list(story.region.geography.is_neighbour),
            residents=np.unique(story.records.patient[story.records.patient >= 0]),
            capacity=site_capacity(own),
            start=0.0,
            end=WEEK,
        )
    )
    return {(site, name): value for site, name, value in found}["region", kpi]


def moves(better: float, worse: float, *, higher_is_better: bool) -> bool:
    """Tell whether a pair moves a figure the right way."""
    return better > worse if higher_is_better else better < worse


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_is_simulated_moves_its_criterion_the_right_way_with_one_site_left(name):
    criterion = criteria()[name]
    *pair, people = CONFIGURATIONS[name]
    better, worse = (figure(criterion.kpi, one, people) for one in pair)
    assert moves(better, worse, higher_is_better=criterion.best > criterion.worst)


def test_what_is_the_same_by_rule_would_not_pass():
    # The last department open never goes on stop, however full: no criterion can read its hours.
    people = {"visits": [{"time": float(m), "assessment": 600.0} for m in range(60)]}
    stops = {"ed__stop__rooms": 0.0, "ed__stop__waiting_urgent": 0.0}
    two, one = (
        figure("ed.stop_hours", EAST_ALONE | {"east": rooms(n)} | stops, people) for n in (60, 1)
    )
    assert not moves(two, one, higher_is_better=False)


def run_of(**tables: pd.DataFrame) -> Run:
    """Return a run of doing nothing (the better one) and of a change (the worse one)."""
    entries = [scenario("better", "B", 2024, None), scenario("worse", "W", 2024, "better")]
    entries[1]["sites"][0] = site("MST Enschede", 6.89, 52.216, "24/7", "24/7")
    entries[1]["sites"][1] = site("ZGT Almelo", 6.64, 52.338, "closed", "closed")
    run = build(entries)
    known = {"replications": run.replications, "reachability": run.reachability, **tables}
    return Run.from_replications(
        run.manifest, known["replications"], known["reachability"], run.parameters
    )


def reached_from(cells, function: str, way: str, worse: str) -> Run:  # noqa: F811
    tables = []
    for name, hours in (("better", {"N": "24/7", "S": "24/7"}), ("worse", {worse: "24/7"})):
        moments = open_together({one: open_hours(text) for one, text in hours.items()})
        clocks = minutes_by_clock(cells, norms(), way, moments, ["POST"])
        table = by_municipality(cells, function, way, clocks, moments, norms(), written_hours)
        table.insert(0, "scenario", name)
        tables.append(table)
    return run_of(reachability=pd.concat(tables, ignore_index=True))


def dearer(_cells) -> Run:
    entries = [scenario("better", "B", 2024, None), scenario("worse", "W", 2024, "better")]
    table = replications(entries)
    staff = table["kpi"].str.startswith("staff.fte.") & (table["scenario"] == "worse")
    staff &= table["site"] == "region"  # the same beds at every site
    table.loc[staff, "value"] *= 1.5
    return Run.from_replications(
        build(entries).manifest, table, reachability(entries), build(entries).parameters
    )


EXACT: dict[str, Callable[..., Run]] = {
    # By siren from N alone B is 32 and 38 minutes from the door by the norm's clock, all within 45;
    # roads twice as slow take them beyond.
    "ed_worst_off": lambda own: reached_from(slow(own), "ed", "siren", "N"),
    "maternity_worst_off": lambda own: reached_from(own, "maternity", "car", "N"),
    "open_eds": lambda _own: run_of(),
    "open_maternity": lambda _own: run_of(),
}


def slow(own):
    from dataclasses import replace

    return replace(own, cell_table={way: 2 * table for way, table in own.cell_table.items()})


@pytest.mark.parametrize("name", EXACT)
def test_what_follows_from_sites_and_roads_moves_its_criterion_the_right_way(name, cells):  # noqa: F811
    table = score_table(EXACT[name](cells)).set_index(["scenario", "criterion"])
    assert table.loc[("better", name), "score"] > table.loc[("worse", name), "score"]


def test_more_people_cost_more():
    from results.decision.costs import extra_costs

    costs = extra_costs(dearer(None))
    assert costs.loc["worse", "value"] > costs.loc["better", "value"]


def test_every_criterion_that_is_judged_has_a_pair():
    assert {*CONFIGURATIONS, *EXACT} == set(judged())


def test_what_is_put_into_the_model_is_given_and_weighs_nothing():
    given = {name for name, one in criteria().items() if one.given}
    assert given == {"empty_shifts", "people_needed", "extra_cost"}
    assert not given & set(judged())
