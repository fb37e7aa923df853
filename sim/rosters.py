"""Pools that follow the rosters: how many places a site has at each hour, and who may use them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.hours import HOURS_PER_DAY
from scenarios.schema import Resource, TheatrePolicy
from sim.journal import MINUTES_PER_HOUR
from sim.pool import Pool
from sim.theatre import Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from simpy import Environment
    from simpy.events import Event

    from scenarios.capacity import HourlyCount
    from scenarios.schema import Scenario

Hourly = list[int]


@dataclass(frozen=True)
class _Rostered:
    pool: Pool
    capacity: Hourly
    reserve: Hourly

    def at(self, hour: int) -> tuple[int, int]:
        return self.capacity[hour], self.reserve[hour]


class Rosters:
    """The pools of every site, resized hour by hour as the rosters of a scenario say.

    Parameters
    ----------
    env
        The SimPy environment.
    scenario
        The configuration.
    capacity
        What each site has of each resource at each hour; after the last hour it begins again.
    """

    def __init__(
        self,
        env: Environment,
        scenario: Scenario,
        capacity: Mapping[tuple[str, Resource], HourlyCount],
    ) -> None:
        self._env = env
        self._parameters = scenario.effective_parameters()
        self._policy = scenario.policies.emergency_theatre
        self._has: dict[tuple[str, Resource], Hourly] = {
            key: counts.tolist() for key, counts in capacity.items()
        }
        self._hours = max(len(counts) for counts in capacity.values())
        self._rostered: list[_Rostered] = []
        self._after_change: list[Callable[[], None]] = []

    def pool(self, site: str, resource: Resource, *, places_per_person: float = 1) -> Pool:
        """Return a pool of one resource; a person may look after several places."""
        counts = self._count(site, resource)
        return self._add([int(count * places_per_person) for count in counts])

    def staffed_rooms(
        self, site: str, rooms: Resource, staff: Resource, rooms_per_person: float
    ) -> Pool:
        """Return a pool of the rooms that have someone to look after them."""
        pairs = zip(self._count(site, rooms), self._count(site, staff), strict=True)
        return self._add([min(room, int(people * rooms_per_person)) for room, people in pairs])

    def after_change(self, action: Callable[[], None]) -> None:
        """Do something every time rosters have changed."""
        self._after_change.append(action)

    def theatre(self, site: str) -> Pool:
        """Return the operating rooms with a team; elective cases start in session hours only."""
        rooms = self._count(site, Resource.THEATRE_ROOMS)
        emergency = self._count(site, Resource.THEATRE_TEAMS)
        elective = self._count(site, Resource.ELECTIVE_TEAMS)
        capacity = [
            min(room, urgent + planned)
            for room, urgent, planned in zip(rooms, emergency, elective, strict=True)
        ]
        first = int(self._parameters["theatre.session.start"])
        last = int(self._parameters["theatre.elective.last_start"])
        dedicated = self._policy is TheatrePolicy.DEDICATED
        reserve = []
        for hour in range(self._hours):
            has_session = elective[hour] > 0 or elective[hour - 1] > 0
            if first <= hour % HOURS_PER_DAY < last and has_session:
                reserve.append(emergency[hour] if dedicated and elective[hour] > 0 else 0)
            else:
                reserve.append(capacity[hour])
        return self._add(capacity, reserve, yields_from=Priority.ELECTIVE)

    def follow(self) -> Generator[Event, object, None]:
        """Resize each pool at the hours at which its roster changes."""
        changes: list[list[_Rostered]] = [
            [item for item in self._rostered if item.at(hour) != item.at(hour - 1)]
            for hour in range(self._hours)
        ]
        for item in self._rostered:
            item.pool.resize(*item.at(0))
        hour = 0
        while True:
            yield self._env.timeout(MINUTES_PER_HOUR)
            hour = (hour + 1) % self._hours
            for item in changes[hour]:
                item.pool.resize(*item.at(hour))
            for action in self._after_change:
                action()

    def _count(self, site: str, resource: Resource) -> Hourly:
        return self._has.get((site, resource), [0] * self._hours)

    def _add(
        self,
        capacity: Hourly,
        reserve: Hourly | None = None,
        *,
        yields_from: float = math.inf,
    ) -> Pool:
        pool = Pool(self._env, yields_from=yields_from)
        self._rostered.append(_Rostered(pool, capacity, reserve or [0] * self._hours))
        return pool
