"""Who gives birth, where she intends to, and how long it takes: drawn before the day begins."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.units import WEEKS_PER_YEAR
from sim.patients.cohort import CEILING, Cohort, Horizon, births_growth, columns, draw_home, kept
from sim.patients.durations import call_in_factor
from sim.patients.elective import recovery_minutes
from sim.random.distributions import (
    arrival_times,
    choice,
    exponential,
    hour_weights,
    lognormal,
    lognormal_from_quantiles,
)
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    import pandas as pd

    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.keys import ParameterPrefix
    from scenarios.parameters.registry import Parameters


AGE_BANDS = ("15_19", "20_24", "25_29", "30_34", "35_39", "40_44", "45_49")
PER_THOUSAND = 1000
_NOT_SPONTANEOUS: tuple[ParameterPrefix, ...] = (
    "maternity.mode.instrumental",
    "maternity.mode.planned_caesarean",
    "maternity.mode.unplanned_caesarean",
)


class BirthPlace(IntEnum):
    """Where and under whose lead a birth ends when all goes as planned or referred."""

    HOME = 0
    FIRST_LINE = 1  # midwife-led, in a delivery room of the hospital
    BIRTH_CENTRE = 2  # midwife-led, in the birth centre at the hospital
    HOSPITAL = 3
    REFERRED = 4  # began with the midwife at home, referred in labour


class Mode(IntEnum):
    """How the child is born."""

    SPONTANEOUS = 0
    INSTRUMENTAL = 1
    PLANNED_CAESAREAN = 2
    UNPLANNED_CAESAREAN = 3


@dataclass(frozen=True)
class Births:
    """Women giving birth; durations in minutes.

    `time` is when active labour begins, or when she comes for induction or a planned caesarean.
    """

    patient: Sequence[int]
    time: Sequence[float]
    cell: Sequence[int]
    age: Sequence[int]  # position in `AGE_BANDS`
    is_nulliparous: list[bool]
    place: Sequence[int]
    mode: Sequence[int]
    is_induced: list[bool]
    ripens_at_home: list[bool]
    ripening: Sequence[float]  # 0: not needed
    labour: Sequence[float]  # active first and second stage
    calls_ahead: list[bool]
    is_urgent_referral: list[bool]
    has_epidural: list[bool]
    is_cat1: list[bool]
    prepare: Sequence[float]  # decision to incision when theatre and team are ready
    call_in: Sequence[float]  # how long who is called from home takes, as a factor on the median
    has_postpartum_operation: list[bool]
    recovery: Sequence[float]
    room_after_birth: Sequence[float]
    stay: Sequence[float]  # on the maternity ward; 0: straight home
    to_nicu: list[bool]
    neonatal: Sequence[float]  # of the child; 0: none


def sample_births(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int
) -> Births:
    """Draw every birth of the horizon.

    Who gives birth follows from women by age and cell and the birth rates of their ages. The mode
    is drawn first, by parity. Births by instrument or caesarean are hospital-led; the spontaneous
    ones are divided so that home and first-line births reach their measured shares.
    """
    expected = _expected(parameters, cells)
    rng = horizon.generator(Purpose.BIRTH_WHEN)
    shape = day_shape("births_spontaneous")
    birth = arrival_times(
        rng,
        expected.sum() / WEEKS_PER_YEAR * CEILING,
        hour_weights(shape, shape, week_shape("births")),
        horizon.weeks,
    )
    count = len(birth)
    cell, age = draw_home(horizon.generator(Purpose.BIRTH_WHERE), expected, count)
    growth = births_growth(parameters, cells, year, cell, birth)
    keep = kept(horizon.generator(Purpose.BIRTH_COUNT), growth, count)
    course = horizon.generator(Purpose.BIRTH_COURSE)
    nulli = course.random(count) < _nulliparous_share(parameters, expected)[age]
    mode = _mode(course.random(count), parameters, nulli)
    place = _place(course.random((2, count)), parameters, mode, nulli)
    is_induced = _induced(course.random(count), parameters, mode, place)
    labour = _labour(horizon.generator(Purpose.BIRTH_DURATION), parameters, nulli, is_induced)
    hospital_led = place >= BirthPlace.HOSPITAL
    vaginal = mode <= Mode.INSTRUMENTAL
    start = np.select(
        [mode == Mode.PLANNED_CAESAREAN, is_induced],
        [
            _at_hours(rng, birth, "planned_caesarean_weekday", "planned_caesarean"),
            _intake(horizon.generator(Purpose.BIRTH_INDUCTION), parameters, birth),
        ],
        birth - labour,
    )
    cat1 = course.random(count) < parameters["maternity.caesarean.cat1"]
    prepare = parameters["maternity.caesarean.prepare.median"] * np.exp(
        parameters["maternity.caesarean.prepare.sigma"] * course.standard_normal(count)
    )
    postpartum = course.random(count) < parameters["maternity.postpartum_operation.share"]
    begin = np.maximum(start, 0)
    comes = np.flatnonzero(keep)
    in_order = comes[np.argsort(begin[comes], kind="stable")]
    care = _care(horizon.generator(Purpose.BIRTH_CARE), parameters, mode, place)
    return Births(
        **columns(
            in_order,
            patient=Cohort.BIRTH.numbers(count),
            time=begin,
            cell=cell,
            age=age,
            is_nulliparous=nulli,
            place=place,
            mode=mode,
            is_induced=is_induced,
            labour=labour,
            is_urgent_referral=course.random(count) < parameters["maternity.referral.urgent"],
            is_cat1=cat1,
            prepare=prepare,
            call_in=call_in_factor(horizon.generator(Purpose.BIRTH_CALL_IN), parameters, count),
            has_postpartum_operation=postpartum & vaginal & hospital_led,
            to_nicu=hospital_led & (course.random(count) < parameters["maternity.nicu.share"]),
            **care,
        )
    )


def _expected(parameters: Parameters, cells: pd.DataFrame) -> FloatArray:
    """Return the births a year by cell and age of the mother, shape (cells, bands)."""
    women = cells[[f"women_{band}" for band in AGE_BANDS]].to_numpy(dtype=float)
    rates = np.array([parameters.of("maternity.fertility", band) for band in AGE_BANDS])
    return women * rates / PER_THOUSAND * parameters["demand.births.level"]


def _nulliparous_share(parameters: Parameters, expected: FloatArray) -> FloatArray:
    """Return the share of first births by age, scaled to the measured share over all ages."""
    by_age = np.array([parameters.of("maternity.nulliparous", band) for band in AGE_BANDS])
    together = np.average(by_age, weights=expected.sum(axis=0))
    return by_age * parameters["maternity.share.nulliparous"] / together


def _intake(rng: np.random.Generator, parameters: Parameters, birth: FloatArray) -> FloatArray:
    """Draw when a woman comes for induction: by weekday, in the hours of intake."""
    count = len(birth)
    day = choice(rng.random(count), week_shape("induction"))
    first = parameters["maternity.induction.first_hour"]
    last = parameters["maternity.induction.last_hour"]
    hour = first + rng.random(count) * (last - first)
    monday: FloatArray = np.floor(birth / MINUTES_PER_WEEK) * MINUTES_PER_WEEK
    return monday + day * MINUTES_PER_DAY + hour * MINUTES_PER_HOUR


def _care(
    rng: np.random.Generator, parameters: Parameters, mode: IntArray, place: IntArray
) -> dict[str, FloatArray | BoolArray]:
    """Draw the care around a birth: ripening, epidural, recovery, stay, the newborn."""
    count = len(mode)
    hospital_led = place >= BirthPlace.HOSPITAL
    labours = hospital_led & (mode != Mode.PLANNED_CAESAREAN)
    epidural = parameters["maternity.epidural.share"] * count / max(labours.sum(), 1)
    days = np.select(
        [~hospital_led, mode >= Mode.PLANNED_CAESAREAN, mode == Mode.INSTRUMENTAL],
        [
            0.0,
            parameters["maternity.stay.caesarean"],
            parameters["maternity.stay.instrumental"],
        ],
        parameters["maternity.stay.vaginal"],
    )
    spread = lognormal(rng.standard_normal(count), 1.0, parameters["maternity.stay.cv"])
    is_ill = hospital_led & (rng.random(count) < parameters["maternity.neonatal.share"])
    neonatal = exponential(rng.random(count), parameters["maternity.neonatal.days"])
    in_room = np.where(
        hospital_led,
        parameters["maternity.room_after_birth"],
        parameters["maternity.stay.first_line"],
    )
    ripening = lognormal(
        rng.standard_normal(count),
        parameters["maternity.ripening.mean"],
        parameters["maternity.ripening.sd"],
    )
    needs_ripening = rng.random(count) < parameters["maternity.ripening.share"]
    return {
        "ripens_at_home": rng.random(count) < parameters["maternity.ripening.at_home"],
        "ripening": np.where(needs_ripening, ripening * MINUTES_PER_HOUR, 0.0),
        "calls_ahead": rng.random(count) < parameters["maternity.call_ahead"],
        "has_epidural": labours & (rng.random(count) < epidural),
        "recovery": recovery_minutes(rng, parameters, count),
        "room_after_birth": in_room * MINUTES_PER_HOUR,
        "stay": days * spread * MINUTES_PER_DAY,
        "neonatal": np.where(is_ill, neonatal * MINUTES_PER_DAY, 0.0),
    }


def _by_parity(
    parameters: Parameters, prefix: ParameterPrefix, nulli: BoolArray, *parts: str
) -> FloatArray:
    """Return the value for each woman's parity, of keys that go on with some parts."""
    return np.where(
        nulli, parameters.of(prefix, "nulli", *parts), parameters.of(prefix, "multi", *parts)
    )


