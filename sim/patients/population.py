"""All patients of one replication, drawn before the simulation starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.patients.ambulance_rides import Rides, sample_rides
from sim.patients.births import Births, sample_births
from sim.patients.direct_admissions import Directs, sample_directs
from sim.patients.elective import Medicals, Operations, sample_medicals, sample_operations
from sim.patients.visits import Visits, sample_visits

if TYPE_CHECKING:
    import pandas as pd

    from geodata.dataset.dataset import DataSet
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.surge import Surge
    from sim.patients.cohort import Horizon


DEMAND = {"horizon_year", "levers", "parameters", "surge"}
"""The fields of a scenario that decide who comes: all that `patients_of` and `sample_past` read."""


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


def demand_of(scenario: Scenario) -> str:
    """Return what a scenario's patients are drawn from, besides the horizon and the cells.

    Scenarios with the same demand meet the same patients.
    """
    return scenario.model_dump_json(include=DEMAND)


def patients_of(scenario: Scenario, data: DataSet, horizon: Horizon) -> Patients:
    """Draw everyone who will need care in the year of a scenario."""
    return sample_patients(
        horizon,
        scenario.effective_parameters(),
        data.cells,
        scenario.horizon_year,
        scenario.surge,
    )
