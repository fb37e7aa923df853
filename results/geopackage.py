"""Reachability for QGIS: a layer of municipalities per scenario, and a layer of its sites."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata.dataset import DataSet
from results.run import Run, safe_name

CRS = "EPSG:28992"
FIXED_DATE = "2026-01-01T00:00:00.000Z"
"""GeoPackages hold the time of writing; a fixed one keeps the same results the same bytes."""

MEASURES = ("minutes_mean", "minutes_median", "minutes_p90", "share_within_norm", "norm")
FUNCTIONS = ("ed", "maternity", "theatre", "icu", "ward")


def write_geopackage(path: Path, run: Run, data: DataSet) -> None:
    """Write the reachability of a run as GeoPackage.

    Parameters
    ----------
    path
        The file to make.
    run
        Its reachability and scenarios. Layers carry the scenario's name; columns read
        `<function>_<profile>_<measure>`.
    data
        The outlines of the municipalities.
    """
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        outlines = data.municipalities.set_index("municipality_code")[["geometry"]]
        for name, rows in run.reachability.groupby("scenario", sort=True):
            layer = outlines.join(_wide(rows), how="inner").reset_index()
            _write_layer(
                path, gpd.GeoDataFrame(layer, geometry="geometry", crs=CRS), safe_name(str(name))
            )
        _write_layer(path, _sites(run), "sites")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay a scenario's reachability out as one row per municipality."""
    keys = ["municipality_code", "municipality", "population"]
    wide = rows.pivot_table(
        index=keys, columns=["function", "profile"], values=list(MEASURES), aggfunc="first"
    )
    levels = (wide.columns.get_level_values(level) for level in (1, 2, 0))
    wide.columns = pd.Index(["_".join(names) for names in zip(*levels, strict=True)])
    return wide[sorted(wide.columns)].reset_index(keys[1:])


def _sites(run: Run) -> gpd.GeoDataFrame:
    rows = [
        {
            "scenario": scenario.name,
            "site": site.id,
            "name": site.name,
            "role": site.role,
            **{function: site.hours(function) for function in FUNCTIONS},
            "lon": site.lon,
            "lat": site.lat,
        }
        for scenario in run.scenarios
        for site in scenario.sites
    ]
    table = pd.DataFrame(rows)
    points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"), crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=points).to_crs(CRS)


def _write_layer(path: Path, layer: gpd.GeoDataFrame, name: str) -> None:
    pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=path.exists())
