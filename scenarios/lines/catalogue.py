"""The lines and teams that ship, as `lines.yaml` has them, and the norms they answer to."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from files.validation import Model, Number, Whole, checked
from files.yaml_document import read_document
from scenarios.errors import ScenarioError, Wrong
from scenarios.parameters.registry import Confidence
from scenarios.schema.base import Text
from scenarios.schema.lines import LineName, Presence, TeamName
from scenarios.schema.vocabulary import Function, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LINES: Final = "lines.yaml"
NORMS: Final = "norms.yaml"
AMBULANCE: Final = "ambulance"
"""The roster of all posts together, and the site of its team."""

Positive = Annotated[Number, Field(gt=0)]


class Group(StrEnum):
    """Professions that leave, are found and fall ill alike."""

    SPECIALIST = "specialist"
    RESIDENT = "resident"
    NURSE = "nurse"
    MIDWIFE = "midwife"
    TECHNICIAN = "technician"


class TeamKind(Model):
    """A team as it is at every site that has one."""

    title: Text
    profession: str = Field("", description="as a file of people says it; its own name if empty")
    layer: str = ""
    group: Group
    function: Function | None = Field(description="it works where this is open")
    people: dict[str, tuple[Positive, Positive]] = Field(default_factory=dict)
    per_roster: tuple[Positive, Positive] | None = Field(
        None, description="full-time jobs that there are over what the rosters take"
    )
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if bool(self.people) == (self.per_roster is not None):
            raise Wrong("give either 'people' or 'per_roster'")
        return self


class LineKind(Model):
    """A line as it is at every site that has one."""

    title: Text
    team: TeamName
    function: Function | None
    presence: Presence
    night_team: bool = Field(False, description="in house where the theatre team is at night")
    only_with_team: bool = Field(False, description="not at a site where its team does not work")
    roster: Resource | Literal["ambulance"] | None = None
    share: Positive = Field(1.0, le=1, description="of the roster")
    count: Whole | None = Field(None, ge=1, description="people on duty, where it has no roster")
    least: Whole = Field(1, ge=0, description="people below whom it cannot work")
    within: Number = Field(ge=0, description="minutes until somebody is there")
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.roster is None) == (self.count is None):
            raise Wrong("give either 'roster' or 'count'")
        return self


class Catalogue(Model):
    """Every team and every line."""

    teams: dict[TeamName, TeamKind]
    lines: dict[LineName, LineKind]


class Without(StrEnum):
    """What becomes of a function without a line."""

    CLOSES = "closes"
    STOP = "stop"
    SECOND_TEAM_LATE = "second_team_late"


class Need(Model):
    """What a function cannot do without: somebody of some lines, or another function."""

    any: tuple[LineName, ...] = ()
    function: Function | None = None
    within: Number = Field(0.0, ge=0)
    then: Without
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.any) == (self.function is not None):
            raise Wrong("give either 'any' or 'function'")
        return self


class Rule(Model):
    """A number of working-time law or collective agreement."""

    value: Positive
    source: str = Field(min_length=1)
    year: str
    confidence: Confidence


class Rules(Model):
    """What a roster may ask of people."""

    duty_days_per_4_weeks: Rule
    free_days_per_4_weeks: Rule
    duty_hours_per_week: Rule
    called_share: Rule
    presence_per_26_weeks: Rule
    presence_hours_per_week: Rule
    rest_hours: Rule
    nights_per_16_weeks: Rule
    contract_hours_per_year: Rule
    out_of_office_hours_per_week: Rule


class LineNorms(Model):
    """One version of the norms: what functions need, in the order in which they depend."""

    needs: dict[Function, tuple[Need, ...]]
    rules: Rules

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        known: set[Function] = set()
        for function, needs in self.needs.items():
            for need in needs:
                if need.function is not None and need.function not in known:
                    raise Wrong(
                        "{function} needs {other}, which must stand before it",
                        function=function,
                        other=need.function,
                    )
            known.add(function)
        return self


@cache
def catalogue() -> Catalogue:
    """Return the lines and teams that ship."""
    return checked(Catalogue, read_document(files(__package__).joinpath(LINES)))


@cache
def line_norms(version: str, path: Path | None = None) -> LineNorms:
    """Return one version of the norms for lines.

    Raises
    ------
    ScenarioError
        There is no such version.
    """
    document = read_document(path or files(__package__).joinpath(NORMS))
    if version not in document.content:
        raise ScenarioError.single(
            document.file,
            "is {version!r}; allowed: {allowed}",
            field="norms",
            version=version,
            allowed=", ".join(document.content),
        )
    return checked(LineNorms, document, (version,))


def titles() -> Mapping[LineName, Text]:
    """Return what each line is called."""
    return {name: line.title for name, line in catalogue().lines.items()}
