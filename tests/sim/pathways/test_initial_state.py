"""Who lies in the beds at the start: the right people, the right number, and nobody counted."""

import dataclasses

import numpy as np
import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from scenarios.parameters.registry import registry
from scenarios.schema.vocabulary import Resource, Start
from sim.journal.steps import Step
from sim.pathways.initial_state import FIRST_NUMBER, _Course
from sim.patients.cohort import COHORT_SPAN, Horizon
from sim.patients.past import PAST_WEEKS, sample_past
from sim.replication.replicate import replicate
from sim.units import MINUTES_PER_DAY, MINUTES_PER_WEEK

DAY, HOUR = float(MINUTES_PER_DAY), 60.0
SEED = 11


def of_start(name: str, start: Start):
    scenario = load(name)
    begins = scenario.warmup.model_copy(update={"start": start})
    return scenario.model_copy(update={"warmup": begins})


def stay(bed=0.0, before=0.0, icu=0.0, los=0.0, delayed=0.0, leaves_at=12 * HOUR):
    columns = (bed, before, icu, los, delayed, leaves_at)
    return _Course(*(np.array([value]) for value in columns))


def left(one: _Course, time: float) -> tuple[float, float, float]:
    rest = one.left(time, np.array([0]))
    return rest.icu_minutes[0], rest.los[0], rest.delayed[0]


# What is left of a stay, worked out by hand


def test_of_ten_days_on_a_ward_seven_are_left_after_three():
    assert left(stay(los=10 * DAY, before=5 * DAY), 3 * DAY) == (0, 7 * DAY, 0)


def test_who_is_in_intensive_care_has_the_whole_ward_stay_before_them():
    # Two of five days in intensive care are over; the ward comes after it
    one = stay(icu=5 * DAY, los=4 * DAY)
    assert one.in_icu(2 * DAY).all()
    assert left(one, 2 * DAY) == (3 * DAY, 4 * DAY, 0)


def test_who_got_worse_half_way_has_half_the_ward_stay_after_intensive_care():
    # Ward 2 days, intensive care 3, ward 2: at day 4 one day of intensive care and 2 of ward remain
    one = stay(before=2 * DAY, icu=3 * DAY, los=4 * DAY)
    assert left(one, 4 * DAY) == (DAY, 2 * DAY, 0)
    assert left(one, 6 * DAY) == (0, DAY, 0)


def test_who_will_get_worse_gets_there_when_due():
    # After 1 of 2 days; `acute_stay` goes to intensive care half-way the stay that is left
    icu, on_ward, _ = left(stay(before=2 * DAY, icu=3 * DAY, los=4 * DAY), DAY)
    assert (icu, on_ward / 2) == (3 * DAY, DAY)


def test_who_waits_for_care_elsewhere_has_only_that_wait_left():
    assert left(stay(los=4 * DAY, before=2 * DAY, delayed=6 * DAY), 5 * DAY) == (0, 0, 5 * DAY)


def test_who_is_ready_at_night_stays_until_the_discharge_hour():
    # Ready at 20 h of day 4, home at noon of day 5; who is ready at 15 h leaves at once
    late, by_day = stay(los=4 * DAY + 20 * HOUR), stay(los=4 * DAY + 15 * HOUR)
    assert late.leaves(registry()) == 5 * DAY + 12 * HOUR
    assert by_day.leaves(registry()) == 4 * DAY + 15 * HOUR


# The state it makes


@pytest.fixture(scope="module")
def short_runs(starter):
    return {
        start: replicate(of_start("now", start), starter, Horizon(SEED, 0, 2), 0) for start in Start
    }


def inside(outcome, begin, end, time):
    records = outcome.records
    return (records.of(begin).time <= time).sum() - (records.of(end).time <= time).sum()


def test_wards_begin_as_full_as_demand_and_stays_make_them(short_runs, starter):
    # Little: patients a day times mean stay, over everyone the past drew for an acute bed; some of
    # them, from outside the region, are in a neighbouring hospital, and 430 has an sd of 21
    outcome = short_runs[Start.FILLED]
    begins = inside(outcome, Step.WARD_IN, Step.WARD_OUT, 1.0)
    past = sample_past(Horizon(SEED, 0, 2), outcome.scenario, starter.cells)
    stays = [
        np.sum(np.add(people.stays.los, people.stays.delayed)[chosen])
        for people, chosen in (
            (
                past.visits,
                np.array(past.visits.is_admitted) & ~np.array(past.visits.to_observation),
            ),
            (past.directs, np.ones(len(past.directs.time), dtype=bool)),
        )
    ]
    acute = sum(stays) / (PAST_WEEKS * MINUTES_PER_WEEK)
    elective = inside_elective(outcome)
    assert 0.85 * acute < begins - elective < 1.05 * acute
    assert inside(short_runs[Start.EMPTY], Step.WARD_IN, Step.WARD_OUT, 1.0) == 0


