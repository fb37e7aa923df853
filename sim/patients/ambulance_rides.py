"""Ambulance rides that bring nobody into a flow: no transport (A1/A2) and planned rides (B)."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.units import WEEKS_PER_YEAR
from sim.patients.cohort import (
    CEILING,
    Cohort,
    Horizon,
    acute_growth,
    by_age,
    columns,
    draw_home,
    kept,
    persons,
)
from sim.random.distributions import arrival_times, hour_weights, lognormal
from sim.random.streams import Purpose

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.parameters.registry import Parameters


@dataclass(frozen=True)
class Rides:
    """Rides; a planned one drives to a hospital, the others end on scene. Minutes."""

    patient: Sequence[int]
    time: Sequence[float]
    cell: Sequence[int]
    is_planned: list[bool]
    is_a1: list[bool]
    dispatch: Sequence[float]
    on_scene: Sequence[float]
    handover: Sequence[float]


def sample_rides(horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int) -> Rides:
    """Draw every such ride of the horizon, within the region."""
    region = cells["in_region"].to_numpy(dtype=bool)[:, None]
    weights = persons(cells) * by_age(parameters, "demand.ed.rate") * region
    rng = horizon.generator(Purpose.RIDE_WHEN)
    urgent, planned = day_shape("ambulance_A1_A2"), day_shape("planned_rides")
    streams = [
        arrival_times(
            rng,
            per_year / WEEKS_PER_YEAR * CEILING,
            hour_weights(hours, hours, week_shape(week)),
            horizon.weeks,
        )
        for per_year, hours, week in (
            (parameters["ambulance.rides.no_transport"], urgent, "ed"),
            (parameters["ambulance.rides.planned"], planned, "planned_rides"),
        )
    ]
    time = np.concatenate(streams)
    is_planned = np.repeat([False, True], [len(stream) for stream in streams])
    order = np.argsort(time, kind="stable")
    time, is_planned = time[order], is_planned[order]
    count = len(time)
    cell, age = draw_home(horizon.generator(Purpose.RIDE_WHERE), weights, count)
    growth = acute_growth(parameters, cells, year, cell, age, time)
    keep = kept(horizon.generator(Purpose.RIDE_COUNT), growth, count)
    course = horizon.generator(Purpose.RIDE_COURSE)
    kind = np.where(is_planned, "transport", "no_transport")
    mean, sd = (
        np.where(
            kind == "transport",
            parameters.of("ambulance.scene.transport", part),
            parameters.of("ambulance.scene.no_transport", part),
        )
        for part in ("mean", "sd")
    )
    return Rides(
        **columns(
            keep,
            patient=Cohort.RIDE.numbers(count),
            time=time,
            cell=cell,
            is_planned=is_planned,
            is_a1=~is_planned
            & (course.random(count) < parameters["ambulance.no_transport.a1_share"]),
            dispatch=lognormal(
                horizon.generator(Purpose.RIDE_DISPATCH).standard_normal(count),
                parameters["ambulance.dispatch.mean"],
                parameters["ambulance.dispatch.sd"],
            ),
            on_scene=lognormal(course.standard_normal(count), mean, sd),
            handover=lognormal(
                course.standard_normal(count),
                parameters["ambulance.handover.mean"],
                parameters["ambulance.handover.sd"],
            ),
        )
    )
