"""Operating theatre (OK): book, prepare, wait for room and team, operate, recover, turn over.

Surgery under way is never interrupted; the next start goes to the most urgent, see
`resources.theatre_teams`. Elective sessions are in `elective_surgery`; here are emergencies,
caesareans among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scenarios.calendar.opening_hours import SATURDAY
from scenarios.schema.vocabulary import Function
from scenarios.units import DAYS_PER_WEEK
from sim.engine.process import Grant, Process
from sim.journal.steps import NOBODY, Step
from sim.pathways import ambulance, neighbour
from sim.resources.theatre_teams import Needs, Priority
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simpy import Environment

    from sim.engine.process import ProcessGenerator
    from sim.patients.emergency_surgery import EmergencyOperation
    from sim.patients.stays import Stay
    from sim.resources.hospital import Hospital
    from sim.resources.region import Region


__all__ = [
    "Operation",
    "Priority",
    "emergency_operation",
    "may_wait_in_bed",
    "operate",
    "planned_caesarean",
    "until_list",
]

_BOOKED = {
    Priority.CAT1: Step.BOOKED_CAT1,
    Priority.CAT2: Step.BOOKED_CAT2,
    Priority.CAT3: Step.BOOKED_CAT3,
    Priority.CAT4: Step.BOOKED_CAT4,
}


@dataclass(slots=True)
class Operation:
    """An operation to be done, from booking until the patient leaves recovery.

    Attributes
    ----------
    prepare
        Minutes from booking until the patient can be on the table with everyone there.
    minutes
        In theatre, without turn-over.
    wait
        Minutes until surgery of this urgency is allowed to start; she or he is prepared meanwhile.
    call_in
        How long who is called from home takes, as a factor on the median.
    recovery
        Minutes in recovery; 0 for who goes to intensive care.
    also
        Whom it needs besides room, team and anaesthetist.
    surgery
        Room, team and anaesthetist, if not those of any surgery.
    before_start
        What happens when surgery starts.
    """

    priority: Priority
    prepare: float
    minutes: float
    wait: float = 0.0
    call_in: float = 1.0
    recovery: float = 0.0
    also: Needs = ()
    surgery: Needs = ()
    before_start: Callable[[], None] | None = None


def emergency_operation(
    region: Region,
    patient: int,
    hospital: Hospital,
    stay: Stay,
    before_start: Callable[[], None] | None = None,
    departs: Callable[[], None] | None = None,
) -> ProcessGenerator[Hospital]:
    """Operate on a patient of the acute flow, elsewhere if this theatre is closed.

    The value is the hospital of the operation. `departs` happens when the patient goes to another
    hospital; `before_start` then, or when surgery starts here.
    """
    priority, kind = Priority(stay.surgery_class), region.emergency_operations[patient]
    wait = minutes_until_allowed(region, priority)
    place = _where(region, hospital, wait, kind)
    if place is not hospital:
        for happens in (before_start, departs):
            if happens is not None:
                happens()
        before_start = None
        yield from ambulance.transfer(region, patient, hospital, place, ambulance.CareLevel.ACUTE)
        if place.is_neighbour:
            if place.walls is not None:
                turnover = region.parameters["theatre.turnover"]
                yield from neighbour.operate(place.walls, kind.minutes + turnover)
            return place
        wait = minutes_until_allowed(region, priority)
    if kind.line is not None:
        region.journal.note(patient, kind.line, place.number)
    operation = Operation(
        priority,
        kind.prepare,
        kind.minutes,
        wait=wait,
        call_in=kind.call_in,
        recovery=0.0 if stay.icu_minutes > 0 else kind.recovery,
        surgery=place.theatre.thoracic_surgery if kind.is_thoracic else (),
        before_start=before_start,
    )
    yield from operate(region, patient, place, operation)
    return place


def may_wait_in_bed(region: Region, patient: int, hospital: Hospital, stay: Stay) -> bool:
    """Whether a patient of the emergency department is operated on here, and not at once."""
    priority, kind = Priority(stay.surgery_class), region.emergency_operations[patient]
    wait = minutes_until_allowed(region, priority)
    return priority is not Priority.CAT1 and _where(region, hospital, wait, kind) is hospital


def _where(region: Region, hospital: Hospital, wait: float, kind: EmergencyOperation) -> Hospital:
    """Return where to operate: here if it is open then, else the nearest that is open now.

    Thoracic surgery is done where it has rooms of its own, or outside the region.
    """
    geography, now = region.geography, region.env.now
    if kind.is_thoracic:
        is_open = geography.open_sites(Function.THEATRE, now)
        minutes = geography.transfer[hospital.number]
        equipped = [
            other
            for other in region.hospitals
            if is_open[other.number] and (other.has_thoracic_rooms or other.is_neighbour)
        ]
        if equipped:
            return min(
                equipped,
                key=lambda other: (
                    other.is_neighbour,
                    other is not hospital,
                    minutes[other.number],
                ),
            )
    if geography.open_sites(Function.THEATRE, now + wait)[hospital.number]:
        return hospital
    nearest = geography.nearest_other(Function.THEATRE, hospital.number, now)
    return hospital if nearest is None else region.hospitals[nearest]


def operate(
    region: Region, patient: int, hospital: Hospital, operation: Operation
) -> ProcessGenerator[None]:
    """Do an emergency operation, from booking until the patient leaves recovery."""
    env, theatre, site = region.env, hospital.theatre, hospital.number
    priority, also = operation.priority, operation.also
    region.journal.note(patient, _BOOKED[priority], site)
    region.journal.note_ahead(operation.prepare, patient, Step.PREPARED, site)
    booked, prepared = env.now, env.now + operation.prepare
    # the team waits for class 1 only; others are prepared while they wait until they may start
    before = operation.wait if priority is Priority.CAT1 else max(operation.wait, operation.prepare)
    if before > 0:
        yield before
    surgery = operation.surgery or theatre.surgery
    needs = surgery + also
    called = _Called(env)
    if priority <= Priority.CAT2:
        _reinforce(region, hospital, needs, operation.call_in, called)
    # those at home are called at the decision and come while the patient is prepared
    ready = max(prepared, booked + _call_in(region, hospital, also) * operation.call_in)
    if granted := theatre.claim(priority, needs):
        region.journal.note(patient, Step.TEAM_AWAITED, site)
        yield granted
    if env.now < ready:
        yield ready - env.now
    if operation.before_start is not None:
        operation.before_start()
    region.journal.note(patient, Step.SURGERY_START, site)
    yield operation.minutes
    region.journal.note(patient, Step.SURGERY_END, site)
    recovery = operation.recovery
    if recovery > 0 and (granted := hospital.recovery.claim(priority)):
        region.journal.note(patient, Step.RECOVERY_BLOCKED, site)  # the patient stays in theatre
        yield granted
    theatre.present_until = env.now + region.parameters["theatre.call_in.stays"]
    if also:
        theatre.release(priority, also)
    theatre.release_after(region.parameters["theatre.turnover"], priority, surgery)
    called.finish()
    if recovery > 0:
        yield recovery
        hospital.recovery.release()


def until_list(region: Region, hospital: Hospital, minutes: float) -> ProcessGenerator[None]:
    """Wait for the lists of today, or of the first day with sessions, if there are any."""
    env, schedule = region.env, region.theatre_schedule
    while hospital.elective_teams:
        minute = env.now % MINUTES_PER_DAY
        day = int(env.now // MINUTES_PER_DAY)
        if schedule.calendar.is_workday(day) and schedule.start <= minute <= schedule.end - minutes:
            return
        yield (schedule.start - minute) % MINUTES_PER_DAY or MINUTES_PER_DAY


def planned_caesarean(
    region: Region, patient: int, hospital: Hospital, operation: Operation
) -> ProcessGenerator[None]:
    """Take the next place on a list of the day.

    Where a session is kept for planned caesareans it is that one. A site without
    sessions of its own does it by day with the emergency team.
    """
    theatre = hospital.theatre
    suite = hospital.caesarean_suite
    if not theatre.sessions and not suite.capacity:
        wait = minutes_until_allowed(region, Priority.CAT3)
        by_day = replace(operation, priority=Priority.CAT3, wait=wait)
        yield from operate(region, patient, hospital, by_day)
        return
    site = hospital.number
    region.journal.note(patient, Step.BOOKED_ELECTIVE, site)
    also = operation.also
    surgery = (suite,) if suite.capacity else theatre.surgery
    if granted := theatre.claim(operation.priority, surgery + also):
        yield granted
    if operation.before_start is not None:
        operation.before_start()
    region.journal.note(patient, Step.SURGERY_START, site)
    yield operation.minutes
    region.journal.note(patient, Step.SURGERY_END, site)
    if granted := hospital.recovery.claim():
        yield granted
    if also:
        theatre.release(operation.priority, also)
    theatre.release_after(region.parameters["theatre.turnover"], operation.priority, surgery)
    yield operation.recovery
    hospital.recovery.release()


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
        return morning if region.fleet.is_night(now) and morning <= latest else 0.0
    is_cat3 = priority is Priority.CAT3
    last = parameters["theatre.cat3.last_start" if is_cat3 else "theatre.cat4.last_start"]
    last *= MINUTES_PER_HOUR
    day, minute = divmod(now, MINUTES_PER_DAY)
    today = minute < last
    first = int(day) if today else int(day) + 1
    after = first
    while after % DAYS_PER_WEEK >= SATURDAY:
        after += 1
    tomorrow = int(day) + 1
    chosen = after if priority is Priority.CAT4 or after <= tomorrow else first
    return max(chosen * MINUTES_PER_DAY + start - now, 0.0)


def _call_in(region: Region, hospital: Hospital, also: Needs) -> float:
    """Return the minutes from the decision until those who are needed and at home are there.

    Medians; 0 when all are in house.
    """
    if not region.fleet.is_night(region.env.now):
        return 0.0
    theatre = hospital.theatre
    minutes = [0.0]
    if hospital.team_at_home and not (
        theatre.is_operating or region.env.now < theatre.present_until
    ):
        minutes.append(region.parameters["theatre.call_in"])
    minutes += [
        region.parameters["maternity.call_in"]
        for staff in also
        if staff in hospital.at_home_at_night
    ]
    return max(minutes)


class _Called:
    """The operation that people are called for: they stay until it is over."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._is_over = False
        self._waiting: list[Grant] = []

    def finish(self) -> None:
        """Let who was called for it go."""
        self._is_over = True
        for event in self._waiting:
            event.succeed()

    def until_over(self) -> ProcessGenerator[None]:
        """Wait for its end."""
        if not self._is_over:
            event = Grant(self._env)
            self._waiting.append(event)
            yield event


