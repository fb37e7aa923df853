"""Who lies in the beds when a replication begins, so that it need not begin with empty wards.

A SimPy run cannot be saved half-way, and a state saved from one scenario would be wrong for
another year, other stays or other demand. So the state is made, not saved: the patients of the
weeks before the start are drawn as all others are, with streams of their own. Who would still be
in a bed at the start lies there, with the part of the stay that is left. In a queue without loss
the mean number in beds is the same however long people wait for one (Little 1961), so the wards
begin at their long-run mean; queues, theatre and departments are filled by the warm-up that is
left, of days instead of weeks.

The past knows nothing of sites; each configuration puts the same people in its own beds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.vocabulary import Function
from sim.engine.process import Journey
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.pathways import ward
from sim.patients.births import Mode
from sim.patients.cohort import COHORT_SPAN, compact
from sim.patients.hospital_choice import attractions, preferences
from sim.patients.stays import Stays
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.parameters.registry import Parameters
    from sim.engine.process import Story
    from sim.patients.births import Births
    from sim.patients.direct_admissions import Directs
    from sim.patients.past import Past
    from sim.patients.visits import Visits
    from sim.random.distributions import Flags, Floats, Ints
    from sim.resources.region import Region


FIRST_NUMBER = COHORT_SPAN // 2
"""Patients of the past are numbered from the middle of their cohort's span."""


def admit(region: Region, past: Past) -> None:
    """Put in bed who is there when the replication begins, minute 0.

    Who finds no bed free is left out: a queue begins empty.
    """
    visits, directs, places = past.visits, past.directs, region.places
    at_once = np.array(visits.to_icu, dtype=bool) | np.array(visits.to_theatre, dtype=bool)
    _acute(region, past, visits, _sites_of_visits(region, past), _in_bed(visits), at_once)
    equal = np.zeros((len(directs.time), len(places.sites)))
    nearest = places.nearest_open(Function.WARD, directs.cell, directs.time, equal)
    never = np.zeros(len(directs.time), dtype=bool)
    _acute(region, past, directs, nearest, np.array(directs.time), never)
    _planned(region, past)
    _births(region, past)


# Acute care


def _sites_of_visits(region: Region, past: Past) -> list[int]:
    """Return the emergency department each came to: the nearest by ambulance, else of choice."""
    visits, places = past.visits, region.places
    minutes = preferences(
        past.horizon,
        Purpose.VISIT_CHOICE,
        visits.patient,
        places.sites,
        past.parameters["ed.choice.spread"],
        attractions(past.parameters, "ed", places.sites),
    )
    minutes[np.array(visits.by_ambulance, dtype=bool)] = 0.0
    return places.nearest_open(Function.ED, visits.cell, visits.time, minutes)


def _in_bed(visits: Visits) -> Floats:
    """Return when each went to a bed had nobody to wait; infinity for who went home."""
    moment = np.array(visits.time)
    for step in ("triage", "assessment", "consult_delay", "consult", "treatment"):
        moment += np.array(getattr(visits, step))
    moment += np.maximum(visits.laboratory, np.add(visits.xray, visits.ct))
    moment += np.where(visits.to_theatre, visits.stays.surgery_minutes, visits.boarding)
    has_to_stay = np.logical_or(visits.to_theatre, visits.to_icu)
    is_admitted = has_to_stay | (np.array(visits.is_admitted) & ~np.array(visits.to_observation))
    bed: Floats = np.where(is_admitted, moment, np.inf)
    return bed


