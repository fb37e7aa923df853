"""From the journal of a replication to its KPIs; the names are those of `kpis.yaml`.

Counts are per year. A patient counts when the step that starts the measure falls after the
warm-up; one that has not ended when the simulation ends counts as at least so long (`durations`).
Each flow has a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.kpis.ambulance import ambulance_kpis
from results.kpis.destinations import destination_kpis
from results.kpis.emergency import crowding_kpis, emergency_kpis
from results.kpis.maternity import maternity_kpis
from results.kpis.municipality import municipality_kpis
from results.kpis.neighbours import neighbour_kpis, wherever_kpis
from results.kpis.staff import staff_kpis
from results.kpis.theatre import theatre_kpis
from results.kpis.timeline import Timeline
from results.kpis.ward import icu_kpis, ward_kpis

if TYPE_CHECKING:
    from sim.replication.outcome import Measures, Outcome


FLOWS = (
    emergency_kpis,
    crowding_kpis,
    ambulance_kpis,
    municipality_kpis,
    theatre_kpis,
    maternity_kpis,
    ward_kpis,
    icu_kpis,
    staff_kpis,
    neighbour_kpis,
    wherever_kpis,
    destination_kpis,
)


def measure(outcome: Outcome) -> Measures:
    """Return (site, kpi, value) for every KPI of a replication, in a fixed order."""
    timeline = Timeline(outcome)
    return [row for flow in FLOWS for row in flow(timeline)]
