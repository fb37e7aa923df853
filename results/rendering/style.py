"""How a map looks: classes, colours, markers; chosen to be read in grey and when colour-blind."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isnan

from results.runs.run import ALWAYS, CLOSED, RunSite

CLASS_EDGES = (0.50, 0.80, 0.90, 0.95, 0.99)
"""Shares at which a new class begins: fine near 100%, where municipalities differ."""

CLASS_COLOURS = ("#662506", "#b8420a", "#ec7014", "#fbb04c", "#fee08f", "#fffbe6")
"""Fewest to most people within the norm; lightness rises evenly (after Brewer's YlOrBr)."""

MINUTE_EDGES = (10, 15, 20, 25, 30, 45)
"""Minutes at which a new class of the interactive map begins."""

MINUTE_COLOURS = ("#fffbe6", "#fee9a0", "#fdc45c", "#f59233", "#d95f0e", "#a33803", "#561d04")
"""Shortest to longest; as elsewhere, darker is worse."""

LONGER_EDGES = (-10, -5, -1, 1, 5, 10, 20)
"""Minutes of difference at which a new class begins."""

LONGER_COLOURS = (
    *("#08519c", "#5a9fd4", "#c0dcf0", "#f4f4f2", "#fde0c5", "#f6a35c", "#c9560c", "#6e2a04"),
)
"""Much shorter to much longer; signed figures on the map tell the sides apart in grey."""

NO_DATA, NO_DATA_LAND = "#ffffff", "#d9dfe4"
DARK_CLASSES = 2
"""So many of the darkest classes carry light text."""

DARK_TEXT, LIGHT_TEXT = "#1a1a1a", "#ffffff"
ABROAD, AROUND = "#e3e6e9", "#f3f4f5"
LINE, REGION_LINE, AROUND_LINE, FRAME = "#6b6b6b", "#1a1a1a", "#cdd2d6", "#b9c0c6"
ROAD, ROAD_WIDTH = "#9fb3c4", 1.8
QUIET_TEXT, SITE_TEXT = "#5b646c", "#0b3d66"


@dataclass(frozen=True)
class Marker:
    """A shape that says how far a hospital is open for a function."""

    shape: str
    size: float
    fill: str
    edge: str


OPEN_MARK = Marker("P", 13, "#0b4f8a", "#ffffff")
PART_MARK = Marker("D", 8.5, "#ffffff", "#0b4f8a")
CLOSED_MARK = Marker("X", 9, "#7a7a7a", "#ffffff")
NEIGHBOUR_MARK = Marker("^", 9, "#3c4a57", "#ffffff")
ABROAD_MARK = Marker("^", 7.5, "#ffffff", "#3c4a57")
"""A hospital across the border that doesn't count."""


def class_of(share: float) -> int:
    """Return the number of a share's class, 0 being the fewest people within the norm."""
    return sum(share >= edge for edge in CLASS_EDGES)


def colour_of(share: float) -> str:
    """Colour a share; white where it is unknown."""
    return NO_DATA if isnan(share) else CLASS_COLOURS[class_of(share)]


def text_colour_on(share: float) -> str:
    """Pick text that reads on a share's colour."""
    if isnan(share) or class_of(share) >= DARK_CLASSES:
        return DARK_TEXT
    return LIGHT_TEXT


def class_labels() -> tuple[str, ...]:
    """Name the classes, in the order of `CLASS_COLOURS`."""
    cuts = [f"{edge:.0%}"[:-1] for edge in CLASS_EDGES]
    middle = [f"{low}\N{EN DASH}{high}%" for low, high in pairwise(cuts)]
    return (f"<{cuts[0]}%", *middle, f"≥{cuts[-1]}%")


def is_shown(site: RunSite, function: str) -> bool:
    """Tell whether a map of a function draws a hospital: not those elsewhere without it."""
    return not (site.is_neighbour and site.hours(function) == CLOSED)


def marker_of(site: RunSite, function: str) -> Marker:
    """Pick the marker for how far a hospital is open for a function."""
    if site.is_neighbour:
        return NEIGHBOUR_MARK
    hours = site.hours(function)
    if hours == ALWAYS:
        return OPEN_MARK
    return CLOSED_MARK if hours == CLOSED else PART_MARK
