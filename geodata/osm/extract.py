"""Read an OpenStreetMap file: roads, address points and named places, as columns.

Nothing is judged here: which roads one may drive on is in `rules`, the graph they form in
`network`. Reading is by pyosmium, so `.osm.pbf`, `.osm`, `.osm.gz` and `.osm.bz2` all do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium.osm
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Transformer

from geodata.errors import DataError
from geodata.osm.access_tags import FERRY, TAGS_READ
from geodata.osm.barriers import NODE_TAGS_READ as BARRIER_TAGS_READ
from geodata.osm.blocks import osm_file
from geodata.osm.opl import (
    Nodes,
    NoRoomError,
    Objects,
    Relation,
    Wanted,
    of_each,
    read_objects,
    tagged,
    tags_of,
)
from geodata.osm.xml_marks import read_marks

if TYPE_CHECKING:
    from pathlib import Path

    from files.arrays import BoolArray, FloatArray, IntArray

FORMATS: Final = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
MOST_LON: Final = 180.0
MOST_LAT: Final = 90.0
ISO_DAY: Final = len("2021-08-06")
WGS84: Final = "EPSG:4326"
ADDRESS_TAG: Final = "addr:housenumber"
ROAD_TAG: Final = "highway"
FERRY_TAG: Final = "route"
POINT_TAGS: Final = ("place", "highway", "railway", "barrier", "maxheight", "maxwidth")
RESTRICTION_TAGS: Final = ("restriction:motorcar", "restriction:motor_vehicle", "restriction")
"""The most precise first."""
PLACE_KINDS: Final = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood"}
)
NODE_TAGS_READ: Final = ("highway", "railway", *BARRIER_TAGS_READ, "traffic_signals:direction")
WANTED: Final = {
    "n": Wanted(
        having=(ADDRESS_TAG, *POINT_TAGS),
        kept=frozenset({"place", "name", *NODE_TAGS_READ}),
        there=(ADDRESS_TAG,),
    ),
    "w": Wanted(
        having=(ROAD_TAG, FERRY_TAG, ADDRESS_TAG),
        kept=frozenset({*TAGS_READ, ROAD_TAG, FERRY_TAG, ADDRESS_TAG}),
        there=(ADDRESS_TAG,),
    ),
    "r": Wanted(having=RESTRICTION_TAGS, kept=frozenset({*RESTRICTION_TAGS, "except"})),
}
"""Of an address nothing but that it is one."""

Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction: coming from one way, over a node or ways, what one may or must enter.

    `via_node` is None where it is over `via_ways`, which stand in the order they are driven.
    """

    kind: str
    from_way: int
    via_node: int | None
    to_way: int
    except_for: frozenset[str]
    via_ways: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedPlace:
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
        Turn restrictions.
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
    places: list[NamedPlace] = field(default_factory=list)
    _projected: dict[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict, repr=False)

    def addresses_in(self, crs: str) -> tuple[FloatArray, FloatArray]:
        """Return x and y of each address in a projection, which takes long enough to do once."""
        if crs not in self._projected:
            to_crs = Transformer.from_crs(WGS84, crs, always_xy=True)
            x, y = to_crs.transform(self.address_lon, self.address_lat)
            self._projected[crs] = np.asarray(x), np.asarray(y)
        return self._projected[crs]


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
    found = _objects(path)
    is_road = tagged(found.ways.tags, ROAD_TAG) | _is_ferry(found.ways.tags)
    if not is_road.any():
        raise DataError("holds no roads (ways with a highway tag)", file=path)
    tag_sets, way_tags = _distinct_tags(found.ways.tags.filter(pa.array(is_road)))
    on_road = np.repeat(is_road, found.ways.sizes)
    address_lon, address_lat = _addresses(found, is_road)
    points = _points(found.nodes)
    return OsmExtract(
        way_ids=found.ways.ids[is_road],
        way_tags=way_tags,
        way_starts=np.concatenate([[0], np.cumsum(found.ways.sizes[is_road])]),
        node_ids=found.ways.nodes[on_road],
        lon=found.ways.lon[on_road],
        lat=found.ways.lat[on_road],
        tag_sets=tag_sets,
        node_tags=points.node_tags,
        restrictions=[one for relation in found.relations for one in _restrictions(relation)],
        address_lon=address_lon,
        address_lat=address_lat,
        places=points.places,
    )


def state_of(path: Path) -> str:
    """Return the day (ISO) whose map a file holds, as its header tells; empty where it doesn't."""
    reader = osmium.io.Reader(osm_file(path), osmium.osm.NOTHING)
    header = reader.header()
    reader.close()
    return str(header.get("osmosis_replication_timestamp") or header.get("timestamp"))[:ISO_DAY]


def _check_name(path: Path) -> None:
    if not path.is_file():
        raise DataError("no such file", file=path)
    if not path.name.lower().endswith(FORMATS):
        raise DataError(
            "not an OpenStreetMap file; allowed: {formats}", formats=", ".join(FORMATS), file=path
        )


