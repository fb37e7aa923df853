"""A site: where it lies, what is open there when, and what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import Field, field_validator

from files.validation import Model, Number
from scenarios.calendar.opening_hours import open_hours
from scenarios.schema.lines import LineChange, LineName, TeamName, TeamSize
from scenarios.schema.neighbours import NeighbourSize, SizeFigure
from scenarios.schema.rosters import Roster
from scenarios.schema.theatre_sessions import Sessions
from scenarios.schema.vocabulary import Function, NightTeam, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSED: Final = "closed"
"""Opening hours of what is never open."""


class Site(Model):
    """A hospital site: where it is, what is open when, and what it has."""

    name: str = Field(min_length=1, max_length=200)
    role: Literal["twente", "neighbour"] = "twente"
    cross_border: bool = Field(False, description="counts only under policies.cross_border")
    lon: Number | None = Field(
        None, ge=-180, le=180, description="needed for a site not in the data set"
    )
    lat: Number | None = Field(None, ge=-90, le=90)
    open: dict[Function, str] = Field(default_factory=dict)
    night_theatre_team: NightTeam = NightTeam.ON_CALL
    night_on_call: tuple[Resource, ...] = Field(
        (), description="other staff who come from home at night, such as maternity.doctors"
    )
    nicu: bool = Field(False, description="takes the smallest newborns of the region")
    trauma_centre: bool = Field(
        False, description="level-1 centre: ambulances bring most of the severely injured here"
    )
    unlimited: bool = Field(
        False,
        description="a neighbour that has plenty of everything: its capacity is not simulated",
    )
    size: NeighbourSize | None = Field(
        None,
        description="of a neighbour, for policies.neighbours 'simulated'; without it, it takes "
        "everyone at once",
    )
    births: SizeFigure | None = Field(
        None,
        description="of a site of the region, births in hospital a year as it is now: women whose "
        "own unit closes weigh how large the others are",
    )
    capacity: dict[Resource, Roster] = Field(
        default_factory=dict, description="what is not named is not there"
    )
    lines: dict[LineName, LineChange] = Field(
        default_factory=dict, description="24/7 lines that are otherwise here than elsewhere"
    )
    teams: dict[TeamName, TeamSize] = Field(
        default_factory=dict, description="people by team; assumed where left out"
    )
    theatre_schedule: tuple[Sessions, ...] = Field(
        (), description="elective sessions as written; other specialties get what they need"
    )

    @field_validator("open")
    @classmethod
    def _readable_hours(cls, hours: dict[Function, str]) -> dict[Function, str]:
        for text in hours.values():
            open_hours(text)
        return hours

    def hours(self, function: Function) -> str:
        """Return the opening hours of a function as written; not named is closed."""
        return self.open.get(function, CLOSED)

    def after(self, closures: Mapping[str, float]) -> Self:
        """Return it as it is once departments elsewhere have closed, each for its share."""
        shut = [] if self.size is None else self.size.closed(closures)
        hours = {**self.open, **dict.fromkeys(shut, CLOSED)}
        return self.model_copy(update={"open": hours}) if shut else self
