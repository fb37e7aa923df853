"""What all models of a scenario file share: frozen, strict, with texts in two languages."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}$"

MUNICIPALITY_PATTERN = r"^GM[0-9]{4}$"

Count = Annotated[int, Field(ge=0, le=10_000)]
Occupancy = Annotated[float, Field(gt=0, le=1)]


class Model(BaseModel):
    """A part of a scenario file: frozen, and with no field that is not in the schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """A text for readers, in Dutch and English."""

    nl: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)
