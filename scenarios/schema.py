"""What a scenario file may say: the frozen models behind `scenarios/schema.json`."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from scenarios.demand import Age
from scenarios.errors import Said, Wrong
from scenarios.hours import HOURS_PER_DAY, open_hours
from scenarios.levers import LeverName, with_levers
from scenarios.parameters import Confidence, Parameter, Parameters, limits, registry
from scenarios.sessions import THORACIC, Sessions, check_schedule

if TYPE_CHECKING:
    from collections.abc import Callable

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}$"
POOLED: Final = "pooled"
INFLUENZA_MOST = 5.0  # times ordinary visits at the peak; beyond it is not an influenza season
_SHIFTS = ("day", "evening", "night")

MUNICIPALITY_PATTERN = r"^GM[0-9]{4}$"

Count = Annotated[int, Field(ge=0, le=10_000)]
Occupancy = Annotated[float, Field(gt=0, le=1)]


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


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Model):
    """A text for readers, in Dutch and English."""

    nl: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)


class ExtraShift(_Model):
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


class Roster(_Model):
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


class Shifts(_Model):
    """When a shift begins, in whole hours; each lasts until the next begins."""

    day: int = Field(ge=0, le=23)
    evening: int = Field(ge=0, le=23)
    night: int = Field(ge=0, le=23)

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


class Site(_Model):
    """A hospital site: where it is, what is open when, and what it has."""

    name: str = Field(min_length=1, max_length=200)
    role: Literal["twente", "neighbour"] = "twente"
    cross_border: bool = Field(False, description="counts only under policies.cross_border")
    lon: float | None = Field(
        None, ge=-180, le=180, description="needed for a site not in the data set"
    )
    lat: float | None = Field(None, ge=-90, le=90)
    open: dict[Function, str] = Field(default_factory=dict)
    night_theatre_team: NightTeam = NightTeam.ON_CALL
    night_on_call: tuple[Resource, ...] = Field(
        (), description="other staff who come from home at night, such as maternity.doctors"
    )
    nicu: bool = Field(False, description="takes the smallest newborns of the region")
    trauma_centre: bool = Field(
        False, description="level-1 centre: ambulances bring most of the severely injured here"
    )
    capacity: dict[Resource, Roster] = Field(default_factory=dict)
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
        return self.open.get(function, "closed")


class BedPolicy(StrEnum):
    """How many clinical and intensive care beds there are in a horizon year."""

    AS_TODAY = "as_today"
    FOLLOW_DEMAND = "follow_demand"


class Policies(_Model):
    """Choices that are not a number."""

    capacity: CapacityPolicy
    beds: BedPolicy = Field(
        BedPolicy.AS_TODAY,
        description="ward.beds and icu.beds: as rostered, or grown as acute care",
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


class Override(_Model):
    """A parameter value of the scenario's own."""

    value: float = Field(allow_inf_nan=False)
    source: str = Field(min_length=1)
    year: str = ""
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE


class Lever(_Model):
    """How hard a policy lever is pulled, and when."""

    strength: float = Field(ge=0, le=1, description="share of the full effect")
    start: int = Field(ge=2020, le=2060, description="the first year in which it works")
    phase_in: int = Field(0, ge=0, le=40, description="years until it works in full")
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    def phased_in(self, year: int) -> float:
        """Return which part works in a year: 0 before the start, 1 when phased in."""
        if year < self.start:
            return 0.0
        return min((year - self.start) / self.phase_in, 1.0) if self.phase_in else 1.0


class Influenza(_Model):
    """A wave of respiratory illness: more emergency visits for some weeks, by age."""

    from_week: int = Field(ge=1, le=520, description="1 is the first simulated week")
    weeks: int = Field(ge=1, le=52)
    peak: dict[str, float] = Field(
        description="visits at the peak over ordinary visits, by age band such as age_80_plus; "
        "the wave is a triangle"
    )
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    @field_validator("peak")
    @classmethod
    def _every_age_band(cls, peak: dict[str, float]) -> dict[str, float]:
        bands = [f"age_{age.label}" for age in Age]
        if sorted(peak) != sorted(bands):
            raise Wrong("must give each of {bands}", bands=", ".join(bands))
        if not all(1 <= value <= INFLUENZA_MOST for value in peak.values()):
            raise Wrong("must be between 1 and {most:g}", most=INFLUENZA_MOST)
        return peak


class Incident(_Model):
    """A mass-casualty incident: many patients in one hour at one place."""

    week: int = Field(ge=1, le=520, description="1 is the first simulated week")
    day: Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    hour: int = Field(ge=0, le=23, description="the hour in which they call")
    patients: int = Field(ge=1, le=2000)
    municipality: str | None = Field(
        None, pattern=MUNICIPALITY_PATTERN, description="spread over its inhabitants' homes"
    )
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        point = self.lon is not None and self.lat is not None
        half = (self.lon is None) != (self.lat is None)
        if half or point == (self.municipality is not None):
            raise Wrong("give either 'lon' and 'lat', or 'municipality'")
        return self


