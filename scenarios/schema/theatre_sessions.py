"""The master surgical schedule a scenario may write: which specialty has sessions when.

A specialty that the schedule of a site doesn't name gets the sessions its patients need, within
the elective teams that are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from files.validation import Whole
from scenarios.calendar.opening_hours import FORTNIGHT, HourTable, open_hours, weekend_hours
from scenarios.errors import Said, Wrong
from scenarios.parameters.registry import registry
from scenarios.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scenarios.parameters.keys import ParameterKey


CAESAREANS: Final = "caesareans"
"""Sessions kept free for planned caesareans, which have no waiting list."""

THORACIC: Final = "thoracic"
"""Heart and lung surgery, which has rooms of its own where a site has them apart."""

MOST_ROOMS = 100
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Block(NamedTuple):
    """One specialty's run of hours on one day of the fortnight, day 0 the even week's Monday."""

    day: int
    start: int
    end: int


class Sessions(BaseModel):
    """Sessions of one specialty at a site, the same every fortnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    specialty: str = Field(description=f"such as orthopaedics, or {CAESAREANS}")
    when: str = Field(
        description="as opening hours, on weekdays: 'Mon-Thu 08:00-16:00' or 'even weeks Fri "
        "08:00-12:00'; public holidays have none, and weeks of school holidays fewer"
    )
    rooms: Annotated[Whole, Field(ge=1, le=MOST_ROOMS)] = Field(
        1, description="sessions at a time, each with a team of its own"
    )

    @field_validator("specialty")
    @classmethod
    def _known(cls, specialty: str) -> str:
        allowed = [*specialties(registry()), CAESAREANS]
        if specialty not in allowed:
            raise Wrong("no such specialty; allowed: {allowed}", allowed=", ".join(allowed))
        return specialty

    @field_validator("when")
    @classmethod
    def _weekdays(cls, when: str) -> str:
        hours = open_hours(when)
        if not hours.any():
            raise Wrong("has no hours; leave the specialty out instead")
        if (hours & weekend_hours()).any():
            raise Wrong("sessions are on weekdays, such as 'Mon-Fri 08:00-16:00'")
        return when

    @property
    def hours(self) -> HourTable:
        """Whether there are sessions, for each hour of a fortnight."""
        return open_hours(self.when)

    def blocks(self) -> Iterator[Block]:
        """Give each day's runs of hours."""
        for day, hours in enumerate(self.hours.reshape(-1, HOURS_PER_DAY)):
            edges = np.flatnonzero(np.diff(np.r_[False, hours, False].astype(int)))
            for start, end in edges.reshape(-1, 2).tolist():
                yield Block(day, start, end)

    def written(self) -> str:
        """Return the sessions as one text."""
        rooms = f", {self.rooms} rooms" if self.rooms > 1 else ""
        return f"{self.specialty} {self.when}{rooms}"


def specialties(parameters: Mapping[ParameterKey, float]) -> list[str]:
    """Return the specialties that operate, sorted."""
    prefix, suffix = "theatre.specialty.", ".mean"
    return sorted(
        key[len(prefix) : -len(suffix)]
        for key in parameters
        if key.startswith(prefix) and key.endswith(suffix)
    )


def check_schedule(
    schedule: Sequence[Sessions], limits: Mapping[str, Callable[[int], int | None]]
) -> None:
    """Check that a site's sessions don't overlap and that it has the rooms and teams for them.

    Parameters
    ----------
    limits
        What the sessions need to how many there are at an hour of the fortnight; None: unknown.

    Raises
    ------
    ValueError
        Naming the first hour that is wrong.
    """
    together = np.zeros(FORTNIGHT, dtype=np.int64)
    taken: dict[str, HourTable] = {}
    for sessions in schedule:
        before = taken.get(sessions.specialty, np.zeros(FORTNIGHT, dtype=bool))
        twice = before & sessions.hours
        if twice.any():
            raise Wrong(
                "{specialty} is written twice for {moment}; give one of them and raise its 'rooms'",
                specialty=sessions.specialty,
                moment=_moment(int(twice.argmax())),
            )
        taken[sessions.specialty] = before | sessions.hours
        together += sessions.hours * sessions.rooms
    for hour in np.flatnonzero(together).tolist():
        for name, limit in limits.items():
            has = limit(hour)
            if has is not None and together[hour] > has:
                raise Wrong(
                    "{count} sessions at a time on {moment}, and the site has {has} of {name} then",
                    count=together[hour],
                    moment=_moment(hour),
                    has=has,
                    name=name,
                )


def _moment(hour: int) -> Said:
    day, of_day = divmod(hour, HOURS_PER_DAY)
    values = {"day": _DAYS[day % len(_DAYS)], "hour": of_day}
    if day < len(_DAYS):
        return Said("{day} {hour:02}:00 (even weeks)", values)
    return Said("{day} {hour:02}:00 (odd weeks)", values)
