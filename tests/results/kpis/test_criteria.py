"""Criteria and their scales: what the region asks, each a figure that a run has."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.kpis.catalogue import EASED_BY, Direction, kpis
from results.kpis.criteria import WORST_OFF, criteria, groups, judged, weighed_groups
from results.runs.tables import REACHABILITY_COLUMNS


def test_every_group_of_goals_and_worries_has_a_criterion():
    assert list(groups()) == [
        *("quality", "availability", "reachability", "waiting", "staff", "resilience", "cost")
    ]
    assert {criterion.group for criterion in criteria().values()} == set(groups())


@pytest.mark.parametrize("criterion", criteria().values(), ids=lambda c: c.name)
def test_a_criterion_reads_one_figure_and_its_scale_goes_the_good_way(criterion):
    sources = (criterion.kpi, criterion.reachability, criterion.open_sites, criterion.cost)
    assert sum(source is not None for source in sources) == 1
    if criterion.kpi:
        read = kpis()[criterion.kpi]
        assert read.better in {criterion.better, Direction.NEUTRAL}
        assert criterion.matters is not None
    if criterion.reachability:
        assert criterion.reachability.column in REACHABILITY_COLUMNS
        assert criterion.reachability.municipality == WORST_OFF
    assert (criterion.best > criterion.worst) == (criterion.better is Direction.HIGHER)
    assert criterion.scale
    for texts in (criterion.title, groups()[criterion.group].asks):
        assert set(texts) == {"nl", "en"}
    # What matters is worth a point or more on the scale of a hundred, and no more than all of it.
    assert 0.01 <= criterion.matters / abs(criterion.best - criterion.worst) <= 1


def test_whose_patients_make_a_criterion_better_by_leaving_is_known():
    # Crews, neighbours and rosters have no patients who leave the region.
    flows = {kpis()[c.kpi].flow for c in criteria().values() if c.kpi}
    assert flows - set(EASED_BY) == {"ambulance", "neighbour", "staff"}


def test_points_run_straight_from_worst_to_best_and_stop_there():
    wait = criteria()["wait_doctor"]
    assert (wait.worst, wait.best) == (240, 0)
    assert wait.score([240, 180, 0, 500]).tolist() == [0, 0.25, 1, 0]
    assert math.isnan(wait.score(math.nan))


@given(st.sampled_from(sorted(criteria())), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_better_value_never_has_fewer_points(name, value, more):
    criterion = criteria()[name]
    better = value + (more if criterion.better is Direction.HIGHER else -more)
    scores = criterion.score(np.array([value, better]))
    assert 0 <= scores[0] <= scores[1] <= 1


def test_what_is_put_in_is_shown_and_not_judged():
    put_in = {"empty_shifts", "extra_cost", "people_needed"}
    assert {name for name in criteria() if name not in judged()} == put_in
    assert weighed_groups() == [name for name in groups() if name != "cost"]
