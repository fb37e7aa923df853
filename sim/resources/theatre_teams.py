"""Shared teams: who is free for surgery and birth at a site, and who of those waiting goes first.

An operation needs a room, a theatre team and an anaesthetist together, a caesarean a gynaecologist
and a paediatrician as well, an epidural the same anaesthetist. A coordinator hands them out, all
or nothing, so nobody holds one while waiting for another and nothing can lock. What a more urgent
case waits for is kept for it: a less urgent one starts only if enough is left.
"""

from __future__ import annotations

from bisect import insort
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from sim.engine.process import Grant, Process

if TYPE_CHECKING:
    from simpy import Environment

    from sim.engine.process import ProcessGenerator


class Priority(IntEnum):
    """Order of starts, by the Dutch urgency classes."""

    CAT1 = 1
    CAT2 = 2
    CAT3 = 3
    CAT4 = 4
    PLANNED_CAESAREAN = 99
    ELECTIVE = 100  # beyond the urgencies of any other pool


class Staff:
    """Rooms or people of one kind at a site.

    Attributes
    ----------
    capacity
        How many there are now: those of the roster and `extra`, those of open sessions and of
        teams called in.
    is_room
        Whether it is the room of an operation, rather than people.
    busy, held
        How many are at work, and how many are kept for a more urgent case that waits.
    """

    __slots__ = ("_rostered", "busy", "coordinator", "extra", "held", "is_room")

    def __init__(self, rostered: int = 0) -> None:
        self._rostered = rostered
        self.extra = 0
        self.busy = 0
        self.held = 0
        self.is_room = False
        self.coordinator: Coordinator | None = None

    @property
    def capacity(self) -> int:
        """How many there are now."""
        return self._rostered + self.extra

    @property
    def rostered(self) -> int:
        """How many there are by the roster, or stayed beyond it."""
        return self._rostered

    @property
    def free(self) -> int:
        """How many could start now; below 0 when a shift has ended during the work."""
        return self._rostered + self.extra - self.busy - self.held

    def resize(self, rostered: int) -> None:
        """Follow the roster; nobody at work is sent away."""
        self._rostered = rostered
        if self.coordinator is not None:
            self.coordinator.start_waiting()

    def add(self, number: int) -> None:
        """Let people come (or go, if negative) besides the roster."""
        self.extra += number
        if self.coordinator is not None:
            self.coordinator.start_waiting()


Needs = tuple[Staff, ...]


class _Case(NamedTuple):
    priority: int
    order: int
    needs: Needs
    event: Grant


