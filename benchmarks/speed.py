"""How fast a replication runs: minutes of the region against a bare SimPy loop, in one process.

    python benchmarks/speed.py [--weeks 52] [--repeats 3]

Times are of the processor, the median of the repeats. The bare loop only yields timeouts, so its
rate is what SimPy itself can reach on this machine: the ratio says what the model adds.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from typing import TYPE_CHECKING

import simpy

from geodata.dataset import load
from results.kpi import measure
from scenarios import files
from sim.cohort import Horizon
from sim.patients import sample_patients
from sim.region import Region
from sim.replication import replicate

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

BARE_EVENTS = 400_000
BARE_PROCESSES = 100
KIB_PER_MB = 1024


def bare_rate() -> float:
    """Return the timeouts a second of a SimPy loop that does nothing else."""
    env = simpy.Environment()

    def ticks() -> Generator[Event, object, None]:
        while True:
            yield env.timeout(1.0)

    for _ in range(BARE_PROCESSES):
        env.process(ticks())
    started = time.process_time()
    env.run(until=BARE_EVENTS / BARE_PROCESSES)
    return BARE_EVENTS / (time.process_time() - started)


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scenario", default="now")
    options = parser.parse_args()
    data, scenario = load(None), files.load(options.scenario)
    horizon = Horizon(1, 0, options.weeks)
    seconds, ratios, rates = [], [], []
    for _ in range(options.repeats):
        patients = sample_patients(
            horizon, scenario.effective_parameters(), data.cells, scenario.horizon_year
        )
        region = Region(scenario, data, horizon, patients)
        bare = bare_rate()
        started = time.process_time()
        region.run(horizon.end)
        spent = time.process_time() - started
        events = next(region.env._eid)  # noqa: SLF001 - SimPy numbers the events
        seconds.append(spent)
        rates.append(events / spent)
        ratios.append(events / spent / bare)
    started = time.process_time()
    measure(replicate(scenario, data, horizon, warmup=0))
    whole = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB
    print(f"{scenario.name}, {options.weeks} weeks, median of {options.repeats}")
    print(f"event loop               {statistics.median(seconds):8.2f} s")
    print(f"sampled, run, measured   {whole:8.2f} s")
    print(f"events a second          {statistics.median(rates):8.0f}")
    print(f"share of a bare loop     {statistics.median(ratios):8.0%}")
    print(f"largest memory           {peak:8.0f} MB")


if __name__ == "__main__":
    main()
