"""Operating theatre (OK): book, prepare, wait for room and team, operate, turn over.

Surgery under way is never interrupted; the next start goes to the most urgent. An elective case
that has not started at the end of the session is cancelled for the day and keeps its place.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from scenarios.schema import Function
from sim import ambulance, ward
from sim.fleet import A1
from sim.journal import MINUTES_PER_DAY, MINUTES_PER_HOUR, NOWHERE, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simpy.events import Event

    from sim.region import Region
    from sim.visits import Stays


class Priority(IntEnum):
    """Order of starts, by the Dutch urgency classes."""

    CAT1 = 1
    CAT2 = 2
    CAT3 = 3
    CAT4 = 4
    ELECTIVE = 100  # beyond the urgencies of any other pool


_BOOKED = {
    Priority.CAT1: Step.BOOKED_CAT1,
    Priority.CAT2: Step.BOOKED_CAT2,
    Priority.CAT3: Step.BOOKED_CAT3,
    Priority.CAT4: Step.BOOKED_CAT4,
}


def operate(
    region: Region,
    patient: int,
    site: int,
    priority: Priority,
    prepare: float,
    minutes: float,
    before_start: Callable[[], None] | None = None,
) -> Generator[Event, object, None]:
    """Do an emergency operation at a site, from booking to the end of surgery."""
    env, pool = region.env, region.theatre[site]
    region.note(patient, _BOOKED[priority], site)
    on_call = region.parameters["theatre.call_in"] if region.on_call_now(site) else 0.0
    if priority >= Priority.CAT3:  # can wait for the day, and does
        prepare += _until_day(region)
        yield env.timeout(prepare)
        prepare = 0.0
    ready = env.now + prepare + on_call
    if granted := pool.claim(priority):
        yield granted
    if env.now < ready:
        yield env.timeout(ready - env.now)
    if before_start is not None:
        before_start()
    region.note(patient, Step.SURGERY_START, site)
    yield env.timeout(minutes)
    region.note(patient, Step.SURGERY_END, site)
    pool.release_after(region.parameters["theatre.turnover"])


def _until_day(region: Region) -> float:
    """Return the minutes until surgery that can wait may start; 0 by day."""
    first, last = (
        region.parameters[key] * MINUTES_PER_HOUR
        for key in ("theatre.session.start", "theatre.deferrable.last_start")
    )
    minute = region.env.now % MINUTES_PER_DAY
    if first <= minute < last:
        return 0.0
    return (first - minute) % MINUTES_PER_DAY


def emergency_operation(
    region: Region,
    patient: int,
    site: int,
    stays: Stays,
    row: int,
    before_start: Callable[[], None] | None = None,
) -> Generator[Event, object, int]:
    """Operate on a patient of the acute flow, elsewhere if this theatre is closed.

    The value is the site of the operation.
    """
    place = site
    if not region.places.open_sites(Function.THEATRE, region.env.now)[site]:
        other = region.places.nearest_other(Function.THEATRE, site, region.env.now)
        place = site if other is None else other
    if place != site:
        if before_start is not None:
            before_start()
            before_start = None
        yield from ambulance.transfer(region, patient, site, place, A1)
        if region.places.is_neighbour[place]:
            return place
    priority = Priority(stays.surgery_class[row])
    prepare = region.parameters[
        "theatre.prepare.cat1" if priority is Priority.CAT1 else "theatre.prepare.other"
    ]
    yield from operate(
        region, patient, place, priority, prepare, stays.surgery_minutes[row], before_start
    )
    return place


def elective_operation(region: Region, row: int) -> Generator[Event, object, None]:
    """Planned surgery on the list of a site, and the stay after it."""
    operations, places = region.patients.operations, region.places
    patient = operations.patient[row]
    site = places.sites.index(operations.home[row])
    if operations.icu_minutes[row] > 0:
        site = _site_with_icu(region, site)
    region.note(patient, Step.ENTER, NOWHERE)
    if places.is_neighbour[site]:
        region.note(patient, Step.TO_NEIGHBOUR, site)
        region.note(patient, Step.LEAVE, site)
        return
    yield from planned_surgery(region, patient, site, operations.surgery_minutes[row])
    if operations.icu_minutes[row] > 0:
        yield from ward.icu_stay(region, patient, site, operations.icu_minutes[row])
    if operations.is_inpatient[row]:
        yield from ward.elective_stay(region, patient, site, operations.los[row])
    region.note(patient, Step.LEAVE, site)


def planned_surgery(
    region: Region, patient: int, site: int, minutes: float
) -> Generator[Event, object, None]:
    """Wait for one's turn on the list and be operated on."""
    env, pool = region.env, region.theatre[site]
    region.note(patient, Step.BOOKED_ELECTIVE, site)
    last_start = region.parameters["theatre.elective.last_start"] * MINUTES_PER_HOUR
    deadline = env.now // MINUTES_PER_DAY * MINUTES_PER_DAY + last_start
    if granted := pool.claim(Priority.ELECTIVE):
        yield granted
    if env.now > deadline:
        region.note(patient, Step.SURGERY_CANCELLED, site)
    region.note(patient, Step.SURGERY_START, site)
    yield env.timeout(minutes)
    region.note(patient, Step.SURGERY_END, site)
    pool.release_after(region.parameters["theatre.turnover"])


def _site_with_icu(region: Region, site: int) -> int:
    """Return the site itself if it has intensive care, else the nearest that has."""
    if region.places.open_sites(Function.ICU, region.env.now)[site]:
        return site
    other = region.places.nearest_other(Function.ICU, site, region.env.now)
    return site if other is None else other
