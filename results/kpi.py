"""From the journal of a replication to its KPIs; the names are those of `kpis.yaml`.

Counts are per year. A patient counts when the step that starts the measure falls after the
warm-up; a measure that has not ended when the simulation ends is left out. Each flow has a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.kpi_ambulance import ambulance_kpis
from results.kpi_crowding import crowding_kpis
from results.kpi_emergency import emergency_kpis
from results.kpi_maternity import maternity_kpis
from results.kpi_municipality import municipality_kpis
from results.kpi_staff import staff_kpis
from results.kpi_theatre import theatre_kpis
from results.kpi_ward import icu_kpis, ward_kpis
from results.timeline import Timeline

if TYPE_CHECKING:
    from sim.replication import Measures, Outcome

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
)


def measure(outcome: Outcome) -> Measures:
    """Return (site, kpi, value) for every KPI of a replication, in a fixed order."""
    timeline = Timeline(outcome)
    return [row for flow in FLOWS for row in flow(timeline)]
