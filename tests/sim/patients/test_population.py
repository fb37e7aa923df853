"""Everyone is drawn beforehand: the same people in every configuration, in the shares put in."""

from collections import Counter
from dataclasses import fields

import numpy as np
import pytest

from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.parameters.registry import registry
from scenarios.schema.theatre_sessions import THORACIC, specialties
from sim.patients.births import BirthPlace, Mode
from sim.patients.cohort import Cohort, Horizon, births_growth
from sim.patients.hospital_choice import apparent, preferences
from sim.patients.population import Patients, sample_patients
from sim.patients.stays import Stays
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_WEEK

SEED, LONG, SHORT = 11, 40, 2
COHORTS = tuple(field.name for field in fields(Patients))


def drawn(starter, name="now", *, seed=SEED, weeks=SHORT, year=None, settings=()):
    scenario = load(name, settings)
    return sample_patients(
        Horizon(seed, 0, weeks),
        scenario.effective_parameters(),
        starter.cells,
        year or scenario.horizon_year,
    )


@pytest.fixture(scope="module")
def long_run(starter):
    return drawn(starter, weeks=LONG)


def persons_of(cohort):
    """Return each patient of a cohort as a tuple of everything known of him or her."""
    columns = {}
    for field in fields(cohort):
        value = getattr(cohort, field.name)
        parts = (
            {f"stays.{part.name}": getattr(value, part.name) for part in fields(value)}
            if isinstance(value, Stays)
            else {field.name: value}
        )
        columns |= parts
    rows = zip(*columns.values(), strict=True)
    return {row[list(columns).index("patient")]: row for row in rows}


def test_every_configuration_of_a_year_has_the_same_patients(starter):
    expected = drawn(starter, "now", year=2034)
    for name in shipped_names():
        assert drawn(starter, name, year=2034) == expected, name


def test_another_seed_or_replication_has_other_patients(starter):
    one, other = drawn(starter), drawn(starter, seed=SEED + 1)
    for cohort in COHORTS:
        assert getattr(one, cohort).time != getattr(other, cohort).time, cohort
    parameters = registry()
    again = sample_patients(Horizon(SEED, 1, SHORT), parameters, starter.cells, 2024)
    assert again.visits.time != one.visits.time


@pytest.mark.parametrize("cohort", COHORTS)
def test_the_patients_of_2024_are_among_those_of_2040(starter, cohort):
    growing = [
        "demand.births.trend=0.01",
        "demand.age_index.0_14=1.1",
        "demand.age_index.15_64=1",
        *(f"{key}=0.02" for key in registry() if key.startswith("demand.municipality.growth.")),
    ]
    now = persons_of(getattr(drawn(starter, year=2024, settings=growing), cohort))
    later = persons_of(getattr(drawn(starter, year=2040, settings=growing), cohort))
    assert len(now) < len(later)
    assert all(later.get(number) == person for number, person in now.items())


def test_no_two_patients_share_a_number_and_each_cohort_has_its_own(long_run):
    numbers = [number for cohort in COHORTS for number in getattr(long_run, cohort).patient]
    assert len(set(numbers)) == len(numbers)
    for cohort, kind in zip(COHORTS, Cohort, strict=True):
        assert kind.includes(np.array(getattr(long_run, cohort).patient)).all()


def test_patients_come_in_order_of_time_within_the_horizon(long_run):
    for cohort in COHORTS:
        time = np.array(getattr(long_run, cohort).time)
        assert (np.diff(time) >= 0).all(), cohort
        assert 0 <= time[0] <= time[-1] < Horizon(SEED, 0, LONG).end, cohort


def test_each_stream_of_random_numbers_serves_one_purpose(starter, monkeypatch):
    asked = Counter()
    real = Horizon.generator

    def spied(self, purpose, detail=0):
        asked[purpose, detail] += 1
        return real(self, purpose, detail)

    monkeypatch.setattr(Horizon, "generator", spied)
    drawn(starter)
    assert {purpose: times for purpose, times in asked.items() if times > 1} == {}


def near(share, expected, count, z=3.3):
    """Whether a share of `count` draws lies within z standard errors (99.9%) of the expected."""
    return abs(share - expected) <= z * np.sqrt(expected * (1 - expected) / count)


# Emergency department


def test_the_triage_mix_is_the_one_put_in(long_run):
    urgency = np.array(long_run.visits.urgency)
    for level in range(6):
        expected = registry()[f"ed.triage.share.U{level}"]
        assert near((urgency == level).mean(), expected, len(urgency)), level


def test_about_37_percent_is_admitted(long_run):
    # NTvG 2016: 37.2%; an anchor is met within 5%
    assert np.mean(long_run.visits.is_admitted) == pytest.approx(0.372, rel=0.05)


