"""The same patients in both configurations: the interval of a difference is narrower for it."""

import numpy as np
import pytest

from results.kpis.measure import measure
from results.statistics.precision import relative_half_widths
from scenarios.files.loading import load
from sim.patients.cohort import Horizon
from sim.replication.replicate import replicate

REPLICATIONS, WEEKS = 5, 2


def apart_over_paired(now, other):
    """Return how many times wider the interval would be with other patients in each."""
    apart = np.hypot(*(relative_half_widths(values, 100.0)[-1] for values in (now, other)))
    return apart / relative_half_widths(other - now, 100.0)[-1]


def test_pairing_narrows_the_interval_as_the_correlation_says():
    # Var(a - b) = 2 (1 - r) Var for equal spreads: r = 0.9 makes it sqrt(10) times narrower
    rng = np.random.default_rng(7)
    shared, own = rng.normal(0, np.sqrt(0.9), 4000), rng.normal(0, np.sqrt(0.1), (2, 4000))
    ratio = apart_over_paired(100 + shared + own[0], 101 + shared + own[1])
    assert ratio == pytest.approx(np.sqrt(10), rel=0.05)


@pytest.mark.slow
def test_pairing_pays_in_the_model(starter):
    kpis = ("ed.arrivals", "ambulance.unit_hours", "maternity.births_home")
    found = {}
    for name in ("now", "night-closure"):
        scenario = load(name).in_year(2025)
        runs = [
            {
                kpi: value
                for site, kpi, value in measure(
                    replicate(scenario, starter, Horizon(5, number, WEEKS), 1)
                )
                if site == "region"
            }
            for number in range(REPLICATIONS)
        ]
        found[name] = {kpi: np.array([run[kpi] for run in runs]) for kpi in kpis}
    now, other = found["now"], found["night-closure"]
    assert apart_over_paired(now["ed.arrivals"], other["ed.arrivals"]) > 3
    assert apart_over_paired(now["ambulance.unit_hours"], other["ambulance.unit_hours"]) > 1.5
    assert (now["maternity.births_home"] == other["maternity.births_home"]).all()