@dataclass(frozen=True)
class _Stay:
    """An acute stay as it goes when nobody waits: ward, intensive care, ward, delayed, home.

    Who goes to intensive care at once begins with a part of no minutes on the ward.
    """

    bed: Floats  # when it began
    before: Floats  # on the ward before intensive care
    icu: Floats
    los: Floats  # on the ward in all
    delayed: Floats
    leaves_at: Floats  # minute of the day, for who is ready outside discharge hours

    def leaves(self, parameters: Parameters) -> Floats:
        """Return when each goes home."""
        ready = self.bed + self.icu + self.los + self.delayed
        first, last = (
            parameters[key] * MINUTES_PER_HOUR
            for key in ("ward.discharge.start", "ward.discharge.end")
        )
        of_day = ready % MINUTES_PER_DAY
        outside = (of_day < first) | (of_day >= last)
        waits = (self.leaves_at - of_day) % MINUTES_PER_DAY
        moment: Floats = ready + np.where(outside, waits, 0.0)
        return moment

    def in_icu(self, time: float) -> Flags:
        """Return who is in intensive care."""
        elapsed = time - self.bed
        flags: Flags = (elapsed >= self.before) & (elapsed < self.before + self.icu)
        return flags

    def left(self, time: float, rows: Ints) -> Stays:
        """Return what is left of some stays, as `ward.py` goes on with it.

        There intensive care from the ward comes half-way, so who still has to go there gets twice
        the time until then.
        """
        elapsed = time - self.bed
        before, icu, los = self.before, self.icu, self.los
        has_icu_to_come = (icu > 0) & (elapsed < before)
        on_ward = np.select(
            [icu <= 0, has_icu_to_come, self.in_icu(time)],
            [los - elapsed, 2 * (before - elapsed), los - before],
            icu + los - elapsed,
        )
        icu_left = np.select([has_icu_to_come, self.in_icu(time)], [icu, before + icu - elapsed], 0)
        delayed = np.clip(icu + los + self.delayed - elapsed, 0, self.delayed)
        none = compact(np.zeros(len(rows)))
        return Stays(
            los=compact(np.maximum(on_ward, 0.0)[rows]),
            delayed=compact(delayed[rows]),
            discharge=compact(self.leaves_at[rows]),
            icu_minutes=compact(icu_left[rows]),
            surgery_class=[0] * len(rows),
            surgery_delay=none,
            surgery_minutes=none,
        )


def _acute(
    region: Region,
    past: Past,
    people: Visits | Directs,
    site: Sequence[int],
    bed: Floats,
    icu_first: Flags,
) -> None:
    """Put who came for acute care in a ward or intensive care bed."""
    stays, start = people.stays, past.horizon.end
    came = np.flatnonzero(bed <= start)
    los, icu, delayed, leaves_at = (
        np.array(column)[came]
        for column in (stays.los, stays.icu_minutes, stays.delayed, stays.discharge)
    )
    before = np.where(icu_first[came], 0.0, los / 2)
    stay = _Stay(bed[came], before, icu, los, delayed, leaves_at)
    there = np.flatnonzero(stay.leaves(past.parameters) > start)
    left, in_icu = stay.left(start, there), stay.in_icu(start)[there].tolist()
    for row, member in enumerate(came[there].tolist()):
        if not region.places.is_neighbour[site[member]]:
            journey = _in_intensive_care if in_icu[row] else _on_ward
            patient = FIRST_NUMBER + people.patient[member]
            Journey(region.env, journey(region, patient, site[member], left, row))


def _on_ward(region: Region, patient: int, site: int, stays: Stays, row: int) -> Story[None]:
    beds = region.ward_beds
    is_open = region.places.open_sites(Function.WARD, region.env.now)
    free = [place for place, pool in enumerate(beds) if is_open[place] and pool.is_free]
    if not free:
        return
    site = min(free, key=region.places.transfer[site].__getitem__)
    beds[site].claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield from ward.acute_stay(region, patient, site, stays, row)


def _in_intensive_care(
    region: Region, patient: int, site: int, stays: Stays, row: int
) -> Story[None]:
    site = ward.site_with_icu_bed(region, site)
    if region.places.is_neighbour[site] or not region.icu_beds[site].is_free:
        return
    region.icu_beds[site].claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield from ward.after_intensive_care(region, patient, site, stays, row)


# Planned care and births


