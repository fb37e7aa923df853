"""Wards and intensive care (IC): wait for a bed, stay, wait for care elsewhere, go home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scenarios.schema.vocabulary import Function
from sim.journal.steps import Step
from sim.pathways import ambulance, theatre
from sim.resources.fleet import A2
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engine.pool import Pool
    from sim.engine.process import Story
    from sim.patients.stays import Stays
    from sim.resources.region import Region


# Read once: in Python 3.11, reading a member of an enum is a call.
_WARD_IN: Final = int(Step.WARD_IN)
_WARD_READY: Final = int(Step.WARD_READY)
_WARD_OUT: Final = int(Step.WARD_OUT)
_LEAVE: Final = int(Step.LEAVE)

FROM_ICU: Final = -1  # a patient who can leave intensive care goes before one from the ED
FROM_ED: Final = 0


def bed_from_ed(
    region: Region, patient: int, site: int, moving: float, leaves: Callable[[], None]
) -> Story[int]:
    """Wait for a ward bed and leave the emergency department for it; the value is the site.

    When too many wait already, the patient is driven to another site with a free bed.
    """
    place = _site_with_ward_bed(region, site)
    if place == site:
        if granted := region.ward_beds[site].claim(FROM_ED):
            yield granted
        yield moving
        leaves()
        return site
    region.ward_beds[place].claim(FROM_ED)
    region.journal.note(patient, Step.WARD_TRANSFER, site)
    yield moving
    leaves()
    yield from ambulance.transfer(region, patient, site, place, ambulance.CareLevel.WARD)
    return place


def acute_stay(region: Region, patient: int, site: int, stays: Stays, row: int) -> Story[None]:
    """Stay in a ward bed that is already claimed, perhaps via theatre or intensive care."""
    journal, beds = region.journal, region.ward_beds[site]
    journal.note(patient, _WARD_IN, site)
    left = stays.los[row]
    if stays.surgery_class[row] >= theatre.Priority.CAT3:
        yield stays.surgery_delay[row]
        place = yield from theatre.emergency_operation(region, patient, site, stays, row)
        if place != site:
            journal.note(patient, _WARD_OUT, site)
            beds.release()
            yield from settle(region, patient, place, stays, row)
            return
        left = max(left - stays.surgery_delay[row], 0.0)
    if stays.icu_minutes[row] > 0:  # deteriorates on the ward
        yield left / 2
        place = yield from _reach_icu(region, patient, site)
        journal.note(patient, _WARD_OUT, site)
        beds.release()
        if region.places.is_neighbour[place]:
            _leave_region(region, patient, place)
            return
        beds = yield from _intensive_care(region, patient, place, stays.icu_minutes[row])
        site = place
        left /= 2
    yield from _until_home(region, patient, site, beds, left, stays, row)


def settle(region: Region, patient: int, place: int, stays: Stays, row: int) -> Story[None]:
    """Recover from emergency surgery, by way of intensive care if need be, or leave the region."""
    if region.places.is_neighbour[place]:
        _leave_region(region, patient, place)
        return
    if stays.icu_minutes[row] > 0:
        place = yield from _reach_icu(region, patient, place)
        yield from after_intensive_care(region, patient, place, stays, row)
        return
    beds = region.ward_beds[place]
    if granted := beds.claim(FROM_ICU):
        yield granted
    region.journal.note(patient, _WARD_IN, place)
    yield from _until_home(region, patient, place, beds, stays.los[row], stays, row)


def intensive_care_from_ed(
    region: Region,
    patient: int,
    site: int,
    stays: Stays,
    row: int,
    leaves: Callable[[], None],
) -> Story[None]:
    """Go from the emergency department to intensive care, here or elsewhere, and on."""
    place = yield from _reach_icu(region, patient, site)
    leaves()
    yield from after_intensive_care(region, patient, place, stays, row)


def direct_admission(region: Region, row: int) -> Story[None]:
    """Acute admission past the emergency department, by own car or by ambulance."""
    directs = region.patients.directs
    patient, cell = directs.patient[row], directs.cell[row]
    if directs.by_ambulance[row]:
        site, drive = yield from ambulance.bring(
            region,
            patient,
            cell,
            A2,
            Function.WARD,
            directs.on_scene[row],
            directs.handover[row],
        )
    else:
        site = ambulance.destination(region, cell, Function.WARD)
        drive = region.places.car[cell][site]
    yield drive
    if region.places.is_neighbour[site]:
        _leave_region(region, patient, site)
        return
    if granted := region.ward_beds[site].claim(FROM_ED):
        yield granted
    yield from acute_stay(region, patient, site, directs.stays, row)


def medical_admission(region: Region, row: int) -> Story[None]:
    """Planned admission without an operation."""
    medicals = region.patients.medicals
    patient = medicals.patient[row]
    site = region.places.sites.index(medicals.home[row])
    yield from elective_stay(region, patient, site, medicals.los[row])
    region.journal.note(patient, _LEAVE, site)


def elective_stay(region: Region, patient: int, site: int, los: float) -> Story[None]:
    """Stay in a bed for planned patients."""
    beds = region.elective_beds[site]
    if granted := beds.claim():
        yield granted
    region.journal.note(patient, _WARD_IN, site)
    yield los
    region.journal.note(patient, _WARD_OUT, site)
    beds.release()


def icu_stay(region: Region, patient: int, site: int, minutes: float) -> Story[None]:
    """Stay in intensive care after planned surgery, waiting for a bed if need be."""
    beds = region.icu_beds[site]
    if granted := beds.claim():
        yield granted
    region.journal.note(patient, Step.ICU_IN, site)
    yield minutes
    region.journal.note(patient, Step.ICU_OUT, site)
    beds.release()


def after_intensive_care(
    region: Region, patient: int, place: int, stays: Stays, row: int
) -> Story[None]:
    """Stay in intensive care, in a bed already claimed there, and then on the ward."""
    if region.places.is_neighbour[place]:
        _leave_region(region, patient, place)
        return
    beds = yield from _intensive_care(region, patient, place, stays.icu_minutes[row])
    yield from _until_home(region, patient, place, beds, stays.los[row], stays, row)


def _reach_icu(region: Region, patient: int, site: int) -> Story[int]:
    """Claim an intensive care bed here or, if there is none, be driven to where one is free.

    The value is the site, which may be a neighbour's.
    """
    place = site_with_icu_bed(region, site)
    if place != site:
        region.journal.note(patient, Step.ICU_REFUSED, site)
        if not region.places.is_neighbour[place]:
            region.icu_beds[place].claim()
        yield from ambulance.transfer(region, patient, site, place, ambulance.CareLevel.INTENSIVE)
        return place
    if granted := region.icu_beds[site].claim():
        yield granted
    return site


def _intensive_care(region: Region, patient: int, site: int, minutes: float) -> Story[Pool]:
    """Stay in an intensive care bed already claimed, until a ward bed is free; give that bed."""
    region.journal.note(patient, Step.ICU_IN, site)
    yield minutes
    beds = region.ward_beds[site]
    if granted := beds.claim(FROM_ICU):
        yield granted
    region.journal.note(patient, Step.ICU_OUT, site)
    region.icu_beds[site].release()
    region.journal.note(patient, _WARD_IN, site)
    return beds


def site_with_icu_bed(region: Region, site: int) -> int:
    """Return this site if it has a free bed, else the nearest with one or outside the region."""
    is_open = region.places.open_sites(Function.ICU, region.env.now)
    by_nearness = sorted(range(len(is_open)), key=region.places.transfer[site].__getitem__)
    for place in (site, *by_nearness):
        if is_open[place] and (region.places.is_neighbour[place] or region.icu_beds[place].is_free):
            return place
    return site


def _site_with_ward_bed(region: Region, site: int) -> int:
    """Return this site, or the nearest of the region with a free bed if too many wait here."""
    if region.ward_beds[site].waiting < region.parameters["ward.transfer.waiting"]:
        return site
    is_open = region.places.open_sites(Function.WARD, region.env.now)
    others = [
        place
        for place, beds in enumerate(region.ward_beds)
        if place != site
        and is_open[place]
        and not region.places.is_neighbour[place]
        and beds.is_free
    ]
    return min(others, key=region.places.transfer[site].__getitem__, default=site)


def _until_home(
    region: Region, patient: int, site: int, beds: Pool, los: float, stays: Stays, row: int
) -> Story[None]:
    """Get better, wait for a place elsewhere if one is needed, and leave at discharge hours."""
    env = region.env
    if stays.delayed[row] > 0:
        yield los
        region.journal.note(patient, _WARD_READY, site)
        los = stays.delayed[row]
    leaves = env.now + los
    yield los + _until_discharge_hours(region, leaves, stays.discharge[row])
    region.journal.note(patient, _WARD_OUT, site)
    beds.release()
    region.journal.note(patient, _LEAVE, site)


def _until_discharge_hours(region: Region, time: float, minute: float) -> float:
    """Return how long after `time` it is `minute` of the day; 0 within discharge hours."""
    first, last = (
        region.parameters[key] * MINUTES_PER_HOUR
        for key in ("ward.discharge.start", "ward.discharge.end")
    )
    of_day = time % MINUTES_PER_DAY
    return 0.0 if first <= of_day < last else (minute - of_day) % MINUTES_PER_DAY


def _leave_region(region: Region, patient: int, place: int) -> None:
    region.journal.note(patient, Step.TO_NEIGHBOUR, place)
    region.journal.note(patient, _LEAVE, place)
