"""Operating theatre (OK): book, prepare, wait for room and team, operate, recover, turn over.

Surgery under way is never interrupted; the next start goes to the most urgent (`teams.py`).
Elective sessions are in `sessions.py`; here are emergencies, caesareans among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.calendar.opening_hours import DAYS_PER_WEEK, SATURDAY
from scenarios.schema.vocabulary import Function
from sim.engine.process import Journey
from sim.journal.steps import NOBODY, Step
from sim.pathways import ambulance
from sim.resources.theatre_teams import Needs, Priority, Staff
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engine.process import Story
    from sim.patients.emergency_surgery import EmergencyOperation
    from sim.patients.stays import Stays
    from sim.resources.region import Region


__all__ = ["Priority", "attending", "emergency_operation", "operate", "planned_caesarean"]

_BOOKED = {
    Priority.CAT1: Step.BOOKED_CAT1,
    Priority.CAT2: Step.BOOKED_CAT2,
    Priority.CAT3: Step.BOOKED_CAT3,
    Priority.CAT4: Step.BOOKED_CAT4,
}


def emergency_operation(
    region: Region,
    patient: int,
    site: int,
    stays: Stays,
    row: int,
    before_start: Callable[[], None] | None = None,
) -> Story[int]:
    """Operate on a patient of the acute flow, elsewhere if this theatre is closed.

    The value is the site of the operation.
    """
    priority, kind = Priority(stays.surgery_class[row]), region.kinds[patient]
    wait = minutes_until_allowed(region, priority)
    place = _where(region, site, wait, kind)
    if place != site:
        if before_start is not None:
            before_start()
            before_start = None
        yield from ambulance.transfer(region, patient, site, place, ambulance.CareLevel.ACUTE)
        if region.places.is_neighbour[place]:
            return place
        wait = minutes_until_allowed(region, priority)
    if kind.line is not None:
        region.journal.note(patient, kind.line, place)
    prepare = region.parameters[
        "theatre.prepare.cat1" if priority is Priority.CAT1 else "theatre.prepare.other"
    ]
    yield from operate(
        region,
        patient,
        place,
        priority,
        prepare,
        kind.minutes,
        before_start,
        wait=wait,
        recovery=0.0 if stays.icu_minutes[row] > 0 else kind.recovery,
        surgery=region.theatre[place].thoracic_surgery if kind.is_thoracic else (),
    )
    return place


def _where(region: Region, site: int, wait: float, kind: EmergencyOperation) -> int:
    """Return where to operate: here if it is open then, else the nearest that is open now.

    Thoracic surgery is done where it has rooms of its own, if such a site is open.
    """
    places, now = region.places, region.env.now
    if kind.is_thoracic:
        is_open = places.open_sites(Function.THEATRE, now)
        equipped = [other for other in region.thoracic_sites if is_open[other]]
        if equipped:
            return min(equipped, key=lambda other: (other != site, places.transfer[site][other]))
    if places.open_sites(Function.THEATRE, now + wait)[site]:
        return site
    other = places.nearest_other(Function.THEATRE, site, now)
    return site if other is None else other


def operate(
    region: Region,
    patient: int,
    site: int,
    priority: Priority,
    prepare: float,
    minutes: float,
    before_start: Callable[[], None] | None = None,
    *,
    wait: float = 0.0,
    recovery: float = 0.0,
    also: Needs = (),
    surgery: Needs = (),
) -> Story[None]:
    """Do an emergency operation at a site, from booking until the patient leaves recovery.

    Parameters
    ----------
    prepare
        Minutes from booking until the patient can be on the table with everyone there.
    wait
        Minutes until surgery of this urgency is allowed to start.
    recovery
        Minutes in recovery; 0 for who goes to intensive care.
    also
        Whom it needs besides room, team and anaesthetist.
    surgery
        Room, team and anaesthetist, if not those of any surgery.
    """
    env, theatre = region.env, region.theatre[site]
    region.journal.note(patient, _BOOKED[priority], site)
    booked = env.now
    if wait > 0:
        yield wait
    if priority > Priority.CAT1:  # the team waits for class 1 only
        yield prepare
        prepare = 0.0
    also = attending(also)
    surgery = surgery or theatre.surgery
    needs = surgery + also
    if priority <= Priority.CAT2:
        _reinforce(region, site, needs)
    # those at home are called at the decision; who had to wait for a team finds it there
    ready = max(booked + _call_in(region, site, also) + prepare, env.now + prepare)
    if granted := theatre.claim(priority, needs):
        region.journal.note(patient, Step.TEAM_AWAITED, site)
        yield granted
    if env.now < ready:
        yield ready - env.now
    if before_start is not None:
        before_start()
    region.journal.note(patient, Step.SURGERY_START, site)
    yield minutes
    region.journal.note(patient, Step.SURGERY_END, site)
    if recovery > 0 and (granted := region.recovery[site].claim(priority)):
        region.journal.note(patient, Step.RECOVERY_BLOCKED, site)  # the patient stays in theatre
        yield granted
    theatre.present_until = env.now + region.parameters["theatre.call_in.stays"]
    if also:
        theatre.release(priority, also)
    theatre.release_after(region.parameters["theatre.turnover"], priority, surgery)
    if recovery > 0:
        yield recovery
        region.recovery[site].release()


def planned_caesarean(
    region: Region,
    patient: int,
    site: int,
    minutes: float,
    recovery: float,
    also: Needs,
    before_start: Callable[[], None],
) -> Story[None]:
    """Take the next place on a list, today or on the first day with sessions.

    Where a session is kept for planned caesareans it is that one. A site without
    sessions of its own does it by day with the emergency team.
    """
    env, theatre, planning = region.env, region.theatre[site], region.planning
    while region.elective_teams(site):
        minute = env.now % MINUTES_PER_DAY
        day = int(env.now // MINUTES_PER_DAY)
        if planning.calendar.is_workday(day) and planning.start <= minute <= planning.end - minutes:
            break
        yield (planning.start - minute) % MINUTES_PER_DAY or MINUTES_PER_DAY
    kept = region.caesareans[site]
    if not theatre.sessions and not kept.capacity:
        wait = minutes_until_allowed(region, Priority.CAT3)
        yield from operate(
            region,
            patient,
            site,
            Priority.CAT3,
            0.0,
            minutes,
            before_start,
            wait=wait,
            recovery=recovery,
            also=also,
        )
        return
    region.journal.note(patient, Step.BOOKED_ELECTIVE, site)
    also = attending(also)
    place = (kept,) if kept.capacity else theatre.surgery
    if granted := theatre.claim(Priority.PLANNED_CAESAREAN, place + also):
        yield granted
    before_start()
    region.journal.note(patient, Step.SURGERY_START, site)
    yield minutes
    region.journal.note(patient, Step.SURGERY_END, site)
    if granted := region.recovery[site].claim():
        yield granted
    if also:
        theatre.release(Priority.PLANNED_CAESAREAN, also)
    theatre.release_after(region.parameters["theatre.turnover"], Priority.PLANNED_CAESAREAN, place)
    yield recovery
    region.recovery[site].release()


def attending(staff: Needs) -> Needs:
    """Return who has to be there; where a function has just closed they have stayed."""
    return tuple(person for person in staff if person.capacity > 0)


def minutes_until_allowed(region: Region, priority: Priority) -> float:
    """Return the minutes until surgery of a class may start; 0 if at once.

    Class 4 waits for a weekday, class 3 for the day (a weekday if that is tomorrow), and at night
    class 2 waits for the morning if that is within its time.
    """
    if priority is Priority.CAT1:
        return 0.0
    parameters, now = region.parameters, region.env.now
    start = parameters["theatre.session.start"] * MINUTES_PER_HOUR
    if priority is Priority.CAT2:
        morning = (start - now) % MINUTES_PER_DAY
        latest = parameters["theatre.target.cat2"] - parameters["theatre.night.margin"]
        return morning if region.is_night(now) and morning <= latest else 0.0
    last = region.last_deferrable_start(priority)
    day, minute = divmod(now, MINUTES_PER_DAY)
    today = minute < last
    first = int(day) if today else int(day) + 1
    after = first
    while after % DAYS_PER_WEEK >= SATURDAY:
        after += 1
    tomorrow = int(day) + 1
    chosen = after if priority is Priority.CAT4 or after <= tomorrow else first
    return max(chosen * MINUTES_PER_DAY + start - now, 0.0)


def _call_in(region: Region, site: int, also: Needs) -> float:
    """Return the minutes that those who are needed and at home now take to come."""
    if not region.is_night(region.env.now):
        return 0.0
    theatre = region.theatre[site]
    minutes = [0.0]
    if region.team_at_home[site] and not (
        theatre.is_operating or region.env.now < theatre.present_until
    ):
        minutes.append(region.parameters["theatre.call_in"])
    minutes += [
        region.parameters["maternity.call_in"]
        for staff in also
        if staff in region.at_home_at_night[site]
    ]
    return max(minutes)


def _reinforce(region: Region, site: int, needs: Needs) -> None:
    """Let who is missing come: from a site that shares its teams, or a second team from home."""
    theatre = region.theatre[site]
    lacking = theatre.lacks(needs)
    if not lacking:
        return
    surgery = (theatre.teams, theatre.anaesthetists)
    if region.policies.shared_teams:
        for role in range(len(region.shared_roles[site])):
            staff = region.shared_roles[site][role]
            if staff in lacking and (lender := _lender(region, site, role)) is not None:
                lacking.remove(staff)
                Journey(region.env, _borrow(region, site, lender, role))
    if any(staff in lacking for staff in surgery) and region.second_team[site].free > 0:
        region.second_team[site].busy += 1
        Journey(region.env, _second_team(region, site))


def _lender(region: Region, site: int, role: int) -> int | None:
    """Return the nearest site that can spare someone in a role."""
    is_open = region.places.open_sites(Function.THEATRE, region.env.now)
    lenders = [
        other
        for other, roles in enumerate(region.shared_roles)
        if other != site
        and is_open[other]
        and not region.places.is_neighbour[other]
        and not region.theatre[other].sessions
        and roles[role].free > 0
    ]
    return min(lenders, key=region.places.transfer[site].__getitem__, default=None)


def _borrow(region: Region, site: int, lender: int, role: int) -> Story[None]:
    """Drive over from another site, work, and drive back."""
    parameters = region.parameters
    drive = region.places.transfer_by_car[lender][site]
    lent: Staff = region.shared_roles[lender][role]
    here: Staff = region.shared_roles[site][role]
    region.journal.note(NOBODY, Step.TEAM_BORROWED, site)
    lent.add(-1)
    yield region.minutes_to_leave + drive
    here.add(1)
    yield parameters["theatre.second_team.stays"]
    here.add(-1)
    yield drive
    lent.add(1)


def _second_team(region: Region, site: int) -> Story[None]:
    """Come from home, stay for a case, and go home again."""
    theatre, parameters = region.theatre[site], region.parameters
    region.journal.note(NOBODY, Step.SECOND_TEAM_CALLED, site)
    yield parameters["theatre.second_team.call_in"]
    theatre.anaesthetists.extra += 1
    theatre.teams.add(1)
    yield parameters["theatre.second_team.stays"]
    theatre.anaesthetists.extra -= 1
    theatre.teams.add(-1)
    region.second_team[site].busy -= 1
