"""Who comes to an emergency department, and who is admitted past it: drawn beforehand."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from scenarios.demand import Age
from scenarios.hours import HOURS_PER_DAY
from scenarios.parameters import Parameters, day_shape, week_shape
from sim.cohort import (
    CEILING,
    EVERYONE,
    WEEKS_PER_YEAR,
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
from sim.department import URGENCIES
from sim.draws import (
    Flags,
    Floats,
    Ints,
    arrival_times,
    choice,
    day_factors,
    exponential,
    hour_weights,
    lognormal,
    lognormal_from_median_and_mean,
    triangular,
)
from sim.journal import MINUTES_PER_DAY, MINUTES_PER_HOUR
from sim.streams import Purpose
from sim.surge import in_order_of_time, surge_groups

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.schema import Surge

FIRST_PATIENT_URGENCY = 3  # U3-U5 may leave unseen; U0-U2 are seen first
PER_THOUSAND = 1000


class Way(IntEnum):
    """How a patient comes to an emergency department."""

    AMBULANCE = 0
    REFERRAL = 1
    SELF = 2


@dataclass(frozen=True)
class Stays:
    """The clinical stay of patients admitted for acute care; durations in minutes."""

    los: Sequence[float]  # until well enough to leave, at the next discharge hours
    delayed: Sequence[float]
    discharge: Sequence[float]  # minute of the day of leaving
    icu_minutes: Sequence[float]  # 0: no intensive care
    surgery_class: Sequence[int]  # 0: none, else 1-4
    surgery_delay: Sequence[float]  # from bed to booking
    surgery_minutes: Sequence[float]


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


@dataclass(frozen=True)
class Directs:
    """Acute admissions that bypass the emergency department; durations in minutes."""

    patient: Sequence[int]
    time: Sequence[float]
    cell: Sequence[int]
    by_ambulance: list[bool]
    on_scene: Sequence[float]
    handover: Sequence[float]
    stays: Stays


def sample_visits(
    horizon: Horizon,
    parameters: Parameters,
    cells: pd.DataFrame,
    year: int,
    surge: Surge | None = None,
) -> Visits:
    """Draw every emergency visit of the horizon, by the three ways in, surges included."""
    rate = by_age(parameters, "demand.ed.rate.{}") * parameters["demand.ed.level"] / PER_THOUSAND
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
    numbers: Ints,
    time: Floats,
    way: Ints,
    cell: Ints,
    age: Ints,
    keep: Flags,
    visits_by_age: Floats,
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
        by_age(parameters, "ed.admission.share.{}")[age]
        * _by_urgency(parameters, "ed.admission.factor.{}")[urgency],
        1,
    ) * (1 - parameters["demand.avoided.admissions"])
    goes_to = fate.uniform()
    icu_share = _share_of_urgent(parameters, "ed.icu.share.{}", ("U0", "U1", "U2"))[urgency]
    theatre_share = _share_of_urgent(parameters, "ed.theatre.share.{}", ("U0", "U1", "U2", "U3"))[
        urgency
    ]
    to_icu = goes_to < icu_share
    to_theatre = ~to_icu & (goes_to < icu_share + theatre_share)
    is_a1 = fate.uniform() < _a1_share(parameters)[urgency]
    is_designated = fate.uniform() < parameters["ed.stop.designated_share"]

    by_ambulance = way == Way.AMBULANCE
    trauma = draws(Purpose.VISIT_TRAUMA)
    severe = by_ambulance & (trauma.uniform() < _severe_trauma_share(parameters)[urgency])
    direct = severe & (trauma.uniform() < parameters["ed.severe_trauma.direct"])
    on_scene, handover = _ambulance_minutes(draws(Purpose.VISIT_AMBULANCE), parameters)
    stay = _stay_columns(draws(Purpose.VISIT_STAY), parameters, age, to_theatre, to_icu)
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
            on_scene=on_scene,
            handover=handover,
            patience=_patience(draws(Purpose.VISIT_PATIENCE), parameters, urgency),
            is_admitted=admitted | to_icu | to_theatre,
            to_theatre=to_theatre,
            to_icu=to_icu,
            to_observation=observed.uniform() < parameters["ed.observation.share"],
            observation=_normal_step(observed, parameters, "ed.observation"),
            **_course(draws(Purpose.VISIT_COURSE), parameters, age, time),
        ),
        stays=Stays(**columns(EVERYONE, **stay)),
    )


def _severe_trauma_share(parameters: Parameters) -> Floats:
    """Return the share of severe injury among those brought by ambulance, by urgency."""
    return _share_of_urgent(parameters, "ed.severe_trauma.share.{}", ("U0", "U1"))


def _way_shares(parameters: Parameters) -> tuple[float, float, float]:
    """Return the share of visits by each way in, in the order of `Way`."""
    share = _by_urgency(parameters, "ed.triage.share.{}")
    ambulance = float((share * _by_urgency(parameters, "ed.ambulance.share.{}")).sum())
    own = (1 - ambulance) * parameters["ed.self_referral.share"]
    return ambulance, 1 - ambulance - own, own


def _arrivals(horizon: Horizon, parameters: Parameters, per_week: float) -> tuple[Floats, Ints]:
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
    time, way = np.concatenate(times), np.repeat(list(Way), [len(stream) for stream in times])
    order = np.argsort(time, kind="stable")
    return time[order], way[order]


def _urgency(
    uniform: Floats, parameters: Parameters, way: Ints, age: Ints, visits_by_age: Floats
) -> Ints:
    """Draw the triage class: who comes by ambulance, and who is older, is more urgent.

    The shares are tilted by way and age such that the mix over all visits is the given one.
    """
    share = _by_urgency(parameters, "ed.triage.share.{}")
    by_ambulance = _by_urgency(parameters, "ed.ambulance.share.{}")
    factor = _by_urgency(parameters, "ed.triage.factor_65_plus.{}")
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
    row = 2 * (way == Way.AMBULANCE) + (age >= Age.SENIOR)
    drawn: Ints = (uniform[:, None] >= cumulative[row]).sum(axis=1).clip(max=len(URGENCIES) - 1)
    return drawn


def _a1_share(parameters: Parameters) -> Floats:
    u2, u3 = parameters["ambulance.a1_share.U2"], parameters["ambulance.a1_share.U3"]
    return np.array([1, 1, u2, u3, 0, 0])


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
    growth = acute_growth(parameters, cells, year, cell, age, time)
    growth = growth * (1 - parameters["demand.avoided.admissions"])
    keep = kept(horizon.generator(Purpose.DIRECT_COUNT), growth, count)
    time = time[keep]
    numbers, cell, age = (column[keep] for column in (Cohort.DIRECT.numbers(count), cell, age))
    course = Draws(horizon.generator(Purpose.DIRECT_COURSE), keep)
    on_scene, handover = _ambulance_minutes(course, parameters)
    nobody = np.zeros(len(time), dtype=bool)
    stay_draws = Draws(horizon.generator(Purpose.DIRECT_STAY), keep)
    stay = _stay_columns(stay_draws, parameters, age, nobody, nobody)
    return Directs(
        **columns(
            EVERYONE,
            patient=numbers,
            time=time,
            cell=cell,
            by_ambulance=course.uniform() < parameters["ambulance.direct_share"],
            on_scene=on_scene,
            handover=handover,
        ),
        stays=Stays(**columns(EVERYONE, **stay)),
    )


def _by_urgency(parameters: Parameters, key: str) -> Floats:
    return np.array([parameters[key.format(urgency)] for urgency in URGENCIES])


def _share_of_urgent(parameters: Parameters, key: str, urgencies: tuple[str, ...]) -> Floats:
    return np.array(
        [parameters[key.format(name)] if name in urgencies else 0.0 for name in URGENCIES]
    )


def _course(draws: Draws, parameters: Parameters, age: Ints, time: Floats) -> dict[str, Floats]:
    """Draw the durations of each step in the emergency department."""
    older = age >= Age.SENIOR
    slower = np.array([1, 1, *(parameters[f"ed.slower.{band}"] for band in ("65_79", "80_plus"))])
    hour = time / MINUTES_PER_HOUR % HOURS_PER_DAY
    at_night = (hour >= parameters["ed.night.start"]) | (hour < parameters["ed.night.end"])
    later = np.where(at_night, parameters["ed.consult.night_factor"], 1.0)

    def by_older(key: str) -> Floats:
        values: Floats = np.where(
            older, parameters[f"{key}.65_plus"], parameters[f"{key}.under_65"]
        )
        return values

    def step(key: str) -> Floats:
        return _normal_step(draws, parameters, key)

    has_consult = draws.uniform() < parameters["ed.consult.share"]
    return {
        "triage": triangular(
            draws.uniform(),
            parameters["ed.triage.min"],
            parameters["ed.triage.mode"],
            parameters["ed.triage.max"],
        ),
        "assessment": step("ed.doctor") * slower[age],
        "laboratory": _optional(draws, by_older("ed.lab.share"), step("ed.lab")),
        "xray": _optional(draws, parameters["ed.xray.share"], step("ed.xray")),
        "ct": _optional(draws, by_older("ed.ct.share"), step("ed.ct")),
        "consult_delay": np.where(has_consult, step("ed.consult.delay") * later, 0.0),
        "consult": np.where(has_consult, step("ed.consult"), 0.0),
        "treatment": step("ed.treatment") * slower[age],
        "boarding": step("ed.boarding"),
    }


def _normal_step(draws: Draws, parameters: Parameters, key: str) -> Floats:
    return lognormal(draws.normal(), parameters[f"{key}.mean"], parameters[f"{key}.sd"])


def _optional(draws: Draws, share: Floats | float, minutes: Floats) -> Floats:
    """Return the minutes where the step is done, else 0."""
    done: Floats = np.where(draws.uniform() < share, minutes, 0.0)
    return done


def _patience(draws: Draws, parameters: Parameters, urgency: Ints) -> Floats:
    minutes = exponential(draws.uniform(), parameters["ed.patience.mean"])
    unlimited: Floats = np.where(urgency >= FIRST_PATIENT_URGENCY, minutes, np.inf)
    return unlimited


def _ambulance_minutes(draws: Draws, parameters: Parameters) -> tuple[Floats, Floats]:
    on_scene = _normal_step(draws, parameters, "ambulance.scene.transport")
    return on_scene, _normal_step(draws, parameters, "ambulance.handover")


def _stay_columns(
    draws: Draws,
    parameters: Parameters,
    age: Ints,
    to_theatre: Flags,
    to_icu: Flags,
) -> dict[str, Floats | Ints]:
    bands = np.array([0, 0, 1, 2])[age]
    mean = np.array(
        [parameters[f"ward.los.{band}.mean"] for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    delayed_share = np.array(
        [parameters[f"ward.delayed.share.{band}"] for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    los = lognormal(draws.normal(), mean, mean * parameters["ward.los.cv"])
    delayed = _optional(
        draws, delayed_share, exponential(draws.uniform(), parameters["ward.delayed.days"])
    )
    icu = lognormal_from_median_and_mean(
        draws.normal(), parameters["icu.los.median"], parameters["icu.los.mean"]
    )
    uniform = draws.uniform()
    icu_share = np.where(
        to_theatre, parameters["theatre.emergency.icu"], parameters["ward.icu.share"]
    )
    class_uniform = draws.uniform()
    from_ward = draws.uniform() < parameters["ward.operation.share"]
    direct_class = np.where(class_uniform < parameters["ed.theatre.cat1_share"], 1, 2)
    ward_class = np.where(class_uniform < parameters["ward.operation.cat4_share"], 4, 3)
    surgery = np.select([to_theatre, from_ward & ~to_icu], [direct_class, ward_class], 0)
    return {
        "los": np.maximum(los * MINUTES_PER_DAY - _mean_wait_for_discharge(parameters), 0),
        "discharge": _discharge(draws.uniform(), parameters),
        "delayed": delayed * MINUTES_PER_DAY,
        "icu_minutes": np.where(to_icu | (uniform < icu_share), icu * MINUTES_PER_DAY, 0.0),
        "surgery_class": surgery,
        "surgery_delay": np.where(
            to_theatre, 0.0, exponential(draws.uniform(), parameters["ward.operation.delay.mean"])
        ),
        "surgery_minutes": _normal_step(draws, parameters, "theatre.emergency"),
    }


def _mean_wait_for_discharge(parameters: Parameters) -> float:
    """Return how long patients wait on average for discharge hours, which is part of the stay.

    Who is ready outside those hours, a share `gap` of the day, waits half the gap for them to
    begin and then, at a uniform moment, half their length.
    """
    length = (parameters["ward.discharge.end"] - parameters["ward.discharge.start"]) / HOURS_PER_DAY
    gap = 1 - length
    return gap * (gap + length) / 2 * MINUTES_PER_DAY


def _discharge(uniform: Floats, parameters: Parameters) -> Floats:
    """Return the minute of the day at which each leaves who was ready outside discharge hours."""
    start, end = parameters["ward.discharge.start"], parameters["ward.discharge.end"]
    return (start + (end - start) * uniform) * MINUTES_PER_HOUR
