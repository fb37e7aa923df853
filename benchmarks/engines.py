"""The same three-stage queue in SimPy as its guide teaches, Ciw, salabim and our own parts.

    python benchmarks/engines.py [--customers 30000] [--repeats 3]

Customers arrive as a Poisson stream and pass three stations with several servers each, all times
exponential: a tandem of M/M/c queues, so that theory knows the mean time in the system (Jackson
1957) and every engine is shown to simulate the same thing. All of them draw, simulate and keep
each customer's time in the system. Times are of the processor, the median of the repeats; what
counts is the ratio within one run.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.clock import Clock
from sim.journey import Journey
from sim.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simpy.events import Event

    from sim.journey import Story

ARRIVALS = 1.0  # customers a minute
SERVERS = (10, 6, 8)
SERVICE = (7.5, 4.2, 6.0)  # mean minutes; stations are busy 70 to 75% of the time
SEED = 20240101


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
    clock = Clock()
    stations = [Pool(clock, servers) for servers in SERVERS]
    stages = list(zip(stations, service, strict=True))
    stays = [math.nan] * customers

    def visit(customer: int) -> Story[None]:
        for station, minutes in stages:
            granted = station.claim()
            if granted is not None:
                yield granted
            yield minutes[customer]
            station.release()
        stays[customer] = clock.now - arrival[customer]

    def door() -> Story[None]:
        for customer, moment in enumerate(arrival):
            yield moment - clock.now
            Journey(clock, visit(customer))

    Journey(clock, door())
    clock.run_to(math.inf)
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


def measured(customers: int, repeats: int) -> dict[str, tuple[float, float]]:
    """Return for each engine the seconds it took and the mean minutes it found."""
    seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
    found: dict[str, float] = {}
    for _ in range(repeats):  # in turn, so that a busy moment of the machine hits all of them
        for name, engine in ENGINES.items():
            started = time.process_time()
            found[name] = statistics.fmean(engine(customers))
            seconds[name].append(time.process_time() - started)
    return {name: (statistics.median(spent), found[name]) for name, spent in seconds.items()}


def table(figures: dict[str, tuple[float, float]], customers: int) -> str:
    """Return the figures as text, theory below them."""
    own = figures["twentezorg"][0]
    lines = [
        f"three M/M/c stations, {customers} customers",
        f"{'engine':<12}{'seconds':>9}{'times ours':>12}{'mean minutes':>14}",
    ]
    for name, (seconds, minutes) in figures.items():
        lines.append(f"{name:<12}{seconds:9.2f}{seconds / own:12.1f}{minutes:14.2f}")
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
