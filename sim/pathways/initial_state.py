"""Who of the past lies in which bed when a replication begins, with the stay that is left.

Who they are is drawn in `sim.patients.past`, whatever the sites; here each configuration puts the
same people in its own beds. In a queue without loss the mean number in beds is the same however
long people wait for one (Little 1961), so the wards begin at their long-run mean; queues, theatre
and departments are filled by the warm-up that is left, of days instead of weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.vocabulary import Function
from sim.engine.process import Process
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.pathways import ward
from sim.patients.births import Mode
from sim.patients.cohort import COHORT_SPAN, compact
from sim.patients.hospital_choice import attractions, preferences
from sim.patients.stays import Stay, Stays
from sim.random.streams import Purpose
from sim.resources.maternity_choice import maternity_choice
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.registry import Parameters
    from sim.engine.process import ProcessGenerator
    from sim.patients.births import Births
    from sim.patients.direct_admissions import Directs
    from sim.patients.past import Past
    from sim.patients.visits import Visits
    from sim.resources.hospital import Hospital
    from sim.resources.region import Region


FIRST_NUMBER = COHORT_SPAN // 2
"""Patients of the past are numbered from the middle of their cohort's span."""


def admit(region: Region, past: Past) -> None:
    """Put in bed who is there when the replication begins, minute 0.

    Who finds no bed free is left out: a queue begins empty.
    """
    visits, directs, geography = past.visits, past.directs, region.geography
    at_once = np.array(visits.to_icu, dtype=bool) | np.array(visits.to_theatre, dtype=bool)
    _acute(region, past, visits, _sites_of_visits(region, past), _in_bed(visits), at_once)
    equal = np.zeros((len(directs.time), len(geography.sites)))
    nearest = geography.nearest_open(Function.WARD, directs.cell, directs.time, equal)
    never = np.zeros(len(directs.time), dtype=bool)
    _acute(region, past, directs, nearest, np.array(directs.time), never)
    _planned(region, past)
    _births(region, past)


# Acute care


def _sites_of_visits(region: Region, past: Past) -> list[int]:
    """Return the emergency department each came to: the nearest by ambulance, else of choice."""
    visits, geography = past.visits, region.geography
    minutes = preferences(
        past.horizon,
        Purpose.VISIT_CHOICE,
        visits.patient,
        geography.sites,
        past.parameters["ed.choice.spread"],
        attractions(past.parameters, "ed", geography.sites),
    )
    minutes[np.array(visits.by_ambulance, dtype=bool)] = 0.0
    return geography.nearest_open(Function.ED, visits.cell, visits.time, minutes)


def _in_bed(visits: Visits) -> FloatArray:
    """Return when each went to a bed had nobody to wait; infinity for who went home."""
    moment = np.array(visits.time)
    for step in ("triage", "assessment", "consult_delay", "consult", "treatment"):
        moment += np.array(getattr(visits, step))
    moment += np.maximum(visits.laboratory, np.add(visits.xray, visits.ct))
    moment += np.where(visits.to_theatre, visits.stays.surgery_minutes, visits.boarding)
    has_to_stay = np.logical_or(visits.to_theatre, visits.to_icu)
    is_admitted = has_to_stay | (np.array(visits.is_admitted) & ~np.array(visits.to_observation))
    return np.where(is_admitted, moment, np.inf)


