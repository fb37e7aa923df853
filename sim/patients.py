"""All patients of one replication, drawn before the simulation starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.births import Births, sample_births
from sim.planned import Medicals, Operations, sample_medicals, sample_operations
from sim.rides import Rides, sample_rides
from sim.visits import Directs, Visits, sample_directs, sample_visits

if TYPE_CHECKING:
    import pandas as pd

    from geodata.dataset import DataSet
    from scenarios.parameters import Parameters
    from scenarios.schema import Scenario, Surge
    from sim.cohort import Horizon


@dataclass(frozen=True)
class Patients:
    """Every cohort."""

    visits: Visits
    directs: Directs
    operations: Operations
    medicals: Medicals
    births: Births
    rides: Rides


def sample_patients(
    horizon: Horizon,
    parameters: Parameters,
    cells: pd.DataFrame,
    year: int,
    surge: Surge | None = None,
) -> Patients:
    """Draw everyone who will need care in the horizon under the demand of `year`.

    The draw knows nothing of sites or rosters, so it is the same in every configuration.
    """
    return Patients(
        visits=sample_visits(horizon, parameters, cells, year, surge),
        directs=sample_directs(horizon, parameters, cells, year),
        operations=sample_operations(horizon, parameters, year),
        medicals=sample_medicals(horizon, parameters, year),
        births=sample_births(horizon, parameters, cells, year),
        rides=sample_rides(horizon, parameters, cells, year),
    )


def patients_of(scenario: Scenario, data: DataSet, horizon: Horizon) -> Patients:
    """Draw everyone who will need care in the year of a scenario."""
    return sample_patients(
        horizon,
        scenario.effective_parameters(),
        data.cells,
        scenario.horizon_year,
        scenario.surge,
    )
