"""Make a road network from an OpenStreetMap extract: apply rules, link chains, drop dead parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Transformer

from geodata.config.legal_limits import COUNTRIES, HOME, default_limits
from geodata.errors import DataError
from geodata.osm.access import Use
from geodata.osm.access_tags import road_rule
from geodata.osm.speed_limits import OF_THE_LAW
from geodata.roads.chains import Chains, largest_strong_part, link_chains
from geodata.roads.countries import NOWHERE, countries_of
from geodata.roads.junctions import Arrivals, classes, gives_way_to_enter, passed_by
from geodata.roads.network import OneWay, RoadNetwork
from geodata.roads.pieces import Pieces, Vertices, with_barriers, without_doubled_nodes
from geodata.roads.restrictions import restrictions_by_node
from geodata.roads.rule_columns import USES, RuleColumns, barrier_rule
from geodata.roads.streets import RoadChains, streets
from geodata.roads.turns import BoundTurn, ChainEnds, restrict_turns

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.config.speed_profiles import SpeedModel
    from geodata.osm.extract import OsmExtract


WGS84: Final = "EPSG:4326"
NO_ENTRANCES: Final = ("motorway", "motorway_link", "trunk", "trunk_link", "emergency")
"""Classes without entrances to houses: no point snaps to them."""
CLASSES_AMONG_HOUSES: Final = ("residential", "living_street")
"""Classes that make surroundings built-up where no tag and no address says otherwise."""
ENDS_IN_A_CHAIN: Final = 2
"""Pieces that meet at a node within a chain."""
SECONDS_PER_MINUTE: Final = 60.0
SQUARES_ACROSS: Final = 3
"""Squares, side by side, over which addresses around a spot are counted."""


def build_network(
    extract: OsmExtract, crs: str, speeds: SpeedModel, hour: float | None = None
) -> RoadNetwork:
    """Turn an OpenStreetMap extract into a road network.

    Parameters
    ----------
    extract
        What `osm.read_osm` returned.
    crs
        Projection in metres, such as `EPSG:28992`.
    speeds
        Speed model; its limits are what words such as `DE:rural` stand for.
    hour
        Hour of a working day at which roads with a time window are open or closed; None for how
        they are during most of the week.

    Returns
    -------
    RoadNetwork
        The largest strongly connected part, open to cars or ambulances.

    Raises
    ------
    DataError
        If no road is open to cars.
    """
    rules = [
        road_rule(tags, speeds.implicit_limits, speeds.vehicles, hour) for tags in extract.tag_sets
    ]
    columns = RuleColumns.of([*rules, *(barrier_rule(car, siren) for car, siren in USES)])
    ids, vertex_node = np.unique(extract.node_ids, return_inverse=True)
    at = Vertices(ids, extract.node_tags, *_project(extract, vertex_node, len(ids), crs))
    open_set = np.array([rule is not None for rule in rules])
    pieces = Pieces.of_extract(extract, open_set, vertex_node)
    if not (columns.car[0] | columns.car[1])[pieces.rule].any():
        raise DataError("the extract holds no road open to cars")
    pieces, at, stays = without_doubled_nodes(pieces, at)
    pieces, copied = with_barriers(pieces, at, speeds.vehicles, first_rule=len(rules))
    bound = [
        one._replace(over=tuple(stays[list(one.over)].tolist()))
        for one in restrictions_by_node(extract, ids)
    ]
    at = at.with_copies(copied)
    pieces = _within_largest_part(pieces, columns, len(at.ids))
    at_barrier = np.arange(len(at.ids)) >= len(ids)
    over = [node for one in bound for node in one.over]
    junction = _junctions(pieces, columns, at_barrier, np.array(over, dtype=np.int64))
    chains = link_chains(pieces.tail, pieces.head, junction)
    pieces = pieces.along(chains)
    return _network(pieces, chains, columns, bound, at, at_barrier, extract, crs, speeds)


def _network(
    pieces: Pieces,
    chains: Chains,
    columns: RuleColumns,
    bound: list[BoundTurn],
    at: Vertices,
    at_barrier: BoolArray,
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
    country = countries_of((at.x[tail] + at.x[head]) / 2, (at.y[tail] + at.y[head]) / 2, crs)
    country[country == NOWHERE] = COUNTRIES.index(HOME)
    legal = default_limits(speeds.implicit_limits)[country, road_class, built_up.astype(np.int8)]
    limits = tuple(
        np.where(limit[rule] == OF_THE_LAW, legal, limit[rule]) for limit in columns.limit
    )
    roundabout = columns.roundabout[rule]
    starts, ends = chains.start[:-1], chains.start[1:] - 1
    shut = at_barrier[tail[starts]] | at_barrier[head[ends]]
    chain_leads_on = np.logical_and.reduceat(columns.leads_on[rule], starts) & ~shut
    leads_on = np.repeat(chain_leads_on, np.diff(chains.start))
    arrivals = Arrivals.of(tail, head, road_class, roundabout, leads_on, at.ids, at.tags)
    forward, backward = (
        OneWay(
            car=car > Use.CLOSED,
            siren=siren > Use.CLOSED,
            car_local=car == Use.LOCAL,
            siren_local=siren == Use.LOCAL,
            limit=np.where(against, limits[1], limits[0]),
            arrival=arrivals.at(end, against),
        )
        for against, end in ((chains.flipped, head), (~chains.flipped, tail))
        for car, siren in [
            [np.where(against, use[1][rule], use[0][rule]) for use in (columns.car, columns.siren)]
        ]
    )
    used, chain_end = np.unique(np.concatenate([tail[starts], head[ends]]), return_inverse=True)
    chain_tail, chain_head = np.split(chain_end, 2)
    vertices = np.insert(head, starts, tail[starts])
    x, y = at.x[vertices], at.y[vertices]
    passed = passed_by(chain_tail, chain_head, chain_leads_on, len(used))
    over_streets = streets(
        RoadChains(chains.start, x, y, chain_tail, chain_head),
        len(used),
        np.isin(used, np.concatenate([tail[roundabout], head[roundabout]])),
        np.tile(~chain_leads_on, 2) & passed[chain_end],
        speeds.parameters["turn.straight"].value,
    )
    turns = restrict_turns(
        ChainEnds(
            chain_tail,
            chain_head,
            pieces.way[starts],
            pieces.way[ends],
            (forward.car[starts], backward.car[ends]),
            (forward.siren[starts], backward.siren[ends]),
        ),
        over_streets,
        _at_junctions(bound, used),
    )
    gives_way = gives_way_to_enter(
        arrivals,
        np.concatenate([tail[starts], head[ends]]),
        np.concatenate([road_class[starts], road_class[ends]]),
        over_streets.runs_on,
    )
    ferry = ~np.isnan(columns.ferry_minutes[rule])
    closed = np.isin(road_class, classes(NO_ENTRANCES)) | ferry
    ends_of_chains = (chains.start, chain_tail, chain_head)
    return RoadNetwork(
        crs=crs,
        tail=over_streets.tail,
        head=over_streets.head,
        turns=turns,
        start=chains.start,
        x=x,
        y=y,
        length=pieces.length(at),
        road_class=road_class,
        country=country,
        built_up=built_up,
        ferry=ferry,
        wait=_wait(pieces, columns, pieces.length(at), speeds),
        forward=forward,
        backward=backward,
        gives_way_tail=gives_way[: len(starts)],
        gives_way_head=gives_way[len(starts) :],
        entrances=_entrances(*ends_of_chains, (forward.car, backward.car), closed)
        & _entrances(*ends_of_chains, (forward.siren, backward.siren), closed),
    )


def _wait(
    pieces: Pieces, columns: RuleColumns, length: FloatArray, speeds: SpeedModel
) -> FloatArray:
    """Return seconds beside driving: aboard a ferry, and where both directions take turns.

    What a way takes is spread over its metres.
    """
    aboard = columns.ferry_minutes * SECONDS_PER_MINUTE + speeds.parameters["wait.ferry"].value
    turns = np.where(columns.alternating, speeds.parameters["wait.alternating"].value, 0.0)
    of_way = np.where(np.isnan(aboard), turns, aboard)[pieces.rule]
    waits = np.flatnonzero(of_way)
    _, way = np.unique(pieces.way[waits], return_inverse=True)
    metres = np.bincount(way, weights=length[waits])
    wait = np.zeros(len(length))
    wait[waits] = of_way[waits] * length[waits] / metres[way]
    return wait


def _junctions(
    pieces: Pieces, columns: RuleColumns, forced: BoolArray, over: IntArray
) -> BoolArray:
    """Return which nodes end chains: where other than two pieces meet, and those forced to.

    So does a node where what is only for local traffic begins, or is local one way.
    """
    nodes = len(forced)
    ends = np.concatenate([pieces.tail, pieces.head])
    junction: BoolArray = (np.bincount(ends, minlength=nodes) != ENDS_IN_A_CHAIN) | forced
    junction[over] = True
    kind = np.tile(columns.kind_of_use[pieces.rule], 2)
    if kind.any():
        least, most = np.full(nodes, kind.max()), np.zeros(nodes, dtype=np.int64)
        np.minimum.at(least, ends, kind)
        np.maximum.at(most, ends, kind)
        junction |= least < most
        junction[ends[np.tile(columns.local_one_way[pieces.rule], 2)]] = True
    return junction


def _at_junctions(bound: list[BoundTurn], used: IntArray) -> list[BoundTurn]:
    """Return the restrictions by junction; those over a node without a road left drop out."""
    numbered = []
    for one in bound:
        over = np.searchsorted(used, one.over)
        if (over < len(used)).all() and np.array_equal(used[over], one.over):
            numbered.append(one._replace(over=tuple(over.tolist())))
    return numbered


def _within_largest_part(pieces: Pieces, columns: RuleColumns, nodes: int) -> Pieces:
    """Keep the pieces from which a car or an ambulance reaches all others, and back."""
    forward, backward = (is_open[pieces.rule] for is_open in columns.open_either)
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
    return here >= least


def _entrances(
    start: IntArray,
    tail: IntArray,
    head: IntArray,
    open_: tuple[BoolArray, BoolArray],
    closed: BoolArray,
) -> BoolArray:
    """Return which pieces a point may snap to: one gets in and out, and houses may stand.

    A piece may be reached from either end of its chain; beyond it the chain may be closed.
    """
    whole = [np.logical_and.reduceat(way, start[:-1]) for way in open_]
    inside = largest_strong_part(
        np.concatenate([tail[whole[0]], head[whole[1]]]),
        np.concatenate([head[whole[0]], tail[whole[1]]]),
        int(max(tail.max(), head.max())) + 1,
    )
    sizes = np.diff(start)
    first, last = np.repeat(start[:-1], sizes), np.repeat(start[1:], sizes)
    tail_inside, head_inside = np.repeat(inside[tail], sizes), np.repeat(inside[head], sizes)
    here = np.arange(len(closed))
    shut = [np.concatenate([[0], np.cumsum(~way)]) for way in open_]
    up_to_here = [count[here + 1] == count[first] for count in shut]
    from_here_on = [count[last] == count[here] for count in shut]
    gets_in = (up_to_here[0] & tail_inside) | (from_here_on[1] & head_inside)
    gets_out = (from_here_on[0] & head_inside) | (up_to_here[1] & tail_inside)
    return gets_in & gets_out & ~closed
