"""The facts in the manifest of a run that whoever reads it back relies on, and their kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from files.manifest import Hash
from files.validation import Number, Whole, problem_text

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Part(BaseModel):
    """A part of a manifest; what other versions add is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Site(_Part):
    id: str
    name: str
    role: str
    lon: Number = Field(ge=-180, le=180)
    lat: Number = Field(ge=-90, le=90)
    open: dict[str, str]
    point: str = ""


class _Scenario(_Part):
    name: str
    title: dict[str, str]
    description: dict[str, str]
    horizon_year: Whole
    baseline: str | None
    sites: tuple[_Site, ...]
    abroad: tuple[_Site, ...] = ()
    posts: tuple[str, ...] = ()
    norms: str = ""


class _Data(_Part):
    name: str
    sources: tuple[dict[str, str] | str, ...]
    licences: tuple[str, ...]


class _Facts(_Part):
    version: str
    command: str
    seed: Whole
    weeks: Whole = Field(ge=1)
    warmup_weeks: Whole = Field(ge=0)
    replications: Whole = Field(ge=1)
    norms: str
    data: _Data
    tables: dict[str, Hash]
    outputs: dict[str, Hash | None] | tuple[str, ...]
    scenarios: tuple[_Scenario, ...] = Field(min_length=1)


def wrong_fact(facts: Mapping[str, Any]) -> str:
    """Return what is wrong with the first fact that is of another kind than a run writes.

    Returns
    -------
    str
        Its place and what it must be; nothing where all are as they should be.
    """
    try:
        _Facts.model_validate(facts)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {problem_text(first)}"
    return ""
