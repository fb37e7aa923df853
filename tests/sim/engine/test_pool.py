"""Claims on a pool: order, rosters, and queueing theory."""

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.engine.pool import Pool
from sim.random.distributions import exponential, lognormal


def stay(env, pool, minutes, priority=0, log=None, name=None, after=0.0):
    """Come after a while, claim a place, keep it, give it back; `log` gets the name and when."""
    yield env.timeout(after)
    if granted := pool.claim(priority):
        yield granted
    if log is not None:
        log.append((name, env.now))
    yield env.timeout(minutes)
    pool.release()


def test_a_free_place_is_granted_without_an_event():
    pool = Pool(simpy.Environment(), 1)
    assert pool.claim() is None
    assert pool.claim() is not None
    assert (pool.busy, pool.waiting) == (1, 1)


def test_the_lowest_priority_number_goes_first_and_then_who_asked_first():
    env, log = simpy.Environment(), []
    pool = Pool(env, 1)
    for name, priority, after in (("z", 0, 0), ("a", 3, 1), ("b", 1, 2), ("c", 3, 3), ("d", 1, 4)):
        env.process(stay(env, pool, 10, priority, log, name, after))
    env.run()
    assert log == [("z", 0), ("b", 10), ("d", 20), ("a", 30), ("c", 40)]


def test_a_capacity_that_falls_lets_who_is_served_finish():
    # Two are served 0-10; from 5 there is one place, so the third starts at 10 and the fourth at 20
    env, log = simpy.Environment(), []
    pool = Pool(env, 2)
    for name in "abcd":
        env.process(stay(env, pool, 10, 0, log, name))

    def roster():
        yield env.timeout(5)
        pool.resize(1)

    env.process(roster())
    env.run()
    assert log == [("a", 0), ("b", 0), ("c", 10), ("d", 20)]


def test_without_capacity_at_night_everyone_waits_for_the_day():
    env, log = simpy.Environment(), []
    pool = Pool(env, 0)
    for name in "ab":
        env.process(stay(env, pool, 10, 0, log, name, after=1))

    def roster():
        yield env.timeout(480)
        pool.resize(2)
        yield env.timeout(5)
        pool.resize(0)

    env.process(roster())
    env.run()
    assert log == [("a", 480), ("b", 480)]
    assert (pool.busy, pool.waiting) == (0, 0)


def test_a_capacity_that_rises_serves_as_many_as_fit():
    env, log = simpy.Environment(), []
    pool = Pool(env, 0)
    for name in "abc":
        env.process(stay(env, pool, 10, 0, log, name))

    def roster():
        yield env.timeout(3)
        pool.resize(2)

    env.process(roster())
    env.run()
    assert log == [("a", 3), ("b", 3), ("c", 13)]


@st.composite
def rostered_days(draw):
    """Capacity by hour, of which some hours have places, and claims within it."""
    capacity = draw(st.lists(st.integers(0, 3), min_size=4, max_size=12))
    capacity[-1] = draw(st.integers(1, 3))
    claims = draw(
        st.lists(
            st.tuples(st.integers(0, 60 * len(capacity)), st.integers(0, 90), st.integers(0, 4)),
            max_size=25,
        )
    )
    return capacity, claims


class Checked(Pool):
    """A pool that looks at each grant to someone who waited."""

    __slots__ = ()

    def _grant(self):
        before = self.busy
        super()._grant()
        assert self.busy in (before, min(self.busy, self.capacity))


@given(rostered_days())
@settings(deadline=None, max_examples=150)
def test_under_any_roster_nobody_is_lost_and_no_grant_exceeds_the_roster(day):
    capacity, claims = day
    env = simpy.Environment()
    pool = Checked(env)
    served = []

    def patient(number, after, minutes, priority):
        yield env.timeout(after)
        if granted := pool.claim(priority):
            yield granted
        else:
            assert pool.busy <= pool.capacity
        served.append(number)
        yield env.timeout(minutes)
        pool.release()

    def roster():
        for places in capacity:
            pool.resize(places)
            yield env.timeout(60)

    env.process(roster())
    for number, (after, minutes, priority) in enumerate(claims):
        env.process(patient(number, after, minutes, priority))
    env.run()
    assert sorted(served) == list(range(len(claims)))
    assert (pool.busy, pool.waiting) == (0, 0)


# Against exact recursion and theory


def waits(arrivals, services, capacity, priorities=None):
    """Return each customer's wait in a pool of fixed capacity."""
    env = simpy.Environment()
    pool = Pool(env, capacity)
    wait = np.zeros(len(arrivals))
    priorities = np.zeros(len(arrivals), dtype=int) if priorities is None else priorities

    def customer(row, service, priority):
        asked = env.now
        if granted := pool.claim(priority):
            yield granted
        wait[row] = env.now - asked
        yield env.timeout(service)
        pool.release()

    def source():
        rows = zip(arrivals.tolist(), services.tolist(), priorities.tolist(), strict=True)
        for row, (time, service, priority) in enumerate(rows):
            yield env.timeout(time - env.now)
            env.process(customer(row, service, priority))

    env.process(source())
    env.run()
    return wait


