"""Queueing theory against our own pools: what has an exact answer must come out of the simulation.

Erlang B and C (Erlang 1917), M/G/infinity and Little's law, each compared with a 99% interval over
replications with fixed seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING

import numpy as np
import simpy
from simpy.events import Event

from results.kpis.timeline import P95, quantile
from results.language.terminal import reader
from results.statistics.intervals import interval
from sim.engine.pool import Pool
from sim.random.distributions import lognormal

if TYPE_CHECKING:
    from files.arrays import FloatArray

CONFIDENCE = 0.99
DECIMALS = 4
REPLICATIONS = 20
CUSTOMERS = 6_000
SINGLE_LOAD = 0.6  # busy enough to wait, not so busy that a queue has a long memory
WARMING = 1_000  # customers before measuring starts
SEED = 20240101


@dataclass(frozen=True)
class TheoryCheck:
    """One figure: its exact value, and the interval found by simulation."""

    name: str
    exact: float
    mean: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds the exact value."""
        return self.low <= self.exact <= self.high


def erlang_b(load: float, places: int) -> float:
    """Return the share of arrivals lost when there is no queue, by Erlang's recursion."""
    blocked = 1.0
    for count in range(1, places + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(load: float, places: int) -> float:
    """Return the share of arrivals that wait; `load` in erlangs must be below `places`."""
    lost = erlang_b(load, places)
    return lost / (1 - load / places * (1 - lost))


def mean_wait(load: float, places: int, service: float) -> float:
    """Return the mean wait of an M/M/c queue, in the unit of `service`."""
    return erlang_c(load, places) * service / (places - load)


def wait_quantile(load: float, service: float, share: float) -> float:
    """Return how long at most a share of the customers of an M/M/1 queue waits."""
    return service / (1 - load) * math.log(load / (1 - share))


def verify() -> list[TheoryCheck]:
    """Simulate every queue that has an exact answer, with the pools of the simulation.

    Returns
    -------
    list
        A check for each figure: its exact value, the 99% interval, and whether it `holds`: the
        interval has the exact value in it. `pandas.DataFrame` makes a table of them.
    """
    load, places, service = 4.0, 6, 30.0
    queue = [_waiting(seed, load, places, service) for seed in _seeds()]
    lost = [_lost(seed, load, places, service) for seed in _seeds()]
    inside = [_unlimited(seed, load, service) for seed in _seeds()]
    waits, waited, little = zip(*queue, strict=True)
    return [
        _check(spoken("M/M/6 mean wait (Erlang C)"), mean_wait(load, places, service), waits),
        _check(spoken("M/M/6 share that waits (Erlang C)"), erlang_c(load, places), waited),
        _check(spoken("M/M/6 queue length over rate x wait (Little)"), 1.0, little),
        _check(
            spoken("M/M/1 95th percentile of the wait"),
            wait_quantile(SINGLE_LOAD, service, P95 / 100),
            [_single(seed, SINGLE_LOAD, service) for seed in _seeds()],
        ),
        _check(spoken("M/M/6/6 share lost (Erlang B)"), erlang_b(load, places), lost),
        _check(spoken("M/G/infinity mean number inside"), load, inside),
    ]


def theory_text(checks: list[TheoryCheck]) -> str:
    """Return a line per check."""
    line = spoken("{name:<46}{mean:>9}  99% {low:>8} to {high:>8}  exact {exact:>8}  {verdict}")
    verdicts = {True: spoken("pass"), False: spoken("FAIL")}
    return "\n".join(
        line.format(
            name=check.name,
            verdict=verdicts[check.holds],
            **{
                name: reader().number(getattr(check, name), DECIMALS)
                for name in ("mean", "low", "high", "exact")
            },
        )
        for check in checks
    )


def _seeds() -> list[np.random.SeedSequence]:
    return np.random.SeedSequence(SEED).spawn(REPLICATIONS)


def _check(name: str, exact: float, values: tuple[float, ...] | list[float]) -> TheoryCheck:
    mean, half = interval(np.array(values), CONFIDENCE)
    return TheoryCheck(name, exact, mean, mean - half, mean + half)


Customer = Callable[[int, float], Generator[Event, object, None]]


def _play(env: simpy.Environment, gaps: list[float], service: list[float], who: Customer) -> None:
    def arrivals() -> Generator[Event, object, None]:
        for number, (gap, minutes) in enumerate(zip(gaps, service, strict=True)):
            yield env.timeout(gap)
            env.process(who(number, minutes))

    env.process(arrivals())
    env.run()


def _waiting(
    seed: np.random.SeedSequence, load: float, places: int, service: float
) -> tuple[float, float, float]:
    """Return mean wait, share that waits, and queue length over rate times wait."""
    asked, waits = _queue(seed, load, places, service)
    start, end = asked[WARMING], asked[-1]
    ends = np.clip(asked + waits, start, end) - np.clip(asked, start, end)
    length = ends.sum() / (end - start)
    seen = waits[WARMING:]
    rate = len(seen) / (end - start)
    return float(seen.mean()), float((seen > 0).mean()), float(length / (rate * seen.mean()))


def _single(seed: np.random.SeedSequence, load: float, service: float) -> float:
    """Return the 95th percentile of the wait for one server, as KPIs take percentiles."""
    _, waits = _queue(seed, load, 1, service)
    return quantile(waits[WARMING:], P95)


def _queue(
    seed: np.random.SeedSequence, load: float, places: int, service: float
) -> tuple[FloatArray, FloatArray]:
    """Return when each customer came and how long each waited."""
    rng, env = np.random.default_rng(seed), simpy.Environment()
    pool = Pool(env, places)
    asked, waits = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS)

    def customer(number: int, minutes: float) -> Generator[Event, object, None]:
        asked[number] = env.now
        if granted := pool.claim():
            yield granted
        waits[number] = env.now - asked[number]
        yield env.timeout(minutes)
        pool.release()

    gaps = rng.exponential(service / load, CUSTOMERS)
    _play(env, gaps.tolist(), rng.exponential(service, CUSTOMERS).tolist(), customer)
    return asked, waits


def _lost(seed: np.random.SeedSequence, load: float, places: int, service: float) -> float:
    """Return the share of customers who find every place taken and leave."""
    rng, env = np.random.default_rng(seed), simpy.Environment()
    pool = Pool(env, places)
    lost = np.zeros(CUSTOMERS, dtype=bool)

    def customer(number: int, minutes: float) -> Generator[Event, object, None]:
        if pool.busy >= pool.capacity:
            lost[number] = True
            return
        pool.claim()
        yield env.timeout(minutes)
        pool.release()

    gaps = rng.exponential(service / load, CUSTOMERS)
    _play(env, gaps.tolist(), rng.exponential(service, CUSTOMERS).tolist(), customer)
    return float(lost[WARMING:].mean())


def _unlimited(seed: np.random.SeedSequence, load: float, service: float) -> float:
    """Return the mean number inside when everyone has a place, stays lognormal."""
    rng, env = np.random.default_rng(seed), simpy.Environment()
    pool = Pool(env, CUSTOMERS)
    found = np.zeros(CUSTOMERS)  # Poisson arrivals see time averages

    def customer(number: int, minutes: float) -> Generator[Event, object, None]:
        found[number] = pool.busy
        pool.claim()
        yield env.timeout(minutes)
        pool.release()

    gaps = rng.exponential(service / load, CUSTOMERS)
    stays = lognormal(rng.standard_normal(CUSTOMERS), service, service)
    _play(env, gaps.tolist(), stays.tolist(), customer)
    return float(found[WARMING:].mean())
