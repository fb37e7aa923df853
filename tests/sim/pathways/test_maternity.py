"""Who gives birth where and how, and the team that a caesarean finds."""

import numpy as np
import pytest

from geodata.dataset.folder import load as load_data
from results.kpis.measure import measure
from scenarios.files.loading import load
from sim.journal.steps import NOBODY, Step
from sim.patients.births import AGE_BANDS, BirthPlace, Mode, sample_births
from sim.patients.cohort import Horizon
from sim.patients.population import sample_patients
from sim.replication.replicate import replicate
from sim.simulation import simulate
from sim.units import MINUTES_PER_HOUR


@pytest.fixture(scope="module")
def data():
    return load_data(None)


@pytest.fixture(scope="module")
def parameters():
    return load("now").effective_parameters()


@pytest.fixture(scope="module")
def births(data, parameters):
    """Four years of births."""
    return sample_births(Horizon(5, 0, 208), parameters, data.cells, 2024)


def journal(data, name, *settings, weeks=4):
    scenario = load(name, settings)
    horizon = Horizon(5, 0, weeks)
    patients = sample_patients(
        horizon, scenario.effective_parameters(), data.cells, scenario.horizon_year
    )
    region = simulate(scenario, data, horizon, patients)
    return region, region.journal.records()


def kpi(data, name, site, *settings, weeks=13):
    outcome = replicate(load(name, settings), data, Horizon(5, 0, weeks + 1), 1)
    return {key: value for where, key, value in measure(outcome) if where == site}


def near(flags, share, z=4.0):
    """Whether the share of True is what it should be, within chance."""
    flags = np.asarray(flags)
    return abs(flags.mean() - share) < z * np.sqrt(share * (1 - share) / len(flags))


def test_births_by_mode_match_the_input_in_a_long_run(births, parameters):
    mode, nulli = np.array(births.mode), np.array(births.is_nulliparous)
    assert near(nulli, parameters["maternity.share.nulliparous"])
    for name, value in (
        ("instrumental", Mode.INSTRUMENTAL),
        ("planned_caesarean", Mode.PLANNED_CAESAREAN),
        ("unplanned_caesarean", Mode.UNPLANNED_CAESAREAN),
    ):
        assert near(mode[nulli] == value, parameters[f"maternity.mode.{name}.nulli"])
        assert near(mode[~nulli] == value, parameters[f"maternity.mode.{name}.multi"])


def test_births_by_place_match_the_input_in_a_long_run(births, parameters):
    place, nulli = np.array(births.place), np.array(births.is_nulliparous)
    assert near(place == BirthPlace.HOME, parameters["maternity.place.home"])
    first_line = (place == BirthPlace.FIRST_LINE) | (place == BirthPlace.BIRTH_CENTRE)
    assert near(first_line, parameters["maternity.place.first_line"])
    assert near(
        place[first_line] == BirthPlace.BIRTH_CENTRE, parameters["maternity.place.birth_centre"]
    )
    midwife = first_line | (place == BirthPlace.HOME) | (place == BirthPlace.REFERRED)
    for group, label in ((nulli, "nulli"), (~nulli, "multi")):
        referred = place[midwife & group] == BirthPlace.REFERRED
        assert near(referred, parameters[f"maternity.referral.{label}"])


def test_younger_mothers_more_often_have_their_first(births):
    age, nulli = np.array(births.age), np.array(births.is_nulliparous)
    shares = [nulli[age == AGE_BANDS.index(band)].mean() for band in ("20_24", "25_29", "30_34")]
    assert shares == sorted(shares, reverse=True)


def test_births_and_inductions_follow_their_own_week(births):
    day = np.array(births.time) // (24 * MINUTES_PER_HOUR) % 7
    induced = np.array(births.is_induced)
    assert near(day[induced] >= 5, (0.65 + 0.6) / 7)
    planned = np.array(births.mode) == Mode.PLANNED_CAESAREAN
    assert (day[planned] < 5).all()


def test_the_same_woman_gives_birth_in_every_configuration(data):
    names = ("now", "one-obstetrics-enschede", "theatre-by-day-almelo", "new-central")
    entered = []
    for name in names:
        _, records = journal(data, name, "horizon_year=2034", weeks=2)
        steps = records.of(Step.NULLIPAROUS, Step.MULTIPAROUS)
        order = np.argsort(steps.patient)
        entered.append(
            list(zip(steps.patient[order], steps.step[order], steps.time[order], strict=True))
        )
    assert len(entered[0]) > 100
    assert all(women == entered[0] for women in entered[1:])