@dataclass(frozen=True)
class _Course:
    """Acute stays as they go when nobody waits: ward, intensive care, ward, delayed, home.

    Who goes to intensive care at once begins with a part of no minutes on the ward.
    """

    bed: FloatArray  # when it began
    before: FloatArray  # on the ward before intensive care
    icu: FloatArray
    los: FloatArray  # on the ward in all
    delayed: FloatArray
    leaves_at: FloatArray  # minute of the day, for who is ready outside discharge hours

    def leaves(self, parameters: Parameters) -> FloatArray:
        """Return when each goes home."""
        ready = self.bed + self.icu + self.los + self.delayed
        first, last = (
            parameters[key] * MINUTES_PER_HOUR
            for key in ("ward.discharge.start", "ward.discharge.end")
        )
        of_day = ready % MINUTES_PER_DAY
        outside = (of_day < first) | (of_day >= last)
        waits = (self.leaves_at - of_day) % MINUTES_PER_DAY
        return ready + np.where(outside, waits, 0.0)

    def in_icu(self, time: float) -> BoolArray:
        """Return who is in intensive care."""
        elapsed = time - self.bed
        return (elapsed >= self.before) & (elapsed < self.before + self.icu)

    def left(self, time: float, rows: IntArray) -> Stays:
        """Return what is left of some stays, as `ward.py` goes on with it.

        There intensive care from the ward comes half-way, so who still has to go there gets twice
        the time until then.
        """
        elapsed = time - self.bed
        before, icu, los = self.before, self.icu, self.los
        has_icu_to_come = (icu > 0) & (elapsed < before)
        on_ward = np.select(
            [icu <= 0, has_icu_to_come, self.in_icu(time)],
            [los - elapsed, 2 * (before - elapsed), los - before],
            icu + los - elapsed,
        )
        icu_left = np.select([has_icu_to_come, self.in_icu(time)], [icu, before + icu - elapsed], 0)
        delayed = np.clip(icu + los + self.delayed - elapsed, 0, self.delayed)
        none = compact(np.zeros(len(rows)))
        return Stays(
            los=compact(np.maximum(on_ward, 0.0)[rows]),
            delayed=compact(delayed[rows]),
            discharge=compact(self.leaves_at[rows]),
            icu_minutes=compact(icu_left[rows]),
            surgery_class=[0] * len(rows),
            surgery_delay=none,
            surgery_minutes=none,
        )


def _acute(
    region: Region,
    past: Past,
    people: Visits | Directs,
    site: Sequence[int],
    bed: FloatArray,
    icu_first: BoolArray,
) -> None:
    """Put who came for acute care in a ward or intensive care bed."""
    stays, start = people.stays, past.horizon.end
    came = np.flatnonzero(bed <= start)
    los, icu, delayed, leaves_at = (
        np.array(column)[came]
        for column in (stays.los, stays.icu_minutes, stays.delayed, stays.discharge)
    )
    before = np.where(icu_first[came], 0.0, los / 2)
    course = _Course(bed[came], before, icu, los, delayed, leaves_at)
    there = np.flatnonzero(course.leaves(past.parameters) > start)
    left, in_icu = course.left(start, there), course.in_icu(start)[there].tolist()
    for row, member in enumerate(came[there].tolist()):
        hospital = region.hospitals[site[member]]
        if hospital.walls is not None:
            Process(region.env, _outside(hospital, left.of(row)))
        if not hospital.is_neighbour:
            pathway = _in_intensive_care if in_icu[row] else _on_ward
            patient = FIRST_NUMBER + people.patient[member]
            Process(region.env, pathway(region, patient, hospital, left.of(row)))