def test_ambulances_bring_the_share_put_in_for_each_urgency(long_run):
    urgency, rides = np.array(long_run.visits.urgency), np.array(long_run.visits.by_ambulance)
    for level in range(6):
        here = rides[urgency == level]
        expected = registry()[f"ed.ambulance.share.U{level}"]
        assert near(here.mean(), expected, len(here)), level


def test_visits_a_year_follow_from_inhabitants_and_rates(starter, long_run):
    rates = [registry()[f"demand.ed.rate.{age}"] for age in ("0_14", "15_64", "65_79", "80_plus")]
    bands = starter.cells[["age_0_14", "age_15_64", "age_65_79", "age_80_plus"]].sum().to_numpy()
    per_year = float(bands @ rates) / 1000 * registry()["demand.ed.level"]
    found = len(long_run.visits.time) / LONG * 365.25 / 7
    assert found == pytest.approx(per_year, rel=0.02)  # day-to-day variation 8.7% / sqrt(280 days)


def test_who_goes_to_theatre_or_intensive_care_is_admitted_and_urgent(long_run):
    visits = long_run.visits
    rows = zip(visits.to_theatre, visits.to_icu, visits.is_admitted, visits.urgency, strict=True)
    for theatre, icu, admitted, urgency in rows:
        assert not (theatre and icu)
        assert admitted or not (theatre or icu)
        assert urgency <= 2 or not icu
        assert urgency <= 3 or not theatre


def test_those_seen_first_never_lose_patience(long_run):
    urgency, patience = np.array(long_run.visits.urgency), np.array(long_run.visits.patience)
    assert np.isinf(patience[urgency < 3]).all()
    assert patience[urgency >= 3].mean() == pytest.approx(420, rel=0.03)


def test_durations_in_the_department_have_the_means_put_in(long_run):
    visits, parameters = long_run.visits, registry()
    slower = np.array([1, 1, parameters["ed.slower.65_79"], parameters["ed.slower.80_plus"]])
    for column, key in (("assessment", "ed.doctor"), ("treatment", "ed.treatment")):
        minutes = np.array(getattr(visits, column)) / slower[np.array(visits.age)]
        assert minutes.mean() == pytest.approx(parameters[f"{key}.mean"], rel=0.02)
    consult = parameters["ed.consult.share"] * parameters["ed.consult.mean"]
    assert np.mean(visits.consult) == pytest.approx(consult, rel=0.03)


# Births


@pytest.fixture(scope="module")
def births(long_run):
    return long_run.births


def test_births_a_year_follow_from_the_cells(starter, births):
    per_year = float(starter.cells["births"].sum()) * registry()["demand.births.level"]
    expected = per_year * LONG * 7 / 365.25
    assert len(births.time) == pytest.approx(expected, abs=3.3 * np.sqrt(expected))


@pytest.mark.parametrize("mode", ["instrumental", "planned_caesarean", "unplanned_caesarean"])
def test_births_by_mode_match_the_shares_put_in(births, mode):
    first = registry()["maternity.share.nulliparous"]
    expected = (
        first * registry()[f"maternity.mode.{mode}.nulli"]
        + (1 - first) * (registry()[f"maternity.mode.{mode}.multi"])
    )
    found = np.mean(np.array(births.mode) == Mode[mode.upper()])
    assert near(found, expected, len(births.mode))


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ((BirthPlace.HOME,), "maternity.place.home"),
        ((BirthPlace.FIRST_LINE, BirthPlace.BIRTH_CENTRE), "maternity.place.first_line"),
    ],
)
def test_births_by_place_match_the_shares_put_in(births, place, key):
    found = np.mean(np.isin(births.place, place))
    assert near(found, registry()[key], len(births.place))


def test_births_led_by_a_midwife_are_spontaneous(births):
    rows = zip(births.place, births.mode, births.is_induced, strict=True)
    for place, mode, induced in rows:
        if place in (BirthPlace.HOME, BirthPlace.FIRST_LINE, BirthPlace.BIRTH_CENTRE):
            assert mode == Mode.SPONTANEOUS
            assert not induced


def test_a_quarter_of_births_is_induced_and_never_a_planned_caesarean(births):
    induced = np.array(births.is_induced)
    assert near(induced.mean(), registry()["maternity.induction"], len(induced))
    assert not (induced & (np.array(births.mode) == Mode.PLANNED_CAESAREAN)).any()


def test_births_after_induction_peak_around_midnight(births):
    # Martin 2018, the source of births_after_induction: 30% between 21:00 and 03:00, 22% between
    # 09:00 and 15:00. She comes in, ripens if she must, and then labours.
    induced = np.array(births.is_induced)
    born = (np.array(births.time) + np.array(births.ripening) + np.array(births.labour))[induced]
    hour = born // 60 % 24
    assert ((hour >= 21) | (hour < 3)).mean() > ((hour >= 9) & (hour < 15)).mean()


