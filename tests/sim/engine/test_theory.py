"""The real flows, made simple enough for queueing theory, against theory: 99% intervals."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.engine.process import Process
from sim.journal.steps import Step
from sim.patients.cohort import Cohort, Horizon
from sim.random.distributions import exponential
from sim.resources.region import Region
from sim.simulation import run
from tests.support.paper_region import (
    DAY,
    EAST,
    Story,
    paper_data,
    paper_scenario,
    people,
    play,
    rooms,
)

pytestmark = pytest.mark.slow

REPLICATIONS, PATIENTS, WARM_UP = 10, 5_000, 700
SERVICE = 60.0


def inside_99(samples, theory):
    """Whether a theoretical mean lies in the 99% interval of independent replications."""
    half = stats.t.ppf(0.995, len(samples) - 1) * np.std(samples, ddof=1) / math.sqrt(len(samples))
    assert half < 0.25 * theory, "too wide to mean anything"
    return abs(np.mean(samples) - theory) <= half


def erlang_c(load, servers):
    """Return the chance that a customer of M/M/c waits."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


def erlang_b(load, servers):
    """Return the chance that a customer of M/G/c/c is refused."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


def arrivals(seed, load):
    rng = np.random.default_rng(seed)
    return rng, np.cumsum(exponential(rng.random(PATIENTS), SERVICE / load))


def waits(story: Story, begin: Step, end: Step) -> np.ndarray:
    """Return each visitor's minutes between two steps, in order of number."""
    moments = []
    for step in (begin, end):
        found = story.records.of(step)
        moments.append(found.time[np.argsort(found.patient)])
        assert len(moments[-1]) == PATIENTS
    return moments[1] - moments[0]


@pytest.mark.parametrize("bottleneck", ["rooms", "doctors"])
def test_an_emergency_department_with_one_bottleneck_waits_as_erlang_says(bottleneck):
    # Triage, tests, consult, treatment and cleaning take no time: an M/M/3 with load 2.1.
    # Wq = C(3, 2.1) / (3 - 2.1) x 60 min
    servers, load = 3, 2.1
    theory = erlang_c(load, servers) / (servers - load) * SERVICE
    east, before, after = {
        "rooms": (rooms(servers), Step.ED_ARRIVE, Step.ED_ROOM),
        "doctors": ({"ed.doctors": servers}, Step.ED_ROOM, Step.ED_DOCTOR),
    }[bottleneck]
    scenario, means = paper_scenario(east=east), []
    for seed in range(REPLICATIONS):
        rng, times = arrivals(seed, load)
        minutes = exponential(rng.random(PATIENTS), SERVICE)
        visits = [
            {"time": time, "assessment": service}
            for time, service in zip(times.tolist(), minutes.tolist(), strict=True)
        ]
        story = play(scenario, until=times[-1] + 10 * DAY, visits=visits)
        means.append(waits(story, before, after)[WARM_UP:].mean())
    assert inside_99(means, theory)


def test_urgent_patients_wait_as_cobham_says():
    # M/M/3, a third urgent (U1), the others U3; loads 0.7 and 1.4. With W0 = C / c x 60 min:
    # W1 = W0 / (1 - 0.7/3), W3 = W1 / (1 - 2.1/3)
    servers, load, share = 3, 2.1, 1 / 3
    first = erlang_c(load, servers) / servers * SERVICE
    high = first / (1 - load * share / servers)
    low = high / (1 - load / servers)
    # Targets so far apart that waiting never makes up for urgency.
    scenario = paper_scenario(east=rooms(servers), ed__target__U3=1e9)
    means = {1: [], 3: []}
    for seed in range(REPLICATIONS):
        rng, times = arrivals(seed, load)
        minutes = exponential(rng.random(PATIENTS), SERVICE)
        urgency = np.where(rng.random(PATIENTS) < share, 1, 3)
        visits = [
            {"time": time, "assessment": service, "urgency": level}
            for time, service, level in zip(
                times.tolist(), minutes.tolist(), urgency.tolist(), strict=True
            )
        ]
        story = play(scenario, until=times[-1] + 10 * DAY, visits=visits)
        wait = waits(story, Step.ED_ARRIVE, Step.ED_ROOM)[WARM_UP:]
        for level, found in means.items():
            found.append(wait[urgency[WARM_UP:] == level].mean())
    assert inside_99(means[1], high)
    assert inside_99(means[3], low)