def kiefer_wolfowitz(arrivals, services, capacity):
    """Return the waits of a first-come-first-served queue by recursion over free servers."""
    free = [0.0] * capacity
    wait = []
    for time, service in zip(arrivals, services, strict=True):
        start = max(time, heapq.heappop(free))
        wait.append(start - time)
        heapq.heappush(free, start + service)
    return np.array(wait)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60)), min_size=1, max_size=60),
    st.integers(1, 4),
)
@settings(deadline=None, max_examples=100)
def test_waits_equal_the_recursion_of_kiefer_and_wolfowitz(customers, capacity):
    gaps, services = np.array(customers, dtype=float).T
    arrivals = np.cumsum(gaps)
    expected = kiefer_wolfowitz(arrivals, services, capacity)
    assert waits(arrivals, services, capacity) == pytest.approx(expected)


SEEDS, CUSTOMERS, WARM_UP = 12, 7_000, 1_000


def inside_99(samples, theory):
    """Whether a theoretical mean lies in the 99% interval of independent replications."""
    half = stats.t.ppf(0.995, len(samples) - 1) * np.std(samples, ddof=1) / math.sqrt(len(samples))
    assert half < 0.25 * theory, "too wide to mean anything"
    return abs(np.mean(samples) - theory) <= half


def customers(seed, mean_gap):
    rng = np.random.default_rng(seed)
    return rng, np.cumsum(exponential(rng.random(CUSTOMERS), mean_gap))


def erlang_c(load, servers):
    """Return the chance that a customer of M/M/c waits."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 2.1), (8, 6.4)])
def test_the_mean_wait_is_that_of_erlang(servers, load):
    # Service of mean 1: Wq = C(c, a) / (c - a). For M/M/1 with rho 0.7: 0.7 / 0.3 = 2.333
    theory = erlang_c(load, servers) / (servers - load)
    means = []
    for seed in range(SEEDS):
        rng, arrivals = customers(seed, 1 / load)
        services = exponential(rng.random(CUSTOMERS), 1.0)
        means.append(waits(arrivals, services, servers)[WARM_UP:].mean())
    assert inside_99(means, theory)


def test_erlangs_formula_by_hand():
    assert erlang_c(0.7, 1) == pytest.approx(0.7)
    # c = 2, a = 1: (1/2 / (1/2)) / (1 + 1 + 1) = 1/3
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)


@pytest.mark.slow
def test_two_classes_wait_as_cobham_says():
    # M/M/3, service mean 1, loads 0.9 and 1.2. With W0 = C / c:
    # W1 = W0 / (1 - 0.3), W2 = W0 / ((1 - 0.3)(1 - 0.7))
    servers, urgent, other = 3, 0.9, 1.2
    first = erlang_c(urgent + other, servers) / servers
    high = first / (1 - urgent / servers)
    low = high / (1 - (urgent + other) / servers)
    means = {0: [], 1: []}
    for seed in range(SEEDS):
        rng, arrivals = customers(seed, 1 / (urgent + other))
        services = exponential(rng.random(CUSTOMERS), 1.0)
        priorities = (rng.random(CUSTOMERS) >= urgent / (urgent + other)).astype(int)
        wait = waits(arrivals, services, servers, priorities)[WARM_UP:]
        for level, found in means.items():
            found.append(wait[priorities[WARM_UP:] == level].mean())
    assert inside_99(means[0], high)
    assert inside_99(means[1], low)


@pytest.mark.slow
def test_with_lognormal_service_the_wait_is_that_of_pollaczek_and_khinchine():
    # rho 0.6, mean 1, sd 1.5: Wq = lambda E[S^2] / (2 (1 - rho)) = 0.6 x 3.25 / 0.8 = 2.4375
    means = []
    for seed in range(2 * SEEDS):
        rng, arrivals = customers(seed, 1 / 0.6)
        services = lognormal(rng.standard_normal(CUSTOMERS), 1.0, 1.5)
        means.append(waits(arrivals, services, 1)[WARM_UP:].mean())
    assert inside_99(means, 2.4375)


def test_little_s_law_holds_for_any_run():
    # Waiting customers integrated over time are exactly the waits summed over customers.
    rng, arrivals = customers(5, 1 / 1.8)
    wait = waits(arrivals, exponential(rng.random(CUSTOMERS), 1.0), 2)
    moments = sorted([(time, 1) for time in arrivals] + [(t, -1) for t in arrivals + wait])
    area, queue = 0.0, 0
    for (time, change), (until, _) in pairwise(moments):
        queue += change
        area += queue * (until - time)
    assert area == pytest.approx(wait.sum())
