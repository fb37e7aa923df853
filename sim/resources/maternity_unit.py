"""One site's maternity unit: delivery rooms, people at the birth, who is turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema.vocabulary import Function
from sim.engine.process import Journey
from sim.journal.steps import NOBODY, Step

if TYPE_CHECKING:
    from simpy.events import Event

    from sim.engine.pool import Pool
    from sim.engine.process import Story
    from sim.resources.region import Region


class Maternity:
    """One site's delivery rooms, and whether it is on stop.

    A stop begins when every staffed room is taken and women wait, and lasts until a room is free.
    It holds for who calls ahead; nobody who is at the door in advanced labour is sent on, and the
    last open site of the region never stops.
    """

    __slots__ = ("_minutes", "_region", "_waiting", "on_stop", "rooms", "site")

    def __init__(self, region: Region, site: int, rooms: Pool) -> None:
        self._region = region
        self.site = site
        self.rooms = rooms
        self.on_stop = False
        self._waiting = int(region.parameters["maternity.stop.waiting"])
        self._minutes = region.parameters["maternity.stop.minutes"]
        region.rosters.after_change(self._keep_the_last)

    def _keep_the_last(self) -> None:
        """Let a gynaecologist and a paediatrician stay until the last woman has given birth."""
        if self.rooms.busy:
            self._region.gynaecologists[self.site].keep_one()
            self._region.paediatricians[self.site].keep_one()

    def claim_room(self) -> Event | None:
        """Take a delivery room; a site without one starts a stop."""
        granted = self.rooms.claim()
        if (
            granted is not None
            and self.rooms.capacity > 0
            and not self.on_stop
            and self.rooms.waiting >= self._waiting
            and self._another_is_open()
        ):
            self.on_stop = True
            Journey(self._region.env, self._stop())
        return granted

    def _another_is_open(self) -> bool:
        region = self._region
        is_open = region.places.open_sites(Function.MATERNITY, region.env.now)
        return any(
            is_open[other.site] and not other.on_stop and not region.places.is_neighbour[other.site]
            for other in region.maternity
            if other is not self
        )

    def _stop(self) -> Story[None]:
        self._region.journal.note(NOBODY, Step.MATERNITY_STOP, self.site)
        while True:
            yield self._minutes
            if self.rooms.busy < self.rooms.capacity or not self.rooms.capacity:
                break
        self.on_stop = False
        self._region.journal.note(NOBODY, Step.MATERNITY_STOP_END, self.site)
