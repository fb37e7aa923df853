"""KPIs by municipality: how soon an ambulance is there, how long residents wait at the door.

The `site` is the municipality's code; residents count wherever in Twente they are treated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.config.norms import norms
from results.kpis.timeline import P90, P95, Flags, Floats, mean, quantile, within
from sim.journal.steps import Step
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


def municipality_kpis(line: Timeline) -> Measures:
    """Return the A1 response and the waits of each municipality's residents.

    The percentiles of the response are given for the region as well.
    """
    norm = norms(line.outcome.scenario.norms)
    limit = norm["a1.response"]
    called = line.at(Step.CALL_A1)
    urgent = line.measured(called) & line.resident
    response = (line.at(Step.CREW_AT_SCENE) - called)[urgent]
    door = (line.at(Step.CREW_AT_HOSPITAL) - called)[urgent]
    rows: Measures = [(WHOLE_REGION, name, value) for name, value in _percentiles(response)]
    codes = np.unique(line.outcome.home)
    if len(codes) == 0:
        return rows
    home = _homes(line, urgent)
    for code in codes:
        here = response[home == code]
        rows += [
            (str(code), "ambulance.a1.response.mean", mean(here)),
            (str(code), "ambulance.a1.response.p95", quantile(here, P95)),
            (str(code), "ambulance.a1.within_15", within(here, limit)),
            (str(code), "ambulance.call_to_hospital.mean", mean(door[home == code])),
            (
                str(code),
                "ambulance.call_to_hospital.within_45",
                within(door[home == code], norm["ed.siren"]),
            ),
        ]
        rows += [(str(code), name, value) for name, value in _percentiles(here)]
    return rows + _at_the_door(line, codes)


def _at_the_door(line: Timeline, codes: npt.NDArray[np.str_]) -> Measures:
    """Return how long residents wait and stay in an emergency department of the region."""
    arrive = line.at(Step.ED_ARRIVE)
    chosen = line.measured(arrive) & line.resident
    home = _homes(line, chosen)
    arrive = arrive[chosen]
    wait = line.at(Step.ED_DOCTOR)[chosen] - arrive
    stay = line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED)[chosen] - arrive
    rows: Measures = []
    for code in codes:
        here = home == code
        rows += [
            (str(code), "ed.arrivals", line.per_year(here.sum())),
            (str(code), "ed.wait_doctor.median", quantile(wait[here], 50)),
            (str(code), "ed.wait_doctor.p95", quantile(wait[here], P95)),
            (str(code), "ed.los.median", quantile(stay[here], 50)),
        ]
    return rows


def _homes(line: Timeline, chosen: Flags) -> npt.NDArray[np.str_]:
    """Return the municipality of each chosen patient; all of them live in the region."""
    row = np.searchsorted(line.outcome.residents, line.patients[chosen])
    return line.outcome.home[row]


def _percentiles(response: Floats) -> list[tuple[str, float]]:
    return [
        ("ambulance.a1.response.median", quantile(response, 50)),
        ("ambulance.a1.response.p90", quantile(response, P90)),
    ]
