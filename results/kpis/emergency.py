"""KPIs of the emergency department."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.config.norms import norms
from results.kpis.timeline import P95, share
from scenarios.units import HOURS_PER_DAY
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.resources.emergency_department import ROOM_RESOURCES
from sim.units import MINUTES_PER_HOUR, MINUTES_PER_YEAR

if TYPE_CHECKING:
    from files.arrays import FloatArray
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


def crowding_kpis(line: Timeline) -> Measures:
    """Return the hour of the day in which most patients are inside, by site and in the region."""
    arrive, site = line.at(Step.ED_ARRIVE), line.site(Step.ED_ARRIVE)
    leave = line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED, Step.ED_UNSEEN)
    came = ~np.isnan(arrive)
    return [
        (name, "ed.busiest_hour", _busiest_hour(line, arrive[here], leave[here]))
        for name, here in line.selections(site, came)
        if here.any()
    ]


def _busiest_hour(line: Timeline, arrive: FloatArray, leave: FloatArray) -> float:
    """Count who is inside at every half past, and average by hour of the day."""
    moments = np.arange(line.outcome.start, line.outcome.end, MINUTES_PER_HOUR)
    moments = moments + MINUTES_PER_HOUR / 2
    left = np.sort(leave[~np.isnan(leave)])
    inside = np.searchsorted(np.sort(arrive), moments) - np.searchsorted(left, moments)
    by_hour = inside[: len(inside) // HOURS_PER_DAY * HOURS_PER_DAY].reshape(-1, HOURS_PER_DAY)
    return float(by_hour.mean(axis=0).argmax())


def emergency_kpis(line: Timeline) -> Measures:
    """Return the KPIs of visits, stay, waiting, boarding and stops."""
    rows: Measures = []
    arrive, site = line.at(Step.ED_ARRIVE), line.site(Step.ED_ARRIVE)
    how = line.step(Step.ED_DISCHARGED, Step.ED_ADMITTED, Step.ED_UNSEEN)
    ready, unseen = line.at(Step.ED_READY), line.at(Step.ED_UNSEEN)
    stay = line.until(arrive, line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED))
    wait = line.until(arrive, line.at(Step.ED_DOCTOR), unseen)
    room = line.until(arrive, line.at(Step.ED_ROOM), unseen)
    late = norms(line.outcome.scenario.norms)["ed.room"]
    boarding = line.until(ready, line.at(Step.ED_ADMITTED))
    by_ambulance = line.at(Step.CREW_AT_HOSPITAL) <= arrive
    chosen = line.measured(arrive)
    for name, here in line.selections(site, chosen):
        seen = here & (how != Step.ED_UNSEEN)
        inside = here & (how == 0)  # of whom is not known yet where to, they count for both
        home = (here & (how == Step.ED_DISCHARGED)) | (inside & np.isnan(ready))
        admitted = (here & (how == Step.ED_ADMITTED)) | inside
        rows += [
            (name, "ed.arrivals", line.per_year(here.sum())),
            (name, "ed.arrivals_ambulance", line.per_year((here & by_ambulance).sum())),
            (name, "ed.los.median", stay[seen].quantile(50)),
            (name, "ed.los.p95", stay[seen].quantile(P95)),
            (name, "ed.los_discharged.mean", stay[home].mean()),
            (name, "ed.los_admitted.mean", stay[admitted].mean()),
            (name, "ed.wait_doctor.median", wait[here].quantile(50)),
            (name, "ed.wait_doctor.p95", wait[here].quantile(P95)),
            (name, "ed.room.late", 1.0 - room[here].within(late)),
            (name, "ed.left_unseen", share(how[here] == Step.ED_UNSEEN, how[here] > 0)),
            (name, "ed.admitted", share(how[here] == Step.ED_ADMITTED, how[here] > 0)),
            (name, "ed.boarding.mean", boarding[here].mean()),
        ]
    hours_per_year = MINUTES_PER_YEAR / MINUTES_PER_HOUR
    stopped = {
        name: line.mean_number(Step.ED_STOP, Step.ED_STOP_END, site=number) * hours_per_year
        for number, name in line.own_sites()
        if line.capacity(name, *ROOM_RESOURCES).any()
    }
    rows += [(name, "ed.stop_hours", hours) for name, hours in stopped.items()]
    rows.append((WHOLE_REGION, "ed.stop_hours", sum(stopped.values())))
    rows += _room_occupancy(line)
    rows += _severe_trauma(line)
    visit = Cohort.VISIT.includes(line.patients) & line.resident
    left = visit & line.measured(line.at(Step.TO_NEIGHBOUR))
    rows += [
        (WHOLE_REGION, "ed.to_neighbours", line.per_year(left.sum())),
        (
            WHOLE_REGION,
            "ed.residents",
            line.per_year((visit & line.measured(line.at(Step.ENTER))).sum()),
        ),
    ]
    return rows


def _severe_trauma(line: Timeline) -> Measures:
    """Return the severely injured brought to each site, and whether a trauma centre has enough.

    Who comes to the trauma centre from outside the region is counted, not simulated.
    """
    scenario = line.outcome.scenario
    outside = scenario.effective_parameters()["ed.severe_trauma.outside"]
    least = norms(scenario.norms)["volume.severe_trauma"]
    rows: Measures = []
    for number, name in line.own_sites():
        brought = line.count(Step.SEVERE_TRAUMA, number)
        is_centre = scenario.sites[name].trauma_centre and brought > 0
        if is_centre:
            brought += outside
        if brought:
            rows.append((name, "ed.volume.severe_trauma", brought))
        if is_centre:
            rows.append((name, "ed.volume.severe_trauma.met", float(brought >= least)))
    return rows


def _room_occupancy(line: Timeline) -> Measures:
    """Return the share of rooms in use, staffed or not."""
    rows: Measures = []
    for number, name in line.own_sites():
        rooms = line.capacity(name, *ROOM_RESOURCES).mean()
        if rooms:
            used = line.mean_number(Step.ED_ROOM, Step.ED_DISCHARGED, Step.ED_ADMITTED, site=number)
            rows.append((name, "ed.occupancy", float(used / rooms)))
    return rows
