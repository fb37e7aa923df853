"""The policies of a scenario: rules by which its sites work."""

from __future__ import annotations

from pydantic import Field

from files.validation import Model
from scenarios.schema.vocabulary import CapacityPolicy, DemandPolicy, StandBy, TheatrePolicy


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