@pytest.mark.parametrize("shape", ["exponential", "constant"])
def test_intensive_care_refuses_as_erlang_says_whatever_the_shape_of_stays(shape):
    # 4 beds, load 3, who finds them full is taken elsewhere: B(4, 3) = 3.375 / 16.375 = 20.6%
    beds, load = 4, 3.0
    assert erlang_b(load, beds) == pytest.approx(0.2061, abs=1e-4)
    closed = {"icu": "closed"}
    scenario, shares = paper_scenario(east={"icu.beds": beds}, west_open=closed), []
    for seed in range(REPLICATIONS):
        rng, times = arrivals(seed, load)
        draws = exponential(rng.random(PATIENTS), SERVICE)
        minutes = draws if shape == "exponential" else np.full(PATIENTS, SERVICE)
        visits = [
            {"time": time, "is_admitted": True, "to_icu": True, "icu_minutes": stay}
            for time, stay in zip(times.tolist(), minutes.tolist(), strict=True)
        ]
        story = play(scenario, until=times[-1] + DAY, visits=visits)
        refused = Cohort.VISIT.numbers(PATIENTS)
        flags = np.isin(refused, story.records.of(Step.ICU_REFUSED).patient)
        shares.append(flags[WARM_UP:].mean())
    assert inside_99(shares, erlang_b(load, beds))


@pytest.mark.parametrize(
    ("rooms", "load", "shape"), [(3, 2.1, "exponential"), (1, 0.6, "lognormal")]
)
def test_delivery_rooms_wait_as_erlang_and_pollaczek_and_khinchine_say(rooms, load, shape):
    # Labour goes on while a woman waits, so its length is no service time. Theory holds where she
    # needs the room only from when she gets it: here for the hours after a birth on the way.
    # M/M/3: Wq = C / (3 - 2.1) x 60; M/G/1: Wq = load x (1 + cv^2) / 2 / (1 - load) x 60
    sigma = 0.8
    scenario = paper_scenario(east={"maternity.rooms": rooms}, west_open={"maternity": "closed"})
    squared_cv = math.exp(sigma**2) - 1
    theory = {
        "exponential": erlang_c(load, rooms) / (rooms - load) * SERVICE,
        "lognormal": load * (1 + squared_cv) / 2 / (1 - load) * SERVICE,
    }[shape]
    means = []
    for seed in range(REPLICATIONS):
        rng, times = arrivals(seed, load)
        minutes = (
            exponential(rng.random(PATIENTS), SERVICE)
            if shape == "exponential"
            else rng.lognormal(math.log(SERVICE) - sigma**2 / 2, sigma, PATIENTS)
        )
        births = [
            {"time": time, "labour": 0.0, "room_after_birth": stay}
            for time, stay in zip(times.tolist(), minutes.tolist(), strict=True)
        ]
        story = play(scenario, until=times[-1] + 10 * DAY, births=births)
        found = waits(story, Step.MATERNITY_ARRIVE, Step.DELIVERY_ROOM)
        means.append(found[WARM_UP:].mean())
    assert inside_99(means, theory)


def test_a_ward_with_plenty_of_beds_holds_a_poisson_number():
    # M/G/infinity: mean and variance of the number in bed are both lambda x length of stay = 30
    load, stay = 30.0, 30.0 * SERVICE
    means, variances = [], []
    for seed in range(REPLICATIONS):
        rng, times = arrivals(seed, 1.0)
        visits = [
            {"time": time, "is_admitted": True, "los": los}
            for time, los in zip(
                times.tolist(), exponential(rng.random(PATIENTS), stay).tolist(), strict=True
            )
        ]
        story = play(scenario=paper_scenario(), until=times[-1], visits=visits)
        came, went = (np.sort(story.records.of(s).time) for s in (Step.WARD_IN, Step.WARD_OUT))
        moments = np.arange(10 * stay, times[-1], stay / 4)
        number = np.searchsorted(came, moments) - np.searchsorted(went, moments)
        means.append(number.mean())
        variances.append(number.var())
    assert inside_99(means, load)
    assert inside_99(variances, load)


