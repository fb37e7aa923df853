"""How time and memory grow with the network: the extract once, 4 and 16 times side by side.

    python benchmarks/network_growth.py twente.osm.pbf [--tiles 1 4 16]

Tiles are copies of the extract in a square, joined by a road between the same junction of
neighbours. Each size runs in a process of its own: linking the roads, snapping 12 thousand spots,
and minutes from all of them to 150 points, by car. Close to linear is the claim.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from math import isqrt
from pathlib import Path

import numpy as np

from geodata.config.speed_profiles import speed_model
from geodata.osm.extract import OsmExtract, read_osm
from geodata.roads.builder import build_network
from geodata.roads.network import Positions
from geodata.routing.travel_times import TravelTimes
from sim.replication.memory import peak_memory_mb

CRS = "EPSG:3035"
WIDTH, HEIGHT = 1.4, 0.9
SPOTS, POINTS = 12_000, 150
LINK_TAGS = {"highway": "tertiary"}


def tiled(extract: OsmExtract, tiles: int) -> OsmExtract:
    """Return copies of an extract in a square, joined by roads."""
    side = isqrt(tiles)
    ids = int(extract.node_ids.max()) + 1
    copies = range(tiles)
    column, row = np.divmod(np.arange(tiles), side)
    spread = len(extract.node_ids)
    links = [(k, k + 1) for k in copies if (k + 1) % side] + [
        (k, k + side) for k in copies if k + side < tiles
    ]
    main_road = next(n for n, t in enumerate(extract.tag_sets) if t.get("highway") == "primary")
    vertex = int(extract.way_starts[np.flatnonzero(extract.way_tags == main_road)[0]])
    link_vertices = np.array(links, dtype=np.int64).reshape(-1, 2).ravel()
    return OsmExtract(
        way_ids=np.arange(tiles * len(extract.way_ids) + len(links)),
        way_tags=np.concatenate(
            [np.tile(extract.way_tags, tiles), np.full(len(links), len(extract.tag_sets))]
        ),
        way_starts=np.concatenate(
            [
                *(extract.way_starts[:-1] + k * spread for k in copies),
                tiles * spread + 2 * np.arange(len(links) + 1),
            ]
        ),
        node_ids=np.concatenate(
            [
                *(extract.node_ids + k * ids for k in copies),
                extract.node_ids[vertex] + link_vertices * ids,
            ]
        ),
        lon=np.concatenate(
            [
                *(extract.lon + column[k] * WIDTH for k in copies),
                extract.lon[vertex] + column[link_vertices] * WIDTH,
            ]
        ),
        lat=np.concatenate(
            [
                *(extract.lat + row[k] * HEIGHT for k in copies),
                extract.lat[vertex] + row[link_vertices] * HEIGHT,
            ]
        ),
        tag_sets=[*extract.tag_sets, LINK_TAGS],
        node_tags=extract.node_tags,
    )


def measure(path: Path, tiles: int) -> dict[str, float]:
    """Time one size in this process."""
    extract = tiled(read_osm(path), tiles)
    random = np.random.default_rng(1)
    start = time.process_time()
    network = build_network(extract, CRS, speed_model())
    linked = time.process_time()
    vertex = random.integers(0, len(network.x), SPOTS)
    at = network.snap(network.x[vertex], network.y[vertex], 1000.0)
    snapped = time.process_time()
    points = Positions(at.piece[:POINTS], at.fraction[:POINTS], at.offset[:POINTS])
    minutes = TravelTimes(network, speed_model().profiles["car"], hubs=points).minutes(at, points)
    done = time.process_time()
    return {
        "tiles": tiles,
        "pieces": len(network.length),
        "junctions": network.turns.nodes,
        "link_s": linked - start,
        "snap_s": snapped - linked,
        "minutes_s": done - snapped,
        "reached": float(np.isfinite(minutes).mean()),
        "peak_mb": peak_memory_mb(),
    }


def main() -> None:
    """Run every size and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("osm", type=Path)
    parser.add_argument("--tiles", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.osm, options.one)))
        return
    print("tiles   pieces junctions  link s  snap s  minutes s  reached  peak MB")
    for tiles in options.tiles:
        command = [sys.executable, __file__, str(options.osm), "--one", str(tiles)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        r = json.loads(run.stdout)
        print(
            f"{r['tiles']:5d} {r['pieces']:8d} {r['junctions']:9d} {r['link_s']:7.1f} "
            f"{r['snap_s']:7.1f} {r['minutes_s']:10.1f} {r['reached']:8.1%} {r['peak_mb']:8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