def _objects(path: Path) -> Objects:
    """Read what is wanted of a file; what osmium cannot read is the user's to know."""
    try:
        found = read_objects(path, WANTED, gone=read_marks(path))
    except osmium.InvalidLocationError as error:
        raise DataError(
            "holds a place that is none: {error}; places must be in degrees (EPSG:4326)",
            error=str(error),
            file=path,
        ) from error
    except NoRoomError as error:
        raise DataError(
            "finds no room to be laid out, in memory or among temporary files: {error}",
            error=str(error),
            file=path,
        ) from error
    except (RuntimeError, ValueError) as error:
        raise DataError(
            "cannot be read as OpenStreetMap data: {error}", error=str(error), file=path
        ) from error
    _check_places(found, path)
    return found


def _check_places(found: Objects, path: Path) -> None:
    """Refuse places outside the world; infinite ones are not in the file."""
    for part in (found.nodes, found.ways):
        for degrees, most in ((part.lon, MOST_LON), (part.lat, MOST_LAT)):
            wrong = np.isfinite(degrees) & (np.abs(degrees) > most)
            if wrong.any():
                raise DataError(
                    "holds a place at {given:g}; degrees (EPSG:4326) are -{most:g} to {most:g}",
                    given=degrees[wrong][0],
                    most=most,
                    file=path,
                )


def _is_ferry(tags: pa.DictionaryArray) -> BoolArray:
    """Return which texts of tags are of a ferry."""
    return of_each(
        tags, pc.match_substring_regex(tags.dictionary, f"(^|,){FERRY_TAG}={FERRY}(,|$)")
    )


def _addresses(found: Objects, is_road: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return where the nodes with an address are, and where buildings with one start."""
    nodes, ways = found.nodes, found.ways
    at = tagged(nodes.tags, ADDRESS_TAG)
    building = tagged(ways.tags, ADDRESS_TAG) & ~is_road & (ways.sizes > 0)
    first = (np.cumsum(ways.sizes) - ways.sizes)[building]
    first = first[np.isfinite(ways.lon[first])]
    return (
        np.concatenate([nodes.lon[at], ways.lon[first]]),
        np.concatenate([nodes.lat[at], ways.lat[first]]),
    )


def _distinct_tags(tags: pa.DictionaryArray) -> tuple[list[Tags], IntArray]:
    """Return the different sets of the tags read, and which of them each way has."""
    kept_of_text = [_kept(text) for text in tags.dictionary.to_pylist()]
    texts = tags.indices.to_numpy()
    _, first = np.unique(texts, return_index=True)
    kept_in_order = (kept_of_text[text] for text in texts[np.sort(first)].tolist())
    number = {kept: place for place, kept in enumerate(dict.fromkeys(kept_in_order))}
    numbers = np.array([number.get(kept, -1) for kept in kept_of_text], dtype=np.int64)
    return [tags_of(kept) for kept in number], numbers[texts]


def _kept(text: str) -> str:
    """Return those of some tags, as osmium writes them, that are read."""
    pairs = text.split(",")
    return ",".join(pair for pair in pairs if pair.partition("=")[0] in _TAGS_READ)


_TAGS_READ: Final = frozenset(TAGS_READ)


class _Points(NamedTuple):
    """Named places, and the tags of nodes that matter to a driver."""

    places: list[NamedPlace]
    node_tags: dict[int, Tags]


def _points(nodes: Nodes) -> _Points:
    points = _Points([], {})
    for row in np.flatnonzero(tagged(nodes.tags, *POINT_TAGS)).tolist():
        tags = tags_of(nodes.tags[row].as_py())
        if tags.get("place") in PLACE_KINDS and "name" in tags:
            lon, lat = float(nodes.lon[row]), float(nodes.lat[row])
            points.places.append(NamedPlace(tags["name"], tags["place"], lon, lat))
        elif kept := {str(key): tags[key] for key in NODE_TAGS_READ if key in tags}:
            points.node_tags[int(nodes.ids[row])] = kept
    return points


def _restrictions(relation: Relation) -> list[Restriction]:
    """Return the turn restrictions of a relation; none if it is broken.

    Only `no_entry` may have several ways it is from, and only `no_exit` several it is to.
    """
    tags = relation.tags
    kind = next((tags[key] for key in RESTRICTION_TAGS if key in tags), None)
    members: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        members.setdefault((member.role, member.kind), []).append(member.id)
    from_ways = members.get(("from", "w"), [])
    via_nodes = members.get(("via", "n"), [])
    via_ways = members.get(("via", "w"), [])
    to_ways = members.get(("to", "w"), [])
    one_via = len(via_nodes) == 1 if not via_ways else not via_nodes
    too_many = (len(from_ways) > 1 and kind != "no_entry") or (
        len(to_ways) > 1 and kind != "no_exit"
    )
    if kind is None or not one_via or too_many:
        return []
    excepted = frozenset(part.strip() for part in tags.get("except", "").split(";") if part)
    via_node = via_nodes[0] if via_nodes else None
    return [
        Restriction(kind, from_way, via_node, to_way, excepted, tuple(via_ways))
        for from_way in from_ways
        for to_way in to_ways
    ]
