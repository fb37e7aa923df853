"""Wards and intensive care (IC): wait for a bed, stay, wait for care elsewhere, go home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scenarios.schema.vocabulary import Function
from sim.engine.process import Grant, Process
from sim.journal.steps import Step
from sim.pathways import ambulance, neighbour, theatre
from sim.resources.fleet import A2
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engine.process import ProcessGenerator
    from sim.patients.stays import Stay
    from sim.resources.hospital import Hospital
    from sim.resources.region import Region


# Read once: in Python 3.11, reading a member of an enum is a call.
_WARD_IN: Final = int(Step.WARD_IN)
_WARD_READY: Final = int(Step.WARD_READY)
_WARD_OUT: Final = int(Step.WARD_OUT)
_LEAVE: Final = int(Step.LEAVE)

FROM_ICU: Final = -1  # a patient who can leave intensive care goes before one from the ED
FROM_ED: Final = 0


def bed_from_ed(
    region: Region, patient: int, hospital: Hospital, moving: float, leaves: Callable[[], None]
) -> ProcessGenerator[Hospital]:
    """Wait for a ward bed and leave the emergency department for it; the value is where.

    When too many wait already, the patient is driven to another site with a free bed.
    """
    place = _with_ward_bed(region, hospital)
    if granted := place.ward_beds.claim(FROM_ED):
        yield granted
    if place is hospital:
        yield moving
        leaves()
        return hospital
    region.journal.note(patient, Step.WARD_TRANSFER, hospital.number)
    yield moving
    leaves()
    yield from ambulance.transfer(region, patient, hospital, place, ambulance.CareLevel.WARD)
    return place


def acute_stay(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    """Stay in a ward bed that is already claimed, perhaps via theatre or intensive care."""
    journal = region.journal
    journal.note(patient, _WARD_IN, hospital.number)
    left = stay.los
    if stay.surgery_class >= theatre.Priority.CAT3:
        yield stay.surgery_delay

        def departs() -> None:
            journal.note(patient, _WARD_OUT, hospital.number)
            hospital.ward_beds.release()

        place = yield from theatre.emergency_operation(
            region, patient, hospital, stay, departs=departs
        )
        if place is not hospital:
            yield from settle(region, patient, place, stay)
            return
        left = max(left - stay.surgery_delay, 0.0)
    if stay.icu_minutes > 0:  # deteriorates on the ward
        yield left / 2
        place = yield from _reach_icu(region, patient, hospital)
        journal.note(patient, _WARD_OUT, hospital.number)
        hospital.ward_beds.release()
        if place.is_neighbour:
            yield from _icu_outside(region, patient, place, stay)
            return
        yield from _intensive_care(region, patient, place, stay.icu_minutes)
        hospital = place
        left /= 2
    yield from _until_home(region, patient, hospital, left, stay)


class BedBeforeSurgery:
    """A ward bed for who waits at the emergency department for surgery that may wait.

    The patient moves there as soon as it is free and made ready. Whoever goes to theatre straight
    from the department has it afterwards.

    Parameters
    ----------
    moving
        Minutes of hand-over and transport to a bed that is free.
    leaves
        What happens when the patient leaves the department.
    """

    def __init__(
        self,
        region: Region,
        patient: int,
        hospital: Hospital,
        moving: float,
        leaves: Callable[[], None],
    ) -> None:
        self._region = region
        self._patient = patient
        self._hospital = hospital
        self._leaves = leaves
        self._has_left = self._is_there = False
        self._awaited: Grant | None = None
        Process(region.env, self._move(moving))

    def leave(self) -> None:
        """Leave the emergency department, for the bed or for theatre, once."""
        if not self._has_left:
            self._has_left = True
            self._leaves()

    def reach(self) -> ProcessGenerator[None]:
        """Lie in the bed after surgery, waiting for it if need be."""
        if not self._is_there:
            self._awaited = Grant(self._region.env)
            yield self._awaited

    def _move(self, moving: float) -> ProcessGenerator[None]:
        if granted := self._hospital.ward_beds.claim(FROM_ED):
            yield granted
        if not self._has_left:
            yield moving
        self.leave()
        self._is_there = True
        self._region.journal.note(self._patient, _WARD_IN, self._hospital.number)
        if self._awaited is not None:
            self._awaited.succeed()


def after_surgery(
    region: Region, patient: int, hospital: Hospital, stay: Stay, bed: BedBeforeSurgery
) -> ProcessGenerator[None]:
    """Recover in a bed that was asked for before surgery, by way of intensive care if need be."""
    if stay.icu_minutes > 0:
        place = yield from _reach_icu(region, patient, hospital)
        yield from bed.reach()
        region.journal.note(patient, _WARD_OUT, hospital.number)
        hospital.ward_beds.release()
        yield from after_intensive_care(region, patient, place, stay)
        return
    yield from bed.reach()
    yield from _until_home(region, patient, hospital, stay.los, stay)


def settle(region: Region, patient: int, hospital: Hospital, stay: Stay) -> ProcessGenerator[None]:
    """Recover from emergency surgery, by way of intensive care if need be, or leave the region."""
    if hospital.is_endless:
        _leave_region(region, patient, hospital)
        return
    if stay.icu_minutes > 0:
        hospital = yield from _reach_icu(region, patient, hospital)
        yield from after_intensive_care(region, patient, hospital, stay)
        return
    if granted := hospital.ward_beds.claim(FROM_ICU):
        yield granted
    if hospital.is_neighbour:
        yield from stay_outside(region, patient, hospital, stay)
        return
    region.journal.note(patient, _WARD_IN, hospital.number)
    yield from _until_home(region, patient, hospital, stay.los, stay)


def stay_outside(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    """Stay in a neighbour's ward bed that is already claimed, and go home."""
    region.journal.note(patient, Step.TO_NEIGHBOUR, hospital.number)
    yield from neighbour.ward_days(region, patient, hospital, stay.los + stay.delayed)


