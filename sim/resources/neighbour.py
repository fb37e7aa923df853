"""A neighbour's walls: what its own patients and ours compete for, and when it is on stop.

A light department: places instead of rooms by acuity, and no doctors or tests apart; the stop is by
the rule of our own departments (`resources.emergency_department`), with the same limits.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.vocabulary import Resource
from sim.engine.process import Process
from sim.resources.emergency_department import LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simpy import Environment

    from scenarios.capacity import HourlyCount
    from scenarios.neighbours import NeighbourRoom
    from scenarios.parameters.keys import ParameterKey
    from sim.engine.process import Grant, ProcessGenerator
    from sim.resources.diversion import Diversion
    from sim.resources.rosters import Rosters


URGENT, OTHERS = 0, 1


class Walls:
    """What a neighbour has for emergency patients, its own and ours.

    Who takes a place for a known time costs no event while nobody waits: the next one to come looks
    what is free by then.

    Parameters
    ----------
    env
        The SimPy environment.
    parameters
        Read the limits of a stop, `ed.stop.…`.
    rosters
        Of all sites, the neighbour's places among them.
    site, name
        The neighbour's number and id.
    diversion
        The stops of all emergency departments.

    Attributes
    ----------
    places
        Of the emergency department.
    theatre
        Emergency teams with their room.
    boarding
        How many wait in a place for a bed.
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
        self.site = site
        self._env = env
        self._ends: list[float] = []
        self.places = rosters.pool(name, Resource.ED_STANDARD)
        self.theatre = rosters.pool(name, Resource.THEATRE_TEAMS)
        self.boarding = 0
        self._diversion = diversion
        self._waiting_urgent = 0
        self._boarding, self._urgent, self._taken = (parameters[key] for key in LIMITS)

    def hold(self, minutes: float) -> bool:
        """Take a place for some minutes if one is free; it is given back by itself."""
        self._take_back()
        if not self.places.is_free:
            return False
        self.places.busy += 1
        heapq.heappush(self._ends, self._env.now + minutes)
        return True

    def claim_place(self, priority: int) -> Grant | None:
        """Take a place; the department may go on stop when there is none."""
        self._take_back()
        granted = self.places.claim(priority)
        if granted is not None:
            for end in self._ends:  # from now on someone waits for these
                Process(self._env, self._given_back(end - self._env.now))
            self._ends = []
            self._waiting_urgent += priority == URGENT
            if not self._diversion.on_stop[self.site] and self._too_full():
                self._diversion.begin(self.site, self._has_room)
        return granted

    def waits_no_more(self, priority: int) -> None:
        """Count a patient who has a place after waiting."""
        self._waiting_urgent -= priority == URGENT

    def _take_back(self) -> None:
        ends, now = self._ends, self._env.now
        while ends and ends[0] <= now:
            heapq.heappop(ends)
            self.places.busy -= 1

    def _given_back(self, minutes: float) -> ProcessGenerator[None]:
        yield minutes
        self.places.release()

    def _too_full(self) -> bool:
        self._take_back()
        places = self.places
        return (
            self.boarding > self._boarding * places.capacity
            or self._waiting_urgent > self._urgent
            or places.busy + places.waiting > self._taken * places.capacity
        )

    def _has_room(self) -> bool:
        return not self._too_full()


def capacity_of(
    rooms: Mapping[str, NeighbourRoom], hours: int
) -> dict[tuple[str, Resource], HourlyCount]:
    """Return what neighbours have as our own sites' rosters say it, the same at every hour."""
    return {
        (name, resource): np.full(hours, count, dtype=np.int64)
        for name, room in rooms.items()
        for resource, count in (
            (Resource.ED_STANDARD, room.places),
            (Resource.WARD_BEDS, room.ward_beds),
            (Resource.ICU_BEDS, room.icu_beds),
            (Resource.MATERNITY_ROOMS, room.delivery_rooms),
            (Resource.MATERNITY_MIDWIVES, room.delivery_rooms),
            (Resource.THEATRE_TEAMS, room.theatre_teams),
        )
    }
