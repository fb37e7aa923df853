"""Car minutes from postcodes to hospitals against OSRM: how alike they are, how long each takes.

    python benchmarks/osrm_comparison.py points twente.osm.pbf FOLDER
    python3.12 benchmarks/osrm_comparison.py osrm twente.osm.pbf FOLDER
    python benchmarks/osrm_comparison.py compare twente.osm.pbf FOLDER

The first and last step need this project, the second only `pip install osrm-bindings`, which takes
Python 3.12 or later; so the steps may run under different interpreters, and hand over files in
FOLDER. Both engines start from the same extract and end with the same matrix: middles of the PC4 of
the starter data set to hospital sites; and once more between the spots where our network has them
enter the road, as OSRM lets a point beside a motorway drive onto it without a slip road. OSRM uses
its car profile and the multi-level pipeline (extract, partition, customize), whose preparation is
shorter than that of contraction hierarchies.
Times are by the wall clock, from the first byte read to the last minute known, with what they cost
of the processor beside them, the least of the repeats.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILE = Path("share") / "profiles" / "car.lua"
PREPARATION = ("extract", "partition", "customize")
SECONDS_PER_MINUTE = 60.0
SITE_KINDS = ("site", "candidate", "neighbour")
ON_ROAD = "-on-road"
"""What the names of files of entered points end in."""
LEAST_CORRELATION = 0.98
LEAST_SPEED_UP = 5.0
Points = list[tuple[float, float]]
Found = dict[str, list[list[float]]]
Times = dict[str, float]


def main() -> None:
    """Do one step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("points", "osrm", "compare"):
        step = steps.add_parser(name)
        step.add_argument("osm", type=Path)
        step.add_argument("folder", type=Path)
        if name != "points":
            step.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    if options.step == "points":
        write_points(options.osm, options.folder)
    elif options.step == "osrm":
        found, times = least_time(lambda: osrm_minutes(options.osm, options.folder), options)
        (options.folder / "osrm.json").write_text(json.dumps(found | times))
        print(f"OSRM: {times['wall']:.1f} s by the wall clock, {times['cpu']:.1f} s of processor")
    else:
        compare(options)


def write_points(osm: Path, folder: Path) -> None:
    """Write the middles of the postcodes and the hospital sites that ship, and where they enter."""
    from pyproj import Transformer  # noqa: PLC0415 - the interpreter of OSRM lacks these

    from geodata.dataset.folder import load  # noqa: PLC0415
    from geodata.routing.workflows import (  # noqa: PLC0415
        SNAP_LIMIT_M,
        open_network,
    )

    points, network = load().points, open_network(osm)
    to_metres = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name, kinds in {"centres": ("postcode",), "sites": SITE_KINDS}.items():
        chosen = points.loc[points["kind"].isin(kinds), ["id", "lon", "lat"]]
        chosen.to_csv(folder / f"{name}.csv", index=False)
        at = network.snap(*to_metres.transform(chosen["lon"], chosen["lat"]), SNAP_LIMIT_M)
        first = at.piece + network.chain_of_piece[at.piece]
        x, y = (
            along[first] + at.fraction * (along[first + 1] - along[first])
            for along in (network.x, network.y)
        )
        lon, lat = to_metres.transform(x, y, direction="INVERSE")
        chosen.assign(lon=lon, lat=lat).to_csv(folder / f"{name}{ON_ROAD}.csv", index=False)


def read_points(path: Path) -> Points:
    with path.open(encoding="utf-8", newline="") as file:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]


def least_time(find: Callable[[], Found], options: argparse.Namespace) -> tuple[Found, Times]:
    """Return what is found, and the least wall and processor seconds it took."""
    walls, cpus = [], []
    for _ in range(options.repeats):
        wall, cpu = time.perf_counter(), processor_seconds()
        found = find()
        walls.append(time.perf_counter() - wall)
        cpus.append(processor_seconds() - cpu)
    return found, {"wall": min(walls), "cpu": min(cpus)}


