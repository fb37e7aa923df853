"""Planned patients: operations on the weekly lists and medical admissions, drawn beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.demand import trend_growth
from scenarios.hours import DAYS_PER_WEEK, SATURDAY
from sim.cohort import CEILING, WEEKS_PER_YEAR, Cohort, Horizon, columns, kept
from sim.draws import Floats, Ints, choice, lognormal, lognormal_from_median_and_mean, workday_times
from sim.journal import MINUTES_PER_DAY, MINUTES_PER_HOUR
from sim.streams import Purpose

if TYPE_CHECKING:
    from scenarios.parameters import Parameters

WORKDAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Operations:
    """Elective operations; `home` is the site whose list they are on, by name."""

    patient: list[int]
    time: list[float]
    home: list[str]
    surgery_minutes: list[float]
    is_inpatient: list[bool]
    los: list[float]
    icu_minutes: list[float]


@dataclass(frozen=True)
class Medicals:
    """Planned admissions without an operation."""

    patient: list[int]
    time: list[float]
    home: list[str]
    los: list[float]


def sample_operations(horizon: Horizon, parameters: Parameters, year: int) -> Operations:
    """Draw every elective operation of the horizon, with the moment it is planned for."""
    sites, volumes = _volumes(parameters, "theatre.elective.")
    per_day = volumes.sum() / (WEEKS_PER_YEAR * WORKDAYS_PER_WEEK)
    rng = horizon.generator(Purpose.OPERATION_WHEN)
    day = workday_times(rng, per_day * CEILING, _workdays(horizon.weeks))
    count = len(day)
    keep = kept(
        horizon.generator(Purpose.OPERATION_COUNT),
        trend_growth(parameters, "elective", year),
        count,
    )
    course = horizon.generator(Purpose.OPERATION_COURSE)
    home = choice(course.random(count), volumes)
    start = parameters["theatre.session.start"] * MINUTES_PER_HOUR
    end = parameters["theatre.session.end"] * MINUTES_PER_HOUR
    slot = parameters["theatre.elective.mean"] + parameters["theatre.turnover"]
    place_on_list = np.floor(rng.random(count) * ((end - start) // slot))
    inpatient_share = np.array([parameters[f"theatre.elective.inpatient.{site}"] for site in sites])
    icu_share = np.array([parameters[f"theatre.elective.icu.{site}"] for site in sites])
    fate = course.random(count)
    to_icu = fate < icu_share[home]
    icu = lognormal_from_median_and_mean(
        course.standard_normal(count), parameters["icu.los.median"], parameters["icu.los.mean"]
    )
    return Operations(
        **columns(
            keep,
            patient=Cohort.OPERATION.numbers(count),
            time=np.sort(day + start + place_on_list * slot),
            home=np.array(sites)[home],
            surgery_minutes=lognormal(
                course.standard_normal(count),
                parameters["theatre.elective.mean"],
                parameters["theatre.elective.sd"],
            ),
            is_inpatient=to_icu | (fate < inpatient_share[home]),
            los=_elective_stay(course, parameters, count),
            icu_minutes=np.where(to_icu, icu * MINUTES_PER_DAY, 0.0),
        )
    )


def sample_medicals(horizon: Horizon, parameters: Parameters, year: int) -> Medicals:
    """Draw every planned admission without an operation; they come on weekday mornings."""
    sites, volumes = _volumes(parameters, "ward.elective_medical.")
    rng = horizon.generator(Purpose.MEDICAL_WHEN)
    per_day = volumes.sum() / (WEEKS_PER_YEAR * WORKDAYS_PER_WEEK)
    day = workday_times(rng, per_day * CEILING, _workdays(horizon.weeks))
    count = len(day)
    keep = kept(
        horizon.generator(Purpose.MEDICAL_COUNT), trend_growth(parameters, "elective", year), count
    )
    course = horizon.generator(Purpose.MEDICAL_COURSE)
    start = parameters["theatre.session.start"] * MINUTES_PER_HOUR
    end = parameters["theatre.session.end"] * MINUTES_PER_HOUR
    return Medicals(
        **columns(
            keep,
            patient=Cohort.MEDICAL.numbers(count),
            time=day + start + rng.random(count) * (end - start),
            home=np.array(sites)[choice(course.random(count), volumes)],
            los=_elective_stay(course, parameters, count),
        )
    )


def _volumes(parameters: Parameters, prefix: str) -> tuple[list[str], Floats]:
    """Return the sites that have a yearly volume under `prefix`, and the volumes."""
    keys = [key for key in parameters if key.startswith(prefix) and key[len(prefix)].isupper()]
    return [key[len(prefix) :] for key in keys], np.array([parameters[key] for key in keys])


def _workdays(weeks: int) -> Ints:
    days = np.arange(weeks * DAYS_PER_WEEK)
    return days[days % DAYS_PER_WEEK < SATURDAY]


def _elective_stay(rng: np.random.Generator, parameters: Parameters, count: int) -> Floats:
    mean = parameters["ward.los.elective.mean"]
    sd = mean * parameters["ward.los.elective.cv"]
    return lognormal(rng.standard_normal(count), mean, sd) * MINUTES_PER_DAY
