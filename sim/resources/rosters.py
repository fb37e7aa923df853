"""Pools that follow the rosters: how many places a site has at each hour, and who may use them."""

from __future__ import annotations

import itertools
from collections.abc import Callable  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.pool import Pool
from sim.resources.beds import WardBeds  # noqa: TC001 - as above
from sim.resources.theatre_teams import Staff
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    from simpy import Environment

    from scenarios.capacity import HourlyCount
    from scenarios.schema.vocabulary import Resource
    from sim.engine.process import ProcessGenerator


Hourly = list[int]


@dataclass
class _Rostered:
    pool: Pool | Staff | WardBeds
    capacity: Hourly
    least: int = 0
    is_needed: Callable[[], bool] | None = None

    def follow(self, hour: int) -> None:
        """Resize the pool; the last who are there stay while they are needed."""
        count = self.capacity[hour]
        if count < self.least and self.is_needed is not None and self.is_needed():
            count = max(count, min(self.least, self.pool.rostered))
        self.pool.resize(count)


class Rosters:
    """The pools of every site, resized hour by hour as the rosters of a scenario say.

    Parameters
    ----------
    env
        The SimPy environment.
    capacity
        What each site has of each resource at each hour; after the last hour it begins again.
    """

    def __init__(
        self,
        env: Environment,
        capacity: Mapping[tuple[str, Resource], HourlyCount],
    ) -> None:
        self._env = env
        self._has: dict[tuple[str, Resource], Hourly] = {
            key: counts.tolist() for key, counts in capacity.items()
        }
        self._hours = max(len(counts) for counts in capacity.values())
        self._rostered: list[_Rostered] = []
        self._after_change: list[Callable[[], None]] = []

    def pool(self, site: str, resource: Resource, *, places_per_person: float = 1) -> Pool:
        """Return a pool of one resource; a person may look after several places."""
        counts = self.hourly(site, resource)
        return self._add([int(count * places_per_person) for count in counts])

    def follow_with(self, beds: WardBeds, site: str, resource: Resource) -> None:
        """Resize some beds with the roster of a resource."""
        self._rostered.append(_Rostered(beds, self.hourly(site, resource)))

    def keep_the_last(
        self, pool: Pool | Staff, is_needed: Callable[[], bool], least: int = 1
    ) -> None:
        """Let the last who are there stay beyond their shift while they are needed.

        Parameters
        ----------
        is_needed
            Asked when the roster of the pool changes.
        least
            How many stay, if so many are there.
        """
        for item in self._rostered:
            if item.pool is pool:
                item.least, item.is_needed = least, is_needed

    def staffed_rooms(
        self, site: str, rooms: Resource, staff: Resource, rooms_per_person: float
    ) -> Pool:
        """Return a pool of the rooms that have someone to look after them."""
        pairs = zip(self.hourly(site, rooms), self.hourly(site, staff), strict=True)
        return self._add([min(room, int(people * rooms_per_person)) for room, people in pairs])

    def after_change(self, action: Callable[[], None]) -> None:
        """Do something every time rosters have changed."""
        self._after_change.append(action)

    def staff(self, site: str, resource: Resource) -> Staff:
        """Return rooms or people that a coordinator hands out."""
        staff = Staff()
        self._rostered.append(_Rostered(staff, self.hourly(site, resource)))
        return staff

    def most(self, site: str, resource: Resource) -> int:
        """Return the largest number of a resource at any hour."""
        return max(self.hourly(site, resource))

    def follow(self) -> ProcessGenerator[None]:
        """Resize each pool at the hours at which its roster changes."""
        for item in self._rostered:
            item.follow(0)
        self._tell()
        table = np.array([item.capacity for item in self._rostered])
        for hour, hours_later in changing_hours(table):
            yield hours_later * MINUTES_PER_HOUR
            for row in np.flatnonzero(table[:, hour] != table[:, hour - 1]).tolist():
                self._rostered[row].follow(hour)
            self._tell()

    def _tell(self) -> None:
        for action in self._after_change:
            action()

    def hourly(self, site: str, resource: Resource) -> Hourly:
        """Return the number of a resource at each hour; after the last it begins again."""
        return self._has.get((site, resource), [0] * self._hours)

    def _add(self, capacity: Hourly) -> Pool:
        pool = Pool(self._env)
        self._rostered.append(_Rostered(pool, capacity))
        return pool


def changing_hours(rosters: npt.ArrayLike) -> Iterator[tuple[int, int]]:
    """Give each hour at which a roster changes, and the hours since the one before, for ever.

    Parameters
    ----------
    rosters
        Numbers by hour, shape (rosters, hours); after the last hour they begin again.
    """
    table = np.asarray(rosters)
    hours = table.shape[1]
    changes = np.flatnonzero((table != np.roll(table, 1, axis=1)).any(axis=0)).tolist()
    passed = 0
    for begin in itertools.count(0, hours) if changes else ():
        for hour in changes:
            if begin + hour:  # the simulation begins with the first hour
                yield hour, begin + hour - passed
                passed = begin + hour
