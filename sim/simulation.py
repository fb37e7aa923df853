"""One region simulated: everyone comes, and goes their way until the weeks are over.

The one module that knows both the state of the region and the pathways through it.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from sim.engine.process import Process
from sim.pathways import neighbour
from sim.pathways.arrivals import arrive
from sim.pathways.elective_surgery import open_sessions
from sim.pathways.initial_state import admit
from sim.resources.region import Region
from sim.units import MINUTES_PER_WEEK

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
    from sim.engine.process import ProcessGenerator
    from sim.journal.journal import Journal
    from sim.patients.cohort import Horizon
    from sim.patients.past import Past
    from sim.patients.population import Patients


def simulate(
    scenario: Scenario,
    data: DataSet,
    horizon: Horizon,
    patients: Patients,
    past: Past | None = None,
) -> Region:
    """Return the region after one replication of a scenario, begun empty without a past."""
    region = Region(scenario, data, horizon, patients)
    run(region, horizon.end, past)
    return region


def run(region: Region, until: float, past: Past | None = None) -> None:
    """Simulate from minute 0, with those of the past who are in bed by then."""
    env = region.env
    Process(env, _store_weekly(region.journal))
    Process(env, region.rosters.follow())
    Process(env, region.fleet.follow_roster())
    if past is not None:
        admit(region, past)
    neighbour.begin(region)
    Process(env, open_sessions(region))
    arrive(region)
    gc.disable()  # a process leaves no cycles; looking for them takes a tenth of the time
    try:
        env.run_until(until)
    finally:
        gc.enable()


def _store_weekly(journal: Journal) -> ProcessGenerator[None]:
    while True:
        yield MINUTES_PER_WEEK
        journal.store()
