"""Maternity (verloskunde): labour, where to, the way there, the birth, theatre, the days after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema.vocabulary import Function
from sim.engine.process import Process
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.pathways import ambulance, neighbour, theatre
from sim.patients.births import BirthPlace, Mode
from sim.resources.fleet import A1
from sim.resources.theatre_teams import Priority

if TYPE_CHECKING:
    from sim.engine.process import ProcessGenerator
    from sim.resources.hospital import Hospital
    from sim.resources.region import Region


def birth(region: Region, row: int) -> ProcessGenerator[None]:
    """One woman from the start of active labour, or induction, until she and the child are home."""
    births, journal = region.patients.births, region.journal
    patient, place = births.patient[row], births.place[row]
    journal.note(
        patient, Step.NULLIPAROUS if births.is_nulliparous[row] else Step.MULTIPAROUS, NOWHERE
    )
    if births.is_induced[row]:
        yield from _induced(region, row)
        return
    if place != BirthPlace.HOSPITAL:
        journal.note(patient, Step.MIDWIFE_LED, NOWHERE)
    journal.note(patient, Step.LABOUR, NOWHERE)
    if place == BirthPlace.HOME:
        yield births.labour[row]
        journal.note(patient, Step.BIRTH_HOME, NOWHERE)
        journal.note(patient, Step.LEAVE, NOWHERE)
        return
    left = births.labour[row]
    if place == BirthPlace.REFERRED:
        at_home = left * region.parameters["maternity.referral.at"]
        yield at_home
        journal.note(patient, Step.REFERRED, NOWHERE)
        left -= at_home
    hospital, left = yield from _travel(region, row, left)
    if _goes_elsewhere(region, row, hospital):
        return
    journal.note(patient, Step.MATERNITY_ARRIVE, hospital.number)
    if births.mode[row] == Mode.PLANNED_CAESAREAN:
        yield from _planned_caesarean(region, row, hospital)
    else:
        yield from _deliver(region, row, hospital, left)


def _induced(region: Region, row: int) -> ProcessGenerator[None]:
    """Induction: to hospital for ripening, there or with a balloon at home, and then labour."""
    births = region.patients.births
    patient, labour = births.patient[row], births.labour[row]
    hospital, _ = yield from _travel(region, row, labour)
    if _goes_elsewhere(region, row, hospital):
        return
    region.journal.note(patient, Step.INDUCTION, hospital.number)
    if births.ripens_at_home[row] and births.ripening[row] > 0:
        yield births.ripening[row]
        region.journal.note(patient, Step.LABOUR, NOWHERE)
        hospital, labour = yield from _travel(region, row, labour)
        if _goes_elsewhere(region, row, hospital):
            return
        region.journal.note(patient, Step.MATERNITY_ARRIVE, hospital.number)
    else:
        region.journal.note(patient, Step.MATERNITY_ARRIVE, hospital.number)
        if births.ripening[row] > 0:
            yield from _bed(hospital, births.ripening[row])
        region.journal.note(patient, Step.LABOUR, hospital.number)
    yield from _deliver(region, row, hospital, labour)


def _goes_elsewhere(region: Region, row: int, hospital: Hospital) -> bool:
    """Let a woman go to a hospital outside the region, where few steps are followed or none."""
    if not hospital.is_neighbour:
        return False
    patient = region.patients.births.patient[row]
    region.journal.note(patient, Step.TO_NEIGHBOUR, hospital.number)
    if hospital.is_endless:
        region.journal.note(patient, Step.LEAVE, hospital.number)
    else:
        Process(region.env, neighbour.birth(region, row, hospital))
    return True


def _travel(region: Region, row: int, left: float) -> ProcessGenerator[tuple[Hospital, float]]:
    """Drive to the preferred open site that has room; labour goes on meanwhile.

    The value is the hospital and the labour left; a child may be born on the way.
    """
    births, env = region.patients.births, region.env
    patient, cell = births.patient[row], births.cell[row]
    region.journal.note(patient, Step.DEPARTS, NOWHERE)
    leaves = env.now
    is_in_labour = births.mode[row] != Mode.PLANNED_CAESAREAN and not births.is_induced[row]
    if births.place[row] == BirthPlace.REFERRED and births.is_urgent_referral[row]:
        ride = ambulance.Ride(
            patient,
            cell,
            A1,
            Function.MATERNITY,
            region.parameters["ambulance.dispatch.mean"],
            region.parameters["ambulance.scene.transport.mean"],
            region.parameters["ambulance.handover.mean"],
        )
        hospital, drive = yield from ambulance.bring(region, ride)
        yield drive
    else:
        hospital = _choose(region, row, calls_ahead=births.calls_ahead[row])
        yield region.geography.car[cell][hospital.number]
        still = left - (env.now - leaves)
        if not births.calls_ahead[row] and still > region.parameters["maternity.stop.labour_left"]:
            hospital = yield from _sent_on(region, row, hospital)
    travelled = env.now - leaves
    if is_in_labour and travelled > left and births.mode[row] == Mode.SPONTANEOUS:
        region.journal.note(patient, Step.BIRTH_ON_THE_WAY, hospital.number)
    return hospital, max(left - travelled, 0.0) if is_in_labour else left


def _choose(region: Region, row: int, *, calls_ahead: bool) -> Hospital:
    """Return the preferred open site; who calls ahead hears which one is on stop."""
    is_open = region.geography.open_sites(Function.MATERNITY, region.env.now)
    open_ones = [region.hospitals[site] for site in region.maternity_choice[row] if is_open[site]]
    first, *others = open_ones
    if not calls_ahead or not first.maternity.on_stop:
        return first
    patient = region.patients.births.patient[row]
    region.journal.note(patient, Step.MATERNITY_DIVERTED, first.number)
    return next((other for other in others if not other.maternity.on_stop), first)


def _sent_on(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[Hospital]:
    """At a door that is on stop, go on to the next; the value is the hospital."""
    if not hospital.maternity.on_stop:
        return hospital
    other = _choose(region, row, calls_ahead=True)
    yield region.geography.transfer_by_car[hospital.number][other.number]
    return other


def _deliver(region: Region, row: int, hospital: Hospital, left: float) -> ProcessGenerator[None]:
    """Labour in a delivery room, birth there or in theatre, and the time after."""
    births, env, journal = region.patients.births, region.env, region.journal
    patient, mode = births.patient[row], births.mode[row]
    due = env.now + left
    is_born = left <= 0 and mode == Mode.SPONTANEOUS  # on the way
    hospital = yield from _where_open(region, row, hospital)
    if _goes_elsewhere(region, row, hospital):
        return
    site, unit = hospital.number, hospital.maternity
    in_centre = births.place[row] == BirthPlace.BIRTH_CENTRE and hospital.birth_centre.capacity > 0
    rooms = hospital.birth_centre if in_centre else unit.rooms
    granted = rooms.claim() if in_centre else unit.claim_room()
    if granted:
        yield granted
    journal.note(patient, Step.BIRTH_CENTRE if in_centre else Step.DELIVERY_ROOM, site)
    if births.has_epidural[row] and env.now < due:
        yield (due - env.now) * region.parameters["maternity.epidural.at"]
        yield from _epidural(region, patient, hospital)
    yield max(due - env.now, 0.0)
    if mode == Mode.UNPLANNED_CAESAREAN:
        yield from _caesarean(region, row, hospital)
    else:
        if mode == Mode.INSTRUMENTAL:
            yield from _instrumental(region, patient, hospital)
        if not is_born:
            journal.note(patient, Step.BIRTH_HOSPITAL, site)
    _newborn(region, row, hospital)
    if births.has_postpartum_operation[row]:
        operation = theatre.Operation(
            Priority.CAT2,
            region.parameters["maternity.postpartum_operation.prepare"],
            region.parameters["maternity.postpartum_operation.minutes"],
            call_in=births.call_in[row],
            recovery=births.recovery[row],
            also=(hospital.gynaecologists,),
        )
        yield from theatre.operate(region, patient, hospital, operation)
    yield births.room_after_birth[row]
    if not in_centre:
        journal.note(patient, Step.DELIVERY_ROOM_LEFT, site)
    rooms.release()
    yield from _stay(region, row, hospital)


def _where_open(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[Hospital]:
    """Take a woman to the nearest open site if this one has closed since she came."""
    if (other := _open_instead(region, hospital)) is None:
        return hospital
    patient = region.patients.births.patient[row]
    yield from ambulance.transfer(region, patient, hospital, other, ambulance.CareLevel.ACUTE)
    return other


def _open_instead(region: Region, hospital: Hospital) -> Hospital | None:
    """Return the nearest open site when this one is closed; None: it is open, or none is."""
    geography, now, site = region.geography, region.env.now, hospital.number
    if geography.open_sites(Function.MATERNITY, now)[site]:
        return None
    nearest = geography.nearest_other(Function.MATERNITY, site, now)
    return None if nearest is None else region.hospitals[nearest]


def _epidural(region: Region, patient: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Wait for the anaesthetist, who may be in theatre, and get an epidural."""
    coordinator, site = hospital.theatre, hospital.number
    needs = (coordinator.anaesthetists,)
    region.journal.note(patient, Step.EPIDURAL_ASKED, site)
    if granted := coordinator.claim(Priority.CAT2, needs):
        yield granted
    region.journal.note(patient, Step.EPIDURAL, site)
    yield region.parameters["maternity.epidural.minutes"]
    coordinator.release(Priority.CAT2, needs)


