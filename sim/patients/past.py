"""Who lies in the beds when a replication begins, so that it need not begin with empty wards.

A SimPy run cannot be saved half-way, and a state saved from one scenario would be wrong for
another year, other stays or other demand. So the state is made, not saved: the patients of the
weeks before the start are drawn as all others are, with streams of their own. Who would still be
in a bed at the start lies there, with the part of the stay that is left. In a queue without loss
the mean number in beds is the same however long people wait for one (Little 1961), so the wards
begin at their long-run mean; queues, theatre and departments are filled by the warm-up that is
left, of days instead of weeks.

The past knows nothing of sites; each configuration puts the same people in its own beds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scenarios.parameters.registry import Parameter
from scenarios.units import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.patients.births import sample_births
from sim.patients.cohort import Horizon
from sim.patients.direct_admissions import sample_directs
from sim.patients.elective import sample_medicals, sample_operations
from sim.patients.visits import sample_visits
from sim.random.streams import Purpose, generator

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario
    from sim.patients.births import Births
    from sim.patients.direct_admissions import Directs
    from sim.patients.elective import Medicals, Operations
    from sim.patients.visits import Visits


PAST_WEEKS = 8
"""How far back the past goes: stays beyond it are a hundredth of all bed-days on the wards. Even,
so that the fortnight of opening hours goes on where the past ends."""

DETAIL_BITS = 32
_SEASON_KEY: Final = "demand.season.start_week"


@dataclass(frozen=True)
class PastHorizon(Horizon):
    """The weeks before the start, with random numbers that nothing else uses."""

    def generator(self, purpose: Purpose, detail: int = 0) -> np.random.Generator:
        """Return the generator of one purpose of the past."""
        own = int(purpose) << DETAIL_BITS | detail
        return generator(self.seed, self.replication, Purpose.PAST, own)


@dataclass(frozen=True)
class Past:
    """Everyone who needed a bed in the weeks before the start."""

    horizon: Horizon
    parameters: Parameters
    visits: Visits
    directs: Directs
    operations: Operations
    medicals: Medicals
    births: Births


def sample_past(horizon: Horizon, scenario: Scenario, cells: pd.DataFrame) -> Past:
    """Draw the patients of the weeks before a replication, under the demand of its year."""
    past = PastHorizon(horizon.seed, horizon.replication, PAST_WEEKS)
    parameters = _seasonal(scenario.effective_parameters())
    year = scenario.horizon_year
    return Past(
        past,
        parameters,
        visits=sample_visits(past, parameters, cells, year),
        directs=sample_directs(past, parameters, cells, year),
        operations=sample_operations(past, parameters, year),
        medicals=sample_medicals(past, parameters, year),
        births=sample_births(past, parameters, cells, year),
    )


def _seasonal(parameters: Parameters) -> Parameters:
    """Return the parameters with the season in which the past begins."""
    week = int(parameters[_SEASON_KEY])
    if week == 0:
        return parameters
    weeks = int(DAYS_PER_YEAR // DAYS_PER_WEEK)
    earlier = (week - 1 - PAST_WEEKS) % weeks + 1
    entry = next(entry for entry in parameters.entries() if entry.key == _SEASON_KEY)
    return parameters.with_values(
        {
            _SEASON_KEY: Parameter(
                entry.key, earlier, entry.unit, entry.source, entry.year, entry.confidence
            )
        }
    )
