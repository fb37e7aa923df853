"""Who gives birth, where she intends to, and how long it takes: drawn before the day begins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.demand import trend_growth
from scenarios.parameters import Parameters, day_shape, week_shape
from sim.cohort import CEILING, WEEKS_PER_YEAR, Cohort, Horizon, columns, draw_home, kept
from sim.draws import (
    Flags,
    Floats,
    Ints,
    arrival_times,
    choice,
    hour_weights,
    lognormal_from_quantiles,
)
from sim.journal import MINUTES_PER_HOUR
from sim.streams import Purpose

if TYPE_CHECKING:
    import pandas as pd


class Place(IntEnum):
    """Where and under whose lead a birth ends when all goes as planned or referred."""

    HOME = 0
    FIRST_LINE = 1
    HOSPITAL = 2
    REFERRED = 3  # began with the midwife at home, referred in labour


class Mode(IntEnum):
    """How the child is born."""

    SPONTANEOUS = 0
    INSTRUMENTAL = 1
    PLANNED_CAESAREAN = 2
    UNPLANNED_CAESAREAN = 3


@dataclass(frozen=True)
class Births:
    """Women giving birth; `time` is when active labour begins, in minutes as all durations."""

    patient: list[int]
    time: list[float]
    cell: list[int]
    place: list[int]
    mode: list[int]
    is_induced: list[bool]
    labour: list[float]  # active first and second stage
    is_urgent_referral: list[bool]
    is_cat1: list[bool]
    prepare: list[float]  # decision to incision when theatre and team are ready
    has_postpartum_operation: list[bool]
    to_nicu: list[bool]


def sample_births(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int
) -> Births:
    """Draw every birth of the horizon.

    The mode is drawn first, by parity. Births by instrument or caesarean are hospital-led; the
    spontaneous ones are divided so that home and first-line births reach their measured shares.
    """
    expected = cells[["births"]].to_numpy(dtype=float) * parameters["demand.births.level"]
    rng = horizon.generator(Purpose.BIRTH_WHEN)
    shape = day_shape("births_spontaneous")
    birth = arrival_times(
        rng,
        expected.sum() / WEEKS_PER_YEAR * CEILING,
        hour_weights(shape, shape, week_shape("births")),
        horizon.weeks,
    )
    count = len(birth)
    cell, _ = draw_home(horizon.generator(Purpose.BIRTH_WHERE), expected, count)
    keep = kept(
        horizon.generator(Purpose.BIRTH_COUNT), trend_growth(parameters, "births", year), count
    )
    course = horizon.generator(Purpose.BIRTH_COURSE)
    nulli = course.random(count) < parameters["maternity.share.nulliparous"]
    mode = _mode(course.random(count), parameters, nulli)
    place = _place(course.random((2, count)), parameters, mode, nulli)
    is_induced = _induced(course.random(count), parameters, mode, place)
    labour = _labour(horizon.generator(Purpose.BIRTH_DURATION), parameters, nulli, is_induced)
    hospital_led = place >= Place.HOSPITAL
    vaginal = mode <= Mode.INSTRUMENTAL
    start = np.select(
        [mode == Mode.PLANNED_CAESAREAN, is_induced],
        [
            _at_hours(rng, birth, "planned_caesarean_weekday", "planned_caesarean"),
            _at_hours(rng, birth, "births_after_induction", "births") - labour,
        ],
        birth - labour,
    )
    cat1 = course.random(count) < parameters["maternity.caesarean.cat1"]
    prepare = parameters["maternity.caesarean.prepare.median"] * np.exp(
        parameters["maternity.caesarean.prepare.sigma"] * course.standard_normal(count)
    )
    postpartum = course.random(count) < parameters["maternity.postpartum_operation.share"]
    columns_kept = columns(
        keep,
        patient=Cohort.BIRTH.numbers(count),
        time=np.maximum(start, 0),
        cell=cell,
        place=place,
        mode=mode,
        is_induced=is_induced,
        labour=labour,
        is_urgent_referral=course.random(count) < parameters["maternity.referral.urgent"],
        is_cat1=cat1,
        prepare=prepare,
        has_postpartum_operation=postpartum & vaginal & hospital_led,
        to_nicu=hospital_led & (course.random(count) < parameters["maternity.nicu.share"]),
    )
    return Births(**_in_order(columns_kept))


def _in_order(table: dict[str, list[Any]]) -> dict[str, list[Any]]:
    order = np.argsort(table["time"], kind="stable")
    return {name: [values[row] for row in order] for name, values in table.items()}


def _by_parity(parameters: Parameters, key: str, nulli: Flags) -> Floats:
    values: Floats = np.where(
        nulli, parameters[key.format("nulli")], parameters[key.format("multi")]
    )
    return values


def _mode(uniform: Floats, parameters: Parameters, nulli: Flags) -> Ints:
    instrumental, planned, unplanned = (
        _by_parity(parameters, f"maternity.mode.{mode}.{{}}", nulli)
        for mode in ("instrumental", "planned_caesarean", "unplanned_caesarean")
    )
    edges = np.cumsum([unplanned, planned, instrumental], axis=0)
    return np.select(
        [uniform < edge for edge in edges],
        [Mode.UNPLANNED_CAESAREAN, Mode.PLANNED_CAESAREAN, Mode.INSTRUMENTAL],
        Mode.SPONTANEOUS,
    )


def _place(uniforms: Floats, parameters: Parameters, mode: Ints, nulli: Flags) -> Ints:
    """Divide births over places so that the shares over all births are the measured ones.

    Of those hospital-led without a planned caesarean, some began with the midwife: as many as
    make `referral` the share of midwife-led starts that is referred.
    """
    nulli_share = parameters["maternity.share.nulliparous"]
    home, first = parameters["maternity.place.home"], parameters["maternity.place.first_line"]
    spontaneous = sum(
        weight
        * (
            1
            - parameters[f"maternity.mode.instrumental.{parity}"]
            - parameters[f"maternity.mode.planned_caesarean.{parity}"]
            - parameters[f"maternity.mode.unplanned_caesarean.{parity}"]
        )
        for parity, weight in (("nulli", nulli_share), ("multi", 1 - nulli_share))
    )
    is_midwife_led = (mode == Mode.SPONTANEOUS) & (uniforms[0] < (home + first) / spontaneous)
    at_home = uniforms[0] < home / spontaneous
    referral = _by_parity(parameters, "maternity.referral.{}", nulli)
    midwife_share = _by_parity_of_spontaneous(parameters, nulli) * (home + first) / spontaneous
    referred = midwife_share * referral / (1 - referral)
    planned = _by_parity(parameters, "maternity.mode.planned_caesarean.{}", nulli)
    candidates = 1 - midwife_share - planned
    is_referred = (mode != Mode.PLANNED_CAESAREAN) & (uniforms[1] < referred / candidates)
    return np.select(
        [is_midwife_led & at_home, is_midwife_led, is_referred],
        [Place.HOME, Place.FIRST_LINE, Place.REFERRED],
        Place.HOSPITAL,
    )


def _by_parity_of_spontaneous(parameters: Parameters, nulli: Flags) -> Floats:
    others = [
        _by_parity(parameters, f"maternity.mode.{mode}.{{}}", nulli)
        for mode in ("instrumental", "planned_caesarean", "unplanned_caesarean")
    ]
    spontaneous: Floats = 1 - np.sum(others, axis=0)
    return spontaneous


def _induced(uniform: Floats, parameters: Parameters, mode: Ints, place: Ints) -> Flags:
    """Induction happens in hospital-led labours only; its share is of all births."""
    eligible = (place == Place.HOSPITAL) & (mode != Mode.PLANNED_CAESAREAN)
    share = parameters["maternity.induction"] / max(
        eligible.mean(), parameters["maternity.induction"]
    )
    induced: Flags = eligible & (uniform < share)
    return induced


def _labour(
    rng: np.random.Generator, parameters: Parameters, nulli: Flags, is_induced: Flags
) -> Floats:
    count = len(nulli)
    quantiles = []
    for quantile in ("median", "p95"):
        spontaneous = _by_parity(parameters, f"maternity.first_stage.{{}}.{quantile}", nulli)
        induced = _by_parity(parameters, f"maternity.first_stage_induced.{{}}.{quantile}", nulli)
        quantiles.append(np.where(is_induced, induced, spontaneous) * MINUTES_PER_HOUR)
    first = lognormal_from_quantiles(rng.standard_normal(count), *quantiles)
    second = lognormal_from_quantiles(
        rng.standard_normal(count),
        _by_parity(parameters, "maternity.second_stage.{}.median", nulli),
        _by_parity(parameters, "maternity.second_stage.{}.p95", nulli),
    )
    return first + second


def _at_hours(rng: np.random.Generator, birth: Floats, shape: str, week: str) -> Floats:
    """Redraw moments in the same week by another shape of the day and the week."""
    hours = hour_weights(day_shape(shape), day_shape(shape), week_shape(week))
    minutes_per_week = len(hours) * MINUTES_PER_HOUR
    hour = choice(rng.random(len(birth)), hours) + rng.random(len(birth))
    moved: Floats = np.floor(birth / minutes_per_week) * minutes_per_week + hour * MINUTES_PER_HOUR
    return moved