def processor_seconds() -> float:
    """Return seconds of processor that this process and its children used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def osrm_minutes(osm: Path, folder: Path) -> Found:
    """Prepare the extract for OSRM, and ask its tables."""
    import osrm  # noqa: PLC0415 - only its interpreter has it

    package = Path(osrm.__file__).parent
    with TemporaryDirectory() as work:
        extract = Path(work) / "extract.osm.pbf"
        extract.symlink_to(osm.resolve())
        for step in PREPARATION:
            argument = extract if step == "extract" else extract.with_name("extract.osrm")
            profile = ["-p", package / PROFILE] if step == "extract" else []
            command = [sys.executable, "-m", "osrm", step, *profile, argument]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        engine = osrm.OSRM(
            algorithm="MLD",
            storage_config=str(extract.with_name("extract.osrm")),
            use_shared_memory=False,
        )
        tables = {}
        for where in ("", ON_ROAD):
            centres, sites = (read_points(folder / f"{n}{where}.csv") for n in ("centres", "sites"))
            both = osrm.TableParameters(
                coordinates=[*centres, *sites],
                sources=list(range(len(centres))),
                destinations=list(range(len(centres), len(centres) + len(sites))),
            )
            rows = engine.Table(both)["durations"]
            tables[f"minutes{where}"] = [[float(s) / SECONDS_PER_MINUTE for s in r] for r in rows]
        return tables


def our_minutes(osm: Path, folder: Path) -> Found:
    """Read the extract, link it, and find the shortest ways."""
    import numpy as np  # noqa: PLC0415 - the interpreter of OSRM lacks these
    from pyproj import Transformer  # noqa: PLC0415

    from geodata.config.speed_profiles import speed_model  # noqa: PLC0415
    from geodata.routing.travel_times import TravelTimes  # noqa: PLC0415
    from geodata.routing.workflows import (  # noqa: PLC0415
        SNAP_LIMIT_M,
        open_network,
    )

    network = open_network(osm)
    to_metres = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    centres, sites = (
        network.snap(
            *to_metres.transform(*np.array(read_points(folder / f"{name}.csv")).T), SNAP_LIMIT_M
        )
        for name in ("centres", "sites")
    )
    minutes = TravelTimes(network, speed_model().at("car")).minutes(centres, sites)
    return {"minutes": minutes.tolist()}


def compare(options: argparse.Namespace) -> None:
    """Find the same minutes with our own engine, and print both side by side."""
    import numpy as np  # noqa: PLC0415

    of_osrm = json.loads((options.folder / "osrm.json").read_text())
    our_minutes(options.osm, options.folder)  # libraries are loaded, as OSRM's are
    found, times = least_time(lambda: our_minutes(options.osm, options.folder), options)
    ours, osrm, entered = (
        np.array(of["minutes" + where])
        for of, where in ((found, ""), (of_osrm, ""), (of_osrm, ON_ROAD))
    )
    correlation = np.corrcoef(ours.ravel(), osrm.ravel())[0, 1]
    alike = np.corrcoef(ours.ravel(), entered.ravel())[0, 1]
    ratio = np.median(ours / entered)
    speed_up = of_osrm["wall"] / times["wall"]
    print(f"{ours.shape[0]} postcodes x {ours.shape[1]} sites, car")
    print(f"correlation of minutes     {correlation:8.4f}   (at least {LEAST_CORRELATION})")
    print(f"entering at the same spots {alike:8.4f}")
    print(f"median ratio to OSRM       {ratio:8.3f}")
    print("                               ours     OSRM")
    print(f"file to matrix, wall s     {times['wall']:8.2f} {of_osrm['wall']:8.2f}")
    print(f"file to matrix, processor s{times['cpu']:8.2f} {of_osrm['cpu']:8.2f}")
    print(f"times faster               {speed_up:8.2f}   (at least {LEAST_SPEED_UP:g})")
    if correlation < LEAST_CORRELATION or speed_up < LEAST_SPEED_UP:
        sys.exit(1)


if __name__ == "__main__":
    main()
