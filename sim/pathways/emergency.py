"""Emergency department (SEH): arrive, triage, room, doctor, tests, consult, treatment, onward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scenarios.schema.vocabulary import Function
from sim.journal.steps import Step
from sim.pathways import ambulance, neighbour, theatre, ward
from sim.patients.visits import FIRST_PATIENT_URGENCY
from sim.resources.fleet import A1, A2

if TYPE_CHECKING:
    from sim.engine.process import ProcessGenerator
    from sim.patients.visits import Visits
    from sim.resources.emergency_department import EmergencyDepartment
    from sim.resources.hospital import Hospital
    from sim.resources.neighbour import Walls
    from sim.resources.region import Region


# Read once: in Python 3.11, reading a member of an enum is a call.
_ED_ARRIVE: Final = int(Step.ED_ARRIVE)
_ED_ROOM: Final = int(Step.ED_ROOM)
_ED_DOCTOR: Final = int(Step.ED_DOCTOR)
_ED_READY: Final = int(Step.ED_READY)
_ED_ADMITTED: Final = int(Step.ED_ADMITTED)
_ED_DISCHARGED: Final = int(Step.ED_DISCHARGED)
_LEAVE: Final = int(Step.LEAVE)


def visit_by_ambulance(region: Region, row: int) -> ProcessGenerator[None]:
    """One patient's way from the call to and through an emergency department."""
    visits, journal = region.patients.visits, region.journal
    patient = visits.patient[row]
    ride = ambulance.Ride(
        patient,
        visits.cell[row],
        A1 if visits.is_a1[row] else A2,
        Function.ED,
        visits.dispatch[row],
        visits.on_scene[row],
        visits.handover[row],
        despite_stop=visits.despite_stop[row],
        rather_to=region.trauma_centres if visits.to_trauma_centre[row] else (),
    )
    hospital, drive = yield from ambulance.bring(region, ride)
    site = hospital.number
    if visits.is_severe_trauma[row]:
        journal.note_ahead(drive, patient, Step.SEVERE_TRAUMA, site)
    if hospital.is_neighbour:
        journal.note_ahead(drive, patient, Step.TO_NEIGHBOUR, site)
        if (walls := hospital.walls) is None:
            journal.note_ahead(drive, patient, _LEAVE, site)
            return
        yield drive + visits.triage[row]
        yield from _visit_outside(region, row, hospital, walls)
        return
    hospital.ed.expect(region.env.now)  # the department hears of it now
    journal.note_ahead(drive, patient, _ED_ARRIVE, site)
    yield drive + visits.triage[row]
    yield from _visit(region, row, hospital)


def walk_in(region: Region, row: int) -> ProcessGenerator[None]:
    """One patient's way through an emergency department, from triage on."""
    hospital = region.hospitals[region.ed_choice[row]]
    hospital.ed.expect(region.env.now - region.patients.visits.triage[row])
    return _visit(region, row, hospital)


def walk_in_outside(region: Region, row: int) -> ProcessGenerator[None]:
    """One patient's way from a neighbour's door: in, or on to the next that has room.

    On stop it takes who is urgent; others go on, once.
    """
    visits, journal = region.patients.visits, region.journal
    patient, hospital = visits.patient[row], region.hospitals[region.ed_choice[row]]
    if visits.urgency[row] >= FIRST_PATIENT_URGENCY and not hospital.has_room(Function.ED):
        journal.note(patient, Step.NEIGHBOUR_REFUSED, hospital.number)
        other = _next_with_room(region, hospital)
        yield region.geography.transfer_by_car[hospital.number][other.number]
        hospital = other
    if not hospital.is_neighbour:
        journal.note(patient, _ED_ARRIVE, hospital.number)
        hospital.ed.expect(region.env.now)
        yield visits.triage[row]
        yield from _visit(region, row, hospital)
        return
    journal.note(patient, Step.TO_NEIGHBOUR, hospital.number)
    if (walls := hospital.walls) is None:
        journal.note(patient, _LEAVE, hospital.number)
        return
    yield visits.triage[row]
    yield from _visit_outside(region, row, hospital, walls)


def _next_with_room(region: Region, hospital: Hospital) -> Hospital:
    """Return the nearest other department that is open and not on stop; this one if none is."""
    is_open = region.geography.open_sites(Function.ED, region.env.now)
    minutes = region.geography.transfer_by_car[hospital.number]
    others = [
        other
        for other in region.hospitals
        if other is not hospital and is_open[other.number] and other.has_room(Function.ED)
    ]
    return min(others, key=lambda other: minutes[other.number], default=hospital)


def _visit_outside(
    region: Region, row: int, hospital: Hospital, walls: Walls
) -> ProcessGenerator[None]:
    """Be treated at a neighbour's, wait there for a bed if need be, and go home."""
    visits, needs = region.patients.visits, region.needs
    patient, stay = visits.patient[row], visits.stays.of(row)
    if not (yield from neighbour.place(region, row, hospital, walls)):
        region.journal.note(patient, _LEAVE, hospital.number)
        return
    if needs.theatre[row] > 0:
        walls.places.release()
        yield from neighbour.operate(walls, float(needs.theatre[row]))
        yield from ward.settle(region, patient, hospital, stay)
    elif needs.icu[row] > 0 and visits.to_icu[row]:
        yield from ward.intensive_care_from_ed(
            region, patient, hospital, stay, walls.places.release
        )
    elif needs.ward[row] > 0:
        yield from neighbour.board(walls, hospital.ward_beds)
        yield from ward.stay_outside(region, patient, hospital, stay)
    else:
        walls.places.release()
        region.journal.note(patient, _LEAVE, hospital.number)


