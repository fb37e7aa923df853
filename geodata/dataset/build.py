"""Build a data set: from an OpenStreetMap extract and CBS tables to cells, points and minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from gettext import gettext as spoken
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Transformer

from files.manifest import sha256
from geodata.config.region import RegionDefinition, read_region
from geodata.config.speed_profiles import SHIPPED, SpeedModel, speed_model
from geodata.dataset.dataset import WGS84, DataSet
from geodata.dataset.folder import Roads, load, write
from geodata.dataset.memory import give_back
from geodata.errors import DataError
from geodata.notes import Note, note
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.osm.extract import NamedPlace, OsmExtract, read_osm, state_of
from geodata.osm.extract_notes import limit_notes
from geodata.population.cbs import read_cbs
from geodata.population.dasymetric import (
    COUNTS,
    FERTILE_BANDS,
    Areas,
    Spread,
    settlement_names,
    spread_people,
)
from geodata.population.osm_boundaries import areas_without_counts
from geodata.roads.builder import build_network
from geodata.roads.network import Positions, RoadNetwork, joined
from geodata.routing.travel_times import TravelTimes

if TYPE_CHECKING:
    from pathlib import Path

    from files.arrays import BoolArray, FloatArray
    from geodata.arrays import Minutes

MAIN_ROADS: Final = ("motorway", "trunk", "primary")
HILBERT_LEVEL: Final = 16

Progress = Callable[[str], None]


def build(
    osm: Path,
    cbs: Path | None,
    out: Path,
    region: RegionDefinition | None = None,
    *,
    progress: Progress = lambda _step: None,
    command: str = "twentezorg geodata build",
    keep_roads: bool = True,
    speeds_file: Path = SHIPPED,
) -> DataSet:
    """Build a data set and write it.

    Parameters
    ----------
    osm
        OpenStreetMap extract that holds the region with some room around it.
    cbs
        Folder with the boundaries and populations the region names; None if it names none.
    out
        Folder to write.
    region
        Region; None for Twente.
    progress
        Called with the name of each step as it starts.
    command
        Command to note in the manifest.
    keep_roads
        Whether to store the road network, so that any coordinate can be a site.
    speeds_file
        Speed profiles, as `profiles.yaml` or as `calibrate` writes them.

    Returns
    -------
    DataSet
        What was written.

    Raises
    ------
    DataError
        If the input is bad; then nothing is written.
    """
    region = region or read_region()
    progress(spoken("reading roads and addresses"))
    extract = read_osm(osm)
    give_back()
    progress(spoken("linking roads and placing people"))
    speeds = speed_model(speeds_file)
    areas, spread = _people(extract, osm, cbs, region)
    network = build_network(extract, region.crs, speeds)
    notes = (*spread.notes, *limit_notes(extract, speeds.implicit_limits))
    places = extract.places
    del extract  # larger than all that was made of it
    give_back()
    progress(spoken("finding minutes"))
    data, roads = _assemble(places, network, areas, spread.cells, region, speeds)
    data = _with_manifest(data, region, _inputs(osm, cbs, region), notes, command)
    give_back()
    progress(spoken("writing"))
    write(data, out, replace(roads, speeds_file=speeds_file) if keep_roads else None)
    return load(out)


def _to_region(
    region: RegionDefinition, lon: FloatArray, lat: FloatArray
) -> tuple[FloatArray, FloatArray]:
    x, y = Transformer.from_crs(WGS84, region.crs, always_xy=True).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def _people(
    extract: OsmExtract, osm: Path, cbs: Path | None, region: RegionDefinition
) -> tuple[Areas, Spread]:
    if not len(extract.address_lon):
        raise DataError("holds no addresses (addr:housenumber)", file=osm)
    x, y = extract.addresses_in(region.crs)
    notes: tuple[Note, ...] = ()
    if region.admin_level is not None:
        areas = areas_without_counts(osm, region, x, y)
        notes = (note("no populations are given: each address counts as one inhabitant"),)
    elif cbs is None:
        raise DataError(
            "region {region} needs boundaries and populations: give their folder",
            region=region.name,
        )
    else:
        areas = read_cbs(cbs, region)
    births = {name: region.value_or_zero(f"births.{name}") for name in FERTILE_BANDS}
    spread = spread_people(x, y, areas, births, region["cells.size"])
    return areas, Spread(spread.cells, (*notes, *spread.notes))


def _assemble(
    places: list[NamedPlace],
    network: RoadNetwork,
    areas: Areas,
    cells: pd.DataFrame,
    region: RegionDefinition,
    speeds: SpeedModel,
) -> tuple[DataSet, Roads]:
    cells["in_region"] = cells["municipality_code"].isin(region.municipalities)
    points = _points(cells, region)
    at = network.snap(
        np.concatenate([points["x"], cells["x"]]),
        np.concatenate([points["y"], cells["y"]]),
        region["snap.limit"],
    )
    point_at = at.at(np.arange(len(points)))
    cell_at = at.at(np.arange(len(points), len(at)))
    points["snap_m"] = point_at.offset.round(1)
    lost = points.loc[points["kind"].isin(["site", "candidate"]) & ~point_at.found, "id"]
    if len(lost):
        raise DataError(
            "no road of the extract within {limit:g} m of site {lost}",
            limit=region["snap.limit"],
            lost=", ".join(lost),
        )
    travel = TravelTimes(network, speeds.profiles["car"], hubs=point_at)
    kept = cells["in_region"].to_numpy() | _nearer_than_neighbours(
        travel, cell_at, points, point_at, region
    )
    order = np.flatnonzero(kept)[_along_curve(cells[kept])]
    cells = _finished_cells(cells.iloc[order].reset_index(drop=True), places, region)
    cell_at = cell_at.at(order)
    tables = {"car": _minutes(travel, cell_at, points, point_at)}
    del travel  # one at a time: each lays the roads out anew, in much memory
    travel = TravelTimes(network, speeds.profiles["siren"], hubs=point_at)
    tables["siren"] = _minutes(travel, cell_at, points, point_at)
    data = DataSet(
        cells=cells,
        points=points,
        municipalities=_outlines(areas, region),
        roads=_main_roads(network, cells, region),
        manifest={},
        cell_table={profile: to_cells for profile, (to_cells, _) in tables.items()},
        point_table={profile: between for profile, (_, between) in tables.items()},
    )
    return data, Roads(network, cell_at, point_at)


def _points(cells: pd.DataFrame, region: RegionDefinition) -> pd.DataFrame:
    """Return sites, ambulance posts and the middle of each postcode of the region."""
    sites = region.sites.assign(detail="", rav="")
    posts = region.posts.assign(detail=region.posts["kind"], kind="post")
    given = pd.concat([sites, posts], ignore_index=True)
    given["x"], given["y"] = _to_region(region, given["lon"].to_numpy(), given["lat"].to_numpy())
    people = cells[cells["in_region"]]
    weighted = people.assign(
        x=people["x"] * people["population"], y=people["y"] * people["population"]
    )
    middle = weighted.groupby("pc4")[["x", "y", "population"]].sum()
    middle = middle[middle["population"] > 0]
    postcodes = pd.DataFrame(
        {
            "id": [f"PC{pc4}" for pc4 in middle.index],
            "name": [str(pc4) for pc4 in middle.index],
            "kind": "postcode",
            "detail": "",
            "rav": "",
            "x": (middle["x"] / middle["population"]).to_numpy(),
            "y": (middle["y"] / middle["population"]).to_numpy(),
        }
    )
    points = pd.concat([given, postcodes], ignore_index=True)
    points["x"], points["y"] = points["x"].round(1), points["y"].round(1)
    points["lon"], points["lat"] = _degrees(region, points)
    return points[["id", "name", "kind", "detail", "rav", "x", "y", "lon", "lat"]]


def _degrees(region: RegionDefinition, table: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    to_degrees = Transformer.from_crs(region.crs, WGS84, always_xy=True)
    lon, lat = to_degrees.transform(table["x"].to_numpy(), table["y"].to_numpy())
    return np.round(lon, 5), np.round(lat, 5)


def _nearer_than_neighbours(
    travel: TravelTimes,
    cell_at: Positions,
    points: pd.DataFrame,
    point_at: Positions,
    region: RegionDefinition,
) -> BoolArray:
    """Return the cells for which a site of the region is, or nearly is, the nearest hospital."""
    hospitals = points["kind"].isin(["site", "candidate", "neighbour"])
    rows = np.flatnonzero(hospitals)
    minutes = travel.minutes(cell_at, point_at.at(rows))
    minutes = np.where(np.isnan(minutes), np.inf, minutes)
    own = (points["kind"].iloc[rows] != "neighbour").to_numpy()
    country = region.sites.set_index("id")["country"]
    domestic = (points["id"].iloc[rows].map(country) == region.country).to_numpy()
    nearest_own = minutes[:, own].min(axis=1)
    nearest_other = minutes[:, ~own & domestic].min(axis=1, initial=np.inf)
    kept = np.isfinite(nearest_own)
    kept &= nearest_own <= nearest_other + region["cells.outside_margin"]
    return kept


def _along_curve(cells: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the order of cells along a Hilbert curve, so that neighbours stand together."""
    middle = gpd.GeoSeries.from_xy(cells["x"], cells["y"])
    distance = middle.hilbert_distance(level=HILBERT_LEVEL).to_numpy()
    return np.lexsort((cells["cell"].to_numpy(), distance))


