"""Lines of equal travel time over the land between inhabited cells.

People live in cells with gaps between them; a line of 30 minutes must run across those gaps too.
A grid of nodes is laid over the region. Each takes the minutes of its nearest cell, and is smoothed
with its neighbours, so that a line doesn't follow every single farm.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import uniform_filter
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from files.arrays import FloatArray, IntArray


STEP = 500.0
"""Metres between nodes: two cells."""

ROUNDS = 2
"""How many times a node takes the mean of itself and its eight neighbours."""

LIMITS = (15.0, 30.0, 45.0)
"""Minutes for which lines are drawn."""

FARTHEST = 1e6
"""Minutes that stand for no way at all."""


@dataclass(frozen=True)
class TravelSurface:
    """A grid of nodes over a region.

    Attributes
    ----------
    west, south
        Metres (EPSG:28992) of the first node.
    nearest
        For each node the row of its nearest cell, shape (rows, columns); south row first.
    region
        The land itself; areas are cut off at its border.
    """

    west: float
    south: float
    nearest: IntArray
    region: shapely.Geometry

    @classmethod
    def over(cls, municipalities: gpd.GeoDataFrame, cells: pd.DataFrame) -> TravelSurface:
        """Lay a grid over the region.

        Parameters
        ----------
        municipalities
            Outlines in EPSG:28992; `in_region` tells which count.
        cells
            `x` and `y` of the cells that minutes are given for.
        """
        inside = municipalities["in_region"].astype(bool)
        region = shapely.union_all(municipalities[inside].geometry.to_numpy())
        west, south, east, north = (
            edge // STEP * STEP + shift * STEP
            for edge, shift in zip(region.bounds, (-1, -1, 2, 2), strict=True)
        )
        x, y = np.meshgrid(np.arange(west, east, STEP), np.arange(south, north, STEP))
        tree = KDTree(cells[["x", "y"]].to_numpy())
        nearest = np.asarray(tree.query(np.column_stack([x.ravel(), y.ravel()]))[1], dtype=np.int64)
        return cls(west, south, nearest.reshape(x.shape), region)

    def minutes(self, by_cell: npt.NDArray[np.floating]) -> FloatArray:
        """Return smoothed minutes at each node, shape (rows, columns)."""
        found: FloatArray = np.minimum(by_cell.astype(float), FARTHEST)[self.nearest]
        for _ in range(ROUNDS):
            found = np.asarray(uniform_filter(found, 3, mode="nearest"), dtype=float)
        return found

    def areas(
        self, by_cell: npt.NDArray[np.floating], limits: Sequence[float] = LIMITS
    ) -> list[shapely.Geometry]:
        """Return the part of the region within each limit; an empty area where there is none."""
        from contourpy import FillType, contour_generator  # noqa: PLC0415 - with GIS files only

        rows, columns = self.nearest.shape
        generator = contour_generator(
            self.west + STEP * np.arange(columns),
            self.south + STEP * np.arange(rows),
            self.minutes(by_cell),
            fill_type=FillType.OuterOffset,
        )
        return [self._area(*generator.filled(-1.0, limit)) for limit in limits]

    def _area(
        self, corners: Sequence[FloatArray], offsets: Sequence[npt.NDArray[np.unsignedinteger]]
    ) -> shapely.Geometry:
        parts = []
        for points, ends in zip(corners, offsets, strict=True):
            rings = [points[start:end] for start, end in pairwise(ends)]
            parts.append(shapely.Polygon(rings[0], rings[1:]))
        return shapely.intersection(shapely.union_all(parts), self.region)
