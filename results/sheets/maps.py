"""Small maps of one municipality as SVG: minutes by car from every inhabited square.

Written as text, not drawn with a plotting library: a sheet holds a dozen of them, and an SVG of
rectangles stays small, sharp in print, and the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import shapely

from results.rendering import style
from results.rendering.figures import printable
from results.rendering.label_placement import LabelBox, place_beside, text_size
from results.runs.run import CLOSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet
    from results.runs.run import RunSite


MINUTE_EDGES = (10.0, 15.0, 20.0, 30.0, 45.0)
"""Minutes at which a new colour begins; 30 is the norm for giving birth."""

COLOURS = tuple(reversed(style.CLASS_COLOURS))
"""Nearest to farthest; the order of lightness survives a grey print."""

CELL = 250
"""Metres of a square's side."""

WIDTH, HEIGHT = 640, 455
"""Size of a map in its own units."""

ABROAD_LABEL = 17
"""Of a hospital that doesn't count, and of the scale."""

MARGIN = 1200
"""Metres of surroundings."""

LARGE_LABEL, SMALL_LABEL = 22, 42
"""Letter sizes in a map's own units: a small map is printed at a third of a large one. On A4 a
large map is some 200 points wide, which makes its letters 7 points."""

MANY = 12
"""How many settlements a large map names at most; a small one is there to compare."""

COVERED = 0.12
"""Share of a settlement's name that other names may cover; what doesn't fit isn't named."""

SCALE_BARS = (1, 2, 5, 10, 20)
"""Kilometres that a scale bar may stand for; the longest that stays within `WIDEST_BAR`."""

WIDEST_BAR = 0.25
"""Of the map's width."""

LEAST_NAMED = 250
"""Inhabitants from which a settlement is named."""

SVG = "http://www.w3.org/2000/svg"
SIGN_SIZE = 0.62
"""Half a hospital's sign in letter sizes, and half its cross in halves of the sign."""

FONT = "DejaVu Sans, Verdana, sans-serif"
MAIN_ROADS = ("motorway", "trunk")
LAND, OUTSIDE, WATERLINE = "#e4e8eb", "#f3f4f5", "#c9ced3"
OUTLINE, DOT = "#1a1a1a", "#1a1a1a"


def class_of(minutes: Minutes) -> npt.NDArray[np.int64]:
    """Return the number of each value's colour, 0 the nearest; values on an edge are within."""
    return np.searchsorted(np.array(MINUTE_EDGES), minutes, side="left")


@dataclass(frozen=True)
class Settlement:
    """A place with a name, where its inhabitants are."""

    name: str
    x: float
    y: float
    inhabitants: float
    cells: npt.NDArray[np.int64]
    """Rows of its cells."""


