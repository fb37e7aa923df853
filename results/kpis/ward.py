"""KPIs of the wards and of intensive care."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from results.kpis.timeline import Timeline
from scenarios.schema.vocabulary import Resource
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from sim.replication.outcome import Measures


def ward_kpis(line: Timeline) -> Measures:
    """Return the KPIs of ward beds."""
    rows: Measures = []
    inside, site = line.at(Step.WARD_IN), line.site(Step.WARD_IN)
    stay = line.until(inside, line.at(Step.WARD_OUT))
    ready, out = line.at(Step.WARD_READY), line.at(Step.LEAVE)
    until = np.where(np.isnan(out), line.outcome.end, out)
    extra = np.clip(until, line.outcome.start, None) - np.clip(ready, line.outcome.start, None)
    rows += _acute_occupancy(line)
    beds_total = used_total = 0.0
    for number, name in line.own_sites():
        beds = float(line.capacity(name, Resource.WARD_BEDS, Resource.ELECTIVE_BEDS).mean())
        if not beds:
            continue
        used = line.mean_number(Step.WARD_IN, Step.WARD_OUT, site=number)
        beds_total, used_total = beds_total + beds, used_total + used
        rows.append((name, "ward.occupancy", used / beds))
    if beds_total:
        rows.append((WHOLE_REGION, "ward.occupancy", used_total / beds_total))
    length = line.outcome.end - line.outcome.start
    for name, here in line.selections(site, line.measured(inside)):
        rows += [
            (name, "ward.admissions", line.per_year(here.sum())),
            (name, "ward.los.mean", stay[here].mean() / MINUTES_PER_DAY),
        ]
    waits = ~np.isnan(ready)
    for name, here in line.selections(line.site(Step.WARD_READY), waits):
        rows.append((name, "ward.delayed_discharge.beds", float(extra[here].sum() / length)))
    rows.append((WHOLE_REGION, "ward.transfers", line.count(Step.WARD_TRANSFER)))
    return rows


def _acute_occupancy(line: Timeline) -> Measures:
    """Return those admitted as emergencies over the beds for acute care, by site and together.

    They may lie in beds for planned care as well, and planned patients in theirs.
    """
    records = line.outcome.records
    planned = Cohort.OPERATION.includes(records.patient) | Cohort.MEDICAL.includes(records.patient)
    acute = Timeline(replace(line.outcome, records=records.at(~planned)))
    rows: Measures = []
    beds_total = used_total = 0.0
    for number, name in line.own_sites():
        beds = float(line.capacity(name, Resource.WARD_BEDS).mean())
        if not beds:
            continue
        used = acute.mean_number(Step.WARD_IN, Step.WARD_OUT, site=number)
        beds_total, used_total = beds_total + beds, used_total + used
        rows.append((name, "ward.acute.occupancy", used / beds))
    if beds_total:
        rows.append((WHOLE_REGION, "ward.acute.occupancy", used_total / beds_total))
    return rows


def icu_kpis(line: Timeline) -> Measures:
    """Return the KPIs of intensive care."""
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
        (WHOLE_REGION, "icu.admissions", admitted_total),
        (WHOLE_REGION, "icu.occupancy", used_total / beds_total if beds_total else np.nan),
        (WHOLE_REGION, "icu.refused", refused_total / asked if asked else np.nan),
    ]
    return rows