def inside_elective(outcome):
    at_start = outcome.records.of(Step.WARD_IN)
    planned = at_start.patient[at_start.time == 0] // COHORT_SPAN
    return np.isin(planned, (2, 3)).sum()


def test_no_ward_or_intensive_care_begins_with_more_than_its_beds(short_runs):
    outcome = short_runs[Start.FILLED]
    for number, site in enumerate(outcome.sites):
        if outcome.is_neighbour[number]:
            continue
        for step, resources in (
            (Step.WARD_IN, (Resource.WARD_BEDS, Resource.ELECTIVE_BEDS)),
            (Step.ICU_IN, (Resource.ICU_BEDS,)),
        ):
            there = outcome.records.of(step)
            beds = sum(outcome.capacity[site, resource][0] for resource in resources)
            assert ((there.time == 0) & (there.site == number)).sum() <= beds, (site, step)


def test_everyone_of_the_past_enters_at_the_start_and_leaves_at_most_once(short_runs):
    records = short_runs[Start.FILLED].records
    of_past = (records.patient >= 0) & (records.patient % COHORT_SPAN >= FIRST_NUMBER)
    entered = of_past & (records.step == Step.ENTER)
    gone = records.patient[of_past & (records.step == Step.LEAVE)]
    assert entered.sum() == len(np.unique(records.patient[of_past])) > 500
    assert (records.time[entered] == 0).all()
    assert len(gone) == len(np.unique(gone))


def test_the_past_changes_none_of_the_patients_to_come(short_runs):
    seen = []
    for outcome in short_runs.values():
        visit = outcome.records.of(Step.ENTER)
        new = (visit.patient < COHORT_SPAN) & (visit.patient < FIRST_NUMBER)
        seen.append(dict(zip(visit.patient[new], visit.time[new], strict=True)))
    filled, empty = seen
    assert filled == empty


def test_nobody_of_the_past_counts_as_admitted_not_even_without_warm_up(short_runs):
    outcome = short_runs[Start.FILLED]
    kpis = {(site, kpi): value for site, kpi, value in measure(outcome)}
    inside_after = outcome.records.of(Step.WARD_IN)
    new = np.unique(inside_after.patient[inside_after.time > 0])
    of_past = new % COHORT_SPAN >= FIRST_NUMBER  # from intensive care, in the weeks that count
    weeks_per_year = 365.25 / 7
    most = len(new) * weeks_per_year / 2
    least = (len(new) - of_past.sum()) * weeks_per_year / 2
    assert least <= kpis["region", "ward.admissions"] <= most


def test_the_past_is_the_same_in_every_configuration(starter):
    horizon = Horizon(SEED, 0, 4)
    now, other = (
        sample_past(horizon, load("now").in_year(2034), starter.cells),
        sample_past(horizon, load("single-hengelo"), starter.cells),
    )
    for cohort in ("visits", "directs", "operations", "medicals", "births"):
        mine, theirs = getattr(now, cohort), getattr(other, cohort)
        for field in dataclasses.fields(mine):
            assert getattr(mine, field.name) == getattr(theirs, field.name), (cohort, field.name)


@pytest.mark.slow
def test_after_a_week_beds_are_as_full_as_months_later(starter):
    weeks = 12
    outcomes = [
        replicate(of_start("now", Start.FILLED), starter, Horizon(SEED, number, weeks), 0)
        for number in range(2)
    ]
    for begin, end, tolerance in (
        (Step.WARD_IN, Step.WARD_OUT, 0.04),
        (Step.ICU_IN, Step.ICU_OUT, 0.35),  # few and long stays: 2 of 15 by chance alone
    ):
        noon = np.arange(weeks * 7) * DAY + DAY / 2
        there = np.mean(
            [[inside(outcome, begin, end, time) for time in noon] for outcome in outcomes], axis=0
        )
        by_week = there.reshape(weeks, 7).mean(axis=1)
        assert by_week[1:5].mean() == pytest.approx(by_week[5:].mean(), rel=tolerance), begin
