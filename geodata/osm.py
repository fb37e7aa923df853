"""Read an OpenStreetMap file: roads, address points and named places, as columns.

Nothing is judged here: which roads one may drive on is in `rules`, the graph they form in
`network`. Reading is by pyosmium, so `.osm.pbf`, `.osm`, `.osm.gz` and `.osm.bz2` all do.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, cast

import numpy as np
import numpy.typing as npt
import osmium
import osmium.filter
import osmium.geom
import osmium.osm

from geodata.errors import DataError
from geodata.rules import TAGS_READ

FORMATS: Final = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
ADDRESS_TAG: Final = "addr:housenumber"
PLACE_KINDS: Final = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood"}
)
NODE_TAGS_READ: Final = (
    "highway",
    "railway",
    "barrier",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "emergency",
    "bollard",
    "traffic_signals:direction",
)

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Tags = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction: coming from one way, over a node, what one may or must not enter."""

    kind: str
    from_way: int
    via_node: int
    to_way: int
    except_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A named place."""

    name: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class OsmExtract:
    """What a road network and its people need from an OpenStreetMap file.

    Attributes
    ----------
    way_ids
        Id of each way with a `highway` tag, shape (ways,).
    way_tags
        Index in `tag_sets` of each way's tags, shape (ways,).
    way_starts
        Where each way's nodes start in `node_ids`, shape (ways + 1,).
    node_ids, lon, lat
        Node id and position of every vertex of every way, in order.
    tag_sets
        The different sets of tags that ways carry.
    node_tags
        Tags of nodes on roads that matter to a driver (signals, crossings, barriers), by node id.
    restrictions
        Turn restrictions over a node.
    address_lon, address_lat
        Position of each address.
    places
        Named places.
    """

    way_ids: IntArray
    way_tags: IntArray
    way_starts: IntArray
    node_ids: IntArray
    lon: FloatArray
    lat: FloatArray
    tag_sets: list[Tags]
    node_tags: dict[int, Tags]
    restrictions: list[Restriction] = field(default_factory=list)
    address_lon: FloatArray = field(default_factory=lambda: np.empty(0))
    address_lat: FloatArray = field(default_factory=lambda: np.empty(0))
    places: list[Place] = field(default_factory=list)


def read_osm(path: Path) -> OsmExtract:
    """Read roads, addresses and places from an OpenStreetMap file.

    Parameters
    ----------
    path
        `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2`.

    Returns
    -------
    OsmExtract

    Raises
    ------
    DataError
        If the file is absent, is not OpenStreetMap data, is cut off, or holds no roads.
    """
    _check_name(path)
    roads = _reading(path, _read_roads)
    if not roads.way_ids:
        raise DataError("holds no roads (ways with a highway tag)", file=path)
    points = _reading(path, _read_points)
    restrictions = _reading(path, _read_restrictions)
    coordinates = _coordinates(roads)
    return OsmExtract(
        way_ids=np.array(roads.way_ids, dtype=np.int64),
        way_tags=np.array(roads.way_tags, dtype=np.int64),
        way_starts=np.concatenate([[0], np.cumsum(roads.lengths)]).astype(np.int64),
        node_ids=np.array(roads.node_ids, dtype=np.int64),
        lon=coordinates[:, 0],
        lat=coordinates[:, 1],
        tag_sets=[_without_absent(values) for values in roads.tag_sets],
        node_tags=points.node_tags,
        restrictions=restrictions,
        address_lon=np.array(points.address_lon + roads.address_lon),
        address_lat=np.array(points.address_lat + roads.address_lat),
        places=points.places,
    )


def _check_name(path: Path) -> None:
    if not path.is_file():
        raise DataError("no such file", file=path)
    if not path.name.endswith(FORMATS):
        raise DataError(f"not an OpenStreetMap file; allowed: {', '.join(FORMATS)}", file=path)


def _reading(path: Path, read: Callable[[Path], T]) -> T:
    """Call a reader; what osmium cannot read is the user's to know."""
    try:
        return read(path)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise DataError(f"cannot be read as OpenStreetMap data: {error}", file=path) from error


@dataclass(slots=True)
class _Roads:
    """Growing columns while roads are read."""

    way_ids: "array[int]" = field(default_factory=lambda: array("q"))
    way_tags: "array[int]" = field(default_factory=lambda: array("q"))
    lengths: "array[int]" = field(default_factory=lambda: array("q"))
    node_ids: "array[int]" = field(default_factory=lambda: array("q"))
    lines: list[str] = field(default_factory=list)
    tag_sets: dict[tuple[str | None, ...], int] = field(default_factory=dict)
    address_lon: list[float] = field(default_factory=list)
    address_lat: list[float] = field(default_factory=list)


