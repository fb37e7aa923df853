"""Planned patients: operations on the weekly lists and medical admissions, drawn beforehand."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.calendar.opening_hours import SATURDAY
from scenarios.parameters.demand import CareLine, trend_growth
from scenarios.schema.theatre_sessions import THORACIC, specialties
from scenarios.units import DAYS_PER_WEEK, WEEKS_PER_YEAR
from sim.patients.cohort import CEILING, Cohort, Horizon, columns, kept
from sim.random.distributions import (
    choice,
    lognormal,
    lognormal_from_median_and_mean,
    workday_times,
)
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.keys import ParameterKey, ParameterPrefix
    from scenarios.parameters.registry import Parameters


WORKDAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Operations:
    """Elective operations; `home` is the site whose list they are on, by name."""

    patient: Sequence[int]
    time: Sequence[float]  # midnight of the workday on which the patient joins the waiting list
    home: list[str]
    specialty: Sequence[int]  # position in `specialties`
    planned_minutes: Sequence[float]  # what the planner reckons with
    surgery_minutes: Sequence[float]
    recovery_minutes: Sequence[float]
    is_inpatient: list[bool]
    is_rectal: list[bool]
    focus_mark: Sequence[float]  # moves to a focus clinic if below the share that does; 1: never
    los: Sequence[float]
    icu_minutes: Sequence[float]


@dataclass(frozen=True)
class Medicals:
    """Planned admissions without an operation."""

    patient: Sequence[int]
    time: Sequence[float]
    home: list[str]
    los: Sequence[float]


def sample_operations(horizon: Horizon, parameters: Parameters, year: int) -> Operations:
    """Draw every elective operation of the horizon, with the day it joins the waiting list.

    Durations are three-parameter lognormal by specialty (Stepaniak and others 2009).
    """
    sites, volumes = _volumes(parameters, "theatre.elective")
    per_day = volumes.sum() / (WEEKS_PER_YEAR * WORKDAYS_PER_WEEK)
    rng = horizon.generator(Purpose.OPERATION_WHEN)
    day = workday_times(rng, per_day * CEILING, _workdays(horizon.weeks))
    count = len(day)
    course = horizon.generator(Purpose.OPERATION_COURSE)
    home = choice(course.random(count), volumes)
    names = specialties(parameters)
    kind = horizon.generator(Purpose.OPERATION_KIND)
    specialty = _specialty(kind.random(count), parameters, home, sites, names)
    planned, minutes = _surgery_minutes(course.standard_normal(count), parameters, specialty, names)
    inpatient_share = np.array(
        [parameters.of("theatre.elective.inpatient", site) for site in sites]
    )
    fate = course.random(count)
    to_icu = fate < _icu_shares(parameters, sites, names)[home, specialty]
    is_inpatient = to_icu | (fate < inpatient_share[home])
    icu = lognormal_from_median_and_mean(
        course.standard_normal(count), parameters["icu.los.median"], parameters["icu.los.mean"]
    )
    is_rectal = (specialty == names.index("surgery")) & (
        kind.random(count) < parameters["theatre.rectal.share"]
    )
    growth = _growth(parameters, year, "elective", is_oncology=is_rectal)
    keep = kept(horizon.generator(Purpose.OPERATION_COUNT), growth, count)
    return Operations(
        **columns(
            keep,
            patient=Cohort.OPERATION.numbers(count),
            time=day,
            home=np.array(sites)[home],
            specialty=specialty,
            planned_minutes=planned,
            surgery_minutes=minutes,
            recovery_minutes=np.where(to_icu, 0.0, recovery_minutes(kind, parameters, count)),
            is_inpatient=is_inpatient,
            is_rectal=is_rectal,
            focus_mark=np.where(is_inpatient, 1.0, kind.random(count)),
            los=_elective_stay(course, parameters, count),
            icu_minutes=np.where(to_icu, icu * MINUTES_PER_DAY, 0.0),
        )
    )


def recovery_minutes(
    rng: np.random.Generator, parameters: Mapping[ParameterKey, float], count: int
) -> FloatArray:
    """Draw the time in recovery (PACU) after an operation."""
    return lognormal(
        rng.standard_normal(count),
        parameters["theatre.recovery.mean"],
        parameters["theatre.recovery.sd"],
    )


def _specialty(
    uniform: FloatArray, parameters: Parameters, home: IntArray, sites: list[str], names: list[str]
) -> IntArray:
    """Draw the specialty of each operation by the mix of its site."""
    specialty = np.zeros(len(uniform), dtype=np.int64)
    for number, site in enumerate(sites):
        here = home == number
        mix = [parameters.of("theatre.specialty", name, "share", site) for name in names]
        specialty[here] = choice(uniform[here], mix)
    return specialty


def _icu_shares(parameters: Parameters, sites: list[str], names: list[str]) -> FloatArray:
    """Return the share that goes to intensive care, shape (sites, specialties).

    That of thoracic surgery is given; the others have what it leaves of the share of the site.
    """
    thoracic = names.index(THORACIC)
    of_thoracic = parameters["theatre.elective.icu.thoracic"]
    shares = np.empty((len(sites), len(names)))
    for number, site in enumerate(sites):
        together = parameters.of("theatre.elective.icu", site)
        mix = parameters.of("theatre.specialty", THORACIC, "share", site)
        shares[number] = max((together - mix * of_thoracic) / (1 - mix), 0.0) if mix < 1 else 0.0
        shares[number, thoracic] = of_thoracic if mix else together
    return shares


def _surgery_minutes(
    normal: FloatArray, parameters: Parameters, specialty: IntArray, names: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the planned minutes (the mean of the specialty) and the real ones."""
    mean, sd, shift = (
        np.array([parameters.of("theatre.specialty", name, part) for name in names])[specialty]
        for part in ("mean", "sd", "shift")
    )
    return mean, shift + lognormal(normal, mean - shift, sd)


