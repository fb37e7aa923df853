"""KPIs of the ambulance service, for those who live in the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.norms import norms
from results.run import REGION_SITE
from results.timeline import P95, mean, quantile, within
from sim.journal import MINUTES_PER_HOUR, MINUTES_PER_WEEK, NOWHERE, Step

if TYPE_CHECKING:
    from results.timeline import Timeline
    from sim.replication import Measures


A2_MINUTES = 30  # the Dutch A2 target


def ambulance_kpis(line: Timeline) -> Measures:
    """Return the KPIs of rides, response and the way to hospital."""
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
        (REGION_SITE, "ambulance.a1.response.mean", mean(response)),
        (REGION_SITE, "ambulance.a1.response.p95", quantile(response, P95)),
        (REGION_SITE, "ambulance.a1.within_15", within(response, norm["a1.response"])),
        (REGION_SITE, "ambulance.a2.within_30", within(a2_response, A2_MINUTES)),
        (REGION_SITE, "ambulance.call_to_hospital.mean", mean(door)),
        (
            REGION_SITE,
            "ambulance.call_to_hospital.within_45",
            within(door, norm["ed.siren"]),
        ),
        (REGION_SITE, "ambulance.rides", line.per_year(sent.sum())),
        (
            REGION_SITE,
            "ambulance.unit_hours",
            line.mean_number(Step.CREW_SENT, Step.CREW_FREE) * week_hours,
        ),
        (REGION_SITE, "ambulance.transfers", line.count(Step.CALL_TRANSFER)),
        (REGION_SITE, "ambulance.transfers.ward", line.count(Step.TRANSFER_WARD)),
        (REGION_SITE, "ambulance.transfers.acute", line.count(Step.TRANSFER_ACUTE)),
        (REGION_SITE, "ambulance.transfers.intensive", line.count(Step.TRANSFER_INTENSIVE)),
    ]
    return rows
