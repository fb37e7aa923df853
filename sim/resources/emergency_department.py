"""One site's emergency department: rooms by acuity, people, tests, and when it asks for a stop."""

from __future__ import annotations

import functools
from bisect import insort
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, Final, cast

from scenarios.schema.vocabulary import Resource
from sim.engine.process import Grant, Process
from sim.resources.laboratory import Laboratory
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simpy import Environment

    from scenarios.parameters.keys import ParameterKey
    from sim.engine.pool import Pool
    from sim.engine.process import ProcessGenerator
    from sim.resources.diversion import Diversion
    from sim.resources.rosters import Rosters

MOST_URGENT: Final = 1  # U0 and U1: a nurse each
WAITS_URGENTLY: Final = 2  # up to U2, a waiting patient counts for a stop


class Room(IntEnum):
    """Kinds of treatment rooms."""

    RESUSCITATION = 0
    ACUTE = 1
    STANDARD = 2
    FAST_TRACK = 3


ROOM_RESOURCES = (
    Resource.ED_RESUSCITATION,
    Resource.ED_ACUTE,
    Resource.ED_STANDARD,
    Resource.ED_FAST_TRACK,
)

TARGETS: tuple[ParameterKey, ...] = (
    "ed.target.U0",
    "ed.target.U1",
    "ed.target.U2",
    "ed.target.U3",
    "ed.target.U4",
    "ed.target.U5",
)
LIMITS: tuple[ParameterKey, ...] = ("ed.stop.boarding", "ed.stop.waiting_urgent", "ed.stop.rooms")

# Rooms that each urgency may have, the most fitting first.
SUITABLE = (
    (Room.RESUSCITATION, Room.ACUTE, Room.STANDARD),
    (Room.RESUSCITATION, Room.ACUTE, Room.STANDARD),
    (Room.ACUTE, Room.STANDARD),
    (Room.STANDARD, Room.ACUTE, Room.FAST_TRACK),
    (Room.FAST_TRACK, Room.STANDARD),
    (Room.FAST_TRACK, Room.STANDARD),
)


class Rooms:
    """The treatment rooms of a department; a free one goes to who is due first and may have it.

    Parameters
    ----------
    pools
        A pool by kind of room, for its capacity by the hour. Claims are made here, not there.
    cleaning
        Minutes of cleaning after each patient.
    """

    def __init__(self, env: Environment, pools: Sequence[Pool], cleaning: float) -> None:
        self._env = env
        self._pools = pools
        self._minutes = cleaning
        self._cleaned_at: list[deque[float]] = [deque() for _ in pools]
        self._queue: list[tuple[float, int, int, Grant]] = []
        self._asked = 0

    @property
    def capacity(self) -> int:
        """The number of rooms in use by the roster now."""
        resuscitation, acute, standard, fast_track = self._pools
        return resuscitation.capacity + acute.capacity + standard.capacity + fast_track.capacity

    @property
    def busy_at_most(self) -> int:
        """The number of rooms taken, and perhaps some that are clean again: faster to know."""
        resuscitation, acute, standard, fast_track = self._pools
        return resuscitation.busy + acute.busy + standard.busy + fast_track.busy

    @property
    def busy(self) -> int:
        """The number of rooms taken or being cleaned."""
        for room in range(len(self._pools)):
            self._take_back_cleaned(room)
        return self.busy_at_most

    def free(self, urgency: int) -> int | None:
        """Take a suitable room if one is free; the value is its kind."""
        for room in SUITABLE[urgency]:
            pool = self._pools[room]
            if self._cleaned_at[room]:
                self._take_back_cleaned(room)
            if pool.busy < pool.capacity:
                pool.busy += 1
                return room
        return None

    def wait(self, urgency: int, due: float) -> ProcessGenerator[int]:
        """Wait for a suitable room, when none is free; the value is its kind."""
        event = Grant(self._env)
        self._asked += 1
        if not self._queue:
            for room in range(len(self._pools)):
                self._take_back_cleaned(room)
                for moment in self._cleaned_at[room]:
                    self._serve_after(moment - self._env.now)
        insort(self._queue, (due, self._asked, urgency, event))
        yield event
        return cast("int", event.value)

    def release(self, room: int) -> None:
        """Give back a room that was not used."""
        self._pools[room].release()
        self.serve()

    def release_after_cleaning(self, room: int) -> None:
        """Give back a room when it has been cleaned.

        While nobody waits, that needs no event: the next one to come looks what is clean by then.
        """
        self._cleaned_at[room].append(self._env.now + self._minutes)
        if self._queue:
            self._serve_after(self._minutes)

    def serve(self) -> None:
        """Give free rooms to who waits, in order of due time."""
        served = True
        while served and self._queue:
            served = False
            for position, (_, _, urgency, event) in enumerate(self._queue):
                room = self.free(urgency)
                if room is not None:
                    del self._queue[position]
                    event.succeed(room)
                    served = True
                    break

    def _take_back_cleaned(self, room: int) -> None:
        cleaned_at = self._cleaned_at[room]
        while cleaned_at and cleaned_at[0] <= self._env.now:
            cleaned_at.popleft()
            self._pools[room].busy -= 1

    def _serve_after(self, minutes: float) -> None:
        Process(self._env, self._serve_later(minutes))

    def _serve_later(self, minutes: float) -> ProcessGenerator[None]:
        yield minutes
        self.serve()