class Surge(_Model):
    """What comes on top of ordinary demand."""

    influenza: Influenza | None = None
    incident: Incident | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything comes on top."""
        return self.influenza is not None or self.incident is not None


class Start(StrEnum):
    """What a replication begins with."""

    FILLED = "filled"
    EMPTY = "empty"


class WarmUp(_Model):
    """How a replication begins, and how long it runs before measuring starts."""

    start: Start = Field(
        Start.EMPTY, description="with people in the beds, as on an average Monday, or without"
    )
    weeks: int = Field(ge=0, le=52, description="weeks that are simulated and not measured")
    source: str = Field(min_length=1, description="why so long: the method and what it found")


CAREFUL = WarmUp(
    start=Start.EMPTY,
    weeks=8,
    source="for a scenario that says nothing: twice the longest stay in bed",
)


class Scenario(_Model):
    """One configuration of care in one year, complete: nothing else is read to run it."""

    name: str = Field(pattern=NAME_PATTERN, description="the file's name without .yaml")
    title: Text
    description: Text
    horizon_year: int = Field(ge=2020, le=2060, description="the year whose demand is simulated")
    norms: str
    shifts: Shifts
    policies: Policies
    sites: dict[str, Site] = Field(min_length=1)
    ambulance: dict[str, Roster] = Field(min_length=1, description="crews by post")
    warmup: WarmUp = CAREFUL
    levers: dict[LeverName, Lever] = Field(default_factory=dict)
    surge: Surge = Field(default_factory=Surge)
    parameters: dict[str, Override] = Field(default_factory=dict)

    @field_validator("parameters", mode="before")
    @classmethod
    def _plain_numbers(cls, values: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if not isinstance(values, dict):
            return values
        return {
            key: value
            if isinstance(value, dict | Override)
            else {"value": value, "source": "the scenario file"}
            for key, value in values.items()
        }

    @field_validator("parameters")
    @classmethod
    def _known_keys(cls, values: dict[str, Override]) -> dict[str, Override]:
        unknown = sorted(set(values) - set(registry()))
        if unknown:
            raise Wrong(
                "no such parameter: {unknown}; `twentezorg show now` lists them all",
                unknown=", ".join(unknown),
            )
        for entry in registry().entries():
            least, most = limits(entry)
            if entry.key in values and not least <= values[entry.key].value <= most:
                allowed = Said("at least {least:g}", {"least": least})
                if not math.isinf(most):
                    allowed = Said("{least:g} to {most:g}", {"least": least, "most": most})
                raise Wrong(
                    "{key} is {value:g} {unit}; allowed: {allowed}",
                    key=entry.key,
                    value=values[entry.key].value,
                    unit=entry.unit,
                    allowed=allowed,
                )
        return values

    @model_validator(mode="after")
    def _open_somewhere(self) -> Self:
        if not any(site.role == "twente" for site in self.sites.values()):
            raise Wrong("sites: at least one site must have role 'twente'")
        for function in (Function.ED, Function.MATERNITY, Function.ICU, Function.WARD):
            hours = [open_hours(site.hours(function)) for site in self.in_play().values()]
            if not np.any(hours, axis=0).all():
                raise Wrong(
                    "sites: {function} must be open somewhere at every hour", function=function
                )
        for key, site in self.sites.items():
            births = open_hours(site.hours(Function.MATERNITY))
            if (births & ~open_hours(site.hours(Function.THEATRE))).any():
                raise Wrong("sites.{key}: maternity is open while theatre is closed", key=key)
            visits = open_hours(site.hours(Function.ED))
            if (visits & ~open_hours(site.hours(Function.WARD))).any():
                raise Wrong("sites.{key}: ed is open while ward is closed", key=key)
        return self

    @model_validator(mode="after")
    def _schedules_fit(self) -> Self:
        for key, site in self.sites.items():
            apart = Resource.THEATRE_THORACIC_ROOMS in site.capacity
            thoracic = [
                sessions
                for sessions in site.theatre_schedule
                if apart and sessions.specialty == THORACIC
            ]
            others = [sessions for sessions in site.theatre_schedule if sessions not in thoracic]
            try:
                for schedule, need in (
                    (others, Resource.THEATRE_ROOMS),
                    (thoracic, Resource.THEATRE_THORACIC_ROOMS),
                    (site.theatre_schedule, Resource.ELECTIVE_TEAMS),
                ):
                    check_schedule(schedule, {need.value: self._weekday_count(site, need)})
            except ValueError as error:
                raise Wrong("sites.{key}.theatre_schedule: {error}", key=key, error=error) from None
        return self

    def _weekday_count(self, site: Site, resource: Resource) -> Callable[[int], int | None]:
        roster = site.capacity.get(resource)

        def count(hour: int) -> int | None:
            if roster is None:
                return 0
            if roster.auto is not None:
                return None
            own = roster.at(self.shifts.at(hour % HOURS_PER_DAY), weekend=False)
            return own + sum(shift.at(hour) for shift in roster.extra)

        return count

    def effective_parameters(self) -> Parameters:
        """Return the registry with this scenario's overrides, and its levers in its year."""
        own = registry().with_values(
            {
                key: Parameter(key, own.value, "", own.source, own.year, own.confidence)
                for key, own in self.parameters.items()
            }
        )
        return with_levers(own, self.levers, self.horizon_year)

    def to_be_sized(self) -> dict[tuple[str, Resource], Roster]:
        """Return the capacities that are still `auto`, by site and resource."""
        return {
            (key, resource): roster
            for key, site in self.sites.items()
            for resource, roster in site.capacity.items()
            if roster.auto is not None
        }

    def in_play(self) -> dict[str, Site]:
        """Return the sites that take patients under the policies, in file order."""
        return {
            key: site
            for key, site in self.sites.items()
            if self.policies.cross_border or not site.cross_border
        }

    def in_year(self, year: int) -> Scenario:
        """Return the same configuration under the demand of another year."""
        return self.model_copy(update={"name": f"{self.name}-{year}", "horizon_year": year})