def test_spontaneous_births_peak_in_the_early_morning(births):
    # Martin 2018: around 04:00
    spontaneous = ~np.array(births.is_induced) & (np.array(births.mode) == Mode.SPONTANEOUS)
    born = np.array(births.time)[spontaneous] + np.array(births.labour)[spontaneous]
    hour = born // 60 % 24
    assert ((hour >= 1) & (hour < 7)).mean() > ((hour >= 13) & (hour < 19)).mean()


def test_midwife_led_starts_are_referred_as_often_as_put_in(births):
    # Starts with a midwife by parity: nulliparous 56.8% referred, others 20%. Parity isn't kept,
    # so the sum: m_p births at home or first line of parity p, m_p r_p / (1 - r_p) referred.
    registered = registry()
    first = registered["maternity.share.nulliparous"]
    modes = ("instrumental", "planned_caesarean", "unplanned_caesarean")
    expected, spontaneous = 0.0, {}
    for parity, weight in (("nulli", first), ("multi", 1 - first)):
        others = sum(registered[f"maternity.mode.{mode}.{parity}"] for mode in modes)
        spontaneous[parity] = weight * (1 - others)
    midwife = registered["maternity.place.home"] + registered["maternity.place.first_line"]
    for parity, share in spontaneous.items():
        referral = registered[f"maternity.referral.{parity}"]
        expected += midwife * share / sum(spontaneous.values()) * referral / (1 - referral)
    found = np.mean(np.array(births.place) == BirthPlace.REFERRED)
    assert near(found, expected, len(births.place))


