"""The workforce in a horizon year: which share of today's roster places nobody fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.parameters.keys import ParameterPrefix
    from scenarios.parameters.registry import Parameters


def unfilled_share(parameters: Parameters, year: int) -> float:
    """Return the share of roster places that stay empty in `year` and are filled today.

    Rosters say what is filled today, so only what is added to today's vacancies counts. Until the
    last year of the vacancy forecast: the open vacancies over the jobs in care. After it the
    forecast of the workforce goes on: as many jobs, fewer people to fill them. Sickness beyond
    today's comes on top.
    """
    today = parameters["demand.base_year"]
    more_vacancies = _vacancies(parameters, year) - _vacancies(parameters, today)
    last = parameters["staff.vacancies.last_year"]
    fewer_people = _workforce(parameters, min(last, year)) - _workforce(parameters, year)
    missing = (
        more_vacancies / parameters["staff.vacancies.jobs"]
        + fewer_people / parameters["staff.workforce.first"]
        + parameters["staff.sickness.extra"]
    )
    return min(max(missing, 0.0), 1.0)


def _vacancies(parameters: Parameters, year: float) -> float:
    return _between(parameters, "staff.vacancies", year)


def _workforce(parameters: Parameters, year: float) -> float:
    return _between(parameters, "staff.workforce", year)


def _between(parameters: Parameters, prefix: ParameterPrefix, year: float) -> float:
    """Return the figure in a year: linear between the two known years, level outside them."""
    first, last = parameters.of(prefix, "first"), parameters.of(prefix, "last")
    start, end = parameters.of(prefix, "first_year"), parameters.of(prefix, "last_year")
    passed = (min(max(year, start), end) - start) / (end - start)
    return first + (last - first) * passed


def tightness(parameters: Parameters, year: int) -> float:
    """Return how many times today's open vacancies in care there are in `year`.

    As many vacancies arise as today, so each stays open as many times longer (Little 1961). After
    the last year of the forecast there are as many jobs, and fewer people of working age to fill
    them.
    """
    last = parameters["staff.vacancies.last_year"]
    fewer = _workforce(parameters, min(last, year)) - _workforce(parameters, year)
    more = fewer / parameters["staff.workforce.first"] * parameters["staff.vacancies.jobs"]
    today = _vacancies(parameters, parameters["demand.base_year"])
    ratio = (_vacancies(parameters, year) + more) / today
    return float(ratio ** parameters["people.tightness.power"])
