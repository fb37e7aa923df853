"""KPIs of staff: what the rosters ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.run import REGION_SITE
from results.timeline import MINUTES_PER_YEAR
from scenarios.capacity import roster_hours
from scenarios.schema import Resource
from sim.journal import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from results.timeline import Timeline
    from sim.experiment import Measures


def staff_kpis(line: Timeline) -> Measures:
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
    rows.append((REGION_SITE, "staff.fte", float(sum(fte.values()) + ambulance)))
    return rows
