"""Demand in a horizon year, as a ratio to the base year of the data set."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from scenarios.units import DAYS_PER_WEEK, DAYS_PER_YEAR, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray
    from scenarios.parameters.keys import ParameterKey, ParameterPrefix
    from scenarios.parameters.registry import Parameters


FITTING_ROUNDS = 200
FITTED = 1e-9


CareLine = Literal["acute", "births", "elective", "chronic", "oncology"]
_TRENDS: dict[CareLine, ParameterKey] = {
    "acute": "demand.acute.trend",
    "births": "demand.births.trend",
    "elective": "demand.elective.trend",
    "chronic": "demand.chronic.trend",
    "oncology": "demand.oncology.trend",
}


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


def age_growth(parameters: Parameters, age: Age, year: int) -> float:
    """Return the inhabitants of an age band in `year` over those in the base year.

    Linear between the two years of the forecast, level outside them.
    """
    more = parameters.of("demand.age_index", age.label) - 1
    span = parameters["demand.age_index.from"], parameters["demand.age_index.to"]
    base = parameters["demand.base_year"]
    return (1 + more * _passed(span, year)) / (1 + more * _passed(span, base))


def trend_growth(parameters: Parameters, line: CareLine, year: int) -> float:
    """Return the growth of a care line by its own trend.

    For `acute` and `births` it comes besides growth by age and municipality; the figures of the
    planned lines (`elective`, `chronic`, `oncology`) are of all patients and hold that already.
    """
    rate = parameters[_TRENDS[line]]
    return float((1 + rate) ** (year - parameters["demand.base_year"]))


def bed_growth(parameters: Parameters, year: int) -> float:
    """Return the growth of acute bed-days: each age band weighs as its share of them today."""
    return _acute_growth(parameters, "ward.bed_days.share", year)


def visit_growth(parameters: Parameters, year: int) -> float:
    """Return the growth of emergency visits: each age band weighs as its share of them today."""
    return _acute_growth(parameters, "demand.ed.share", year)


def planned_bed_growth(parameters: Parameters, year: int) -> float:
    """Return the growth of planned admissions: those for surgery and the others by their trends."""
    surgical = sum(
        parameters.of("theatre.elective.inpatient", site) * parameters.of("theatre.elective", site)
        for site in parameters.names("theatre.elective.inpatient")
    )
    medical = sum(
        parameters.of("ward.elective_medical", site)
        for site in parameters.names("ward.elective_medical")
        if site.isupper()
    )
    oncology = parameters["ward.elective_medical.oncology"]
    grown = (
        surgical * trend_growth(parameters, "elective", year)
        + medical * (1 - oncology) * trend_growth(parameters, "chronic", year)
        + medical * oncology * trend_growth(parameters, "oncology", year)
    )
    return grown / (surgical + medical)


def _acute_growth(parameters: Parameters, shares: ParameterPrefix, year: int) -> float:
    by_age = sum(
        parameters.of(shares, age.label) * age_growth(parameters, age, year) for age in Age
    )
    return by_age * trend_growth(parameters, "acute", year)


def municipal_growth(
    parameters: Parameters, codes: Sequence[str], inhabitants: FloatArray, year: int
) -> FloatArray:
    """Return the growth of every age band in every municipality, shape (municipalities, 4).

    A municipality with a forecast of its own reaches it, and the age bands of the region reach
    theirs: rows and columns are scaled in turn until both hold (iterative proportional fitting,
    Deming & Stephan 1940). Municipalities without a forecast take what is left.

    Parameters
    ----------
    codes
        Municipality codes such as `GM0153`.
    inhabitants
        Base-year inhabitants, shape (municipalities, 4).
    """
    ages = np.array([age_growth(parameters, age, year) for age in Age])
    prefix: ParameterPrefix = "demand.municipality.growth"
    known = parameters.names(prefix)
    own = np.array([code in known for code in codes])
    growth = np.array([parameters.of(prefix, code) for code in codes if code in known])
    span = parameters["demand.municipality.from"], parameters["demand.municipality.to"]
    base = parameters["demand.base_year"]
    row_target = inhabitants[own].sum(axis=1) * (
        (1 + growth * _passed(span, year)) / (1 + growth * _passed(span, base))
    )
    column_target = inhabitants.sum(axis=0) * ages
    fitted = inhabitants * ages
    for _ in range(FITTING_ROUNDS):
        rows = _ratio(row_target, fitted[own].sum(axis=1))
        fitted[own] *= rows[:, None]
        fitted *= _ratio(column_target, fitted.sum(axis=0))
        if np.allclose(rows, 1, rtol=0, atol=FITTED):
            break
    found = np.tile(ages, (len(codes), 1))
    np.divide(fitted, inhabitants, out=found, where=inhabitants > 0)
    return found


def season(shape: FloatArray, start_week: int, days: FloatArray) -> FloatArray:
    """Return how busy each day is against the average of the year.

    Parameters
    ----------
    shape
        Share of each month, shape (12,), sum 1.
    start_week
        Week of the year in which day 0 falls, 1 to 52; 0 makes every week an average one.
    days
        Days since day 0.
    """
    if start_week == 0:
        return np.ones_like(days)
    day = ((start_week - 1) * DAYS_PER_WEEK + days) % DAYS_PER_YEAR
    month = np.floor(day / DAYS_PER_YEAR * MONTHS_PER_YEAR).astype(int)
    return shape[month] * MONTHS_PER_YEAR


def _passed(span: tuple[float, float], year: float) -> float:
    """Return which part of a span of years has passed, between 0 and 1."""
    start, end = span
    return (min(max(year, start), end) - start) / (end - start)


def _ratio(target: FloatArray, found: FloatArray) -> FloatArray:
    ratio = np.ones_like(target)
    np.divide(target, found, out=ratio, where=found > 0)
    return ratio
