"""Where residents go, by municipality and hospital, from journals written by hand."""

import pytest

from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import EAST, FAR, ONCE, START, WEST, measured, person, visit

HOMES = {0: "GM0001", 1: "GM0001", 2: "GM0002", 3: "GM0002"}


def woman(row, time, step, site):
    return [
        (time - 30, person(Cohort.BIRTH, row), Step.ENTER, NOWHERE),
        (time, person(Cohort.BIRTH, row), step, site),
    ]


def test_visits_of_each_municipality_add_up_to_where_they_went():
    kpi = measured(
        *visit(0, START + 10),
        *visit(1, START + 20, site=WEST),
        *visit(2, START + 30, site=WEST),
        (START + 40, 3, Step.TO_NEIGHBOUR, FAR),
        *visit(4, START + 50),  # lives elsewhere
        homes=HOMES,
    )
    assert kpi["GM0001:EAST", "care.visits"] == pytest.approx(ONCE)
    assert kpi["GM0001:WEST", "care.visits"] == pytest.approx(ONCE)
    assert kpi["GM0001:FAR", "care.visits"] == 0
    assert kpi["GM0002:FAR", "care.visits"] == pytest.approx(ONCE)
    for hospital, visits in (("EAST", 1), ("WEST", 2), ("FAR", 1), ("region", 4)):
        assert kpi[hospital, "care.visits"] == pytest.approx(visits * ONCE), hospital


def test_a_woman_who_is_sent_on_counts_where_she_is_sent_and_a_patient_where_he_came_first():
    homes = {person(Cohort.BIRTH, row): "GM0001" for row in range(2)} | {0: "GM0001"}
    kpi = measured(
        *woman(0, START + 100, Step.MATERNITY_ARRIVE, EAST),
        *woman(1, START + 200, Step.MATERNITY_ARRIVE, EAST),
        (START + 300, person(Cohort.BIRTH, 1), Step.TO_NEIGHBOUR, FAR),
        *visit(0, START + 10),
        (START + 90, 0, Step.TO_NEIGHBOUR, FAR),  # to intensive care there
        homes=homes,
    )
    assert kpi["GM0001:EAST", "care.births"] == pytest.approx(ONCE)
    assert kpi["GM0001:FAR", "care.births"] == pytest.approx(ONCE)
    assert kpi["GM0001:EAST", "care.visits"] == pytest.approx(ONCE)
    assert kpi["region", "care.in_twente"] == pytest.approx(2 / 3)
    assert EAST == 0
