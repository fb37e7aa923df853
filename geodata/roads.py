"""Make a road network from an OpenStreetMap extract: apply rules, link chains, drop dead parts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from geodata._chains import largest_strong_part, link_chains
from geodata.errors import DataError
from geodata.network import Arrival, OneWay, RoadNetwork
from geodata.osm import OsmExtract
from geodata.profiles import SpeedModel
from geodata.rules import ROAD_CLASSES, RoadRule, road_rule

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

WGS84: Final = "EPSG:4326"
MOTORWAYS: Final = ("motorway", "motorway_link")
NO_ENTRANCES: Final = ("motorway", "motorway_link", "trunk", "trunk_link", "emergency")
"""Classes without entrances to houses: no point snaps to them."""
MINOR_CLASSES: Final = ("service", "emergency")
"""Classes whose side roads do not make a junction one slows down for."""
ARMS_OF_A_JUNCTION: Final = 3
ENDS_OF_A_CHAIN_LINK: Final = 2


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces before they are chained; nodes are numbered from 0."""

    tail: IntArray
    head: IntArray
    way: IntArray

    def of(self, kept: BoolArray) -> "_Pieces":
        return _Pieces(self.tail[kept], self.head[kept], self.way[kept])


def build_network(extract: OsmExtract, crs: str, speeds: SpeedModel) -> RoadNetwork:
    """Turn an OpenStreetMap extract into a road network.

    Parameters
    ----------
    extract
        What `osm.read_osm` returned.
    crs
        Projection in metres, such as `EPSG:28992`.
    speeds
        Speed model; its limits stand in where tags are silent.

    Returns
    -------
    RoadNetwork
        The largest strongly connected part, open to cars or ambulances.

    Raises
    ------
    DataError
        If no road is open to cars.
    """
    rules = [road_rule(tags, speeds.implicit_limits) for tags in extract.tag_sets]
    ids, vertex_node = np.unique(extract.node_ids, return_inverse=True)
    pieces = _pieces(extract, rules, vertex_node)
    if not len(pieces.tail):
        raise DataError("the extract holds no road open to cars")
    columns = _RuleColumns.of(rules)
    tag_set = extract.way_tags
    pieces = _within_largest_part(pieces, columns, tag_set, len(ids))
    junction = (
        np.bincount(np.concatenate([pieces.tail, pieces.head]), minlength=len(ids))
        != ENDS_OF_A_CHAIN_LINK
    )
    chains = link_chains(pieces.tail, pieces.head, junction)

    x, y = _project(extract, vertex_node, len(ids), crs)
    tail = np.where(chains.flipped, pieces.head[chains.piece], pieces.tail[chains.piece])
    head = np.where(chains.flipped, pieces.tail[chains.piece], pieces.head[chains.piece])
    rule = tag_set[pieces.way[chains.piece]]
    length = np.hypot(x[head] - x[tail], y[head] - y[tail])
    surroundings = columns.built_up[rule]
    road_class = columns.road_class[rule]
    limits = _limits(columns, rule, surroundings, speeds)
    arrivals = _Arrivals.of(tail, head, road_class, columns.roundabout[rule], ids, extract)
    flipped = chains.flipped
    forward, backward = (
        OneWay(
            car=np.where(against, columns.car[1][rule], columns.car[0][rule]),
            siren=np.where(against, columns.siren[1][rule], columns.siren[0][rule]),
            limit=np.where(against, limits[1], limits[0]),
            arrival=arrivals.at(end),
        )
        for against, end in ((flipped, head), (~flipped, tail))
    )
    starts, ends = chains.start[:-1], chains.start[1:] - 1
    used, chain_end = np.unique(np.concatenate([tail[starts], head[ends]]), return_inverse=True)
    vertices = np.insert(head, starts, tail[starts])
    chain_tail, chain_head = chain_end[: len(starts)], chain_end[len(starts) :]
    without_houses = np.isin(road_class, _classes(NO_ENTRANCES))
    return RoadNetwork(
        crs=crs,
        nodes=len(used),
        tail=chain_tail,
        head=chain_head,
        start=chains.start,
        x=x[vertices],
        y=y[vertices],
        length=length,
        road_class=road_class,
        built_up=surroundings,
        destination_only=columns.destination_only[rule],
        forward=forward,
        backward=backward,
        entrances=_entrances(
            chains.start, chain_tail, chain_head, (forward.car, backward.car), without_houses
        ),
    )


def _pieces(extract: OsmExtract, rules: list[RoadRule | None], vertex_node: IntArray) -> _Pieces:
    """Return every stretch between two vertices of the ways one may drive on."""
    way = np.repeat(np.arange(len(extract.way_ids)), np.diff(extract.way_starts))
    open_set = np.array([rule is not None for rule in rules])
    tail, head = vertex_node[:-1], vertex_node[1:]
    kept = (way[:-1] == way[1:]) & open_set[extract.way_tags[way[:-1]]] & (tail != head)
    return _Pieces(tail[kept], head[kept], way[:-1][kept])


