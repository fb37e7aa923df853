"""A map from an editor, from Overpass or with its history: all that is there is read, no more."""

import bz2
import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from geodata.errors import DataError
from geodata.osm.extract import OsmExtract, read_osm

A, B, C = (f'<node id="{n}" version="1" lat="52.3" lon="6.{n}"/>' for n in (1, 2, 3))
OLD = '<way id="8" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
NEW = '<way id="9"{}><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>'


def osm(*parts: str) -> bytes:
    """Return a map of elements, in the order given."""
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(parts)}</osm>'.encode()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., OsmExtract]:
    def reading(*parts: str, name: str = "map.osm", pack=bytes) -> OsmExtract:
        path = tmp_path / name
        path.write_bytes(pack(osm(*parts)))
        return read_osm(path)

    return reading


def test_what_was_drawn_and_not_uploaded_is_read(read):
    drawn = "<node id='-4' lat='52.4' lon='6.4' action='modify'/>"
    way = (
        "<way id='-5' action='modify'><nd ref='3'/><nd ref='-4'/><tag k='highway' v='trunk'/></way>"
    )
    map_ = read(drawn, A, B, C, way, OLD)
    assert map_.way_ids.tolist() == [-5, 8]
    assert map_.node_ids.tolist() == [3, -4, 1, 2]
    assert map_.lat.tolist() == [52.3, 52.4, 52.3, 52.3]
    assert [map_.tag_sets[at]["highway"] for at in map_.way_tags] == ["trunk", "primary"]


@pytest.mark.parametrize(
    "gone",
    [
        ' action="delete"',
        " visible='true' timestamp='2026-01-01T00:00:00Z' action = 'delete'",
        ' version="3" visible="false"',
    ],
)
def test_what_was_deleted_is_not_read(read, gone):
    assert read(A, B, C, OLD, NEW.format("")).way_ids.tolist() == [8, 9]
    assert read(A, B, C, OLD, NEW.format(gone)).way_ids.tolist() == [8]


def test_a_deletion_is_seen_wherever_the_blocks_part(read, monkeypatch):
    for size in range(64, 300, 7):
        monkeypatch.setattr("geodata.osm.xml_marks.BLOCK", size)
        assert read(A, B, C, OLD, NEW.format(' action="delete"')).way_ids.tolist() == [8], size


def test_a_tag_that_says_delete_deletes_nothing(read):
    tagged = NEW.format("").replace("</way>", '<tag k="action" v="delete"/></way>')
    assert read(A, B, C, tagged).way_ids.tolist() == [9]


@pytest.mark.parametrize("versions", [(1, 2, 3), (3, 1, 2)])
def test_of_each_version_of_a_road_the_last_is_read(read, versions):
    drawn = {1: "primary", 2: "track", 3: "secondary"}
    ways = [
        f'<way id="8" version="{n}"><nd ref="1"/><nd ref="{n}"/>'
        f'<tag k="highway" v="{drawn[n]}"/></way>'
        for n in versions
    ]
    map_ = read(A, B, C, *ways)
    assert map_.way_ids.tolist() == [8]
    assert map_.node_ids.tolist() == [1, 3]
    assert [map_.tag_sets[at] for at in map_.way_tags] == [{"highway": "secondary"}]


def test_a_road_that_its_last_version_deletes_is_not_read(read):
    gone = '<way id="9" version="2" visible="false"/>'
    for parts in ((NEW.format(' version="1"'), gone), (gone, NEW.format(' version="1"'))):
        assert read(A, B, C, OLD, *parts).way_ids.tolist() == [8]


@pytest.mark.parametrize("late", [(OLD, A, B), (A, OLD, B), (B, OLD, A)])
def test_nodes_after_their_road_are_found(read, late):
    map_ = read(*late)
    assert map_.lon.tolist() == [6.1, 6.2]


def test_a_node_that_is_not_in_the_file_has_no_place(read):
    assert read(A, OLD).lon.tolist() == [6.1, float("inf")]


@pytest.mark.parametrize(("name", "pack"), [("m.osm", bytes), ("m.osm.gz", gzip.compress)])
def test_an_answer_that_broke_off_is_refused(read, name, pack):
    remark = "<remark> runtime error: Query timed out after 25 seconds. </remark>"
    with pytest.raises(DataError, match=r"answer that broke off.*: runtime error: Query timed out"):
        read(A, B, OLD, remark, name=name, pack=pack)


def node(lon: str, lat: str) -> str:
    return f'<node id="1" lon="{lon}" lat="{lat}"/>'


@pytest.mark.parametrize(
    ("lon", "lat", "told"),
    [
        ("6.1", "152.3", "holds a place at 152.3; degrees .* are -90 to 90"),
        ("196.1", "52.3", "holds a place at 196.1; degrees .* are -180 to 180"),
        ("257500", "471800", "must be in degrees"),
        ("nan", "52.3", "cannot be read|must be in degrees"),
        ("6,1", "52,3", "cannot be read|must be in degrees"),
    ],
    ids=["north of the pole", "beyond the date line", "metres", "no number", "decimal comma"],
)
def test_a_place_that_is_none_is_refused(read, lon, lat, told):
    with pytest.raises(DataError, match=told) as error:
        read(node(lon, lat), B, OLD)
    assert Path(error.value.file).name == "map.osm"


@pytest.mark.parametrize(
    ("name", "pack"), [("m.osm.gz", gzip.compress), ("m.osm.bz2", bz2.compress)]
)
def test_a_packed_map_that_was_cut_off_is_refused(read, name, pack):
    def cut(content: bytes) -> bytes:
        packed: bytes = pack(content)
        return packed[: len(packed) // 2]

    with pytest.raises(DataError, match=f"{name}: cannot be read as OpenStreetMap data"):
        read(A, B, OLD, name=name, pack=cut)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("M.OSM", bytes),
        ("M.Osm.GZ", gzip.compress),
        ("M.OSM.BZ2", bz2.compress),
        ("M.OSM.XML", bytes),
    ],
)
def test_a_name_in_capitals_is_read(read, name, pack):
    assert read(
        A, B, C, OLD, NEW.format(' action="delete"'), name=name, pack=pack
    ).way_ids.tolist() == [8]


@pytest.mark.parametrize("name", ["map.osc", "map.o5m", "map.json", "map.zip", "map"])
def test_another_kind_of_file_is_refused_with_what_is_read(read, name):
    with pytest.raises(DataError, match=r"not an OpenStreetMap file; allowed: \.osm\.pbf"):
        read(A, B, OLD, name=name)


def test_the_order_of_a_file_changes_nothing(read):
    parts = [A, B, C, OLD, NEW.format("")]
    chance = random.Random(3)
    right = read(*parts)
    for _ in range(10):
        chance.shuffle(parts)
        map_ = read(*parts)
        for name in ("way_ids", "way_starts", "node_ids", "lon", "lat"):
            assert getattr(map_, name).tolist() == getattr(right, name).tolist(), (name, parts)
