"""The best of many candidates by bounds is the best that trying all combinations finds."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from geodata.location import branch_and_bound as _nested
from geodata.location.branch_and_bound import BranchAndBound, nested_order

LIMIT = 9.0
AIMS = ("mean", "coverage", "worst")


def scattered(seed: int, places: int) -> BranchAndBound:
    """Return places at random in 20 by 20 km, each a candidate, with detours."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 20_000, (2, places))
    order = nested_order(x, y)
    x, y = x[order], y[order]
    km = np.hypot(x[:, None] - x, y[:, None] - y) / 1000
    people = rng.integers(1, 500, places)
    return BranchAndBound(
        minutes=(km * rng.uniform(1.0, 1.8, km.shape)).astype(np.float32),
        share=(people / people.sum()).astype(np.float32),
        x=x,
        y=y,
        limit=LIMIT,
    )


def cost(search: BranchAndBound, aim: str, chosen: tuple[int, ...]) -> float:
    nearest = search.minutes[list(chosen)].min(axis=0)
    if aim == "worst":
        return float(nearest.max())
    return float(search.share @ (nearest > LIMIT if aim == "coverage" else nearest))


def test_cells_of_a_square_stand_together():
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-20_000, 20_000, (2, 300))
    order = nested_order(x, y)
    for side in _nested.SIDES_METRES:
        squares = list(zip((x // side)[order], (y // side)[order], strict=True))
        changes = sum(one != other for one, other in pairwise(squares))
        assert changes + 1 == len(set(squares))


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_the_best_of_all_combinations(seed: int, count: int, aim):
    search = scattered(seed, 40)
    found = search.best(aim, count)
    best = min(cost(search, aim, one) for one in combinations(range(40), count))
    assert cost(search, aim, found.chosen) == pytest.approx(best, abs=2e-5)
    assert found.bound == found.cost == pytest.approx(best, abs=2e-5)


@pytest.mark.parametrize("aim", AIMS)
def test_what_is_not_proved_is_bounded(monkeypatch, aim):
    monkeypatch.setattr(_nested, "MOST_GROUPS", 40)
    search = scattered(1, 40)
    found = search.best(aim, 3)
    best = min(cost(search, aim, one) for one in combinations(range(40), 3))
    assert found.bound <= best + 2e-5
    assert cost(search, aim, found.chosen) == pytest.approx(found.cost, abs=2e-5)
    assert found.cost >= best - 2e-5


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("count", [3, 4])
def test_prices_bound_the_mean(seed: int, count: int):
    search = scattered(seed, 25)
    best = min(cost(search, "mean", one) for one in combinations(range(25), count))
    found = search._improved("mean", search._greedy("mean", count))
    relaxed, _ = search._relaxed(found)
    assert 0.9 * best < relaxed <= best + 2e-5


def test_where_sites_may_stand_many_are_never_bounded():
    search = scattered(2, 200)
    every_pair = 200 * 199 // 2
    bounded = []
    original = _nested._costs

    def counting(of, ways, groups):
        bounded.append(len(groups))
        return original(of, ways, groups)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_nested, "_costs", counting)
        search.best("mean", 2)
    assert 0 < sum(bounded) < every_pair / 4
