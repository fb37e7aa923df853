"""A fit finds speeds again that are known, and says which it can't know."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from geodata.config.legal_limits import COUNTRIES
from geodata.config.region import REGIONS
from geodata.config.speed_profiles import in_each_country, speed_model
from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.osm.extract import read_osm
from geodata.roads.builder import build_network
from geodata.routing.calibration import calibrate, write_calibration
from geodata.routing.decomposition import Decomposition
from geodata.routing.references import (
    isochrone_reference,
    overlaps,
    read_sites,
    table_reference,
)
from geodata.routing.travel_time_matrix import od_table
from geodata.routing.travel_times import MINUTES_PER_HOUR, TravelTimes
from tests.support.paper_roads import REAL_DATA, SOUTH, WEST, needs_real_data

SIDE = 8
TOLD = {"secondary": 62.0, "tertiary": 44.0}
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


@pytest.fixture
def planted():
    """The shipped car, with two speeds planted."""
    car = speed_model().profiles["car"]
    speed = car.speed[COUNTRIES.index("NL")].copy()
    for name, kmh in TOLD.items():
        speed[ROAD_CLASSES.index(name), 0] = kmh
    return replace(car, speed=in_each_country(speed, 0.25))


@pytest.fixture
def fitted(town, points, planted, tmp_path):
    rows = od_table(town, planted, points[:8], points, 100.0).rows
    rows[rows["minutes"] > 0].to_csv(tmp_path / "od.csv", index=False)
    model = speed_model()
    reference = table_reference(town, tmp_path / "od.csv", points)
    return calibrate(model, model.profiles["car"], [reference])


def test_planted_speeds_are_found_again(fitted):
    for name, kmh in TOLD.items():
        # publications hold the fit back a little
        assert fitted.speed[ROAD_CLASSES.index(name), 0] == pytest.approx(kmh, rel=0.02)
    assert fitted.report["ratio_after"].dropna().between(0.98, 1.02).all()
    assert fitted.report["ratio_held_out"].dropna().between(0.97, 1.03).all()


def test_what_the_reference_cannot_know_stays_as_published_and_is_said(fitted):
    table = fitted.identified.set_index(["road_class", "surroundings"])
    for name in TOLD:
        assert table.loc[(name, "rural"), "resolution"] > 0.8
        assert table.loc[(name, "rural"), "held_by"] == "data"
    # no motorway, and nothing built-up, lies in the town
    for unknown in (("motorway", "rural"), ("secondary", "urban"), ("residential", "urban")):
        assert table.loc[unknown, "resolution"] == pytest.approx(0.0, abs=1e-6)
        assert table.loc[unknown, "held_by"] != "data"
        assert table.loc[unknown, "fitted"] == pytest.approx(
            table.loc[unknown, "published"], rel=0.01
        )


def test_a_fit_never_makes_a_more_important_road_slower(town, points, planted, tmp_path):
    turned = planted.speed.copy()
    turned[:, ROAD_CLASSES.index("secondary"), 0] = 40.0
    turned[:, ROAD_CLASSES.index("tertiary"), 0] = 60.0
    rows = od_table(town, replace(planted, speed=turned), points[:8], points, 100.0).rows
    rows[rows["minutes"] > 0].to_csv(tmp_path / "od.csv", index=False)
    model = speed_model()
    reference = table_reference(town, tmp_path / "od.csv", points)
    speed = calibrate(model, model.profiles["car"], [reference]).speed[:, 0]
    assert speed[ROAD_CLASSES.index("tertiary")] <= speed[ROAD_CLASSES.index("secondary")]


def test_what_is_written_can_be_read_and_says_its_source(fitted, tmp_path):
    write_calibration(fitted, "a town on paper", tmp_path / "fitted")
    again = speed_model(tmp_path / "fitted" / "profiles.yaml")
    np.testing.assert_allclose(again.profiles["car"].speed[0], fitted.speed, atol=0.051)
    assert "a town on paper" in again.parameters["car.speed.primary.rural"].source
    assert len(pd.read_csv(tmp_path / "fitted" / "identified.csv")) == 14
    origins = pd.read_csv(tmp_path / "fitted" / "speeds.csv").set_index("key")["origin"]
    assert origins["car.speed.primary.rural"] == "fitted"
    assert origins["car.delay.turn"] == "published"


def test_a_folder_with_anything_else_in_it_is_left_alone_and_its_own_is_replaced(fitted, tmp_path):
    for _ in range(2):
        write_calibration(fitted, "a town on paper", tmp_path / "own")
    notes = tmp_path / "own" / "notes.txt"
    notes.write_text("mine")
    with pytest.raises(DataError, match="no calibration"):
        write_calibration(fitted, "a town on paper", tmp_path / "own")
    assert notes.read_text() == "mine"


def test_the_parts_of_a_way_add_up_to_its_minutes(town, points):
    car = speed_model().profiles["car"]
    travel = TravelTimes(town, car)
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)
    at = town.snap(*to_metres.transform(points["lon"] + 0.003, points["lat"]), 500.0)
    routes = Decomposition(travel).routes(at.at(np.array([0])), at)
    found = np.isfinite(routes.minutes)
    assert found.sum() > 20
    minutes = travel.minutes(at.at(np.array([0])), at)[0]
    np.testing.assert_allclose(routes.minutes[found], minutes[found], atol=1e-4)
    # a kilometre between junctions, on two classes; the rest are turns and giving way
    speed = car.speed[0]
    on_roads = routes.km @ (MINUTES_PER_HOUR / speed.ravel())
    late = routes.fixed(speed)[found]
    assert (late > -1e-6).all()
    assert (on_roads[found] > 0.5 * routes.minutes[found]).all()
    seconds = late * 60.0
    turns = np.round(seconds / 0.25) * 0.25  # 3.75 s a turn and 4 s to give way
    np.testing.assert_allclose(seconds, turns, atol=1e-2)


def test_a_point_that_is_nowhere_is_named(town, points, tmp_path):
    (tmp_path / "od.csv").write_text("from_id,to_id,minutes\nP0,ELSEWHERE,5\n")
    with pytest.raises(DataError, match="where is ELSEWHERE"):
        table_reference(town, tmp_path / "od.csv", points)


@pytest.mark.slow
@needs_real_data
def test_the_shipped_car_agrees_with_the_reference_isochrones():
    extract = read_osm(REAL_DATA / "osm" / "twente-2021-08-06b.osm.pbf")
    network = build_network(extract, "EPSG:28992", speed_model())
    sites = read_sites(REGIONS / "twente-sites.csv")
    sites["name"] = sites["name"].replace(NAMES_IN_REFERENCE)
    path = REAL_DATA / "ors" / "isochrones-car.geojson"
    reference = isochrone_reference(network, path, sites)
    found = overlaps(speed_model().profiles["car"], reference)
    assert found.min() > 0.8
    assert found.mean() >= 0.85
