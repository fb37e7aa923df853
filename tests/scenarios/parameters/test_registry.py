"""What a parameter may be, by its unit and name."""

import math
from dataclasses import replace

import pytest

from scenarios.parameters.registry import limits, registry


def entry(key, unit):
    return replace(next(iter(registry().entries())), key=key, unit=unit)


@pytest.mark.parametrize(
    ("key", "unit", "allowed"),
    [
        ("ed.visits.trend", "fraction per year", (-1, 1)),
        ("demand.growth.births", "fraction per year", (-1, 1)),
        ("demand.choice.east", "min", (-math.inf, math.inf)),
        ("ed.xray.share", "share of visits", (0, 1)),
        ("ed.doctor.mean", "min", (0, math.inf)),
    ],
)
def test_a_trend_may_fall_a_share_is_of_one_and_the_rest_is_not_below_nought(key, unit, allowed):
    assert limits(entry(key, unit)) == allowed
