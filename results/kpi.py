"""From the journal of a replication to its KPIs; the names are those of `kpis.yaml`.

Counts are per year. A patient counts when the step that starts the measure falls after the
warm-up; a measure that has not ended when the simulation ends is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geodata.norms import norms
from scenarios.capacity import roster_hours
from scenarios.hours import FORTNIGHT, HOURS_PER_DAY, weekend_hours
from scenarios.schema import Resource
from sim.cohort import Cohort
from sim.journal import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK, NOWHERE, Records, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sim.experiment import Measures, Outcome

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

REGION = "region"
MINUTES_PER_YEAR = 365.25 * MINUTES_PER_DAY
A2_MINUTES = 30  # the Dutch A2 target
P90, P95 = 90, 95
EMERGENCY_CLASSES = {
    Step.BOOKED_CAT1: "cat1",
    Step.BOOKED_CAT2: "cat2",
    Step.BOOKED_CAT3: "cat3",
    Step.BOOKED_CAT4: "cat4",
}
BOOKED = (*EMERGENCY_CLASSES, Step.BOOKED_ELECTIVE)


def measure(outcome: Outcome) -> Measures:
    """Return (site, kpi, value) for every KPI of a replication, in a fixed order."""
    timeline = Timeline(outcome)
    flows = (_emergency, _ambulance, _theatre, _maternity, _ward, _icu, _staff)
    return [row for flow in flows for row in flow(timeline)]


@dataclass
class Timeline:
    """The journal turned by patient: when and where each step first happened to whom."""

    outcome: Outcome

    @cached_property
    def records(self) -> Records:
        """The records of patients; stops of a department have no patient."""
        records = self.outcome.records
        keep = records.patient >= 0
        return Records(
            records.time[keep], records.patient[keep], records.step[keep], records.site[keep]
        )

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        patients, row = np.unique(self.records.patient, return_inverse=True)
        return patients, row

    @property
    def patients(self) -> npt.NDArray[np.int64]:
        """The sorted patient numbers; every array by patient has this order."""
        return self._rows[0]

    def at(self, *steps: Step) -> Floats:
        """Return when any of the steps first happened to each patient, NaN if never."""
        return self._first(self.records.time, steps, np.nan)

    def site(self, *steps: Step) -> npt.NDArray[np.int64]:
        """Return where any of the steps first happened to each patient."""
        return self._first(self.records.site.astype(float), steps, NOWHERE).astype(np.int64)

    def step(self, *steps: Step) -> npt.NDArray[np.int64]:
        """Return which of the steps first happened to each patient, 0 if none."""
        return self._first(self.records.step.astype(float), steps, 0).astype(np.int64)

    def _first(self, column: Floats, steps: tuple[Step, ...], missing: float) -> Floats:
        chosen = np.flatnonzero(np.isin(self.records.step, steps))[::-1]
        values = np.full(len(self.patients), missing)
        values[self._rows[1][chosen]] = column[chosen]  # reversed, so that the first one stays
        return values

    def measured(self, time: Floats) -> Flags:
        """Return which moments fall in the measured period."""
        flags: Flags = (time >= self.outcome.start) & (time < self.outcome.end)
        return flags

    @cached_property
    def resident(self) -> Flags:
        """Whether each patient lives in the region."""
        return np.isin(self.patients, self.outcome.residents)

    def per_year(self, count: float) -> float:
        """Return a count in the measured period as a yearly number."""
        return float(count * MINUTES_PER_YEAR / (self.outcome.end - self.outcome.start))

    def count(self, step: Step, site: int | None = None) -> float:
        """Return how often a step happened a year, at a site or anywhere."""
        found = self.outcome.records.of(step)
        here = self.measured(found.time)
        if site is not None:
            here &= found.site == site
        return self.per_year(here.sum())

    def mean_number(self, begin: Step, *ends: Step, site: int | None = None) -> float:
        """Return the time-average number of patients between a step and its end at a site.

        Every begin adds the time left after it, every end takes it away again, so that no
        matching of the two is needed; what has no site is left out.
        """
        total = 0.0
        for step, sign in ((begin, 1), *((end, -1) for end in ends)):
            found = self.outcome.records.of(step)
            here = found.site != NOWHERE if site is None else found.site == site
            left = self.outcome.end - np.maximum(found.time[here], self.outcome.start)
            total += sign * left.sum()
        return float(total / (self.outcome.end - self.outcome.start))

    def own_sites(self) -> Iterator[tuple[int, str]]:
        """Give the number and id of each site of the region."""
        for number, site in enumerate(self.outcome.sites):
            if not self.outcome.is_neighbour[number]:
                yield number, site

    def selections(self, site: npt.NDArray[np.int64], chosen: Flags) -> Iterator[tuple[str, Flags]]:
        """Give the chosen patients of each own site that has any, and of the region."""
        for number, name in self.own_sites():
            here = chosen & (site == number)
            if here.any():
                yield name, here
        yield REGION, chosen

    def capacity(self, site: str, *resources: Resource) -> Floats:
        """Return the number of some resources at each hour of a fortnight."""
        counts = [self.outcome.capacity[site, resource].astype(float) for resource in resources]
        total: Floats = np.sum(counts, axis=0)
        return total


def _emergency(line: Timeline) -> Measures:
    rows: Measures = []
    arrive, site = line.at(Step.ED_ARRIVE), line.site(Step.ED_ARRIVE)
    how = line.step(Step.ED_DISCHARGED, Step.ED_ADMITTED, Step.ED_UNSEEN)
    stay = line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED, Step.ED_UNSEEN) - arrive
    wait = line.at(Step.ED_DOCTOR) - arrive
    boarding = line.at(Step.ED_ADMITTED) - line.at(Step.ED_READY)
    by_ambulance = line.at(Step.CREW_AT_HOSPITAL) <= arrive
    chosen = line.measured(arrive)
    for name, here in line.selections(site, chosen):
        seen = here & (how != Step.ED_UNSEEN)
        home, admitted = here & (how == Step.ED_DISCHARGED), here & (how == Step.ED_ADMITTED)
        rows += [
            (name, "ed.arrivals", line.per_year(here.sum())),
            (name, "ed.arrivals_ambulance", line.per_year((here & by_ambulance).sum())),
            (name, "ed.los.median", _quantile(stay[seen], 50)),
            (name, "ed.los.p95", _quantile(stay[seen], P95)),
            (name, "ed.los_discharged.mean", _mean(stay[home])),
            (name, "ed.los_admitted.mean", _mean(stay[admitted])),
            (name, "ed.wait_doctor.median", _quantile(wait[here], 50)),
            (name, "ed.wait_doctor.p95", _quantile(wait[here], P95)),
            (name, "ed.left_unseen", _share(how[here] == Step.ED_UNSEEN, how[here] > 0)),
            (name, "ed.admitted", _share(how[here] == Step.ED_ADMITTED, how[here] > 0)),
            (name, "ed.boarding.mean", _mean(boarding[here])),
        ]
    hours_per_year = MINUTES_PER_YEAR / MINUTES_PER_HOUR
    stopped = {
        name: line.mean_number(Step.ED_STOP, Step.ED_STOP_END, site=number) * hours_per_year
        for number, name in line.own_sites()
        if line.capacity(name, Resource.ED_ROOMS).any()
    }
    rows += [(name, "ed.stop_hours", hours) for name, hours in stopped.items()]
    rows.append((REGION, "ed.stop_hours", sum(stopped.values())))
    rows += _room_occupancy(line)
    visit = Cohort.VISIT.includes(line.patients) & line.resident
    left = visit & line.measured(line.at(Step.TO_NEIGHBOUR))
    rows += [
        (REGION, "ed.to_neighbours", line.per_year(left.sum())),
        (
            REGION,
            "ed.residents",
            line.per_year((visit & line.measured(line.at(Step.ENTER))).sum()),
        ),
    ]
    return rows


def _room_occupancy(line: Timeline) -> Measures:
    """Return the share of staffed rooms in use."""
    rows: Measures = []
    per_nurse = line.outcome.scenario.effective_parameters()["ed.rooms_per_nurse"]
    for number, name in line.own_sites():
        staffed = np.minimum(
            line.capacity(name, Resource.ED_ROOMS),
            np.floor(line.capacity(name, Resource.ED_NURSES) * per_nurse),
        )
        if not staffed.any():
            continue
        used = line.mean_number(Step.ED_ROOM, Step.ED_DISCHARGED, Step.ED_ADMITTED, site=number)
        rows.append((name, "ed.occupancy", used / staffed.mean()))
    return rows


def _ambulance(line: Timeline) -> Measures:
    norm = norms(line.outcome.scenario.norms)
    served_here = line.resident
    rows: Measures = []
    at_scene, at_hospital = line.at(Step.CREW_AT_SCENE), line.at(Step.CREW_AT_HOSPITAL)
    called = line.at(Step.CALL_A1)
    urgent = line.measured(called) & served_here
    response = (at_scene - called)[urgent]
    door = (at_hospital - called)[urgent]
    a2 = line.at(Step.CALL_A2)
    a2_response = (at_scene - a2)[line.measured(a2) & served_here]
    rides = line.outcome.records.of(Step.CREW_SENT)
    sent = line.measured(rides.time) & (rides.site != NOWHERE)
    week_hours = MINUTES_PER_WEEK / MINUTES_PER_HOUR
    rows += [
        (REGION, "ambulance.a1.response.mean", _mean(response)),
        (REGION, "ambulance.a1.response.p95", _quantile(response, P95)),
        (REGION, "ambulance.a1.within_15", _within(response, norm["a1.response"])),
        (REGION, "ambulance.a2.within_30", _within(a2_response, A2_MINUTES)),
        (REGION, "ambulance.call_to_hospital.mean", _mean(door)),
        (
            REGION,
            "ambulance.call_to_hospital.within_45",
            _within(door, norm["ed.siren"]),
        ),
        (REGION, "ambulance.rides", line.per_year(sent.sum())),
        (
            REGION,
            "ambulance.unit_hours",
            line.mean_number(Step.CREW_SENT, Step.CREW_FREE) * week_hours,
        ),
        (REGION, "ambulance.transfers", line.count(Step.CALL_TRANSFER)),
    ]
    return rows


def _theatre(line: Timeline) -> Measures:
    parameters = line.outcome.scenario.effective_parameters()
    booked, kind, site = line.at(*BOOKED), line.step(*BOOKED), line.site(*BOOKED)
    start = line.at(Step.SURGERY_START)
    minutes = line.at(Step.SURGERY_END) - start
    wait = start - booked
    limit = np.full(len(booked), np.inf)
    for step, label in EMERGENCY_CLASSES.items():
        limit[kind == step] = parameters[f"theatre.target.{label}"]
    elective = kind == Step.BOOKED_ELECTIVE
    waited = np.where(np.isnan(start), line.outcome.end - booked, wait)
    decided = ~np.isnan(start) | (waited > limit)  # still waiting but already too late counts
    session = _in_session(
        start, parameters["theatre.session.start"], parameters["theatre.session.end"]
    )
    rows: Measures = []
    for name, here in line.selections(site, line.measured(booked)):
        urgent = here & ~elective
        in_time = waited <= limit
        rows += [
            (name, "theatre.operations", line.per_year(here.sum())),
            (name, "theatre.emergency.operations", line.per_year(urgent.sum())),
            (name, "theatre.emergency.in_time", _share(in_time[urgent], decided[urgent])),
            (name, "theatre.emergency.wait.median", _quantile(wait[urgent], 50)),
            (name, "theatre.out_of_hours", _share(~session[urgent], ~np.isnan(start[urgent]))),
            (name, "theatre.elective.operations", line.per_year((here & elective).sum())),
            (
                name,
                "theatre.elective.cancelled",
                _share(~np.isnan(line.at(Step.SURGERY_CANCELLED))[here & elective]),
            ),
        ]
        for step, label in EMERGENCY_CLASSES.items():
            if label in {"cat1", "cat2"}:
                these = here & (kind == step)
                rows.append(
                    (name, f"theatre.{label}.in_time", _share(in_time[these], decided[these]))
                )
    rows += _theatre_utilisation(line, np.where(session, minutes, np.nan), site)
    return rows


def _theatre_utilisation(line: Timeline, minutes: Floats, site: npt.NDArray[np.int64]) -> Measures:
    """Return surgery minutes begun in session hours over staffed room minutes in them."""
    parameters = line.outcome.scenario.effective_parameters()
    hours = np.arange(FORTNIGHT, dtype=float) * MINUTES_PER_HOUR
    session = _in_session(
        hours, parameters["theatre.session.start"], parameters["theatre.session.end"]
    )
    fortnights = (line.outcome.end - line.outcome.start) / (FORTNIGHT * MINUTES_PER_HOUR)
    chosen = line.measured(line.at(Step.SURGERY_START))
    rows: Measures = []
    for number, name in line.own_sites():
        teams = line.capacity(name, Resource.THEATRE_TEAMS, Resource.ELECTIVE_TEAMS)
        rooms = np.minimum(teams, line.capacity(name, Resource.THEATRE_ROOMS))[session]
        if rooms.any():
            used = np.nansum(minutes[chosen & (site == number)])
            rows.append(
                (
                    name,
                    "theatre.utilisation",
                    float(used / (rooms.sum() * MINUTES_PER_HOUR * fortnights)),
                )
            )
    return rows


def _in_session(time: Floats, start: float, end: float) -> Flags:
    """Return which moments fall in weekday session hours; NaN does not."""
    filled = np.nan_to_num(time, nan=-1.0)
    hour = (filled // MINUTES_PER_HOUR).astype(np.int64) % FORTNIGHT
    of_day = hour % HOURS_PER_DAY
    flags: Flags = (filled >= 0) & (of_day >= start) & (of_day < end) & ~weekend_hours()[hour]
    return flags


def _maternity(line: Timeline) -> Measures:
    norm = norms(line.outcome.scenario.norms)
    woman = Cohort.BIRTH.includes(line.patients)
    entered = woman & line.measured(line.at(Step.ENTER))
    hospital, at_hospital = line.at(Step.BIRTH_HOSPITAL), line.site(Step.BIRTH_HOSPITAL)
    left = entered & ~np.isnan(line.at(Step.TO_NEIGHBOUR))
    arrives = line.at(Step.MATERNITY_ARRIVE, Step.TO_NEIGHBOUR)
    travel = (arrives - line.at(Step.DEPARTS))[entered & line.resident]
    travel = travel[~np.isnan(travel)]
    rows: Measures = [
        (REGION, "maternity.births", line.per_year((entered & line.resident).sum())),
        (REGION, "maternity.births_home", line.count(Step.BIRTH_HOME)),
        (REGION, "maternity.births_on_the_way", line.count(Step.BIRTH_ON_THE_WAY)),
        (REGION, "maternity.to_neighbours", line.per_year((left & line.resident).sum())),
        (REGION, "maternity.diverted", line.count(Step.MATERNITY_DIVERTED)),
        (REGION, "maternity.travel.mean", _mean(travel)),
        (REGION, "maternity.travel.over_30", 1 - _within(travel, norm["maternity.car"])),
    ]
    decided = line.at(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    is_cat1 = ~np.isnan(line.at(Step.CAESAREAN_CAT1))
    to_incision = line.at(Step.INCISION) - decided
    at_decision = line.site(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    for name, here in line.selections(at_decision, line.measured(decided)):
        first = to_incision[here & is_cat1]
        rows += [
            (name, "maternity.caesareans", line.per_year(here.sum())),
            (name, "maternity.caesarean.decision_to_incision.median", _quantile(first, 50)),
            (name, "maternity.caesarean.decision_to_incision.p90", _quantile(first, P90)),
            (
                name,
                "maternity.caesarean.within_30",
                _within(first, norm["caesarean.decision_to_incision"]),
            ),
        ]
    for name, here in line.selections(at_hospital, line.measured(hospital)):
        rows.append((name, "maternity.births_hospital", line.per_year(here.sum())))
    for number, name in line.own_sites():
        rooms = line.capacity(name, Resource.MATERNITY_ROOMS).mean()
        if rooms:
            used = line.mean_number(Step.DELIVERY_ROOM, Step.DELIVERY_ROOM_LEFT, site=number)
            rows.append((name, "maternity.room_occupancy", used / rooms))
    return rows


def _ward(line: Timeline) -> Measures:
    rows: Measures = []
    inside, site = line.at(Step.WARD_IN), line.site(Step.WARD_IN)
    stay = line.at(Step.WARD_OUT) - inside
    ready, out = line.at(Step.WARD_READY), line.at(Step.LEAVE)
    until = np.where(np.isnan(out), line.outcome.end, out)
    extra = np.clip(until, line.outcome.start, None) - np.clip(ready, line.outcome.start, None)
    beds_total = used_total = 0.0
    for number, name in line.own_sites():
        beds = float(line.capacity(name, Resource.WARD_BEDS, Resource.ELECTIVE_BEDS).mean())
        if not beds:
            continue
        used = line.mean_number(Step.WARD_IN, Step.WARD_OUT, site=number)
        beds_total, used_total = beds_total + beds, used_total + used
        rows.append((name, "ward.occupancy", used / beds))
    rows.append((REGION, "ward.occupancy", used_total / beds_total))
    length = line.outcome.end - line.outcome.start
    for name, here in line.selections(site, line.measured(inside)):
        rows += [
            (name, "ward.admissions", line.per_year(here.sum())),
            (name, "ward.los.mean", _mean(stay[here]) / MINUTES_PER_DAY),
        ]
    waits = ~np.isnan(ready)
    for name, here in line.selections(line.site(Step.WARD_READY), waits):
        rows.append((name, "ward.delayed_discharge.beds", float(extra[here].sum() / length)))
    return rows


def _icu(line: Timeline) -> Measures:
    rows: Measures = []
    beds_total = used_total = admitted_total = refused_total = 0.0
    for number, name in line.own_sites():
        beds = float(line.capacity(name, Resource.ICU_BEDS).mean())
        if not beds:
            continue
        used = line.mean_number(Step.ICU_IN, Step.ICU_OUT, site=number)
        admitted = line.count(Step.ICU_IN, number)
        refused = line.count(Step.ICU_REFUSED, number)
        rows += [
            (name, "icu.admissions", admitted),
            (name, "icu.occupancy", used / beds),
            (name, "icu.refused", refused / (admitted + refused) if admitted + refused else np.nan),
        ]
        beds_total, used_total = beds_total + beds, used_total + used
        admitted_total, refused_total = admitted_total + admitted, refused_total + refused
    asked = admitted_total + refused_total
    rows += [
        (REGION, "icu.admissions", admitted_total),
        (REGION, "icu.occupancy", used_total / beds_total if beds_total else np.nan),
        (REGION, "icu.refused", refused_total / asked if asked else np.nan),
    ]
    return rows


def _staff(line: Timeline) -> Measures:
    """Return the full-time equivalents that the rosters ask for."""
    scenario = line.outcome.scenario
    parameters = scenario.effective_parameters()
    prefix = "staff.people."
    roles = [key[len(prefix) :] for key in parameters if key.startswith(prefix)]
    hours_per_year = MINUTES_PER_YEAR / MINUTES_PER_HOUR
    to_fte = hours_per_year / parameters["staff.hours_per_fte"]
    fte = {
        name: to_fte
        * sum(
            line.capacity(name, Resource(role)).mean() * parameters[prefix + role]
            for role in roles
            if role in set(Resource)
        )
        for _, name in line.own_sites()
    }
    rows: Measures = [(name, "staff.fte", float(value)) for name, value in fte.items() if value]
    crews = sum(
        roster_hours(roster, scenario.shifts).mean() for roster in scenario.ambulance.values()
    )
    ambulance = to_fte * crews * parameters["staff.people.ambulance.crews"]
    rows.append((REGION, "staff.fte", float(sum(fte.values()) + ambulance)))
    return rows


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _quantile(values: Floats, percent: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.percentile(known, percent)) if len(known) else np.nan


def _share(flags: Flags, of: Flags | None = None) -> float:
    """Return the share of True among all, or among those in `of`."""
    counted = flags if of is None else flags[of]
    return float(counted.mean()) if len(counted) else np.nan


def _within(values: Floats, limit: float) -> float:
    known = values[~np.isnan(values)]
    return float((known <= limit).mean()) if len(known) else np.nan
