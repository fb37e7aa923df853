"""Read an OpenStreetMap file: roads, address points and named places, as columns.

Nothing is judged here: which roads one may drive on is in `rules`, the graph they form in
`network`. Reading is by pyosmium, so `.osm.pbf`, `.osm`, `.osm.gz` and `.osm.bz2` all do.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, cast

import numpy as np
import numpy.typing as npt
import osmium
import osmium.filter
import osmium.osm

from geodata._opl import Ways, node_positions, tags_of, ways
from geodata.errors import DataError
from geodata.rules import TAGS_READ

FORMATS: Final = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
ADDRESS_TAG: Final = "addr:housenumber"
ROAD_TAG: Final = re.compile("(^|,)highway=")
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
        Node id and position of every vertex of every way, in order; infinite where the
        extract was cut.
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
    roads, houses = _reading(path, _read_ways)
    if not len(roads.ids):
        raise DataError("holds no roads (ways with a highway tag)", file=path)
    points = _reading(path, _read_points)
    addresses = np.concatenate([_reading(path, _read_addresses), houses])
    tag_sets, way_tags = _distinct_tags(roads.tags)
    return OsmExtract(
        way_ids=roads.ids,
        way_tags=way_tags,
        way_starts=np.concatenate([[0], np.cumsum(roads.sizes)]),
        node_ids=roads.nodes[:, 0].astype(np.int64),
        lon=roads.nodes[:, 1],
        lat=roads.nodes[:, 2],
        tag_sets=tag_sets,
        node_tags=points.node_tags,
        restrictions=_reading(path, _read_restrictions),
        address_lon=addresses[:, 0],
        address_lat=addresses[:, 1],
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
    except (RuntimeError, ValueError) as error:
        raise DataError(f"cannot be read as OpenStreetMap data: {error}", file=path) from error


def _read_ways(path: Path) -> tuple[Ways, FloatArray]:
    """Return the roads, and where buildings with an address start, shape (buildings, 2)."""
    found = ways(path, ("highway", ADDRESS_TAG))
    is_road = np.array([bool(ROAD_TAG.search(tags)) for tags in found.tags], dtype=bool)
    first = np.cumsum(found.sizes) - found.sizes
    houses = found.nodes[first[~is_road & (found.sizes > 0)], 1:]
    roads = Ways(
        ids=found.ids[is_road],
        tags=[tags for tags, road in zip(found.tags, is_road, strict=True) if road],
        sizes=found.sizes[is_road],
        nodes=found.nodes[np.repeat(is_road, found.sizes)],
    )
    return roads, houses[np.isfinite(houses[:, 0])]


def _read_addresses(path: Path) -> FloatArray:
    return node_positions(path, (ADDRESS_TAG,))


def _distinct_tags(written: list[str]) -> tuple[list[Tags], IntArray]:
    """Return the different sets of the tags read, and which of them each way has."""
    kept_of_text = {text: _kept(text) for text in dict.fromkeys(written)}
    number = {kept: place for place, kept in enumerate(dict.fromkeys(kept_of_text.values()))}
    numbers = np.array([number[kept_of_text[text]] for text in written], dtype=np.int64)
    return [tags_of(kept) for kept in number], numbers


def _kept(text: str) -> str:
    """Return those of some tags, as osmium writes them, that are read; names make most differ."""
    pairs = text.split(",")
    return ",".join(pair for pair in pairs if pair.partition("=")[0] in _TAGS_READ)


_TAGS_READ: Final = frozenset(TAGS_READ)


@dataclass(slots=True)
class _Points:
    """Growing columns while nodes are read."""

    places: list[Place] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)


def _read_points(path: Path) -> _Points:
    points = _Points()
    nodes = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter("place", "highway", "railway", "barrier")
    )
    for node in cast("Iterable[osmium.osm.Node]", nodes):
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
