"""KPIs of the ambulance service, for those who live in the region."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.config.norms import norms
from results.kpis.timeline import P95
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import BoolArray
    from results.kpis.durations import Durations
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


CALL_TO_HOSPITAL = "ambulance.call_to_hospital"
A2_MINUTES = 30  # the Dutch A2 target


def ambulance_kpis(line: Timeline) -> Measures:
    """Return the KPIs of rides, response and the way to hospital."""
    norm = norms(line.outcome.scenario.norms)
    served_here = line.resident
    rows: Measures = []
    called = line.at(Step.CALL_A1)
    urgent = line.measured(called) & served_here
    response = line.until(called, line.at(Step.CREW_AT_SCENE))[urgent]
    a2 = line.at(Step.CALL_A2)
    a2_response = line.until(a2, line.at(Step.CREW_AT_SCENE))[line.measured(a2) & served_here]
    rides = line.outcome.records.of(Step.CREW_SENT)
    sent = line.measured(rides.time) & (rides.site != NOWHERE)
    week_hours = MINUTES_PER_WEEK / MINUTES_PER_HOUR
    rows += [
        (WHOLE_REGION, "ambulance.a1.response.mean", response.mean()),
        (WHOLE_REGION, "ambulance.a1.response.p95", response.quantile(P95)),
        (WHOLE_REGION, "ambulance.a1.within_15", response.within(norm["a1.response"])),
        (WHOLE_REGION, "ambulance.a2.within_30", a2_response.within(A2_MINUTES)),
        *call_to_hospital_kpis(line, {WHOLE_REGION: urgent}),
        (WHOLE_REGION, "ambulance.rides", line.per_year(sent.sum())),
        (WHOLE_REGION, "ambulance.a1.share", _a1_share(line)),
        (
            WHOLE_REGION,
            "ambulance.unit_hours",
            line.mean_number(Step.CREW_SENT, Step.CREW_FREE) * week_hours,
        ),
        (WHOLE_REGION, "ambulance.transfers", line.count(Step.CALL_TRANSFER)),
        (WHOLE_REGION, "ambulance.transfers.ward", line.count(Step.TRANSFER_WARD)),
        (WHOLE_REGION, "ambulance.transfers.acute", line.count(Step.TRANSFER_ACUTE)),
        (WHOLE_REGION, "ambulance.transfers.intensive", line.count(Step.TRANSFER_INTENSIVE)),
    ]
    return rows


def call_to_hospital_kpis(line: Timeline, chosen: Mapping[str, BoolArray]) -> Measures:
    """Return how soon A1 patients are in hospital, by each of the two clocks.

    Parameters
    ----------
    line
        The journal by patient.
    chosen
        The A1 patients who count, by the site of their figures.
    """
    norm = norms(line.outcome.scenario.norms)
    life = to_hospital(line)
    clocks = {"norm": by_the_norm(line, life, norm["chain.loading"]), "life": life}
    rows: Measures = []
    for site, here in chosen.items():
        for clock, minutes in clocks.items():
            door = minutes[here]
            rows += [
                (site, f"{CALL_TO_HOSPITAL}.mean.{clock}", door.mean()),
                (site, f"{CALL_TO_HOSPITAL}.within_45.{clock}", door.within(norm["ed.siren"])),
            ]
    return rows


def _a1_share(line: Timeline) -> float:
    """Return the share of A1 among the calls, transfers left out."""
    a1 = line.count(Step.CALL_A1)
    calls = a1 + line.count(Step.CALL_A2) + line.count(Step.CALL_PLANNED)
    return a1 / calls if calls else np.nan


def to_hospital(line: Timeline) -> Durations:
    """Return the minutes from an A1 call to the door of a hospital, of who is brought to one.

    The clock is that of life: the minutes at the patient as they went. Care on scene alone ends
    without a hospital; whom nobody has reached yet still waits for one.
    """
    arrives = line.at(Step.CREW_AT_HOSPITAL)
    on_scene_only = Cohort.RIDE.includes(line.patients) & np.isnan(arrives)
    called = np.where(on_scene_only, np.nan, line.at(Step.CALL_A1))
    return line.until(called, arrives)


def by_the_norm(line: Timeline, life: Durations, loading: float) -> Durations:
    """Return the same minutes by the clock of the norm: only loading counts at the patient.

    Parameters
    ----------
    line
        The journal by patient.
    life
        The minutes by the clock of life.
    loading
        The minutes that the norm counts at the patient.
    """
    at_scene, left = line.at(Step.CREW_AT_SCENE), line.at(Step.CREW_LEFT_SCENE)
    at_patient = np.where(np.isnan(left), line.outcome.end, left) - at_scene
    saved = np.where(np.isnan(at_scene), 0.0, at_patient - loading)
    return replace(life, minutes=life.minutes - saved)
