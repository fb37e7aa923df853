"""What the interactive map of a report works with: cells, minutes, opening hours, outlines.

The browser gets minutes from every inhabited cell to every hospital, and the hours at which each is
open in each configuration. It takes the least over what is open at the hour asked, so that any
configuration, hour and way of travelling can be shown without another run. `templates/map.js`
draws; nothing here is markup.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geodata.accessibility.reachability import Clock
from geodata.config.norms import norms
from results.accessibility.contours import LIMITS, STEP, TravelSurface
from results.accessibility.travel import inhabited
from results.maps.frame import CELL, UNIT, Frame
from results.rendering.style import (
    AROUND,
    LONGER_COLOURS,
    LONGER_EDGES,
    MINUTE_COLOURS,
    MINUTE_EDGES,
    NO_DATA_LAND,
    REGION_LINE,
)
from results.runs.run import ALWAYS, CLOSED
from scenarios.calendar.opening_hours import open_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.dataset.dataset import DataSet, ProfileName
    from results.language.words import Words
    from results.runs.run import Run, RunScenario, RunSite


def map_texts(words: Words) -> dict[str, str]:
    """Say what the script of the map can't take from the page, in the reader's language."""
    _ = words.gettext
    return {
        "minutes": _("{minutes} min"),
        "longer": _("{minutes} min longer"),
        "shorter": _("{minutes} min shorter"),
        "same": _("no difference"),
        "none": _("not reached"),
        "under": _("less than {minutes}"),
        "between": _("{low} to {high}"),
        "over": _("{minutes} or more"),
        "over_longer": _("{minutes} or more longer"),
        "between_longer": _("{low} to {high} longer"),
        "between_shorter": _("{low} to {high} shorter"),
        "over_shorter": _("{minutes} or more shorter"),
        "about_same": _("less than 1 minute of difference"),
        "legend_car": _("Minutes by car from home"),
        "legend_siren": _(
            "Minutes from the call until the ambulance is at the hospital, norm's clock (5 minutes "
            "at the patient)"
        ),
        "legend_life": _(
            "Minutes from the call until the ambulance is at the hospital, life's clock (about 20 "
            "minutes at the patient)"
        ),
        "legend_difference": _("Minutes by which B is longer or shorter than A"),
        "inhabitants": _("{count} inhabitants"),
        "beyond": _("{count} beyond the norm of {norm} minutes"),
        "place": _("{place}, municipality of {municipality}"),
        "cell": _("Square of 250 metres near {place}, municipality of {municipality}"),
        "side": _("{side}: {minutes}"),
        "open": _("{site}: open now"),
        "closed": _("{site}: closed now"),
        "never": _("{site}: not open for this care"),
        "neighbour": _("{site}: hospital outside Twente"),
        "post": _("Ambulance post {post}"),
        "post_dynamic": _("Ambulance waiting place {post}"),
        "hour": _("{day} {start} to {end}"),
        "even": _("even week"),
        "odd": _("odd week"),
        "description": _(
            "Map of Twente: {what}, {moment}. A: {a}. B: {b}. The table below gives the figures "
            "of every municipality."
        ),
        "summary": _(
            "Inhabitants beyond the norm of {norm} minutes: {a} in A and {b} in B. On average "
            "{mean_a} in A and {mean_b} in B."
        ),
        "summary_without_norm": _("On average {mean_a} in A and {mean_b} in B."),
        "whole": _("All of Twente"),
        "now_open": _("Open now: {sites}."),
        "nothing_open": _("Nothing open"),
    }


FUNCTIONS = ("ed", "maternity")
WAYS: tuple[ProfileName, ...] = ("car", "siren")
LIFE = Clock.LIFE.value
"""The way of the ambulance by life's clock; `siren` is by the norm's."""

HUNDREDTHS = 100
"""Minutes travel as whole hundredths."""

TENTHS = 10
"""Inhabitants of a cell travel as whole tenths."""

NO_WAY = 65_535
"""Hundredths of a minute that stand for: can't be reached."""

