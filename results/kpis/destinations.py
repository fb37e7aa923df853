"""Where the residents of each municipality go: which hospital, for emergency care and for birth.

The `site` is a hospital (residents of all Twente) or a municipality and a hospital, as
`GM0153:MST`; counts are a year, and who goes to nobody's hospital is in none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scenarios.calendar.opening_hours import open_hours
from scenarios.schema.vocabulary import Function
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    import numpy.typing as npt

    from files.arrays import BoolArray, FloatArray
    from results.kpis.timeline import Timeline
    from sim.replication.outcome import Measures


class Went(NamedTuple):
    """Where each patient who visits a department, or gives birth in hospital, is treated first.

    Attributes
    ----------
    at
        When, NaN for who isn't.
    site
        The number of the hospital.
    in_twente
        Whether it lies in the region.
    """

    at: FloatArray
    site: npt.NDArray[np.int64]
    in_twente: BoolArray


def went(line: Timeline) -> dict[Cohort, Went]:
    """Return where patients go, by what they come for; other patients go nowhere."""
    outside, neighbour = line.at(Step.TO_NEIGHBOUR), line.site(Step.TO_NEIGHBOUR)
    found = {}
    for cohort, arrives in (
        (Cohort.VISIT, Step.ED_ARRIVE),
        (Cohort.BIRTH, Step.MATERNITY_ARRIVE),
    ):
        comes = cohort.includes(line.patients)
        inside = line.at(arrives)
        here = ~np.isnan(inside)
        if cohort is Cohort.BIRTH:  # who is sent on has her child there
            here &= np.isnan(outside)
        found[cohort] = Went(
            np.where(comes, np.fmin(inside, outside), np.nan),
            np.where(here, line.site(arrives), neighbour),
            here & comes,
        )
    return found


def by_home(line: Timeline, chosen: BoolArray) -> list[tuple[str, BoolArray]]:
    """Return the chosen residents of the region, and of each municipality."""
    homes = line.outcome.home
    if not len(homes):
        return [(WHOLE_REGION, chosen)]
    at = np.searchsorted(line.outcome.residents, line.patients).clip(max=len(homes) - 1)
    home = np.where(line.resident, homes[at], "")
    return [
        (WHOLE_REGION, chosen),
        *((str(code), chosen & (home == code)) for code in np.unique(homes)),
    ]


def between(home: str, hospital: str) -> str:
    """Return the `site` of a figure that is about a municipality and a hospital."""
    return f"{home}:{hospital}"


def destination_kpis(line: Timeline) -> Measures:
    """Return how many residents go to each hospital, by municipality."""
    sites = line.outcome.scenario.active_sites()
    rows: Measures = []
    for (cohort, went_to), (kpi, function) in zip(
        went(line).items(),
        (("care.visits", Function.ED), ("care.births", Function.MATERNITY)),
        strict=True,
    ):
        treated = line.resident & cohort.includes(line.patients) & line.measured(went_to.at)
        open_ones = [
            (number, name)
            for number, name in enumerate(line.outcome.sites)
            if open_hours(sites[name].hours(function)).any()
        ]
        for home, chosen in by_home(line, treated):
            whole = home == WHOLE_REGION
            if whole:
                rows.append((WHOLE_REGION, kpi, line.per_year(chosen.sum())))
            rows += [
                (
                    name if whole else between(home, name),
                    kpi,
                    line.per_year((chosen & (went_to.site == number)).sum()),
                )
                for number, name in open_ones
            ]
    return rows
