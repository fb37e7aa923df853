"""What Overpass gives makes the same roads as an extract; OSMnx's own reading agrees as well."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import numpy as np
import osmium
import osmium.filter
import osmium.osm
import osmnx
import pytest
from click.testing import CliRunner
from pyproj import Transformer

from cli import main
from geodata.config.speed_profiles import speed_model
from geodata.osm.access_tags import TAGS_READ
from geodata.osm.extract import NODE_TAGS_READ, OsmExtract, read_osm
from geodata.roads.builder import build_network
from geodata.routing.travel_time_matrix import utm_crs
from geodata.routing.travel_times import TravelTimes
from tests.support.paper_roads import REAL_DATA, needs_real_data

LIECHTENSTEIN = REAL_DATA / "osm" / "liechtenstein.osm.pbf"
AROUND = "9.4,47,9.7,47.3"
STATEMENT = re.compile(r'(node|way|rel)\["([^"]+)"(?:="([^"]+)")?\]')
OUTLINE = {"type": "Polygon", "coordinates": [[[9.4, 47], [9.7, 47], [9.7, 47.3], [9.4, 47]]]}


def elements(path: Path) -> list[dict[str, Any]]:
    """Return all an extract holds as Overpass writes it."""
    found: list[dict[str, Any]] = []
    for one in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v for tag in one.tags}
        if one.is_node():
            at = {"lat": one.location.lat, "lon": one.location.lon}
            found.append({"type": "node", "id": one.id, **at, "tags": tags})
        elif one.is_way():
            nodes = [node.ref for node in one.nodes]
            found.append({"type": "way", "id": one.id, "nodes": nodes, "tags": tags})
        else:
            kinds = {"n": "node", "w": "way", "r": "relation"}
            members = [{"type": kinds[m.type], "ref": m.ref, "role": m.role} for m in one.members]
            found.append({"type": "relation", "id": one.id, "members": members, "tags": tags})
    return found


class Overpass(BaseHTTPRequestHandler):
    """Stands in for Overpass and Nominatim: gives what is asked by kind and tag, and only that."""

    held: ClassVar[list[dict[str, Any]]] = []
    remark: ClassVar[str | None] = None
    asked: ClassVar[list[str]] = []

    def do_GET(self):
        if "/status" in self.path:
            self.say(b"Connected\n\n\n\n2 slots available now.\n")
            return
        place = {"geojson": OUTLINE, "lat": "47.1", "lon": "9.5", "display_name": "Liechtenstein"}
        box = {"boundingbox": ["47", "47.3", "9.4", "9.7"], "importance": 0.7}
        known = "q=Liechtenstein" in self.path
        self.say(json.dumps([place | box] if known else []).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query = parse_qs(body)["data"][0]
        self.asked.append(query)
        wanted = {(kind, key): value for kind, key, value in STATEMENT.findall(query)}
        answer: dict[str, Any] = {"elements": self.those(wanted)}
        if self.remark:
            answer["remark"] = self.remark
        self.say(json.dumps(answer).encode())

    def those(self, wanted: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
        chosen = [
            one
            for one in self.held
            if any(
                one["type"].startswith(kind) and key in one["tags"]
                for (kind, key), value in wanted.items()
                if value in ("", one["tags"].get(key))
            )
        ]
        on_ways = {node for one in chosen for node in one.get("nodes", [])}
        had = {one["id"] for one in chosen if one["type"] == "node"}
        return chosen + [
            one
            for one in self.held
            if one["type"] == "node" and one["id"] in on_ways and one["id"] not in had
        ]

    def say(self, content: bytes):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def overpass(monkeypatch) -> Iterator[type[Overpass]]:
    monkeypatch.setattr(Overpass, "held", [])
    monkeypatch.setattr(Overpass, "remark", None)
    monkeypatch.setattr(Overpass, "asked", [])
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Overpass)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    ask_at(monkeypatch, listening.server_port)
    yield Overpass
    listening.shutdown()
    thread.join()
    listening.server_close()


def ask_at(monkeypatch, port: int) -> None:
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"http://127.0.0.1:{port}/api")
    monkeypatch.setattr(osmnx.settings, "nominatim_url", f"http://127.0.0.1:{port}/")
    monkeypatch.setattr(osmnx.settings, "cache_folder", osmnx.settings.cache_folder)


def fetched(*how: str) -> Path:
    done = CliRunner().invoke(main, ["geodata", "fetch", *how])
    assert done.exit_code == 0, done.output
    return Path(done.stdout.strip())


def refused(*how: str) -> str:
    done = CliRunner().invoke(main, ["geodata", "fetch", *how])
    assert done.exit_code == 2, done.output
    return done.output


def assert_same(one: Any, other: Any) -> None:
    """Compare columns to the last bit."""
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if is_dataclass(mine):
            assert_same(mine, theirs)
        else:
            unknown = np.asarray(mine).dtype.kind == "f"  # no tag tells the limit: NaN
            assert np.array_equal(mine, theirs, equal_nan=unknown), field.name


@pytest.mark.slow
@needs_real_data
def test_a_place_gives_the_same_network_as_the_extract(overpass, tmp_path: Path):
    overpass.held = elements(LIECHTENSTEIN)
    path = fetched("--place", "Liechtenstein", "--cache", str(tmp_path))
    whole, ours = read_osm(LIECHTENSTEIN), read_osm(path)
    assert len(whole.restrictions) == 3
    assert ours.restrictions == whole.restrictions
    assert ours.node_tags == whole.node_tags
    assert len(ours.address_lon) == len(whole.address_lon) > 1000
    assert {place.name for place in ours.places} == {place.name for place in whole.places}
    networks = [build_network(one, "EPSG:32632", speed_model()) for one in (whole, ours)]
    assert_same(*networks)


def test_what_was_asked_before_is_not_asked_again(overpass, tmp_path: Path):
    overpass.held = [
        {"type": "node", "id": 1, "lat": 47.1, "lon": 9.5, "tags": {}},
        {"type": "node", "id": 2, "lat": 47.1, "lon": 9.6, "tags": {}},
        {"type": "way", "id": 3, "nodes": [1, 2], "tags": {"highway": "primary"}},
    ]
    twice = [fetched("--box", AROUND, "--cache", str(tmp_path)) for _ in range(2)]
    assert twice[0] == twice[1] == tmp_path / "box_9.4_47_9.7_47.3.osm.pbf"
    assert len(overpass.asked) == 1
    assert read_osm(twice[0]).way_ids.tolist() == [3]


@pytest.mark.usefixtures("overpass")
def test_a_place_nobody_knows_is_reported(tmp_path: Path):
    told = refused("--place", "Nergenshuizen", "--cache", str(tmp_path))
    assert "Nergenshuizen: no such place" in told


@pytest.mark.usefixtures("overpass")
def test_a_box_without_roads_is_reported_and_nothing_written(tmp_path: Path):
    assert "gives no roads" in refused("--box", AROUND, "--cache", str(tmp_path))
    assert not list(tmp_path.glob("*.pbf"))


def test_an_answer_that_is_not_whole_is_refused(overpass, tmp_path: Path):
    overpass.remark = "runtime error: Query timed out"
    told = refused("--box", AROUND, "--cache", str(tmp_path))
    assert "Overpass gives up: runtime error: Query timed out" in told


@pytest.mark.parametrize(
    ("how", "who"), [(("--place", "Almelo"), "Nominatim"), (("--box", AROUND), "Overpass")]
)
def test_without_a_network_it_is_said_at_once(tmp_path: Path, monkeypatch, how, who):
    ask_at(monkeypatch, 9)
    assert f"{who} cannot be reached" in refused(*how, "--cache", str(tmp_path))


@pytest.mark.parametrize("box", ["9.7,47,9.4,47.3", "9.4,47,9.7", "9.4,47,9.7,north"])
def test_a_box_that_is_none_is_refused(box):
    assert "west,south,east,north" in refused("--box", box)


@pytest.fixture
def roads_xml(tmp_path: Path) -> Path:
    """Roads of Liechtenstein as the XML that OSMnx reads."""
    source, path = str(LIECHTENSTEIN), tmp_path / "roads.osm"
    with osmium.BackReferenceWriter(str(path), ref_src=source) as writer:
        for way in osmium.FileProcessor(source, osmium.osm.WAY).with_filter(
            osmium.filter.KeyFilter("highway")
        ):
            writer.add(way)
    return path


def extract_of_graph(graph) -> OsmExtract:
    """Return an OSMnx graph, which has an edge per piece of road and direction, as an extract."""
    pieces = [(a, b, data) for a, b, data in graph.edges(data=True) if not data["reversed"]]
    tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
    numbers = []
    for _, _, data in pieces:
        tags = {key: str(data[key]) for key in TAGS_READ if key in data and key != "oneway"}
        tags |= {"oneway": "yes"} if data["oneway"] else {}
        numbers.append(tag_sets.setdefault(tuple(sorted(tags.items())), len(tag_sets)))
    nodes = np.array([piece[:2] for piece in pieces], dtype=np.int64).ravel()
    at = np.array([(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in nodes.tolist()])
    kept = {
        int(node): {key: str(data[key]) for key in NODE_TAGS_READ if key in data}
        for node, data in graph.nodes(data=True)
    }
    return OsmExtract(
        way_ids=np.array([data["osmid"] for _, _, data in pieces], dtype=np.int64),
        way_tags=np.array(numbers, dtype=np.int64),
        way_starts=np.arange(0, len(nodes) + 1, 2),
        node_ids=nodes,
        lon=at[:, 0],
        lat=at[:, 1],
        tag_sets=[dict(tags) for tags in tag_sets],
        node_tags={node: tags for node, tags in kept.items() if tags},
    )


@pytest.mark.slow
@needs_real_data
def test_osmnx_reads_the_same_roads_by_itself(roads_xml, monkeypatch):
    monkeypatch.setattr(osmnx.settings, "useful_tags_way", list(TAGS_READ))
    monkeypatch.setattr(osmnx.settings, "useful_tags_node", list(NODE_TAGS_READ))
    graph = osmnx.graph_from_xml(roads_xml, simplify=False, retain_all=True)
    ours = read_osm(LIECHTENSTEIN)
    crs = utm_crs(ours)
    assert crs == "EPSG:32632"
    # surroundings follow from addresses, which a graph of OSMnx has not
    ours = replace(ours, address_lon=np.empty(0), address_lat=np.empty(0))
    networks = [build_network(one, crs, speed_model()) for one in (ours, extract_of_graph(graph))]
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    random = np.random.default_rng(2)
    x, y = to_metres.transform(random.uniform(9.48, 9.55, 150), random.uniform(47.06, 47.25, 150))
    minutes = []
    for network in networks:
        at = network.snap(np.asarray(x), np.asarray(y), 300.0)
        minutes.append(TravelTimes(network, speed_model().profiles["car"]).minutes(at, at))
    first, second = minutes
    assert np.array_equal(np.isnan(first), np.isnan(second))
    reached = ~np.isnan(first) & (first > 0)
    assert reached.sum() > 1000
    assert np.median(np.abs(second[reached] / first[reached] - 1)) < 0.02
