"""References to fit speeds to: isochrones, whose edges are minutes used up, or tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import Transformer

from files.csv_table import read_table
from geodata.config.region import read_points
from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.roads.network import Positions, RoadNetwork
from geodata.routing.isochrones import Ground
from geodata.routing.travel_times import TravelTimes

if TYPE_CHECKING:
    from pathlib import Path

    from files.arrays import FloatArray, IntArray
    from geodata.config.speed_profiles import Profile


WGS84: Final = "EPSG:4326"
EDGE_SPACING_M: Final = 500.0
"""Of the roads that cross an isochrone's edge within a square of this side, one counts."""
COVER_SQUARE_M: Final = 2500.0
"""Side of squares that hold roads wherever the extract does."""
EXTRACT_MARGIN_M: Final = 3000.0
"""Belt along the edge of the extract where roads beyond it would matter."""
SNAP_LIMIT_M: Final = 1000.0
LEAST_MINUTES: Final = 3.0
"""Shorter trips of a table are left out: where its points enter the road outweighs the roads."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference minutes.

    Attributes
    ----------
    title
        What a report calls it.
    network
        Roads that it lies on.
    names
        Name of each site, shape (sites,).
    sites
        Where the sites are.
    site
        Site of each observation, shape (observations,).
    spots
        Where each observation is.
    minutes
        Minutes from the site to the spot, shape (observations,).
    km
        Kilometres from the site to the spot as the reference tells them, else NaN; shape
        (observations,).
    areas
        Isochrones for the overlap: `site` (number), `minutes`, geometry; empty for a table.
    """

    title: str
    network: RoadNetwork
    names: tuple[str, ...]
    sites: Positions
    site: IntArray
    spots: Positions
    minutes: FloatArray
    km: FloatArray
    areas: gpd.GeoDataFrame


def isochrone_reference(network: RoadNetwork, path: Path, sites: pd.DataFrame) -> Reference:
    """Read isochrones as reference minutes: on the roads that cross their edges.

    Parameters
    ----------
    network
        Roads.
    path
        Polygons with properties `site` and `minutes`.
    sites
        Columns `name`, `lon`, `lat`: where the isochrones start.

    Returns
    -------
    Reference

    Raises
    ------
    DataError
        If the file is no such thing, or a site is not known.
    """
    try:
        areas = gpd.read_file(path).to_crs(network.crs)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise DataError(
            "cannot be read as polygons: {error}", error=str(error), file=path
        ) from None
    for field in ("site", "minutes"):
        if field not in areas.columns:
            raise DataError("is missing", file=path, field=field)
    names = tuple(dict.fromkeys(areas["site"]))
    known = sites.drop_duplicates("name").set_index("name")
    absent = [name for name in names if name not in known.index]
    if absent:
        raise DataError(
            "where is {absent}? it is not among the sites", absent=", ".join(absent), file=path
        )
    areas["site"] = areas["site"].map({name: number for number, name in enumerate(names)})
    covered = _covered(network)
    crossings = [
        _crossings(network, shapely.intersection(covered, area), area) for area in areas.geometry
    ]
    piece = np.concatenate(crossings)
    counts = [len(found) for found in crossings]
    return Reference(
        title=_title(path),
        network=network,
        names=names,
        sites=_snapped(network, known.loc[list(names)]),
        site=np.repeat(areas["site"].to_numpy(), counts),
        spots=Positions(piece, np.full(len(piece), 0.5), np.zeros(len(piece))),
        minutes=np.repeat(areas["minutes"].to_numpy(dtype=float), counts),
        km=np.full(len(piece), np.nan),
        areas=areas,
    )


def table_reference(network: RoadNetwork, path: Path, points: pd.DataFrame) -> Reference:
    """Read a table of origin-destination minutes as reference.

    Parameters
    ----------
    network
        Roads.
    path
        CSV with columns `from_id`, `to_id`, `minutes`, and `km` where known.
    points
        Columns `id`, `lon`, `lat` of all origins and destinations.

    Returns
    -------
    Reference
        Its sites are the origins.

    Raises
    ------
    DataError
        If a column is missing or a point is not known.
    """
    given = read_table(path, ("from_id", "to_id", "minutes"))
    table = pd.DataFrame(
        {
            "from_id": given.texts("from_id"),
            "to_id": given.texts("to_id"),
            "minutes": given.numbers("minutes", least=0, empty=math.nan),
        }
    )
    if "km" in given.columns:
        table["km"] = given.numbers("km", least=0, empty=math.nan)
    known = points.set_index("id")
    unknown = sorted((set(table["from_id"]) | set(table["to_id"])) - set(known.index))
    if unknown:
        raise DataError(
            "where is {unknown}? not among the points", unknown=", ".join(unknown[:5]), file=path
        )
    table = table[(table["minutes"] >= LEAST_MINUTES) & (table["from_id"] != table["to_id"])]
    km = table["km"].to_numpy(dtype=float) if "km" in table else np.full(len(table), np.nan)
    names = tuple(dict.fromkeys(table["from_id"]))
    return Reference(
        title=_title(path),
        network=network,
        names=names,
        sites=_snapped(network, known.loc[list(names)]),
        site=table["from_id"].map({name: number for number, name in enumerate(names)}).to_numpy(),
        spots=_snapped(network, known.loc[table["to_id"]]),
        minutes=table["minutes"].to_numpy(dtype=float),
        km=km,
        areas=gpd.GeoDataFrame({"site": [], "minutes": []}, geometry=[], crs=network.crs),
    )


