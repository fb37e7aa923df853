"""A fit finds speeds again that are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from geodata.config.region import REGIONS
from geodata.config.speed_profiles import speed_model
from geodata.errors import DataError
from geodata.osm.extract import read_osm
from geodata.roads.builder import build_network
from geodata.routing.calibration import (
    RATIOS,
    calibrate,
    isochrone_reference,
    overlaps,
    read_sites,
    scaled,
    table_reference,
    write_calibration,
)
from geodata.routing.travel_time_matrix import od_table
from tests.support.paper_roads import REAL_DATA, SOUTH, WEST, at_the_limit, needs_real_data

SIDE = 8
NAMES_IN_REFERENCE = {"Saxenburgh MC (Ropcke-Zweers)": "Saxenburgh Hardenberg"}


@pytest.fixture
def town(network_of):
    """A chessboard of secondary and tertiary roads, 1 km apart."""
    nodes = {SIDE * i + j: (1000.0 * i, 1000.0 * j) for i in range(SIDE) for j in range(SIDE)}
    ways = {}
    for i in range(SIDE):
        ways[100 + i] = ([SIDE * i + j for j in range(SIDE)], {"highway": "secondary"})
        ways[200 + i] = ([SIDE * j + i for j in range(SIDE)], {"highway": "tertiary"})
    return network_of(nodes, ways)


@pytest.fixture
def points():
    to_degrees = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)
    random = np.random.default_rng(1)
    east, north = random.integers(0, SIDE, (2, 40)) * 1000.0
    lon, lat = to_degrees.transform(WEST + east, SOUTH + north)
    return pd.DataFrame({"id": [f"P{i}" for i in range(40)], "lon": lon, "lat": lat})


def test_known_ratios_are_found_again(town, points, tmp_path):
    ratios = np.ones(len(RATIOS))
    ratios[RATIOS.index("secondary")], ratios[RATIOS.index("tertiary")] = 0.8, 1.25
    profile = at_the_limit()
    rows = od_table(town, scaled(profile, ratios), points[:6], points, 100.0).rows
    rows[rows["minutes"] > 0].to_csv(tmp_path / "od.csv", index=False)
    result = calibrate(town, profile, table_reference(town, tmp_path / "od.csv", points))
    # the priors hold the fit back a little
    assert result.ratios["secondary"] == pytest.approx(0.8, abs=0.03)
    assert result.ratios["tertiary"] == pytest.approx(1.25, abs=0.04)
    assert result.ratios["motorway"] == pytest.approx(1.0, abs=0.01)
    assert (result.report["error_held_out"] < result.report["error_before"] / 3).all()
    shipped = replace(result, profile=scaled(speed_model().profiles["car"], ratios))
    write_calibration(shipped, "a town on paper", tmp_path / "fitted")
    again = speed_model(tmp_path / "fitted" / "profiles.yaml")
    np.testing.assert_allclose(again.profiles["car"].factor, shipped.profile.factor, atol=1e-4)
    assert "a town on paper" in again.parameters["car.factor.primary.rural"].source
    assert len(pd.read_csv(tmp_path / "fitted" / "report.csv")) == 6


def test_a_point_that_is_nowhere_is_named(town, points, tmp_path):
    (tmp_path / "od.csv").write_text("from_id,to_id,minutes\nP0,ELSEWHERE,5\n")
    with pytest.raises(DataError, match="where is ELSEWHERE"):
        table_reference(town, tmp_path / "od.csv", points)


@pytest.mark.slow
@needs_real_data
def test_the_shipped_car_agrees_with_the_reference_isochrones():
    extract = read_osm(REAL_DATA / "osm" / "twente-2021-08-06.osm.pbf")
    network = build_network(extract, "EPSG:28992", speed_model())
    sites = read_sites(REGIONS / "twente-sites.csv")
    sites["name"] = sites["name"].replace(NAMES_IN_REFERENCE)
    path = REAL_DATA / "ors" / "isochrones-car.geojson"
    reference = isochrone_reference(network, path, sites)
    found = overlaps(network, speed_model().profiles["car"], reference)
    assert found.min() > 0.8
    assert np.median(found) > 0.85
