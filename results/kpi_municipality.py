"""KPIs by municipality: how soon an ambulance is there. The `site` is the municipality's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.norms import norms
from results.run import REGION_SITE
from results.timeline import P90, P95, Floats, mean, quantile, within
from sim.journal import Step

if TYPE_CHECKING:
    from results.timeline import Timeline
    from sim.experiment import Measures


def municipality_kpis(line: Timeline) -> Measures:
    """Return the A1 response in each municipality, and its percentiles in the region."""
    limit = norms(line.outcome.scenario.norms)["a1.response"]
    called = line.at(Step.CALL_A1)
    urgent = line.measured(called) & line.resident
    response = (line.at(Step.CREW_AT_SCENE) - called)[urgent]
    rows: Measures = [(REGION_SITE, name, value) for name, value in _percentiles(response)]
    codes = np.unique(line.outcome.home)
    if len(codes) == 0:
        return rows
    home = line.outcome.home[np.searchsorted(line.outcome.residents, line.patients[urgent])]
    for code in codes:
        here = response[home == code]
        rows += [
            (str(code), "ambulance.a1.response.mean", mean(here)),
            (str(code), "ambulance.a1.response.p95", quantile(here, P95)),
            (str(code), "ambulance.a1.within_15", within(here, limit)),
        ]
        rows += [(str(code), name, value) for name, value in _percentiles(here)]
    return rows


def _percentiles(response: Floats) -> list[tuple[str, float]]:
    return [
        ("ambulance.a1.response.median", quantile(response, 50)),
        ("ambulance.a1.response.p90", quantile(response, P90)),
    ]
