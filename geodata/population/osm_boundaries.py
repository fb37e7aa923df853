"""Municipalities from the OpenStreetMap file itself, where a region has no other boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import geopandas as gpd
import numpy as np
import osmium.osm
import pandas as pd
import shapely

from geodata.errors import DataError
from geodata.osm.blocks import osm_file
from geodata.population.dasymetric import AGE_BANDS, FERTILE_BANDS, Areas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from files.arrays import FloatArray
    from geodata.config.region import RegionDefinition


WGS84: Final = "EPSG:4326"


def read_boundaries(path: Path, admin_level: int, crs: str) -> gpd.GeoDataFrame:
    """Read administrative areas.

    Parameters
    ----------
    path
        OpenStreetMap file.
    admin_level
        Level of the areas; municipalities are 8 in most of Europe.
    crs
        Projection to return them in.

    Returns
    -------
    geopandas.GeoDataFrame
        `municipality_code` (R and the relation's number), `municipality`, geometry.

    Raises
    ------
    DataError
        If the file holds none, or cannot be read.
    """
    boundary = osmium.filter.KeyFilter("boundary")
    to_wkb = osmium.geom.WKBFactory()
    rows = []
    try:
        found = osmium.FileProcessor(osm_file(path)).with_areas(boundary).with_filter(boundary)
        for area in cast("Iterable[osmium.osm.Area]", found):
            if not area.is_area() or area.from_way():
                continue
            if area.tags.get("admin_level") == str(admin_level) and "name" in area.tags:
                shape = shapely.from_wkb(to_wkb.create_multipolygon(area))
                rows.append((f"R{area.orig_id()}", area.tags["name"], shape))
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise DataError(
            "cannot be read as OpenStreetMap data: {error}", error=str(error), file=path
        ) from error
    if not rows:
        raise DataError(
            "holds no boundaries of admin_level {admin_level}", admin_level=admin_level, file=path
        )
    table = pd.DataFrame(rows, columns=["municipality_code", "municipality", "geometry"])
    areas = gpd.GeoDataFrame(table, crs=WGS84).to_crs(crs)
    return areas.sort_values("municipality_code").reset_index(drop=True)


def areas_without_counts(
    path: Path, region: RegionDefinition, address_x: FloatArray, address_y: FloatArray
) -> Areas:
    """Return areas in which each address counts as one inhabitant.

    Parameters
    ----------
    path
        OpenStreetMap file with the boundaries.
    region
        Region; names the level and the municipalities.
    address_x, address_y
        Addresses in the region's projection.

    Returns
    -------
    Areas
        Each municipality is a postcode of its own, numbered from 1; ages are not known.

    Raises
    ------
    DataError
        If a municipality of the region is not in the file.
    """
    if region.admin_level is None:
        raise DataError(
            "region {region} names neither boundaries nor an admin_level", region=region.name
        )
    boundaries = read_boundaries(path, region.admin_level, region.crs)
    absent = sorted(set(region.municipalities) - set(boundaries["municipality_code"]))
    if absent:
        raise DataError("lacks municipality {absent}", absent=", ".join(absent), file=path)
    mine = boundaries["municipality_code"].isin(region.municipalities)
    boundaries = boundaries[mine].reset_index(drop=True)
    tree = shapely.STRtree(np.asarray(shapely.points(address_x, address_y)))
    inside, _ = tree.query(boundaries.geometry.to_numpy(), predicate="intersects")
    counts = np.bincount(inside, minlength=len(boundaries)).astype(float)
    number = pd.Index(np.arange(1, len(boundaries) + 1), name="pc4")
    population = pd.DataFrame({"population": counts}, index=number)
    population[[*AGE_BANDS, *FERTILE_BANDS]] = 0.0
    return Areas(
        postcodes=boundaries[["geometry"]].assign(pc4=number.to_numpy()),
        municipalities=boundaries,
        population=population,
        totals=pd.Series(counts, index=boundaries["municipality_code"].to_numpy()),
    )
