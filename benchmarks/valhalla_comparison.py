"""Car minutes against Valhalla and OSRM by length of trip, and what each takes to read a map.

    python benchmarks/valhalla_comparison.py points twente.osm.pbf FOLDER
    python3.12 benchmarks/valhalla_comparison.py engines twente.osm.pbf FOLDER
    python benchmarks/valhalla_comparison.py compare twente.osm.pbf FOLDER

The first and last step need this project, the second only `pip install pyvalhalla osrm-bindings`,
which takes Python 3.12 or later; so the steps may run under different interpreters, and hand over
files in FOLDER. Points are addresses, half of them drawn from all, half from squares of 2.5 km so
that the country counts too; each lies where our network has it enter the road. The second step also
writes `engines.csv`, the geometric mean of both engines from some of the points, which `twentezorg
geodata calibrate` takes as a reference with `points.csv` as its places.
Minutes are right if the median ratio to Valhalla's lies within bounds at every length, and those of
all lengths near one another. Time is by the wall clock; memory is the most a process held.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

BANDS_KM = (0.5, 5.0, 10.0, 30.0, math.inf)
LEAST_RATIO, MOST_RATIO, MOST_APART = 0.9, 1.25, 0.15
BY_ADDRESS, BY_SQUARE = 120, 140
SQUARE_M = 2500.0
SNAP_LIMIT_M = 1000.0
ORIGINS_OF_A_REFERENCE = 30
SHORT_KM = 10.0
SEED = 16
ROWS_AT_ONCE = 65
SECONDS_PER_MINUTE = 60.0
PROFILE = Path("share") / "profiles" / "car.lua"
COLUMNS = ("from_id", "to_id", "valhalla", "osrm", "km")
Points = list[tuple[str, float, float]]
Row = tuple[str, str, float, float, float]


def main() -> None:
    """Do one step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("points", "engines", "compare", "network"))
    parser.add_argument("osm", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    steps = {"points": write_points, "engines": write_engines, "compare": compare, "network": read}
    steps[options.step](options.osm, options.folder)


def write_points(osm: Path, folder: Path) -> None:
    """Draw points and write where they enter the road."""
    import numpy as np  # noqa: PLC0415 - the interpreter of the engines lacks these
    import pandas as pd  # noqa: PLC0415
    from pyproj import Transformer  # noqa: PLC0415

    from geodata.config.speed_profiles import speed_model  # noqa: PLC0415
    from geodata.osm.extract import read_osm  # noqa: PLC0415
    from geodata.roads.builder import build_network  # noqa: PLC0415
    from geodata.routing.travel_time_matrix import utm_crs  # noqa: PLC0415

    extract = read_osm(osm)
    crs = utm_crs(extract)
    network = build_network(extract, crs, speed_model())
    x, y = extract.addresses_in(crs)
    drawn = np.random.default_rng(SEED)
    order = drawn.permutation(len(x))
    squares = np.column_stack([x[order] // SQUARE_M, y[order] // SQUARE_M])
    _, one_each = np.unique(squares, axis=0, return_index=True)
    spread = drawn.permutation(order[one_each])[:BY_SQUARE]
    chosen = np.concatenate([order[:BY_ADDRESS], spread])
    at = network.snap(x[chosen], y[chosen], SNAP_LIMIT_M)
    at = at.at(np.flatnonzero(at.found))
    first = at.piece + network.chain_of_piece[at.piece]
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(
        *(
            along[first] + at.fraction * (along[first + 1] - along[first])
            for along in (network.x, network.y)
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"P{number}" for number in range(len(lon))]
    pd.DataFrame({"id": ids, "lon": lon, "lat": lat}).to_csv(folder / "points.csv", index=False)


def read_points(folder: Path) -> Points:
    with (folder / "points.csv").open(encoding="utf-8", newline="") as file:
        return [(row["id"], float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]


def write_engines(osm: Path, folder: Path) -> None:
    """Ask both engines for all minutes."""
    points = read_points(folder)
    with TemporaryDirectory() as work:
        started = time.perf_counter()
        config = build_tiles(osm, Path(work))
        taken = {"valhalla_s": time.perf_counter() - started}
        taken["valhalla_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        minutes, km = valhalla_table(config, points)
        started = time.perf_counter()
        other = osrm_table(osm, Path(work), points)
        taken["osrm_s"] = time.perf_counter() - started
    (folder / "engines.json").write_text(json.dumps(taken), encoding="utf-8")
    ids = [name for name, _, _ in points]
    rows = [
        (one, two, minutes[i][j], other[i][j], km[i][j])
        for i, one in enumerate(ids)
        for j, two in enumerate(ids)
        if i != j and minutes[i][j] and other[i][j]
    ]
    write_rows(folder / "both.csv", COLUMNS, rows)
    write_reference(folder, rows)


def write_reference(folder: Path, rows: list[Row]) -> None:
    """Write the mean of both engines from some points.

    Half are drawn, and half have the most short trips, which are few among points far apart.
    """
    ids = sorted({row[0] for row in rows})
    short = Counter(row[0] for row in rows if row[4] < SHORT_KM)
    drawn = random.Random(SEED).sample(ids, min(ORIGINS_OF_A_REFERENCE, len(ids)))
    chosen = {*drawn[::2], *(name for name, _ in short.most_common(ORIGINS_OF_A_REFERENCE // 2))}
    mean = [
        (one, two, round(math.sqrt(a * b), 3), round(length, 2))
        for one, two, a, b, length in rows
        if one in chosen
    ]
    write_rows(folder / "engines.csv", ("from_id", "to_id", "minutes", "km"), mean)


def write_rows(path: Path, header: tuple[str, ...], rows: list[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def build_tiles(osm: Path, work: Path) -> Path:
    """Build Valhalla's tiles, and return its configuration."""
    import valhalla  # noqa: PLC0415 - only its interpreter has it
    from valhalla.config import get_config  # noqa: PLC0415

    tiles = work / "tiles"
    tiles.mkdir()
    config = get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    limits = config["service_limits"]["auto"]
    limits |= {"max_matrix_location_pairs": 10**7, "max_matrix_distance": 1e6}
    written = work / "valhalla.json"
    written.write_text(json.dumps(config), encoding="utf-8")
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    subprocess.run(
        [program, "-c", written, osm],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return written


def valhalla_table(config: Path, points: Points) -> tuple[list[list[float]], list[list[float]]]:
    """Return minutes and kilometres between all points; none where there is no way."""
    import valhalla  # noqa: PLC0415

    actor = valhalla.Actor(str(config))
    places = [{"lon": lon, "lat": lat, "radius": 0} for _, lon, lat in points]
    minutes: list[list[float]] = []
    km: list[list[float]] = []
    for first in range(0, len(places), ROWS_AT_ONCE):
        found = actor.matrix(
            {
                "sources": places[first : first + ROWS_AT_ONCE],
                "targets": places,
                "costing": "auto",
                "verbose": False,
            }
        )["sources_to_targets"]
        minutes += [[(s or 0.0) / SECONDS_PER_MINUTE for s in row] for row in found["durations"]]
        km += [[length or 0.0 for length in row] for row in found["distances"]]
    return minutes, km


def osrm_table(osm: Path, work: Path, points: Points) -> list[list[float]]:
    """Return minutes between all points by OSRM's car profile."""
    import osrm  # noqa: PLC0415 - only its interpreter has it

    extract = work / "extract.osm.pbf"
    extract.symlink_to(osm.resolve())
    profile = Path(osrm.__file__).parent / PROFILE
    for step in ("extract", "partition", "customize"):
        argument = extract if step == "extract" else extract.with_name("extract.osrm")
        chosen = ["-p", profile] if step == "extract" else []
        command = [sys.executable, "-m", "osrm", step, *chosen, argument]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    engine = osrm.OSRM(
        algorithm="MLD",
        storage_config=str(extract.with_name("extract.osrm")),
        use_shared_memory=False,
    )
    asked = osrm.TableParameters(coordinates=[(lon, lat) for _, lon, lat in points])
    rows = engine.Table(asked)["durations"]
    return [[float(s or 0.0) / SECONDS_PER_MINUTE for s in row] for row in rows]


def read(osm: Path, folder: Path) -> None:
    """Read the map as a network: what Valhalla does as it builds tiles."""
    from geodata.routing.workflows import open_network  # noqa: PLC0415

    open_network(osm)
    del folder


def compare(osm: Path, folder: Path) -> None:
    """Find our minutes, and print both side by side."""
    from geodata.config.region import read_points as read_table  # noqa: PLC0415
    from geodata.config.speed_profiles import speed_model  # noqa: PLC0415
    from geodata.routing.travel_time_matrix import od_table  # noqa: PLC0415
    from geodata.routing.workflows import open_network  # noqa: PLC0415

    points = read_table(folder / "points.csv")
    table = od_table(
        open_network(osm), speed_model().at("car"), points, points, SNAP_LIMIT_M
    ).rows.set_index(["from_id", "to_id"])["minutes"]
    with (folder / "both.csv").open(encoding="utf-8", newline="") as file:
        both = list(csv.DictReader(file))
    own = table.reindex([(row["from_id"], row["to_id"]) for row in both]).to_numpy()
    print("km          trips   / Valhalla   / OSRM   OSRM / Valhalla   spread of log ratio")
    medians = []
    for least, most in pairwise(BANDS_KM):
        rows = [
            (minutes, float(row["valhalla"]), float(row["osrm"]))
            for minutes, row in zip(own, both, strict=True)
            if least <= float(row["km"]) < most and minutes > 0
        ]
        ratio = [minutes / valhalla for minutes, valhalla, _ in rows]
        medians.append(statistics.median(ratio))
        print(
            f"{least:>4g}-{most:<5g} {len(rows):>7}   {medians[-1]:>10.3f}"
            f"   {statistics.median(minutes / osrm for minutes, _, osrm in rows):>6.3f}"
            f"   {statistics.median(osrm / valhalla for _, valhalla, osrm in rows):>15.3f}"
            f"   {statistics.stdev(map(math.log, ratio)):>19.3f}"
        )
    started = time.perf_counter()
    subprocess.run([sys.executable, __file__, "network", osm, folder], check=True)
    seconds = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    taken = json.loads((folder / "engines.json").read_text(encoding="utf-8"))
    print("                         ours  Valhalla      OSRM")
    print(
        f"map to network, wall s{seconds:>7.1f}{taken['valhalla_s']:>10.1f}{taken['osrm_s']:>10.1f}"
    )
    print(f"most memory, MB       {megabytes:>7.0f}{taken['valhalla_mb']:>10.0f}")
    apart = max(medians) - min(medians)
    if not all(LEAST_RATIO <= one <= MOST_RATIO for one in medians) or apart > MOST_APART:
        sys.exit(1)


if __name__ == "__main__":
    main()
