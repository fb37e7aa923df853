"""What all models of a scenario file share: frozen, strict, with texts in two languages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from files.validation import Model, Number, Whole

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}$"

MUNICIPALITY_PATTERN = r"^GM[0-9]{4}$"

Count = Annotated[Whole, Field(ge=0, le=10_000)]
Occupancy = Annotated[Number, Field(gt=0, le=1)]


class Text(Model):
    """A text for readers, in Dutch and English."""

    nl: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)