def _finished_cells(
    cells: pd.DataFrame, places: list[NamedPlace], region: RegionDefinition
) -> pd.DataFrame:
    place_x, place_y = _to_region(
        region,
        np.array([place.lon for place in places]),
        np.array([place.lat for place in places]),
    )
    cells["settlement"] = settlement_names(
        cells["x"].to_numpy(), cells["y"].to_numpy(), place_x, place_y, places
    )
    cells["lon"], cells["lat"] = _degrees(region, cells)
    counts = list(COUNTS)
    cells[counts] = cells[counts].astype(np.float32)
    columns = ["cell", "x", "y", "lon", "lat", "pc4", "settlement", "municipality_code"]
    return cells[[*columns, "municipality", "in_region", "addresses", *counts]]


def _minutes(
    travel: TravelTimes, cell_at: Positions, points: pd.DataFrame, point_at: Positions
) -> tuple[Minutes, Minutes]:
    """Return minutes: cells x points (posts: towards the cells), points x points."""
    posts = np.flatnonzero(points["kind"] == "post")
    places = np.flatnonzero(points["kind"] != "post")
    everywhere = joined(cell_at, point_at)
    cells = len(cell_at)
    to_places = travel.minutes(everywhere, point_at.at(places)).astype(np.float32)
    from_posts = travel.minutes(point_at.at(posts), everywhere).astype(np.float32)
    between_points = np.empty((len(points), len(points)), dtype=np.float32)
    between_points[:, places] = to_places[cells:]
    between_points[:, posts] = travel.minutes(point_at, point_at.at(posts))
    to_cells = np.empty((cells, len(points)), dtype=np.float32)
    to_cells[:, places] = to_places[:cells]
    to_cells[:, posts] = from_posts[:, :cells].T
    return to_cells, between_points