def test_planned_caesareans_come_on_weekday_mornings(births):
    time = np.array(births.time)[np.array(births.mode) == Mode.PLANNED_CAESAREAN]
    assert (time // 1440 % 7 < 5).all()
    assert (time // 60 % 24 >= 7).mean() > 0.95


# Planned patients and rides


def test_operations_are_divided_over_lists_by_volume(long_run):
    home = Counter(long_run.operations.home)
    total = sum(home.values())
    volumes = {site: registry()[f"theatre.elective.{site}"] for site in home}
    for site, volume in volumes.items():
        assert near(home[site] / total, volume / sum(volumes.values()), total)
    per_year = total / LONG * 365.25 / 7
    assert per_year == pytest.approx(sum(volumes.values()), rel=0.03)


def test_heart_surgery_needs_intensive_care_and_the_share_of_the_site_stays(long_run):
    found = long_run.operations
    parameters = load("now").effective_parameters()
    thoracic = np.array(found.specialty) == specialties(parameters).index(THORACIC)
    at_mst = np.array(found.home) == "MST"
    to_icu = np.array(found.icu_minutes) > 0
    of_thoracic = parameters["theatre.elective.icu.thoracic"]
    assert near(to_icu[thoracic].mean(), of_thoracic, thoracic.sum())
    assert near(to_icu[at_mst].mean(), parameters["theatre.elective.icu.MST"], at_mst.sum())
    assert to_icu[~thoracic].mean() < 0.015


def test_planned_patients_come_on_weekdays_in_session_hours(long_run):
    for cohort in (long_run.operations, long_run.medicals):
        assert (np.array(cohort.time) // 1440 % 7 < 5).all()
    hour = np.array(long_run.medicals.time) / 60 % 24
    assert ((hour >= 8) & (hour < 16)).all()


def test_rides_come_from_the_region_in_the_numbers_put_in(starter, long_run):
    rides = long_run.rides
    assert starter.cells["in_region"].to_numpy()[rides.cell].all()
    planned = np.array(rides.is_planned)
    for flag, key in ((planned, "planned"), (~planned, "no_transport")):
        expected = registry()[f"ambulance.rides.{key}"] * LONG * 7 / 365.25
        assert flag.sum() == pytest.approx(expected, abs=3.3 * np.sqrt(expected))


# Preference


def test_a_preference_belongs_to_patient_and_site():
    horizon = Horizon(SEED, 0, SHORT)
    both = preferences(horizon, Purpose.VISIT_CHOICE, [3, 8], ["MST", "ZGT_ALM"], 6.0)
    more = preferences(horizon, Purpose.VISIT_CHOICE, [1, 3, 5, 8], ["X", "ZGT_ALM", "MST"], 6.0)
    assert both[:, 0].tolist() == more[[1, 3], 2].tolist()
    assert both[:, 1].tolist() == more[[1, 3], 1].tolist()
    assert len(set(both.ravel())) == 4


def test_without_spread_everyone_chooses_the_nearest():
    none = preferences(Horizon(SEED, 0, SHORT), Purpose.VISIT_CHOICE, [0, 1], ["A", "B"], 0.0)
    assert not none.any()


def test_the_nearer_of_two_is_chosen_as_the_logit_model_says():
    # 10 and 16 minutes, spread 0.5: 16^2 / (10^2 + 16^2) = 71.9%, and as much at 5 and 8 minutes
    liking = preferences(
        Horizon(SEED, 0, SHORT), Purpose.VISIT_CHOICE, range(40_000), ["A", "B"], 0.5
    )
    for trip in (np.array([10.0, 16.0]), np.array([5.0, 8.0])):
        seems = apparent(trip) - liking
        assert near((seems[:, 0] < seems[:, 1]).mean(), 256 / 356, 40_000)


def test_births_follow_the_inhabitants_of_their_municipality(starter):
    def growth(code, year):
        cell = np.flatnonzero((starter.cells["municipality_code"] == code).to_numpy())[:1]
        return births_growth(registry(), starter.cells, year, cell, np.zeros(1))[0]

    # Enschede +6.9% and Dinkelland -4.4% from 2021 to 2035, of which 3 of 14 years are past
    assert growth("GM0153", 2035) == pytest.approx(1.069 / (1 + 0.069 * 3 / 14))
    assert growth("GM1774", 2035) == pytest.approx(0.956 / (1 - 0.044 * 3 / 14))
    assert growth("GM0153", 2024) == growth("GM1774", 2024) == pytest.approx(1)


def test_births_peak_in_late_summer_when_the_season_is_asked_for(starter):
    settings = ["demand.season.start_week=1"]
    births = drawn(starter, weeks=52, settings=settings).births
    week = (np.array(births.time) // MINUTES_PER_WEEK).astype(int)
    by_week = np.bincount(week, minlength=52)[1:52]
    summer, winter = by_week[30:38].mean(), np.r_[by_week[:8], by_week[-5:]].mean()
    # CBS 2019: 1.07-1.09 of the mean in August and September, 0.90-0.99 in December to February
    assert summer / winter == pytest.approx(1.08 / 0.945, rel=0.06)


@pytest.mark.parametrize(("line", "trend"), [("operations", 0.0061), ("medicals", None)])
def test_planned_care_grows_as_mst_expects_of_each_line(starter, line, trend):
    now, later = (
        len(getattr(drawn(starter, weeks=26, year=year), line).time) for year in (2024, 2044)
    )
    # chronic 1.07% a year, of which 15% oncology with 1.90%
    expected = (1 + trend) ** 20 if trend else 0.85 * 1.0107**20 + 0.15 * 1.019**20
    assert later / now == pytest.approx(expected, rel=0.03)


def test_oncological_surgery_grows_faster_than_other_surgery(starter):
    now, later = (drawn(starter, weeks=52, year=year).operations for year in (2024, 2060))
    grown = sum(later.is_rectal) / sum(now.is_rectal)
    assert grown > len(later.time) / len(now.time)
    assert set(np.array(now.patient)[np.array(now.is_rectal)]) <= set(later.patient)


def test_the_severely_injured_are_as_many_as_the_trauma_registry_counts(starter, long_run):
    # 27 of 100,000 inhabitants a year, within chance and the estimate's rounding
    people = starter.cells[["age_0_14", "age_15_64", "age_65_79", "age_80_plus"]].to_numpy().sum()
    a_year = sum(long_run.visits.is_severe_trauma) * 365.25 / 7 / LONG
    assert a_year / people * 100_000 == pytest.approx(27.3, rel=0.25)
    assert all(
        severe or not direct
        for severe, direct in zip(
            long_run.visits.is_severe_trauma, long_run.visits.to_trauma_centre, strict=True
        )
    )


def test_avoided_admissions_are_those_of_the_ward_and_not_of_intensive_care_or_theatre(starter):
    # Half avoided: half of the admissions past the department, and of those from it to the ward.
    half = ("demand.avoided.admissions=0.5",)
    usual, fewer = (drawn(starter, weeks=20, settings=how) for how in ((), half))
    assert len(fewer.directs.patient) / len(usual.directs.patient) == pytest.approx(0.5, abs=0.04)
    assert set(fewer.directs.patient) < set(usual.directs.patient)

    def to_ward(visits):
        flags = np.array(visits.is_admitted) & ~np.array(visits.to_theatre)
        return (flags & ~np.array(visits.to_icu)).sum()

    assert to_ward(fewer.visits) / to_ward(usual.visits) == pytest.approx(0.5, abs=0.03)
    assert fewer.visits.to_icu == usual.visits.to_icu
    assert fewer.visits.to_theatre == usual.visits.to_theatre
    assert fewer.visits.patient == usual.visits.patient