def _on_ward(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    is_open = region.geography.open_sites(Function.WARD, region.env.now)
    minutes = region.geography.transfer[hospital.number]
    free = [
        other
        for other in region.hospitals
        if is_open[other.number] and not other.is_neighbour and other.ward_beds.is_free
    ]
    if not free:
        return
    place = min(free, key=lambda other: minutes[other.number])
    place.ward_beds.claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield from ward.acute_stay(region, patient, place, stay)


def _outside(hospital: Hospital, stay: Stay) -> ProcessGenerator[None]:
    """Lie in a neighbour's bed, as one who went there before the start; noted by nobody."""
    if hospital.ward_beds.is_free:
        hospital.ward_beds.claim()
        yield stay.icu_minutes + stay.los + stay.delayed
        hospital.ward_beds.release()


def _in_intensive_care(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    place = ward.with_icu_bed(region, hospital)
    if place.is_neighbour or not place.icu_beds.is_free:
        return
    place.icu_beds.claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield from ward.after_intensive_care(region, patient, place, stay)


# Planned care and births


def _planned(region: Region, past: Past) -> None:
    """Put who came for planned care in a bed, as if operated on the day of joining the list."""
    start, hospital_by_id = past.horizon.end, region.hospital_by_id
    medicals, operations = past.medicals, past.operations
    for patient, time, home, los in zip(
        medicals.patient, medicals.time, medicals.home, medicals.los, strict=True
    ):
        if time + los > start:
            _elective(region, patient, hospital_by_id[home], 0.0, time + los - start)
    parameters = past.parameters
    session = (parameters["theatre.session.start"] + parameters["theatre.session.end"]) / 2
    surgery = np.array(operations.time) + session * MINUTES_PER_HOUR
    for row, time in enumerate(surgery.tolist()):
        icu, los = operations.icu_minutes[row], operations.los[row]
        if operations.is_inpatient[row] and time + icu + los > start:
            left = max(time + icu - start, 0.0)
            hospital = hospital_by_id[operations.home[row]]
            on_ward = min(time + icu + los - start, los)
            _elective(region, operations.patient[row], hospital, left, on_ward)


def _elective(region: Region, patient: int, hospital: Hospital, icu: float, los: float) -> None:
    """Let a planned patient be in a bed: intensive care for `icu` minutes, then the ward."""
    if icu > 0:
        hospital = ward.with_icu_bed(region, hospital)
    beds = hospital.icu_beds if icu > 0 else hospital.elective_beds
    if beds.is_free:
        Process(region.env, _elective_days(region, FIRST_NUMBER + patient, hospital, icu, los))


def _elective_days(
    region: Region, patient: int, hospital: Hospital, icu: float, los: float
) -> ProcessGenerator[None]:
    region.journal.note(patient, Step.ENTER, NOWHERE)
    if icu > 0:
        yield from ward.icu_stay(region, patient, hospital, icu)
    yield from ward.elective_stay(region, patient, hospital, los)
    region.journal.note(patient, Step.LEAVE, hospital.number)


def _births(region: Region, past: Past) -> None:
    """Put mothers on the maternity ward and newborns in the neonatal ward."""
    births, geography, start = past.births, region.geography, past.horizon.end
    choice = maternity_choice(births, geography, past.horizon, past.parameters, region.closed_units)
    for row, born in enumerate(_born(births).tolist()):
        stay = born + births.room_after_birth[row] + births.stay[row] - start
        child = born + births.neonatal[row] - start
        if born > start or max(stay if births.stay[row] > 0 else 0.0, child) <= 0:
            continue
        is_open = geography.open_sites(Function.MATERNITY, born)
        hospital = region.hospitals[next(site for site in choice[row] if is_open[site])]
        if hospital.is_neighbour:
            continue
        if births.stay[row] > 0 and stay > 0:
            patient = FIRST_NUMBER + births.patient[row]
            Process(region.env, _lying_in(region, patient, hospital, stay))
        if child > 0 and births.neonatal[row] > 0 and not births.to_nicu[row]:
            Process(region.env, _newborn(region, hospital, child))


def _born(births: Births) -> FloatArray:
    """Return when each child is born had nobody to wait or to travel."""
    labour = np.where(np.equal(births.mode, Mode.PLANNED_CAESAREAN), 0.0, births.labour)
    ripening = np.where(births.is_induced, births.ripening, 0.0)
    return np.array(births.time) + ripening + labour


def _lying_in(
    region: Region, patient: int, hospital: Hospital, minutes: float
) -> ProcessGenerator[None]:
    beds = hospital.maternity_beds
    if not beds.is_free:
        return
    beds.claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield minutes
    beds.release()
    region.journal.note(patient, Step.LEAVE, hospital.number)


def _newborn(region: Region, hospital: Hospital, minutes: float) -> ProcessGenerator[None]:
    cots, site = hospital.cots, hospital.number
    if not cots.is_free:
        return
    cots.claim()
    region.journal.note(NOBODY, Step.NEONATAL_IN, site)
    yield minutes
    region.journal.note(NOBODY, Step.NEONATAL_OUT, site)
    cots.release()
