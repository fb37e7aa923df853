"""Who comes to an emergency department, and who is admitted past it: drawn beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.demand import Age, trend_growth
from scenarios.parameters import Parameters, day_shape, week_shape
from sim.cohort import (
    CEILING,
    WEEKS_PER_YEAR,
    Cohort,
    Horizon,
    by_age,
    columns,
    draw_home,
    growth_by_age,
    kept,
    persons,
)
from sim.draws import (
    Flags,
    Floats,
    Ints,
    arrival_times,
    choice,
    exponential,
    hour_weights,
    lognormal,
    lognormal_from_median_and_mean,
    triangular,
)
from sim.journal import MINUTES_PER_DAY
from sim.streams import Purpose

if TYPE_CHECKING:
    import pandas as pd

URGENCIES = ("U0", "U1", "U2", "U3", "U4", "U5")
FIRST_PATIENT_URGENCY = 3  # U3-U5 may leave unseen; U0-U2 are seen first
A1_ALWAYS = 1  # U0 and U1 ride A1
PER_THOUSAND = 1000


@dataclass(frozen=True)
class Stays:
    """The clinical stay of patients admitted for acute care; durations in minutes."""

    los: list[float]
    delayed: list[float]
    icu_minutes: list[float]  # 0: no intensive care
    surgery_class: list[int]  # 0: none, else 1-4
    surgery_delay: list[float]  # from bed to booking
    surgery_minutes: list[float]


@dataclass(frozen=True)
class Visits:
    """Patients of the emergency departments; times and durations in minutes."""

    patient: list[int]
    time: list[float]
    cell: list[int]
    age: list[int]
    urgency: list[int]
    by_ambulance: list[bool]
    is_a1: list[bool]
    on_scene: list[float]
    handover: list[float]
    triage: list[float]
    assessment: list[float]
    diagnostics: list[float]
    consult: list[float]
    treatment: list[float]
    patience: list[float]
    is_admitted: list[bool]
    boarding: list[float]
    to_theatre: list[bool]
    to_icu: list[bool]
    stays: Stays


@dataclass(frozen=True)
class Directs:
    """Acute admissions that bypass the emergency department; durations in minutes."""

    patient: list[int]
    time: list[float]
    cell: list[int]
    by_ambulance: list[bool]
    on_scene: list[float]
    handover: list[float]
    stays: Stays


def sample_visits(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int
) -> Visits:
    """Draw every emergency visit of the horizon."""
    inhabitants = persons(cells)
    rate = by_age(parameters, "demand.ed.rate.{}") * parameters["demand.ed.level"] / PER_THOUSAND
    weights = inhabitants * rate
    time = arrival_times(
        horizon.generator(Purpose.VISIT_WHEN),
        weights.sum() / WEEKS_PER_YEAR * CEILING,
        hour_weights(
            day_shape("ed_arrivals_weekday"), day_shape("ed_arrivals_weekend"), week_shape("ed")
        ),
        horizon.weeks,
        parameters["demand.ed.day_cv"],
    )
    count = len(time)
    cell, age = draw_home(horizon.generator(Purpose.VISIT_WHERE), weights, count)
    growth = growth_by_age(parameters, year)[age] * trend_growth(parameters, "acute", year)
    keep = kept(horizon.generator(Purpose.VISIT_COUNT), growth, count)

    rng = horizon.generator(Purpose.VISIT_URGENCY)
    urgency = choice(rng.random(count), _by_urgency(parameters, "ed.triage.share.{}"))
    by_ambulance = rng.random(count) < _by_urgency(parameters, "ed.ambulance.share.{}")[urgency]
    admitted = rng.random(count) < np.minimum(
        by_age(parameters, "ed.admission.share.{}")[age]
        * _by_urgency(parameters, "ed.admission.factor.{}")[urgency],
        1,
    )
    fate = rng.random(count)
    icu_share = _share_of_urgent(parameters, "ed.icu.share.{}", ("U0", "U1", "U2"))[urgency]
    theatre_share = _share_of_urgent(parameters, "ed.theatre.share.{}", ("U0", "U1", "U2", "U3"))[
        urgency
    ]
    to_icu = fate < icu_share
    to_theatre = ~to_icu & (fate < icu_share + theatre_share)
    a1_share = np.array(
        [1, 1, parameters["ambulance.a1_share.U2"], parameters["ambulance.a1_share.U3"], 0, 0]
    )
    is_a1 = rng.random(count) < a1_share[urgency]

    on_scene, handover = _ambulance_minutes(
        horizon.generator(Purpose.VISIT_AMBULANCE), parameters, count
    )
    stay = _stay_columns(horizon.generator(Purpose.VISIT_STAY), parameters, age, to_theatre, to_icu)
    patience = _patience(horizon.generator(Purpose.VISIT_AMBULANCE), parameters, urgency)
    return Visits(
        **columns(
            keep,
            patient=Cohort.VISIT.numbers(count),
            time=time,
            cell=cell,
            age=age,
            urgency=urgency,
            by_ambulance=by_ambulance,
            is_a1=is_a1,
            on_scene=on_scene,
            handover=handover,
            patience=patience,
            is_admitted=admitted | to_icu | to_theatre,
            to_theatre=to_theatre,
            to_icu=to_icu,
            **_course(horizon.generator(Purpose.VISIT_COURSE), parameters, age),
        ),
        stays=Stays(**columns(keep, **stay)),
    )


def sample_directs(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int
) -> Directs:
    """Draw every acute admission that bypasses the emergency department."""
    weights = persons(cells) * by_age(parameters, "demand.ed.rate.{}")
    weights = weights * by_age(parameters, "ed.admission.share.{}")
    in_region = cells["in_region"].to_numpy(dtype=bool)
    per_year = parameters["demand.direct_admissions"] * weights.sum() / weights[in_region].sum()
    shape = day_shape("ambulance_A1_A2")
    time = arrival_times(
        horizon.generator(Purpose.DIRECT_WHEN),
        per_year / WEEKS_PER_YEAR * CEILING,
        hour_weights(shape, shape, week_shape("ed")),
        horizon.weeks,
    )
    count = len(time)
    cell, age = draw_home(horizon.generator(Purpose.DIRECT_WHERE), weights, count)
    growth = growth_by_age(parameters, year)[age] * trend_growth(parameters, "acute", year)
    keep = kept(horizon.generator(Purpose.DIRECT_COUNT), growth, count)
    rng = horizon.generator(Purpose.DIRECT_COURSE)
    on_scene, handover = _ambulance_minutes(rng, parameters, count)
    nobody = np.zeros(count, dtype=bool)
    stay = _stay_columns(horizon.generator(Purpose.DIRECT_STAY), parameters, age, nobody, nobody)
    return Directs(
        **columns(
            keep,
            patient=Cohort.DIRECT.numbers(count),
            time=time,
            cell=cell,
            by_ambulance=rng.random(count) < parameters["ambulance.direct_share"],
            on_scene=on_scene,
            handover=handover,
        ),
        stays=Stays(**columns(keep, **stay)),
    )


def _by_urgency(parameters: Parameters, key: str) -> Floats:
    return np.array([parameters[key.format(urgency)] for urgency in URGENCIES])


def _share_of_urgent(parameters: Parameters, key: str, urgencies: tuple[str, ...]) -> Floats:
    return np.array(
        [parameters[key.format(name)] if name in urgencies else 0.0 for name in URGENCIES]
    )


def _course(rng: np.random.Generator, parameters: Parameters, age: Ints) -> dict[str, Floats]:
    """Draw the durations of each step in the emergency department."""
    count = len(age)
    older = age >= Age.SENIOR
    tests = [
        _optional(
            rng,
            np.where(older, parameters[f"{key}.65_plus"], parameters[f"{key}.under_65"]),
            _normal_step(rng, parameters, step, count),
        )
        for key, step in (("ed.lab.share", "ed.lab"), ("ed.ct.share", "ed.ct"))
    ]
    xray = _optional(
        rng, parameters["ed.xray.share"], _normal_step(rng, parameters, "ed.xray", count)
    )
    return {
        "triage": triangular(
            rng.random(count),
            parameters["ed.triage.min"],
            parameters["ed.triage.mode"],
            parameters["ed.triage.max"],
        ),
        "assessment": _normal_step(rng, parameters, "ed.doctor", count),
        "diagnostics": np.max([*tests, xray], axis=0),
        "consult": _optional(
            rng, parameters["ed.consult.share"], _normal_step(rng, parameters, "ed.consult", count)
        ),
        "treatment": _normal_step(rng, parameters, "ed.treatment", count),
        "boarding": _normal_step(rng, parameters, "ed.boarding", count),
    }


def _normal_step(rng: np.random.Generator, parameters: Parameters, key: str, count: int) -> Floats:
    return lognormal(rng.standard_normal(count), parameters[f"{key}.mean"], parameters[f"{key}.sd"])


def _optional(rng: np.random.Generator, share: Floats | float, minutes: Floats) -> Floats:
    """Return the minutes where the step is done, else 0."""
    done: Floats = np.where(rng.random(len(minutes)) < share, minutes, 0.0)
    return done


def _patience(rng: np.random.Generator, parameters: Parameters, urgency: Ints) -> Floats:
    minutes = exponential(rng.random(len(urgency)), parameters["ed.patience.mean"])
    unlimited: Floats = np.where(urgency >= FIRST_PATIENT_URGENCY, minutes, np.inf)
    return unlimited


def _ambulance_minutes(
    rng: np.random.Generator, parameters: Parameters, count: int
) -> tuple[Floats, Floats]:
    on_scene = _normal_step(rng, parameters, "ambulance.scene.transport", count)
    return on_scene, _normal_step(rng, parameters, "ambulance.handover", count)


def _stay_columns(
    rng: np.random.Generator,
    parameters: Parameters,
    age: Ints,
    to_theatre: Flags,
    to_icu: Flags,
) -> dict[str, Floats | Ints]:
    count = len(age)
    bands = np.array([0, 0, 1, 2])[age]
    mean = np.array(
        [parameters[f"ward.los.{band}.mean"] for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    delayed_share = np.array(
        [parameters[f"ward.delayed.share.{band}"] for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    los = lognormal(rng.standard_normal(count), mean, mean * parameters["ward.los.cv"])
    delayed = _optional(
        rng, delayed_share, exponential(rng.random(count), parameters["ward.delayed.days"])
    )
    icu = lognormal_from_median_and_mean(
        rng.standard_normal(count), parameters["icu.los.median"], parameters["icu.los.mean"]
    )
    uniform = rng.random(count)
    icu_share = np.where(
        to_theatre, parameters["theatre.emergency.icu"], parameters["ward.icu.share"]
    )
    class_uniform = rng.random(count)
    from_ward = rng.random(count) < parameters["ward.operation.share"]
    direct_class = np.where(class_uniform < parameters["ed.theatre.cat1_share"], 1, 2)
    ward_class = np.where(class_uniform < parameters["ward.operation.cat4_share"], 4, 3)
    surgery = np.select([to_theatre, from_ward & ~to_icu], [direct_class, ward_class], 0)
    return {
        "los": los * MINUTES_PER_DAY,
        "delayed": delayed * MINUTES_PER_DAY,
        "icu_minutes": np.where(to_icu | (uniform < icu_share), icu * MINUTES_PER_DAY, 0.0),
        "surgery_class": surgery,
        "surgery_delay": np.where(
            to_theatre, 0.0, exponential(rng.random(count), parameters["ward.operation.delay.mean"])
        ),
        "surgery_minutes": _normal_step(rng, parameters, "theatre.emergency", count),
    }
