"""Ambulance: call, dispatch, turn-out, drive, scene, transport, hand-over, free again."""

from __future__ import annotations

import math
from collections.abc import Collection  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from scenarios.schema.vocabulary import Function
from sim.engine.process import Process
from sim.journal.steps import NOWHERE, Step
from sim.resources.fleet import A1, A2, OUTSIDE, PLANNED

if TYPE_CHECKING:
    from geodata.arrays import Minutes
    from sim.engine.process import ProcessGenerator
    from sim.resources.hospital import Hospital
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


@dataclass(slots=True)
class Ride:
    """A ride that fetches a patient and brings him or her to a hospital.

    Attributes
    ----------
    cell
        Where the patient is.
    urgency
        A1, A2 or PLANNED.
    function
        What the hospital has to have open.
    dispatch, on_scene, handover
        Minutes from the call until a crew is sent, of care on scene, and at the hospital until
        the crew is free.
    despite_stop
        Whether an emergency department on stop takes the patient.
    rather_to
        Numbers of sites of which one goes before a nearer site.
    """

    patient: int
    cell: int
    urgency: int
    function: Function
    dispatch: float
    on_scene: float
    handover: float
    despite_stop: bool = False
    rather_to: Collection[int] = ()


def bring(region: Region, ride: Ride) -> ProcessGenerator[tuple[Hospital, float]]:
    """Fetch a patient and drive to the nearest open site that takes ambulances.

    The process goes on when the ambulance leaves the scene; the value is the hospital, and the
    minutes until it is there. The crew then hands over while the patient is cared for.
    """
    geography, cell = region.geography, ride.cell
    unit = yield from _on_scene(
        region, ride.patient, cell, ride.urgency, ride.dispatch, ride.on_scene
    )
    region.journal.note(ride.patient, _CREW_LEFT_SCENE, unit)
    hospital = destination(
        region, cell, ride.function, despite_stop=ride.despite_stop, rather_to=ride.rather_to
    )
    if not ride.despite_stop and hospital.number not in ride.rather_to:
        note_refusals(region, ride.patient, cell, ride.function, hospital)
    way = geography.siren if ride.urgency == A1 else geography.car
    drive = way[cell][hospital.number]
    _arrive(region, ride.patient, unit, hospital, drive, ride.handover)
    return hospital, drive


def destination(
    region: Region,
    cell: int,
    function: Function,
    *,
    despite_stop: bool = False,
    rather_to: Collection[int] = (),
) -> Hospital:
    """Return the nearest site where a function is open and, for the ED, not on stop.

    A neighbour that has walls has to have room for the other functions too.

    The nearest open one of `rather_to`, if any, goes before all others.
    """
    is_open = region.geography.open_sites(function, region.env.now)
    by_nearness, hospitals = region.geography.by_nearness(cell), region.hospitals
    for site in by_nearness if rather_to else ():
        if is_open[site] and site in rather_to:
            return hospitals[site]
    nearest = NOWHERE
    for site in by_nearness:
        if not is_open[site]:
            continue
        if despite_stop or hospitals[site].has_room(function):
            return hospitals[site]
        if nearest == NOWHERE:
            nearest = site
    return hospitals[nearest]


def note_refusals(
    region: Region, patient: int, cell: int, function: Function, hospital: Hospital
) -> None:
    """Note which neighbours nearer than where a patient goes had no room."""
    if not region.neighbours:
        return
    is_open = region.geography.open_sites(function, region.env.now)
    for site in region.geography.by_nearness(cell):
        if site == hospital.number:
            return
        nearer = region.hospitals[site]
        if is_open[site] and nearer.walls is not None and not nearer.has_room(function):
            region.journal.note(patient, Step.NEIGHBOUR_REFUSED, site)


def ride_without_admission(region: Region, row: int) -> ProcessGenerator[None]:
    """Ride that brings nobody into a flow: care on scene only, or a planned transport."""
    rides = region.patients.rides
    patient, cell = rides.patient[row], rides.cell[row]
    dispatch, on_scene = rides.dispatch[row], rides.on_scene[row]
    if rides.is_planned[row]:
        handover = rides.handover[row]
        ride = Ride(patient, cell, PLANNED, Function.ELECTIVE, dispatch, on_scene, handover)
        _, drive = yield from bring(region, ride)
        region.journal.note_ahead(drive, patient, _LEAVE, NOWHERE)
        return
    urgency = A1 if rides.is_a1[row] else A2
    unit = yield from _on_scene(region, patient, cell, urgency, dispatch, on_scene)
    region.journal.note(patient, _LEAVE, NOWHERE)
    region.journal.note(patient, _CREW_FREE, unit)
    region.fleet.release(unit, region.geography.crew_places.at_home(cell))


