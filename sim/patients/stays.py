"""How long an admission lasts: bed, intensive care, theatre, delayed discharge; drawn before."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.units import HOURS_PER_DAY
from sim.patients.durations import normal_step, optional
from sim.random.distributions import exponential, lognormal, lognormal_from_median_and_mean
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.registry import Parameters
    from sim.patients.cohort import Draws


@dataclass(slots=True)
class Stay:
    """The clinical stay of one patient, with what `Stays` holds in columns."""

    los: float
    delayed: float
    discharge: float
    icu_minutes: float
    surgery_class: int
    surgery_delay: float


@dataclass(frozen=True)
class Stays:
    """The clinical stays of patients admitted for acute care; durations in minutes."""

    los: Sequence[float]  # until well enough to leave, at the next discharge hours
    delayed: Sequence[float]
    discharge: Sequence[float]  # minute of the day of leaving
    icu_minutes: Sequence[float]  # 0: no intensive care
    surgery_class: Sequence[int]  # 0: none, else 1-4
    surgery_delay: Sequence[float]  # from bed to booking
    surgery_minutes: Sequence[float]

    def of(self, row: int) -> Stay:
        """Return the stay of one patient."""
        return Stay(
            self.los[row],
            self.delayed[row],
            self.discharge[row],
            self.icu_minutes[row],
            self.surgery_class[row],
            self.surgery_delay[row],
        )


def stay_columns(
    draws: Draws,
    parameters: Parameters,
    age: IntArray,
    to_theatre: BoolArray,
    to_icu: BoolArray,
) -> dict[str, FloatArray | IntArray]:
    """Return the columns of `Stays` for admitted people, by their age band and what they need."""
    bands = np.array([0, 0, 1, 2])[age]
    mean = np.array(
        [parameters.of("ward.los", band, "mean") for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    delayed_share = np.array(
        [parameters.of("ward.delayed.share", band) for band in ("under_65", "65_79", "80_plus")]
    )[bands]
    los = lognormal(draws.normal(), mean, mean * parameters["ward.los.cv"])
    delayed = optional(
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
        "surgery_minutes": normal_step(draws, parameters, "theatre.emergency"),
    }


def _mean_wait_for_discharge(parameters: Parameters) -> float:
    """Return how long patients wait on average for discharge hours, which is part of the stay.

    Who is ready outside those hours, a share `gap` of the day, waits half the gap for them to
    begin and then, at a uniform moment, half their length.
    """
    length = (parameters["ward.discharge.end"] - parameters["ward.discharge.start"]) / HOURS_PER_DAY
    gap = 1 - length
    return gap * (gap + length) / 2 * MINUTES_PER_DAY


def _discharge(uniform: FloatArray, parameters: Parameters) -> FloatArray:
    """Return the minute of the day at which each leaves who was ready outside discharge hours."""
    start, end = parameters["ward.discharge.start"], parameters["ward.discharge.end"]
    return (start + (end - start) * uniform) * MINUTES_PER_HOUR
