"""The drawing of a map: a frame that is made once and filled again for each scenario."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from pyproj import Transformer

from results.rendering import style
from results.rendering.figures import path_of, printable, small_png, small_svg
from results.rendering.label_placement import (
    LabelBox,
    place_at_edge,
    place_beside,
    place_inside,
    text_size,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.artist import Artist
    from shapely.geometry.base import BaseGeometry

    from results.language.words import Words


WIDTH_INCHES, HEIGHT_INCHES, DPI = 9.6, 7.4, 130
POINTS_PER_INCH = 72
MAP_AREA = (0.012, 0.055, 0.735, 0.80)
"""Left, bottom, width and height of the map itself, in shares of the figure."""

PANEL_LEFT = 0.762
MARGIN = 5_000
"""Metres of surroundings around Twente."""

NAME_POINTS, SHARE_POINTS, SITE_POINTS = 7.6, 9.2, 7.4
SITE_GAP = 750
"""Metres between a hospital and its name."""

MARKER_HALF = 800
"""Half a marker's size in metres, kept free of names."""

EDGE = 900
"""Metres between the frame and a name at its edge."""

MARKER_LAYER, TEXT_LAYER = 5, 6
LINE_SPACING = 1.25
SCALE_KM = 10
LONGEST_TITLE, SUBTITLE_LINES, SUBTITLE_WIDTH, PANEL_WIDTH = 75, 2, 88, 29


@dataclass(frozen=True)
class HospitalMarker:
    """A hospital on a map: its place in degrees, and the sign that it gets."""

    name: str
    lon: float
    lat: float
    marker: style.Marker

    @property
    def counts(self) -> bool:
        """Whether it counts; one across the border is drawn though it doesn't."""
        return self.marker != style.ABROAD_MARK


@dataclass(frozen=True)
class MapContent:
    """What differs from map to map; equal contents are the same map."""

    title: str
    outcome: str
    reading_help: str
    share: tuple[tuple[str, float], ...]
    """Codes of municipalities with the share of their inhabitants within the norm, sorted."""

    hospitals: tuple[HospitalMarker, ...]


def fits_subtitle(text: str) -> bool:
    """Whether a map has room for a text below its title."""
    return len(textwrap.wrap(printable(text), SUBTITLE_WIDTH)) <= SUBTITLE_LINES


