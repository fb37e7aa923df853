"""Which country a road lies in, by the polygons of countries.

The borders are those of country-coder (ISC licence), generalised: beside a border, a way in 300 of
Twente and its German strip is put in the wrong country.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from geodata.config.legal_limits import COUNTRIES

if TYPE_CHECKING:
    from files.arrays import FloatArray

BORDERS: Final = "countries.geojson"
WGS84: Final = "EPSG:4326"
NOWHERE: Final = -1
CORNERS_A_SIDE: Final = 20
"""Points that follow a side of a box from one projection to another."""


@cache
def _borders() -> tuple[shapely.Geometry, ...]:
    """Return the polygons of `COUNTRIES`, in degrees."""
    text = files("geodata.config").joinpath(BORDERS).read_text(encoding="utf-8")
    found = {one["properties"]["country"]: one["geometry"] for one in json.loads(text)["features"]}
    return tuple(shape(found[country]) for country in COUNTRIES)


def countries_of(x: FloatArray, y: FloatArray, crs: str) -> npt.NDArray[np.int8]:
    """Return the number in `COUNTRIES` of the country that each spot lies in.

    Parameters
    ----------
    x, y
        Spots, shape (spots,).
    crs
        Their projection.

    Returns
    -------
    numpy.ndarray
        Shape (spots,); `NOWHERE` outside all of them.
    """
    result = np.full(len(x), NOWHERE, dtype=np.int8)
    if not len(x):
        return result
    ground = shapely.box(x.min() - 1.0, y.min() - 1.0, x.max() + 1.0, y.max() + 1.0)
    to_crs = Transformer.from_crs(WGS84, crs, always_xy=True)
    around = _in_degrees(ground, to_crs)
    for number, border in enumerate(_borders()):
        near = shapely.intersection(border, around)
        if near.is_empty:
            continue
        if near.equals(around):
            result[:] = number
            break
        here = shapely.transform(near, lambda at: np.column_stack(to_crs.transform(*at.T)))
        shapely.prepare(here)
        result[shapely.contains_xy(here, x, y)] = number
    return result


def _in_degrees(ground: shapely.Geometry, to_crs: Transformer) -> shapely.Geometry:
    """Return a box of degrees around some ground."""
    edge = shapely.segmentize(ground, shapely.length(ground) / (4 * CORNERS_A_SIDE))
    x, y = shapely.get_coordinates(edge).T
    lon, lat = to_crs.transform(x, y, direction="INVERSE")
    return shapely.box(lon.min(), lat.min(), lon.max(), lat.max())
