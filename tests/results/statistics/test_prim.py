"""Scenario discovery finds the box that was planted, and none where there is none."""

import numpy as np
import pytest

from results.statistics.prim import discover

NAMES = ("growth", "staff", "weather")
RNG = np.random.default_rng


def planted(noise: float = 0.0, size: int = 800, seed: int = 1):
    rng = RNG(seed)
    points = rng.random((size, 3))
    happens = (points[:, 0] > 0.6) & (points[:, 1] < 0.3)
    flipped = rng.random(size) < noise
    return points, happens ^ flipped


def test_the_planted_box_is_found_and_what_has_no_part_in_it_is_left_out():
    box = discover(*planted(), NAMES)
    growth, staff = box.limits
    assert (growth.name, growth.below) == ("growth", None)
    assert growth.above == pytest.approx(0.6, abs=0.01)
    assert (staff.name, staff.above) == ("staff", None)
    assert staff.below == pytest.approx(0.3, abs=0.01)
    assert (box.density, box.coverage) == (1, 1)


def test_the_box_is_found_through_noise():
    points, happens = planted(noise=0.1)
    box = discover(points, happens, NAMES)
    assert [limit.name for limit in box.limits] == ["growth", "staff"]
    assert box.limits[0].above == pytest.approx(0.6, abs=0.06)
    assert box.limits[1].below == pytest.approx(0.3, abs=0.06)
    assert box.density == pytest.approx(0.9, abs=0.06)
    inside = (points[:, 0] > box.limits[0].above) & (points[:, 1] < box.limits[1].below)
    assert box.futures == inside.sum()
    assert box.density == happens[inside].mean()


def test_a_limit_on_both_sides_and_one_of_few_values_are_found():
    rng = RNG(3)
    points = np.column_stack([rng.random(600), rng.integers(0, 3, 600), rng.random(600)])
    box = discover(points, (np.abs(points[:, 0] - 0.5) < 0.2) & (points[:, 1] == 1), NAMES)
    assert box.limits[0].above == pytest.approx(0.3, abs=0.02)
    assert box.limits[0].below == pytest.approx(0.7, abs=0.02)
    assert (box.limits[1].above, box.limits[1].below) == (0.5, 1.5)


def test_what_always_or_never_happens_has_no_circumstances():
    points = RNG(4).random((50, 3))
    assert discover(points, np.ones(50, dtype=bool), NAMES) is None
    assert discover(points, np.zeros(50, dtype=bool), NAMES) is None


def test_where_it_seldom_happens_all_the_same_is_no_answer_to_when():
    rng = RNG(4)
    points = rng.random((500, 3))
    happens = (points[:, 0] > 0.6) & (rng.random(500) < 0.08)
    assert happens.sum() > 5
    assert discover(points, happens, NAMES) is None


def test_pure_chance_seldom_gives_pure_boxes():
    rng = RNG(5)
    boxes = [discover(rng.random((300, 3)), rng.random(300) < 0.3, NAMES) for _ in range(10)]
    assert all(box is None or box.density < 0.6 for box in boxes)