class MapFigure:
    """A map's frame: outlines, legend, scale and source line."""

    def __init__(
        self,
        municipalities: gpd.GeoDataFrame,
        roads: Sequence[BaseGeometry],
        words: Words,
        source: str,
    ) -> None:
        self._words = words
        inside = municipalities["in_region"].astype(bool)
        region = municipalities[inside].sort_values("municipality_code")
        self._codes = [str(code) for code in region["municipality_code"]]
        self._names = [str(name) for name in region["municipality"]]
        self._outlines = list(region.geometry)
        self._around = list(municipalities[~inside].geometry)
        self._to_map = Transformer.from_crs(4326, 28992, always_xy=True)
        self._figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes(MAP_AREA, facecolor=style.ABROAD)
        self._frame = self._fit_frame()
        self._metres_per_point = self._frame.width / (MAP_AREA[2] * WIDTH_INCHES * POINTS_PER_INCH)
        self._areas = self._draw_outlines()
        self._draw_roads(roads)
        self._draw_panel()
        self._draw_scale_and_north()
        self._figure.text(
            MAP_AREA[0], 0.018, source, fontsize=6.6, color=style.QUIET_TEXT, parse_math=False
        )
        self._passing: list[Artist] = []

    def fill(self, content: MapContent, subtitle: str) -> None:
        """Draw what differs from map to map."""
        for artist in self._passing:
            artist.remove()
        self._passing.clear()
        known = dict(content.share)
        shares = [known.get(code, float("nan")) for code in self._codes]
        self._areas.set_facecolor([style.colour_of(share) for share in shares])
        self._write_heading(content, subtitle)
        taken = self._draw_hospitals(content)
        self._name_municipalities(shares, taken)

    def png(self) -> bytes:
        """Save the map as it was filled.

        Returns
        -------
        bytes
            A PNG without clock or software version: the same content gives the same bytes.
        """
        return small_png(self._figure)

    def svg(self) -> bytes:
        """Save the map as SVG, text as text; the same content gives the same bytes."""
        return small_svg(self._figure)

    def _fit_frame(self) -> LabelBox:
        """Frame the region with its margin, in the shape of the map area."""
        west, south, east, north = shapely.union_all(self._outlines).buffer(MARGIN).bounds
        shape = (MAP_AREA[2] * WIDTH_INCHES) / (MAP_AREA[3] * HEIGHT_INCHES)
        width = max(east - west, (north - south) * shape)
        height = width / shape
        frame = LabelBox((west + east - width) / 2, (south + north - height) / 2, width, height)
        self._axes.set_xlim(frame.x, frame.x + frame.width)
        self._axes.set_ylim(frame.y, frame.y + frame.height)
        self._axes.set_xticks([])
        self._axes.set_yticks([])
        for spine in self._axes.spines.values():
            spine.set_color(style.FRAME)
        return frame

    def _draw_outlines(self) -> PathCollection:
        around = PathCollection(
            [path_of(area) for area in self._around],
            facecolor=style.AROUND,
            edgecolor=style.AROUND_LINE,
            linewidth=0.7,
        )
        areas = PathCollection(
            [path_of(area) for area in self._outlines], edgecolor=style.LINE, linewidth=0.8
        )
        region = PathCollection(
            [path_of(shapely.union_all(self._outlines).buffer(1))],
            facecolor="none",
            edgecolor=style.REGION_LINE,
            linewidth=1.6,
        )
        for collection in (around, areas, region):
            self._axes.add_collection(collection, autolim=False)
        self._name_abroad()
        return areas

    def _draw_roads(self, roads: Sequence[BaseGeometry]) -> None:
        lines = [np.asarray(line.coords) for road in roads for line in shapely.get_parts(road)]
        self._axes.add_collection(
            LineCollection(lines, colors=style.ROAD, linewidths=style.ROAD_WIDTH), autolim=False
        )

    def _name_abroad(self) -> None:
        """Name what lies east of the Dutch municipalities."""
        frame = self._frame
        whole = shapely.box(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
        rest = whole.difference(shapely.union_all([*self._around, *self._outlines]))
        parts = [part for part in shapely.get_parts(rest) if part.bounds[2] >= whole.bounds[2] - 1]
        if not parts:
            return
        spot = shapely.maximum_inscribed_circle(max(parts, key=lambda part: part.area))
        x, y = spot.coords[0]
        self._axes.text(
            x,
            y,
            self._words.gettext("Germany").upper(),
            color=style.QUIET_TEXT,
            fontsize=8.5,
            ha="center",
            va="center",
        )

    def _draw_panel(self) -> None:
        _ = self._words.gettext
        classes = [
            Patch(facecolor=colour, edgecolor=style.LINE, linewidth=0.8, label=label)
            for colour, label in reversed(
                list(zip(style.CLASS_COLOURS, style.class_labels(), strict=True))
            )
        ]
        self._add_legend(classes, _("Inhabitants within the norm"), 0.60)
        signs = [
            (style.OPEN_MARK, _("open day and night")),
            (style.PART_MARK, _("open part of the day")),
            (style.CLOSED_MARK, _("not open for this care")),
            (style.NEIGHBOUR_MARK, _("hospital outside Twente\n(arrow: beyond the map)")),
            (style.ABROAD_MARK, _("hospital in Germany,\ndoesn't count")),
        ]
        handles = [_sign(marker, label) for marker, label in signs]
        handles.append(
            Line2D([], [], color=style.ROAD, linewidth=style.ROAD_WIDTH, label=_("main road"))
        )
        self._add_legend(handles, _("Hospitals and roads"), 0.335)

    def _add_legend(self, handles: list[Patch] | list[Line2D], title: str, top: float) -> None:
        self._figure.legend(
            handles=handles,
            title=title,
            loc="upper left",
            bbox_to_anchor=(PANEL_LEFT - 0.008, top),
            frameon=False,
            fontsize=8.2,
            title_fontproperties=FontProperties(weight="bold", size=8.8),
            alignment="left",
            labelspacing=0.55,
            borderaxespad=0,
        )

    def _draw_scale_and_north(self) -> None:
        frame = self._frame
        x, y = frame.x + 0.03 * frame.width, frame.y + 0.035 * frame.height
        length = SCALE_KM * 1000
        for start, colour in ((0.0, style.DARK_TEXT), (0.5, style.LIGHT_TEXT)):
            self._axes.add_line(
                Line2D(
                    [x + start * length, x + (start + 0.5) * length],
                    [y, y],
                    color=colour,
                    linewidth=4,
                    solid_capstyle="butt",
                    path_effects=[
                        patheffects.withStroke(linewidth=5.2, foreground=style.DARK_TEXT)
                    ],
                )
            )
        for share, label in ((0.0, "0"), (0.5, f"{SCALE_KM // 2}"), (1.0, f"{SCALE_KM} km")):
            self._axes.text(
                x + share * length, y + 550, label, fontsize=7.2, ha="center", va="bottom"
            )
        north_x, north_y = frame.x + 0.965 * frame.width, frame.y + 0.965 * frame.height
        self._axes.annotate(
            "N",
            xy=(north_x, north_y),
            xytext=(north_x, north_y - 3_400),
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            arrowprops={"arrowstyle": "-|>", "color": style.DARK_TEXT, "linewidth": 1.6},
        )

    def _write_heading(self, content: MapContent, below: str) -> None:
        title = textwrap.shorten(printable(content.title), LONGEST_TITLE, placeholder="…")
        subtitle = textwrap.wrap(
            printable(below),
            SUBTITLE_WIDTH,
            max_lines=SUBTITLE_LINES,
            placeholder="…",
        )
        left = MAP_AREA[0]
        outcome = textwrap.fill(content.outcome, PANEL_WIDTH - 3)
        help_text = textwrap.fill(content.reading_help, PANEL_WIDTH)
        self._say(left, 0.972, title, 14.5, "bold")
        self._say(left, 0.926, "\n".join(subtitle), 10.5)
        self._say(PANEL_LEFT, 0.852, outcome, 9.4, "bold")
        self._say(PANEL_LEFT, 0.735, help_text, 8.2)

    def _say(self, x: float, y: float, text: str, points: float, weight: str = "normal") -> None:
        artist = self._figure.text(
            x,
            y,
            text,
            fontsize=points,
            fontweight=weight,
            color=style.DARK_TEXT,
            va="top",
            linespacing=LINE_SPACING,
            parse_math=False,
        )
        self._passing.append(artist)

    def _draw_hospitals(self, content: MapContent) -> list[LabelBox]:
        """Draw the hospitals and their names; return the room they take."""
        counted = [hospital for hospital in content.hospitals if hospital.counts]
        places = [self._to_map.transform(one.lon, one.lat) for one in counted]
        taken = [
            self._scale_box(),
            *(
                LabelBox(x - MARKER_HALF, y - MARKER_HALF, 2 * MARKER_HALF, 2 * MARKER_HALF)
                for x, y in places
            ),
        ]
        for hospital, place in zip(counted, places, strict=True):
            if self._holds(place):
                self._mark(hospital, place, style.SITE_TEXT, taken)
            else:
                self._point_outside(hospital, *place, taken)
        for hospital in content.hospitals:
            place = self._to_map.transform(hospital.lon, hospital.lat)
            if not hospital.counts and self._holds(place):
                self._mark(hospital, place, style.QUIET_TEXT, taken)
        return taken

    def _holds(self, place: tuple[float, float]) -> bool:
        return LabelBox(*place, 1, 1).overlap(self._frame) > 0

    def _mark(
        self,
        hospital: HospitalMarker,
        place: tuple[float, float],
        ink: str,
        taken: list[LabelBox],
    ) -> None:
        """Draw a hospital with its name beside it."""
        x, y = place
        marker = hospital.marker
        self._passing += self._axes.plot(
            [x],
            [y],
            linestyle="none",
            marker=marker.shape,
            markersize=marker.size,
            markerfacecolor=marker.fill,
            markeredgecolor=marker.edge,
            markeredgewidth=1.2,
            zorder=MARKER_LAYER,
        )
        name = printable(hospital.name)
        size = text_size([name], SITE_POINTS, self._metres_per_point)
        box = place_beside(place, SITE_GAP, size, taken, self._frame)
        taken.append(box)
        self._write(box.centre, name, SITE_POINTS, ink, slant="italic")

    def _point_outside(
        self, hospital: HospitalMarker, x: float, y: float, taken: list[LabelBox]
    ) -> None:
        """Point from the frame's edge to a hospital beyond it."""
        name = printable(hospital.name)
        size = text_size([f"{name} →"], SITE_POINTS, self._metres_per_point)
        nearest, box = place_at_edge((x, y), size, taken, self._frame, EDGE)
        across, up = x - nearest.x - nearest.width / 2, y - nearest.y
        if abs(across) > abs(up):
            text = f"{name} →" if across > 0 else f"← {name}"
        else:
            text = f"{name} {'↑' if up > 0 else '↓'}"
        taken.append(box)
        self._write(box.centre, text, SITE_POINTS, style.QUIET_TEXT)

    def _scale_box(self) -> LabelBox:
        """Keep the room of the scale bar free."""
        frame = self._frame
        return LabelBox(
            frame.x, frame.y, SCALE_KM * 1000 + 0.08 * frame.width, 0.075 * frame.height
        )

    def _name_municipalities(self, shares: list[float], taken: list[LabelBox]) -> None:
        for name, outline, share in zip(self._names, self._outlines, shares, strict=True):
            share_text = self._words.percent(share, 0)
            size = text_size([name, share_text], SHARE_POINTS, self._metres_per_point)
            box = place_inside(outline, size, taken)
            taken.append(box)
            x, y = box.centre
            step = size[1] / 4
            ink = style.text_colour_on(share)
            halo = style.colour_of(share)
            self._write((x, y + step), name, NAME_POINTS, ink, halo=halo)
            self._write((x, y - step), share_text, SHARE_POINTS, ink, halo=halo, weight="bold")

    def _write(
        self,
        place: tuple[float, float],
        text: str,
        points: float,
        ink: str,
        halo: str = style.LIGHT_TEXT,
        weight: str = "normal",
        slant: Literal["normal", "italic"] = "normal",
    ) -> None:
        artist = self._axes.text(
            *place,
            text,
            fontsize=points,
            fontweight=weight,
            fontstyle=slant,
            color=ink,
            ha="center",
            va="center",
            parse_math=False,
            clip_on=True,
            zorder=TEXT_LAYER,
            path_effects=[patheffects.withStroke(linewidth=2.2, foreground=halo)],
        )
        self._passing.append(artist)


def _sign(marker: style.Marker, label: str) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker.shape,
        markersize=marker.size * 0.85,
        markerfacecolor=marker.fill,
        markeredgecolor=marker.edge,
        label=label,
    )
