"""A region is a small file; its mistakes are named."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from files.errors import FileError
from geodata.accessibility.moments import open_together
from geodata.accessibility.municipalities import by_municipality
from geodata.accessibility.reachability import minutes_by_clock
from geodata.config.norms import norms
from geodata.config.region import REGIONS, read_points, read_region
from geodata.dataset.build import build
from geodata.dataset.description import describe
from geodata.population.cbs import read_cbs
from scenarios.calendar.opening_hours import open_hours, written_hours
from tests.support.paper_roads import REAL_DATA, needs_real_data


@needs_real_data
def test_another_region_is_built_from_its_extract_alone(tmp_path: Path):
    osm = REAL_DATA / "osm" / "liechtenstein.osm.pbf"
    region = read_region(REGIONS / "liechtenstein.yaml")
    data = build(osm, None, tmp_path / "li", region)
    assert data.cells["in_region"].all()
    assert data.manifest["crs"] == "EPSG:2056"
    assert data.manifest["sources"]["osm"]["date"] == "2015-07-27"  # as the file's header says
    assert "state of 2015-07-27; ODbL 1.0" in describe(data)
    moments = open_together({"LLS": open_hours("24/7")})
    clocks = minutes_by_clock(data, norms(), "car", moments, [])
    found = by_municipality(data, "ed", "car", clocks, moments, norms(), written_hours)
    table = found.set_index("municipality")
    assert table.loc["Vaduz", "minutes_median"] < table.loc["Schellenberg", "minutes_median"]
    # 15 km of main road from the northern border to Vaduz
    assert 14 < table.loc["Schellenberg", "minutes_median"] < 30
    assert table.index[-1] == "Liechtenstein"
    assert np.isfinite(table["minutes_max"]).all()


@needs_real_data
def test_an_extract_without_the_region_is_reported(tmp_path: Path):
    osm = REAL_DATA / "osm" / "liechtenstein.osm.pbf"
    with pytest.raises(FileError, match="no address"):
        build(osm, REAL_DATA / "cbs", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def write_points(folder: Path, text: str) -> Path:
    path = folder / "points.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,lon\nA,6.7\n", "points.csv:1: lacks column lat"),
        ("id,lon,lat\nA,6.7,52.3\nA,6.8,52.3\n", "points.csv:3: id: 'A' stands on line 2 too"),
        ("id,lon,lat\nA,6.7,nan\n", "points.csv:2: lat: must be a number (given: 'nan')"),
        (
            "id,lon,lat\nA,250000,480000\n",
            "points.csv:2: lon: must be degrees (EPSG:4326), -180 to 180",
        ),
        ("id,lon,lat\nA,6.7\n", "points.csv:2: has 2 fields where the header has 3"),
        ("id,lon,lat\n", "points.csv: holds no points"),
    ],
)
def test_a_bad_table_of_points_is_reported(tmp_path, text, message):
    with pytest.raises(FileError) as caught:
        read_points(write_points(tmp_path, text))
    assert message in str(caught.value)


def test_a_missing_region_file_is_reported(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_region(tmp_path / "nowhere.yaml")


def test_a_region_that_is_no_yaml_is_reported(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("name: [Twente\ncrs: x\n")
    with pytest.raises(FileError, match="not valid YAML"):
        read_region(path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "crs: EPSG:2056",
            "crs: EPSG:999999",
            "crs: is 'EPSG:999999'; must be a projection in metres",
        ),
        ("crs: EPSG:2056", "crs: EPSG:4326", "crs: is 'EPSG:4326'; must be a projection in metres"),
        ("licence: ODbL 1.0", "license: ODbL 1.0", "sources.osm.licence: is missing"),
        ("snap.limit", "snap.limits", "parameters: lacks snap.limit"),
        ("country: LI", "land: LI", "country: is missing"),
    ],
)
def test_a_region_with_a_mistake_is_reported(tmp_path: Path, before, after, message):
    path = tmp_path / "region.yaml"
    text = (REGIONS / "liechtenstein.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_region(path)
    assert message in str(caught.value)


@pytest.fixture
def cbs(tmp_path: Path) -> Path:
    folder = tmp_path / "cbs"
    folder.mkdir()
    for file in (REAL_DATA / "cbs").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@needs_real_data
def test_a_population_table_without_a_column_is_reported(cbs):
    table = cbs / "pc4-population-2021.csv"
    table.write_text(table.read_text().replace("women_20-24", "vrouwen_20-24"))
    with pytest.raises(FileError, match="lacks column women_20-24"):
        read_cbs(cbs, read_region())


@needs_real_data
def test_a_population_table_that_misses_a_postcode_is_reported(cbs, tmp_path):
    table = cbs / "pc4-population-2021.csv"
    kept = [line for line in table.read_text().splitlines() if not line.startswith("7511,")]
    table.write_text("\n".join(kept))
    osm = REAL_DATA / "osm" / "twente-2021-08-06b.osm.pbf"
    with pytest.raises(FileError, match="misses 1 PC4 of the region: 7511"):
        build(osm, cbs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@needs_real_data
def test_a_number_that_is_no_number_is_reported_with_its_line(cbs):
    table = cbs / "districts-2024.csv"
    table.write_text(table.read_text().replace("74317", "many"))
    with pytest.raises(FileError, match=r"districts-2024\.csv:2: population: must be a number"):
        read_cbs(cbs, read_region())


@needs_real_data
@pytest.mark.parametrize(
    ("name", "code"), [("districts-2024.csv", "GM0141"), ("pc4-population-2021.csv", "6996")]
)
def test_a_code_that_stands_twice_is_reported(cbs, name, code):
    lines = (cbs / name).read_text().splitlines()
    (cbs / name).write_text("\n".join([*lines, lines[1]]))
    with pytest.raises(FileError, match=f"{code}. stands on line 2 too"):
        read_cbs(cbs, read_region())


@needs_real_data
def test_an_area_that_stands_twice_or_has_no_polygon_is_reported(cbs):
    path = cbs / "municipalities-2026.geojson"
    content = json.loads(path.read_text())
    features = content["features"]
    twice = features[0]["properties"]["statcode"]
    path.write_text(json.dumps(content | {"features": [*features, features[0]]}))
    with pytest.raises(FileError, match=f"{twice} stands twice"):
        read_cbs(cbs, read_region())
    bare = {**features[0], "geometry": None}
    path.write_text(json.dumps(content | {"features": [bare, *features[1:]]}))
    with pytest.raises(FileError, match=f"{twice} has no polygon"):
        read_cbs(cbs, read_region())


@needs_real_data
def test_a_wrong_projection_is_reported(cbs):
    table = cbs / "pc4-2020.geojson"
    table.write_text(table.read_text().replace("EPSG::28992", "EPSG::3857"))
    with pytest.raises(FileError, match="projection is EPSG:3857; must be EPSG:28992"):
        read_cbs(cbs, read_region())


@needs_real_data
def test_a_polygon_that_crosses_itself_is_reported(cbs):
    bow = "[ [ [ 0, 0 ], [ 1, 1 ], [ 1, 0 ], [ 0, 1 ], [ 0, 0 ] ] ]"
    crs = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}'
    feature = (
        '{"type": "Feature", "properties": {"pc4": 7511}, '
        f'"geometry": {{"type": "Polygon", "coordinates": {bow}}}}}'
    )
    collection = f'{{"type": "FeatureCollection", {crs}, "features": [{feature}]}}'
    (cbs / "pc4-2020.geojson").write_text(collection)
    with pytest.raises(FileError, match="polygon of 7511 is broken: Self-intersection"):
        read_cbs(cbs, read_region())


@needs_real_data
def test_a_site_outside_the_network_is_reported(tmp_path):
    region = read_region()
    sites = region.sites.copy()
    sites.loc[sites["id"] == "MST", ["lon", "lat"]] = [4.0, 52.5]
    osm = REAL_DATA / "osm" / "twente-2021-08-06b.osm.pbf"
    with pytest.raises(FileError, match="no road of the extract within 1000 m of site MST"):
        build(osm, REAL_DATA / "cbs", tmp_path / "out", replace(region, sites=sites))
    assert not (tmp_path / "out").exists()
