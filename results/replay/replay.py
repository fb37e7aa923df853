"""One replication again: the journal that a run measured and then let go.

A run keeps no journals: one takes more room than all its tables. The same scenario, seed, weeks
and number give the same patients and the same course, so it can always be played again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.errors import ResultsError
from sim.journal.steps import Step
from sim.patients.population import patients_of
from sim.replication.replicate import replicate
from sim.resources.site_points import new_places
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
    from sim.patients.population import Patients
    from sim.replication.outcome import Outcome
    from sim.replication.replicate import Setting


@dataclass(frozen=True)
class Replay:
    """A replication that was played again.

    Attributes
    ----------
    outcome
        Its journal and what it ran with.
    patients
        Who needed care.
    data
        The data set, for where they live.
    """

    outcome: Outcome
    patients: Patients
    data: DataSet

    def day(self, number: int) -> tuple[float, float]:
        """Return the first and last minute of a measured day; 1 is the first.

        Raises
        ------
        ResultsError
            There is no such day.
        """
        days = int((self.outcome.end - self.outcome.start) // MINUTES_PER_DAY)
        if not 1 <= number <= days:
            raise ResultsError(
                "--day {number}: this replication has days 1 to {days}", number=number, days=days
            )
        start = self.outcome.start + (number - 1) * MINUTES_PER_DAY
        return start, start + MINUTES_PER_DAY

    def site(self, text: str) -> str:
        """Return the site id that is meant, whatever its case.

        Raises
        ------
        ResultsError
            The scenario simulates no such site.
        """
        own = own_sites(self.outcome)
        found = next((site for site in own if site.lower() == text.lower()), None)
        if found is None:
            raise ResultsError(
                "--site {given!r}: no such site; it has {sites}", given=text, sites=", ".join(own)
            )
        return found

    def busiest_site(self) -> str:
        """Return the site with the most visits to its emergency department."""
        visits = np.bincount(
            self.outcome.records.of(Step.ED_ARRIVE).site, minlength=len(self.outcome.sites)
        )
        number = self.outcome.sites.index
        return max(own_sites(self.outcome), key=lambda site: visits[number(site)])


def own_sites(outcome: Outcome) -> list[str]:
    """Return the sites whose care is simulated."""
    return [
        site
        for site, is_neighbour in zip(outcome.sites, outcome.is_neighbour, strict=True)
        if not is_neighbour
    ]


def replay(scenario: Scenario, data: DataSet, setting: Setting, replication: int) -> Replay:
    """Play one replication again.

    Parameters
    ----------
    setting, replication
        As in the run; the first replication is 0.
    """
    horizon = setting.horizon(replication)
    data = data.with_places(new_places(scenario))
    outcome = replicate(scenario, data, horizon, setting.warmup)
    patients = patients_of(scenario, data, horizon)
    return Replay(outcome, patients, data)
