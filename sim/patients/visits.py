"""Who comes to an emergency department, and who is admitted past it: drawn beforehand."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from scenarios.parameters.demand import Age
from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.units import HOURS_PER_DAY, WEEKS_PER_YEAR
from sim.patients.cohort import (
    CEILING,
    EVERYONE,
    Cohort,
    Draws,
    Horizon,
    acute_growth,
    by_age,
    columns,
    draw_home,
    kept,
    persons,
)
from sim.patients.durations import ambulance_minutes, normal_step, optional
from sim.patients.stays import Stays, stay_columns
from sim.patients.surge import in_order_of_time, surge_groups
from sim.patients.triage import URGENCIES
from sim.random.distributions import (
    arrival_times,
    choice,
    day_factors,
    exponential,
    hour_weights,
    triangular,
)
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    import pandas as pd

    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.keys import ParameterPrefix
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.surge import Surge


FIRST_PATIENT_URGENCY = 3  # U3-U5 may leave unseen; U0-U2 are seen first
PER_THOUSAND = 1000


class ArrivalMode(IntEnum):
    """How a patient comes to an emergency department."""

    AMBULANCE = 0
    REFERRAL = 1
    SELF = 2


@dataclass(frozen=True)
class Visits:
    """Patients of the emergency departments; times and durations in minutes."""

    patient: Sequence[int]
    time: Sequence[float]
    cell: Sequence[int]
    age: Sequence[int]
    urgency: Sequence[int]
    by_ambulance: list[bool]
    is_a1: list[bool]
    despite_stop: list[bool]
    is_severe_trauma: list[bool]  # injury severity score over 15
    to_trauma_centre: list[bool]  # past a nearer department
    dispatch: Sequence[float]
    on_scene: Sequence[float]
    handover: Sequence[float]
    triage: Sequence[float]
    assessment: Sequence[float]
    laboratory: Sequence[float]
    xray: Sequence[float]
    ct: Sequence[float]
    consult_delay: Sequence[float]
    consult: Sequence[float]
    treatment: Sequence[float]
    patience: Sequence[float]
    is_admitted: list[bool]
    boarding: Sequence[float]
    to_theatre: list[bool]
    to_icu: list[bool]
    to_observation: list[bool]
    observation: Sequence[float]
    stays: Stays


def sample_visits(
    horizon: Horizon,
    parameters: Parameters,
    cells: pd.DataFrame,
    year: int,
    surge: Surge | None = None,
) -> Visits:
    """Draw every emergency visit of the horizon, by the three ways in, surges included."""
    rate = by_age(parameters, "demand.ed.rate") * parameters["demand.ed.level"] / PER_THOUSAND
    weights = persons(cells) * rate
    time, way = _arrivals(horizon, parameters, weights.sum() / WEEKS_PER_YEAR)
    count = len(time)
    cell, age = draw_home(horizon.generator(Purpose.VISIT_WHERE), weights, count)
    growth = acute_growth(parameters, cells, year, cell, age, time)
    keep = kept(horizon.generator(Purpose.VISIT_COUNT), growth, count)
    numbers = Cohort.VISIT.numbers(count)
    by_band = weights.sum(axis=0)
    ordinary = _visits(horizon, parameters, numbers, time, way, cell, age, keep, by_band)
    if surge is None or not surge.is_any:
        return ordinary
    groups, drawn = [ordinary], count
    for extra in surge_groups(horizon, parameters, cells, year, surge):
        numbers = Cohort.VISIT.numbers(drawn + len(extra.time))[drawn:]
        drawn += len(extra.time)
        way = choice(extra.way_mark, _way_shares(extra.parameters))
        who = extra.time, way, extra.cell, extra.age, extra.keep
        groups.append(_visits(extra.horizon, extra.parameters, numbers, *who, by_band))
    return in_order_of_time(groups)


def _visits(
    horizon: Horizon,
    parameters: Parameters,
    numbers: IntArray,
    time: FloatArray,
    way: IntArray,
    cell: IntArray,
    age: IntArray,
    keep: BoolArray,
    visits_by_age: FloatArray,
) -> Visits:
    """Draw the rest about visits of which is known when, how and whence, and at what age."""
    rng = horizon.generator(Purpose.VISIT_URGENCY)
    urgency = _urgency(rng.random(len(time)), parameters, way, age, visits_by_age)
    avoided = horizon.generator(Purpose.VISIT_AVOIDED).random(len(time))
    can_avoid = urgency >= FIRST_PATIENT_URGENCY
    keep = keep & ~(can_avoid & (avoided < parameters["demand.avoided.visits"]))
    time = time[keep]
    numbers, way, cell, age, urgency = (
        column[keep] for column in (numbers, way, cell, age, urgency)
    )

    def draws(purpose: Purpose) -> Draws:
        return Draws(horizon.generator(purpose), keep)

    fate = Draws(rng, keep)
    admitted = fate.uniform() < np.minimum(
        by_age(parameters, "ed.admission.share")[age]
        * _by_urgency(parameters, "ed.admission.factor")[urgency],
        1,
    ) * (1 - parameters["demand.avoided.admissions"])
    goes_to = fate.uniform()
    icu_share = _share_of_urgent(parameters, "ed.icu.share", ("U0", "U1", "U2"))[urgency]
    theatre_share = _share_of_urgent(parameters, "ed.theatre.share", ("U0", "U1", "U2", "U3"))[
        urgency
    ]
    to_icu = goes_to < icu_share
    to_theatre = ~to_icu & (goes_to < icu_share + theatre_share)
    is_a1 = fate.uniform() < _a1_share(parameters)[urgency]
    is_designated = fate.uniform() < parameters["ed.stop.designated_share"]

    by_ambulance = way == ArrivalMode.AMBULANCE
    trauma = draws(Purpose.VISIT_TRAUMA)
    severe = by_ambulance & (trauma.uniform() < _severe_trauma_share(parameters)[urgency])
    direct = severe & (trauma.uniform() < parameters["ed.severe_trauma.direct"])
    on_scene, handover = ambulance_minutes(draws(Purpose.VISIT_AMBULANCE), parameters)
    stay = stay_columns(draws(Purpose.VISIT_STAY), parameters, age, to_theatre, to_icu)
    observed = draws(Purpose.VISIT_OBSERVATION)
    return Visits(
        **columns(
            EVERYONE,
            patient=numbers,
            time=time,
            cell=cell,
            age=age,
            urgency=urgency,
            by_ambulance=by_ambulance,
            is_a1=is_a1,
            despite_stop=(urgency == 0) | ((urgency == 1) & is_designated),
            is_severe_trauma=severe,
            to_trauma_centre=direct,
            dispatch=normal_step(draws(Purpose.VISIT_DISPATCH), parameters, "ambulance.dispatch"),
            on_scene=on_scene,
            handover=handover,
            patience=_patience(draws(Purpose.VISIT_PATIENCE), parameters, urgency),
            is_admitted=admitted | to_icu | to_theatre,
            to_theatre=to_theatre,
            to_icu=to_icu,
            to_observation=observed.uniform() < parameters["ed.observation.share"],
            observation=normal_step(observed, parameters, "ed.observation"),
            **_course(draws(Purpose.VISIT_COURSE), parameters, age, time),
        ),
        stays=Stays(**columns(EVERYONE, **stay)),
    )


def _severe_trauma_share(parameters: Parameters) -> FloatArray:
    """Return the share of severe injury among those brought by ambulance, by urgency."""
    return _share_of_urgent(parameters, "ed.severe_trauma.share", ("U0", "U1"))


def _way_shares(parameters: Parameters) -> tuple[float, float, float]:
    """Return the share of visits by each way in, in the order of `ArrivalMode`."""
    share = _by_urgency(parameters, "ed.triage.share")
    ambulance = float((share * _by_urgency(parameters, "ed.ambulance.share")).sum())
    own = (1 - ambulance) * parameters["ed.self_referral.share"]
    return ambulance, 1 - ambulance - own, own


def _arrivals(
    horizon: Horizon, parameters: Parameters, per_week: float
) -> tuple[FloatArray, IntArray]:
    """Draw when visits come and by which way, each way with its own shape of the week.

    The shapes of ambulance and self-referral are given; that of referral by the GP is what they
    leave of the shape of all visits.
    """
    ambulance, _, own = _way_shares(parameters)
    week = week_shape("ed")
    everyone = hour_weights(
        day_shape("ed_arrivals_weekday"), day_shape("ed_arrivals_weekend"), week
    )
    of_ambulance, of_own = (
        hour_weights(day_shape(name), day_shape(name), week)
        for name in ("ambulance_A1_A2", "ed_self_referral")
    )
    of_referral = np.maximum(everyone - ambulance * of_ambulance - own * of_own, 0)
    rng = horizon.generator(Purpose.VISIT_WHEN)
    days = day_factors(rng, horizon.weeks, parameters["demand.ed.day_cv"])
    times = [
        arrival_times(rng, per_week * part * CEILING, hours / hours.sum(), horizon.weeks, days)
        for part, hours in (
            (ambulance, of_ambulance),
            (1 - ambulance - own, of_referral),
            (own, of_own),
        )
    ]
    time, way = (
        np.concatenate(times),
        np.repeat(list(ArrivalMode), [len(stream) for stream in times]),
    )
    order = np.argsort(time, kind="stable")
    return time[order], way[order]


def _urgency(
    uniform: FloatArray,
    parameters: Parameters,
    way: IntArray,
    age: IntArray,
    visits_by_age: FloatArray,
) -> IntArray:
    """Draw the triage class: who comes by ambulance, and who is older, is more urgent.

    The shares are tilted by way and age such that the mix over all visits is the given one.
    """
    share = _by_urgency(parameters, "ed.triage.share")
    by_ambulance = _by_urgency(parameters, "ed.ambulance.share")
    factor = _by_urgency(parameters, "ed.triage.factor_65_plus")
    older_share = visits_by_age[Age.SENIOR :].sum() / visits_by_age.sum()
    younger = share / (1 + older_share * (factor - 1))
    table = np.array(
        [
            by_age_band * of_way
            for of_way in (1 - by_ambulance, by_ambulance)
            for by_age_band in (younger, younger * factor)
        ]
    )
    cumulative = np.cumsum(table, axis=1) / table.sum(axis=1, keepdims=True)
    row = 2 * (way == ArrivalMode.AMBULANCE) + (age >= Age.SENIOR)
    return (uniform[:, None] >= cumulative[row]).sum(axis=1).clip(max=len(URGENCIES) - 1)


def _a1_share(parameters: Parameters) -> FloatArray:
    u2, u3 = parameters["ambulance.a1_share.U2"], parameters["ambulance.a1_share.U3"]
    return np.array([1, 1, u2, u3, 0, 0])


def _by_urgency(parameters: Parameters, prefix: ParameterPrefix) -> FloatArray:
    return np.array([parameters.of(prefix, urgency) for urgency in URGENCIES])


def _share_of_urgent(
    parameters: Parameters, prefix: ParameterPrefix, urgencies: tuple[str, ...]
) -> FloatArray:
    return np.array(
        [parameters.of(prefix, name) if name in urgencies else 0.0 for name in URGENCIES]
    )


def _course(
    draws: Draws, parameters: Parameters, age: IntArray, time: FloatArray
) -> dict[str, FloatArray]:
    """Draw the durations of each step in the emergency department."""
    older = age >= Age.SENIOR
    slower = np.array([1, 1, *(parameters.of("ed.slower", band) for band in ("65_79", "80_plus"))])
    hour = time / MINUTES_PER_HOUR % HOURS_PER_DAY
    at_night = (hour >= parameters["ed.night.start"]) | (hour < parameters["ed.night.end"])
    later = np.where(at_night, parameters["ed.consult.night_factor"], 1.0)

    def by_older(prefix: ParameterPrefix) -> FloatArray:
        return np.where(older, parameters.of(prefix, "65_plus"), parameters.of(prefix, "under_65"))

    def step(name: ParameterPrefix) -> FloatArray:
        return normal_step(draws, parameters, name)

    has_consult = draws.uniform() < parameters["ed.consult.share"]
    return {
        "triage": triangular(
            draws.uniform(),
            parameters["ed.triage.min"],
            parameters["ed.triage.mode"],
            parameters["ed.triage.max"],
        ),
        "assessment": step("ed.doctor") * slower[age],
        "laboratory": optional(draws, by_older("ed.lab.share"), step("ed.lab")),
        "xray": optional(draws, parameters["ed.xray.share"], step("ed.xray")),
        "ct": optional(draws, by_older("ed.ct.share"), step("ed.ct")),
        "consult_delay": np.where(has_consult, step("ed.consult.delay") * later, 0.0),
        "consult": np.where(has_consult, step("ed.consult"), 0.0),
        "treatment": step("ed.treatment") * slower[age],
        "boarding": step("ed.boarding"),
    }


def _patience(draws: Draws, parameters: Parameters, urgency: IntArray) -> FloatArray:
    minutes = exponential(draws.uniform(), parameters["ed.patience.mean"])
    return np.where(urgency >= FIRST_PATIENT_URGENCY, minutes, np.inf)
