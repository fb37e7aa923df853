"""KPIs of maternity care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.config.norms import norms
from results.kpis.theatre import in_session
from results.kpis.timeline import P90, share
from scenarios.schema.vocabulary import Resource
from scenarios.units import HOURS_PER_DAY
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_HOUR, MINUTES_PER_YEAR

if TYPE_CHECKING:
    from files.arrays import BoolArray
    from results.kpis.durations import Durations
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


OFFICE_HOURS = (9, 17)  # as the birth registry counts them (Martin and others 2018)
TRAVEL_LIMITS = (20, 30)


def maternity_kpis(line: Timeline) -> Measures:
    """Return the KPIs of births, travel, caesareans and rooms."""
    woman = Cohort.BIRTH.includes(line.patients)
    entered = woman & line.measured(line.at(Step.ENTER))
    left = entered & ~np.isnan(line.at(Step.TO_NEIGHBOUR))
    arrives = line.at(Step.MATERNITY_ARRIVE, Step.TO_NEIGHBOUR)
    departs = line.last(Step.DEPARTS)
    arrives = np.where(arrives >= departs, arrives, np.nan)  # not that of an earlier way
    travel = line.until(departs, arrives)[entered & line.resident]
    births_year = line.per_year((entered & line.resident).sum())
    rows: Measures = [
        (WHOLE_REGION, "maternity.births", births_year),
        (WHOLE_REGION, "maternity.births_home", line.count(Step.BIRTH_HOME)),
        (WHOLE_REGION, "maternity.births_on_the_way", line.count(Step.BIRTH_ON_THE_WAY)),
        (WHOLE_REGION, "maternity.to_neighbours", line.per_year((left & line.resident).sum())),
        (WHOLE_REGION, "maternity.diverted", line.count(Step.MATERNITY_DIVERTED)),
        (WHOLE_REGION, "maternity.nicu", line.count(Step.NICU_TRANSFER)),
        (WHOLE_REGION, "maternity.travel.mean", travel.mean()),
    ]
    rows += [
        (WHOLE_REGION, f"maternity.travel.over_{limit}", 1 - travel.within(limit))
        for limit in TRAVEL_LIMITS
    ]
    rows += _shares(line, entered)
    rows += _caesareans(line)
    rows += _rooms(line)
    rows += _risk(line, travel, births_year)
    return rows


def _shares(line: Timeline, entered: BoolArray) -> Measures:
    """Return how and where women give birth, by parity; neighbours' births are not followed."""
    followed = entered & np.isnan(line.at(Step.TO_NEIGHBOUR))
    nulli = ~np.isnan(line.at(Step.NULLIPAROUS))
    home, hospital = line.at(Step.BIRTH_HOME), line.at(Step.BIRTH_HOSPITAL)
    midwife_led = ~np.isnan(line.at(Step.MIDWIFE_LED))
    referred = ~np.isnan(line.at(Step.REFERRED))
    instrumental = ~np.isnan(line.at(Step.INSTRUMENTAL_BIRTH))
    planned = ~np.isnan(line.at(Step.PLANNED_CAESAREAN))
    unplanned = ~np.isnan(line.at(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER))
    birth = np.fmin(home, hospital)
    office = in_session(birth, *OFFICE_HOURS)
    born = followed & ~np.isnan(birth)
    rows: Measures = [
        (WHOLE_REGION, "maternity.induced", share((~np.isnan(line.at(Step.INDUCTION)))[born])),
        (WHOLE_REGION, "maternity.epidural", share((~np.isnan(line.at(Step.EPIDURAL)))[born])),
        (WHOLE_REGION, "maternity.office_hours", share(office[born])),
        (WHOLE_REGION, "maternity.home_share", share((~np.isnan(home))[entered])),
        (
            WHOLE_REGION,
            "maternity.first_line_share",
            share((midwife_led & ~referred & np.isnan(home))[entered]),
        ),
        (WHOLE_REGION, "maternity.referred", share(referred[entered & midwife_led])),
    ]
    for label, group in (("nulli", nulli), ("multi", ~nulli)):
        of = born & group
        began = entered & midwife_led & group
        rows += [
            (WHOLE_REGION, f"maternity.referred.{label}", share(referred[began])),
            (WHOLE_REGION, f"maternity.instrumental.{label}", share(instrumental[of])),
            (WHOLE_REGION, f"maternity.planned_caesarean.{label}", share(planned[of])),
            (WHOLE_REGION, f"maternity.unplanned_caesarean.{label}", share(unplanned[of])),
        ]
    return rows


