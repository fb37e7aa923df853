"""Reachability for QGIS: one GeoPackage with every layer, and GeoJSON of the lighter ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata.accessibility.moments import ALWAYS
from results.exports.gis_layers import extra_layers, share_of_time
from results.runs.run import Run, safe_name

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.dataset.dataset import DataSet

CRS, WGS84 = "EPSG:28992", "EPSG:4326"
HEAVY_LAYER = "cells"
OTHER_LAYERS = ("sites", "cells", "settlements", "posts", "isochrones", "moments")
DECIMALS = 5
"""Of degrees: a metre."""

FIXED_DATE = "2026-01-01T00:00:00.000Z"
"""GeoPackages hold the time of writing; a fixed one keeps the same results the same bytes."""

MINUTES = ("minutes_mean", "minutes_median", "minutes_p90", "worst_minutes_mean")
SHARES = (
    "share_within_norm",
    "share_within_norm_low",
    "share_within_norm_high",
    "worst_share_within_norm",
    "worst_share_of_time",
)
MEASURES = (*MINUTES, *SHARES, "norm", "moment", "worst_moment")
PART_TIME = ("worst_minutes_mean", "worst_share_within_norm", "worst_share_of_time", "worst_moment")
"""Measures that say more than the others only where a function is open for part of the time."""

SHARE_DECIMALS = 2
"""Of shares of inhabitants: speeds are not known so well that a tenth of a percent would tell."""

FUNCTIONS = ("ed", "maternity", "theatre", "icu", "ward")


def write_geopackage(path: Path, run: Run, data: DataSet) -> None:
    """Write the reachability of a run as GeoPackage.

    Parameters
    ----------
    path
        The file to make.
    run
        Its reachability and scenarios. Layers carry the scenario's name; columns read
        `<function>_<profile>_<clock>_<measure>`; minutes are whole, shares hundredths.
    data
        The outlines of the municipalities.
    """
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        outlines = data.municipalities.set_index("municipality_code")[["geometry"]]
        for name, rows in run.reachability.groupby("scenario", sort=True):
            layer = outlines.join(_wide(rows), how="inner").reset_index()
            _write_layer(
                path, gpd.GeoDataFrame(layer, geometry="geometry", crs=CRS), _layer_name(str(name))
            )
        _write_layer(path, _sites(run), "sites")
        for name, layer in extra_layers(run, data).items():
            _write_layer(path, layer, name)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_geojson(folder: Path, geopackage: Path) -> None:
    """Write the layers of a GeoPackage as GeoJSON (EPSG:4326), a file each, but for the cells.

    Parameters
    ----------
    folder
        Where they go.
    geopackage
        What `write_geopackage` wrote. Its cells would be tens of megabytes as text.
    """
    folder.mkdir()
    for name in pyogrio.list_layers(geopackage)[:, 0]:
        if name != HEAVY_LAYER:
            layer = gpd.read_file(geopackage, layer=name).to_crs(WGS84)
            path = folder / f"{name}.geojson"
            _write(layer, path, driver="GeoJSON", COORDINATE_PRECISION=DECIMALS)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay a scenario's reachability out as one row per municipality."""
    keys = ["municipality_code", "municipality", "population"]
    rows = rows.copy()
    rows[list(MINUTES)] = rows[list(MINUTES)].round()
    rows[list(SHARES)] = rows[list(SHARES)].round(SHARE_DECIMALS)
    rows.loc[rows["moment"] == ALWAYS, list(PART_TIME)] = None
    wide = rows.pivot(index=keys, columns=["function", "profile", "clock"], values=list(MEASURES))
    levels = (wide.columns.get_level_values(level) for level in (1, 2, 3, 0))
    wide.columns = pd.Index(["_".join(names) for names in zip(*levels, strict=True)])
    wide = wide.dropna(axis=1, how="all").infer_objects()
    return wide[sorted(wide.columns)].reset_index(keys[1:])


def _layer_name(scenario: str) -> str:
    """Name a scenario's layer, also where it is called as one of the other layers."""
    name = safe_name(scenario)
    return f"{name}-municipalities" if name in OTHER_LAYERS else name


def _sites(run: Run) -> gpd.GeoDataFrame:
    rows = [
        {
            "scenario": scenario.name,
            "site": site.id,
            "name": site.name,
            "role": site.role,
            **{function: site.hours(function) for function in FUNCTIONS},
            **{f"{name}_share_of_time": share_of_time(site.hours(name)) for name in FUNCTIONS},
            "lon": site.lon,
            "lat": site.lat,
        }
        for scenario in run.scenarios
        for site in scenario.sites
    ]
    table = pd.DataFrame(rows)
    points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"), crs=WGS84)
    return gpd.GeoDataFrame(table, geometry=points).to_crs(CRS)


def _write_layer(path: Path, layer: gpd.GeoDataFrame, name: str) -> None:
    _write(layer, path, layer=name, driver="GPKG", append=path.exists())


def _write(table: gpd.GeoDataFrame, path: Path, **how: Any) -> None:  # noqa: ANN401 - of the library
    """Write a layer; a disk that is full is an OSError, as of any other file."""
    try:
        pyogrio.write_dataframe(table, path, **how)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
        raise OSError(f"{path.name}: {error}") from error