def _instrumental(region: Region, patient: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Birth by ventouse or forceps, by the gynaecologist."""
    coordinator, needs = hospital.theatre, (hospital.gynaecologists,)
    if granted := coordinator.claim(Priority.CAT1, needs):
        yield granted
    region.journal.note(patient, Step.INSTRUMENTAL_BIRTH, hospital.number)
    yield region.parameters["maternity.instrumental.minutes"]
    coordinator.release(Priority.CAT1, needs)


def _caesarean(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Unplanned caesarean: decision now, incision when theatre, team and woman are ready."""
    births, site = region.patients.births, hospital.number
    patient, cat1 = births.patient[row], births.is_cat1[row]
    region.journal.note(patient, Step.CAESAREAN_CAT1 if cat1 else Step.CAESAREAN_OTHER, site)

    def incision() -> None:
        region.journal.note(patient, Step.INCISION, site)
        region.journal.note(patient, Step.BIRTH_HOSPITAL, site)

    operation = theatre.Operation(
        Priority.CAT1 if cat1 else Priority.CAT2,
        births.prepare[row],
        region.parameters["maternity.caesarean.theatre"],
        call_in=births.call_in[row],
        recovery=births.recovery[row],
        also=(hospital.gynaecologists, hospital.paediatricians),
        before_start=incision,
    )
    yield from theatre.operate(region, patient, hospital, operation)


def _planned_caesarean(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    births = region.patients.births
    patient, minutes = births.patient[row], region.parameters["maternity.caesarean.theatre"]
    region.journal.note(patient, Step.PLANNED_CAESAREAN, hospital.number)
    yield from theatre.until_list(region, hospital, minutes)
    if (other := _open_instead(region, hospital)) is not None:
        yield region.geography.transfer_by_car[hospital.number][other.number]
        hospital = other
        if _goes_elsewhere(region, row, hospital):
            return

    def incision() -> None:
        region.journal.note(patient, Step.BIRTH_HOSPITAL, hospital.number)

    operation = theatre.Operation(
        Priority.PLANNED_CAESAREAN,
        0.0,
        minutes,
        recovery=births.recovery[row],
        also=(hospital.gynaecologists,),
        before_start=incision,
    )
    yield from theatre.planned_caesarean(region, patient, hospital, operation)
    _newborn(region, row, hospital)
    yield from _stay(region, row, hospital)


def _newborn(region: Region, row: int, hospital: Hospital) -> None:
    """Let a child that needs it go to the neonatal ward, or the smallest to a NICU."""
    births = region.patients.births
    if births.to_nicu[row] and any(other.has_nicu for other in region.hospitals):
        Process(region.env, _to_nicu(region, row, hospital))
    elif births.neonatal[row] > 0:
        Process(region.env, _neonatal_stay(region, row, hospital))


def _to_nicu(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    patient = region.patients.births.patient[row]
    minutes = region.geography.transfer[hospital.number]
    with_nicu = [other for other in region.hospitals if other.has_nicu]
    nicu = min(with_nicu, key=lambda other: minutes[other.number])
    region.journal.note(patient, Step.NICU_TRANSFER, hospital.number)
    yield from ambulance.transfer(region, patient, hospital, nicu, ambulance.CareLevel.INTENSIVE)


def _neonatal_stay(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    births, cots, site = region.patients.births, hospital.cots, hospital.number
    if granted := cots.claim():
        yield granted
    region.journal.note(NOBODY, Step.NEONATAL_IN, site)  # the mother may be home before the child
    yield births.neonatal[row]
    region.journal.note(NOBODY, Step.NEONATAL_OUT, site)
    cots.release()


def _bed(hospital: Hospital, minutes: float) -> ProcessGenerator[None]:
    beds = hospital.maternity_beds
    if granted := beds.claim():
        yield granted
    yield minutes
    beds.release()


def _stay(region: Region, row: int, hospital: Hospital) -> ProcessGenerator[None]:
    """Stay on the maternity ward, if she stays, and go home."""
    minutes = region.patients.births.stay[row]
    if minutes > 0:
        yield from _bed(hospital, minutes)
    region.journal.note(region.patients.births.patient[row], Step.LEAVE, hospital.number)