class Coordinator:
    """One site's theatre coordinator: rooms and teams by urgency, then by order of asking.

    Parameters
    ----------
    rooms, teams, anaesthetists
        What every operation needs.
    others
        Whom some operations need besides.
    thoracic
        The rooms of thoracic surgery, which no other surgery may use; None: any room will do.
    breaks_in
        Whether any emergency may take the team and room of a session between two of its cases
        (Wullink and others 2007); if not, only class 1 may, the others wait for the emergency team.
    """

    __slots__ = (
        "_asked",
        "_breaks_in",
        "_departing",
        "_elective_busy",
        "_emergency_held",
        "_env",
        "_queue",
        "anaesthetists",
        "present_until",
        "rooms",
        "sessions",
        "surgery",
        "teams",
        "thoracic_surgery",
    )

    def __init__(
        self,
        env: Environment,
        rooms: Staff,
        teams: Staff,
        anaesthetists: Staff,
        others: Needs = (),
        *,
        breaks_in: bool,
        thoracic: Staff | None = None,
    ) -> None:
        self._env = env
        self._queue: list[_Case] = []
        self._departing: list[tuple[Staff, Grant]] = []
        self._asked = 0
        self._breaks_in = breaks_in
        self._elective_busy = 0
        self._emergency_held = 0
        self.rooms = rooms
        self.teams = teams
        self.anaesthetists = anaesthetists
        self.surgery: Needs = (rooms, teams, anaesthetists)
        thoracic = rooms if thoracic is None else thoracic
        self.thoracic_surgery: Needs = (thoracic, teams, anaesthetists)
        rooms.is_room = thoracic.is_room = True
        self.sessions = 0
        self.present_until = 0.0
        for staff in (rooms, thoracic, teams, anaesthetists, *others):
            staff.coordinator = self

    @property
    def is_operating(self) -> bool:
        """Whether a team is at work."""
        return self.teams.busy > 0

    @property
    def waiting(self) -> int:
        """The number of cases that wait."""
        return len(self._queue)

    def open_session(self) -> None:
        """Add the team and anaesthetist of an elective session."""
        self.sessions += 1
        self.anaesthetists.extra += 1
        self.teams.add(1)

    def close_session(self) -> None:
        """Send the team of a session home."""
        self.sessions -= 1
        self.anaesthetists.extra -= 1
        self.teams.add(-1)

    def claim(self, priority: int, needs: Needs) -> Grant | None:
        """Take all of `needs`; None when granted at once, else the event of the grant."""
        held = [self._hold(case) for case in self._queue if case.priority <= priority]
        can_start = self._can_start(priority, needs)
        for case in held:
            self._let_go(case)
        if can_start:
            self._take(priority, needs)
            return None
        event = Grant(self._env)
        self._asked += 1
        insort(self._queue, _Case(priority, self._asked, needs, event))
        return event

    def release(self, priority: int, needs: Needs) -> None:
        """Give all of `needs` back; who waits may start."""
        for staff in needs:
            staff.busy -= 1
        if needs[0].is_room and priority >= Priority.PLANNED_CAESAREAN:
            self._elective_busy -= 1
        if self._departing:
            self._let_depart()
        if self._queue:
            self.start_waiting()

    def depart(self, staff: Staff) -> Grant | None:
        """Let one who came besides the roster go as soon as one is not at work.

        None when that is at once, else the event to wait for.
        """
        if staff.busy < staff.capacity:
            staff.extra -= 1
            return None
        event = Grant(self._env)
        self._departing.append((staff, event))
        return event

    def _let_depart(self) -> None:
        left = []
        for staff, event in self._departing:
            if staff.busy < staff.capacity:
                staff.extra -= 1
                event.succeed()
            else:
                left.append((staff, event))
        self._departing = left

    def release_after(self, minutes: float, priority: int, needs: Needs) -> None:
        """Give all of `needs` back later."""
        Process(self._env, self._released(minutes, priority, needs))

    def _released(self, minutes: float, priority: int, needs: Needs) -> ProcessGenerator[None]:
        yield minutes
        self.release(priority, needs)

    def lacks(self, needs: Needs) -> list[Staff]:
        """Return what is not free now."""
        return [staff for staff in needs if staff.free <= 0]

    def start_waiting(self) -> None:
        """Start every case that can, the most urgent first."""
        held = []
        left = []
        for case in self._queue:
            if self._can_start(case.priority, case.needs):
                self._take(case.priority, case.needs)
                case.event.succeed()
            else:
                held.append(self._hold(case))
                left.append(case)
        for case in held:
            self._let_go(case)
        self._queue[:] = left

    def _can_start(self, priority: int, needs: Needs) -> bool:
        for staff in needs:
            if staff.free <= 0:
                return False
        if not needs[0].is_room:
            return True
        if priority >= Priority.PLANNED_CAESAREAN:
            return self._elective_busy < self.sessions
        if self._breaks_in or priority == Priority.CAT1:
            return True
        emergencies = self.teams.busy - self._elective_busy + self._emergency_held
        return emergencies < self.teams.capacity - self.sessions

    def _take(self, priority: int, needs: Needs) -> None:
        for staff in needs:
            staff.busy += 1
        if needs[0].is_room and priority >= Priority.PLANNED_CAESAREAN:
            self._elective_busy += 1

    def _hold(self, case: _Case) -> _Case:
        self._count_held(case, 1)
        return case

    def _let_go(self, case: _Case) -> None:
        self._count_held(case, -1)

    def _count_held(self, case: _Case, number: int) -> None:
        """Keep what a case waits for; who may not break in keeps an emergency team only."""
        if self._breaks_in or case.priority == Priority.CAT1 or not case.needs[0].is_room:
            for staff in case.needs:
                staff.held += number
        elif case.priority < Priority.PLANNED_CAESAREAN:
            self._emergency_held += number
