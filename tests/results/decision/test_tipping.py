"""Beyond which weight another configuration is on top, worked out by hand."""

import numpy as np

from results.decision.scores import Alternative
from results.decision.tipping import verge
from results.kpis.criteria import criteria
from tests.support.made_up_run import build

PAIR = tuple(criteria()[name] for name in ("emergency_surgery", "extra_cost"))
"""Of two groups: quality and cost."""


def tips_of(*points):
    scenarios = build().scenarios[: len(points)]
    found = verge(Alternative(2034, scenarios, PAIR, (), np.array(points)))
    tips = [(t.group, t.rises, round(t.weight, 9), t.winner) for t in found.tips]
    return scenarios, found, tips


def test_beyond_a_tipping_point_another_configuration_comes_first():
    # 0.8 w + 0.4 (1 - w) = 0.2 w + 0.6 (1 - w) at w = 1/4
    (nothing, single), found, tips = tips_of([0.8, 0.4], [0.2, 0.6])
    assert found.winner == nothing
    assert tips == [("quality", False, 0.25, single), ("cost", True, 0.75, single)]


def test_where_lines_cross_outside_of_all_weights_nobody_comes_first():
    # 1 w + 0.6 (1 - w) meets w * 0 + 0.5 (1 - w) at w = -1/9, and 0.9 w + 0.1 (1 - w) at 5/4:
    # whoever is behind at every weight tips nothing, however near its crossing lies.
    (nothing, *_), found, tips = tips_of([1.0, 0.6], [0.0, 0.5], [0.9, 0.1])
    assert found.winner == nothing
    assert tips == []


def test_of_several_the_nearest_to_equal_weights_is_told():
    # 1 w + 0.6 (1 - w) meets 0.2 w + 1 (1 - w) at w = 1/3, and 0.3 w + 0.9 (1 - w) at w = 0.3,
    # which is further from equal weights.
    scenarios, _, tips = tips_of([1.0, 0.6], [0.3, 0.9], [0.2, 1.0])
    assert sorted(tips, key=lambda tip: tip[0]) == [
        ("cost", True, round(2 / 3, 9), scenarios[2]),
        ("quality", False, round(1 / 3, 9), scenarios[2]),
    ]