class EmergencyDepartment:
    """What a visit needs at one site, and the rule by which it goes on stop.

    A stop starts when patients who wait for a bed, urgent patients who wait for a room, or taken
    rooms pass their limit. It lasts a least time and ends when all are below their limits.

    Parameters
    ----------
    env
        The SimPy environment.
    parameters
        Read those of the emergency department, `ed.…`.
    rosters
        Of all sites.
    site, name
        The site's number and id.
    diversion
        The stops of all emergency departments.
    """

    def __init__(
        self,
        env: Environment,
        parameters: Mapping[ParameterKey, float],
        rosters: Rosters,
        site: int,
        name: str,
        diversion: Diversion,
    ) -> None:
        self._env = env
        self._diversion = diversion
        self.site = site
        pools = [rosters.pool(name, resource) for resource in ROOM_RESOURCES]
        self.rooms = Rooms(env, pools, parameters["ed.cleaning"])
        rosters.after_change(self._follow_rosters)
        self.nurses = rosters.pool(
            name, Resource.ED_NURSES, places_per_person=parameters["ed.patients_per_nurse"]
        )
        self.doctors = rosters.pool(name, Resource.ED_DOCTORS)
        self.consultants = rosters.pool(name, Resource.ED_CONSULTANTS)
        self._call_in = parameters["ed.facility.call_in"]
        self.laboratory = Laboratory(
            rosters.hourly(name, Resource.ED_LABORATORY),
            parameters["ed.lab.handling"],
            self._call_in,
        )
        self.xray = rosters.pool(name, Resource.ED_XRAY)
        self.ct = rosters.pool(name, Resource.ED_CT)
        self.observation = rosters.pool(name, Resource.ED_OBSERVATION)
        self.xray_report = parameters["ed.xray.report"]
        self.ct_report = parameters["ed.ct.report"]
        self.targets = [parameters[key] for key in TARGETS]
        self.inside = 0
        self.boarding = 0
        self._waiting = 0
        self._waiting_urgent = 0
        self._nurses_for_urgent = int(parameters["ed.nurse.share.urgent"])
        self._limits = tuple(parameters[key] for key in LIMITS)
        self._most_boarding = self._most_taken = 0.0  # until the roster's first hour
        per_nurse = parameters["ed.patients_per_nurse"]
        nurses = [int(count * per_nurse) for count in rosters.hourly(name, Resource.ED_NURSES)]
        self._people = (
            (self.doctors, rosters.hourly(name, Resource.ED_DOCTORS), 1),
            (self.consultants, rosters.hourly(name, Resource.ED_CONSULTANTS), 1),
            (self.nurses, nurses, self._nurses_for_urgent),
        )
        for pool, _, least in self._people:
            rosters.keep_the_last(pool, self._is_busy, least)
        for facility in (self.xray, self.ct):
            rosters.keep_the_last(facility, functools.partial(_is_awaited, facility))
        self._has_xray = rosters.most(name, Resource.ED_XRAY) > 0
        self._has_ct = rosters.most(name, Resource.ED_CT) > 0

    def _follow_rosters(self) -> None:
        """Fill new rooms, and know the limits of a stop for the rooms there are."""
        self.rooms.serve()
        boarding, _, taken = self._limits
        self._most_boarding = boarding * self.rooms.capacity
        self._most_taken = taken * self.rooms.capacity

    def _is_busy(self) -> bool:
        return self.inside > 0

    def open(self, facility: Pool) -> None:
        """Have someone come from home to a facility for which the roster has nobody now.

        A facility that is on no roster at all is not there.
        """
        has_staff = self._has_xray if facility is self.xray else self._has_ct
        if has_staff and not facility.capacity and not facility.waiting:
            Process(self._env, self._called_in(facility))

    def _called_in(self, facility: Pool) -> ProcessGenerator[None]:
        yield self._call_in
        if not facility.capacity:
            facility.resize(1)

    @property
    def diverts(self) -> bool:
        """Whether ambulances go elsewhere: on stop, and another department takes them."""
        diversion = self._diversion
        return diversion.on_stop[self.site] and diversion.another_is_open(self.site)

    def nurses_for(self, urgency: int) -> int:
        """Return how many patients' worth of nursing a patient takes."""
        return self._nurses_for_urgent if urgency <= MOST_URGENT else 1

    def expect(self, since: float) -> None:
        """Count a patient who is in the department or about to be.

        Who was there when he or she came, at the minute `since`, has stayed if the roster has
        fewer by now.
        """
        self.inside += 1
        if self.inside == 1:
            hour = int(since // MINUTES_PER_HOUR)
            for pool, rostered, least in self._people:
                if pool.capacity < least:
                    there = min(rostered[hour % len(rostered)], least)
                    pool.resize(max(pool.capacity, there))

    def waits(self, urgency: int) -> None:
        """Count a patient who begins to wait for a room; the department may go on stop."""
        self._waiting += 1
        self._waiting_urgent += urgency <= WAITS_URGENTLY
        if not self._diversion.on_stop[self.site] and self._too_full():
            self._diversion.begin(self.site, self._has_room)

    def waits_no_more(self, urgency: int) -> None:
        """Count a patient who has a room."""
        self._waiting -= 1
        self._waiting_urgent -= urgency <= WAITS_URGENTLY

    def leave(self, room: int, nurses: int) -> None:
        """Give back the room, after cleaning, and the nurse."""
        self.inside -= 1
        self.nurses.release(nurses)
        self.rooms.release_after_cleaning(room)

    def _too_full(self) -> bool:
        if self.boarding > self._most_boarding or self._waiting_urgent > self._limits[1]:
            return True
        room_left = self._most_taken - self._waiting
        return self.rooms.busy_at_most > room_left and self.rooms.busy > room_left

    def _has_room(self) -> bool:
        return not self._too_full()


def _is_awaited(facility: Pool) -> bool:
    """Whether patients wait for a facility."""
    return facility.waiting > 0