def _caesareans(line: Timeline) -> Measures:
    """Return caesareans and the time from decision to incision, by class and by night."""
    norm = norms(line.outcome.scenario.norms)
    shifts = line.outcome.scenario.shifts
    planned = line.at(Step.PLANNED_CAESAREAN)
    decided = line.at(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    is_cat1 = ~np.isnan(line.at(Step.CAESAREAN_CAT1))
    to_incision = line.until(decided, line.at(Step.INCISION))
    awaited = ~np.isnan(line.at(Step.TEAM_AWAITED))
    site = line.site(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER, Step.PLANNED_CAESAREAN)
    at_night = ~np.isnan(decided)
    hour = decided[at_night] / MINUTES_PER_HOUR % HOURS_PER_DAY
    at_night[at_night] = (hour >= shifts.night) | (hour < shifts.day)
    rows: Measures = []
    for name, here in line.selections(site, line.measured(np.fmin(decided, planned))):
        first, other = here & is_cat1, here & ~is_cat1 & ~np.isnan(decided)
        night = to_incision[first & at_night]
        rows += [
            (name, "maternity.caesareans", line.per_year(here.sum())),
            (
                name,
                "maternity.caesarean.decision_to_incision.median",
                to_incision[first].quantile(50),
            ),
            (
                name,
                "maternity.caesarean.decision_to_incision.p90",
                to_incision[first].quantile(P90),
            ),
            (
                name,
                "maternity.caesarean.within_30",
                to_incision[first].within(norm["caesarean.decision_to_incision"]),
            ),
            (name, "maternity.caesarean.night.median", night.quantile(50)),
            (name, "maternity.caesarean.night.p90", night.quantile(P90)),
            (name, "maternity.caesarean.other.median", to_incision[other].quantile(50)),
            (
                name,
                "maternity.caesarean.other.within_75",
                to_incision[other].within(norm["caesarean.other"]),
            ),
            (name, "maternity.caesarean.awaited_team", share(awaited[first])),
        ]
    return rows


def _rooms(line: Timeline) -> Measures:
    """Return births by site, the volume norm, use of rooms and cots, stops and epidurals."""
    norm = norms(line.outcome.scenario.norms)
    hospital, at_hospital = line.at(Step.BIRTH_HOSPITAL), line.site(Step.BIRTH_HOSPITAL)
    asked = line.at(Step.EPIDURAL_ASKED)
    wait = line.until(asked, line.at(Step.EPIDURAL))
    hours_per_year = MINUTES_PER_YEAR / MINUTES_PER_HOUR
    rows: Measures = []
    for name, here in line.selections(at_hospital, line.measured(hospital)):
        births = line.per_year(here.sum())
        rows.append((name, "maternity.births_hospital", births))
        if name != WHOLE_REGION:
            rows.append(
                (name, "maternity.volume.births.met", float(births >= norm["volume.births"]))
            )
    for name, here in line.selections(line.site(Step.EPIDURAL_ASKED), line.measured(asked)):
        rows += [
            (name, "maternity.epidural.wait.mean", wait[here].mean()),
            (name, "maternity.epidural.wait.p90", wait[here].quantile(P90)),
        ]
    stopped = 0.0
    for number, name in line.own_sites():
        rooms = line.capacity(name, Resource.MATERNITY_ROOMS).mean()
        if not rooms:
            continue
        used = line.mean_number(Step.DELIVERY_ROOM, Step.DELIVERY_ROOM_LEFT, site=number)
        stop = line.mean_number(Step.MATERNITY_STOP, Step.MATERNITY_STOP_END, site=number)
        stopped += stop * hours_per_year
        rows += [
            (name, "maternity.room_occupancy", used / rooms),
            (name, "maternity.stop_hours", stop * hours_per_year),
        ]
        cots = line.capacity(name, Resource.MATERNITY_COTS).mean()
        if cots:
            lying = line.mean_number(Step.NEONATAL_IN, Step.NEONATAL_OUT, site=number)
            rows.append((name, "maternity.cot_occupancy", lying / cots))
    rows.append((WHOLE_REGION, "maternity.stop_hours", stopped))
    return rows


def _risk(line: Timeline, travel: Durations, births: float) -> Measures:
    """Return the children that the published association would add for longer travel.

    Association is not effect: who lives far differs in more than travel (Ravelli and others 2011).
    Off unless `maternity.risk.report` is 1.
    """
    parameters = line.outcome.scenario.effective_parameters()
    exposed = births * (1 - travel.within(parameters["maternity.risk.travel"]))
    rows: Measures = []
    for outcome in ("mortality", "adverse"):
        base = parameters.of("maternity.risk", outcome, "base")
        for part, suffix in (("odds_ratio", ""), ("low", ".low"), ("high", ".high")):
            odds = base / (1 - base) * parameters.of("maternity.risk", outcome, part)
            extra = exposed * (odds / (1 + odds) - base)
            rows.append((WHOLE_REGION, f"maternity.risk.{outcome}{suffix}", extra))
    return rows if parameters["maternity.risk.report"] else []
