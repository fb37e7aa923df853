"""Patients that a process drew last: the next configuration of the same year meets them again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.schema.vocabulary import Start
from sim.patients.past import Past, sample_past
from sim.patients.population import Patients, demand_of, patients_of

if TYPE_CHECKING:
    import pandas as pd

    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
    from sim.patients.cohort import Horizon

MOST_KEPT = 2
"""A cohort of fifteen weeks takes some ten megabytes; tasks come sorted by whom they meet."""


@dataclass(frozen=True)
class Drawn:
    """Everyone in a replication, and of the weeks before it unless it begins empty."""

    patients: Patients
    past: Past | None


class LastDrawn:
    """The cohorts that were drawn last; nobody changes them, so that they can be met again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, Horizon, str, bool], tuple[pd.DataFrame, Drawn]]
        self._kept = OrderedDict()

    def of(self, scenario: Scenario, data: DataSet, horizon: Horizon) -> Drawn:
        """Return everyone whom a scenario meets, drawn when they are not those of before."""
        filled = scenario.warmup.start is Start.FILLED
        key = (id(data.cells), horizon, demand_of(scenario), filled)
        if key not in self._kept:
            past = sample_past(horizon, scenario, data.cells) if filled else None
            # the cells are kept too, so that their identity stays theirs
            self._kept[key] = data.cells, Drawn(patients_of(scenario, data, horizon), past)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key][1]

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


LAST_DRAWN = LastDrawn()
"""Of this process."""
