"""The same three-stage queue in SimPy as its guide teaches, Ciw, salabim and our own parts.

    python benchmarks/engines.py [--customers 30000] [--repeats 3]

Customers arrive as a Poisson stream and pass three stations with several servers each, all times
exponential: a tandem of M/M/c queues, so that theory knows the mean time in the system (Jackson
1957) and every engine is shown to simulate the same thing. All of them draw, simulate and keep
each customer's time in the system; a mean that theory rules out ends the benchmark. Each engine
is as its guide teaches, with the statistics that it keeps by itself. Times are of the processor,
the median of the repeats; what counts is the ratio within one run.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.engine import process as journey
from sim.engine.environment import SimulationEnvironment
from sim.engine.pool import Pool
from sim.engine.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simpy.events import Event

    from sim.engine.process import ProcessGenerator

ARRIVALS = 1.0  # customers a minute
SERVERS = (10, 6, 8)
SERVICE = (7.5, 4.2, 6.0)  # mean minutes; stations are busy 70 to 75% of the time
SEED = 20240101
BATCHES = 20
TOO_FAR = 4.0  # standard errors from theory: by chance once in a thousand runs, with 19 degrees


def theory() -> float:
    """Return the mean minutes in the system (Erlang's C formula at every station)."""
    total = 0.0
    for servers, mean in zip(SERVERS, SERVICE, strict=True):
        load = ARRIVALS * mean
        full = load**servers / math.factorial(servers) * servers / (servers - load)
        waits = full / (sum(load**n / math.factorial(n) for n in range(servers)) + full)
        total += mean + waits * mean / (servers - load)
    return total


def ours(customers: int) -> list[float]:
    """Simulate with this project's clock, pools and journeys: drawn first, then played."""
    draws = np.random.default_rng(SEED)
    arrival = np.cumsum(draws.exponential(1 / ARRIVALS, customers)).tolist()
    service = [draws.exponential(mean, customers).tolist() for mean in SERVICE]
    clock = SimulationEnvironment()
    stations = [Pool(clock, servers) for servers in SERVERS]
    stages = list(zip(stations, service, strict=True))
    stays = [math.nan] * customers

    def visit(customer: int) -> ProcessGenerator[None]:
        for station, minutes in stages:
            granted = station.claim()
            if granted is not None:
                yield granted
            yield minutes[customer]
            station.release()
        stays[customer] = clock.now - arrival[customer]

    def door() -> ProcessGenerator[None]:
        for customer, moment in enumerate(arrival):
            yield moment - clock.now
            Process(clock, visit(customer))

    Process(clock, door())
    clock.run_until(math.inf)
    return stays


def plain_simpy(customers: int) -> list[float]:
    """Simulate as SimPy's documentation does: a process per customer, requests in `with`."""
    draws = random.Random(SEED)
    env = simpy.Environment()
    stations = [simpy.Resource(env, servers) for servers in SERVERS]
    stays: list[float] = []

    def visit() -> Generator[Event, object, None]:
        came = env.now
        for station, mean in zip(stations, SERVICE, strict=True):
            with station.request() as request:
                yield request
                yield env.timeout(draws.expovariate(1 / mean))
        stays.append(env.now - came)

    def door() -> Generator[Event, object, None]:
        for _ in range(customers):
            yield env.timeout(draws.expovariate(ARRIVALS))
            env.process(visit())

    env.process(door())
    env.run()
    return stays


def with_ciw(customers: int) -> list[float]:
    """Simulate with Ciw."""
    import ciw  # noqa: PLC0415 - the others run where it is not installed

    ciw.seed(SEED)
    exponential, nobody = ciw.dists.Exponential, None
    network = ciw.create_network(
        arrival_distributions=[exponential(rate=ARRIVALS), nobody, nobody],
        service_distributions=[exponential(rate=1 / mean) for mean in SERVICE],
        routing=[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
        number_of_servers=list(SERVERS),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers, method="Finish")
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for record in simulation.get_all_records():
        key = record.id_number
        first[key] = min(first.get(key, math.inf), record.arrival_date)
        if record.node == len(SERVERS):
            last[key] = record.exit_date
    return [end - first[key] for key, end in last.items()]


def with_salabim(customers: int) -> list[float]:
    """Simulate with salabim, its process style without generators switched off."""
    import salabim  # noqa: PLC0415 - the others run where it is not installed

    salabim.yieldless(False)
    env = salabim.Environment(random_seed=SEED, trace=False)
    stations = [salabim.Resource(capacity=servers, env=env) for servers in SERVERS]
    times = [salabim.Exponential(mean, env=env) for mean in SERVICE]
    gap = salabim.Exponential(1 / ARRIVALS, env=env)
    stays: list[float] = []

    class Customer(salabim.Component):
        def process(self) -> Generator[object, object, None]:
            came = env.now()
            for station, minutes in zip(stations, times, strict=True):
                yield self.request(station)
                yield self.hold(minutes.sample())
                self.release(station)
            stays.append(env.now() - came)

    class Door(salabim.Component):
        def process(self) -> Generator[object, object, None]:
            for _ in range(customers):
                yield self.hold(gap.sample())
                Customer(env=env)

    Door(env=env)
    env.run()
    return stays


ENGINES: dict[str, Callable[[int], list[float]]] = {
    "twentezorg": ours,
    "SimPy": plain_simpy,
    "Ciw": with_ciw,
    "salabim": with_salabim,
}


@dataclass(frozen=True)
class EngineRun:
    """What an engine took and found.

    Attributes
    ----------
    seconds
        Of the processor, the median of the repeats.
    minutes, error
        The mean time in the system and its standard error.
    """

    seconds: float
    minutes: float
    error: float


def measured(customers: int, repeats: int) -> dict[str, EngineRun]:
    """Return what each engine took and found.

    Raises
    ------
    SystemExit
        An engine simulates something else: theory lies too far from its mean.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
    stays: dict[str, list[float]] = {}
    for _ in range(repeats):  # in turn, so that a busy moment of the machine hits all of them
        for name, engine in ENGINES.items():
            started = time.process_time()
            stays[name] = engine(customers)
            seconds[name].append(time.process_time() - started)
    found = {
        name: EngineRun(statistics.median(seconds[name]), *_mean_and_error(stays[name]))
        for name in ENGINES
    }
    for name, one in found.items():
        if abs(one.minutes - theory()) > TOO_FAR * one.error:
            raise SystemExit(f"{name} finds {one.minutes:.2f} minutes, theory {theory():.2f}")
    return found


def _mean_and_error(stays: list[float]) -> tuple[float, float]:
    """Return a mean and its standard error by batch means: who follow each other wait alike."""
    batches = np.array_split(np.asarray(stays), BATCHES)
    means = [float(batch.mean()) for batch in batches]
    return statistics.fmean(stays), statistics.stdev(means) / math.sqrt(BATCHES)


def table(figures: dict[str, EngineRun], customers: int) -> str:
    """Return the figures as text, theory below them."""
    own = figures["twentezorg"].seconds
    how = "not compiled" if str(journey.__file__).endswith(".py") else "compiled"
    lines = [
        f"three M/M/c stations, {customers} customers; twentezorg {how}",
        f"{'engine':<12}{'seconds':>9}{'times ours':>12}{'mean minutes':>14}{'error':>7}",
    ]
    for name, one in figures.items():
        ratio = one.seconds / own
        lines.append(
            f"{name:<12}{one.seconds:9.2f}{ratio:12.1f}{one.minutes:14.2f}{one.error:7.2f}"
        )
    lines.append(f"{'theory':<12}{'':>21}{theory():14.2f}")
    return "\n".join(lines)


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=30_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(table(measured(options.customers, options.repeats), options.customers))


if __name__ == "__main__":
    main()
