"""Teams are handed out by urgency, all or nothing, as queueing theory and the policies say."""

import math

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.pool import Pool
from sim.engine.process import Process
from sim.resources.theatre_teams import Coordinator, Priority, Staff

Z_99 = 2.576


def theatre(env, *, teams=1, sessions=0, breaks_in=True, anaesthetists=None, others=()):
    coordinator = Coordinator(
        env,
        Staff(100),
        Staff(teams),
        Staff(teams if anaesthetists is None else anaesthetists),
        others,
        breaks_in=breaks_in,
    )
    for _ in range(sessions):
        coordinator.open_session()
    return coordinator


def case(env, coordinator, starts, name, at, priority, minutes, needs=None):
    needs = coordinator.surgery if needs is None else needs
    yield env.timeout(at)
    if granted := coordinator.claim(priority, needs):
        yield granted
    starts.append((name, env.now))
    yield env.timeout(minutes)
    coordinator.release(priority, needs)


def waits(arrivals, minutes, priorities, teams):
    env = simpy.Environment()
    coordinator = theatre(env, teams=teams)
    starts = []
    for name, (at, length, priority) in enumerate(zip(arrivals, minutes, priorities, strict=True)):
        Process(env, case(env, coordinator, starts, name, at, priority, length))
    env.run()
    start = np.empty(len(arrivals))
    for name, moment in starts:
        start[name] = moment
    return start - arrivals


def erlang_b(load, places):
    terms = [load**n / math.factorial(n) for n in range(places + 1)]
    return terms[-1] / sum(terms)


def erlang_c(load, places):
    blocked = erlang_b(load, places)
    return blocked / (1 - load / places * (1 - blocked))


def close(batches, expected):
    """Whether a mean over independent batches has the expectation in its 99% interval."""
    half = Z_99 * np.std(batches, ddof=1) / math.sqrt(len(batches))
    return abs(np.mean(batches) - expected) <= half


def test_teams_wait_as_erlang_c_says():
    rng = np.random.default_rng(5)
    batches = []
    for _ in range(30):
        arrivals = np.cumsum(rng.exponential(25, 3000))
        found = waits(arrivals, rng.exponential(60, 3000), [Priority.CAT2] * 3000, 3)
        batches.append(found[300:].mean())
    load = 60 / 25
    assert close(batches, erlang_c(load, 3) * 60 / (3 - load))


def test_classes_wait_as_cobham_says_for_one_team():
    rng = np.random.default_rng(6)
    mean, sigma, share = 60.0, 0.5, np.array([0.2, 0.3, 0.5])
    between, mu = 80.0, math.log(mean) - sigma**2 / 2
    batches = []
    for _ in range(30):
        arrivals = np.cumsum(rng.exponential(between, 4000))
        classes = rng.choice([1, 2, 3], 4000, p=share)
        found = waits(arrivals, rng.lognormal(mu, sigma, 4000), classes.tolist(), 1)[400:]
        batches.append([found[classes[400:] == urgency].mean() for urgency in (1, 2, 3)])
    residual = mean**2 * math.exp(sigma**2) / (2 * between)
    used = np.concatenate([[0], np.cumsum(share)]) * mean / between
    for urgency in range(3):
        expected = residual / ((1 - used[urgency]) * (1 - used[urgency + 1]))
        assert close(np.array(batches)[:, urgency], expected)


def test_classes_wait_as_cobham_says_for_three_teams():
    # M/M/3 without preemption: W0 = C / (3 mu), W_k = W0 / ((1 - used before)(1 - used with))
    rng = np.random.default_rng(8)
    mean, between, teams, share = 60.0, 25.0, 3, np.array([0.2, 0.3, 0.5])
    batches = []
    for _ in range(30):
        arrivals = np.cumsum(rng.exponential(between, 3000))
        classes = rng.choice([1, 2, 3], 3000, p=share)
        found = waits(arrivals, rng.exponential(mean, 3000), classes.tolist(), teams)[300:]
        batches.append([found[classes[300:] == urgency].mean() for urgency in (1, 2, 3)])
    load = mean / between
    used = np.concatenate([[0], np.cumsum(share)]) * load / teams
    for urgency in range(3):
        expected = erlang_c(load, teams) * mean / teams
        expected /= (1 - used[urgency]) * (1 - used[urgency + 1])
        assert close(np.array(batches)[:, urgency], expected)


@pytest.mark.parametrize("minutes", ["exponential", "lognormal"])
def test_delivery_rooms_that_send_on_when_full_lose_as_erlang_b_says(minutes):
    rng = np.random.default_rng(7)
    shares = []
    for _ in range(30):
        env, lost, count = simpy.Environment(), [], 3000
        pool = Pool(env, 4)
        stay = (
            rng.exponential(300, count)
            if minutes == "exponential"
            else rng.lognormal(math.log(300) - 0.32, 0.8, count)
        )

        def woman(at, stays, env=env, pool=pool, lost=lost):
            yield env.timeout(at)
            lost.append(pool.busy >= pool.capacity)
            if not lost[-1]:
                pool.claim()
                yield env.timeout(stays)
                pool.release()

        for at, stays in zip(np.cumsum(rng.exponential(100, count)), stay, strict=True):
            Process(env, woman(at, stays))
        env.run()
        shares.append(np.mean(lost[300:]))
    assert close(shares, erlang_b(3, 4))