def test_a_year_with_more_births_holds_the_women_of_a_year_with_fewer(data):
    growing = load("now", ["demand.births.trend=0.01"]).effective_parameters()
    horizon = Horizon(5, 0, 10)
    early, late = (sample_births(horizon, growing, data.cells, year) for year in (2024, 2040))
    rows = {
        patient: (time, cell, mode)
        for patient, time, cell, mode in zip(
            late.patient, late.time, late.cell, late.mode, strict=True
        )
    }
    assert len(late.patient) > len(early.patient)
    assert all(
        rows[patient] == (time, cell, mode)
        for patient, time, cell, mode in zip(
            early.patient, early.time, early.cell, early.mode, strict=True
        )
    )


@pytest.mark.parametrize(
    ("name", "closed"), [("one-obstetrics-enschede", "ZGT_ALM"), ("one-obstetrics-almelo", "MST")]
)
def test_nobody_gives_birth_where_obstetrics_is_closed(data, name, closed):
    region, records = journal(data, name, weeks=3)
    site = region.geography.sites.index(closed)
    assert site not in records.of(Step.BIRTH_HOSPITAL).site


def test_alternating_closures_leave_nobody_waiting_for_a_week(data):
    _, records = journal(data, "alternating-obstetrics", weeks=5)
    arrive = records.of(Step.MATERNITY_ARRIVE)
    born = records.of(Step.BIRTH_HOSPITAL, Step.BIRTH_ON_THE_WAY)
    when = dict(zip(born.patient.tolist(), born.time.tolist(), strict=True))
    stays = [
        when.get(patient, np.inf) - time
        for patient, time in zip(arrive.patient.tolist(), arrive.time.tolist(), strict=True)
        if time < records.time.max() - 4 * 24 * MINUTES_PER_HOUR
    ]
    assert max(stays) < 3.5 * 24 * MINUTES_PER_HOUR


def test_a_team_in_house_is_faster_than_a_team_at_home(data):
    at_home = kpi(data, "now", "ZGT_ALM")
    in_house = kpi(
        data,
        "now",
        "ZGT_ALM",
        "sites.ZGT_ALM.night_theatre_team=in_house",
        "sites.ZGT_ALM.night_on_call=[]",
    )
    assert (
        in_house["maternity.caesarean.night.median"] < at_home["maternity.caesarean.night.median"]
    )
    assert in_house["maternity.caesarean.within_30"] > at_home["maternity.caesarean.within_30"]


def test_an_incision_never_comes_before_the_woman_is_ready(data):
    region, records = journal(data, "now", weeks=8)
    births = region.patients.births
    prepare = dict(zip(births.patient, births.prepare, strict=True))
    decided = records.of(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    incision = records.of(Step.INCISION)
    when = dict(zip(incision.patient.tolist(), incision.time.tolist(), strict=True))
    delays = [
        when[patient] - time - prepare[patient]
        for patient, time in zip(decided.patient.tolist(), decided.time.tolist(), strict=True)
        if patient in when
    ]
    assert len(delays) > 20
    assert min(delays) > -1e-6


def test_full_delivery_rooms_start_a_stop_but_never_at_both_sites_at_once(data):
    _, records = journal(data, "now", "maternity.rooms_per_midwife=0.7", weeks=4)
    stops = records.of(Step.MATERNITY_STOP, Step.MATERNITY_STOP_END)
    assert (stops.patient == NOBODY).all()
    level = np.cumsum(np.where(stops.step == Step.MATERNITY_STOP, 1, -1))
    assert level.max() == 1
    assert len(records.of(Step.MATERNITY_DIVERTED)) > 0


def test_the_smallest_go_to_zwolle_by_ambulance(data):
    _, records = journal(data, "now", weeks=8)
    small = set(records.of(Step.NICU_TRANSFER).patient.tolist())
    assert small
    assert small <= set(records.of(Step.CALL_TRANSFER).patient.tolist()) | {
        patient
        for patient, time in zip(
            records.of(Step.NICU_TRANSFER).patient.tolist(),
            records.of(Step.NICU_TRANSFER).time.tolist(),
            strict=True,
        )
        if time > records.time.max() - 60
    }


def test_the_risk_translation_is_off_unless_asked_for(data):
    usual = kpi(data, "now", "region", weeks=3)
    asked = kpi(data, "now", "region", "maternity.risk.report=1", weeks=3)
    assert not any(key.startswith("maternity.risk") for key in usual)
    low, middle, high = (asked[f"maternity.risk.mortality{part}"] for part in (".low", "", ".high"))
    assert 0 < low < middle < high < 5
