"""The frame of the interactive map: places in metres become small whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry


UNIT = 10.0
"""Metres in a unit of the drawing: whole numbers keep the file small."""

CELL = 250.0
"""Metres of a cell's side."""

MARGIN = 3_000.0
"""Metres of surroundings around the region."""

DETAIL = 40.0
"""Metres by which an outline may be simplified."""


@dataclass(frozen=True)
class Frame:
    """The part of the world that is drawn; x to the right and y downwards from its corner."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, outlines: Iterable[BaseGeometry]) -> Frame:
        """Frame some outlines, with a margin, whole cells wide."""
        bounds = shapely.union_all(list(outlines)).bounds
        west, south, east, north = (float(edge // CELL * CELL) for edge in bounds)
        return cls(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)

    @property
    def size(self) -> list[int]:
        """Width and height."""
        return self.at(self.east, self.south)

    def at(self, x: float, y: float) -> list[int]:
        """Place a point of EPSG:28992 in the drawing."""
        return [round((x - self.west) / UNIT), round((self.north - y) / UNIT)]

    def path(self, shape: BaseGeometry) -> str:
        """Write outlines or lines as the data of an SVG path, cut off at the frame."""
        whole = shapely.box(self.west, self.south, self.east, self.north)
        parts = shapely.get_parts(shapely.intersection(shapely.simplify(shape, DETAIL), whole))
        written = []
        for part in parts:
            if part.geom_type == "Polygon":
                rings = (part.exterior, *part.interiors)
                written += [f"{self._line(ring)}Z" for ring in rings]
            elif part.geom_type == "LineString":
                written.append(self._line(part))
        return "".join(written)

    def box(self, outline: BaseGeometry) -> list[int]:
        """Give the left, top, width and height of an outline."""
        west, south, east, north = outline.bounds
        (left, top), (right, bottom) = self.at(west, north), self.at(east, south)
        return [left, top, right - left, bottom - top]

    def _line(self, line: BaseGeometry) -> str:
        places = (self.at(x, y) for x, y in shapely.get_coordinates(line).tolist())
        return "M" + "L".join(f"{x} {y}" for x, y in places)