@dataclass(frozen=True)
class SheetMaps:
    """The frame of one municipality's maps, or of the region's.

    Attributes
    ----------
    data
        Cells, outlines and roads.
    members
        Which cells are the municipality's.
    codes
        Codes of the municipalities inside.
    abroad
        Hospitals abroad. The nearest named place of some homes lies across the border; a place
        that such a hospital is called after is not named as a settlement here.
    """

    data: DataSet
    members: npt.NDArray[np.bool_]
    codes: frozenset[str]
    abroad: tuple[RunSite, ...] = ()

    @cached_property
    def settlements(self) -> tuple[Settlement, ...]:
        """Its settlements, the largest first; those that lie mostly elsewhere left out."""
        cells = self.data.cells
        names = cells["settlement"].to_numpy()
        inhabitants, x_of, y_of = (
            cells[column].to_numpy(dtype=float) for column in ("population", "x", "y")
        )
        found = []
        for name in np.unique(names[self.members]):
            place = np.flatnonzero((names == name) & self.members)
            people = inhabitants[place]
            is_abroad = any(str(name) in hospital.name for hospital in self.abroad)
            whole = inhabitants[names == name].sum()
            if is_abroad or people.sum() < max(LEAST_NAMED, whole / 2):
                continue
            x, y = (float(np.average(axis[place], weights=people)) for axis in (x_of, y_of))
            found.append(Settlement(str(name), x, y, float(people.sum()), place))
        return tuple(sorted(found, key=lambda place: -place.inhabitants))

    def large(self, minutes: Minutes, sites: Sequence[RunSite], function: str) -> str:
        """Draw a map with its settlements named, as SVG."""
        return self._draw(minutes, sites, function, MANY, LARGE_LABEL)

    def small(self, minutes: Minutes, sites: Sequence[RunSite], function: str) -> str:
        """Draw a map to compare with the large one, as SVG."""
        return self._draw(minutes, sites, function, 0, SMALL_LABEL)

    def _draw(
        self, minutes: Minutes, sites: Sequence[RunSite], function: str, named: int, size: int
    ) -> str:
        taken: list[LabelBox] = []
        parts = [
            f'<svg xmlns="{SVG}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family={quoteattr(FONT)}>',
            self._ground,
            *self._squares(minutes),
            self._lines,
            *(self._reading_aids(taken) if named else ()),
            *self._hospitals(sites, function, size, taken),
            *self._names(named, size, taken),
            *(self._across_the_border(sites, function, taken) if named else ()),
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{style.FRAME}"/>',
            "</svg>",
        ]
        return "".join(parts)

    @cached_property
    def _frame(self) -> LabelBox:
        """The part of the country it shows, in metres, in the shape of the drawing."""
        own = self.data.municipalities["municipality_code"].isin(self.codes)
        outlines = self.data.municipalities[own].geometry
        west, south, east, north = shapely.union_all(outlines.to_numpy()).buffer(MARGIN).bounds
        width = max(east - west, (north - south) * WIDTH / HEIGHT)
        height = width * HEIGHT / WIDTH
        return LabelBox((west + east - width) / 2, (south + north - height) / 2, width, height)

    @property
    def _scale(self) -> float:
        return WIDTH / self._frame.width

    def _at(self, x: float, y: float) -> tuple[float, float]:
        frame = self._frame
        return (x - frame.x) * self._scale, (frame.y + frame.height - y) * self._scale

    def _path(self, shapes: Iterable[shapely.Geometry]) -> str:
        """Return the outlines of areas and lines within the frame as path data."""
        frame = self._frame
        bounds = (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
        data = []
        for shape in shapes:
            clipped = shapely.clip_by_rect(shape, *bounds).simplify(1 / self._scale)
            for part in shapely.get_parts(clipped):
                rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
                for ring in rings:
                    if ring.is_empty or ring.geom_type == "Point":
                        continue
                    points = (self._at(x, y) for x, y in np.asarray(ring.coords)[:, :2])
                    data.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points))
        return "".join(data)

    @cached_property
    def _ground(self) -> str:
        table = self.data.municipalities
        own = table["municipality_code"].isin(self.codes)
        around, inside = self._path(table[~own].geometry), self._path(table[own].geometry)
        return (
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{style.ABROAD}"/>'
            f'<path d="{around}" fill="{OUTSIDE}" stroke="{WATERLINE}"/>'
            f'<path d="{inside}" fill="{LAND}"/>'
        )

    @cached_property
    def _lines(self) -> str:
        table, roads = self.data.municipalities, self.data.roads
        own = table["municipality_code"].isin(self.codes)
        main = self._path(roads[roads["road_class"].isin(MAIN_ROADS)].geometry)
        return (
            f'<path d="{main}" fill="none" stroke="#5f7f9c" stroke-width="2.5"/>'
            f'<path d="{self._path(table[own].geometry)}" fill="none" stroke="{OUTLINE}" '
            'stroke-width="2"/>'
        )

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the members in order of row and column, with their column and row."""
        cells = self.data.cells
        number = np.flatnonzero(self.members)
        column = (cells["x"].to_numpy()[number] // CELL).astype(np.int64)
        row = (cells["y"].to_numpy()[number] // CELL).astype(np.int64)
        order = np.lexsort((column, row))
        return number[order], column[order], row[order]

    def _squares(self, minutes: Minutes) -> Iterable[str]:
        """Draw the squares of each colour as one path; neighbours in a row become one block."""
        number, column, row = self._rows
        colour = class_of(minutes[number])
        side = CELL * self._scale
        runs: list[list[str]] = [[] for _ in COLOURS]
        joins = (np.diff(column) == 1) & (np.diff(row) == 0) & (np.diff(colour) == 0)
        starts = np.flatnonzero(np.concatenate([[True], ~joins]))
        ends = np.append(starts[1:], len(number))
        for first, after in zip(starts.tolist(), ends.tolist(), strict=True):
            x, y = self._at(float(column[first] * CELL), float((row[first] + 1) * CELL))
            block = f"M{x:.1f} {y:.1f}h{(after - first) * side:.1f}v{side:.1f}H{x:.1f}z"
            runs[colour[first]].append(block)
        for paths, ink in zip(runs, COLOURS, strict=True):
            if paths:
                yield f'<path d="{"".join(paths)}" fill="{ink}"/>'

    def _hospitals(
        self, sites: Sequence[RunSite], function: str, size: int, taken: list[LabelBox]
    ) -> Iterable[str]:
        """Draw the hospitals within the frame where a function is open, if only by day."""
        points = self.data.points
        at = dict(zip(points["id"], zip(points["x"], points["y"], strict=True), strict=True))
        arm = size * SIGN_SIZE
        bar = arm * SIGN_SIZE
        for site in sites:
            if site.point not in at or site.hours(function) == CLOSED:
                continue
            x, y = self._at(*at[site.point])
            if not (0 < x < WIDTH and 0 < y < HEIGHT):
                continue
            taken.append(LabelBox(x - arm, y - arm, 2 * arm, 2 * arm))
            yield (
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{arm:.0f}" fill="#0b4f8a" '
                'stroke="#fff" stroke-width="2"/>'
                f'<path d="M{x - bar:.1f} {y:.1f}h{2 * bar:.1f}M{x:.1f} {y - bar:.1f}'
                f'v{2 * bar:.1f}" stroke="#fff" stroke-width="{bar * 0.65:.1f}"/>'
            )
            if size == LARGE_LABEL:
                yield self._label(site.name, (x, y), arm + 2, size, taken, style.SITE_TEXT)

    def _across_the_border(
        self, sites: Sequence[RunSite], function: str, taken: list[LabelBox]
    ) -> Iterable[str]:
        """Draw the hospitals abroad within the frame that don't count."""
        counts = {site.id for site in sites if site.hours(function) != CLOSED}
        points = self.data.points
        at = dict(zip(points["id"], zip(points["x"], points["y"], strict=True), strict=True))
        half = LARGE_LABEL * SIGN_SIZE / 2
        for site in self.abroad:
            if site.id in counts or site.point not in at:
                continue
            x, y = self._at(*at[site.point])
            if not (half < x < WIDTH - half and half < y < HEIGHT - half):
                continue
            taken.append(LabelBox(x - half, y - half, 2 * half, 2 * half))
            yield (
                f'<path d="M{x:.1f} {y - half:.1f}l{half:.1f} {2 * half:.1f}h{-2 * half:.1f}z" '
                f'fill="#fff" stroke="{DOT}" stroke-width="2"/>'
            )
            yield self._label(site.name, (x, y), half + 3, ABROAD_LABEL, taken, DOT, COVERED)

    def _reading_aids(self, taken: list[LabelBox]) -> Iterable[str]:
        """Draw a scale bar and an arrow to the north."""
        length = max(
            (km for km in SCALE_BARS if km * 1000 * self._scale <= WIDEST_BAR * WIDTH),
            default=SCALE_BARS[0],
        )
        bar, low = length * 1000 * self._scale, HEIGHT - 12
        ink = f'fill="none" stroke="{DOT}" stroke-width="2"'
        yield f'<path d="M12 {low - 7}v7h{bar:.1f}v-7" {ink}/>'
        text = f"{length} km"
        yield (
            f'<text x="{12 + bar / 2:.0f}" y="{low - 6}" font-size="{ABROAD_LABEL}" '
            f'text-anchor="middle" fill="{DOT}">{text}</text>'
        )
        taken.append(LabelBox(12, low - 26, bar, 26))
        east = WIDTH - 20
        yield f'<path d="M{east} 44V14M{east - 6} 22l6-9 6 9" {ink}/>'
        yield (
            f'<text x="{east}" y="62" font-size="{ABROAD_LABEL}" text-anchor="middle" '
            f'fill="{DOT}">N</text>'
        )
        taken.append(LabelBox(east - 10, 10, 20, 54))

    def _names(self, count: int, size: int, taken: list[LabelBox]) -> Iterable[str]:
        places = [(place.name, self._at(place.x, place.y)) for place in self.settlements[:count]]
        taken += [LabelBox(x - 3, y - 3, 6, 6) for _name, (x, y) in places]  # no name over any dot
        for name, (x, y) in places:
            yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size / 5:.0f}" fill="{DOT}"/>'
            yield self._label(name, (x, y), size / 3, size, taken, DOT, COVERED)

    def _label(
        self,
        text: str,
        at: tuple[float, float],
        gap: float,
        size: int,
        taken: list[LabelBox],
        ink: str,
        covered: float = 1.0,
    ) -> str:
        """Write a name beside a point; nothing where others would cover too much of it."""
        name = printable(text)
        box = place_beside(
            at, gap, text_size([name], size, 1.0), taken, LabelBox(0, 0, WIDTH, HEIGHT)
        )
        if sum(box.overlap(other) for other in taken) > covered * box.area:
            return ""
        taken.append(box)
        middle, low = box.x + box.width / 2, box.y + box.height * 0.72
        shared = f'x="{middle:.0f}" y="{low:.0f}" font-size="{size}" text-anchor="middle"'
        return (
            f'<text {shared} fill="none" stroke="#fff" stroke-width="4" stroke-linejoin="round">'
            f'{escape(name)}</text><text {shared} fill="{ink}">{escape(name)}</text>'
        )


def legend_labels() -> tuple[tuple[str, str], ...]:
    """Return each colour with the minutes it stands for, the nearest first."""
    cuts = [f"{edge:g}" for edge in MINUTE_EDGES]
    middle = [f"{low}\N{EN DASH}{high}" for low, high in pairwise(cuts)]
    return tuple(zip(COLOURS, [f"<{cuts[0]}", *middle, f">{cuts[-1]}"], strict=True))
