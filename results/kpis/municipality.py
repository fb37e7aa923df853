"""KPIs by municipality: how soon an ambulance is there, how long residents wait at the door.

The `site` is the municipality's code; residents count wherever in Twente they are treated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.config.norms import norms
from results.kpis.ambulance import call_to_hospital_kpis
from results.kpis.timeline import P90, P95
from sim.journal.steps import Step
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from files.arrays import BoolArray
    from results.kpis.durations import Durations
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


def municipality_kpis(line: Timeline) -> Measures:
    """Return the A1 response and the waits of each municipality's residents.

    The percentiles of the response are given for the region as well.
    """
    limit = norms(line.outcome.scenario.norms)["a1.response"]
    called = line.at(Step.CALL_A1)
    urgent = line.measured(called) & line.resident
    response = line.until(called, line.at(Step.CREW_AT_SCENE))[urgent]
    rows: Measures = [(WHOLE_REGION, name, value) for name, value in _percentiles(response)]
    codes = np.unique(line.outcome.home)
    if len(codes) == 0:
        return rows
    home = _homes(line, urgent)
    for code in codes:
        here = response[home == code]
        rows += [
            (str(code), "ambulance.a1.response.mean", here.mean()),
            (str(code), "ambulance.a1.response.p95", here.quantile(P95)),
            (str(code), "ambulance.a1.within_15", here.within(limit)),
        ]
        rows += [(str(code), name, value) for name, value in _percentiles(here)]
    homes = np.full(len(urgent), "", dtype=home.dtype)
    homes[urgent] = home
    rows += call_to_hospital_kpis(line, {str(code): homes == code for code in codes})
    return rows + _at_the_door(line, codes)


def _at_the_door(line: Timeline, codes: npt.NDArray[np.str_]) -> Measures:
    """Return how long residents wait and stay in an emergency department of the region."""
    arrive = line.at(Step.ED_ARRIVE)
    chosen = line.measured(arrive) & line.resident
    home = _homes(line, chosen)
    unseen = line.at(Step.ED_UNSEEN)
    wait = line.until(arrive, line.at(Step.ED_DOCTOR), unseen)[chosen]
    stay = line.until(arrive, line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED))[chosen]
    seen = np.isnan(unseen[chosen])
    rows: Measures = []
    for code in codes:
        here = home == code
        rows += [
            (str(code), "ed.arrivals", line.per_year(here.sum())),
            (str(code), "ed.wait_doctor.median", wait[here].quantile(50)),
            (str(code), "ed.wait_doctor.p95", wait[here].quantile(P95)),
            (str(code), "ed.los.median", stay[here & seen].quantile(50)),
        ]
    return rows


def _homes(line: Timeline, chosen: BoolArray) -> npt.NDArray[np.str_]:
    """Return the municipality of each chosen patient; all of them live in the region."""
    row = np.searchsorted(line.outcome.residents, line.patients[chosen])
    return line.outcome.home[row]


def _percentiles(response: Durations) -> list[tuple[str, float]]:
    return [
        ("ambulance.a1.response.median", response.quantile(50)),
        ("ambulance.a1.response.p90", response.quantile(P90)),
    ]
