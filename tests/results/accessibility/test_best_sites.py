"""A best site is no winner over one that speeds can't tell apart from it."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.location.candidates import trade_off
from results.accessibility.best_sites import best_sites_text, certainty, write_trade_off

CANDIDATES = ["mst-enschede", "zgt-hengelo", "gronau", "twin"]


@pytest.fixture(scope="module")
def flat(data):
    """The made-up country with a twin of the site in the middle, in the same place."""
    at = list(data.points["id"]).index("zgt-hengelo")
    twin = data.points.iloc[[at]].assign(id="twin", name="Twin")
    return replace(
        data,
        cells=data.cells.assign(pc4=1000),
        points=pd.concat([data.points, twin], ignore_index=True),
        cell_table={
            way: np.column_stack([table, table[:, at]]) for way, table in data.cell_table.items()
        },
    )


@pytest.mark.parametrize("aim", ["mean", "coverage", "worst"])
def test_a_site_in_the_same_place_is_as_good_and_a_far_one_is_not(flat, aim):
    found = certainty(flat, ["zgt-hengelo"], CANDIDATES, [], aim, 15.0)
    assert "twin" in found.as_good
    assert "gronau" not in found.as_good


def test_ranges_hold_the_figure_and_are_as_wide_as_speeds_leave_them(flat):
    inside = flat.cells["in_region"] & (flat.cells["population"] > 0)
    mean = flat.cell_minutes("car", ["zgt-hengelo"])[inside.to_numpy()].mean()
    low, high = certainty(flat, ["zgt-hengelo"], CANDIDATES, [], "mean", 30.0).ranges[
        "minutes_mean"
    ]
    assert 0.7 * mean < low < mean < high < 1.4 * mean


def test_a_tie_is_said_and_no_figure_has_more_digits_than_speeds_bear(flat, tmp_path):
    trade = trade_off(flat, [1], CANDIDATES, limit=30.0)
    text = best_sites_text(flat, trade, 1, "mean", 30.0, "en", CANDIDATES)
    assert "no winner: speeds are not known exactly, and 1 other site is as good" in text
    assert "." not in text.splitlines()[1].partition(";")[0]
    write_trade_off(trade, 30.0, tmp_path, "en")
    table = pd.read_csv(tmp_path / "trade-off.csv")
    assert (table["minutes_mean"] % 1 == 0).all()


def test_a_square_has_its_ranges_too_and_ties_with_the_postcode_that_it_lies_in(flat, monkeypatch):
    site = flat.points.set_index("id").loc["zgt-hengelo"]
    x, y = (flat.cells[axis].to_numpy(dtype=float) for axis in "xy")
    square = int(np.hypot(x - site.x, y - site.y).argmin())

    def as_the_crow_flies(_data, _way, origins, rows):
        return np.array([np.hypot(x[origins] - x[row], y[origins] - y[row]) / 1000 for row in rows])

    monkeypatch.setattr(type(flat), "minutes_to_cells", as_the_crow_flies)
    points = flat.points.assign(
        kind=flat.points["kind"].mask(flat.points["id"] == "twin", "postcode")
    )
    name = flat.cells["cell"].iloc[square]
    trade = pd.DataFrame(
        [{"count": 1, "aim": "mean", "sites": name, "minutes_mean": 20.0, "share_within": 0.8}]
    ).assign(minutes_worst=40.0, gap=0.0)
    text = best_sites_text(replace(flat, points=points), trade, 1, "mean", 30.0, "en", ["cells"])
    assert name in text.splitlines()[0]
    assert re.search(r"mean 20 \(\d+ to \d+\) min", text)
    assert "1 other site is as good: twin (Twin)" in text
