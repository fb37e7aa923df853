"""Make a road network from an OpenStreetMap extract: apply rules, link chains, drop dead parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Transformer

from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES, RoadRule, barrier_open, road_rule
from geodata.roads.chains import Chains, largest_strong_part, link_chains
from geodata.roads.junctions import Arrivals, classes
from geodata.roads.network import OneWay, RoadNetwork
from geodata.roads.restrictions import restrictions_by_node
from geodata.roads.streets import Line, streets
from geodata.roads.turns import BoundTurn, ChainEnds, restrict_turns

if TYPE_CHECKING:
    from geodata.arrays import BoolArray, FloatArray, IntArray
    from geodata.config.speed_profiles import SpeedModel
    from geodata.osm.extract import OsmExtract


WGS84: Final = "EPSG:4326"
NO_ENTRANCES: Final = ("motorway", "motorway_link", "trunk", "trunk_link", "emergency")
"""Classes without entrances to houses: no point snaps to them."""
CLASSES_AMONG_HOUSES: Final = ("residential", "living_street")
"""Classes that make surroundings built-up where no tag and no address says otherwise."""
ENDS_IN_A_CHAIN: Final = 2
"""Pieces that meet at a node within a chain."""
OPENED_BARRIER: Final = RoadRule(
    road_class="emergency",
    built_up=None,
    roundabout=False,
    destination_only=False,
    car_forward=False,
    car_backward=False,
    siren_forward=True,
    siren_backward=True,
    limit_forward=np.nan,
    limit_backward=np.nan,
)
"""A barrier that is opened for an ambulance, as a piece of road without length."""
NO_WAY_ID: Final = -1
SQUARES_ACROSS: Final = 3
"""Squares, side by side, over which addresses around a spot are counted."""


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
    columns = _RuleColumns.of([*rules, OPENED_BARRIER])
    ids, vertex_node = np.unique(extract.node_ids, return_inverse=True)
    x, y = _project(extract, vertex_node, len(ids), crs)
    pieces = _pieces(extract, rules, vertex_node)
    if not columns.car[0][pieces.rule].any() and not columns.car[1][pieces.rule].any():
        raise DataError("the extract holds no road open to cars")
    pieces, copied = _with_barriers(pieces, ids, extract, opened_rule=len(rules))
    bound = restrictions_by_node(extract, ids)
    ids, x, y = (np.concatenate([column, column[copied]]) for column in (ids, x, y))
    pieces = _within_largest_part(pieces, columns, len(ids))
    at_barriers = np.arange(len(ids) - len(copied), len(ids))
    over = [node for one in bound for node in one.over]
    junction = _junctions(pieces, len(ids), np.concatenate([over, at_barriers]).astype(int))
    chains = link_chains(pieces.tail, pieces.head, junction)
    pieces = pieces.along(chains)
    return _network(pieces, chains, columns, bound, _Nodes(ids, x, y), extract, crs, speeds)


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Vertices of ways: OpenStreetMap id and position in metres."""

    ids: IntArray
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces of road between two nodes; `way` is an OpenStreetMap id."""

    tail: IntArray
    head: IntArray
    way: IntArray
    rule: IntArray

    def of(self, kept: BoolArray) -> _Pieces:
        return _Pieces(self.tail[kept], self.head[kept], self.way[kept], self.rule[kept])

    def along(self, chains: Chains) -> _Pieces:
        """Return the pieces in chain order, each turned the way its chain runs."""
        tail, head = self.tail[chains.piece], self.head[chains.piece]
        return _Pieces(
            np.where(chains.flipped, head, tail),
            np.where(chains.flipped, tail, head),
            self.way[chains.piece],
            self.rule[chains.piece],
        )


def _network(
    pieces: _Pieces,
    chains: Chains,
    columns: _RuleColumns,
    bound: list[BoundTurn],
    at: _Nodes,
    extract: OsmExtract,
    crs: str,
    speeds: SpeedModel,
) -> RoadNetwork:
    tail, head, rule = pieces.tail, pieces.head, pieces.rule
    road_class = columns.road_class[rule]
    built_up = columns.built_up[rule]
    silent = np.isnan(built_up)
    middle_x = (at.x[tail[silent]] + at.x[head[silent]]) / 2
    middle_y = (at.y[tail[silent]] + at.y[head[silent]]) / 2
    dense = _density(extract, crs, middle_x, middle_y, speeds)
    built_up[silent] = dense | np.isin(road_class[silent], classes(CLASSES_AMONG_HOUSES))
    built_up = built_up == 1.0
    limits = _limits(columns, rule, built_up, speeds)
    roundabout = columns.roundabout[rule]
    arrivals = Arrivals.of(tail, head, road_class, roundabout, at.ids, extract.node_tags)
    forward, backward = (
        OneWay(
            car=np.where(against, columns.car[1][rule], columns.car[0][rule]),
            siren=np.where(against, columns.siren[1][rule], columns.siren[0][rule]),
            limit=np.where(against, limits[1], limits[0]),
            arrival=arrivals.at(end, against),
        )
        for against, end in ((chains.flipped, head), (~chains.flipped, tail))
    )
    starts, ends = chains.start[:-1], chains.start[1:] - 1
    used, chain_end = np.unique(np.concatenate([tail[starts], head[ends]]), return_inverse=True)
    chain_tail, chain_head = np.split(chain_end, 2)
    vertices = np.insert(head, starts, tail[starts])
    x, y = at.x[vertices], at.y[vertices]
    over_streets = streets(
        Line(chains.start, x, y, chain_tail, chain_head),
        len(used),
        np.isin(used, np.concatenate([tail[roundabout], head[roundabout]])),
        speeds.parameters["turn.straight"].value,
    )
    turns = restrict_turns(
        ChainEnds(chain_tail, chain_head, pieces.way[starts], pieces.way[ends]),
        over_streets,
        _at_junctions(bound, used),
    )
    closed = np.isin(road_class, classes(NO_ENTRANCES))
    return RoadNetwork(
        crs=crs,
        tail=over_streets.tail,
        head=over_streets.head,
        turns=turns,
        start=chains.start,
        x=x,
        y=y,
        length=np.hypot(at.x[head] - at.x[tail], at.y[head] - at.y[tail]),
        road_class=road_class,
        built_up=built_up,
        destination_only=columns.destination_only[rule],
        forward=forward,
        backward=backward,
        entrances=_entrances(
            chains.start, chain_tail, chain_head, (forward.car, backward.car), closed
        ),
    )


def _pieces(extract: OsmExtract, rules: list[RoadRule | None], vertex_node: IntArray) -> _Pieces:
    """Return every stretch between two vertices of the ways one may drive on."""
    way = np.repeat(np.arange(len(extract.way_ids)), np.diff(extract.way_starts))
    open_set = np.array([rule is not None for rule in rules])
    tail, head = vertex_node[:-1], vertex_node[1:]
    rule = extract.way_tags[way[:-1]]
    known = np.isfinite(extract.lon)
    kept = (way[:-1] == way[1:]) & open_set[rule] & (tail != head) & known[:-1] & known[1:]
    return _Pieces(tail[kept], head[kept], extract.way_ids[way[:-1][kept]], rule[kept])


@dataclass(frozen=True, slots=True)
class _RuleColumns:
    """The rules of all sets of tags as columns; pairs are forward and backward along the way."""

    road_class: IntArray
    built_up: FloatArray
    roundabout: BoolArray
    destination_only: BoolArray
    car: tuple[BoolArray, BoolArray]
    siren: tuple[BoolArray, BoolArray]
    limit: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, rules: list[RoadRule | None]) -> _RuleColumns:
        """Return the columns; `built_up` is NaN where the tags are silent."""
        known = [rule or OPENED_BARRIER for rule in rules]  # no piece has a rule that is None
        return cls(
            road_class=np.array([ROAD_CLASSES.index(rule.road_class) for rule in known]),
            built_up=np.array([np.nan if r.built_up is None else r.built_up for r in known]),
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


def _with_barriers(
    pieces: _Pieces, ids: IntArray, extract: OsmExtract, opened_rule: int
) -> tuple[_Pieces, IntArray]:
    """Part the road at barriers that stop cars, leaving a gap only an ambulance crosses.

    Every piece that ends at such a node gets its own copy of it; returned are the pieces, and the
    node that each copy is of, copies being numbered after all nodes.
    """
    opened = {node: barrier_open(tags) for node, tags in extract.node_tags.items()}
    stops = [node for node, (car, _) in opened.items() if not car]
    lets_siren = [node for node, (car, siren) in opened.items() if siren and not car]
    barrier = np.isin(ids, np.array(stops, dtype=np.int64))
    at_tail, at_head = barrier[pieces.tail], barrier[pieces.head]
    copied = np.concatenate([pieces.tail[at_tail], pieces.head[at_head]])
    copies = len(ids) + np.arange(len(copied))
    tail, head = pieces.tail.copy(), pieces.head.copy()
    tail[at_tail], head[at_head] = np.split(copies, [at_tail.sum()])
    gap = np.isin(ids[copied], np.array(lets_siren, dtype=np.int64))
    gaps = int(gap.sum())
    parted = _Pieces(
        np.concatenate([tail, copied[gap]]),
        np.concatenate([head, copies[gap]]),
        np.concatenate([pieces.way, np.full(gaps, NO_WAY_ID)]),
        np.concatenate([pieces.rule, np.full(gaps, opened_rule)]),
    )
    return parted, copied


def _junctions(pieces: _Pieces, nodes: int, forced: IntArray) -> BoolArray:
    """Return which nodes end chains: where other than two pieces meet, and those forced to."""
    ends = np.bincount(np.concatenate([pieces.tail, pieces.head]), minlength=nodes)
    junction: BoolArray = ends != ENDS_IN_A_CHAIN
    junction[forced] = True
    return junction


def _at_junctions(bound: list[BoundTurn], used: IntArray) -> list[BoundTurn]:
    """Return the restrictions by junction; those over a node without a road left drop out."""
    numbered = []
    for one in bound:
        over = np.searchsorted(used, one.over)
        if (over < len(used)).all() and np.array_equal(used[over], one.over):
            numbered.append(one._replace(over=tuple(over.tolist())))
    return numbered


def _within_largest_part(pieces: _Pieces, columns: _RuleColumns, nodes: int) -> _Pieces:
    """Keep the pieces from which an ambulance reaches all others, and back."""
    forward, backward = columns.siren[0][pieces.rule], columns.siren[1][pieces.rule]
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


def _density(
    extract: OsmExtract, crs: str, x: FloatArray, y: FloatArray, speeds: SpeedModel
) -> BoolArray:
    """Return whether each spot has as many addresses around it as a built-up area has."""
    from scipy.ndimage import uniform_filter  # noqa: PLC0415 - heavy, and not every map needs it

    side = speeds.parameters["surroundings.square"].value
    least = speeds.parameters["surroundings.addresses"].value
    if not len(extract.address_lon) or not len(x):
        return np.zeros(len(x), dtype=bool)
    at_x, at_y = extract.addresses_in(crs)
    west, south = x.min() // side, y.min() // side
    shape = (int(x.max() // side - west) + 1, int(y.max() // side - south) + 1)
    column, row = (at_x // side - west).astype(int), (at_y // side - south).astype(int)
    inside = (column >= 0) & (row >= 0) & (column < shape[0]) & (row < shape[1])
    addresses = np.zeros(shape)
    np.add.at(addresses, (column[inside], row[inside]), 1.0)
    around = uniform_filter(addresses, size=SQUARES_ACROSS, mode="constant") * SQUARES_ACROSS**2
    here = around[(x // side - west).astype(int), (y // side - south).astype(int)]
    dense: BoolArray = here >= least
    return dense


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


def _entrances(
    start: IntArray,
    tail: IntArray,
    head: IntArray,
    car: tuple[BoolArray, BoolArray],
    closed: BoolArray,
) -> BoolArray:
    """Return which pieces a point may snap to: a car gets in and out, and houses may stand.

    A piece may be reached from either end of its chain; beyond it the chain may be closed.
    """
    whole = [np.logical_and.reduceat(open_, start[:-1]) for open_ in car]
    inside = largest_strong_part(
        np.concatenate([tail[whole[0]], head[whole[1]]]),
        np.concatenate([head[whole[0]], tail[whole[1]]]),
        int(max(tail.max(), head.max())) + 1,
    )
    sizes = np.diff(start)
    first, last = np.repeat(start[:-1], sizes), np.repeat(start[1:], sizes)
    tail_inside, head_inside = np.repeat(inside[tail], sizes), np.repeat(inside[head], sizes)
    here = np.arange(len(closed))
    shut = [np.concatenate([[0], np.cumsum(~open_)]) for open_ in car]
    up_to_here = [count[here + 1] == count[first] for count in shut]
    from_here_on = [count[last] == count[here] for count in shut]
    gets_in = (up_to_here[0] & tail_inside) | (from_here_on[1] & head_inside)
    gets_out = (from_here_on[0] & head_inside) | (up_to_here[1] & tail_inside)
    entrances: BoolArray = gets_in & gets_out & ~closed
    return entrances
