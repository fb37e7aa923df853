"""Isochrones: how far one gets within some minutes, as areas.

The ground is laid out in squares; a square is reached if the road nearest to its middle is. Gaps
narrower than a square are closed, so an area is one a map can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from scipy.ndimage import binary_closing

from geodata.routing.travel_times import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from files.arrays import BoolArray, FloatArray
    from geodata.config.speed_profiles import Profile
    from geodata.roads.network import Positions, RoadNetwork


WGS84: Final = "EPSG:4326"
SQUARE_M: Final = 250.0
"""Side of a square: a fifth of a minute's drive."""
REACH_M: Final = 500.0
"""Metres from the middle of a square to a road that serves it."""
CLOSED_GAP: Final = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Ground:
    """Squares over a road network.

    Attributes
    ----------
    west, south
        Corner of the first square.
    shape
        Columns and rows.
    positions
        Where on the road each square is served, column after column.
    """

    west: float
    south: float
    shape: tuple[int, int]
    positions: Positions

    @classmethod
    def of(cls, network: RoadNetwork) -> Ground:
        """Lay squares over all roads."""
        west = float(network.x.min() // SQUARE_M * SQUARE_M)
        south = float(network.y.min() // SQUARE_M * SQUARE_M)
        shape = (
            int((network.x.max() - west) // SQUARE_M) + 1,
            int((network.y.max() - south) // SQUARE_M) + 1,
        )
        column, row = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
        x = west + (column + 0.5) * SQUARE_M
        y = south + (row + 0.5) * SQUARE_M
        return cls(west, south, shape, network.snap(x, y, REACH_M))

    @property
    def middle(self) -> tuple[FloatArray, FloatArray]:
        """Middle of each square."""
        column, row = np.divmod(np.arange(self.shape[0] * self.shape[1]), self.shape[1])
        return self.west + (column + 0.5) * SQUARE_M, self.south + (row + 0.5) * SQUARE_M

    def closed(self, reached: BoolArray) -> BoolArray:
        """Close gaps narrower than a square, shape (squares,)."""
        padded = np.pad(reached.reshape(self.shape), 1)
        return binary_closing(padded, CLOSED_GAP)[1:-1, 1:-1].ravel()

    def area(self, reached: BoolArray) -> shapely.Geometry:
        """Return the squares that are reached as one area."""
        column, row = np.divmod(np.flatnonzero(reached), self.shape[1])
        west, south = self.west + column * SQUARE_M, self.south + row * SQUARE_M
        squares = shapely.box(west, south, west + SQUARE_M, south + SQUARE_M)
        return shapely.union_all(np.asarray(squares))


def isochrones(
    network: RoadNetwork,
    profile: Profile,
    origins: pd.DataFrame,
    limits: Sequence[float],
    snap_limit: float,
) -> gpd.GeoDataFrame:
    """Return the areas one reaches from some origins.

    Parameters
    ----------
    network
        Roads.
    profile
        How they are driven.
    origins
        Columns `id`, `lon`, `lat`.
    limits
        Minutes.
    snap_limit
        Metres from an origin to a road beyond which it reaches nothing.

    Returns
    -------
    geopandas.GeoDataFrame
        `id`, `minutes`, geometry in EPSG:4326; an empty area where nothing is reached.
    """
    ground = Ground.of(network)
    to_metres = Transformer.from_crs(WGS84, network.crs, always_xy=True)
    x, y = to_metres.transform(origins["lon"].to_numpy(), origins["lat"].to_numpy())
    at = network.snap(np.asarray(x), np.asarray(y), snap_limit)
    minutes = TravelTimes(network, profile).minutes(at, ground.positions)
    rows = [
        {"id": str(name), "minutes": limit, "geometry": ground.area(ground.closed(one <= limit))}
        for name, one in zip(origins["id"], minutes, strict=True)
        for limit in limits
    ]
    return gpd.GeoDataFrame(rows, crs=network.crs).to_crs(WGS84)