def _outlines(areas: Areas, region: RegionDefinition) -> gpd.GeoDataFrame:
    """Return municipalities simplified for maps, shared borders staying shared."""
    outlines = areas.municipalities.copy()
    outlines["in_region"] = outlines["municipality_code"].isin(region.municipalities)
    outlines["geometry"] = shapely.set_precision(
        shapely.coverage_simplify(outlines.geometry.to_numpy(), region["map.tolerance"]), 1.0
    )
    return outlines[["municipality_code", "municipality", "in_region", "geometry"]]


def _main_roads(
    network: RoadNetwork, cells: pd.DataFrame, region: RegionDefinition
) -> gpd.GeoDataFrame:
    """Return the main roads around the cells as simplified lines, for maps."""
    first = network.start[:-1]
    rows = []
    for name in MAIN_ROADS:
        chains = np.flatnonzero(network.road_class[first] == ROAD_CLASSES.index(name))
        if not len(chains):
            continue
        merged = shapely.line_merge(shapely.multilinestrings(network.lines(chains)))
        lines = shapely.simplify(shapely.get_parts(merged), region["map.tolerance"] / 2)
        box = shapely.box(*cells[["x", "y"]].min(), *cells[["x", "y"]].max())
        inside = shapely.intersection(shapely.multilinestrings(lines), box)
        rows.append({"road_class": name, "geometry": shapely.set_precision(inside, 1.0)})
    columns = ["road_class", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=region.crs)


def _inputs(osm: Path, cbs: Path | None, region: RegionDefinition) -> dict[str, Path]:
    if cbs is None:
        return {"osm": osm}
    files = {key: cbs / str(s["file"]) for key, s in region.sources.items() if "file" in s}
    return {"osm": osm, **files}


def _with_manifest(
    data: DataSet,
    region: RegionDefinition,
    inputs: dict[str, Path],
    notes: tuple[Note, ...],
    command: str,
) -> DataSet:
    sources = {
        key: {**{k: str(v) for k, v in source.items()}, **_fingerprint(inputs[key])}
        for key, source in region.sources.items()
        if key in inputs
    }
    if day := state_of(inputs["osm"]):  # a file knows better than the region of which day it is
        sources["osm"]["date"] = day
    manifest: dict[str, Any] = {
        "region": region.name,
        "crs": region.crs,
        "snap_limit_m": region["snap.limit"],
        "version": version("twentezorg"),
        "command": command,
        "sources": sources,
        "counts": {
            "cells": len(data.cells),
            "cells_in_region": int(data.cells["in_region"].sum()),
            "points": len(data.points),
        },
        "people": {name: round(data.cells[name].astype(float).sum(), 1) for name in COUNTS},
        "notes": [*notes, *_without_people(data, region), *_unreached(data)],
    }
    return replace(data, manifest=manifest)


def _fingerprint(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": sha256(path)}


def _without_people(data: DataSet, region: RegionDefinition) -> list[Note]:
    """Say which municipalities have no cell."""
    absent = sorted(set(region.municipalities) - set(data.cells["municipality_code"]))
    return [note("municipality {code} has no addresses", code=code) for code in absent]


def _unreached(data: DataSet) -> list[Note]:
    """Say which points and how many inhabitants have no road near enough."""
    off_road = data.points.loc[data.points["snap_m"].isna(), "id"]
    notes = [note("point {id} has no road near enough", id=point_id) for point_id in off_road]
    nowhere = np.isnan(data.cell_table["car"]).all(axis=1)
    if nowhere.any():
        people = data.cells["population"].to_numpy()[nowhere].sum()
        notes.append(
            note(
                "{cells} cells ({people} inhabitants) reach no point",
                cells=int(nowhere.sum()),
                people=round(float(people)),
            )
        )
    return notes
