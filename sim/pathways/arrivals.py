"""Everyone who comes, each at his or her own time.

What needs nobody takes no event: that a patient comes, drives to the door and is seen at the desk
is known beforehand, and noted for all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engine.process import Process
from sim.journal.steps import Step
from sim.pathways import ambulance, emergency, maternity, ward

if TYPE_CHECKING:
    from collections.abc import Callable

    from files.arrays import FloatArray, IntArray
    from sim.engine.process import ProcessGenerator
    from sim.resources.region import Region


def arrive(region: Region) -> None:
    """Let everyone but those on a waiting list come; sessions call those."""
    people = region.patients
    rides = np.array(people.visits.by_ambulance, dtype=bool)
    called = np.flatnonzero(rides)
    time, patient = _when_and_who(people.visits.time, people.visits.patient)
    region.journal.note_all(time[called], patient[called], Step.ENTER)
    _begin(region, time[called], called, emergency.visit_by_ambulance)
    _walk_ins(region, np.flatnonzero(~rides))
    for cohort, pathway in (
        (people.directs, ward.direct_admission),
        (people.medicals, ward.medical_admission),
        (people.births, maternity.birth),
        (people.rides, ambulance.ride_without_admission),
    ):
        time, patient = _when_and_who(cohort.time, cohort.patient)
        region.journal.note_all(time, patient, Step.ENTER)
        _begin(region, time, np.arange(len(time)), pathway)


def _walk_ins(region: Region, rows: IntArray) -> None:
    """Let patients come to the door by themselves; at an endless neighbour's they are counted."""
    visits, note_all = region.patients.visits, region.journal.note_all
    time, patient = (column[rows] for column in _when_and_who(visits.time, visits.patient))
    geography = region.geography
    site = np.array(region.ed_choice, dtype=int)[rows]
    arrives = time + geography.minutes_by_car(np.array(visits.cell, dtype=int)[rows], site)
    note_all(arrives, patient, Step.ENTER)
    outside = np.array(geography.is_neighbour)[site]
    counted = np.array([hospital.is_endless for hospital in region.hospitals])[site]
    for step in (Step.TO_NEIGHBOUR, Step.LEAVE):
        note_all(arrives[counted], patient[counted], step, site[counted])
    at_walls = outside & ~counted
    _begin(region, arrives[at_walls], rows[at_walls], emergency.walk_in_outside)
    ours = ~outside
    note_all(arrives[ours], patient[ours], Step.ED_ARRIVE, site[ours])
    triaged = arrives + np.array(visits.triage)[rows]
    _begin(region, triaged[ours], rows[ours], emergency.walk_in)


def _when_and_who(time: object, patient: object) -> tuple[FloatArray, IntArray]:
    return np.array(time, dtype=np.float64), np.array(patient, dtype=np.int64)


def _begin(
    region: Region,
    times: FloatArray,
    rows: IntArray,
    pathway: Callable[[Region, int], ProcessGenerator[None]],
) -> None:
    """Let some rows of a cohort begin, each at his or her own time."""
    order = np.argsort(times, kind="stable")
    in_turn = zip(times[order].tolist(), rows[order].tolist(), strict=True)

    def arrivals() -> ProcessGenerator[None]:
        env = region.env
        for time, row in in_turn:
            yield max(time - env.now, 0.0)
            Process(env, pathway(region, row))

    Process(region.env, arrivals())
