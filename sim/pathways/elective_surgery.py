"""Elective surgery: the lists for the day, and a day in one theatre.

Patients wait for a session of their specialty at their site. Every workday morning each session
takes the next ones as long as they fit; who is cancelled goes back to the front for another day.
Who waits too long for a session, or would never get one, counts as cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.process import Process
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.pathways import ward
from sim.resources.theatre_schedule import NO_LIST, Session
from sim.resources.theatre_teams import Priority
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from sim.engine.process import ProcessGenerator
    from sim.resources.hospital import Hospital
    from sim.resources.region import Region


def open_sessions(region: Region) -> ProcessGenerator[None]:
    """Start the sessions of every workday, and send patients of a neighbour there."""
    schedule = region.theatre_schedule
    day = 0
    while True:
        first = schedule.first_start(day)
        yield day * MINUTES_PER_DAY + first - region.env.now
        for row in schedule.passed_over(region.env.now):
            patient, site = region.patients.operations.patient[row], schedule.site[row]
            region.journal.note(patient, Step.ENTER, NOWHERE)
            region.journal.note(patient, Step.BOOKED_ELECTIVE, site)
            region.journal.note(patient, Step.SURGERY_CANCELLED, site)
        for block in schedule.sessions(day):
            one = caesarean_session if block.specialty == NO_LIST else session
            Process(region.env, one(region, block, block.start - first))
        day += 1


def caesarean_session(region: Region, block: Session, later: float) -> ProcessGenerator[None]:
    """Keep a room with its team for planned caesareans; nobody else breaks in."""
    hospital = region.hospitals[block.site]
    rooms, suite = hospital.theatre.rooms, hospital.caesarean_suite
    if later > 0:
        yield later
    region.journal.note(NOBODY, Step.SESSION_START, block.site)
    rooms.add(-1)
    suite.add(1)
    yield block.end - block.start
    suite.add(-1)
    rooms.add(1)
    region.journal.note(NOBODY, Step.SESSION_END, block.site)


def session(region: Region, block: Session, later: float) -> ProcessGenerator[None]:
    """Run one team's day in one theatre: its list, case after case.

    Parameters
    ----------
    later
        Minutes until it begins.
    """
    env, schedule, journal = region.env, region.theatre_schedule, region.journal
    operations, site = region.patients.operations, block.site
    hospital = region.hospitals[site]
    theatre = hospital.theatre
    if later > 0:
        yield later
    midnight = env.now // MINUTES_PER_DAY * MINUTES_PER_DAY
    end = midnight + block.end
    latest_end = end + region.parameters["theatre.session.overrun"]
    turnover = region.parameters["theatre.turnover"]
    journal.note(NOBODY, Step.SESSION_START, site)
    theatre.open_session()
    is_thoracic = block.specialty == schedule.thoracic
    needs = theatre.thoracic_surgery if is_thoracic else theatre.surgery
    for row in schedule.list_for_the_day(block, env.now):
        patient = operations.patient[row]
        if row not in schedule.cancelled:
            journal.note(patient, Step.ENTER, NOWHERE)
        journal.note(patient, Step.BOOKED_ELECTIVE, site)
        too_late = env.now + operations.planned_minutes[row] > latest_end
        if too_late or _lacks_bed(region, row, hospital):
            _cancel(region, row)
            continue
        if granted := theatre.claim(Priority.ELECTIVE, needs):
            yield granted
            if env.now + operations.planned_minutes[row] > latest_end:
                theatre.release(Priority.ELECTIVE, needs)
                _cancel(region, row)
                continue
        journal.note(patient, Step.SURGERY_START, site)
        yield operations.surgery_minutes[row]
        journal.note(patient, Step.SURGERY_END, site)
        if operations.is_rectal[row]:
            journal.note(patient, Step.RECTAL_RESECTION, site)
        if operations.icu_minutes[row] <= 0 and (granted := hospital.recovery.claim()):
            journal.note(patient, Step.RECOVERY_BLOCKED, site)  # the patient stays in theatre
            yield granted
        Process(region.env, _after_surgery(region, row, hospital))
        yield turnover
        theatre.release(Priority.ELECTIVE, needs)
    if env.now < end:
        yield end - env.now
    theatre.close_session()
    journal.note(NOBODY, Step.SESSION_END, site)


def _lacks_bed(region: Region, row: int, hospital: Hospital) -> bool:
    """Whether no bed can be expected for a patient after the operation."""
    operations = region.patients.operations
    if operations.icu_minutes[row] > 0 and hospital.icu_beds.busy >= hospital.icu_beds.capacity:
        return True
    if not operations.is_inpatient[row]:
        return False
    return ward.home_ward(region, row, hospital).elective_beds.waiting >= int(
        region.parameters["ward.cancel.waiting"]
    )


def _cancel(region: Region, row: int) -> None:
    region.journal.note(
        region.patients.operations.patient[row],
        Step.SURGERY_CANCELLED,
        region.theatre_schedule.site[row],
    )
    region.theatre_schedule.put_back(row)


def _after_surgery(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Recovery or intensive care, the ward if the patient stays, and home."""
    operations = region.patients.operations
    patient = operations.patient[row]
    if operations.icu_minutes[row] > 0:
        yield from ward.icu_stay(region, patient, hospital, operations.icu_minutes[row])
    else:
        yield operations.recovery_minutes[row]
        hospital.recovery.release()
    if operations.is_inpatient[row]:
        hospital = ward.home_ward(region, row, hospital)
        yield from ward.elective_stay(region, patient, hospital, operations.los[row])
    region.journal.note(patient, Step.LEAVE, hospital.number)