def _mode(uniform: FloatArray, parameters: Parameters, nulli: BoolArray) -> IntArray:
    instrumental, planned, unplanned = (
        _by_parity(parameters, prefix, nulli) for prefix in _NOT_SPONTANEOUS
    )
    edges = np.cumsum([unplanned, planned, instrumental], axis=0)
    return np.select(
        [uniform < edge for edge in edges],
        [Mode.UNPLANNED_CAESAREAN, Mode.PLANNED_CAESAREAN, Mode.INSTRUMENTAL],
        Mode.SPONTANEOUS,
    )


def _place(
    uniforms: FloatArray, parameters: Parameters, mode: IntArray, nulli: BoolArray
) -> IntArray:
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
            - parameters.of("maternity.mode.instrumental", parity)
            - parameters.of("maternity.mode.planned_caesarean", parity)
            - parameters.of("maternity.mode.unplanned_caesarean", parity)
        )
        for parity, weight in (("nulli", nulli_share), ("multi", 1 - nulli_share))
    )
    is_midwife_led = (mode == Mode.SPONTANEOUS) & (uniforms[0] < (home + first) / spontaneous)
    at_home = uniforms[0] < home / spontaneous
    referral = _by_parity(parameters, "maternity.referral", nulli)
    midwife_share = _by_parity_of_spontaneous(parameters, nulli) * (home + first) / spontaneous
    referred = midwife_share * referral / (1 - referral)
    planned = _by_parity(parameters, "maternity.mode.planned_caesarean", nulli)
    candidates = 1 - midwife_share - planned
    is_referred = (mode != Mode.PLANNED_CAESAREAN) & (uniforms[1] < referred / candidates)
    rest = (uniforms[0] * spontaneous - home) / first  # uniform among the others midwife-led
    in_centre = rest < parameters["maternity.place.birth_centre"]
    return np.select(
        [is_midwife_led & at_home, is_midwife_led & in_centre, is_midwife_led, is_referred],
        [BirthPlace.HOME, BirthPlace.BIRTH_CENTRE, BirthPlace.FIRST_LINE, BirthPlace.REFERRED],
        BirthPlace.HOSPITAL,
    )


