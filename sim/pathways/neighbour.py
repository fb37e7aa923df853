"""Hospitals outside the region that have walls: their own patients, and the places that ours take.

Few steps: a place at the emergency department, theatre, a bed, a delivery room. Who of its own
finds no bed in intensive care is brought elsewhere, out of sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engine.process import Process
from sim.journal.steps import NOBODY, Step
from sim.resources.neighbour import OTHERS, URGENT

if TYPE_CHECKING:
    from sim.engine.process import ProcessGenerator
    from sim.patients.neighbours import NeighbourPatients
    from sim.resources.beds import WardBeds
    from sim.resources.hospital import Hospital
    from sim.resources.neighbour import Walls
    from sim.resources.region import Region


_OWN_WAITS: Final = int(Step.NEIGHBOUR_OWN_WAITS)
_OWN_SERVED: Final = int(Step.NEIGHBOUR_OWN_SERVED)
_PLACE: Final = int(Step.NEIGHBOUR_PLACE)
_LEAVE: Final = int(Step.LEAVE)


def begin(region: Region) -> None:
    """Put in bed who of a neighbour's own is there at minute 0, and let the others come."""
    env = region.env
    for name, own in region.neighbours.items():
        hospital = region.hospital_by_id[name]
        if (walls := hospital.walls) is None:
            continue
        nobody = np.full(len(own.time), NOBODY)
        region.journal.note_all(own.time, nobody, Step.NEIGHBOUR_OWN, hospital.number)
        for left in own.icu_left:
            if hospital.icu_beds.is_free:
                hospital.icu_beds.claim()
                Process(env, _in_icu(hospital, left))
        for left in own.ward_left:
            if hospital.ward_beds.is_free:
                hospital.ward_beds.claim()
                Process(env, _on_ward(hospital, left))
        Process(env, _visits(region, hospital, walls, own))
        Process(env, _births(region, hospital, own))


# Its own patients


def _visits(
    region: Region, hospital: Hospital, walls: Walls, own: NeighbourPatients
) -> ProcessGenerator[None]:
    env = region.env
    for row, (time, minutes, goes_home) in enumerate(
        zip(own.time, own.place_minutes, own.goes_home, strict=True)
    ):
        yield max(time - env.now, 0.0)
        if not (goes_home and walls.hold(minutes)):
            Process(env, _visit(region, hospital, walls, own, row))


def _births(region: Region, hospital: Hospital, own: NeighbourPatients) -> ProcessGenerator[None]:
    env = region.env
    for row, time in enumerate(own.birth_time):
        yield max(time - env.now, 0.0)
        Process(env, _birth(hospital, own, row))


def _visit(
    region: Region, hospital: Hospital, walls: Walls, own: NeighbourPatients, row: int
) -> ProcessGenerator[None]:
    priority = URGENT if own.is_urgent[row] else OTHERS
    if granted := walls.claim_place(priority):
        region.journal.note(NOBODY, _OWN_WAITS, hospital.number)
        yield granted
        walls.waits_no_more(priority)
        region.journal.note(NOBODY, _OWN_SERVED, hospital.number)
    yield own.place_minutes[row]
    if (minutes := own.theatre[row]) > 0:
        if granted := walls.theatre.claim():
            yield granted
        walls.places.release()
        yield minutes
        walls.theatre.release()
    elif own.icu[row] <= 0 and own.ward[row] > 0:
        yield from board(walls, hospital.ward_beds)
        yield from _on_ward(hospital, own.ward[row])
        return
    else:
        walls.places.release()
    if own.icu[row] > 0:
        if not hospital.icu_beds.is_free:
            return
        hospital.icu_beds.claim()
        yield own.icu[row]
        hospital.icu_beds.release()
    if own.ward[row] > 0:
        if granted := hospital.ward_beds.claim():
            yield granted
        yield from _on_ward(hospital, own.ward[row])


def _on_ward(hospital: Hospital, minutes: float) -> ProcessGenerator[None]:
    yield minutes
    hospital.ward_beds.release()


def _in_icu(hospital: Hospital, minutes: float) -> ProcessGenerator[None]:
    yield minutes
    hospital.icu_beds.release()


def _birth(hospital: Hospital, own: NeighbourPatients, row: int) -> ProcessGenerator[None]:
    if granted := hospital.maternity.claim_room():
        yield granted
    yield own.room_minutes[row]
    hospital.maternity.rooms.release()


# Ours


def place(region: Region, row: int, hospital: Hospital, walls: Walls) -> ProcessGenerator[bool]:
    """Be seen in a place of the department; the value is whether the patient stayed for it.

    The place is held until it is released.
    """
    visits, needs, env = region.patients.visits, region.needs, region.env
    priority = URGENT if needs.is_urgent[row] else OTHERS
    asked = env.now
    if granted := walls.claim_place(priority):
        yield granted
        walls.waits_no_more(priority)
        if env.now - asked > visits.patience[row]:
            walls.places.release()
            return False
    region.journal.note(visits.patient[row], _PLACE, hospital.number)
    yield float(needs.place[row])
    return True


def board(walls: Walls, beds: WardBeds) -> ProcessGenerator[None]:
    """Wait in a place for a ward bed, and leave the place."""
    walls.boarding += 1
    if granted := beds.claim():
        yield granted
    walls.boarding -= 1
    walls.places.release()


def operate(walls: Walls, minutes: float) -> ProcessGenerator[None]:
    """Be operated on by an emergency team."""
    if granted := walls.theatre.claim():
        yield granted
    yield minutes
    walls.theatre.release()


def icu_days(
    region: Region, patient: int, hospital: Hospital, minutes: float
) -> ProcessGenerator[None]:
    """Stay in an intensive care bed that is already claimed, until a ward bed is free."""
    site, journal = hospital.number, region.journal
    journal.note(patient, Step.NEIGHBOUR_BED, site)
    yield minutes
    if granted := hospital.ward_beds.claim():
        yield granted
    journal.note(patient, Step.NEIGHBOUR_BED_LEFT, site)
    hospital.icu_beds.release()


def ward_days(
    region: Region, patient: int, hospital: Hospital, minutes: float
) -> ProcessGenerator[None]:
    """Stay in a ward bed that is already claimed, and go home."""
    site, journal = hospital.number, region.journal
    journal.note(patient, Step.NEIGHBOUR_BED, site)
    yield minutes
    journal.note(patient, Step.NEIGHBOUR_BED_LEFT, site)
    hospital.ward_beds.release()
    journal.note(patient, _LEAVE, site)


def birth(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    """One woman of ours, in a delivery room until she goes to a bed or home."""
    births, unit = region.patients.births, hospital.maternity
    patient = births.patient[row]
    if granted := unit.claim_room():
        yield granted
    region.journal.note(patient, Step.NEIGHBOUR_BIRTH, hospital.number)
    yield births.labour[row] + births.room_after_birth[row]
    unit.rooms.release()
    region.journal.note(patient, _LEAVE, hospital.number)