def night(*, breaks_in):
    """One emergency team and one session with three cases of an hour; emergencies come in."""
    env = simpy.Environment()
    coordinator = theatre(env, teams=1, sessions=1, breaks_in=breaks_in)
    starts = []

    def session():
        for name in ("elective 1", "elective 2", "elective 3"):
            if granted := coordinator.claim(Priority.ELECTIVE, coordinator.surgery):
                yield granted
            starts.append((name, env.now))
            yield env.timeout(60)
            coordinator.release(Priority.ELECTIVE, coordinator.surgery)

    Process(env, session())
    for name, at, priority, minutes in (
        ("hip", 5, Priority.CAT3, 200),
        ("appendix", 10, Priority.CAT2, 50),
        ("caesarean", 70, Priority.CAT1, 40),
    ):
        Process(env, case(env, coordinator, starts, name, at, priority, minutes))
    env.run()
    return starts


def test_a_night_with_break_in():
    assert night(breaks_in=True) == [
        ("elective 1", 0),
        ("hip", 5),
        ("appendix", 60),  # takes the session's team between two cases
        ("caesarean", 110),
        ("elective 2", 150),
        ("elective 3", 210),
    ]


def test_a_night_with_a_dedicated_team():
    assert night(breaks_in=False) == [
        ("elective 1", 0),
        ("hip", 5),
        ("elective 2", 60),  # the appendix waits for the emergency team
        ("caesarean", 120),  # class 1 breaks in under every policy
        ("elective 3", 160),
        ("appendix", 205),
    ]


def test_a_caesarean_goes_before_the_appendix_that_waited_longer_and_both_delays_show():
    env = simpy.Environment()
    gynaecologist = Staff(1)
    coordinator = theatre(env, others=(gynaecologist,))
    starts = []
    for name, at, priority, minutes, also in (
        ("trauma", 0, Priority.CAT2, 100, ()),
        ("appendix", 20, Priority.CAT2, 50, ()),
        ("caesarean", 60, Priority.CAT1, 40, (gynaecologist,)),
    ):
        needs = coordinator.surgery + also
        Process(env, case(env, coordinator, starts, name, at, priority, minutes, needs))
    env.run()
    assert starts == [("trauma", 0), ("caesarean", 100), ("appendix", 140)]


def test_who_waits_for_a_gynaecologist_keeps_the_team_and_nobody_holds_while_waiting():
    env = simpy.Environment()
    gynaecologist = Staff(1)
    coordinator = theatre(env, teams=1, others=(gynaecologist,))
    starts = []
    Process(env, case(env, coordinator, starts, "forceps", 0, 1, 30, (gynaecologist,)))
    needs = (*coordinator.surgery, gynaecologist)
    Process(env, case(env, coordinator, starts, "caesarean", 5, Priority.CAT1, 60, needs))
    Process(env, case(env, coordinator, starts, "appendix", 10, Priority.CAT2, 50))
    env.run(until=20)
    assert coordinator.teams.busy == 0
    env.run()
    assert starts == [("forceps", 0), ("caesarean", 30), ("appendix", 90)]


def test_an_epidural_delays_the_caesarean_that_needs_its_anaesthetist():
    env = simpy.Environment()
    coordinator = theatre(env, teams=1)
    starts = []
    Process(env, case(env, coordinator, starts, "epidural", 0, 2, 30, (coordinator.anaesthetists,)))
    Process(env, case(env, coordinator, starts, "caesarean", 5, Priority.CAT1, 60))
    env.run()
    assert starts == [("epidural", 0), ("caesarean", 30)]


def test_a_team_at_work_when_its_shift_ends_finishes_and_the_next_waits_for_the_new_shift():
    env = simpy.Environment()
    coordinator = theatre(env, teams=1)
    starts = []
    Process(env, case(env, coordinator, starts, "first", 0, 2, 100))
    Process(env, case(env, coordinator, starts, "second", 10, 2, 10))
    env.run(until=50)
    coordinator.teams.resize(0)
    env.run(until=300)
    assert starts == [("first", 0)]
    coordinator.teams.resize(1)
    env.run()
    assert starts == [("first", 0), ("second", 300)]


cases = st.lists(
    st.tuples(
        st.integers(0, 500),
        st.sampled_from([1, 2, 3, 4, 99, 100]),
        st.integers(1, 120),
        st.sampled_from(["surgery", "caesarean", "epidural", "forceps"]),
    ),
    min_size=1,
    max_size=40,
)


@given(cases=cases, teams=st.integers(1, 3), sessions=st.integers(1, 3), breaks_in=st.booleans())
@settings(max_examples=80, deadline=None)
def test_nobody_is_lost_and_class_1_never_waits_behind_an_elective(
    cases, teams, sessions, breaks_in
):
    env = simpy.Environment()
    gynaecologist = Staff(1)
    coordinator = theatre(
        env, teams=teams, sessions=sessions, breaks_in=breaks_in, others=(gynaecologist,)
    )
    needs = {
        "surgery": coordinator.surgery,
        "caesarean": (*coordinator.surgery, gynaecologist),
        "epidural": (coordinator.anaesthetists,),
        "forceps": (gynaecologist,),
    }
    waiting, done = set(), []

    def patient(name, at, priority, minutes, kind):
        yield env.timeout(at)
        waiting.add((name, priority, kind))
        if granted := coordinator.claim(priority, needs[kind]):
            yield granted
        waiting.discard((name, priority, kind))
        if priority == Priority.ELECTIVE:
            assert not any(
                urgency == Priority.CAT1 and all(staff.free > 0 for staff in needs[other])
                for _, urgency, other in waiting
            )
        yield env.timeout(minutes)
        coordinator.release(priority, needs[kind])
        done.append(name)

    for name, (at, priority, minutes, kind) in enumerate(cases):
        Process(env, patient(name, at, priority, minutes, kind))
    env.run()
    assert sorted(done) == list(range(len(cases)))
    assert coordinator.teams.busy == coordinator.rooms.busy == gynaecologist.busy == 0
    assert coordinator.teams.held == gynaecologist.held == 0
