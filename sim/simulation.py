"""One region simulated: everyone comes, and goes their way until the weeks are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.resources.region import Region

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
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
    region.run(horizon.end, past)
    return region
