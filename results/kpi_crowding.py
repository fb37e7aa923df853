"""When the emergency departments are fullest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.hours import HOURS_PER_DAY
from sim.journal import MINUTES_PER_HOUR, Step

if TYPE_CHECKING:
    from results.timeline import Floats, Timeline
    from sim.replication import Measures


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


def _busiest_hour(line: Timeline, arrive: Floats, leave: Floats) -> float:
    """Count who is inside at every half past, and average by hour of the day."""
    moments = np.arange(line.outcome.start, line.outcome.end, MINUTES_PER_HOUR)
    moments = moments + MINUTES_PER_HOUR / 2
    left = np.sort(leave[~np.isnan(leave)])
    inside = np.searchsorted(np.sort(arrive), moments) - np.searchsorted(left, moments)
    by_hour = inside[: len(inside) // HOURS_PER_DAY * HOURS_PER_DAY].reshape(-1, HOURS_PER_DAY)
    return float(by_hour.mean(axis=0).argmax())
