"""No criterion is the same by construction: for each, two configurations that must part.

Each pair has one site of the region alone, so that no rule for the last one open can hold a figure
still, and says which of the two is better. A criterion without a pair fails.
"""

from collections.abc import Callable

import pandas as pd
import pytest

from geodata.accessibility.moments import open_together
from geodata.accessibility.municipalities import by_municipality
from geodata.accessibility.reachability import minutes_by_clock
from geodata.config.norms import norms
from results.decision.scores import score_table
from results.kpis.criteria import criteria, judged
from results.runs.run import Run
from scenarios.calendar.opening_hours import open_hours, written_hours
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.geodata.accessibility.test_reachability import data as cells  # noqa: F401
from tests.support.made_up_run import build, reachability, replications, scenario, site
from tests.support.paper_journal import EAST, END, FAR, START, measured, person, visit

PATIENTS = [person(Cohort.VISIT, row) for row in range(20)]
WOMEN = [person(Cohort.BIRTH, row) for row in range(20)]
NINE = START + 9 * 60


def brought(response: float, drive: float, at_patient: float = 20.0) -> list:
    """Return an A1 patient: minutes until a crew is there, and of the drive to hospital."""
    who, called = PATIENTS[0], START + 10
    scene = called + response
    return [
        (called, who, Step.CALL_A1, NOWHERE),
        (called + 1, who, Step.CREW_SENT, 0),
        (scene, who, Step.CREW_AT_SCENE, 0),
        (scene + at_patient, who, Step.CREW_LEFT_SCENE, 0),
        (scene + at_patient + drive, who, Step.CREW_AT_HOSPITAL, EAST),
        (scene + at_patient + drive + 15, who, Step.CREW_FREE, 0),
    ]


def operated(minutes: float) -> list:
    who = PATIENTS[1]
    return [
        (NINE, who, Step.BOOKED_CAT1, EAST),
        (NINE + minutes, who, Step.SURGERY_START, EAST),
        (NINE + minutes + 60, who, Step.SURGERY_END, EAST),
    ]


def caesarean(minutes: float) -> list:
    return [
        (NINE, WOMEN[0], Step.CAESAREAN_CAT1, EAST),
        (NINE + minutes, WOMEN[0], Step.INCISION, EAST),
    ]


def travels(minutes: float, *, to: int = EAST) -> list:
    step = Step.TO_NEIGHBOUR if to == FAR else Step.MATERNITY_ARRIVE
    return [
        (START + 10, WOMEN[1], Step.ENTER, NOWHERE),
        (START + 10, WOMEN[1], Step.DEPARTS, NOWHERE),
        (START + 10 + minutes, WOMEN[1], step, to),
    ]


def in_room(minutes: float) -> list:
    """Return a visit that has a treatment room after some minutes."""
    rows = visit(0, START + 100, wait=minutes, stay=minutes + 60)
    return [(START + 100 + minutes if row[2] == Step.ED_ROOM else row[0], *row[1:]) for row in rows]


def elsewhere(count: int) -> list:
    return [
        (START + 10 + row, row, step, place)
        for row in range(count)
        for step, place in ((Step.ENTER, NOWHERE), (Step.TO_NEIGHBOUR, FAR), (Step.LEAVE, FAR))
    ]


def boards(minutes: float) -> list:
    rows = visit(0, START + 100, stay=60 + minutes, end=Step.ED_ADMITTED)
    return [*rows, (START + 160, 0, Step.ED_READY, EAST)]


def planned(cancelled: int) -> list:
    booked = [(NINE, who, Step.BOOKED_ELECTIVE, EAST) for who in PATIENTS[:4]]
    return [
        *booked,
        *((NINE + 60, who, Step.SURGERY_CANCELLED, EAST) for who in PATIENTS[:cancelled]),
    ]


def in_bed(minutes: float) -> list:
    return [
        (START + 10, PATIENTS[3], Step.WARD_IN, EAST),
        (START + 10 + minutes, PATIENTS[3], Step.WARD_OUT, EAST),
        (END - 1, PATIENTS[4], Step.WARD_IN, EAST),
    ]


JOURNALS: dict[str, tuple[list, list]] = {
    "emergency_surgery": (operated(20), operated(200)),
    "emergency_caesarean": (caesarean(20), caesarean(45)),
    "births_on_the_way": (
        travels(10),
        [*travels(10), (START + 15, WOMEN[2], Step.BIRTH_ON_THE_WAY, NOWHERE)],
    ),
    "ed_outside": ([*elsewhere(1), *visit(9, START + 50)], [*elsewhere(5), *visit(9, START + 50)]),
    "births_outside": (travels(20), travels(20, to=FAR)),
    "ed_full": (in_room(10), in_room(90)),
    "a1_within_15": (brought(10, 10), brought(20, 10)),
    "hospital_within_45": (brought(10, 20), brought(10, 40)),
    "drive_to_birth": (travels(20), travels(40)),
    "wait_doctor": (in_room(10), in_room(90)),
    "wait_bed": (boards(40), boards(200)),
    "surgery_cancelled": (planned(0), planned(2)),
    "crews_on_the_road": (brought(10, 10), brought(10, 40)),
    "full_wards": (in_bed(60), in_bed(6000)),
}
"""The better configuration's journal first."""


@pytest.mark.parametrize("name", JOURNALS)
def test_what_is_simulated_moves_its_criterion_the_right_way_with_one_site_left(name):
    criterion = criteria()[name]
    better, worse = (measured(*rows)["region", criterion.kpi] for rows in JOURNALS[name])
    sign = 1 if criterion.best > criterion.worst else -1
    assert sign * better > sign * worse


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
    assert {*JOURNALS, *EXACT} == set(judged())


def test_what_is_put_into_the_model_is_given_and_weighs_nothing():
    given = {name for name, one in criteria().items() if one.given}
    assert given == {"empty_shifts", "people_needed", "extra_cost"}
    assert not given & set(judged())
