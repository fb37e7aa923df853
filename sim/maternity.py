"""Maternity (verloskunde): labour, where to, the way there, the birth, theatre, the days after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema import Function
from sim import ambulance, theatre
from sim.births import Mode, Place
from sim.fleet import A1
from sim.journal import MINUTES_PER_DAY, MINUTES_PER_HOUR, NOWHERE, Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from sim.region import Region


def birth(region: Region, row: int) -> Generator[Event, object, None]:
    """One woman from the start of active labour until she and the child are home."""
    births, note = region.patients.births, region.note
    patient, place = births.patient[row], births.place[row]
    note(patient, Step.ENTER, NOWHERE)
    note(patient, Step.LABOUR, NOWHERE)
    if place == Place.HOME:
        yield region.env.timeout(births.labour[row])
        note(patient, Step.BIRTH_HOME, NOWHERE)
        note(patient, Step.LEAVE, NOWHERE)
        return
    left = births.labour[row]
    if place == Place.REFERRED:
        at_home = left * region.parameters["maternity.referral.at"]
        yield region.env.timeout(at_home)
        left -= at_home
    site, left = yield from _travel(region, row, left)
    if region.places.is_neighbour[site]:
        note(patient, Step.TO_NEIGHBOUR, site)
        note(patient, Step.LEAVE, site)
        return
    note(patient, Step.MATERNITY_ARRIVE, site)
    if births.mode[row] == Mode.PLANNED_CAESAREAN:
        yield from theatre.planned_surgery(
            region, patient, site, region.parameters["maternity.caesarean.theatre"]
        )
        note(patient, Step.BIRTH_HOSPITAL, site)
        yield from _stay(region, row, site, region.parameters["maternity.stay.caesarean"])
        return
    if births.is_induced[row]:
        yield from _bed(region, site, region.parameters["maternity.ripening"] * MINUTES_PER_HOUR)
    yield from _deliver(region, row, site, left)


def _travel(region: Region, row: int, left: float) -> Generator[Event, object, tuple[int, float]]:
    """Drive to the nearest open site that has room; labour goes on meanwhile.

    The value is the site and the labour left; a child may be born on the way.
    """
    births, env = region.patients.births, region.env
    patient, cell = births.patient[row], births.cell[row]
    region.note(patient, Step.DEPARTS, NOWHERE)
    leaves = env.now
    in_labour = births.mode[row] != Mode.PLANNED_CAESAREAN and not births.is_induced[row]
    if births.place[row] == Place.REFERRED and births.is_urgent_referral[row]:
        on_scene = region.parameters["ambulance.scene.transport.mean"]
        handover = region.parameters["ambulance.handover.mean"]
        site = yield from ambulance.bring(
            region, patient, cell, A1, Function.MATERNITY, on_scene, handover
        )
    else:
        site = _choose(region, row)
        yield env.timeout(region.places.car[cell][site])
    travelled = env.now - leaves
    if in_labour and travelled > left and births.mode[row] == Mode.SPONTANEOUS:
        region.note(patient, Step.BIRTH_ON_THE_WAY, site)
    return site, max(left - travelled, 0.0) if in_labour else left


def _choose(region: Region, row: int) -> int:
    """Return the preferred open site; one whose delivery rooms have a queue sends her on."""
    is_open = region.places.open_sites(Function.MATERNITY, region.env.now)
    sites = [site for site in region.maternity_choice[row] if is_open[site]]
    full = region.parameters["maternity.divert_wait"]
    first = sites[0]
    if region.delivery_rooms[first].waiting < full:
        return first
    for site in sites[1:]:
        if region.places.is_neighbour[site] or region.delivery_rooms[site].waiting < full:
            region.note(region.patients.births.patient[row], Step.MATERNITY_DIVERTED, first)
            return site
    return first


def _deliver(region: Region, row: int, site: int, left: float) -> Generator[Event, object, None]:
    """Labour in a delivery room, birth there or in theatre, and the time after."""
    births, env, note = region.patients.births, region.env, region.note
    patient, rooms = births.patient[row], region.delivery_rooms[site]
    asked = env.now
    if granted := rooms.claim():
        yield granted
    note(patient, Step.DELIVERY_ROOM, site)
    yield env.timeout(max(left - (env.now - asked), 0.0))
    is_caesarean = births.mode[row] == Mode.UNPLANNED_CAESAREAN
    if is_caesarean:
        yield from _caesarean(region, row, site)
    note(patient, Step.BIRTH_HOSPITAL, site)
    if births.has_postpartum_operation[row]:
        yield from theatre.operate(
            region,
            patient,
            site,
            theatre.Priority.CAT2,
            region.parameters["theatre.prepare.other"],
            region.parameters["maternity.postpartum_operation.minutes"],
        )
    first_line = births.place[row] == Place.FIRST_LINE
    after = "maternity.stay.first_line" if first_line else "maternity.room_after_birth"
    yield env.timeout(region.parameters[after] * MINUTES_PER_HOUR)
    note(patient, Step.DELIVERY_ROOM_LEFT, site)
    rooms.release()
    if births.to_nicu[row]:
        note(patient, Step.NICU_TRANSFER, site)
    if first_line:
        note(patient, Step.LEAVE, site)
        return
    stay = "maternity.stay.caesarean" if is_caesarean else "maternity.stay.vaginal"
    yield from _stay(region, row, site, region.parameters[stay])


def _caesarean(region: Region, row: int, site: int) -> Generator[Event, object, None]:
    """Unplanned caesarean: decision now, incision when theatre, team and woman are ready."""
    births = region.patients.births
    patient, cat1 = births.patient[row], births.is_cat1[row]
    region.note(patient, Step.CAESAREAN_CAT1 if cat1 else Step.CAESAREAN_OTHER, site)
    yield from theatre.operate(
        region,
        patient,
        site,
        theatre.Priority.CAT1 if cat1 else theatre.Priority.CAT2,
        births.prepare[row],
        region.parameters["maternity.caesarean.theatre"],
        lambda: region.note(patient, Step.INCISION, site),
    )


def _bed(region: Region, site: int, minutes: float) -> Generator[Event, object, None]:
    beds = region.maternity_beds[site]
    if granted := beds.claim():
        yield granted
    yield region.env.timeout(minutes)
    beds.release()


def _stay(region: Region, row: int, site: int, days: float) -> Generator[Event, object, None]:
    """Stay on the maternity ward and go home."""
    yield from _bed(region, site, days * MINUTES_PER_DAY)
    region.note(region.patients.births.patient[row], Step.LEAVE, site)
