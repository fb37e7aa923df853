"""Layers for GIS: on flat land where a kilometre takes a minute, areas and minutes are known."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.accessibility.reachability import Clock
from results.accessibility.contours import TravelSurface
from results.exports.geopackage import write_geojson, write_geopackage
from results.exports.gis_layers import CellMinutes, _settlements, extra_layers
from tests.support.made_up_run import CODES, PLACES, build, made_up_data, scenario


@pytest.fixture(scope="module")
def layers(run, data):
    return extra_layers(run, data)


def test_an_area_of_equal_time_is_what_circles_around_hospitals_cover(layers, data):
    areas = (
        layers["isochrones"]
        .set_index(["scenario", "function", "way", "clock", "moment", "minutes"])
        .geometry
    )
    open_now = ("mst-enschede", "zgt-almelo", "skb-winterswijk")
    region = shapely.union_all(data.municipalities[data.municipalities.in_region].geometry)
    for minutes in (15.0, 30.0):
        circles = [shapely.Point(PLACES[name]).buffer(minutes * 1000) for name in open_now]
        expected = shapely.intersection(shapely.union_all(circles), region)
        drawn = areas["now", "ed", "car", "drive", "24/7", minutes]
        assert shapely.intersection(drawn, expected).area > 0.93 * expected.area
        assert drawn.area < 1.07 * expected.area
    single, now = (areas[name, "ed", "car", "drive", "24/7", 15.0] for name in ("single", "now"))
    assert single.area < now.area
    assert (areas.area <= region.area + 1).all()


def test_every_column_of_minutes_names_its_clock_and_a_night_closure_its_moments(layers):
    columns = [name for name in layers["cells"] if re.search("_(car|siren)", name)]
    clocks = re.compile(r"_(car_drive|siren_(norm|life))(_mean|_23-00-07-00|_07-00-23-00)?$")
    assert [name for name in columns if not clocks.search(name)] == []
    part_time = [name for name in columns if name.startswith("night_ed")]
    assert len(part_time) == 3 * 3  # each clock: the mean over the year, and two moments
    assert [name for name in columns if clocks.search(name)[3] and name not in part_time] == []
    cells = layers["cells"]
    day, night, mean = (
        cells[f"night_ed_car_drive_{end}"].to_numpy()
        for end in ("07-00-23-00", "23-00-07-00", "mean")
    )
    assert np.abs(mean - (2 * day + night) / 3).max() <= 1.5  # each is rounded to a minute
    named = layers["moments"].set_index("column")
    assert set(named.index) == set(part_time)
    assert named.loc["night_ed_siren_norm_23-00-07-00", "share_of_time"] == 0.33
    assert named.loc["night_ed_siren_norm_mean", "moment"] == "yearly mean"
    lines = layers["isochrones"]
    assert set(lines.loc[lines["way"] == "siren", "clock"]) == {"norm", "life"}
    assert "" not in set(lines["moment"])


def test_nothing_is_reached_where_nothing_is_open(data):
    cells = data.cells[data.cells["in_region"]]
    surface = TravelSurface.over(data.municipalities, cells)
    nowhere = surface.areas(np.full(len(cells), np.inf))
    assert all(area.is_empty for area in nowhere)


def test_minutes_of_a_cell_are_those_of_the_road(layers):
    cells = layers["cells"]
    middle = cells.geometry.centroid
    kilometres = np.min(
        [middle.distance(shapely.Point(PLACES[name])) for name in ("mst-enschede", "zgt-almelo")],
        axis=0,
    )
    found = cells["now_maternity_car_drive"].to_numpy()
    near = found < 12  # nearer than the hospital south of Twente
    # Whole minutes: speeds are not known more precisely.
    assert np.abs(found - kilometres / 1000)[near].max() < 0.8
    assert (found == np.round(found)).all()


def test_settlements_hold_everyone_once(layers):
    people = layers["cells"]["population"].sum()
    assert layers["settlements"]["population"].sum() == pytest.approx(people, rel=1e-3)
    assert set(layers["settlements"]["municipality_code"]) == set(CODES)


@pytest.mark.filterwarnings("error")
def test_a_settlement_has_the_mean_of_who_has_a_way_and_none_where_nobody_has():
    """20 people at 10 minutes and 10 at 40: 20. Without a way for the 10: 10; for all: nothing."""
    cells = pd.DataFrame(
        {
            **dict.fromkeys(("municipality_code", "municipality", "settlement"), "A"),
            "x": [0.0, 300.0],
            "y": [0.0, 0.0],
            "population": [20, 10],
        }
    )
    minutes = {"all": [10.0, 40.0], "part": [10.0, np.inf], "none": [np.inf, np.inf]}
    many = {f"s{number}": [10.0, 40.0] for number in range(120)}  # as many as scenarios give
    reached = [
        CellMinutes(name, "ed", "car", Clock.DRIVE, "", 1.0, np.array(one), is_part_time=False)
        for name, one in {**minutes, **many}.items()
    ]
    row = _settlements(cells, reached).iloc[0]
    assert [row[f"{name}_ed_car_drive"] for name in ("all", "part")] == [20, 10]
    assert np.isnan(row["none_ed_car_drive"])
    assert (row.geometry.x, row.geometry.y, row["population"]) == (100, 0, 30)


def test_a_scenario_called_as_a_layer_does_not_push_that_layer_out(tmp_path):
    run = build([scenario("now", "Nu", 2024, None), scenario("cells", "Cellen", 2024, "now")])
    path = tmp_path / "reach.gpkg"
    write_geopackage(path, run, made_up_data())
    assert len(gpd.read_file(path, layer="cells")) > len(CODES)
    assert len(gpd.read_file(path, layer="cells-municipalities")) == len(CODES)
    write_geojson(tmp_path / "geojson", path)
    written = {file.stem for file in (tmp_path / "geojson").iterdir()}
    assert written == {"now", "cells-municipalities", "sites", "settlements", "posts", "isochrones"}
    sites = gpd.read_file(tmp_path / "geojson" / "sites.geojson")
    assert sites.crs.to_epsg() == 4326


def test_a_layer_that_can_not_be_written_is_told_as_of_any_other_file(run, data, tmp_path):
    with pytest.raises(OSError, match=r"^reach\.gpkg: "):
        write_geopackage(tmp_path / "nowhere" / "reach.gpkg", run, data)
