"""Who was where, from when to when: the stays of a journal, by site and area.

An area is a place or a queue: the waiting room of an emergency department, its rooms, a theatre, a
delivery room, a ward. Patients may be in two at a time, such as a woman whose delivery room is
kept while she has a caesarean.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.vocabulary import Resource
from scenarios.units import HOURS_PER_DAY
from sim.journal.steps import NOWHERE, Step
from sim.resources.emergency_department import ROOM_RESOURCES
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import FloatArray, IntArray
    from sim.replication.outcome import Outcome


class CareArea(StrEnum):
    """Where a patient can be or wait within a site."""

    ED_WAITING = "ed.waiting"
    ED_ROOMS = "ed.rooms"
    ED_BOARDING = "ed.boarding"
    THEATRE_QUEUE = "theatre.queue"
    THEATRE = "theatre"
    DELIVERY = "maternity.rooms"
    WARD = "ward.beds"
    ICU = "icu.beds"


BOOKED = (Step.BOOKED_CAT1, Step.BOOKED_CAT2, Step.BOOKED_CAT3, Step.BOOKED_CAT4)

BOUNDS: Mapping[CareArea, tuple[tuple[Step, ...], tuple[Step, ...]]] = {
    CareArea.ED_WAITING: ((Step.ED_ARRIVE,), (Step.ED_ROOM, Step.ED_UNSEEN)),
    CareArea.ED_ROOMS: ((Step.ED_ROOM,), (Step.ED_DISCHARGED, Step.ED_ADMITTED)),
    CareArea.ED_BOARDING: ((Step.ED_READY,), (Step.ED_ADMITTED,)),
    CareArea.THEATRE_QUEUE: (BOOKED, (Step.SURGERY_START,)),
    CareArea.THEATRE: ((Step.SURGERY_START,), (Step.SURGERY_END,)),
    CareArea.DELIVERY: ((Step.DELIVERY_ROOM,), (Step.DELIVERY_ROOM_LEFT,)),
    CareArea.WARD: ((Step.WARD_IN,), (Step.WARD_OUT,)),
    CareArea.ICU: ((Step.ICU_IN,), (Step.ICU_OUT,)),
}
"""Steps that begin and end a stay in each area; boarding is time in a room after treatment."""

PLACES: Mapping[CareArea, tuple[Resource, ...]] = {
    CareArea.ED_ROOMS: ROOM_RESOURCES,
    CareArea.THEATRE: (Resource.THEATRE_ROOMS,),
    CareArea.DELIVERY: (Resource.MATERNITY_ROOMS,),
    CareArea.WARD: (Resource.WARD_BEDS, Resource.ELECTIVE_BEDS),
    CareArea.ICU: (Resource.ICU_BEDS,),
}
"""What an area has room by; a queue has none."""


@dataclass(frozen=True)
class AreaStays:
    """Stays in one area at one site, in order of their beginning.

    Attributes
    ----------
    patient
        Whose stay it is.
    begin, end
        Minutes; a stay that goes on at the end of the simulation ends at infinity.
    """

    patient: IntArray
    begin: FloatArray
    end: FloatArray

    def occupancy(self, start: float, end: float) -> FloatArray:
        """Return the mean number present in each whole hour between two minutes, by integral."""
        edges = np.arange(start, end + 1, MINUTES_PER_HOUR)
        spent = _spent_before(self.begin, edges) - _spent_before(self.end, edges)
        return np.diff(spent) / MINUTES_PER_HOUR

    def present(self, time: float) -> int:
        """Return how many are there at a minute."""
        return int(((self.begin <= time) & (self.end > time)).sum())


def _spent_before(moments: FloatArray, edges: FloatArray) -> FloatArray:
    """Return for each edge the minutes since all moments before it, added up."""
    known = np.sort(moments[np.isfinite(moments)])
    before = np.searchsorted(known, edges)
    total = np.concatenate([[0.0], np.cumsum(known)])[before]
    return before * edges - total


def stays(outcome: Outcome, site: str, area: CareArea) -> AreaStays:
    """Return the stays in an area of a site.

    A stay that an end without a beginning, or a second beginning, leaves unpaired is closed by
    what happens to the patient next in this area.
    """
    number = outcome.sites.index(site)
    records = outcome.records
    begins, ends = BOUNDS[area]
    here = np.isin(records.step, [*begins, *ends]) & (records.patient > NOWHERE)
    patient, time = records.patient[here], records.time[here]
    at, is_begin = records.site[here], np.isin(records.step[here], begins)
    order = np.argsort(patient, kind="stable")  # records are in order of time
    patient, time, at, is_begin = patient[order], time[order], at[order], is_begin[order]
    until = np.full(len(patient), np.inf)
    same = patient[:-1] == patient[1:]
    until[:-1][same] = time[1:][same]
    chosen = is_begin & (at == number)
    by_begin = np.argsort(time[chosen], kind="stable")
    return AreaStays(
        patient[chosen][by_begin].astype(np.int64), time[chosen][by_begin], until[chosen][by_begin]
    )


def places(outcome: Outcome, site: str, area: CareArea) -> FloatArray | None:
    """Return the places of an area at each hour of the day, on average; None for a queue."""
    resources = PLACES.get(area)
    if resources is None:
        return None
    counts = [outcome.capacity[site, r] for r in resources if (site, r) in outcome.capacity]
    if not counts:
        return None
    return np.sum([count.reshape(-1, HOURS_PER_DAY).mean(axis=0) for count in counts], axis=0)