def sample_medicals(horizon: Horizon, parameters: Parameters, year: int) -> Medicals:
    """Draw every planned admission without an operation; they come on weekday mornings."""
    sites, volumes = _volumes(parameters, "ward.elective_medical")
    rng = horizon.generator(Purpose.MEDICAL_WHEN)
    per_day = volumes.sum() / (WEEKS_PER_YEAR * WORKDAYS_PER_WEEK)
    day = workday_times(rng, per_day * CEILING, _workdays(horizon.weeks))
    count = len(day)
    course = horizon.generator(Purpose.MEDICAL_COURSE)
    start = parameters["theatre.session.start"] * MINUTES_PER_HOUR
    end = parameters["theatre.session.end"] * MINUTES_PER_HOUR
    time = np.sort(day + start + rng.random(count) * (end - start))
    home = np.array(sites)[choice(course.random(count), volumes)]
    los = _elective_stay(course, parameters, count)
    is_oncology = course.random(count) < parameters["ward.elective_medical.oncology"]
    growth = _growth(parameters, year, "chronic", is_oncology=is_oncology)
    keep = kept(horizon.generator(Purpose.MEDICAL_COUNT), growth, count)
    patient = Cohort.MEDICAL.numbers(count)
    return Medicals(**columns(keep, patient=patient, time=time, home=home, los=los))


def _growth(
    parameters: Parameters, year: int, line: CareLine, *, is_oncology: BoolArray
) -> FloatArray:
    """Return the growth of each patient's care line, which includes ageing."""
    return np.where(
        is_oncology,
        trend_growth(parameters, "oncology", year),
        trend_growth(parameters, line, year),
    )


def _volumes(parameters: Parameters, prefix: ParameterPrefix) -> tuple[list[str], FloatArray]:
    """Return the sites that have a yearly volume under `prefix`, and the volumes."""
    sites = [name for name in parameters.names(prefix) if name.isupper()]
    return sites, np.array([parameters.of(prefix, site) for site in sites])


def _workdays(weeks: int) -> IntArray:
    days = np.arange(weeks * DAYS_PER_WEEK)
    return days[days % DAYS_PER_WEEK < SATURDAY]


def _elective_stay(rng: np.random.Generator, parameters: Parameters, count: int) -> FloatArray:
    mean = parameters["ward.los.elective.mean"]
    sd = mean * parameters["ward.los.elective.cv"]
    return lognormal(rng.standard_normal(count), mean, sd) * MINUTES_PER_DAY
