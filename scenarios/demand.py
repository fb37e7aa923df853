"""Demand in a horizon year, as a ratio to the base year of the data set."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Age(IntEnum):
    """Age bands; the name of the column in the data set is `age_` and the label."""

    CHILD = 0
    ADULT = 1
    SENIOR = 2
    ELDERLY = 3

    @property
    def label(self) -> str:
        """The band as parameter keys and data columns write it."""
        return ("0_14", "15_64", "65_79", "80_plus")[self]


def age_growth(parameters: Mapping[str, float], age: Age, year: int) -> float:
    """Return the inhabitants of an age band in `year` over those in the base year.

    Linear between the two years of the forecast, level outside them.
    """
    index = parameters[f"demand.age_index.{age.label}"]
    start, end = parameters["demand.age_index.from"], parameters["demand.age_index.to"]

    def level(at: float) -> float:
        passed = (min(max(at, start), end) - start) / (end - start)
        return 1 + (index - 1) * passed

    return level(year) / level(parameters["demand.base_year"])


def trend_growth(parameters: Mapping[str, float], line: str, year: int) -> float:
    """Return the growth of a care line (`acute`, `elective`, `births`) besides ageing."""
    rate = parameters[f"demand.{line}.trend"]
    return float((1 + rate) ** (year - parameters["demand.base_year"]))
