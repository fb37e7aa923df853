"""Reading files: what is bad says so."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import osmium
import pytest

from geodata.errors import DataError
from geodata.osm import blocks
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


# in the first block a road that a later version deletes, a node that moves, and an address
VERSIONS = """n1 v1 dV Taddr:housenumber=1 x6.5 y52.3
n2 v1 dV T x6.6 y52.3
n3 v1 dV Thighway=traffic_signals x6.7 y52.3
w1 v1 dV Thighway=primary,name=A%20%B Nn1,n2
w2 v1 dV Thighway=primary Nn2,n3,n-4
"""
LATER = """n-4 v1 dV T x6.8 y52.3
n2 v2 dV T x6.65 y52.3
w1 v2 dD T N
"""


def written(path: Path, *parts: str) -> Path:
    """Write objects as a PBF with its history, each part in blobs of its own."""
    blobs = []
    for number, part in enumerate(parts):
        apart = path.with_name(f"{number}.osm.pbf")
        opl = osmium.io.FileBuffer(part.encode(), "opl")
        with osmium.SimpleWriter(osmium.io.File(str(apart), "osh.pbf")) as writer:
            osmium.apply(osmium.io.Reader(opl), writer)
        whole = apart.read_bytes()
        first = 4 + int.from_bytes(whole[:4], "big")
        size = whole.index(b"\x18", 4)  # of the header's blob, a number under 128
        end = first + whole[size + 1]
        blobs.append(whole if not blobs else whole[end:])
    path.write_bytes(b"".join(blobs))
    return path


def test_a_map_is_the_same_in_one_block_and_in_many(tmp_path, monkeypatch):
    path = written(tmp_path / "versions.osm.pbf", VERSIONS, LATER)
    whole = read_osm(path)
    monkeypatch.setattr(blocks, "BLOCK", 1)
    assert len(list(blocks.blocks(path))) > 2
    parted = read_osm(path)
    for field in fields(whole):
        one, other = (getattr(extract, field.name) for extract in (whole, parted))
        if isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other, err_msg=field.name)
        else:
            assert one == other, field.name
    assert parted.way_ids.tolist() == [2]
    assert parted.node_ids.tolist() == [2, 3, -4]
    np.testing.assert_allclose(parted.lon, [6.65, 6.7, 6.8])
    assert parted.node_tags == {3: {"highway": "traffic_signals"}}
    assert len(parted.address_lon) == 1


@pytest.mark.parametrize("size", [0, 24, 127, 128, 3072, 24 << 14])
def test_blobs_of_any_size_are_parted(tmp_path, monkeypatch, size: int):
    number = bytes([size % 128 | 128, size // 128 % 128 | 128, size >> 14])
    blob = b"\x0a\x07OSMData\x18" + number
    path = tmp_path / "blobs.osm.pbf"
    path.write_bytes(3 * (len(blob).to_bytes(4, "big") + blob + bytes(size)))
    monkeypatch.setattr(blocks, "BLOCK", 1)
    assert len(list(blocks.blocks(path))) == 2  # the first goes before each of the others


NO_ROOM = """
import gc, os, resource, signal, sys
from pathlib import Path
from geodata.errors import DataError
from geodata.osm.extract import read_osm

if "file" in sys.argv:
    del os.memfd_create  # as where a system has no files in memory
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
try:
    read_osm(Path(sys.argv[2]))
except DataError as error:
    sys.stderr.write(str(error))
gc.collect()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of files as Linux has them")
@pytest.mark.parametrize("where", ["memory", "file"])
@pytest.mark.parametrize("most", [0, 300])
def test_a_map_that_finds_no_room_ends_with_a_message_and_not_the_process(tmp_path, where, most):
    path = tmp_path / "map.osm"
    nodes = {number: (10.0 * number, 0) for number in range(1, 200)}
    path.write_bytes(osm_xml(nodes, {1: ([*nodes], {"highway": "residential"})}))
    done = subprocess.run(
        [sys.executable, "-B", "-c", NO_ROOM, str(most), str(path), where],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"map\.osm: finds no room to be laid out, .*: (Write failed|.*No usable)", done.stderr
    )
