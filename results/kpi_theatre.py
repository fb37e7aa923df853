"""KPIs of the operating theatre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from results.timeline import quantile, share
from scenarios.hours import FORTNIGHT, HOURS_PER_DAY, weekend_hours
from scenarios.schema import Resource
from sim.journal import MINUTES_PER_HOUR, Step

if TYPE_CHECKING:
    import numpy.typing as npt

    from results.timeline import Flags, Floats, Timeline
    from sim.experiment import Measures


EMERGENCY_CLASSES = {
    Step.BOOKED_CAT1: "cat1",
    Step.BOOKED_CAT2: "cat2",
    Step.BOOKED_CAT3: "cat3",
    Step.BOOKED_CAT4: "cat4",
}
BOOKED = (*EMERGENCY_CLASSES, Step.BOOKED_ELECTIVE)


def theatre_kpis(line: Timeline) -> Measures:
    """Return the KPIs of operations, waiting by class and use of rooms."""
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
            (name, "theatre.emergency.in_time", share(in_time[urgent], decided[urgent])),
            (name, "theatre.emergency.wait.median", quantile(wait[urgent], 50)),
            (name, "theatre.out_of_hours", share(~session[urgent], ~np.isnan(start[urgent]))),
            (name, "theatre.elective.operations", line.per_year((here & elective).sum())),
            (
                name,
                "theatre.elective.cancelled",
                share(~np.isnan(line.at(Step.SURGERY_CANCELLED))[here & elective]),
            ),
        ]
        for step, label in EMERGENCY_CLASSES.items():
            if label in {"cat1", "cat2"}:
                these = here & (kind == step)
                rows.append(
                    (name, f"theatre.{label}.in_time", share(in_time[these], decided[these]))
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
