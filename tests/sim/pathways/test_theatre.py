"""Sessions, emergencies and cancellations in the region itself."""

from datetime import date, timedelta

import numpy as np
import pytest

from geodata.dataset.folder import load as load_data
from results.kpis.measure import measure
from scenarios.calendar.holidays import date_of, public_holidays
from scenarios.files.loading import load
from scenarios.schema.theatre_sessions import specialties
from sim.journal.steps import NOBODY, Step
from sim.patients.cohort import Horizon
from sim.patients.population import sample_patients
from sim.replication.replicate import replicate
from sim.simulation import simulate
from sim.units import MINUTES_PER_DAY

WEEKS = 5


@pytest.fixture(scope="module")
def data():
    return load_data(None)


def journal(data, name, *settings, weeks=WEEKS):
    scenario = load(name, settings)
    horizon = Horizon(3, 0, weeks)
    patients = sample_patients(
        horizon, scenario.effective_parameters(), data.cells, scenario.horizon_year
    )
    region = simulate(scenario, data, horizon, patients)
    return region, region.journal.records()


@pytest.fixture(scope="module")
def now(data):
    return journal(data, "now")


@pytest.fixture(scope="module")
def crowded(data):
    """Sessions that are packed and may hardly run late, so that many are cancelled."""
    return journal(data, "now", "theatre.session.reserved=0", "theatre.session.overrun=0", weeks=4)


def kpi(data, name, site, *settings, weeks=6):
    outcome = replicate(load(name, settings), data, Horizon(3, 0, weeks + 1), 1)
    return {key: value for where, key, value in measure(outcome) if where == site}


@pytest.mark.parametrize(
    ("year", "easter"), [(2024, (3, 31)), (2025, (4, 20)), (2034, (4, 9)), (2045, (4, 9))]
)
def test_easter_is_when_the_calendar_says(year, easter):
    sunday = date(year, *easter)
    assert {sunday + timedelta(1), sunday + timedelta(39)} <= public_holidays(year)
    assert sunday not in public_holidays(year)  # a Sunday as any other


def test_king_s_day_is_kept_a_day_early_when_it_is_a_sunday():
    assert date(2025, 4, 26) in public_holidays(2025)
    assert date(2025, 4, 27) not in public_holidays(2025)


