"""Points snap to the nearest road, whoever they are asked with."""

import numpy as np
import pytest

from geodata.roads.network import TILE_M
from tests.support.paper_roads import SOUTH, WEST

ROAD = {"highway": "residential"}
NODES = {1: (0, 0), 2: (400, 0), 3: (800, 0), 4: (800, 600), 5: (0, 600)}
CENTIMETRES = 0.02
"""Metres within which a node lands: maps keep seven decimals of a degree."""
STREETS = {10: ([1, 2, 3], ROAD), 11: ([3, 4, 5, 1], ROAD)}


def snapped(network, places, limit=1000.0):
    at = network.snap(
        np.array([x for x, _ in places], dtype=float) + WEST,
        np.array([y for _, y in places], dtype=float) + SOUTH,
        limit,
    )
    piece = np.maximum(at.piece, 0)
    first = piece + network.chain_of_piece[piece]
    x = network.x[first] + at.fraction * (network.x[first + 1] - network.x[first]) - WEST
    y = network.y[first] + at.fraction * (network.y[first + 1] - network.y[first]) - SOUTH
    return at, np.column_stack([x, y])


def test_a_point_lands_on_the_nearest_spot_of_the_nearest_piece(network_of):
    at, spot = snapped(network_of(NODES, STREETS), [(100, 30), (700, 250), (390, 310)])
    np.testing.assert_allclose(spot, [(100, 0), (800, 250), (390, 600)], atol=CENTIMETRES)
    np.testing.assert_allclose(at.offset, [30, 100, 290], atol=CENTIMETRES)


def test_where_two_pieces_meet_it_is_the_first(network_of):
    network = network_of(NODES, STREETS)
    at, spot = snapped(network, [(400, -50), (850, 650), (-30, -40)])
    np.testing.assert_allclose(spot, [(400, 0), (800, 600), (0, 0)], atol=CENTIMETRES)
    for piece, x, y in zip(at.piece, (400, 800, 0), (0, 600, 0), strict=True):
        first = np.arange(len(network.length)) + network.chain_of_piece
        touches = [
            (np.abs(network.x[end] - x - WEST) < CENTIMETRES)
            & (np.abs(network.y[end] - y - SOUTH) < CENTIMETRES)
            for end in (first, first + 1)
        ]
        both = np.flatnonzero(touches[0] | touches[1])
        assert len(both) == 2
        assert piece == both[0]


def test_a_point_beyond_the_limit_stays_without_a_road(network_of):
    at, _ = snapped(network_of(NODES, STREETS), [(100, -99), (100, -101)], limit=100.0)
    assert at.found.tolist() == [True, False]
    assert np.isnan(at.offset[1])


def test_no_point_has_no_position(network_of):
    at, _ = snapped(network_of(NODES, STREETS), [])
    assert len(at) == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_point_snaps_alone_as_among_others_in_any_order_and_over_the_edges_of_tiles(
    network_of, seed
):
    draw = np.random.default_rng(seed)
    side = 2.5 * TILE_M
    nodes = {number: tuple(draw.uniform(0, side, 2)) for number in range(1, 61)}
    ring = {10: ([*range(1, 61), 1], ROAD)}
    network = network_of(nodes, ring)
    places = draw.uniform(0, side, (40, 2))
    limit = 800.0
    together, _ = snapped(network, places, limit)
    order = draw.permutation(len(places))
    turned, _ = snapped(network, places[order], limit)
    np.testing.assert_array_equal(turned.piece, together.piece[order])
    np.testing.assert_array_equal(turned.fraction, together.fraction[order])
    for row, place in enumerate(places):
        alone, _ = snapped(network, [place], limit)
        assert alone.piece[0] == together.piece[row]
        assert alone.fraction[0] == together.fraction[row]
        assert together.offset[row] == pytest.approx(
            _nearest_by_hand(network, place, limit), nan_ok=True
        )
    assert 0 < together.found.sum() < len(places)


def _nearest_by_hand(network, place, limit):
    """Metres to the nearest piece, each looked at; NaN beyond the limit."""
    px, py = place[0] + WEST, place[1] + SOUTH
    metres = []
    for piece in np.flatnonzero(network.entrances):
        first = piece + network.chain_of_piece[piece]
        ax, ay, bx, by = (
            network.x[first],
            network.y[first],
            network.x[first + 1],
            network.y[first + 1],
        )
        along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        along = min(max(along, 0.0), 1.0)
        metres.append(np.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)))
    return min(metres) if min(metres) <= limit else np.nan
