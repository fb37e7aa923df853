"""Layers for GIS beside the municipalities: cells, settlements, posts and areas of equal time.

Minutes are those at the least favourable hour: by car from home, by siren from the call to the
hospital. Columns read `<scenario>_<function>_<way>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.dataset.dataset import ProfileName
from results.accessibility.contours import LIMITS, TravelSurface
from results.accessibility.travel import inhabited, least_favourable
from results.maps.frame import CELL
from results.runs.run import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.dataset.dataset import DataSet
    from results.runs.run import Run


CRS = "EPSG:28992"
WAYS: tuple[tuple[str, ProfileName], ...] = (("ed", "car"), ("ed", "siren"), ("maternity", "car"))
"""Functions with the way of travelling that people or norms judge them by."""

DECIMALS = 1
"""Of minutes: roads are not known more precisely."""

SIMPLER = 60.0
"""Metres by which an area of equal time may be simplified; its grid is 500 m."""

_Key = tuple[str, str, ProfileName]
_ByCell = npt.NDArray[np.floating]


def extra_layers(run: Run, data: DataSet) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers by name, in EPSG:28992.

    Parameters
    ----------
    run
        Its scenarios.
    data
        The data set that the run used.

    Returns
    -------
    dict
        `cells` (squares of 250 m), `settlements` (points), `posts` (points) and `isochrones`
        (areas within 15, 30 and 45 minutes by scenario, function and way).
    """
    lived_in = inhabited(data)
    cells = data.cells[lived_in].reset_index(drop=True)
    minutes = {
        (scenario.name, function, way): least_favourable(scenario, function, way, data)[lived_in]
        for scenario in run.scenarios
        for function, way in WAYS
    }
    surface = TravelSurface.over(data.municipalities, cells)
    return {
        "cells": _cells(cells, minutes),
        "settlements": _settlements(cells, minutes),
        "posts": _posts(run, data),
        "isochrones": _isochrones(surface, minutes),
    }


def _columns(minutes: Mapping[_Key, _ByCell]) -> dict[str, _ByCell]:
    return {
        f"{safe_name(scenario)}_{function}_{way}": np.where(np.isinf(found), np.nan, found)
        for (scenario, function, way), found in minutes.items()
    }


def _cells(cells: pd.DataFrame, minutes: Mapping[_Key, _ByCell]) -> gpd.GeoDataFrame:
    names = ["municipality_code", "municipality", "settlement", "population"]
    west, south = (cells[axis].to_numpy() // CELL * CELL for axis in ("x", "y"))
    found = pd.DataFrame(_columns(minutes)).round(DECIMALS)
    table = pd.concat([cells[names].round(DECIMALS), found], axis=1)
    squares = shapely.box(west, south, west + CELL, south + CELL)
    return gpd.GeoDataFrame(table, geometry=squares, crs=CRS)


def _settlements(cells: pd.DataFrame, minutes: Mapping[_Key, _ByCell]) -> gpd.GeoDataFrame:
    people = cells["population"].to_numpy(dtype=float)
    weighed = {name: found * people for name, found in _columns(minutes).items()}
    keys = ["municipality_code", "municipality", "settlement"]
    places = {"x": cells["x"].to_numpy() * people, "y": cells["y"].to_numpy() * people}
    table = pd.DataFrame({**{key: cells[key] for key in keys}, **places, **weighed})
    sums = table.assign(population=people).groupby(keys, sort=True, dropna=False).sum()
    population = sums.pop("population")
    means = sums.div(population, axis=0).round(DECIMALS)
    means.insert(0, "population", population.round())
    points = gpd.points_from_xy(means.pop("x"), means.pop("y"))
    return gpd.GeoDataFrame(means.reset_index(), geometry=points, crs=CRS)


def _posts(run: Run, data: DataSet) -> gpd.GeoDataFrame:
    used = sorted({post for scenario in run.scenarios for post in scenario.posts})
    rows = data.points[data.points["id"].isin(used)]
    table = rows[["id", "name", "detail"]].rename(columns={"detail": "kind"})
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs=CRS)


def _isochrones(surface: TravelSurface, minutes: Mapping[_Key, _ByCell]) -> gpd.GeoDataFrame:
    drawn: dict[bytes, list[shapely.Geometry]] = {}
    rows, areas = [], []
    for (scenario, function, way), found in minutes.items():
        same = found.tobytes()
        if same not in drawn:
            drawn[same] = [shapely.simplify(area, SIMPLER) for area in surface.areas(found)]
        for limit, area in zip(LIMITS, drawn[same], strict=True):
            rows.append((scenario, function, way, limit))
            areas.append(area)
    table = pd.DataFrame(rows, columns=["scenario", "function", "way", "minutes"])
    return gpd.GeoDataFrame(table, geometry=areas, crs=CRS)
