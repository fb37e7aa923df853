"""How fast and small a replication is: a year of the region against a bare SimPy loop.

    python benchmarks/speed.py [--weeks 52] [--repeats 3]

Times are of the processor, the median of the repeats. The bare loop only yields timeouts, just
before and after in the same process, so its rate is what SimPy itself reaches on this machine at
that moment: the ratio says what the model adds. Memory is that of a process of its own that does
one replication and nothing else.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from typing import TYPE_CHECKING

import simpy

from geodata.dataset.folder import load
from results.kpis.measure import measure
from scenarios.files import loading as files
from sim.engine import process as journey
from sim.engine.environment import SimulationEnvironment
from sim.patients.cohort import Horizon
from sim.replication import replicate as replication
from sim.replication.replicate import Setting, Task, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simpy.events import Event

BARE_EVENTS = 400_000
BARE_PROCESSES = 100


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


def timed_loop(
    rates: list[float], seconds: list[float]
) -> Callable[[SimulationEnvironment, float], None]:
    """Return a timed `Clock.run_until`, with the rate of the bare loop just before and after."""
    run_until = SimulationEnvironment.run_until

    def timed(clock: SimulationEnvironment, end: float) -> None:
        before = bare_rate()
        started = time.process_time()
        run_until(clock, end)
        seconds.append(time.process_time() - started)
        rates.append(statistics.harmonic_mean([before, bare_rate()]))

    return timed


def peak_memory(scenario: str, weeks: int) -> float:
    """Return the largest memory in MB of one replication in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_alone, (scenario, weeks))


def _alone(scenario: str, weeks: int) -> float:
    setting = Setting(seed=1, weeks=weeks, warmup=0, data_folder=None, measure=measure)
    return finish(setting, Task(files.load(scenario), 0)).peak_memory_mb


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scenario", default="now")
    options = parser.parse_args()
    memory = peak_memory(options.scenario, options.weeks)
    data, scenario = load(None), files.load(options.scenario)
    horizon = Horizon(1, 0, options.weeks)
    bare: list[float] = []
    loop: list[float] = []
    prepared, measured, events = [], [], 0
    SimulationEnvironment.run_until = timed_loop(bare, loop)  # type: ignore[method-assign]
    for _ in range(options.repeats):
        started = time.process_time()
        outcome = replication.replicate(scenario, data, horizon, warmup=0)
        simulated = time.process_time()
        measure(outcome)
        measured.append(time.process_time() - simulated)
        bare_loops = 2 * BARE_EVENTS / bare[-1]
        prepared.append(simulated - started - loop[-1] - bare_loops)
        events = outcome.events
    whole = [sum(parts) for parts in zip(prepared, loop, measured, strict=True)]
    shares = [events / spent / rate for spent, rate in zip(loop, bare, strict=True)]
    is_compiled = not str(journey.__file__).endswith(".py")
    how = "compiled" if is_compiled else "not compiled"
    print(f"{scenario.name}, {options.weeks} weeks, median of {options.repeats}, event loop {how}")
    print(f"sampled and set up       {statistics.median(prepared):8.2f} s")
    print(f"event loop               {statistics.median(loop):8.2f} s")
    print(f"measured                 {statistics.median(measured):8.2f} s")
    print(f"whole                    {statistics.median(whole):8.2f} s")
    print(f"events                   {events:8d}")
    print(f"events a second          {events / statistics.median(loop):8.0f}")
    print(f"bare loop a second       {statistics.median(bare):8.0f}")
    print(f"share of a bare loop     {statistics.median(shares):8.0%}")
    print(f"largest memory           {memory:8.0f} MB")


if __name__ == "__main__":
    main()