def test_patients_in_the_department_follow_little_s_law():
    # Once everyone has left: number inside, integrated over time = sum of stays
    rng, times = arrivals(1, 2.1)
    minutes = exponential(rng.random(PATIENTS), SERVICE)
    visits = [
        {"time": time, "assessment": service}
        for time, service in zip(times.tolist(), minutes.tolist(), strict=True)
    ]
    end = times[-1] + 10 * DAY
    story = play(paper_scenario(east=rooms(3)), until=end, visits=visits)
    came, went = (np.sort(story.records.of(s).time) for s in (Step.ED_ARRIVE, Step.ED_DISCHARGED))
    moments = np.sort(np.concatenate([came, went]))
    inside = np.searchsorted(came, moments, "right") - np.searchsorted(went, moments, "right")
    area = (inside[:-1] * np.diff(moments)).sum()
    stays = waits(story, Step.ED_ARRIVE, Step.ED_DISCHARGED)
    assert area == pytest.approx(stays.sum())
    assert inside[-1] == 0
    assert story.region.hospitals[0].ed.inside == 0


def test_every_resource_is_in_use_as_little_s_law_says():
    # Mean number in use, seen every 7 minutes = rate x mean minutes in use, queues or not
    rng, times = arrivals(3, 1.0)
    end = float(times[-1])
    steps = ("assessment", "xray", "ct", "consult", "treatment")
    minutes = {name: exponential(rng.random(PATIENTS), 45.0) for name in steps}
    stay, operated = (exponential(rng.random(PATIENTS), mean) for mean in (400.0, 40.0))
    visits = [
        {"time": time, "is_admitted": True, "to_theatre": True, "los": stay[row]}
        | {"surgery_class": 1, "surgery_minutes": operated[row]}
        | {name: drawn[row] for name, drawn in minutes.items()}
        for row, time in enumerate(times.tolist())
    ]
    after, bed, cot = (exponential(rng.random(PATIENTS), mean) for mean in (50.0, 300.0, 200.0))
    births = [
        {"time": time, "labour": 0.0, "room_after_birth": after[row], "stay": bed[row]}
        | {"neonatal": cot[row]}
        for row, time in enumerate(times.tolist())
    ]
    few = {"ed.doctors": 2, "ed.xray": 1, "ed.ct": 1, "ed.consultants": 1}
    some = {"maternity.rooms": 1, "maternity.beds": 6, "maternity.cots": 4, "theatre.teams": 1}
    region = Region(
        paper_scenario(
            east=few | some, west_open={"maternity": "closed"}, theatre__night__margin=1e6
        ),
        paper_data(),
        Horizon(1, 0, 1),
        people(visits=visits, births=births),
    )
    hospital = region.hospitals[EAST]
    ed = hospital.ed
    seen = {
        "doctors": (ed.doctors, minutes["assessment"] + minutes["treatment"]),
        "xray": (ed.xray, minutes["xray"]),
        "ct": (ed.ct, minutes["ct"]),
        "consultants": (ed.consultants, minutes["consult"]),
        "delivery rooms": (hospital.maternity.rooms, after),
        "maternity beds": (hospital.maternity_beds, bed),
        "cots": (hospital.cots, cot),
        "ward beds": (hospital.ward_beds, stay),
        "theatre teams": (hospital.theatre.teams, operated),
    }
    counts: dict[str, list[int]] = {name: [] for name in seen}

    def watch():
        while True:
            yield 7.0
            for name, (resource, _) in seen.items():
                counts[name].append(resource.busy)

    Process(region.env, watch())
    run(region, end)
    for name, (_, held) in seen.items():
        assert np.mean(counts[name]) == pytest.approx(held.sum() / end, rel=0.04), name
