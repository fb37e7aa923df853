"""Ambulance: call, dispatch, turn-out, drive, scene, transport, hand-over, free again."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from scenarios.schema.vocabulary import Function
from sim.engine.process import Journey
from sim.journal.steps import NOWHERE, Step
from sim.resources.fleet import A1, A2, OUTSIDE, PLANNED

if TYPE_CHECKING:
    from collections.abc import Collection

    from sim.engine.process import Story
    from sim.resources.region import Region


class CareLevel(IntEnum):
    """What a patient needs on the way from one hospital to another."""

    WARD = 0
    ACUTE = 1  # on the way to surgery or birth: A1
    INTENSIVE = 2  # a patient of intensive care or a newborn: A1


_LEVEL = {
    CareLevel.WARD: Step.TRANSFER_WARD,
    CareLevel.ACUTE: Step.TRANSFER_ACUTE,
    CareLevel.INTENSIVE: Step.TRANSFER_INTENSIVE,
}
# Read once: in Python 3.11, reading a member of an enum is a call.
_CALL_A1: Final = int(Step.CALL_A1)
_CALL_A2: Final = int(Step.CALL_A2)
_CALL_PLANNED: Final = int(Step.CALL_PLANNED)
_CREW_SENT: Final = int(Step.CREW_SENT)
_CREW_AT_SCENE: Final = int(Step.CREW_AT_SCENE)
_CREW_LEFT_SCENE: Final = int(Step.CREW_LEFT_SCENE)
_CREW_AT_HOSPITAL: Final = int(Step.CREW_AT_HOSPITAL)
_CREW_FREE: Final = int(Step.CREW_FREE)
_LEAVE: Final = int(Step.LEAVE)

_CALL = {A1: _CALL_A1, A2: _CALL_A2, PLANNED: _CALL_PLANNED}


def bring(
    region: Region,
    patient: int,
    cell: int,
    urgency: int,
    function: Function,
    on_scene: float,
    handover: float,
    *,
    despite_stop: bool = False,
    rather_to: Collection[int] = (),
) -> Story[tuple[int, float]]:
    """Fetch a patient and drive to the nearest open site that takes ambulances.

    One of `rather_to` goes before a nearer site.

    The journey goes on when the ambulance leaves the scene; the value is the site, and the minutes
    until it is there. The crew then hands over while the patient is cared for.
    """
    places = region.places
    unit = yield from _on_scene(region, patient, cell, urgency, on_scene)
    region.journal.note(patient, _CREW_LEFT_SCENE, unit)
    site = destination(region, cell, function, despite_stop=despite_stop, rather_to=rather_to)
    drive = (places.siren if urgency == A1 else places.car)[cell][site]
    _arrive(region, patient, unit, site, drive, handover)
    return site, drive


def destination(
    region: Region,
    cell: int,
    function: Function,
    *,
    despite_stop: bool = False,
    rather_to: Collection[int] = (),
) -> int:
    """Return the nearest site where a function is open and, for the ED, not on stop.

    The nearest open one of `rather_to`, if any, goes before all others.
    """
    is_open = region.places.open_sites(function, region.env.now)
    for site in region.places.by_nearness(cell) if rather_to else ():
        if is_open[site] and site in rather_to:
            return site
    nearest = NOWHERE
    for site in region.places.by_nearness(cell):
        if not is_open[site]:
            continue
        if despite_stop or function is not Function.ED or not region.ed[site].diverts:
            return site
        if nearest == NOWHERE:
            nearest = site
    return nearest


def ride(region: Region, row: int) -> Story[None]:
    """Ride that brings nobody into a flow: care on scene only, or a planned transport."""
    rides = region.patients.rides
    patient, cell = rides.patient[row], rides.cell[row]
    if rides.is_planned[row]:
        _, drive = yield from bring(
            region,
            patient,
            cell,
            PLANNED,
            Function.WARD,
            rides.on_scene[row],
            rides.handover[row],
        )
        region.journal.note_ahead(drive, patient, _LEAVE, NOWHERE)
        return
    urgency = A1 if rides.is_a1[row] else A2
    unit = yield from _on_scene(region, patient, cell, urgency, rides.on_scene[row])
    region.journal.note(patient, _LEAVE, NOWHERE)
    region.journal.note(patient, _CREW_FREE, unit)
    region.fleet.release(unit, region.places.crew_places.at_home(cell))


def transfer(region: Region, patient: int, origin: int, to: int, level: CareLevel) -> Story[None]:
    """Drive a patient from one site to another, with lights and siren, except to a ward bed."""
    fleet, places = region.fleet, region.places
    urgency = A2 if level is CareLevel.WARD else A1
    region.journal.note(patient, Step.CALL_TRANSFER, origin)
    region.journal.note(patient, _LEVEL[level], origin)
    crew_minutes = places.crew_places.to_site(origin, siren=urgency == A1)
    unit, minutes = yield from fleet.send(crew_minutes, urgency)
    region.journal.note(patient, _CREW_SENT, unit)
    way = places.transfer if urgency == A1 else places.transfer_by_car
    drive = minutes + fleet.loading + way[origin][to]
    _arrive(region, patient, unit, to, drive, region.parameters["ambulance.handover.mean"])
    yield drive


def _on_scene(region: Region, patient: int, cell: int, urgency: int, care: float) -> Story[int]:
    """Call, wait until a crew has come, and be cared for on scene; the value is the unit."""
    fleet, places = region.fleet, region.places
    region.journal.note(patient, _CALL[urgency], NOWHERE)
    if places.in_region[cell]:
        crew_minutes = places.crew_places.to_cell(cell, siren=urgency == A1)
        unit, minutes = yield from fleet.send(crew_minutes, urgency)
    else:
        unit, minutes = OUTSIDE, fleet.preparation() + places.neighbour_response[cell]
    region.journal.note(patient, _CREW_SENT, unit)
    region.journal.note_ahead(minutes, patient, _CREW_AT_SCENE, unit)
    yield minutes + care
    return unit


def _arrive(
    region: Region, patient: int, unit: int, site: int, drive: float, handover: float
) -> None:
    """Let a crew drive to a site, hand over there, and be free again."""
    region.journal.note_ahead(drive, patient, _CREW_AT_HOSPITAL, site)
    Journey(region.env, _free_again(region, patient, unit, site, drive + handover))


def _free_again(region: Region, patient: int, unit: int, site: int, minutes: float) -> Story[None]:
    yield minutes
    region.journal.note(patient, _CREW_FREE, unit)
    region.fleet.release(unit, region.places.crew_places.at_site(site))