def _back_to_twente(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    """Stay on a neighbour's ward; each day it is looked whether a bed in Twente is free."""
    site, journal, place, left = hospital.number, region.journal, hospital, stay.los
    journal.note(patient, Step.NEIGHBOUR_BED, site)
    least = region.parameters["neighbour.back.days"] * MINUTES_PER_DAY
    while place is hospital and left - MINUTES_PER_DAY >= least:
        yield MINUTES_PER_DAY
        left -= MINUTES_PER_DAY
        place = _free_bed(region, hospital)
    if place is hospital:
        yield left + stay.delayed
    journal.note(patient, Step.NEIGHBOUR_BED_LEFT, site)
    hospital.ward_beds.release()
    if place is hospital:
        journal.note(patient, _LEAVE, site)
        return
    place.ward_beds.claim(FROM_ED)
    yield from ambulance.transfer(region, patient, hospital, place, ambulance.CareLevel.WARD)
    journal.note(patient, _WARD_IN, place.number)
    yield from _until_home(region, patient, place, left, stay)


def _icu_outside(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    """Stay in a neighbour's intensive care, in a bed already claimed, and then on a ward."""
    if hospital.is_endless:
        _leave_region(region, patient, hospital)
        return
    region.journal.note(patient, Step.TO_NEIGHBOUR, hospital.number)
    yield from neighbour.icu_days(region, patient, hospital, stay.icu_minutes)
    yield from _back_to_twente(region, patient, hospital, stay)


def intensive_care_from_ed(
    region: Region, patient: int, hospital: Hospital, stay: Stay, leaves: Callable[[], None]
) -> ProcessGenerator[None]:
    """Go from the emergency department to intensive care, here or elsewhere, and on."""
    place = yield from _reach_icu(region, patient, hospital)
    leaves()
    yield from after_intensive_care(region, patient, place, stay)


def direct_admission(region: Region, row: int) -> ProcessGenerator[None]:
    """Acute admission past the emergency department, by own car or by ambulance."""
    directs = region.patients.directs
    patient, cell = directs.patient[row], directs.cell[row]
    if directs.by_ambulance[row]:
        ride = ambulance.Ride(
            patient,
            cell,
            A2,
            Function.WARD,
            directs.dispatch[row],
            directs.on_scene[row],
            directs.handover[row],
        )
        hospital, drive = yield from ambulance.bring(region, ride)
    else:
        hospital = ambulance.destination(region, cell, Function.WARD)
        drive = region.geography.car[cell][hospital.number]
    ambulance.note_refusals(region, patient, cell, Function.WARD, hospital)
    yield drive
    if hospital.is_endless:
        _leave_region(region, patient, hospital)
        return
    if granted := hospital.ward_beds.claim(FROM_ED):
        yield granted
    if hospital.is_neighbour:
        yield from stay_outside(region, patient, hospital, directs.stays.of(row))
        return
    yield from acute_stay(region, patient, hospital, directs.stays.of(row))


def medical_admission(region: Region, row: int) -> ProcessGenerator[None]:
    """Planned admission without an operation."""
    medicals = region.patients.medicals
    patient = medicals.patient[row]
    hospital = region.hospital_by_id[medicals.home[row]]
    yield from elective_stay(region, patient, hospital, medicals.los[row])
    region.journal.note(patient, _LEAVE, hospital.number)


def home_ward(region: Region, row: int, hospital: Hospital) -> Hospital:
    """Return where a planned patient stays: at the site of the operation, or else at home's."""
    has_beds = hospital.elective_beds.capacity > 0
    return hospital if has_beds else region.hospital_by_id[region.patients.operations.home[row]]


def elective_stay(
    region: Region, patient: int, hospital: Hospital, los: float
) -> ProcessGenerator[None]:
    """Stay in a bed for planned patients."""
    beds, site = hospital.elective_beds, hospital.number
    if granted := beds.claim():
        yield granted
    region.journal.note(patient, _WARD_IN, site)
    yield los
    region.journal.note(patient, _WARD_OUT, site)
    beds.release()


def icu_stay(
    region: Region, patient: int, hospital: Hospital, minutes: float
) -> ProcessGenerator[None]:
    """Stay in intensive care after planned surgery, waiting for a bed if need be."""
    beds, site = hospital.icu_beds, hospital.number
    if granted := beds.claim():
        yield granted
    region.journal.note(patient, Step.ICU_IN, site)
    yield minutes
    region.journal.note(patient, Step.ICU_OUT, site)
    beds.release()


def after_intensive_care(
    region: Region, patient: int, hospital: Hospital, stay: Stay
) -> ProcessGenerator[None]:
    """Stay in intensive care, in a bed already claimed there, and then on the ward."""
    if hospital.is_neighbour:
        yield from _icu_outside(region, patient, hospital, stay)
        return
    yield from _intensive_care(region, patient, hospital, stay.icu_minutes)
    yield from _until_home(region, patient, hospital, stay.los, stay)


def _reach_icu(region: Region, patient: int, hospital: Hospital) -> ProcessGenerator[Hospital]:
    """Claim an intensive care bed here or, if there is none, be driven to where one is free.

    The value is the hospital, which may be a neighbour.
    """
    place = with_icu_bed(region, hospital)
    if place is not hospital:
        region.journal.note(patient, Step.ICU_REFUSED, hospital.number)
        if not place.is_endless and (granted := place.icu_beds.claim()):
            yield granted
        yield from ambulance.transfer(
            region, patient, hospital, place, ambulance.CareLevel.INTENSIVE
        )
        return place
    if granted := hospital.icu_beds.claim():
        yield granted
    return hospital


def _intensive_care(
    region: Region, patient: int, hospital: Hospital, minutes: float
) -> ProcessGenerator[None]:
    """Stay in an intensive care bed already claimed, until a ward bed is free; claim that bed."""
    site = hospital.number
    region.journal.note(patient, Step.ICU_IN, site)
    yield minutes
    if granted := hospital.ward_beds.claim(FROM_ICU):
        yield granted
    region.journal.note(patient, Step.ICU_OUT, site)
    hospital.icu_beds.release()
    region.journal.note(patient, _WARD_IN, site)


def with_icu_bed(region: Region, hospital: Hospital) -> Hospital:
    """Return this site if it has a free bed, else the nearest with one, else where to wait."""
    is_open = region.geography.open_sites(Function.ICU, region.env.now)
    minutes = region.geography.transfer[hospital.number]
    by_nearness = sorted(region.hospitals, key=lambda other: minutes[other.number])
    for place in (hospital, *by_nearness):
        if is_open[place.number] and place.has_icu_bed:
            return place
    in_turn = sorted((hospital, *by_nearness), key=lambda other: other.is_neighbour)
    return next((place for place in in_turn if is_open[place.number]), hospital)


def _with_ward_bed(region: Region, hospital: Hospital) -> Hospital:
    """Return this site, or the nearest of the region with a free bed if too many wait here."""
    if hospital.ward_beds.waiting < region.parameters["ward.transfer.waiting"]:
        return hospital
    return _free_bed(region, hospital)


def _free_bed(region: Region, hospital: Hospital) -> Hospital:
    """Return the nearest other site of the region with a free ward bed; this one if none has."""
    is_open = region.geography.open_sites(Function.WARD, region.env.now)
    minutes = region.geography.transfer[hospital.number]
    others = [
        place
        for place in region.hospitals
        if place is not hospital
        and is_open[place.number]
        and not place.is_neighbour
        and place.ward_beds.is_free
    ]
    return min(others, key=lambda other: minutes[other.number], default=hospital)


def _until_home(
    region: Region, patient: int, hospital: Hospital, los: float, stay: Stay
) -> ProcessGenerator[None]:
    """Get better, wait for a place elsewhere if one is needed, and leave at discharge hours."""
    env, site = region.env, hospital.number
    if stay.delayed > 0:
        yield los
        region.journal.note(patient, _WARD_READY, site)
        los = stay.delayed
    leaves = env.now + los
    yield los + _until_discharge_hours(region, leaves, stay.discharge)
    region.journal.note(patient, _WARD_OUT, site)
    hospital.ward_beds.release()
    region.journal.note(patient, _LEAVE, site)


def _until_discharge_hours(region: Region, time: float, minute: float) -> float:
    """Return how long after `time` it is `minute` of the day; 0 within discharge hours."""
    parameters = region.parameters
    first = parameters["ward.discharge.start"] * MINUTES_PER_HOUR
    last = parameters["ward.discharge.end"] * MINUTES_PER_HOUR
    of_day = time % MINUTES_PER_DAY
    return 0.0 if first <= of_day < last else (minute - of_day) % MINUTES_PER_DAY


def _leave_region(region: Region, patient: int, hospital: Hospital) -> None:
    region.journal.note(patient, Step.TO_NEIGHBOUR, hospital.number)
    region.journal.note(patient, _LEAVE, hospital.number)
