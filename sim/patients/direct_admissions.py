"""Who is admitted past the emergency department: drawn beforehand."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.units import WEEKS_PER_YEAR
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
from sim.patients.durations import ambulance_minutes, normal_step
from sim.patients.stays import Stays, stay_columns
from sim.random.distributions import arrival_times, hour_weights
from sim.random.streams import Purpose

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.parameters.registry import Parameters


@dataclass(frozen=True)
class Directs:
    """Acute admissions that bypass the emergency department; durations in minutes."""

    patient: Sequence[int]
    time: Sequence[float]
    cell: Sequence[int]
    by_ambulance: list[bool]
    dispatch: Sequence[float]
    on_scene: Sequence[float]
    handover: Sequence[float]
    stays: Stays


def sample_directs(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int
) -> Directs:
    """Draw every acute admission that bypasses the emergency department."""
    weights = persons(cells) * by_age(parameters, "demand.ed.rate")
    weights = weights * by_age(parameters, "ed.admission.share")
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
    on_scene, handover = ambulance_minutes(course, parameters)
    call = Draws(horizon.generator(Purpose.DIRECT_DISPATCH), keep)
    nobody = np.zeros(len(time), dtype=bool)
    stay_draws = Draws(horizon.generator(Purpose.DIRECT_STAY), keep)
    stay = stay_columns(stay_draws, parameters, age, nobody, nobody)
    return Directs(
        **columns(
            EVERYONE,
            patient=numbers,
            time=time,
            cell=cell,
            by_ambulance=course.uniform() < parameters["ambulance.direct_share"],
            dispatch=normal_step(call, parameters, "ambulance.dispatch"),
            on_scene=on_scene,
            handover=handover,
        ),
        stays=Stays(**columns(EVERYONE, **stay)),
    )
