"""How large a neighbour is: what it does in a year, and what Twente sends it today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from files.validation import Model, Number
from scenarios.errors import Wrong
from scenarios.parameters.registry import Confidence, registry
from scenarios.schema.vocabulary import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSED: Final = "neighbour.closed"
"""How the names of parameters begin that say how far a department elsewhere has closed."""

Yearly = Annotated[Number, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class SizeFigure(Model):
    """A number about a neighbour, how far it may be off, and who says so."""

    value: Yearly
    low: Yearly | None = Field(None, description="the least that it may be")
    high: Yearly | None = Field(None, description="the most that it may be")
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE

    @model_validator(mode="after")
    def _within_its_range(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            raise Wrong("'value' must lie between 'low' and 'high'")
        return self


class Amounts(Model):
    """Emergency visits and births in hospital a year, of one origin."""

    visits: Yearly = 0
    births: Yearly = 0
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE


def total_of(amounts: Mapping[str, Amounts], shares: Mapping[str, float]) -> tuple[float, float]:
    """Return the visits and births that closures bring, or take, at the share of each."""
    return (
        sum(shares.get(name, 0.0) * one.visits for name, one in amounts.items()),
        sum(shares.get(name, 0.0) * one.births for name, one in amounts.items()),
    )


class NeighbourSize(Model):
    """What a neighbour does in a year, all its patients together, and what it has at most.

    Places, beds and teams follow from these and from `neighbour.*` (`scenarios.neighbours`).
    """

    visits: SizeFigure = Field(description="emergency visits a year")
    births: SizeFigure = Field(description="births in hospital a year")
    icu_beds: SizeFigure | None = Field(None, description="intensive care beds that it has at most")
    beds: SizeFigure | None = Field(None, description="beds that it has at most")
    from_twente: Amounts = Field(description="of these, the patients whom Twente sends today")
    takes_over: dict[str, Amounts] = Field(
        default_factory=dict,
        description="what comes to it by a closure elsewhere, by its name (neighbour.closed.NAME), "
        "when that happens in full",
    )
    sheds: dict[str, Amounts] = Field(
        default_factory=dict,
        description="what it no longer does by a closure of its own, when that happens in full",
    )

    def closed(self, shares: Mapping[str, float]) -> list[Function]:
        """Return what it no longer does at all at these shares of the closures."""
        wholes = {Function.ED: self.visits.value, Function.MATERNITY: self.births.value}
        goes = total_of(self.sheds, shares)
        return [
            function
            for (function, whole), part in zip(wholes.items(), goes, strict=True)
            if 0 < whole <= part
        ]

    @field_validator("takes_over", "sheds")
    @classmethod
    def _known_closures(cls, amounts: dict[str, Amounts]) -> dict[str, Amounts]:
        known = registry().names(CLOSED)
        if unknown := sorted(set(amounts) - set(known)):
            raise Wrong(
                "no such closure: {unknown}; those that there are: {known}",
                unknown=", ".join(unknown),
                known=", ".join(known),
            )
        return amounts