def _planned(region: Region, past: Past) -> None:
    """Put who came for planned care in a bed, as if operated on the day of joining the list."""
    places, start = region.places, past.horizon.end
    medicals, operations = past.medicals, past.operations
    for patient, time, home, los in zip(
        medicals.patient, medicals.time, medicals.home, medicals.los, strict=True
    ):
        if time + los > start:
            _elective(region, patient, places.sites.index(home), 0.0, time + los - start)
    session = sum(past.parameters[f"theatre.session.{end}"] for end in ("start", "end")) / 2
    surgery = np.array(operations.time) + session * MINUTES_PER_HOUR
    for row, time in enumerate(surgery.tolist()):
        icu, los = operations.icu_minutes[row], operations.los[row]
        if operations.is_inpatient[row] and time + icu + los > start:
            left = max(time + icu - start, 0.0)
            site = places.sites.index(operations.home[row])
            _elective(
                region, operations.patient[row], site, left, min(time + icu + los - start, los)
            )


def _elective(region: Region, patient: int, site: int, icu: float, los: float) -> None:
    """Let a planned patient be in a bed: intensive care for `icu` minutes, then the ward."""
    beds = region.icu_beds if icu > 0 else region.elective_beds
    if icu > 0:
        site = ward.site_with_icu_bed(region, site)
    if beds[site].is_free:
        Journey(region.env, _elective_days(region, FIRST_NUMBER + patient, site, icu, los))


def _elective_days(region: Region, patient: int, site: int, icu: float, los: float) -> Story[None]:
    region.journal.note(patient, Step.ENTER, NOWHERE)
    if icu > 0:
        yield from ward.icu_stay(region, patient, site, icu)
    yield from ward.elective_stay(region, patient, site, los)
    region.journal.note(patient, Step.LEAVE, site)


def _births(region: Region, past: Past) -> None:
    """Put mothers on the maternity ward and newborns in the neonatal ward."""
    births, places, start = past.births, region.places, past.horizon.end
    choice = places.by_preference(
        births.cell,
        preferences(
            past.horizon,
            Purpose.BIRTH_CHOICE,
            births.patient,
            places.sites,
            past.parameters["maternity.choice.spread"],
            attractions(past.parameters, "maternity", places.sites),
        ),
    )
    for row, born in enumerate(_born(births).tolist()):
        stay = born + births.room_after_birth[row] + births.stay[row] - start
        child = born + births.neonatal[row] - start
        if born > start or max(stay if births.stay[row] > 0 else 0.0, child) <= 0:
            continue
        is_open = places.open_sites(Function.MATERNITY, born)
        site = next(place for place in choice[row] if is_open[place])
        if places.is_neighbour[site]:
            continue
        if births.stay[row] > 0 and stay > 0:
            Journey(region.env, _lying_in(region, FIRST_NUMBER + births.patient[row], site, stay))
        if child > 0 and births.neonatal[row] > 0 and not births.to_nicu[row]:
            Journey(region.env, _newborn(region, site, child))


def _born(births: Births) -> Floats:
    """Return when each child is born had nobody to wait or to travel."""
    labour = np.where(np.equal(births.mode, Mode.PLANNED_CAESAREAN), 0.0, births.labour)
    ripening = np.where(births.is_induced, births.ripening, 0.0)
    born: Floats = np.array(births.time) + ripening + labour
    return born


def _lying_in(region: Region, patient: int, site: int, minutes: float) -> Story[None]:
    beds = region.maternity_beds[site]
    if not beds.is_free:
        return
    beds.claim()
    region.journal.note(patient, Step.ENTER, NOWHERE)
    yield minutes
    beds.release()
    region.journal.note(patient, Step.LEAVE, site)


def _newborn(region: Region, site: int, minutes: float) -> Story[None]:
    cots = region.cots[site]
    if not cots.is_free:
        return
    cots.claim()
    region.journal.note(NOBODY, Step.NEONATAL_IN, site)
    yield minutes
    region.journal.note(NOBODY, Step.NEONATAL_OUT, site)
    cots.release()