def _reinforce(
    region: Region, hospital: Hospital, needs: Needs, call_in: float, called: _Called
) -> None:
    """Let who is missing come: from a site that shares its teams, or a second team from home.

    Of a loan and the second team the sooner one comes.
    """
    theatre = hospital.theatre
    lacking = theatre.lacks(needs)
    if not lacking:
        return
    second, team = hospital.second_team, (theatre.teams, theatre.anaesthetists)
    from_home = math.inf
    if second.free > 0:
        from_home = region.parameters["theatre.second_team.call_in"] * call_in
    if region.policies.shared_teams:
        for role, staff in enumerate(hospital.shared_roles):
            if staff not in lacking or (lender := _lender(region, hospital, role)) is None:
                continue
            if staff in team and from_home <= _loan_minutes(region, hospital, lender):
                continue
            lacking.remove(staff)
            Process(region.env, _borrow(region, hospital, lender, role, called))
    if second.free > 0 and any(staff in lacking for staff in team):
        second.busy += 1
        Process(region.env, _second_team(region, hospital, from_home, called))


def _lender(region: Region, hospital: Hospital, role: int) -> Hospital | None:
    """Return the nearest hospital that can spare someone in a role."""
    is_open = region.geography.open_sites(Function.THEATRE, region.env.now)
    minutes = region.geography.transfer[hospital.number]
    lenders = [
        other
        for other in region.hospitals
        if other is not hospital
        and is_open[other.number]
        and not other.is_neighbour
        and not other.theatre.sessions
        and other.shared_roles[role].free > 0
    ]
    return min(lenders, key=lambda other: minutes[other.number], default=None)


