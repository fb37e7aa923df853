"""Reading by OSMnx gives the same roads as reading by pyosmium."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import osmium.filter
import osmium.osm
import osmnx
import pytest
from paper_roads import REAL_DATA, needs_real_data
from pyproj import Transformer

from geodata.od import utm_crs
from geodata.osm import read_osm
from geodata.overpass import extract_of_graph, keep_tags
from geodata.profiles import speed_model
from geodata.roads import build_network
from geodata.routing import TravelTimes


@pytest.fixture
def roads_xml(tmp_path: Path) -> Path:
    """Roads of Liechtenstein as the XML that OSMnx reads."""
    source, path = str(REAL_DATA / "osm" / "liechtenstein.osm.pbf"), tmp_path / "roads.osm"
    with osmium.BackReferenceWriter(str(path), ref_src=source) as writer:
        for way in osmium.FileProcessor(source, osmium.osm.WAY).with_filter(
            osmium.filter.KeyFilter("highway")
        ):
            writer.add(way)
    return path


@pytest.mark.slow
@needs_real_data
def test_both_readings_of_liechtenstein_agree(roads_xml):
    keep_tags()
    graph = osmnx.graph_from_xml(roads_xml, simplify=False, retain_all=True)
    ours = read_osm(REAL_DATA / "osm" / "liechtenstein.osm.pbf")
    crs = utm_crs(ours)
    assert crs == "EPSG:32632"
    # surroundings follow from addresses, which OSMnx does not bring
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
