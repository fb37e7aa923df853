"""Do the people of today behave as what is known of teams: lost departments, sickness, summers.

Figures of the same kind as a run's, by path, so that anchors are held against either alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from results.lines.standing import by_year, first_lost, standing, stands
from results.validation.calibration import anchors
from scenarios.lines.people_file import with_people
from scenarios.lines.years import FIRST_YEAR
from scenarios.parameters.registry import Confidence
from scenarios.schema.lines import LineName, Measure, TeamName, TeamSize
from scenarios.schema.vocabulary import Function
from scenarios.units import MONTHS_PER_YEAR
from sim.replication.outcome import WHOLE_REGION
from sim.teams.posts import Stream
from sim.teams.staff_path import StaffModel
from sim.teams.workforce import SUMMER

if TYPE_CHECKING:
    from files.arrays import AnyFloatArray
    from results.validation.calibration import Anchor
    from scenarios.schema.scenario import Scenario
    from sim.teams.staff_path import StaffPath

FILE: Final = "people_anchors.csv"
PATHS: Final = 60
"""How many paths of people a calibration takes."""

UNTIL: Final = 2034
"""The last year of the figures of today."""

SHORT_IN: Final = 2050
FALL_YEARS: Final = 2
TEAMS: Final = (3, 4, 8)
ALONE: Final = "MST"


@dataclass(frozen=True)
class _PathFigures:
    """The figures of one path."""

    path: StaffPath
    years: int

    def closed(self, function: Function) -> list[AnyFloatArray]:
        """Return the closed share by month of each site that has a function."""
        months = self.years * MONTHS_PER_YEAR
        return [
            fill.closed[:months]
            for (_, name), fill in self.path.functions.items()
            if name is function
        ]

    def lost(self, function: Function) -> float:
        """Return how many sites are lost per site and year at risk."""
        lost = [first_lost(closed) for closed in self.closed(function)]
        at_risk = sum(
            self.years if month is None else (month + 1) / MONTHS_PER_YEAR for month in lost
        )
        return sum(month is not None for month in lost) / at_risk

    def closed_weeks(self, function: Function) -> float:
        """Return the share of site-years that are closed for two weeks or more."""
        return float(np.mean([~stands(closed) for closed in self.closed(function)]))

    def summers(self) -> float:
        """Return the share of summers in which a site has places closed for want of nurses."""
        fills = [
            fill.places
            for (_, name), fill in self.path.lines.items()
            if name is LineName.OBSTETRIC_NURSE
        ]
        places = np.array(fills)[:, : self.years * MONTHS_PER_YEAR]
        monthly = places.reshape(len(fills), self.years, MONTHS_PER_YEAR)[:, :, list(SUMMER)]
        return float((monthly < 1).any(axis=(0, 2)).mean())


def people_figures(now: Scenario, replications: int, seed: int) -> pd.DataFrame:
    """Return what anchors of people are held against.

    Parameters
    ----------
    now
        Doing nothing.
    replications
        Paths of people.

    Returns
    -------
    pandas.DataFrame
        Columns replication, site, kpi, value.
    """
    model = StaffModel(now)
    small = [(people, _alone(now, people)) for people in TEAMS]
    rows = []
    for replication in range(replications):
        stream = Stream(seed, replication)
        path = model.path(stream)
        figures = _PathFigures(path, UNTIL - FIRST_YEAR + 1)
        values = {
            "people.sickness": float(path.people.sick.sum() / path.people.held.sum()),
            "people.ed.lost": figures.lost(Function.ED),
            "people.maternity.lost": figures.lost(Function.MATERNITY),
            "people.ed.closed_weeks": figures.closed_weeks(Function.ED),
            "people.summer": figures.summers(),
            "people.short.2050": _short(path, model.parameters["people.fte.nurse"]),
        }
        for people, alone in small:
            closed = alone.path(stream).lines[ALONE, LineName.PAEDIATRICIAN].closed
            fallen = not stands(closed)[:FALL_YEARS].all()
            values[f"people.paediatricians.{people}.fall"] = float(fallen)
        rows += [(replication, WHOLE_REGION, kpi, value) for kpi, value in values.items()]
    return pd.DataFrame(rows, columns=["replication", "site", "kpi", "value"])


def _alone(now: Scenario, people: int) -> StaffModel:
    """Return today with one small team of paediatricians, and nobody near to lend any."""
    size = TeamSize(
        low=people,
        high=people,
        fte=None,
        vacancies=1,
        source="a small team",
        confidence=Confidence.ENGINEERING_ESTIMATE,
    )
    measures = tuple(one for one in now.policies.when_short if one is not Measure.LEND)
    policies = now.policies.model_copy(update={"when_short": measures})
    alone = with_people(now, {(ALONE, TeamName.PAEDIATRICIANS): size})
    return StaffModel(alone.model_copy(update={"policies": policies}), FIRST_YEAR + FALL_YEARS - 1)


def _short(path: StaffPath, jobs_each: float) -> float:
    """Return the full-time jobs of both hospitals that nobody holds, beyond those of today."""
    held, posts = (by_year(part.sum(axis=0)) for part in (path.people.held, path.people.posts))
    empty = 1 - held / posts
    return float(empty[SHORT_IN - FIRST_YEAR] - empty[0]) * standing().employed.value * jobs_each


def people_anchors() -> tuple[Anchor, ...]:
    """Return the anchors of people."""
    return anchors(FILE)
