"""With every cell a candidate, the best cells are the best."""

from pathlib import Path

import numpy as np
import pytest

from geodata.config.region import REGIONS, read_region
from geodata.dataset.build import build
from geodata.dataset.folder import load
from geodata.errors import DataError
from geodata.location import grid as anywhere
from geodata.location.grid import trade_off_over_cells
from tests.support.paper_roads import REAL_DATA, needs_real_data


def test_without_roads_it_is_said_what_is_needed():
    with pytest.raises(DataError, match=r"from cell to cell.*twentezorg geodata build"):
        trade_off_over_cells(load(), [1])


@pytest.mark.slow
@needs_real_data
def test_the_best_cells_are_those_that_trying_all_finds(tmp_path: Path, monkeypatch):
    osm = REAL_DATA / "osm" / "liechtenstein.osm.pbf"
    data = build(osm, None, tmp_path / "li", read_region(REGIONS / "liechtenstein.yaml"))
    monkeypatch.setattr(anywhere, "CELLS_AT_ONCE", 100)
    limit = 8.0
    table = trade_off_over_cells(data, [1, 2], limit=limit).set_index(["count", "aim"])
    people = data.cells["population"].to_numpy(dtype=float) * data.cells["in_region"].to_numpy()
    rows = np.flatnonzero(people)
    names = data.cells["cell"].to_numpy()[rows]
    minutes = data.minutes_to_cells("car", rows, rows).T.astype(float)
    minutes = np.nan_to_num(minutes, nan=1e6)
    weights = people[rows] / people.sum()
    assert (table["gap"] == 0).all()
    assert table.loc[(1, "mean"), "sites"] == names[(weights @ minutes).argmin()]
    assert table.loc[(1, "mean"), "minutes_mean"] == pytest.approx((weights @ minutes).min())
    covered = (weights @ (minutes <= limit)).max()
    assert table.loc[(1, "coverage"), "share_within"] == pytest.approx(covered)
    assert table.loc[(1, "worst"), "minutes_worst"] == pytest.approx(minutes.max(axis=0).min())
    assert table.loc[(2, "mean"), "minutes_mean"] < table.loc[(1, "mean"), "minutes_mean"]
    one, other = table.loc[(2, "mean"), "sites"].split()
    both = np.minimum(minutes[:, names == one], minutes[:, names == other])[:, 0]
    sample = np.random.default_rng(1).choice(len(rows), (200, 2))
    other_pairs = weights @ np.minimum(minutes[:, sample[:, 0]], minutes[:, sample[:, 1]])
    assert table.loc[(2, "mean"), "minutes_mean"] <= other_pairs.min()
    assert table.loc[(2, "mean"), "minutes_mean"] == pytest.approx(weights @ both)
