"""Files in, files out, on a real extract."""

import json
from pathlib import Path

import pandas as pd
import pytest

from files.errors import FileError
from geodata.routing.workflows import write_isochrones, write_minutes
from tests.support.paper_roads import REAL_DATA, needs_real_data

LIECHTENSTEIN = REAL_DATA / "osm" / "liechtenstein.osm.pbf"
POINTS = "id,lon,lat\nhospital,9.52248,47.13438\nschaan,9.5087,47.1652\nsea,4.0,52.5\n"


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(POINTS)
    return path


@needs_real_data
def test_minutes_and_kilometres_are_written(points, tmp_path):
    notes = write_minutes(LIECHTENSTEIN, points, points, tmp_path / "od.csv")
    assert notes == ("sea: no road within 1000 m",)
    table = pd.read_csv(tmp_path / "od.csv").set_index(["from_id", "to_id"])
    assert len(table) == 9
    assert table.loc[("hospital", "sea")].isna().all()
    # 3.6 km as the crow flies along the main road
    assert 3.6 < table.loc[("hospital", "schaan"), "km"] < 5
    assert 4 < table.loc[("hospital", "schaan"), "minutes"] < 10


@needs_real_data
def test_the_peak_is_slower_and_the_siren_faster(points, tmp_path):
    minutes = {}
    for name, how in {
        "noon": {"hour": 12},
        "peak": {"hour": 8},
        "siren": {"hour": 12, "profile": "siren"},
    }.items():
        write_minutes(LIECHTENSTEIN, points, points, tmp_path / "od.csv", **how)
        minutes[name] = pd.read_csv(tmp_path / "od.csv")["minutes"].iloc[1]
    assert minutes["siren"] < minutes["noon"] < minutes["peak"]


@needs_real_data
def test_isochrones_grow_with_the_minutes(points, tmp_path):
    notes = write_isochrones(LIECHTENSTEIN, points, [5, 10], tmp_path / "areas.geojson")
    assert notes == ("sea: no road within 1000 m",)
    features = json.loads((tmp_path / "areas.geojson").read_text())["features"]
    assert [(one["properties"]["id"], one["properties"]["minutes"]) for one in features[:2]] == [
        ("hospital", 5),
        ("hospital", 10),
    ]
    assert len(str(features[0]["geometry"])) < len(str(features[1]["geometry"]))


@needs_real_data
def test_bad_points_leave_nothing_behind(points, tmp_path):
    points.write_text("id,lon\nA,9.5\n")
    with pytest.raises(FileError, match="lacks column lat"):
        write_minutes(LIECHTENSTEIN, points, points, tmp_path / "od.csv")
    assert not (tmp_path / "od.csv").exists()
