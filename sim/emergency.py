"""Emergency department (SEH): arrive, triage, room, doctor, tests, consult, treatment, onward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema import Function
from sim import ambulance, theatre, ward
from sim.journal import NOBODY, NOWHERE, Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from sim.pool import Pool
    from sim.region import Region


class EmergencyDepartment:
    """One site's rooms and doctors, how many patients it holds, and whether it is on stop."""

    __slots__ = (
        "_load",
        "_minutes",
        "_region",
        "cleaning",
        "doctors",
        "inside",
        "on_stop",
        "rooms",
        "site",
    )

    def __init__(self, region: Region, site: int, rooms: Pool, doctors: Pool) -> None:
        self._region = region
        self.site = site
        self.rooms = rooms
        self.doctors = doctors
        self.inside = 0
        self.on_stop = False
        self.cleaning = region.parameters["ed.cleaning"]
        self._load = region.parameters["ed.stop.load"]
        self._minutes = region.parameters["ed.stop.minutes"]

    def arrive(self) -> None:
        """Count a patient in; a department that is too full starts a stop."""
        self.inside += 1
        if not self.on_stop and self._too_full() and self._another_takes_ambulances():
            self.on_stop = True
            self._region.env.process(self._stop())

    def leave(self) -> None:
        """Count a patient out."""
        self.inside -= 1

    def _too_full(self) -> bool:
        return self.inside > self._load * self.rooms.capacity

    def _another_takes_ambulances(self) -> bool:
        """Whether another site of the region is open and not on stop; never all at once."""
        region = self._region
        is_open = region.places.open_sites(Function.ED, region.env.now)
        return any(
            is_open[other.site] and not other.on_stop and not region.places.is_neighbour[other.site]
            for other in region.ed
            if other is not self
        )

    def _stop(self) -> Generator[Event, object, None]:
        region = self._region
        region.note(NOBODY, Step.ED_STOP, self.site)
        while True:
            yield region.env.timeout(self._minutes)
            if not self._too_full():
                break
        self.on_stop = False
        region.note(NOBODY, Step.ED_STOP_END, self.site)


def visit(region: Region, row: int) -> Generator[Event, object, None]:
    """One patient's way to and through an emergency department."""
    visits, env, note = region.patients.visits, region.env, region.note
    patient, urgency = visits.patient[row], visits.urgency[row]
    note(patient, Step.ENTER, NOWHERE)
    site = yield from _travel(region, row)
    if region.places.is_neighbour[site]:
        note(patient, Step.TO_NEIGHBOUR, site)
        note(patient, Step.LEAVE, site)
        return

    ed = region.ed[site]
    ed.arrive()
    note(patient, Step.ED_ARRIVE, site)
    yield env.timeout(visits.triage[row])

    asked = env.now
    if granted := ed.rooms.claim(urgency):
        yield granted
    if env.now - asked > visits.patience[row]:  # gone by the time the room came free
        ed.rooms.release()
        ed.leave()
        note(patient, Step.ED_UNSEEN, site)
        note(patient, Step.LEAVE, site)
        return
    note(patient, Step.ED_ROOM, site)

    if granted := ed.doctors.claim(urgency):
        yield granted
    note(patient, Step.ED_DOCTOR, site)
    yield env.timeout(visits.assessment[row])
    ed.doctors.release()

    yield env.timeout(visits.diagnostics[row] + visits.consult[row])

    if granted := ed.doctors.claim(urgency):
        yield granted
    yield env.timeout(visits.treatment[row])
    ed.doctors.release()

    if not visits.is_admitted[row]:
        ed.rooms.release_after(ed.cleaning)
        ed.leave()
        note(patient, Step.ED_DISCHARGED, site)
        note(patient, Step.LEAVE, site)
        return
    note(patient, Step.ED_READY, site)
    yield from _onward(region, row, site)


def _travel(region: Region, row: int) -> Generator[Event, object, int]:
    """Come by ambulance or on one's own; the value is the site."""
    visits = region.patients.visits
    cell = visits.cell[row]
    if visits.by_ambulance[row]:
        urgency = ambulance.A1 if visits.is_a1[row] else ambulance.A2
        return (
            yield from ambulance.bring(
                region,
                visits.patient[row],
                cell,
                urgency,
                Function.ED,
                visits.on_scene[row],
                visits.handover[row],
            )
        )
    site = region.ed_choice[row]
    yield region.env.timeout(region.places.car[cell][site])
    return site


def _onward(region: Region, row: int, site: int) -> Generator[Event, object, None]:
    """From the emergency department to theatre, intensive care or ward, and home."""
    visits = region.patients.visits
    patient, cell, stays = visits.patient[row], visits.cell[row], visits.stays
    ed = region.ed[site]

    def leaves() -> None:
        ed.rooms.release_after(ed.cleaning)
        ed.leave()
        region.note(patient, Step.ED_ADMITTED, site)

    place = site
    if visits.to_theatre[row]:
        place = yield from theatre.emergency_operation(
            region, patient, cell, site, stays, row, leaves
        )
    elif not visits.to_icu[row]:
        yield from ward.wait_for_bed(region, site, visits.boarding[row])
        leaves()
        yield from ward.acute_stay(region, patient, cell, site, stays, row)
        return
    else:
        leaves()
    yield from ward.settle(region, patient, cell, place, stays, row)
