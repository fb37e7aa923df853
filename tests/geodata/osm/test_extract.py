"""Reading files: what is bad says so."""

from pathlib import Path

import pytest

from geodata.errors import DataError
from geodata.osm.extract import read_osm
from tests.support.paper_roads import REAL_DATA, needs_real_data, osm_xml


@needs_real_data
def test_a_truncated_pbf_is_reported(tmp_path: Path):
    whole = (REAL_DATA / "osm" / "liechtenstein.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cut\.osm\.pbf: cannot be read as OpenStreetMap data"):
        read_osm(cut)


@pytest.mark.parametrize("name", ["text.osm.pbf", "text.osm", "text.osm.gz"])
def test_a_file_that_is_not_osm_is_reported(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text("not a map")
    with pytest.raises(DataError, match=name):
        read_osm(path)


@pytest.mark.parametrize(
    "name", ["secret.osm.pbf", "secret.osm", "secret.osm.gz", "secret.osm.bz2"]
)
def test_an_encrypted_file_is_reported(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(b"Salted__" + bytes((7 * number * number) % 251 for number in range(5000)))
    with pytest.raises(DataError, match=f"{name}: cannot be read as OpenStreetMap data"):
        read_osm(path)


def test_an_empty_file_is_reported(tmp_path: Path):
    path = tmp_path / "empty.osm.pbf"
    path.touch()
    with pytest.raises(DataError, match=r"empty\.osm\.pbf"):
        read_osm(path)


def test_a_missing_file_is_reported(tmp_path: Path):
    with pytest.raises(DataError, match="no such file"):
        read_osm(tmp_path / "absent.osm.pbf")


def test_a_map_without_roads_is_reported(tmp_path: Path):
    path = tmp_path / "fields.osm"
    path.write_bytes(osm_xml({1: (0, 0), 2: (9, 9)}, {1: ([1, 2], {"landuse": "farmland"})}))
    with pytest.raises(DataError, match="holds no roads"):
        read_osm(path)


def test_an_address_may_be_a_node_or_a_building(tmp_path: Path):
    path = tmp_path / "houses.osm"
    nodes = {1: (0, 0), 2: (9, 0), 3: (9, 9), 4: (100, 100)}
    ways = {
        1: ([1, 2], {"highway": "residential"}),
        2: ([1, 2, 3, 1], {"building": "yes", "addr:housenumber": "2"}),
    }
    path.write_bytes(osm_xml(nodes, ways, node_tags={4: {"addr:housenumber": "1"}}))
    assert len(read_osm(path).address_lon) == 2
