"""Rosters: how many there are of a resource in each shift, and in shifts on top."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from files.validation import Model, Whole
from scenarios.calendar.opening_hours import open_hours
from scenarios.errors import Wrong
from scenarios.parameters.registry import Confidence
from scenarios.schema.base import Count, Occupancy

_SHIFTS = ("day", "evening", "night")


class ExtraShift(Model):
    """A shift on top of the roster, at hours of its own."""

    when: str = Field(description="as opening hours: 'Mon-Fri 12:00-20:00'")
    count: Count

    @field_validator("when")
    @classmethod
    def _readable_hours(cls, when: str) -> str:
        open_hours(when)
        return when

    def at(self, hour: int) -> int:
        """Return the number at an hour of the fortnight."""
        return self.count if open_hours(self.when)[hour] else 0

    def written(self) -> str:
        """Return the shift as one text."""
        return f"and {self.count} on {self.when}"


class Roster(Model):
    """How many of a resource there are, by shift, and who says so.

    `auto` leaves the number to be found: `pooled` takes what all sites of `now` have together, a
    number takes the least capacity whose occupancy stays below it.
    """

    auto: Literal["pooled"] | Occupancy | None = None
    always: Count | None = None
    day: Count | None = None
    evening: Count | None = None
    night: Count | None = None
    weekend_day: Count | None = Field(None, description="as on weekdays when left out")
    weekend_evening: Count | None = None
    weekend_night: Count | None = None
    extra: tuple[ExtraShift, ...] = Field(
        (), description="shifts on top, which may overlap the others and each other"
    )
    source: str = Field(min_length=1)
    confidence: Confidence

    @model_validator(mode="after")
    def _always_or_by_shift(self) -> Self:
        by_shift = [getattr(self, shift) is not None for shift in _SHIFTS]
        if self.auto is not None:
            weekend = [getattr(self, f"weekend_{shift}") is not None for shift in _SHIFTS]
            if self.always is not None or any(by_shift) or any(weekend) or self.extra:
                raise Wrong("give either 'auto' or numbers, not both")
            return self
        complete = not any(by_shift) if self.always is not None else all(by_shift)
        if not complete:
            raise Wrong("give either 'always', or all of 'day', 'evening' and 'night'")
        return self

    def at(self, shift: str, *, weekend: bool) -> int:
        """Return the number in a shift, `day`, `evening` or `night`, extra shifts left out."""
        if self.auto is not None:
            raise Wrong("a capacity 'auto' must be sized before it is used")
        if self.always is not None:
            return self.always
        count: int | None = getattr(self, f"weekend_{shift}") if weekend else None
        return int(getattr(self, shift)) if count is None else count

    def written(self) -> str:
        """Return the numbers as one text, such as `day 6, evening 6, night 3`."""
        if self.auto is not None:
            return f"auto {self.auto}"
        own = str(self.always) if self.always is not None else self._by_shift()
        return "; ".join([own, *(shift.written() for shift in self.extra)])

    def _by_shift(self) -> str:
        counts = self.model_dump(
            exclude={"auto", "always", "extra", "source", "confidence"}, exclude_none=True
        )
        return ", ".join(f"{shift.replace('_', ' ')} {count}" for shift, count in counts.items())


class Shifts(Model):
    """When a shift begins, in whole hours; each lasts until the next begins."""

    day: Whole = Field(ge=0, le=23)
    evening: Whole = Field(ge=0, le=23)
    night: Whole = Field(ge=0, le=23)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.day < self.evening < self.night:
            raise Wrong("shifts must begin in the order day, evening, night")
        return self

    def at(self, hour: int) -> str:
        """Return the shift that covers an hour of the day."""
        if hour < self.day or hour >= self.night:
            return "night"
        return "day" if hour < self.evening else "evening"
