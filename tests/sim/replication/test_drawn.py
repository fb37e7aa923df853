"""Patients that were drawn before are those that would be drawn again."""

import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from sim.patients.cohort import Horizon
from sim.replication.drawn import LAST_DRAWN, MOST_KEPT, LastDrawn
from sim.replication.replicate import Setting, Task, finish

SETTING = Setting(seed=3, weeks=1, warmup=0, data_folder=None, measure=measure)
SAME_YEAR = ("single-hengelo", "single-enschede")


def test_the_same_demand_is_drawn_once_and_any_other_anew(starter):
    hengelo, enschede = (load(name) for name in SAME_YEAR)
    last = LastDrawn()
    first = last.of(hengelo, starter, Horizon(1, 0, 1))
    assert last.of(enschede, starter, Horizon(1, 0, 1)) is first
    others = [
        (hengelo, Horizon(1, 1, 1)),
        (hengelo, Horizon(2, 0, 1)),
        (hengelo, Horizon(1, 0, 2)),
        (hengelo.in_year(2033), Horizon(1, 0, 1)),
    ]
    for scenario, horizon in others:
        assert last.of(scenario, starter, horizon) is not first


def test_two_cohorts_are_kept_and_no_more(starter):
    scenario, last = load("now"), LastDrawn()
    drawn = [last.of(scenario, starter, Horizon(1, n, 1)) for n in range(MOST_KEPT + 1)]
    assert last.of(scenario, starter, Horizon(1, MOST_KEPT, 1)) is drawn[-1]
    assert last.of(scenario, starter, Horizon(1, 0, 1)) is not drawn[0]


@pytest.mark.parametrize("order", [SAME_YEAR, SAME_YEAR[::-1]])
def test_nobody_changes_the_patients_so_that_any_order_measures_the_same(order):
    alone = {}
    for name in order:
        LAST_DRAWN.clear()
        alone[name] = finish(SETTING, Task(load(name), 0)).measures
    LAST_DRAWN.clear()
    together = {name: finish(SETTING, Task(load(name), 0)).measures for name in (*order, order[0])}
    assert repr(together) == repr(alone)