def _read_roads(path: Path) -> _Roads:
    """Read ways with a highway tag; an address on a building outline counts where it starts."""
    roads = _Roads()
    to_wkb = osmium.geom.WKBFactory().create_linestring
    every_node = osmium.geom.use_nodes.ALL
    ways = (
        osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway", ADDRESS_TAG))
    )
    for way in cast("Iterable[osmium.osm.Way]", ways):
        tag = way.tags.get
        if tag("highway") is None:
            _add_building(roads, way)
            continue
        nodes = [node.ref for node in way.nodes]
        try:
            line = to_wkb(way, every_node)
        except (osmium.InvalidLocationError, RuntimeError):
            _add_cut_way(roads, way)
            continue
        _add_way(roads, way.id, tuple([tag(key) for key in TAGS_READ]), nodes)
        roads.lines.append(line[_WKB_HEADER:])
    return roads


_WKB_HEADER: Final = 18  # hexadecimal digits before the first coordinate of a WKB line


def _without_absent(values: tuple[str | None, ...]) -> Tags:
    pairs = zip(TAGS_READ, values, strict=True)
    return {key: value for key, value in pairs if value is not None}


def _add_way(roads: _Roads, way_id: int, tags: tuple[str | None, ...], nodes: list[int]) -> None:
    roads.way_ids.append(way_id)
    roads.way_tags.append(roads.tag_sets.setdefault(tags, len(roads.tag_sets)))
    roads.lengths.append(len(nodes))
    roads.node_ids.extend(nodes)


def _add_cut_way(roads: _Roads, way: osmium.osm.Way) -> None:
    """Add the stretches of a way whose nodes are in the file: an extract may cut ways off."""
    tags = tuple([way.tags.get(key) for key in TAGS_READ])
    stretch: list[tuple[int, float, float]] = []
    for node in [*way.nodes, None]:
        if node is not None and node.location.valid():
            stretch.append((node.ref, node.lon, node.lat))
            continue
        if len(stretch) > 1:
            _add_way(roads, way.id, tags, [ref for ref, _, _ in stretch])
            roads.lines.append(np.array([at[1:] for at in stretch], dtype="<f8").tobytes().hex())
        stretch = []


def _add_building(roads: _Roads, way: osmium.osm.Way) -> None:
    first = way.nodes[0]
    if first.location.valid():
        roads.address_lon.append(first.lon)
        roads.address_lat.append(first.lat)


def _coordinates(roads: _Roads) -> FloatArray:
    """Return the coordinates of all vertices, shape (vertices, 2): lon, lat."""
    return np.frombuffer(bytes.fromhex("".join(roads.lines)), dtype="<f8").reshape(-1, 2)


@dataclass(slots=True)
class _Points:
    """Growing columns while nodes are read."""

    address_lon: list[float] = field(default_factory=list)
    address_lat: list[float] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)


def _read_points(path: Path) -> _Points:
    points = _Points()
    nodes = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter(ADDRESS_TAG, "place", "highway", "railway", "barrier")
    )
    for node in cast("Iterable[osmium.osm.Node]", nodes):
        if ADDRESS_TAG in node.tags:
            points.address_lon.append(node.lon)
            points.address_lat.append(node.lat)
            continue
        tags = dict(node.tags)
        if tags.get("place") in PLACE_KINDS and "name" in tags:
            points.places.append(Place(tags["name"], tags["place"], node.lon, node.lat))
        elif kept := {str(key): tags[key] for key in NODE_TAGS_READ if key in tags}:
            points.node_tags[node.id] = kept
    return points


def _read_restrictions(path: Path) -> list[Restriction]:
    relations = osmium.FileProcessor(path, osmium.osm.RELATION).with_filter(
        osmium.filter.KeyFilter("restriction", "restriction:motorcar", "restriction:motor_vehicle")
    )
    found = map(_restriction, cast("Iterable[osmium.osm.Relation]", relations))
    return [restriction for restriction in found if restriction is not None]


def _restriction(relation: osmium.osm.Relation) -> Restriction | None:
    """Return a turn restriction over one node; None for restrictions over ways and broken ones."""
    tags = relation.tags
    kind = tags.get("restriction:motorcar", tags.get("restriction:motor_vehicle"))
    kind = kind or tags.get("restriction")
    members: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        members.setdefault((member.role, member.type), []).append(member.ref)
    from_ways = members.get(("from", "w"), [])
    via_nodes = members.get(("via", "n"), [])
    to_ways = members.get(("to", "w"), [])
    if kind is None or not (len(from_ways) == len(via_nodes) == len(to_ways) == 1):
        return None
    excepted = frozenset(part.strip() for part in (tags.get("except") or "").split(";") if part)
    return Restriction(kind, from_ways[0], via_nodes[0], to_ways[0], excepted)
