"""Layers for GIS beside the municipalities: cells, settlements, posts and areas of equal time.

Every column of minutes names its clock, and its moment where a function is open for part of the
time: `<scenario>_<function>_<way>_<clock>`, then `_mean` for the mean over the year, or the hours
of a moment (`_23-00-07-00`). The layer `moments` tells which moment is which part of the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.accessibility.moments import YEARLY_MEAN
from geodata.accessibility.reachability import Clock
from results.accessibility.contours import LIMITS, TravelSurface
from results.accessibility.travel import CHAIN, Access, inhabited
from results.maps.frame import CELL
from results.runs.run import safe_name
from scenarios.calendar.opening_hours import open_hours, written_hours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geodata.dataset.dataset import DataSet, ProfileName
    from results.runs.run import Run


CRS = "EPSG:28992"
SHARE_DECIMALS, PEOPLE_DECIMALS = 2, 1
FUNCTIONS = ("ed", "maternity")
WAYS: tuple[ProfileName, ...] = ("car", "siren")
SHOWN: dict[ProfileName, tuple[Clock, ...]] = {"car": (Clock.DRIVE,), "siren": CHAIN}
"""The clocks of each way that get a column."""

MEAN = "mean"

SIMPLER = 60.0
"""Metres by which an area of equal time may be simplified; its grid is 500 m."""

_ByCell = npt.NDArray[np.floating]


@dataclass(frozen=True)
class CellMinutes:
    """Minutes of every inhabited cell to a kind of care, by one way and clock.

    Attributes
    ----------
    scenario, function, way, clock
        What it is about.
    hours
        The moment, as opening hours are written; empty for the mean over the year.
    share
        The share of the time that the moment is.
    minutes
        Shape (inhabited cells,); infinite where there is no way.
    is_part_time
        Whether there are other moments.
    """

    scenario: str
    function: str
    way: ProfileName
    clock: Clock
    hours: str
    share: float
    minutes: _ByCell
    is_part_time: bool

    @property
    def column(self) -> str:
        """The name of its column."""
        name = f"{safe_name(self.scenario)}_{self.function}_{self.way}_{self.clock}"
        if not self.is_part_time:
            return name
        return f"{name}_{re.sub('[^A-Za-z0-9]+', '-', self.hours) or MEAN}"


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
        `cells` (squares of 250 m), `settlements` (points), `posts` (points), `isochrones` (areas
        within 15, 30 and 45 minutes by scenario, function, way, clock and moment), and `moments` (a
        table without places: each moment of a function that is open for part of the time, if any).
    """
    lived_in = inhabited(data)
    cells = data.cells[lived_in].reset_index(drop=True)
    found = list(_reached(run, Access.of(run, data), lived_in))
    surface = TravelSurface.over(data.municipalities, cells)
    moments = _moments(found)
    return {
        "cells": _cells(cells, found),
        "settlements": _settlements(cells, found),
        "posts": _posts(run, data),
        "isochrones": _isochrones(surface, found),
        **({} if moments.empty else {"moments": moments}),
    }


def share_of_time(hours: str) -> float:
    """Return the share of the time that opening hours are."""
    return round(float(open_hours(hours).mean()), SHARE_DECIMALS)


def _reached(run: Run, access: Access, lived_in: npt.NDArray[np.bool_]) -> Iterator[CellMinutes]:
    """Give every way to care of every scenario: at each moment, and over the year."""
    for scenario in run.scenarios:
        for function, way in product(FUNCTIONS, WAYS):
            for clock in SHOWN[way]:
                found = (
                    access.by_car(scenario, function)
                    if way == "car"
                    else access.call_to_hospital(scenario, function, clock)
                )
                parts = found.is_part_time
                key = (scenario.name, function, way, clock)
                if parts:
                    yield CellMinutes(*key, "", 1.0, found.over_time()[lived_in], parts)
                for moment, minutes in zip(found.moments, found.minutes.T, strict=True):
                    hours = written_hours(moment.hours)
                    yield CellMinutes(*key, hours, moment.share, minutes[lived_in], parts)


def _columns(found: Sequence[CellMinutes]) -> dict[str, _ByCell]:
    return {
        each.column: np.where(np.isfinite(each.minutes), each.minutes, np.nan) for each in found
    }


def _moments(found: Sequence[CellMinutes]) -> gpd.GeoDataFrame:
    """Say which moment is which part of the time, and how its columns end."""
    rows = [
        (each.scenario, each.function, each.way, each.clock.value, each.hours or YEARLY_MEAN,
         round(each.share, SHARE_DECIMALS), each.column)
        for each in found
        if each.is_part_time
    ]  # fmt: skip
    names = ["scenario", "function", "way", "clock", "moment", "share_of_time", "column"]
    table = pd.DataFrame(rows, columns=names)
    return gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=CRS)


def _cells(cells: pd.DataFrame, reached: Sequence[CellMinutes]) -> gpd.GeoDataFrame:
    names = ["municipality_code", "municipality", "settlement", "population"]
    west, south = (cells[axis].to_numpy() // CELL * CELL for axis in ("x", "y"))
    found = pd.DataFrame(_columns(reached)).round()
    table = pd.concat([cells[names].round(PEOPLE_DECIMALS), found], axis=1)
    squares = shapely.box(west, south, west + CELL, south + CELL)
    return gpd.GeoDataFrame(table, geometry=squares, crs=CRS)


def _settlements(cells: pd.DataFrame, reached: Sequence[CellMinutes]) -> gpd.GeoDataFrame:
    """Return the means over the inhabitants of each settlement; who has no way counts in none."""
    people = cells["population"].astype(float)
    keys = [cells[key] for key in ("municipality_code", "municipality", "settlement")]

    def sums(values: pd.DataFrame) -> pd.DataFrame:
        return values.mul(people, axis=0).groupby(keys, sort=True, dropna=False).sum()

    minutes = pd.DataFrame(_columns(reached))
    means = sums(minutes) / sums(minutes.notna())
    population = people.groupby(keys, sort=True, dropna=False).sum()
    places = sums(cells[["x", "y"]]).div(population, axis=0).round()
    table = pd.concat([population, means], axis=1).round().reset_index()
    points = gpd.points_from_xy(places["x"], places["y"])
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def _posts(run: Run, data: DataSet) -> gpd.GeoDataFrame:
    used = sorted({post for scenario in run.scenarios for post in scenario.posts})
    rows = data.points[data.points["id"].isin(used)]
    table = rows[["id", "name", "detail"]].rename(columns={"detail": "kind"})
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs=CRS)


def _isochrones(surface: TravelSurface, reached: Sequence[CellMinutes]) -> gpd.GeoDataFrame:
    drawn: dict[bytes, list[shapely.Geometry]] = {}
    rows, areas = [], []
    for each in reached:
        if each.is_part_time and not each.hours:
            continue  # a line of equal mean time is nobody's way
        same = each.minutes.tobytes()
        if same not in drawn:
            drawn[same] = [shapely.simplify(area, SIMPLER) for area in surface.areas(each.minutes)]
        for limit, area in zip(LIMITS, drawn[same], strict=True):
            rows.append(
                (each.scenario, each.function, each.way, each.clock.value, each.hours,
                 round(each.share, SHARE_DECIMALS), limit)
            )  # fmt: skip
            areas.append(area)
    names = ["scenario", "function", "way", "clock", "moment", "share_of_time", "minutes"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), geometry=areas, crs=CRS)
