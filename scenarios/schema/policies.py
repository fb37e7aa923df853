"""The policies of a scenario: rules by which its sites work."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from files.validation import Model
from scenarios.errors import Wrong
from scenarios.schema.lines import MEASURES, Measure
from scenarios.schema.vocabulary import (
    CapacityPolicy,
    DemandPolicy,
    NeighbourPolicy,
    StaffPolicy,
    StandBy,
    TheatrePolicy,
)


class Policies(Model):
    """Choices that are not a number."""

    capacity: CapacityPolicy
    beds: DemandPolicy = Field(
        DemandPolicy.AS_TODAY,
        description="ward.beds, elective.beds and icu.beds: as rostered, or as many as keep their "
        "occupancy (of acute beds that of ward.follow.occupancy), vacancies included",
    )
    ed_rosters: DemandPolicy = Field(
        DemandPolicy.AS_TODAY,
        description="doctors, nurses and consultants of the emergency department: as rostered, or "
        "as many to a visit as today, vacancies included",
    )
    cross_border: bool
    neighbours: NeighbourPolicy = Field(
        NeighbourPolicy.COUNTED,
        description="hospitals outside the region take everyone at once ('counted'), or have "
        "patients and walls of their own ('simulated')",
    )
    emergency_theatre: TheatrePolicy
    ambulance_stand_by: StandBy = StandBy.DYNAMIC
    shared_teams: bool = Field(
        False, description="sites lend each other theatre teams and specialists out of hours"
    )
    focus_clinic: str | None = Field(
        None, description="site that takes day surgery of the others (theatre.focus.share of it)"
    )
    flexpool: bool = Field(False, description="a flexpool at each site fills empty shifts")
    staff_exchange: bool = Field(
        False, description="sites share their flexpools and lend each other people"
    )
    staff: StaffPolicy = Field(
        StaffPolicy.AS_TODAY,
        description="rosters as typed in; or by 24/7 line and site the people that there are, in "
        "posts that grow with the rosters (follow_demand) or stay as many as today (as_available)",
    )
    when_short: tuple[Measure, ...] = Field(
        MEASURES,
        min_length=1,
        description="what is done when a line can't be filled, in order; the last closes it",
    )

    @model_validator(mode="after")
    def _closes_at_last(self) -> Self:
        if len(set(self.when_short)) < len(self.when_short):
            raise Wrong("'when_short' names a measure twice")
        if self.when_short[-1] is not Measure.UNPLANNED_CLOSURE:
            raise Wrong("'when_short' must end with 'unplanned_closure'")
        return self
