"""Tables of minutes and kilometres between any points: for GIS teams, any region."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info
from scipy.sparse.csgraph import dijkstra

from geodata.errors import DataError
from geodata.routing.contraction import Arcs
from geodata.routing.travel_times import LEAST_MINUTES, Doors, TravelTimes

if TYPE_CHECKING:
    from files.arrays import FloatArray, IntArray
    from geodata.config.speed_profiles import Profile
    from geodata.osm.extract import OsmExtract
    from geodata.roads.network import Positions, RoadNetwork


WGS84: Final = "EPSG:4326"
METRES_PER_KM: Final = 1000.0
SAME_MINUTES: Final = 1e-4
"""Less apart than this, two ways take equally long."""


@dataclass(frozen=True, slots=True)
class TravelTimeMatrix:
    """Minutes and kilometres between points.

    Attributes
    ----------
    rows
        `from_id`, `to_id`, `minutes`, `km`; both NaN where there is no way.
    notes
        Why points are not reached.
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]


def utm_crs(extract: OsmExtract) -> str:
    """Return a projection in metres for an extract: the UTM zone of its middle."""
    known = np.isfinite(extract.lon)
    lon, lat = float(np.median(extract.lon[known])), float(np.median(extract.lat[known]))
    zones = query_utm_crs_info("WGS 84", AreaOfInterest(lon, lat, lon, lat), contains=True)
    if not zones:
        raise DataError(
            "no UTM zone at {lon:g}, {lat:g}: is the extract on land?", lon=lon, lat=lat
        )
    return CRS.from_authority(zones[0].auth_name, zones[0].code).to_string()


def od_table(
    network: RoadNetwork,
    profile: Profile,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    snap_limit: float,
) -> TravelTimeMatrix:
    """Return minutes and kilometres from every origin to every destination.

    Parameters
    ----------
    network
        Roads.
    profile
        How they are driven.
    origins, destinations
        Columns `id`, `lon`, `lat`.
    snap_limit
        Metres from a point to a road beyond which it is not reached.

    Returns
    -------
    Table
        Origin after origin, in the order given.
    """
    start, start_notes = _snapped(network, origins, snap_limit)
    end, end_notes = _snapped(network, destinations, snap_limit)
    travel = TravelTimes(network, profile)
    minutes = travel.minutes(start, end)
    km = _km(travel, start, end, minutes)
    rows = pd.DataFrame(
        {
            "from_id": np.repeat(origins["id"].to_numpy(), len(destinations)),
            "to_id": np.tile(destinations["id"].to_numpy(), len(origins)),
            "minutes": minutes.ravel(),
            "km": km.ravel(),
        }
    )
    cut_off = int((np.isnan(minutes) & start.found[:, None] & end.found[None, :]).sum())
    no_way = (
        (spoken("{count} pairs have no way between them").format(count=cut_off),) if cut_off else ()
    )
    return TravelTimeMatrix(rows, tuple(dict.fromkeys((*start_notes, *end_notes, *no_way))))


def _snapped(
    network: RoadNetwork, points: pd.DataFrame, limit: float
) -> tuple[Positions, list[str]]:
    to_metres = Transformer.from_crs(WGS84, network.crs, always_xy=True)
    x, y = to_metres.transform(points["lon"].to_numpy(), points["lat"].to_numpy())
    at = network.snap(np.asarray(x), np.asarray(y), limit)
    notes = [
        spoken("{name}: no road within {limit:g} m").format(name=name, limit=limit)
        for name in points["id"].to_numpy()[~at.found]
    ]
    return at, notes


