"""Wards and intensive care (IC): wait for a bed, stay, wait for care elsewhere, go home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema import Function
from sim import ambulance, theatre
from sim.journal import NOWHERE, Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from sim.pool import Pool
    from sim.region import Region
    from sim.visits import Stays

FROM_ICU = -1  # a patient who can leave intensive care goes before one from the ED
FROM_ED = 0


def wait_for_bed(region: Region, site: int, moving: float) -> Generator[Event, object, None]:
    """Claim a ward bed, and be moved there."""
    if granted := region.ward_beds[site].claim(FROM_ED):
        yield granted
    yield region.env.timeout(moving)


def acute_stay(
    region: Region, patient: int, cell: int, site: int, stays: Stays, row: int
) -> Generator[Event, object, None]:
    """Stay in a ward bed that is already claimed, perhaps via theatre or intensive care."""
    env, note, beds = region.env, region.note, region.ward_beds[site]
    note(patient, Step.WARD_IN, site)
    left = stays.los[row]
    if stays.surgery_class[row] >= theatre.Priority.CAT3:
        yield env.timeout(stays.surgery_delay[row])
        place = yield from theatre.emergency_operation(region, patient, cell, site, stays, row)
        if place != site:
            note(patient, Step.WARD_OUT, site)
            beds.release()
            yield from settle(region, patient, cell, place, stays, row)
            return
        left = max(left - stays.surgery_delay[row], 0.0)
    if stays.icu_minutes[row] > 0:  # deteriorates on the ward
        yield env.timeout(left / 2)
        note(patient, Step.WARD_OUT, site)
        beds.release()
        site = yield from _intensive_care(region, patient, cell, site, stays.icu_minutes[row])
        if region.places.is_neighbour[site]:
            return
        beds = region.ward_beds[site]
        if granted := beds.claim(FROM_ICU):
            yield granted
        note(patient, Step.WARD_IN, site)
        left /= 2
    yield from _until_home(region, patient, site, beds, left, stays.delayed[row])


def _after_acute_event(
    region: Region, patient: int, cell: int, site: int, stays: Stays, row: int
) -> Generator[Event, object, None]:
    """Recover from emergency surgery or go straight to intensive care, then the ward."""
    place = site
    if stays.icu_minutes[row] > 0:
        place = yield from _intensive_care(region, patient, cell, site, stays.icu_minutes[row])
        if region.places.is_neighbour[place]:
            return
    beds = region.ward_beds[place]
    if granted := beds.claim(FROM_ICU):
        yield granted
    region.note(patient, Step.WARD_IN, place)
    yield from _until_home(region, patient, place, beds, stays.los[row], stays.delayed[row])


def direct_admission(region: Region, row: int) -> Generator[Event, object, None]:
    """Acute admission past the emergency department, by own car or by ambulance."""
    directs, env, note = region.patients.directs, region.env, region.note
    patient, cell = directs.patient[row], directs.cell[row]
    note(patient, Step.ENTER, NOWHERE)
    if directs.by_ambulance[row]:
        site = yield from ambulance.bring(
            region,
            patient,
            cell,
            ambulance.A2,
            Function.WARD,
            directs.on_scene[row],
            directs.handover[row],
        )
    else:
        site = ambulance.destination(region, cell, Function.WARD)
        yield env.timeout(region.places.car[cell][site])
    if region.places.is_neighbour[site]:
        note(patient, Step.TO_NEIGHBOUR, site)
        note(patient, Step.LEAVE, site)
        return
    yield from wait_for_bed(region, site, 0.0)
    yield from acute_stay(region, patient, cell, site, directs.stays, row)


def medical_admission(region: Region, row: int) -> Generator[Event, object, None]:
    """Planned admission without an operation."""
    medicals = region.patients.medicals
    patient = medicals.patient[row]
    site = region.places.sites.index(medicals.home[row])
    region.note(patient, Step.ENTER, NOWHERE)
    yield from elective_stay(region, patient, site, medicals.los[row])
    region.note(patient, Step.LEAVE, site)


def elective_stay(
    region: Region, patient: int, site: int, los: float
) -> Generator[Event, object, None]:
    """Stay in a bed for planned patients."""
    beds = region.elective_beds[site]
    if granted := beds.claim():
        yield granted
    region.note(patient, Step.WARD_IN, site)
    yield region.env.timeout(los)
    region.note(patient, Step.WARD_OUT, site)
    beds.release()


def icu_stay(
    region: Region, patient: int, site: int, minutes: float
) -> Generator[Event, object, None]:
    """Stay in intensive care, waiting for a bed if need be."""
    beds = region.icu_beds[site]
    if granted := beds.claim():
        yield granted
    region.note(patient, Step.ICU_IN, site)
    yield region.env.timeout(minutes)
    region.note(patient, Step.ICU_OUT, site)
    beds.release()


def _intensive_care(
    region: Region, patient: int, cell: int, site: int, minutes: float
) -> Generator[Event, object, int]:
    """Go to intensive care here, or elsewhere if it is full or closed; the value is the site."""
    place = _site_with_icu_bed(region, site)
    if place != site:
        region.note(patient, Step.ICU_REFUSED, site)
        yield from ambulance.transfer(region, patient, cell, site, place)
        if region.places.is_neighbour[place]:
            region.note(patient, Step.TO_NEIGHBOUR, place)
            region.note(patient, Step.LEAVE, place)
            return place
    yield from icu_stay(region, patient, place, minutes)
    return place


def _site_with_icu_bed(region: Region, site: int) -> int:
    """Return this site if it has a free bed, else the nearest with one or outside the region."""
    is_open = region.places.open_sites(Function.ICU, region.env.now)
    by_nearness = sorted(range(len(is_open)), key=region.places.transfer[site].__getitem__)
    for place in (site, *by_nearness):
        if not is_open[place]:
            continue
        beds = region.icu_beds[place]
        if region.places.is_neighbour[place] or beds.busy < beds.capacity:
            return place
    return site


def settle(
    region: Region, patient: int, cell: int, place: int, stays: Stays, row: int
) -> Generator[Event, object, None]:
    """Stay at the site of the acute event, or leave the region if that is a neighbour."""
    if region.places.is_neighbour[place]:
        region.note(patient, Step.TO_NEIGHBOUR, place)
        region.note(patient, Step.LEAVE, place)
        return
    yield from _after_acute_event(region, patient, cell, place, stays, row)


def _until_home(
    region: Region, patient: int, site: int, beds: Pool, los: float, delayed: float
) -> Generator[Event, object, None]:
    """Get better, wait for a place elsewhere if one is needed, and leave."""
    yield region.env.timeout(los)
    if delayed > 0:
        region.note(patient, Step.WARD_READY, site)
        yield region.env.timeout(delayed)
    region.note(patient, Step.WARD_OUT, site)
    beds.release()
    region.note(patient, Step.LEAVE, site)