@dataclass(frozen=True, slots=True)
class _RuleColumns:
    """The rules of all sets of tags as columns; pairs are forward and backward along the way."""

    road_class: IntArray
    built_up: BoolArray
    roundabout: BoolArray
    destination_only: BoolArray
    car: tuple[BoolArray, BoolArray]
    siren: tuple[BoolArray, BoolArray]
    limit: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, rules: list[RoadRule | None]) -> "_RuleColumns":
        nowhere = RoadRule(
            "service", None, False, False, False, False, False, False, np.nan, np.nan
        )
        known = [rule or nowhere for rule in rules]
        return cls(
            road_class=np.array([ROAD_CLASSES.index(rule.road_class) for rule in known]),
            built_up=np.array([bool(rule.built_up) for rule in known]),
            roundabout=np.array([rule.roundabout for rule in known]),
            destination_only=np.array([rule.destination_only for rule in known]),
            car=(
                np.array([rule.car_forward for rule in known]),
                np.array([rule.car_backward for rule in known]),
            ),
            siren=(
                np.array([rule.siren_forward for rule in known]),
                np.array([rule.siren_backward for rule in known]),
            ),
            limit=(
                np.array([rule.limit_forward for rule in known]),
                np.array([rule.limit_backward for rule in known]),
            ),
        )


def _within_largest_part(
    pieces: _Pieces, columns: _RuleColumns, tag_set: IntArray, nodes: int
) -> _Pieces:
    """Keep the pieces from which an ambulance reaches all others, and back."""
    rule = tag_set[pieces.way]
    forward, backward = columns.siren[0][rule], columns.siren[1][rule]
    inside = largest_strong_part(
        np.concatenate([pieces.tail[forward], pieces.head[backward]]),
        np.concatenate([pieces.head[forward], pieces.tail[backward]]),
        nodes,
    )
    return pieces.of(inside[pieces.tail] & inside[pieces.head])


def _project(
    extract: OsmExtract, vertex_node: IntArray, nodes: int, crs: str
) -> tuple[FloatArray, FloatArray]:
    lon, lat = np.empty(nodes), np.empty(nodes)
    lon[vertex_node], lat[vertex_node] = extract.lon, extract.lat
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def _limits(
    columns: _RuleColumns, rule: IntArray, built_up: BoolArray, speeds: SpeedModel
) -> tuple[FloatArray, FloatArray]:
    """Return km/h forward and backward along the way: the tag's, else the class's."""
    assumed = speeds.assumed_limits[columns.road_class[rule], built_up.astype(int)]
    forward, backward = columns.limit[0][rule], columns.limit[1][rule]
    return (
        np.where(np.isnan(forward), assumed, forward),
        np.where(np.isnan(backward), assumed, backward),
    )


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """What a driver meets at each node, seen from each piece."""

    road_junction: BoolArray
    best_class: IntArray
    signal: BoolArray
    crossing: BoolArray
    has_roundabout: BoolArray
    road_class: IntArray
    roundabout: BoolArray

    @classmethod
    def of(
        cls,
        tail: IntArray,
        head: IntArray,
        road_class: IntArray,
        roundabout: BoolArray,
        ids: IntArray,
        extract: OsmExtract,
    ) -> "_Arrivals":
        nodes = len(ids)
        major = ~np.isin(road_class, _classes(MINOR_CLASSES))
        arms = np.bincount(np.concatenate([tail[major], head[major]]), minlength=nodes)
        best = np.full(nodes, len(ROAD_CLASSES))
        has_roundabout = np.zeros(nodes, dtype=bool)
        for end in (tail, head):
            np.minimum.at(best, end, road_class)
            has_roundabout[end[roundabout]] = True
        tags = extract.node_tags.items()
        return cls(
            road_junction=arms >= ARMS_OF_A_JUNCTION,
            best_class=best,
            signal=_marked(ids, [i for i, t in tags if t.get("highway") == "traffic_signals"]),
            crossing=_marked(ids, [i for i, t in tags if t.get("railway") == "level_crossing"]),
            has_roundabout=has_roundabout,
            road_class=road_class,
            roundabout=roundabout,
        )

    def at(self, end: IntArray) -> Arrival:
        """Return what awaits each piece at the node where it ends."""
        signal = self.signal[end]
        meets = self.road_junction[end] & ~signal
        enters_roundabout = self.has_roundabout[end] & ~self.roundabout
        gives_way = (self.road_class > self.best_class[end]) | enters_roundabout
        goes_on = np.isin(self.road_class, _classes(MOTORWAYS)) | self.roundabout
        return Arrival(
            junction=meets & ~gives_way & ~goes_on,
            yields=meets & gives_way,
            signal=signal,
            crossing=self.crossing[end],
        )


def _classes(names: tuple[str, ...]) -> list[int]:
    return [ROAD_CLASSES.index(name) for name in names]


def _marked(ids: IntArray, marked: list[int]) -> BoolArray:
    return np.isin(ids, np.array(marked, dtype=np.int64))


def _entrances(
    start: IntArray,
    tail: IntArray,
    head: IntArray,
    car: tuple[BoolArray, BoolArray],
    closed: BoolArray,
) -> BoolArray:
    """Return which chains a point may snap to: a car gets in and out, and houses may stand."""
    forward, backward = (np.logical_and.reduceat(open_, start[:-1]) for open_ in car)
    inside = largest_strong_part(
        np.concatenate([tail[forward], head[backward]]),
        np.concatenate([head[forward], tail[backward]]),
        int(max(tail.max(), head.max())) + 1,
    )
    lived_on = ~np.logical_or.reduceat(closed, start[:-1])
    return inside[tail] & inside[head] & (forward | backward) & lived_on
