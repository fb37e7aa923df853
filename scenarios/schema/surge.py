"""A surge on top of the usual demand: influenza, or an incident with many casualties."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from files.validation import Model, Number, Whole
from scenarios.errors import Wrong
from scenarios.parameters.demand import Age
from scenarios.parameters.registry import Confidence
from scenarios.schema.base import MUNICIPALITY_PATTERN

INFLUENZA_MOST = 5.0  # times ordinary visits at the peak; beyond it is not an influenza season


class Influenza(Model):
    """A wave of respiratory illness: more emergency visits for some weeks, by age."""

    from_week: Whole = Field(ge=1, le=520, description="1 is the first simulated week")
    weeks: Whole = Field(ge=1, le=52)
    peak: dict[str, Number] = Field(
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


class Incident(Model):
    """A mass-casualty incident: many patients in one hour at one place."""

    week: Whole = Field(ge=1, le=520, description="1 is the first simulated week")
    day: Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    hour: Whole = Field(ge=0, le=23, description="the hour in which they call")
    patients: Whole = Field(ge=1, le=2000)
    municipality: str | None = Field(
        None, pattern=MUNICIPALITY_PATTERN, description="spread over its inhabitants' homes"
    )
    lon: Number | None = Field(None, ge=-180, le=180)
    lat: Number | None = Field(None, ge=-90, le=90)
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        point = self.lon is not None and self.lat is not None
        half = (self.lon is None) != (self.lat is None)
        if half or point == (self.municipality is not None):
            raise Wrong("give either 'lon' and 'lat', or 'municipality'")
        return self


class Surge(Model):
    """What comes on top of ordinary demand."""

    influenza: Influenza | None = None
    incident: Incident | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything comes on top."""
        return self.influenza is not None or self.incident is not None