def test_no_session_runs_on_a_weekend_or_a_public_holiday(now):
    region, records = now
    days = set((records.of(Step.SESSION_START).time // MINUTES_PER_DAY).astype(int).tolist())
    assert days
    dates = {date_of(day, 2024) for day in days}
    assert all(day.weekday() < 5 for day in dates)
    assert not dates & public_holidays(2024)
    assert 0 not in days  # 1 January 2024
    assert not region.theatre_schedule.sessions(
        date(2024, 4, 1).timetuple().tm_yday - 1
    )  # Easter Monday


def test_reduced_weeks_run_fewer_sessions(now):
    schedule = now[0].theatre_schedule
    august, june = (
        sum(
            len(schedule.sessions((date(2024, month, first) - date(2024, 1, 1)).days + day))
            for day in range(14)
        )
        for month, first in ((7, 29), (6, 3))
    )
    assert august < 0.8 * june


def test_a_site_has_no_more_sessions_than_elective_teams(now):
    region = now[0]
    for day in range(14):
        sites = [block.site for block in region.theatre_schedule.sessions(day)]
        for site in set(sites):
            assert sites.count(site) <= region.hospitals[site].elective_teams


def test_a_site_has_no_more_sessions_of_a_kind_than_rooms_for_it(data, tmp_path):
    path = tmp_path / "own.yaml"
    few = "{{always: {}, source: mine, confidence: engineering_estimate}}".format
    path.write_text(
        "extends: now\nsites:\n  MST:\n    capacity:\n"
        f"      theatre.thoracic_rooms: {few(1)}\n      theatre.rooms: {few(8)}\n"
    )
    region = journal(data, str(path), weeks=2)[0]
    mst = region.geography.sites.index("MST")
    counts = []
    for day in range(1, 5):
        blocks = [block for block in region.theatre_schedule.sessions(day) if block.site == mst]
        thoracic = sum(block.specialty == region.theatre_schedule.thoracic for block in blocks)
        counts.append((thoracic, len(blocks) - thoracic))
    assert counts == [(1, 8)] * 4


def test_each_patient_is_operated_on_at_most_once_and_every_start_ends(now):
    _, records = now
    births = 4  # cohort: a caesarean may be followed by nothing else in theatre
    starts = records.of(Step.SURGERY_START)
    patients, times = np.unique(starts.patient, return_counts=True)
    assert times.max() == 1
    ends = set(records.of(Step.SURGERY_END).patient.tolist())
    before = starts.patient[starts.time < records.time.max() - MINUTES_PER_DAY]
    assert set(before.tolist()) <= ends
    assert births in set((patients // 10_000_000).tolist())


def test_a_cancelled_patient_is_operated_on_later_exactly_once(crowded):
    _, records = crowded
    cancelled, starts = records.of(Step.SURGERY_CANCELLED), records.of(Step.SURGERY_START)
    early = cancelled.time < records.time.max() - 10 * MINUTES_PER_DAY
    patients = np.unique(cancelled.patient[early])
    assert len(patients) > 50
    for patient in patients:
        start = starts.time[starts.patient == patient]
        assert len(start) == 1
        last = cancelled.time[cancelled.patient == patient].max()
        assert start[0] // MINUTES_PER_DAY > last // MINUTES_PER_DAY


def test_operations_of_a_specialty_last_at_least_their_shift(data):
    scenario = load("now")
    parameters = scenario.effective_parameters()
    operations = sample_patients(Horizon(3, 0, 8), parameters, data.cells, 2024).operations
    minutes = np.array(operations.surgery_minutes)
    for number, name in enumerate(
        ("gynaecology", "neurosurgery", "orthopaedics", "short", "surgery", "thoracic", "urology")
    ):
        of = minutes[np.array(operations.specialty) == number]
        assert of.min() > parameters[f"theatre.specialty.{name}.shift"]
        assert of.mean() == pytest.approx(parameters[f"theatre.specialty.{name}.mean"], rel=0.12)
    assert minutes.mean() == pytest.approx(65, rel=0.03)  # Stepaniak 2009


def test_a_full_recovery_keeps_patients_in_theatre(data):
    usual = kpi(data, "now", "ZGT_HEN", weeks=2)
    tight = kpi(data, "now", "ZGT_HEN", "theatre.recovery.mean=200", weeks=2)
    assert tight["theatre.recovery.blocked"] > usual["theatre.recovery.blocked"]
    assert tight["theatre.overtime"] > usual["theatre.overtime"]


def test_break_in_shortens_the_wait_of_emergencies_and_costs_planned_surgery(data):
    break_in = kpi(data, "now", "MST")
    dedicated = kpi(data, "now", "MST", "policies.emergency_theatre=dedicated")
    assert break_in["theatre.cat2.wait.p95"] <= dedicated["theatre.cat2.wait.p95"]
    assert break_in["theatre.overtime"] > dedicated["theatre.overtime"]


def test_class_4_starts_on_weekdays_and_class_3_by_day(now):
    _, records = now
    starts = records.of(Step.SURGERY_START)
    when = dict(zip(starts.patient.tolist(), starts.time.tolist(), strict=True))
    for step in (Step.BOOKED_CAT3, Step.BOOKED_CAT4):
        booked = records.of(step)
        times = np.array([when[patient] for patient in booked.patient.tolist() if patient in when])
        hour = times / 60 % 24
        assert ((hour >= 8) & (hour < 23)).all()
        if step is Step.BOOKED_CAT4:
            assert (times // MINUTES_PER_DAY % 7 < 5).all()


def test_without_theatre_at_night_almelo_sends_its_surgery_to_enschede(data):
    region, records = journal(data, "theatre-by-day-almelo", weeks=3)
    almelo = region.geography.sites.index("ZGT_ALM")
    starts = records.of(Step.SURGERY_START)
    hour = starts.time[starts.site == almelo] / 60 % 24
    assert not ((hour >= 3) & (hour < 8)).any()  # a few hours to finish who waits at 23:00
    transfers = records.of(Step.CALL_TRANSFER)
    at_night = (transfers.time / 60 % 24 >= 23) | (transfers.time / 60 % 24 < 8)
    assert (transfers.site[at_night] == almelo).any()


def test_a_focus_clinic_takes_day_surgery_only(data):
    usual, focus = (
        kpi(data, name, "ZGT_HEN", weeks=3)["theatre.elective.operations"]
        for name in ("now", "focus-hengelo")
    )
    assert focus > 1.4 * usual
    assert "ed.arrivals" not in kpi(data, "focus-hengelo", "ZGT_HEN", weeks=2)


def test_two_sites_that_share_teams_help_each_other(data):
    _, alone = journal(data, "now", weeks=3)
    _, together = journal(data, "now", "policies.shared_teams=true", weeks=3)
    assert len(alone.of(Step.TEAM_BORROWED)) == 0
    borrowed = together.of(Step.TEAM_BORROWED)
    assert len(borrowed) > 0
    assert (borrowed.patient == NOBODY).all()


def test_sessions_run_as_the_scenario_writes_them(data, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "extends: now\nsites:\n  ZGT_HEN:\n    theatre_schedule:\n"
        '      - {specialty: orthopaedics, when: "even weeks Mon 10:00-14:00", rooms: 2}\n'
    )
    names = specialties(load("now").effective_parameters())
    region, records = journal(data, str(path), weeks=4)
    hengelo = region.geography.sites.index("ZGT_HEN")
    operations = region.patients.operations
    started = records.of(Step.SURGERY_START)
    orthopaedic = {
        patient
        for patient, site, specialty in zip(
            operations.patient, region.theatre_schedule.site, operations.specialty, strict=True
        )
        if site == hengelo and names[specialty] == "orthopaedics"
    }
    times = started.time[np.isin(started.patient, list(orthopaedic))]
    assert len(times) >= 4
    days, of_day = np.divmod(times, 24 * 60)
    assert set(days) == {14}  # Monday of the second even week; the first is New Year's Day
    assert of_day.min() >= 10 * 60
    first = records.of(Step.SESSION_START)
    assert ((first.time == 14 * 24 * 60 + 10 * 60) & (first.site == hengelo)).sum() == 2
    others = [
        b
        for day in (14, 15, 16)
        for b in region.theatre_schedule.sessions(day)
        if b.site == hengelo
    ]
    assert {names[block.specialty] for block in others} > {"orthopaedics"}  # as needed