def _visit(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Wait for a room, be examined and treated, and go home or onward."""
    visits, env, journal = region.patients.visits, region.env, region.journal
    patient, urgency = visits.patient[row], visits.urgency[row]
    ed, site = hospital.ed, hospital.number
    asked = env.now
    # the longer beyond the target since arrival, the sooner one's turn
    due = asked - visits.triage[row] + ed.targets[urgency]
    ed.waits(urgency)
    room = ed.rooms.free(urgency)
    if room is None:
        room = yield from ed.rooms.wait(urgency, due)
    ed.waits_no_more(urgency)
    if env.now - asked > visits.patience[row]:  # gone by the time the room came free
        ed.rooms.release(room)
        ed.inside -= 1
        journal.note(patient, Step.ED_UNSEEN, site)
        journal.note(patient, _LEAVE, site)
        return
    journal.note(patient, _ED_ROOM, site)
    nurses = ed.nurses_for(urgency)
    if granted := ed.nurses.claim(due, nurses):
        yield granted

    if granted := ed.doctors.claim(due):
        yield granted
    journal.note(patient, _ED_DOCTOR, site)
    yield visits.assessment[row]
    ed.doctors.release()

    results_in = ed.laboratory.result_in(env.now, visits.laboratory[row])
    if visits.xray[row] + visits.ct[row] > 0:
        results_in = yield from _images(region, ed, visits, row, due, results_in)
    if visits.consult[row] > 0:
        yield results_in + visits.consult_delay[row]
        yield from _consult(ed, visits.consult[row], due)
    elif results_in > 0:
        yield results_in

    if granted := ed.doctors.claim(due):
        yield granted
    yield visits.treatment[row]
    ed.doctors.release()

    if not visits.is_admitted[row]:
        ed.leave(room, nurses)
        journal.note(patient, _ED_DISCHARGED, site)
        journal.note(patient, _LEAVE, site)
        return
    journal.note(patient, _ED_READY, site)
    yield from _onward(region, row, hospital, room, nurses)


def _images(
    region: Region,
    ed: EmergencyDepartment,
    visits: Visits,
    row: int,
    due: float,
    laboratory: float,
) -> ProcessGenerator[float]:
    """Have images taken, while the laboratory works for some minutes.

    The value is the minutes until all results are in.
    """
    env = region.env
    laboratory_ready = env.now + laboratory
    images_ready = env.now
    for facility, minutes, report in (
        (ed.xray, visits.xray[row], ed.xray_report),
        (ed.ct, visits.ct[row], ed.ct_report),
    ):
        if minutes > 0:
            if not facility.capacity:
                ed.open(facility)
            if granted := facility.claim(due):
                yield granted
            yield minutes
            facility.release()
            images_ready = env.now + report
    return max(laboratory_ready, images_ready) - env.now


def _consult(ed: EmergencyDepartment, minutes: float, due: float) -> ProcessGenerator[None]:
    """Have a specialist come and look."""
    if granted := ed.consultants.claim(due):
        yield granted
    yield minutes
    ed.consultants.release()


def _onward(
    region: Region, row: int, hospital: Hospital, room: int, nurses: int
) -> ProcessGenerator[None]:
    """From the emergency department to theatre, intensive care, observation or ward, and home."""
    visits = region.patients.visits
    patient, stay = visits.patient[row], visits.stays.of(row)
    ed, site = hospital.ed, hospital.number
    ed.boarding += 1

    def leaves() -> None:
        ed.boarding -= 1
        ed.leave(room, nurses)
        region.journal.note(patient, _ED_ADMITTED, site)

    if visits.to_theatre[row] and theatre.may_wait_in_bed(region, patient, hospital, stay):
        bed = ward.BedBeforeSurgery(region, patient, hospital, visits.boarding[row], leaves)
        yield from theatre.emergency_operation(region, patient, hospital, stay, bed.leave)
        yield from ward.after_surgery(region, patient, hospital, stay, bed)
    elif visits.to_theatre[row]:
        place = yield from theatre.emergency_operation(region, patient, hospital, stay, leaves)
        yield from ward.settle(region, patient, place, stay)
    elif visits.to_icu[row]:
        yield from ward.intensive_care_from_ed(region, patient, hospital, stay, leaves)
    elif visits.to_observation[row] and ed.observation.is_free:
        ed.observation.claim()
        leaves()
        yield visits.observation[row]
        ed.observation.release()
        region.journal.note(patient, _LEAVE, site)
    else:
        place = yield from ward.bed_from_ed(region, patient, hospital, visits.boarding[row], leaves)
        yield from ward.acute_stay(region, patient, place, stay)