def overlaps(profile: Profile, reference: Reference) -> FloatArray:
    """Return the mean intersection over union of each site's isochrones, shape (sites,).

    Parameters
    ----------
    profile
        How roads are driven.
    reference
        With isochrones; NaN for a site without.
    """
    overlap = Overlap(reference)
    return np.array([overlap.of(profile, site) for site in range(len(reference.names))])


class Overlap:
    """Compares isochrones square by square, where the extract has roads to drive on."""

    def __init__(self, reference: Reference) -> None:
        self.network = network = reference.network
        self.reference = reference
        self.ground = Ground.of(network)
        x, y = self.ground.middle
        covered = _covered(network)
        shapely.prepare(covered)
        self.compared = shapely.contains_xy(covered, x, y) & self.ground.positions.found
        self.inside = [shapely.contains_xy(area, x, y) for area in reference.areas.geometry]

    def of(self, profile: Profile, site: int) -> float:
        """Return the mean intersection over union of a site's isochrones; NaN if it has none."""
        areas = self.reference.areas.reset_index(drop=True)
        rows = areas.index[areas["site"] == site]
        if not len(rows):
            return float("nan")
        at = self.reference.sites.at(np.array([site]))
        minutes = TravelTimes(self.network, profile).minutes(at, self.ground.positions)[0]
        shares = []
        for row in rows:
            own = self.ground.closed(minutes <= areas["minutes"].iloc[row]) & self.compared
            theirs = self.inside[row] & self.compared
            shares.append((own & theirs).sum() / (own | theirs).sum())
        return float(np.mean(shares))


def _covered(network: RoadNetwork) -> shapely.Geometry:
    """Return the ground the extract covers with roads, but for a belt along its edge."""
    corner = np.column_stack([network.x, network.y]) // COVER_SQUARE_M
    west, south = np.unique(corner, axis=0).T * COVER_SQUARE_M
    squares = shapely.box(west, south, west + COVER_SQUARE_M, south + COVER_SQUARE_M)
    return shapely.buffer(shapely.union_all(np.asarray(squares)), -EXTRACT_MARGIN_M)


def _crossings(network: RoadNetwork, covered: shapely.Geometry, area: shapely.Geometry) -> IntArray:
    """Return the pieces of road that cross the edge of an area within the covered ground."""
    pieces = np.flatnonzero(network.entrances)
    pieces = pieces[network.road_class[pieces] != ROAD_CLASSES.index("service")]
    first = pieces + network.chain_of_piece[pieces]
    edge = shapely.boundary(area)
    shapely.prepare(area)
    starts_in = shapely.contains_xy(area, network.x[first], network.y[first])
    ends_in = shapely.contains_xy(area, network.x[first + 1], network.y[first + 1])
    crossing = np.flatnonzero(starts_in != ends_in)
    x, y = network.x[first[crossing]], network.y[first[crossing]]
    edge_within = shapely.intersection(edge, covered)
    near = shapely.dwithin(np.asarray(shapely.points(x, y)), edge_within, EDGE_SPACING_M)
    crossing, x, y = crossing[near], x[near], y[near]
    square = np.column_stack([x // EDGE_SPACING_M, y // EDGE_SPACING_M])
    _, one_each = np.unique(square, axis=0, return_index=True)
    return pieces[crossing[one_each]]


def _snapped(network: RoadNetwork, points: pd.DataFrame) -> Positions:
    to_metres = Transformer.from_crs(WGS84, network.crs, always_xy=True)
    x, y = to_metres.transform(points["lon"].to_numpy(), points["lat"].to_numpy())
    return network.snap(np.asarray(x), np.asarray(y), SNAP_LIMIT_M)


def _title(path: Path) -> str:
    """Return a name of a file that tells it from one of another area: its folder's before it."""
    return "/".join((*path.parts[-2:-1], path.stem))


def read_sites(path: Path) -> pd.DataFrame:
    """Read where the sites of a reference are: a CSV with `id`, `name`, `lon`, `lat`."""
    return read_points(path, ("id", "name", "lon", "lat"))