def _loan_minutes(region: Region, hospital: Hospital, lender: Hospital) -> float:
    """Return the minutes until who is lent by another site is here."""
    drive = region.geography.transfer_by_car[lender.number][hospital.number]
    return region.minutes_to_leave + drive


def _borrow(
    region: Region, hospital: Hospital, lender: Hospital, role: int, called: _Called
) -> ProcessGenerator[None]:
    """Drive over from another site, work, and drive back."""
    parameters = region.parameters
    drive = region.geography.transfer_by_car[lender.number][hospital.number]
    lent, here = lender.shared_roles[role], hospital.shared_roles[role]
    region.journal.note(NOBODY, Step.TEAM_BORROWED, hospital.number)
    lent.add(-1)
    yield _loan_minutes(region, hospital, lender)
    here.add(1)
    yield parameters["theatre.second_team.stays"]
    yield from called.until_over()
    if granted := hospital.theatre.depart(here):
        yield granted  # nobody leaves an operation that came after it
    yield drive
    lent.add(1)


def _second_team(
    region: Region, hospital: Hospital, minutes: float, called: _Called
) -> ProcessGenerator[None]:
    """Come from home, stay for a case, and go home again."""
    theatre, parameters = hospital.theatre, region.parameters
    region.journal.note(NOBODY, Step.SECOND_TEAM_CALLED, hospital.number)
    yield minutes
    theatre.anaesthetists.extra += 1
    theatre.teams.add(1)
    yield parameters["theatre.second_team.stays"]
    yield from called.until_over()
    for staff in (theatre.anaesthetists, theatre.teams):
        if granted := theatre.depart(staff):
            yield granted  # nobody leaves an operation that came after it
    hospital.second_team.busy -= 1