def _by_parity_of_spontaneous(parameters: Parameters, nulli: BoolArray) -> FloatArray:
    others = [_by_parity(parameters, prefix, nulli) for prefix in _NOT_SPONTANEOUS]
    return 1 - np.sum(others, axis=0)


def _induced(
    uniform: FloatArray, parameters: Parameters, mode: IntArray, place: IntArray
) -> BoolArray:
    """Induction happens in hospital-led labours only; its share is of all births."""
    eligible = (place == BirthPlace.HOSPITAL) & (mode != Mode.PLANNED_CAESAREAN)
    share = parameters["maternity.induction"] / max(
        eligible.mean(), parameters["maternity.induction"]
    )
    return eligible & (uniform < share)


def _labour(
    rng: np.random.Generator, parameters: Parameters, nulli: BoolArray, is_induced: BoolArray
) -> FloatArray:
    count = len(nulli)
    quantiles = []
    for quantile in ("median", "p95"):
        spontaneous = _by_parity(parameters, "maternity.first_stage", nulli, quantile)
        induced = _by_parity(parameters, "maternity.first_stage_induced", nulli, quantile)
        quantiles.append(np.where(is_induced, induced, spontaneous) * MINUTES_PER_HOUR)
    first = lognormal_from_quantiles(rng.standard_normal(count), *quantiles)
    second = lognormal_from_quantiles(
        rng.standard_normal(count),
        _by_parity(parameters, "maternity.second_stage", nulli, "median"),
        _by_parity(parameters, "maternity.second_stage", nulli, "p95"),
    )
    return first + second


def _at_hours(rng: np.random.Generator, birth: FloatArray, shape: str, week: str) -> FloatArray:
    """Redraw moments in the same week by another shape of the day and the week."""
    hours = hour_weights(day_shape(shape), day_shape(shape), week_shape(week))
    minutes_per_week = len(hours) * MINUTES_PER_HOUR
    hour = choice(rng.random(len(birth)), hours) + rng.random(len(birth))
    return np.floor(birth / minutes_per_week) * minutes_per_week + hour * MINUTES_PER_HOUR
