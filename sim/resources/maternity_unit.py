"""One site's maternity unit: its delivery rooms, and when women who call ahead go elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simpy.events import Event

    from sim.engine.pool import Pool
    from sim.resources.diversion import Diversion


class MaternityUnit:
    """One site's delivery rooms, and whether it is on stop.

    A stop begins when every staffed room is taken and women wait, and lasts until a room is free.
    It holds for who calls ahead; nobody who is at the door in advanced labour is sent on.

    Parameters
    ----------
    site
        The site's number.
    rooms
        Delivery rooms that have a midwife.
    diversion
        The stops of all maternity units.
    waiting
        The number of women who wait at which a stop begins.
    """

    __slots__ = ("_diversion", "_waiting", "rooms", "site")

    def __init__(self, site: int, rooms: Pool, diversion: Diversion, waiting: int) -> None:
        self.site = site
        self.rooms = rooms
        self._diversion = diversion
        self._waiting = waiting

    @property
    def on_stop(self) -> bool:
        """Whether women who call ahead are sent elsewhere."""
        return self._diversion.on_stop[self.site]

    def claim_room(self) -> Event | None:
        """Take a delivery room; a site without one free starts a stop."""
        granted = self.rooms.claim()
        if (
            granted is not None
            and self.rooms.capacity > 0
            and not self.on_stop
            and self.rooms.waiting >= self._waiting
        ):
            self._diversion.begin(self.site, self._has_room)
        return granted

    def _has_room(self) -> bool:
        return self.rooms.busy < self.rooms.capacity or not self.rooms.capacity
