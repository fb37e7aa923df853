"""What it takes to simulate neighbours as hospitals with walls, beside counting them.

    python benchmarks/neighbours.py [--weeks 52] [--repeats 5] [SCENARIO …]

Replications of a year, one with neighbours counted and one with them simulated in turn, in one
process; times are of the processor, the whole of a replication with its KPIs. At most 1.35 times
as long is the claim; what counts is the ratio within one run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

from geodata.dataset.folder import load
from results.kpis.measure import measure
from scenarios.files import loading as files
from sim.engine import process as journey
from sim.patients.cohort import Horizon
from sim.replication.replicate import replicate

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet

WAYS = ("counted", "simulated")
MOST_TIMES = 1.35
SCENARIOS = ("now", "single-almelo", "single-enschede")


def seconds(name: str, way: str, data: DataSet, horizon: Horizon) -> float:
    """Return the seconds of the processor of one replication."""
    scenario = files.load(name, (f"policies.neighbours={way}",))
    started = time.process_time()
    measure(replicate(scenario, data, horizon, warmup=0))
    return time.process_time() - started


def main() -> None:
    """Print the times of both ways and their ratio, by scenario."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS, metavar="SCENARIO")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    data, horizon = load(None), Horizon(1, 0, options.weeks)
    is_compiled = not str(journey.__file__).endswith(".py")
    how = "compiled" if is_compiled else "not compiled"
    print(f"{options.weeks} weeks, median of {options.repeats} in turn, event loop {how}")
    print(f"{'scenario':<24}{'counted':>10}{'simulated':>11}{'ratio':>8}  at most {MOST_TIMES}")
    for name in options.scenarios:
        pairs = [
            [seconds(name, way, data, horizon) for way in WAYS] for _ in range(options.repeats)
        ]
        counted, simulated = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(after / before for before, after in pairs)
        verdict = "met" if ratio <= MOST_TIMES else "NOT met"
        print(f"{name:<24}{counted:9.2f}s{simulated:10.2f}s{ratio:8.2f}  {verdict}")


if __name__ == "__main__":
    main()
