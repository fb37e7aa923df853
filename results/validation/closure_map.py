"""A closure of maternity care read from a map: homes around it, and minutes to other hospitals.

Homes are the address nodes for which the closed hospital was the nearest by road, gathered by
square; hospitals are nodes with `amenity=hospital`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import osmium
import osmium.osm
import pandas as pd
from pyproj import Transformer

from geodata.config.speed_profiles import SHIPPED, speed_model
from geodata.errors import DataError
from geodata.osm.extract import WGS84, read_osm
from geodata.roads.builder import build_network
from geodata.routing.travel_time_matrix import utm_crs
from geodata.routing.travel_times import TravelTimes
from geodata.routing.workflows import SNAP_LIMIT_M
from results.validation.closures import Closure

if TYPE_CHECKING:
    from pathlib import Path

    from files.arrays import FloatArray

SQUARE_M: Final = 1000.0
METRES_PER_KM: Final = 1000.0


def closure_of(
    osm: Path, hospitals: pd.DataFrame, counts: pd.DataFrame, closed: str, area_km2: float
) -> Closure:
    """Return a closure from a map, a table of hospitals and one of births counted afterwards.

    Parameters
    ----------
    osm
        OpenStreetMap file.
    hospitals
        Columns `id` (name on the map), `place` (name in the counts), `group`, and `births` a year
        before the closure; the closed one among them.
    counts
        Columns `went_to` and `births`.
    closed
        The `id` of the hospital that closed.
    area_km2
        Of the municipality whose women were counted: homes in a circle of as much around the
        hospital are taken.

    Raises
    ------
    DataError
        A hospital is not on the map.
    """
    extract, speeds = read_osm(osm), speed_model(SHIPPED)
    network = build_network(extract, utm_crs(extract), speeds, None)
    names = hospitals["id"].tolist()
    at_x, at_y = _positions(osm, names, network.crs)
    mine = names.index(closed)
    others = [row for row in range(len(names)) if row != mine]
    x, y = extract.addresses_in(network.crs)
    around = np.hypot(x - at_x[mine], y - at_y[mine]) < METRES_PER_KM * np.sqrt(area_km2 / np.pi)
    address = pd.DataFrame({"x": x[around], "y": y[around]})
    square = [np.floor(address[axis] / SQUARE_M).rename(f"square_{axis}") for axis in ("x", "y")]
    homes = address.groupby(square).agg(x=("x", "mean"), y=("y", "mean"), homes=("x", "size"))
    start = network.snap(homes["x"].to_numpy(), homes["y"].to_numpy(), SNAP_LIMIT_M)
    end = network.snap(at_x, at_y, SNAP_LIMIT_M)
    minutes = TravelTimes(network, speeds.at("car", None)).minutes(start, end)
    reached = np.flatnonzero(~np.isnan(minutes).any(axis=1))
    nearest = reached[minutes[reached, mine] <= minutes[reached][:, others].min(axis=1)]
    to_others = minutes[nearest][:, others]
    table = hospitals.iloc[others]
    same = (table["group"] == hospitals["group"].iloc[mine]).to_numpy()
    far = np.where(same, to_others.mean(axis=0), np.inf)
    return Closure(
        hospitals=tuple(table["place"]),
        minutes=to_others,
        weights=homes["homes"].to_numpy(dtype=float)[nearest],
        births=table["births"].to_numpy(dtype=float),
        closed_births=float(hospitals["births"].iloc[mine]),
        referred_to=str(table["place"].iloc[int(far.argmin())]) if same.any() else None,
        counted=dict(zip(counts["went_to"], counts["births"].tolist(), strict=True)),
    )


def _positions(osm: Path, names: list[str], crs: str) -> tuple[FloatArray, FloatArray]:
    wanted = osmium.filter.TagFilter(("amenity", "hospital"))
    nodes = osmium.FileProcessor(str(osm), osmium.osm.NODE).with_filter(wanted)
    known = {
        str(node.tags.get("name")): (node.lon, node.lat)
        for node in nodes
        if isinstance(node, osmium.osm.Node)
    }
    if missing := sorted(set(names) - set(known)):
        raise DataError("no such hospital on the map: {names}", names=", ".join(missing), file=osm)
    to_crs = Transformer.from_crs(WGS84, crs, always_xy=True)
    lon, lat = np.array([known[name] for name in names]).T
    x, y = to_crs.transform(lon, lat)
    return np.asarray(x), np.asarray(y)
