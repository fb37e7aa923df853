"""The best sites are the best: every method agrees with trying all."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.dataset.dataset import DataSet
from geodata.errors import DataError
from geodata.location import candidates as locate
from geodata.location.candidates import Labels, best_sites, draw_trade_off, trade_off

CELLS, SITES = 60, 9
AIMS = ("mean", "coverage", "worst")
LABELS = Labels(
    aims={aim: aim for aim in AIMS},
    minutes_mean="mean",
    share_within="within {limit:g}",
    minutes_worst="worst",
    count="sites",
    best="best for",
)
NAMES = [f"S{number}" for number in range(SITES)]


@pytest.fixture
def data() -> DataSet:
    """Sixty cells and nine sites on a plain where all drive straight."""
    random = np.random.default_rng(5)
    cell, site = random.uniform(0, 60, (CELLS, 1, 2)), random.uniform(0, 60, (1, SITES, 2))
    minutes = np.hypot(*np.moveaxis(cell - site, 2, 0)).astype(np.float32)
    cells = pd.DataFrame(
        {
            "pc4": random.integers(1, 6, CELLS),
            "in_region": True,
            "population": random.integers(1, 100, CELLS).astype(np.float32),
        }
    )
    empty = gpd.GeoDataFrame({"geometry": []})
    points = pd.DataFrame({"id": NAMES, "kind": "site"})
    table = {"car": minutes, "siren": minutes}
    return DataSet(cells, points, empty, empty, {}, table, {})


@pytest.mark.parametrize("aim", AIMS)
def test_two_sites_are_found_by_trying_all_however_many_candidates(data, aim, monkeypatch):
    tried = best_sites(data, aim, 2, NAMES, limit=20)
    monkeypatch.setattr(locate, "ALL_TRIED_UP_TO", 0)
    monkeypatch.setattr(locate, "milp", None)
    assert best_sites(data, aim, 2, NAMES, limit=20) == tried


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("fixed", [(), ("S0",)])
def test_the_solver_agrees_with_trying_all(data, aim, fixed, monkeypatch):
    tried = best_sites(data, aim, 3, NAMES, fixed=fixed, limit=20)
    monkeypatch.setattr(locate, "ALL_TRIED_UP_TO", 0)
    solved = best_sites(data, aim, 3, NAMES, fixed=fixed, limit=20)
    figure = {"mean": "minutes_mean", "coverage": "share_within", "worst": "minutes_worst"}[aim]
    assert getattr(solved, figure) == pytest.approx(getattr(tried, figure))
    assert len(solved.sites) == 3 + len(fixed)
    assert solved.sites[: len(fixed)] == fixed


def test_the_single_best_site_is_the_weighted_median(data):
    people = data.cells["population"].to_numpy(dtype=float)
    means = people @ data.cell_minutes("car", NAMES).astype(float) / people.sum()
    answer = best_sites(data, "mean", 1, NAMES)
    assert answer.sites == (NAMES[int(means.argmin())],)
    assert answer.minutes_mean == pytest.approx(means.min())


def test_more_sites_never_lengthen_the_way(data):
    table = trade_off(data, [1, 2, 3], NAMES, limit=20)
    by_aim = table.set_index(["aim", "count"])
    assert by_aim.loc["mean", "minutes_mean"].is_monotonic_decreasing
    assert by_aim.loc["coverage", "share_within"].is_monotonic_increasing
    assert by_aim.loc["worst", "minutes_worst"].is_monotonic_decreasing


def test_the_trade_off_is_drawn_the_same_every_time(data, tmp_path):
    table = trade_off(data, [1, 2], NAMES, limit=20)
    for name in ("one.png", "two.png"):
        draw_trade_off(table, tmp_path / name, LABELS, 20)
    drawn = (tmp_path / "one.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert drawn == (tmp_path / "two.png").read_bytes()


def test_too_few_candidates_are_reported(data):
    with pytest.raises(DataError, match="3 sites are asked for, of 2 candidates"):
        best_sites(data, "mean", 3, ["S1", "S2", "S0"], fixed=["S0"])
