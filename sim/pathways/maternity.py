"""Maternity (verloskunde): labour, where to, the way there, the birth, theatre, the days after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema.vocabulary import Function
from sim.engine.process import Journey
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.pathways import ambulance, theatre
from sim.patients.births import Mode, Place
from sim.resources.fleet import A1
from sim.resources.theatre_teams import Priority

if TYPE_CHECKING:
    from sim.engine.process import Story
    from sim.resources.region import Region


def birth(region: Region, row: int) -> Story[None]:
    """One woman from the start of active labour, or induction, until she and the child are home."""
    births, journal = region.patients.births, region.journal
    patient, place = births.patient[row], births.place[row]
    journal.note(
        patient, Step.NULLIPAROUS if births.is_nulliparous[row] else Step.MULTIPAROUS, NOWHERE
    )
    if births.is_induced[row]:
        yield from _induced(region, row)
        return
    if place != Place.HOSPITAL:
        journal.note(patient, Step.MIDWIFE_LED, NOWHERE)
    journal.note(patient, Step.LABOUR, NOWHERE)
    if place == Place.HOME:
        yield births.labour[row]
        journal.note(patient, Step.BIRTH_HOME, NOWHERE)
        journal.note(patient, Step.LEAVE, NOWHERE)
        return
    left = births.labour[row]
    if place == Place.REFERRED:
        at_home = left * region.parameters["maternity.referral.at"]
        yield at_home
        journal.note(patient, Step.REFERRED, NOWHERE)
        left -= at_home
    site, left = yield from _travel(region, row, left)
    if _goes_elsewhere(region, patient, site):
        return
    journal.note(patient, Step.MATERNITY_ARRIVE, site)
    if births.mode[row] == Mode.PLANNED_CAESAREAN:
        yield from _planned_caesarean(region, row, site)
    else:
        yield from _deliver(region, row, site, left)


def _induced(region: Region, row: int) -> Story[None]:
    """Induction: to hospital for ripening, there or with a balloon at home, and then labour."""
    births = region.patients.births
    patient, labour = births.patient[row], births.labour[row]
    site, _ = yield from _travel(region, row, labour)
    if _goes_elsewhere(region, patient, site):
        return
    region.journal.note(patient, Step.INDUCTION, site)
    if births.ripens_at_home[row] and births.ripening[row] > 0:
        yield births.ripening[row]
        region.journal.note(patient, Step.LABOUR, NOWHERE)
        site, labour = yield from _travel(region, row, labour)
        if _goes_elsewhere(region, patient, site):
            return
        region.journal.note(patient, Step.MATERNITY_ARRIVE, site)
    else:
        region.journal.note(patient, Step.MATERNITY_ARRIVE, site)
        if births.ripening[row] > 0:
            yield from _bed(region, site, births.ripening[row])
        region.journal.note(patient, Step.LABOUR, site)
    yield from _deliver(region, row, site, labour)


def _goes_elsewhere(region: Region, patient: int, site: int) -> bool:
    """Let a woman go to a hospital outside the region, whose care is counted, not simulated."""
    if not region.places.is_neighbour[site]:
        return False
    region.journal.note(patient, Step.TO_NEIGHBOUR, site)
    region.journal.note(patient, Step.LEAVE, site)
    return True


def _travel(region: Region, row: int, left: float) -> Story[tuple[int, float]]:
    """Drive to the preferred open site that has room; labour goes on meanwhile.

    The value is the site and the labour left; a child may be born on the way.
    """
    births, env = region.patients.births, region.env
    patient, cell = births.patient[row], births.cell[row]
    region.journal.note(patient, Step.DEPARTS, NOWHERE)
    leaves = env.now
    is_in_labour = births.mode[row] != Mode.PLANNED_CAESAREAN and not births.is_induced[row]
    if births.place[row] == Place.REFERRED and births.is_urgent_referral[row]:
        on_scene = region.parameters["ambulance.scene.transport.mean"]
        handover = region.parameters["ambulance.handover.mean"]
        site, drive = yield from ambulance.bring(
            region, patient, cell, A1, Function.MATERNITY, on_scene, handover
        )
        yield drive
    else:
        site = _choose(region, row, calls_ahead=births.calls_ahead[row])
        yield region.places.car[cell][site]
        still = left - (env.now - leaves)
        if not births.calls_ahead[row] and still > region.parameters["maternity.stop.labour_left"]:
            site = yield from _sent_on(region, row, site)
    travelled = env.now - leaves
    if is_in_labour and travelled > left and births.mode[row] == Mode.SPONTANEOUS:
        region.journal.note(patient, Step.BIRTH_ON_THE_WAY, site)
    return site, max(left - travelled, 0.0) if is_in_labour else left


def _choose(region: Region, row: int, *, calls_ahead: bool) -> int:
    """Return the preferred open site; who calls ahead hears which one is on stop."""
    is_open = region.places.open_sites(Function.MATERNITY, region.env.now)
    sites = [site for site in region.maternity_choice[row] if is_open[site]]
    first = sites[0]
    if not calls_ahead or not region.maternity[first].on_stop:
        return first
    region.journal.note(region.patients.births.patient[row], Step.MATERNITY_DIVERTED, first)
    return next((site for site in sites[1:] if not region.maternity[site].on_stop), first)


def _sent_on(region: Region, row: int, site: int) -> Story[int]:
    """At a door that is on stop, go on to the next; the value is the site."""
    if not region.maternity[site].on_stop:
        return site
    other = _choose(region, row, calls_ahead=True)
    yield region.places.transfer_by_car[site][other]
    return other


def _deliver(region: Region, row: int, site: int, left: float) -> Story[None]:
    """Labour in a delivery room, birth there or in theatre, and the time after."""
    births, env, journal = region.patients.births, region.env, region.journal
    patient, mode = births.patient[row], births.mode[row]
    due = env.now + left
    is_born = left <= 0 and mode == Mode.SPONTANEOUS  # on the way
    site = yield from _where_open(region, row, site)
    if _goes_elsewhere(region, patient, site):
        return
    in_centre = births.place[row] == Place.BIRTH_CENTRE and region.birth_centre[site].capacity > 0
    rooms = region.birth_centre[site] if in_centre else region.maternity[site].rooms
    granted = rooms.claim() if in_centre else region.maternity[site].claim_room()
    if granted:
        yield granted
    journal.note(patient, Step.BIRTH_CENTRE if in_centre else Step.DELIVERY_ROOM, site)
    if births.has_epidural[row] and env.now < due:
        yield (due - env.now) * region.parameters["maternity.epidural.at"]
        yield from _epidural(region, patient, site)
    yield max(due - env.now, 0.0)
    if mode == Mode.UNPLANNED_CAESAREAN:
        yield from _caesarean(region, row, site)
    else:
        if mode == Mode.INSTRUMENTAL:
            yield from _instrumental(region, patient, site)
        if not is_born:
            journal.note(patient, Step.BIRTH_HOSPITAL, site)
    _newborn(region, row, site)
    if births.has_postpartum_operation[row]:
        yield from theatre.operate(
            region,
            patient,
            site,
            Priority.CAT2,
            region.parameters["maternity.postpartum_operation.prepare"],
            region.parameters["maternity.postpartum_operation.minutes"],
            recovery=births.recovery[row],
            also=(region.gynaecologists[site],),
        )
    yield births.room_after_birth[row]
    if not in_centre:
        journal.note(patient, Step.DELIVERY_ROOM_LEFT, site)
    rooms.release()
    yield from _stay(region, row, site)


def _where_open(region: Region, row: int, site: int) -> Story[int]:
    """Take a woman to the nearest open site if this one has closed since she came."""
    if region.places.open_sites(Function.MATERNITY, region.env.now)[site]:
        return site
    births = region.patients.births
    other = region.places.nearest_other(Function.MATERNITY, site, region.env.now)
    if other is None:
        return site
    yield from ambulance.transfer(
        region, births.patient[row], site, other, ambulance.CareLevel.ACUTE
    )
    return other


def _epidural(region: Region, patient: int, site: int) -> Story[None]:
    """Wait for the anaesthetist, who may be in theatre, and get an epidural."""
    coordinator, needs = region.theatre[site], (region.theatre[site].anaesthetists,)
    region.journal.note(patient, Step.EPIDURAL_ASKED, site)
    if granted := coordinator.claim(Priority.CAT2, needs):
        yield granted
    region.journal.note(patient, Step.EPIDURAL, site)
    yield region.parameters["maternity.epidural.minutes"]
    coordinator.release(Priority.CAT2, needs)


def _instrumental(region: Region, patient: int, site: int) -> Story[None]:
    """Birth by ventouse or forceps, by the gynaecologist."""
    coordinator, needs = region.theatre[site], theatre.attending((region.gynaecologists[site],))
    if needs and (granted := coordinator.claim(Priority.CAT1, needs)):
        yield granted
    region.journal.note(patient, Step.INSTRUMENTAL_BIRTH, site)
    yield region.parameters["maternity.instrumental.minutes"]
    if needs:
        coordinator.release(Priority.CAT1, needs)


def _caesarean(region: Region, row: int, site: int) -> Story[None]:
    """Unplanned caesarean: decision now, incision when theatre, team and woman are ready."""
    births = region.patients.births
    patient, cat1 = births.patient[row], births.is_cat1[row]
    region.journal.note(patient, Step.CAESAREAN_CAT1 if cat1 else Step.CAESAREAN_OTHER, site)

    def incision() -> None:
        region.journal.note(patient, Step.INCISION, site)
        region.journal.note(patient, Step.BIRTH_HOSPITAL, site)

    yield from theatre.operate(
        region,
        patient,
        site,
        Priority.CAT1 if cat1 else Priority.CAT2,
        births.prepare[row],
        region.parameters["maternity.caesarean.theatre"],
        incision,
        recovery=births.recovery[row],
        also=(region.gynaecologists[site], region.paediatricians[site]),
    )


def _planned_caesarean(region: Region, row: int, site: int) -> Story[None]:
    births = region.patients.births
    patient = births.patient[row]
    region.journal.note(patient, Step.PLANNED_CAESAREAN, site)

    def incision() -> None:
        region.journal.note(patient, Step.BIRTH_HOSPITAL, site)

    yield from theatre.planned_caesarean(
        region,
        patient,
        site,
        region.parameters["maternity.caesarean.theatre"],
        births.recovery[row],
        (region.gynaecologists[site],),
        incision,
    )
    _newborn(region, row, site)
    yield from _stay(region, row, site)


def _newborn(region: Region, row: int, site: int) -> None:
    """Let a child that needs it go to the neonatal ward, or the smallest to a NICU."""
    births = region.patients.births
    if births.to_nicu[row] and region.nicu_sites:
        Journey(region.env, _to_nicu(region, row, site))
    elif births.neonatal[row] > 0:
        Journey(region.env, _neonatal_stay(region, row, site))


def _to_nicu(region: Region, row: int, site: int) -> Story[None]:
    births = region.patients.births
    patient = births.patient[row]
    nicu = min(region.nicu_sites, key=region.places.transfer[site].__getitem__)
    region.journal.note(patient, Step.NICU_TRANSFER, site)
    yield from ambulance.transfer(region, patient, site, nicu, ambulance.CareLevel.INTENSIVE)


def _neonatal_stay(region: Region, row: int, site: int) -> Story[None]:
    births, cots = region.patients.births, region.cots[site]
    if granted := cots.claim():
        yield granted
    region.journal.note(NOBODY, Step.NEONATAL_IN, site)  # the mother may be home before the child
    yield births.neonatal[row]
    region.journal.note(NOBODY, Step.NEONATAL_OUT, site)
    cots.release()


def _bed(region: Region, site: int, minutes: float) -> Story[None]:
    beds = region.maternity_beds[site]
    if granted := beds.claim():
        yield granted
    yield minutes
    beds.release()


def _stay(region: Region, row: int, site: int) -> Story[None]:
    """Stay on the maternity ward, if she stays, and go home."""
    minutes = region.patients.births.stay[row]
    if minutes > 0:
        yield from _bed(region, site, minutes)
    region.journal.note(region.patients.births.patient[row], Step.LEAVE, site)
