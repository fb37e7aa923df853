"""Roads on paper: small OpenStreetMap files written by hand, and where the real data is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np
import pytest
from pyproj import Transformer

from geodata.config.legal_limits import COUNTRIES
from geodata.config.speed_profiles import Profile
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.roads.network import RoadNetwork
from geodata.routing.travel_times import TravelTimes

CRS = "EPSG:28992"
WEST, SOUTH = 250_000.0, 475_000.0
REAL_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

needs_real_data = pytest.mark.skipif(
    not REAL_DATA.is_dir(), reason=f"the real data is not at {REAL_DATA}"
)

Metres = tuple[float, float]
Way = tuple[Sequence[int], Mapping[str, str]]

# a main road with its two directions apart, joined at its ends and by a link, 2-3, of 100 metres:
#   5 <- 3 <- 6
#   1 -> 2 -> 4
APART = {1: (0, 0), 2: (1000, 0), 4: (2000, 0), 5: (0, 100), 3: (1000, 100), 6: (2000, 100)}
ROAD = {"highway": "tertiary", "maxspeed": "60"}
ONEWAY = ROAD | {"oneway": "yes"}
JOINED = {
    12: ([1, 2], ONEWAY),
    24: ([2, 4], ONEWAY),
    63: ([6, 3], ONEWAY),
    35: ([3, 5], ONEWAY),
    23: ([2, 3], ROAD),
    46: ([4, 6], ROAD),
    51: ([5, 1], ROAD),
}


def osm_xml(
    nodes: Mapping[int, Metres],
    ways: Mapping[int, Way],
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    restrictions: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Return an OSM file with nodes at metres east and north of a corner in Twente."""
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    root = Element("osm", version="0.6")
    for number, (east, north) in nodes.items():
        lon, lat = to_degrees.transform(WEST + east, SOUTH + north)
        node = SubElement(root, "node", id=str(number), lon=f"{lon:.9f}", lat=f"{lat:.9f}")
        _tag(node, (node_tags or {}).get(number, {}))
    for number, (refs, tags) in ways.items():
        way = SubElement(root, "way", id=str(number))
        for ref in refs:
            SubElement(way, "nd", ref=str(ref))
        _tag(way, tags)
    for number, restriction in enumerate(restrictions, start=1):
        relation = SubElement(root, "relation", id=str(number))
        for role, (kind, ref) in restriction["members"]:
            SubElement(relation, "member", type=kind, ref=str(ref), role=role)
        _tag(relation, {"type": "restriction"} | restriction["tags"])
    return tostring(root)


def _tag(element: Element, tags: Mapping[str, str]) -> None:
    for key, value in tags.items():
        SubElement(element, "tag", k=key, v=value)


def at_the_limit(mode: str = "car", **seconds: float) -> Profile:
    """Return a profile at the limit, else at 60, that loses no time but what is given."""
    delays = dict.fromkeys(
        (
            "yield_seconds",
            "signal_seconds",
            "crossing_seconds",
            "turn_seconds",
        ),
        0.0,
    )
    return Profile(
        name=mode,
        mode=mode,
        speed=np.full((len(COUNTRIES), len(ROAD_CLASSES), 2), 60.0),
        cap=np.full((len(ROAD_CLASSES), 2), np.inf),
        posted_share=1.0,
        posted_more=np.zeros(2),
        time=np.ones((len(ROAD_CLASSES), 2)),
        **(delays | seconds),
    )


def minutes_between(
    network: RoadNetwork, origin: Metres, destination: Metres, profile: Profile | None = None
) -> float:
    """Return minutes between two points given in metres from the corner; NaN for no way."""
    x = np.array([origin[0], destination[0]]) + WEST
    y = np.array([origin[1], destination[1]]) + SOUTH
    at = network.snap(x, y, 100.0)
    return float(TravelTimes(network, profile or at_the_limit()).minutes(at, at)[0, 1])
