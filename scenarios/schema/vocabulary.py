"""The words of a scenario file: functions, resources and the names of policies."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

POOLED: Final = "pooled"


class Function(StrEnum):
    """What a site offers; each is open at hours of its own."""

    ED = "ed"
    MATERNITY = "maternity"
    THEATRE = "theatre"
    ICU = "icu"
    WARD = "ward"
    ELECTIVE = "elective"


class Resource(StrEnum):
    """What patients compete for: places and the people who staff them."""

    ED_RESUSCITATION = "ed.resuscitation"
    ED_ACUTE = "ed.acute"
    ED_STANDARD = "ed.standard"
    ED_FAST_TRACK = "ed.fast_track"
    ED_OBSERVATION = "ed.observation"
    ED_LABORATORY = "ed.laboratory"
    ED_XRAY = "ed.xray"
    ED_CT = "ed.ct"
    ED_NURSES = "ed.nurses"
    ED_DOCTORS = "ed.doctors"
    ED_CONSULTANTS = "ed.consultants"
    THEATRE_ROOMS = "theatre.rooms"
    THEATRE_THORACIC_ROOMS = "theatre.thoracic_rooms"
    THEATRE_TEAMS = "theatre.teams"
    THEATRE_SECOND = "theatre.second"
    THEATRE_ANAESTHETISTS = "theatre.anaesthetists"
    THEATRE_RECOVERY = "theatre.recovery"
    ELECTIVE_TEAMS = "elective.teams"
    ELECTIVE_BEDS = "elective.beds"
    MATERNITY_ROOMS = "maternity.rooms"
    MATERNITY_BEDS = "maternity.beds"
    MATERNITY_MIDWIVES = "maternity.midwives"
    MATERNITY_DOCTORS = "maternity.doctors"
    MATERNITY_PAEDIATRICIANS = "maternity.paediatricians"
    MATERNITY_CENTRE_ROOMS = "maternity.centre_rooms"
    MATERNITY_COTS = "maternity.cots"
    WARD_BEDS = "ward.beds"
    ICU_BEDS = "icu.beds"

    @property
    def function(self) -> Function:
        """The function this resource serves."""
        return Function(self.value.split(".")[0])

    @property
    def is_staff(self) -> bool:
        """Whether this is people, who can work elsewhere for a night, rather than rooms."""
        return self in _STAFF

    @property
    def can_move(self) -> bool:
        """Whether this follows its function to another site; theatre and recovery are walls."""
        return self not in _WALLS


_WALLS = {Resource.THEATRE_ROOMS, Resource.THEATRE_THORACIC_ROOMS, Resource.THEATRE_RECOVERY}
_STAFF = {
    Resource.ED_NURSES,
    Resource.ED_DOCTORS,
    Resource.ED_CONSULTANTS,
    Resource.THEATRE_TEAMS,
    Resource.THEATRE_SECOND,
    Resource.THEATRE_ANAESTHETISTS,
    Resource.ELECTIVE_TEAMS,
    Resource.MATERNITY_MIDWIVES,
    Resource.MATERNITY_DOCTORS,
    Resource.MATERNITY_PAEDIATRICIANS,
}


class CapacityPolicy(StrEnum):
    """What becomes of the capacity of a function that is closed."""

    POOLED = "pooled"
    STAYS = "stays"


class TheatrePolicy(StrEnum):
    """How emergency surgery finds a room by day (Wullink et al. 2007)."""

    DEDICATED = "dedicated"
    BREAK_IN = "break_in"


class StandBy(StrEnum):
    """Where an idle ambulance waits."""

    HOME = "home"
    DYNAMIC = "dynamic"


class NightTeam(StrEnum):
    """Where the theatre team waits at night."""

    IN_HOUSE = "in_house"
    ON_CALL = "on_call"


class DemandPolicy(StrEnum):
    """Whether what there is grows with acute demand to a horizon year."""

    AS_TODAY = "as_today"
    FOLLOW_DEMAND = "follow_demand"


class StaffPolicy(StrEnum):
    """Which people there are for the rosters of a horizon year."""

    AS_TODAY = "as_today"
    FOLLOW_DEMAND = "follow_demand"
    AS_AVAILABLE = "as_available"


class NeighbourPolicy(StrEnum):
    """Whether neighbours are hospitals with walls, or take everyone at once."""

    COUNTED = "counted"
    SIMULATED = "simulated"


class Start(StrEnum):
    """What a replication begins with."""

    FILLED = "filled"
    EMPTY = "empty"
