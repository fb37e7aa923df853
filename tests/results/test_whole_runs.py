"""What must hold between whole runs of the same patients, with the size of the effect."""

from functools import cache

import numpy as np
import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from scenarios.parameters.registry import registry
from sim.journal.steps import Step
from sim.patients.cohort import Cohort, Horizon
from sim.patients.population import sample_patients
from sim.replication.replicate import replicate

WEEKS = 2
AGES = ("0_14", "15_64", "65_79", "80_plus")


@pytest.fixture(scope="module")
def played(starter):
    """Play a scenario for two weeks from an empty house, each once."""

    @cache
    def play(name="now", *settings):
        return replicate(load(name, settings), starter, Horizon(3, 0, WEEKS), warmup=0)

    return play


@pytest.fixture(scope="module")
def kpis(played):
    @cache
    def of(name="now", *settings):
        return {(site, kpi): value for site, kpi, value in measure(played(name, *settings))}

    return of


@pytest.fixture(scope="module")
def people(starter):
    scenario = load("now")
    return sample_patients(
        Horizon(3, 0, WEEKS), scenario.effective_parameters(), starter.cells, scenario.horizon_year
    )


def beds(number):
    return tuple(f"sites.{site}.capacity.ward.beds.always={number}" for site in ("MST", "ZGT_ALM"))


def test_with_beds_for_everyone_nobody_waits_for_one_and_with_fewer_many_do(played, people):
    # With a thousand beds, who goes from the department to a ward boards just as long as moving
    # takes, to the minute. With sixty at each the same people together board at least as long.
    row = {number: at for at, number in enumerate(people.visits.patient)}
    boarded = {}
    for number in (1000, 60):
        records = played("now", *beds(number)).records
        ready, gone = records.of(Step.ED_READY), records.of(Step.ED_ADMITTED)
        begin = dict(zip(ready.patient.tolist(), ready.time.tolist(), strict=True))
        boarded[number] = {
            who: time - begin[who]
            for who, time in zip(gone.patient.tolist(), gone.time.tolist(), strict=True)
            if who in begin
        }
    visits = people.visits
    to_ward = [
        who
        for who in boarded[1000]
        if not visits.to_theatre[row[who]]
        and not visits.to_icu[row[who]]
        and not visits.to_observation[row[who]]
    ]
    assert len(to_ward) > 300
    for who in to_ward:
        assert boarded[1000][who] == pytest.approx(visits.boarding[row[who]], abs=1e-6)
    both = [who for who in to_ward if who in boarded[60]]
    longer = np.array([boarded[60][who] - boarded[1000][who] for who in both])
    assert longer.min() > -1e-6
    assert longer.mean() > 60


@pytest.mark.parametrize("more", [40, 80, 200])
def test_more_beds_never_lengthen_the_stay_of_who_is_admitted(kpis, more):
    few, many = kpis("now", *beds(60)), kpis("now", *beds(60 + more))
    assert many["region", "ed.boarding.mean"] < few["region", "ed.boarding.mean"]
    assert many["region", "ed.los_admitted.mean"] < few["region", "ed.los_admitted.mean"]
    assert many["region", "ed.residents"] == few["region", "ed.residents"]


def test_twice_the_visits_are_twice_the_visits_and_nothing_else(kpis):
    usual, twice = kpis(), kpis("now", "demand.ed.level=2")
    level = registry()["demand.ed.level"]
    ratio = twice["region", "ed.residents"] / usual["region", "ed.residents"]
    assert ratio == pytest.approx(2 / level, rel=0.04)
    assert twice["region", "maternity.births"] == usual["region", "maternity.births"]


def test_a_closed_site_is_nobodys_and_its_patients_are_elsewhere(played, kpis):
    closed = played("single-enschede")
    acute = (Step.ED_ARRIVE, Step.MATERNITY_ARRIVE, Step.ICU_IN, Step.BOOKED_CAT1)
    for site in ("ZGT_ALM", "ZGT_HEN"):
        at = closed.sites.index(site)
        for step in acute:
            assert not (closed.records.of(step).site == at).any(), (site, step)
    now, single = kpis(), kpis("single-enschede")
    assert ("ZGT_ALM", "ed.arrivals") not in single
    assert single["MST", "ed.arrivals"] > 1.5 * now["MST", "ed.arrivals"]
    # Everybody who enters is somewhere: here, or with a neighbour.
    enter = closed.records.of(Step.ENTER)
    came = np.unique(enter.patient[enter.time > 0])  # at 0: who is in bed at the start
    visits = came[Cohort.VISIT.includes(came)]
    seen = closed.records.of(Step.ED_ARRIVE, Step.TO_NEIGHBOUR).patient
    under_way = len(np.setdiff1d(visits, seen))
    assert len(visits) > 2000
    assert under_way <= 10


def test_sites_that_are_all_alike_are_chosen_by_as_many(played, people):
    # When chance outweighs any distance, each of the sites that are open takes the same share of
    # those who come by themselves: 2 here and the neighbours.
    outcome = played("now", "ed.choice.spread=100000")
    walks = np.array(people.visits.patient)[~np.array(people.visits.by_ambulance, dtype=bool)]
    gone = outcome.records.of(Step.ED_ARRIVE, Step.TO_NEIGHBOUR)
    gone = gone.at(np.isin(gone.patient, walks))
    counts = np.bincount(gone.site, minlength=len(outcome.sites))
    taken = counts[counts > 0.02 * counts.sum()]
    share = taken / taken.sum()
    assert len(taken) >= 4
    spread = 4 * np.sqrt(share.mean() * (1 - share.mean()) / taken.sum())
    assert share == pytest.approx(np.full(len(taken), 1 / len(taken)), abs=spread)


def test_a_year_is_fifty_two_weeks_of_the_same(starter, kpis):
    # What residents visit a year is inhabitants times rate, whatever weeks are measured.
    cells, parameters = starter.cells, load("now").effective_parameters()
    inside = cells[cells["in_region"]]
    expected = parameters["demand.ed.level"] * sum(
        float(inside[f"age_{age}"].sum()) * parameters[f"demand.ed.rate.{age}"] / 1000
        for age in AGES
    )
    visits = expected * WEEKS * 7 / 365.25
    assert kpis()["region", "ed.residents"] == pytest.approx(expected, rel=4 / np.sqrt(visits))
