"""A scenario: the whole of what a file may say, behind `scenarios/schema.json`."""

from __future__ import annotations

import math
from difflib import get_close_matches
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import AfterValidator, Field, field_validator, model_validator

from files.validation import Model, Number, Whole
from scenarios.calendar.opening_hours import open_hours
from scenarios.errors import Said, Wrong
from scenarios.parameters.levers import LeverName, with_levers
from scenarios.parameters.registry import (
    Confidence,
    Parameter,
    Parameters,
    known_key,
    limits,
    registry,
)
from scenarios.schema.base import NAME_PATTERN, Text
from scenarios.schema.neighbours import CLOSED
from scenarios.schema.policies import Policies
from scenarios.schema.rosters import Roster, Shifts
from scenarios.schema.sites import Site
from scenarios.schema.surge import Surge
from scenarios.schema.theatre_sessions import THORACIC, check_schedule
from scenarios.schema.vocabulary import Function, Resource, Start
from scenarios.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable


class Override(Model):
    """A parameter value of the scenario's own."""

    value: Number = Field(allow_inf_nan=False)
    source: str = Field(min_length=1)
    year: str = ""
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE


class Lever(Model):
    """How hard a policy lever is pulled, and when."""

    strength: Number = Field(ge=0, le=1, description="share of the full effect")
    start: Whole = Field(ge=2020, le=2060, description="the first year in which it works")
    phase_in: Whole = Field(0, ge=0, le=40, description="years until it works in full")
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    def phased_in(self, year: int) -> float:
        """Return which part works in a year: 0 before the start, 1 when phased in."""
        if year < self.start:
            return 0.0
        return min((year - self.start) / self.phase_in, 1.0) if self.phase_in else 1.0


class WarmUp(Model):
    """How a replication begins, and how long it runs before measuring starts."""

    start: Start = Field(
        Start.EMPTY, description="with people in the beds, as on an average Monday, or without"
    )
    weeks: Whole = Field(ge=0, le=52, description="weeks that are simulated and not measured")
    source: str = Field(min_length=1, description="why so long: the method and what it found")


CAREFUL = WarmUp(
    start=Start.EMPTY,
    weeks=8,
    source="for a scenario that says nothing: twice the longest stay in bed",
)


def _parameter(key: str) -> str:
    """Return the name of a parameter as it is, if there is one of that name."""
    if key in registry():
        return key
    if near := get_close_matches(key, [*registry()], n=1):
        raise Wrong("no such parameter; did you mean {near}?", near=near[0])
    raise Wrong("no such parameter; `twentezorg show now` lists them all")


class Scenario(Model):
    """One configuration of care in one year, complete: nothing else is read to run it."""

    name: str = Field(pattern=NAME_PATTERN, description="the file's name without .yaml")
    title: Text
    description: Text
    horizon_year: Whole = Field(ge=2020, le=2060, description="the year whose demand is simulated")
    since: Whole | None = Field(
        None,
        ge=2020,
        le=2060,
        description="the first year in which functions are open so; horizon_year when left out",
    )
    norms: str
    shifts: Shifts
    policies: Policies
    sites: dict[str, Site] = Field(min_length=1)
    ambulance: dict[str, Roster] = Field(min_length=1, description="crews by post")
    warmup: WarmUp = CAREFUL
    levers: dict[LeverName, Lever] = Field(default_factory=dict)
    surge: Surge = Field(default_factory=Surge)
    parameters: dict[Annotated[str, AfterValidator(_parameter)], Override] = Field(
        default_factory=dict
    )

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
    def _within_limits(cls, values: dict[str, Override]) -> dict[str, Override]:
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
                ).at(entry.key)
        return values

    @model_validator(mode="after")
    def _open_somewhere(self) -> Self:
        if not any(site.role == "twente" for site in self.sites.values()):
            raise Wrong("sites: at least one site must have role 'twente'")
        for function in (Function.ED, Function.MATERNITY, Function.ICU, Function.WARD):
            hours = [open_hours(site.hours(function)) for site in self.active_sites().values()]
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
                for key, own in ((known_key(text), own) for text, own in self.parameters.items())
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

    def active_sites(self) -> dict[str, Site]:
        """Return the sites that take patients under the policies, in file order.

        What has closed there (`neighbour.closed`) is not open.
        """
        closures = self.closures_elsewhere()
        return {
            key: site.after(closures)
            for key, site in self.sites.items()
            if self.policies.cross_border or not site.cross_border
        }

    def closures_elsewhere(self) -> dict[str, float]:
        """Return the departments of neighbours that have closed, each with how far."""
        begin = f"{CLOSED}."
        shares = {
            key.removeprefix(begin): own.value
            for key, own in self.parameters.items()
            if key.startswith(begin)
        }
        return {name: share for name, share in shares.items() if share > 0}

    def __repr__(self) -> str:
        """Say which one it is; every field stands in `model_dump()`."""
        return f"<Scenario {self.name}, {self.horizon_year}: {self.title.en}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Return when what is open where, as a notebook shows it."""
        heads = "".join(f"<th>{function.value}</th>" for function in Function)
        rows = "".join(
            f"<tr><th>{escape(site.name)}</th>"
            + "".join(f"<td>{escape(site.hours(function))}</td>" for function in Function)
            + "</tr>"
            for site in self.active_sites().values()
        )
        caption = f"{self.name}, {self.horizon_year}: {escape(self.title.en)}"
        return f"<table><caption>{caption}</caption><tr><th></th>{heads}</tr>{rows}</table>"

    def in_year(self, year: int) -> Scenario:
        """Return the same configuration under the demand of another year."""
        since = min(self.since or self.horizon_year, year)
        return self.model_copy(
            update={"name": f"{self.name}-{year}", "horizon_year": year, "since": since}
        )
