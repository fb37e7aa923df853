"""Fetch an extract from Overpass, for a place by name or a box; OSMnx finds the place and asks.

What comes back is written as an OpenStreetMap file with all that a Geofabrik extract would have
given there: roads with all their nodes, turn restrictions, addresses and places. So `osm` reads it
like any other, and the same network comes out.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import osmium.osm.mutable
import osmnx
import requests
import shapely
from osmnx import _overpass
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from files.whole import write_file
from geodata.errors import DataError
from geodata.osm.extract import ADDRESS_TAG, POINT_TAGS, RESTRICTION_TAGS, ROAD_TAG

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT_SECONDS: Final = 30
"""For the question whether Overpass answers at all."""
NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")
KINDS: Final = ("node", "way", "relation")
"""In the order a file holds them."""

BoundingBox = tuple[float, float, float, float]
WORLD: Final[BoundingBox] = (-180.0, -90.0, 180.0, 90.0)
Element = dict[str, Any]
Progress = Callable[[int, int], None]


def fetch_place(
    place: str, cache: Path, admin_level: int | None = None, progress: Progress | None = None
) -> Path:
    """Fetch the roads, addresses and places of a named place.

    Parameters
    ----------
    place
        As one would type it in a search box, such as `Almelo, Nederland`.
    cache
        Folder for the extract, and for what was asked before.
    admin_level
        Level of the boundaries to bring as well, such as 8; none when left out.
    progress
        Called with the number of parts that came and of all.

    Returns
    -------
    pathlib.Path
        The extract, `.osm.pbf`.

    Raises
    ------
    DataError
        If the place is not found or has no outline, the network fails, or there are no roads.
    """
    _keep_answers(cache)
    try:
        found = osmnx.geocoder.geocode_to_gdf(place)
    except (InsufficientResponseError, ResponseStatusCodeError, TypeError) as error:
        raise DataError(
            "{place}: no such place with an outline is known: {error}",
            place=place,
            error=str(error),
        ) from error
    except OSError as error:
        raise DataError(
            "{place}: Nominatim cannot be reached: {error}", place=place, error=str(error)
        ) from error
    name = NOT_IN_A_NAME.sub("-", place.casefold()).strip("-") or "place"
    return _fetch(found.geometry.iloc[0], place, cache / f"{name}.osm.pbf", admin_level, progress)


def fetch_box(
    box: BoundingBox, cache: Path, admin_level: int | None = None, progress: Progress | None = None
) -> Path:
    """Fetch the roads, addresses and places in a box.

    Parameters
    ----------
    box
        West, south, east, north in degrees (EPSG:4326).
    cache, admin_level, progress
        As `fetch_place`.

    Returns
    -------
    pathlib.Path
        The extract, `.osm.pbf`.

    Raises
    ------
    DataError
        If the box is none, the network fails, or there are no roads.
    """
    west, south, east, north = box
    written = ",".join(f"{side:g}" for side in box)
    if not (WORLD[0] <= west < east <= WORLD[2] and WORLD[1] <= south < north <= WORLD[3]):
        raise DataError("box {box}: give west,south,east,north in degrees", box=written)
    _keep_answers(cache)
    path = cache / f"box_{written.replace(',', '_')}.osm.pbf"
    return _fetch(shapely.box(*box), f"box {written}", path, admin_level, progress)


def _keep_answers(cache: Path) -> None:
    """Let OSMnx keep what it was answered in the cache folder."""
    osmnx.settings.cache_folder = cache / "overpass"


def _fetch(
    outline: shapely.Polygon | shapely.MultiPolygon,
    what: str,
    path: Path,
    admin_level: int | None,
    progress: Progress | None,
) -> Path:
    found: dict[tuple[str, int], Element] = {}
    try:
        _ask_whether_there()
        parts = _overpass._make_overpass_polygon_coord_strs(outline)  # noqa: SLF001
        for number, part in enumerate(parts, start=1):
            asked = OrderedDict(data=query(part, admin_level))
            answer = _overpass._overpass_request(asked)  # noqa: SLF001 - the client OSMnx asks by
            if "remark" in answer:  # such as: out of memory, or of time; what came is not all
                raise DataError(
                    "{what}: Overpass gives up: {remark}", what=what, remark=answer["remark"]
                )
            found |= {(one["type"], one["id"]): one for one in answer["elements"]}
            if progress is not None:
                progress(number, len(parts))
    except (InsufficientResponseError, ResponseStatusCodeError, KeyError) as error:
        raise DataError(
            "{what}: Overpass gives no roads: {error}", what=what, error=str(error)
        ) from error
    except OSError as error:
        raise DataError(
            "{what}: Overpass cannot be reached: {error}", what=what, error=str(error)
        ) from error
    if not any(
        kind == "way" and ROAD_TAG in one.get("tags", {}) for (kind, _), one in found.items()
    ):
        raise DataError("{what}: Overpass gives no roads", what=what)
    _write(found, path)
    return path


def _ask_whether_there() -> None:
    """Fail at once without a network; OSMnx would wait a minute first."""
    url = f"{osmnx.settings.overpass_url.rstrip('/')}/status"
    requests.get(url, timeout=TIMEOUT_SECONDS, **osmnx.settings.requests_kwargs)


def query(outline: str, admin_level: int | None = None) -> str:
    """Return the question to Overpass for all that `osm` reads.

    Parameters
    ----------
    outline
        Latitudes and longitudes in turn, as Overpass writes a polygon.
    admin_level
        Level of the boundaries to bring as well; none when left out.

    Returns
    -------
    str
        In Overpass QL.
    """
    area = f'(poly:"{outline}")'
    ways = _all("way", (ROAD_TAG, ADDRESS_TAG), area)
    nodes = _all("node", (ADDRESS_TAG, *POINT_TAGS), area)
    turns = _all("rel", RESTRICTION_TAGS, "(bw.ways)")
    bounds = ""
    if admin_level is not None:
        bounds = f'(rel["admin_level"="{admin_level}"]{area};>;);out;'
    settings = _overpass._make_overpass_settings()  # noqa: SLF001 - format, time and memory
    return f"{settings};({ways})->.ways;(.ways;.ways>;);out;({nodes});out;({turns});out;{bounds}"


def _all(kind: str, tags: Sequence[str], where: str) -> str:
    return "".join(f'{kind}["{tag}"]{where};' for tag in tags)


def _write(found: dict[tuple[str, int], Element], path: Path) -> None:
    """Write elements as an OpenStreetMap file: nodes, ways and relations, each by id."""
    order = sorted(found, key=lambda key: (KINDS.index(key[0]), key[1]))
    with write_file(path) as aside:
        file = osmium.io.File(str(aside), "pbf")
        with osmium.SimpleWriter(file, overwrite=True) as writer:
            for key in order:
                _add(writer, found[key])


def _add(writer: osmium.SimpleWriter, one: Element) -> None:
    tags, number = one.get("tags", {}), one["id"]
    if one["type"] == "node":
        at = (one["lon"], one["lat"])
        writer.add_node(osmium.osm.mutable.Node(id=number, location=at, tags=tags))
    elif one["type"] == "way":
        writer.add_way(osmium.osm.mutable.Way(id=number, nodes=one["nodes"], tags=tags))
    else:
        members = list(_members(one["members"]))
        writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))


def _members(members: Iterable[Element]) -> Iterable[tuple[str, int, str]]:
    return ((one["type"][0], one["ref"], one["role"]) for one in members)