def transfer(
    region: Region, patient: int, origin: Hospital, to: Hospital, level: CareLevel
) -> ProcessGenerator[None]:
    """Drive a patient from one site to another, with lights and siren, except to a ward bed."""
    fleet, geography = region.fleet, region.geography
    urgency = A2 if level is CareLevel.WARD else A1
    region.journal.note(patient, Step.CALL_TRANSFER, origin.number)
    region.journal.note(patient, _LEVEL[level], origin.number)
    crew_minutes = geography.crew_places.to_site(origin.number, siren=urgency == A1)
    dispatch = region.parameters["ambulance.dispatch.mean"]
    unit, minutes = yield from fleet.send(crew_minutes, urgency, dispatch)
    region.journal.note(patient, _CREW_SENT, unit)
    way = geography.transfer if urgency == A1 else geography.transfer_by_car
    drive = minutes + fleet.loading + way[origin.number][to.number]
    _arrive(region, patient, unit, to, drive, region.parameters["ambulance.handover.mean"])
    yield drive


def _on_scene(
    region: Region, patient: int, cell: int, urgency: int, dispatch: float, care: float
) -> ProcessGenerator[int]:
    """Call, wait until a crew has come, and be cared for on scene; the value is the unit."""
    fleet, geography = region.fleet, region.geography
    region.journal.note(patient, _CALL[urgency], NOWHERE)
    unit = OUTSIDE
    minutes = dispatch + fleet.turn_out(region.env.now) + geography.neighbour_response[cell]
    if geography.in_region[cell]:
        crew_minutes = geography.crew_places.to_cell(cell, siren=urgency == A1)
        minutes += region.parameters["ambulance.neighbour.call"]
        if urgency != A1:
            unit = yield from _reached(region, patient, cell, urgency, dispatch, crew_minutes)
            yield care
            return unit
        if not _neighbours_help(region, minutes, crew_minutes, dispatch):
            unit, minutes = yield from fleet.send(crew_minutes, urgency, dispatch)
    region.journal.note(patient, _CREW_SENT, unit)
    region.journal.note_ahead(minutes, patient, _CREW_AT_SCENE, unit)
    yield minutes + care
    return unit


def _reached(
    region: Region,
    patient: int,
    cell: int,
    urgency: int,
    dispatch: float,
    crew_minutes: Minutes,
) -> ProcessGenerator[int]:
    """Wait until a crew has come to who can wait; one that is sent on leaves her to the next."""
    fleet, place = region.fleet, region.geography.crew_places.at_home(cell)
    turn = fleet.next_turn()

    def sent_on(unit: int) -> None:
        region.journal.note(patient, _CREW_FREE, unit)  # of this patient, before it is another's

    while True:
        unit, minutes = yield from fleet.send(crew_minutes, urgency, dispatch, turn)
        region.journal.note(patient, _CREW_SENT, unit)
        came = yield from fleet.drive_to(unit, minutes, dispatch, place, sent_on)
        if came:
            region.journal.note(patient, _CREW_AT_SCENE, unit)
            return unit


def _neighbours_help(
    region: Region, minutes: float, crew_minutes: Minutes, dispatch: float
) -> bool:
    """Return whether a crew of a neighbouring service goes: ours would be late, and theirs sooner.

    With none of ours idle it goes when it is in time: from farther away, who is free first may be
    sooner. Whether that crew is free is not simulated.
    """
    own, norm = region.fleet.soonest(crew_minutes, dispatch), region.fleet.norm
    return minutes <= norm if math.isinf(own) else norm < own and minutes < own


def _arrive(
    region: Region, patient: int, unit: int, hospital: Hospital, drive: float, handover: float
) -> None:
    """Let a crew drive to a hospital, hand over there, and be free again."""
    region.journal.note_ahead(drive, patient, _CREW_AT_HOSPITAL, hospital.number)
    Process(region.env, _free_again(region, patient, unit, hospital.number, drive + handover))


def _free_again(
    region: Region, patient: int, unit: int, site: int, minutes: float
) -> ProcessGenerator[None]:
    yield minutes
    region.journal.note(patient, _CREW_FREE, unit)
    region.fleet.release(unit, region.geography.crew_places.at_site(site))