def _km(travel: TravelTimes, start: Positions, end: Positions, minutes: FloatArray) -> FloatArray:
    """Return kilometres along the fastest ways, shape of `minutes`.

    A tree of fastest ways per origin gives each junction its predecessor; kilometres add up along
    the tree by pointer jumping.
    """
    network = travel.network
    nodes = travel.nodes
    arcs, arc_km = travel.arcs_with_km()
    key = arcs.tail * nodes + arcs.head
    leaving, entering = travel.doors_out(start), travel.doors_in(end)
    out_km = _door_km(travel, start, leaving, outward=True)
    in_km = _door_km(travel, end, entering, outward=False)
    result = np.full(minutes.shape, np.nan)
    for row in np.flatnonzero(start.found).tolist():
        own = leaving.position == row
        lead = leaving._replace(
            position=np.zeros(own.sum(), dtype=np.int64),
            node=leaving.node[own],
            minutes=leaving.minutes[own],
            backward=leaving.backward[own],
        )
        distance, km = _tree_km(arcs, key, arc_km, nodes, lead, out_km[own])
        total = distance[entering.node] + entering.minutes
        order = np.lexsort((total, entering.position))
        first = np.flatnonzero(np.diff(entering.position[order], prepend=-1))
        best = order[first]
        result[row] = km[entering.node[best]] + in_km[best]
        along = total[best] > minutes[row] + SAME_MINUTES
        result[row, along] = _straight_km(network, start, end, row)[along]
    result[np.isnan(minutes)] = np.nan
    return result


def _tree_km(
    arcs: Arcs, key: IntArray, arc_km: FloatArray, nodes: int, lead: Doors, lead_km: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return minutes and kilometres from a point to all junctions."""
    open_ = np.isfinite(lead.minutes)
    least = np.maximum(lead.minutes[open_], LEAST_MINUTES)
    starts = Arcs(np.full(open_.sum(), nodes), lead.node[open_], least)
    graph = arcs.joined(starts.fastest(nodes + 1)).matrix(nodes + 1)
    distance, before = (
        one[0] for one in dijkstra(graph, indices=[nodes], return_predecessors=True)
    )
    reached = np.flatnonzero((before[:nodes] >= 0) & (before[:nodes] < nodes))
    km = np.zeros(nodes + 1)
    km[reached] = arc_km[np.searchsorted(key, before[reached].astype(np.int64) * nodes + reached)]
    slowest_first = np.argsort(-lead.minutes)
    lead_of = np.zeros(nodes + 1)
    lead_of[lead.node[slowest_first]] = lead_km[slowest_first]
    first = before[:nodes] == nodes
    km[:nodes][first] = lead_of[:nodes][first]
    ancestor = np.where(before < 0, nodes, before).astype(np.int64)
    while (ancestor != nodes).any():
        km = km + km[ancestor]
        ancestor = ancestor[ancestor]
    km[~np.isfinite(distance)] = np.nan
    return distance[:nodes], km[:nodes]


def _door_km(travel: TravelTimes, at: Positions, doors: Doors, *, outward: bool) -> FloatArray:
    """Return kilometres between positions and the junctions of their doors.

    The first doors lead forward (out to the head, in from the tail), the next backward; doors after
    those are exits of restricted junctions.
    """
    network = travel.network
    along, length = network.metres_along(at)
    forward = length - along if outward else along
    count = len(at)
    metres = np.concatenate([forward, length - forward])
    chain = network.chain_of_piece[np.maximum(at.piece, 0)]
    rest = doors.position[2 * count :]
    turns = network.turns
    backward = np.zeros(len(rest), dtype=bool)
    copies = travel.layers.of_base(doors.node[2 * count :])
    for number, (position, copy) in enumerate(zip(rest, copies, strict=True)):
        mine = (turns.copy == copy) & (turns.chain == chain[position])
        backward[number] = bool(turns.backward[mine][0])
    extra = np.where(backward, (length - along)[rest], along[rest])
    return np.concatenate([metres, extra]) / METRES_PER_KM


def _straight_km(network: RoadNetwork, start: Positions, end: Positions, row: int) -> FloatArray:
    """Return kilometres from one position to others along its own chain."""
    start_along, _ = network.metres_along(start)
    end_along, _ = network.metres_along(end)
    return np.abs(end_along - start_along[row]) / METRES_PER_KM