LEAST_SETTLEMENT = 20
"""Places with fewer inhabitants are not named: a farm or two of a place next door."""


def map_payload(run: Run, data: DataSet, words: Words) -> dict[str, Any]:
    """Collect what the interactive map needs, ready to be written as JSON.

    Parameters
    ----------
    run
        Its scenarios.
    data
        The data set that the run used.
    words
        The reader's language.

    Returns
    -------
    dict
        Arrays are base64 of little-endian unsigned numbers; places are in units of 10 m from the
        north-west corner, y downwards. `before` holds minutes from the call to leaving the scene.
    """
    lived_in = inhabited(data)
    cells = data.cells[lived_in].reset_index(drop=True)
    inside = data.municipalities["in_region"].astype(bool)
    region = data.municipalities[inside].sort_values("municipality")
    names = [str(name) for name in region["municipality"]]
    frame = Frame.around(region.geometry)
    points = sorted({site.point for scenario in run.scenarios for site in scenario.sites})
    shown = sorted(run.scenarios, key=lambda s: (s.horizon_year, s.baseline is not None))
    hours: dict[str, int] = {}
    services: dict[tuple[str, tuple[str, ...]], int] = {}
    scenarios = [
        {
            "title": words.of(scenario.title),
            "year": scenario.horizon_year,
            "service": services.setdefault((scenario.norms, scenario.posts), len(services)),
            "sites": [_site(site, points, hours, frame) for site in scenario.sites],
        }
        for scenario in shown
    ]
    minutes = {way: data.cell_minutes(way, points)[lived_in] for way in WAYS}
    surface = TravelSurface.over(data.municipalities, cells)
    return {
        "lang": words.lang.value,
        "size": frame.size,
        "cells": {
            "side": CELL / UNIT,
            "column": _packed((cells["x"] - frame.west) // CELL, "<u2"),
            "row": _packed((frame.north - cells["y"]) // CELL, "<u2"),
            "people": _packed((cells["population"] * TENTHS).round(), "<u2"),
            "municipality": _packed([names.index(name) for name in cells["municipality"]], "<u1"),
            "settlement": _packed(_settlement_numbers(cells), "<u2"),
        },
        "municipalities": [
            {
                "name": name,
                "path": frame.path(outline),
                "label": frame.at(*_label_spot(outline)),
                "box": frame.box(outline),
            }
            for name, outline in zip(names, region.geometry, strict=True)
        ],
        "settlements": _settlements(cells, frame),
        "around": frame.path(shapely.union_all(data.municipalities[~inside].geometry.to_numpy())),
        "roads": [
            {"kind": str(kind), "path": frame.path(line)}
            for kind, line in zip(data.roads["road_class"], data.roads.geometry, strict=True)
        ],
        "minutes": {way: [_hundredths(column) for column in minutes[way].T] for way in WAYS},
        "before": [_hundredths(_before(data, *service)[lived_in]) for service in services],
        "at_patient": _longer_at_patient(run.scenarios[0].norms),
        "norms": _norms(run.scenarios[0].norms),
        "hours": [_packed(np.packbits(open_hours(text)), "<u1") for text in hours],
        "scenarios": scenarios,
        "posts": _posts(run, data, frame),
        "surface": {
            "corner": frame.at(surface.west, surface.south),
            "step": STEP / UNIT,
            "columns": surface.nearest.shape[1],
            "nearest": _packed(surface.nearest, "<u2"),
            "limits": list(LIMITS),
        },
        "first": _first_look(shown),
        "scale": {
            "minutes": {"edges": list(MINUTE_EDGES), "colours": list(MINUTE_COLOURS)},
            "difference": {"edges": list(LONGER_EDGES), "colours": list(LONGER_COLOURS)},
            "land": NO_DATA_LAND,
            "around": AROUND,
            "line": REGION_LINE,
        },
        "texts": map_texts(words),
    }


def _first_look(shown: Sequence[RunScenario]) -> list[int]:
    """Pick what a reader sees first: doing nothing beside the first that closes a hospital's care.

    Without one, the first two scenarios.
    """
    names = [scenario.name for scenario in shown]
    for number, scenario in enumerate(shown):
        hours = [site.hours("ed") for site in scenario.sites if not site.is_neighbour]
        shut = hours.count(CLOSED) == len(hours) - 1
        if scenario.baseline in names and shut and ALWAYS in hours:
            return [names.index(scenario.baseline), number]
    return [0, min(1, len(shown) - 1)]


def _site(site: RunSite, points: list[str], hours: dict[str, int], frame: Frame) -> dict[str, Any]:
    x, y = _to_metres().transform(site.lon, site.lat)
    return {
        "name": site.name,
        "at": frame.at(x, y),
        "point": points.index(site.point),
        "neighbour": site.is_neighbour,
        "open": {name: hours.setdefault(site.hours(name), len(hours)) for name in FUNCTIONS},
    }


@cache
def _to_metres() -> Transformer:
    return Transformer.from_crs(4326, 28992, always_xy=True)


def _settlement_numbers(cells: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Give cells the number of their settlement; one in two municipalities is two."""
    numbers = cells.groupby(["municipality", "settlement"], sort=True, dropna=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _settlements(cells: pd.DataFrame, frame: Frame) -> list[dict[str, Any]]:
    """Name the settlements, each at the middle of its inhabitants, in the order of the numbers."""
    rows = cells.assign(
        east=cells["x"] * cells["population"], north=cells["y"] * cells["population"]
    )
    groups = rows.groupby(["municipality", "settlement"], sort=True, dropna=False)
    sums = groups[["east", "north", "population"]].sum()
    found = zip(sums.index, sums["east"], sums["north"], sums["population"], strict=True)
    return [
        {
            "name": str(name),
            "municipality": str(municipality),
            "at": frame.at(east / people, north / people),
            "shown": bool(people >= LEAST_SETTLEMENT),
        }
        for (municipality, name), east, north, people in found
    ]


def _posts(run: Run, data: DataSet, frame: Frame) -> list[dict[str, Any]]:
    used = sorted({post for scenario in run.scenarios for post in scenario.posts})
    rows = data.points[data.points["id"].isin(used)]
    columns = (rows[name] for name in ("name", "x", "y", "detail"))
    return [
        {"name": str(name), "at": frame.at(x, y), "staffed": str(detail)}
        for name, x, y, detail in zip(*columns, strict=True)
    ]


def _norms(version: str) -> dict[str, dict[str, float | None]]:
    known = norms(version)
    return {
        name: {
            **{way: known.limit(name, way) for way in WAYS},
            LIFE: known.limit(name, "siren"),
        }
        for name in FUNCTIONS
    }


def _longer_at_patient(version: str) -> float:
    """Return the minutes at the patient that life's clock counts beyond the norm's."""
    known = norms(version)
    return known["chain.empirical.on_scene"] - known["chain.loading"]


def _before(data: DataSet, version: str, posts: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return minutes from the call until the patient leaves the scene: no drive to hospital."""
    known = norms(version)
    if not posts:
        return np.full(len(data.cells), np.inf)
    fixed = known["chain.dispatch"] + known["chain.turnout"] + known["chain.loading"]
    return data.cell_minutes("siren", list(posts)).min(axis=1) + fixed


def _label_spot(outline: shapely.Polygon | shapely.MultiPolygon) -> tuple[float, float]:
    """Find where an outline has most room for a name."""
    x, y = shapely.maximum_inscribed_circle(outline).coords[0]
    return float(x), float(y)


def _hundredths(minutes: npt.NDArray[np.floating]) -> str:
    most = NO_WAY / HUNDREDTHS
    known = np.nan_to_num(minutes.astype(float), nan=most, posinf=most)
    return _packed((np.minimum(known, most) * HUNDREDTHS).round(), "<u2")


def _packed(numbers: npt.ArrayLike, kind: str) -> str:
    return base64.b64encode(np.asarray(numbers).astype(kind).tobytes()).decode("ascii")
