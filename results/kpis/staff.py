"""KPIs of staff: what the rosters ask for, by role, and the shifts that nobody fills."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from scenarios.capacity import roster_hours
from scenarios.units import HOURS_PER_YEAR
from sim.replication.outcome import WHOLE_REGION
from sim.resources.staffing import CREWS, PEOPLE, SHIFTS_PER_DAY, people_roles
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


HOURS_PER_SHIFT = MINUTES_PER_DAY / MINUTES_PER_HOUR / SHIFTS_PER_DAY


def staff_kpis(line: Timeline) -> Measures:
    """Return the full-time equivalents by site and role, and the empty shifts."""
    return [*_fte(line), *_unfilled(line)]


def _fte(line: Timeline) -> Measures:
    """Return what it takes to fill every shift, vacancies or not."""
    scenario, outcome = line.outcome.scenario, line.outcome
    parameters = scenario.effective_parameters()
    to_fte = HOURS_PER_YEAR / parameters["staff.hours_per_fte"]
    in_people = people_roles(parameters)
    by_site: dict[tuple[str, str], float] = defaultdict(float)
    for (site, resource), places in (outcome.staffing.places or outcome.capacity).items():
        if resource not in in_people:
            continue
        people = float(places.mean()) * parameters.of(PEOPLE, resource)
        by_site[site, resource.value] += to_fte * people
    crews = sum(
        roster_hours(roster, scenario.shifts).mean() for roster in scenario.ambulance.values()
    )
    by_site[WHOLE_REGION, CREWS] = to_fte * float(crews) * parameters.of(PEOPLE, CREWS)
    totals: dict[str, float] = defaultdict(float)
    for (site, role), fte in by_site.items():
        totals[role] += fte
        totals[f"{site} total"] += fte
    rows: Measures = [
        (site, f"staff.fte.{role}", fte)
        for (site, role), fte in by_site.items()
        if fte and site != WHOLE_REGION
    ]
    roles = dict.fromkeys(role for _, role in by_site)
    rows += [(WHOLE_REGION, f"staff.fte.{role}", totals[role]) for role in roles]
    rows += [
        (site, "staff.fte", totals[f"{site} total"])
        for _, site in line.own_sites()
        if totals[f"{site} total"]
    ]
    rows.append((WHOLE_REGION, "staff.fte", sum(totals[role] for role in roles)))
    return rows


def _unfilled(line: Timeline) -> Measures:
    """Return the shifts a year that stay empty after flexpool and exchange, and their share."""
    staffing = line.outcome.staffing
    asked: dict[str, float] = defaultdict(float)
    missing: dict[str, float] = defaultdict(float)
    for (site, resource), people in staffing.rostered.items():
        hours = _measured_hours(line, len(people))
        for name in (site, WHOLE_REGION):
            asked[name] += float(people[hours].mean())
            missing[name] += float(staffing.missing[site, resource][hours].mean())
    hours = _measured_hours(line, staffing.crews.shape[1])
    crews, crews_missing = (
        float(number[:, hours].mean(axis=1).sum())
        for number in (staffing.crews + staffing.missing_crews, staffing.missing_crews)
    )
    asked[WHOLE_REGION] += crews
    missing[WHOLE_REGION] += crews_missing
    shifts_per_year = HOURS_PER_YEAR / HOURS_PER_SHIFT
    rows: Measures = [(WHOLE_REGION, "ambulance.unfilled_shifts", crews_missing * shifts_per_year)]
    for name, people_asked in asked.items():
        if people_asked:
            rows += [
                (name, "staff.unfilled_shifts", missing[name] * shifts_per_year),
                (name, "staff.unfilled_shifts.share", missing[name] / people_asked),
            ]
    return rows


def _measured_hours(line: Timeline, hours: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the hours after the warm-up, as places in an array that repeats after `hours`."""
    first, last = (
        int(minute // MINUTES_PER_HOUR) for minute in (line.outcome.start, line.outcome.end)
    )
    return np.arange(first, last) % hours
