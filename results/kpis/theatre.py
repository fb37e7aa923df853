"""KPIs of the operating theatre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.config.norms import norms
from results.kpis.timeline import P95, quantile, share
from scenarios.calendar.opening_hours import FORTNIGHT, weekend_hours
from scenarios.schema.vocabulary import Resource
from scenarios.units import HOURS_PER_DAY
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    import numpy.typing as npt

    from files.arrays import BoolArray, FloatArray
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


EMERGENCY_CLASSES = {
    Step.BOOKED_CAT1: "cat1",
    Step.BOOKED_CAT2: "cat2",
    Step.BOOKED_CAT3: "cat3",
    Step.BOOKED_CAT4: "cat4",
}
BOOKED = (*EMERGENCY_CLASSES, Step.BOOKED_ELECTIVE)
VOLUME_LINES = {
    Step.HIP_FRACTURE: "hip_fracture",
    Step.LAPAROTOMY: "laparotomy",
    Step.TRAUMA_OPERATION: "trauma",
    Step.RECTAL_RESECTION: "rectal_resection",
}


def theatre_kpis(line: Timeline) -> Measures:
    """Return the KPIs of operations, waiting by class and use of rooms and teams."""
    parameters = line.outcome.scenario.effective_parameters()
    booked, kind, site = line.at(*BOOKED), line.step(*BOOKED), line.site(*BOOKED)
    start = line.at(Step.SURGERY_START)
    minutes = line.at(Step.SURGERY_END) - start
    wait = line.until(booked, start)
    limit = np.full(len(booked), np.inf)
    prepared = line.at(Step.PREPARED)
    beyond = line.until(np.where(np.isnan(prepared), booked, prepared), start)
    for step, label in EMERGENCY_CLASSES.items():
        limit[kind == step] = parameters.of("theatre.target", label)
    caesarean = ~np.isnan(line.at(Step.CAESAREAN_OTHER)) & (kind == Step.BOOKED_CAT2)
    limit[caesarean] = norms(line.outcome.scenario.norms)["caesarean.other"]
    elective = kind == Step.BOOKED_ELECTIVE
    decided = wait.ended | (wait.minutes > limit)  # still waiting but already too late counts
    in_time = wait.minutes <= limit
    session = in_session(
        start, parameters["theatre.session.start"], parameters["theatre.session.end"]
    )
    operated = line.measured(start)
    sites = {name: number for number, name in line.own_sites()}
    rows: Measures = []
    for name, here in line.selections(site, line.measured(booked)):
        urgent = here & ~elective
        done = operated if name == WHOLE_REGION else operated & (site == sites[name])
        rows += [
            (name, "theatre.operations", line.per_year(done.sum())),
            (name, "theatre.emergency.operations", line.per_year((done & ~elective).sum())),
            (name, "theatre.elective.operations", line.per_year((done & elective).sum())),
            (name, "theatre.emergency.in_time", share(in_time[urgent], decided[urgent])),
            (name, "theatre.emergency.wait.median", beyond[urgent].quantile(50)),
            (name, "theatre.emergency.share", share(~elective[done])),
            (name, "theatre.out_of_hours", share(~session[urgent], ~np.isnan(start[urgent]))),
        ]
        for step, label in EMERGENCY_CLASSES.items():
            these = here & (kind == step)
            if not these.any():
                continue
            rows += [
                (name, f"theatre.{label}.in_time", share(in_time[these], decided[these])),
                (name, f"theatre.{label}.wait.median", beyond[these].quantile(50)),
                (name, f"theatre.{label}.wait.p95", beyond[these].quantile(P95)),
            ]
    rows += _cancellations(line)
    rows += _use(line, np.where(operated, minutes, np.nan), session, site)
    rows += _night_use(line, start, site, operated & ~elective)
    rows += _behind_caesareans(line, start)
    rows += _volumes(line)
    return rows


def in_session(time: FloatArray, start: float, end: float) -> BoolArray:
    """Return which moments fall in weekday session hours; NaN does not."""
    filled = np.nan_to_num(time, nan=-1.0)
    hour = (filled // MINUTES_PER_HOUR).astype(np.int64) % FORTNIGHT
    of_day = hour % HOURS_PER_DAY
    return (filled >= 0) & (of_day >= start) & (of_day < end) & ~weekend_hours()[hour]


def _cancellations(line: Timeline) -> Measures:
    """Return cancellations over plannings, and who was cancelled more than once."""
    rows: Measures = []
    cancelled = line.outcome.records.of(Step.SURGERY_CANCELLED)
    planned = line.outcome.records.of(Step.BOOKED_ELECTIVE)
    for name, number in [
        *((name, number) for number, name in line.own_sites()),
        (WHOLE_REGION, -1),
    ]:
        these, of = (
            records.patient[line.measured(records.time) & ((records.site == number) | (number < 0))]
            for records in (cancelled, planned)
        )
        if not len(of):
            continue
        _, times = np.unique(these, return_counts=True)
        rows += [
            (name, "theatre.elective.cancelled", len(these) / len(of)),
            (name, "theatre.elective.cancelled_twice", line.per_year((times > 1).sum())),
        ]
    return rows


def _use(
    line: Timeline, minutes: FloatArray, session: BoolArray, site: npt.NDArray[np.int64]
) -> Measures:
    """Return use of staffed theatres in and out of hours, overtime and blocked theatres."""
    parameters = line.outcome.scenario.effective_parameters()
    first, last = parameters["theatre.session.start"], parameters["theatre.session.end"]
    hours = np.arange(FORTNIGHT, dtype=float) * MINUTES_PER_HOUR
    in_hours = in_session(hours, first, last)
    fortnights = (line.outcome.end - line.outcome.start) / (FORTNIGHT * MINUTES_PER_HOUR)
    ends = line.outcome.records.of(Step.SESSION_END)
    rows: Measures = []
    for number, name in line.own_sites():
        teams = line.capacity(name, Resource.THEATRE_TEAMS) * MINUTES_PER_HOUR * fortnights
        end = ends.time[line.measured(ends.time) & (ends.site == number)]
        staffed = teams[in_hours].sum() + len(end) * (last - first) * MINUTES_PER_HOUR
        here = site == number
        if staffed:
            used = np.nansum(minutes[here & session])
            rows.append((name, "theatre.utilisation", float(used / staffed)))
        if teams[~in_hours].sum():
            used = np.nansum(minutes[here & ~session])
            rows.append(
                (name, "theatre.utilisation.out_of_hours", float(used / teams[~in_hours].sum()))
            )
        if len(end):
            over = np.maximum(end % MINUTES_PER_DAY - last * MINUTES_PER_HOUR, 0.0)
            blocked = line.count(Step.RECOVERY_BLOCKED, number)
            rows += [
                (name, "theatre.overtime", line.per_year(over.sum() / MINUTES_PER_HOUR)),
                (name, "theatre.recovery.blocked", blocked),
            ]
    return rows


def _night_use(
    line: Timeline, start: FloatArray, site: npt.NDArray[np.int64], emergency: BoolArray
) -> Measures:
    """Return on how many nights a team operates, and how often a second one is called."""
    shifts = line.outcome.scenario.shifts
    start, site = start[emergency], site[emergency]
    since = (start - shifts.night * MINUTES_PER_HOUR) / MINUTES_PER_DAY
    length = (shifts.day - shifts.night) % HOURS_PER_DAY / HOURS_PER_DAY
    at_night = since % 1 < length
    days = (line.outcome.end - line.outcome.start) / MINUTES_PER_DAY
    rows: Measures = []
    for number, name in line.own_sites():
        if not line.capacity(name, Resource.THEATRE_TEAMS).any():
            continue
        nights = len(np.unique(np.floor(since[at_night & (site == number)])))
        rows += [
            (name, "theatre.night.used", nights / days),
            (name, "theatre.second_team", line.count(Step.SECOND_TEAM_CALLED, number)),
            (name, "theatre.borrowed", line.count(Step.TEAM_BORROWED, number)),
        ]
    return rows


def _behind_caesareans(line: Timeline, start: FloatArray) -> Measures:
    """Return emergencies for whose team a caesarean went first, and how long they then waited."""
    awaited, site = line.at(Step.TEAM_AWAITED), line.site(Step.TEAM_AWAITED)
    is_birth = Cohort.BIRTH.includes(line.patients)
    decided = line.at(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    is_caesarean = ~np.isnan(decided) & ~np.isnan(start)
    operated_at = line.site(Step.SURGERY_START)
    rows: Measures = []
    behind, delay = np.zeros(len(start), dtype=bool), np.full(len(start), np.nan)
    for number, _ in line.own_sites():
        caesareans = np.sort(start[is_caesarean & (operated_at == number)])
        waits = np.flatnonzero(~is_birth & (site == number) & ~np.isnan(start))
        first = np.searchsorted(caesareans, awaited[waits])
        last = np.searchsorted(caesareans, start[waits])
        passed = waits[last > first]
        behind[passed] = True
        delay[passed] = start[passed] - caesareans[first[last > first]]
    for name, here in line.selections(site, behind & line.measured(awaited)):
        rows += [
            (name, "theatre.behind_caesarean", line.per_year(here.sum())),
            (name, "theatre.behind_caesarean.delay", quantile(delay[here], 50)),
        ]
    return rows


def _volumes(line: Timeline) -> Measures:
    """Return the yearly number of each line with a least volume, and whether it is met."""
    norm = norms(line.outcome.scenario.norms)
    rows: Measures = []
    for step, label in VOLUME_LINES.items():
        for number, name in line.own_sites():
            volume = line.count(step, number)
            if not volume:
                continue
            rows.append((name, f"theatre.volume.{label}", volume))
            least = norm.parameters.get(f"volume.{label}")
            if least is not None:
                rows.append((name, f"theatre.volume.{label}.met", float(volume >= least.value)))
    return rows
