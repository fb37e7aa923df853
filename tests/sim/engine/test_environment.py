"""Time passes as in SimPy: the plainer loop and the lighter process change nothing."""

import numpy as np
import pytest
import simpy

from sim.engine.environment import SimulationEnvironment
from sim.engine.process import Process
from tests.support.paper_region import HOME_WEST, paper_scenario, play, rooms


def test_simpys_own_loop_tells_the_same_story(monkeypatch):
    rng = np.random.default_rng(5)
    scenario = paper_scenario(east=rooms(2) | {"ed.doctors": 1, "ward.beds": 3})
    people = {
        "visits": [
            {
                "time": time,
                "by_ambulance": bool(number % 3),
                "triage": 4.0,
                "assessment": rng.exponential(20),
                "xray": 15.0 * (number % 2),
                "is_admitted": number % 4 == 0,
                "los": rng.exponential(600),
            }
            for number, time in enumerate(np.sort(rng.uniform(0, 3000, 120)))
        ],
        "births": [{"time": time, "cell": HOME_WEST} for time in range(0, 3000, 200)],
    }
    ours = play(scenario, 5000, **people).records
    monkeypatch.setattr(SimulationEnvironment, "run_until", lambda clock, end: clock.run(until=end))
    theirs = play(scenario, 5000, **people).records
    for column in ("time", "patient", "step", "site"):
        assert np.array_equal(getattr(ours, column), getattr(theirs, column))


@pytest.mark.parametrize("environment", [simpy.Environment, SimulationEnvironment])
def test_a_journey_waits_for_minutes_and_events_and_leaves_processes_their_turn(environment):
    env, log = environment(), []
    bell = env.event()

    def story():
        yield 2.5
        log.append(("passed", env.now))
        yield bell
        log.append((bell.value, env.now))
        yield 1  # whole minutes too
        log.append(("left", env.now))

    def ringer():
        yield env.timeout(7)
        bell.succeed("rang")

    Process(env, story())
    env.process(ringer())
    env.run(until=100)
    assert log == [("passed", 2.5), ("rang", 7), ("left", 8)]


@pytest.mark.parametrize("minutes", [-1.0, -1, float("nan")])
def test_time_does_not_go_back(minutes):
    def story():
        yield 5.0
        yield minutes

    clock = SimulationEnvironment()
    Process(clock, story())
    with pytest.raises(ValueError, match="minutes cannot pass"):
        clock.run_until(10)


def test_what_goes_wrong_in_a_journey_or_a_process_stops_the_simulation():
    def breaks(wait):
        yield wait
        raise RuntimeError("broken")

    clock = SimulationEnvironment()
    Process(clock, breaks(1.0))
    with pytest.raises(RuntimeError, match="broken"):
        clock.run_until(10)
    clock = SimulationEnvironment()
    clock.process(breaks(clock.timeout(1)))
    with pytest.raises(RuntimeError, match="broken"):
        clock.run_until(10)


def test_the_end_itself_does_not_happen_any_more():
    clock, log = SimulationEnvironment(), []

    def story():
        while True:
            yield 1.0
            log.append(clock.now)

    Process(clock, story())
    clock.run_until(3)
    assert log == [1, 2]
    assert clock.now == 3
