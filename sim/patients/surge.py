"""Surges on top of ordinary emergency visits: an influenza wave, a mass-casualty incident.

Their patients come besides the ordinary ones and are drawn from streams of their own (superposition
of Poisson streams), so a scenario with a surge has the same ordinary patients as one without.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from scenarios.errors import ScenarioError
from scenarios.parameters.demand import Age
from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.schema.surge import INFLUENZA_MOST
from scenarios.units import DAYS_PER_WEEK, WEEKS_PER_YEAR
from sim.patients.cohort import CEILING, Horizon, acute_growth, by_age, draw_home, persons
from sim.random.distributions import arrival_times, choice, hour_weights
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.keys import ParameterKey
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.surge import Incident, Influenza, Surge


INFLUENZA, INCIDENT = 1, 2
PER_THOUSAND = 1000
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
METRES_PER_DEGREE = 111_320.0
NEAR_METRES = 5_000.0  # an incident farther than this from any inhabited cell is off the map

Rows = TypeVar("Rows")


@dataclass(frozen=True)
class _OwnStreams(Horizon):
    """The horizon of a surge: every purpose has a stream of its own for it."""

    kind: int = 0

    def generator(self, purpose: Purpose, detail: int = 0) -> np.random.Generator:
        return super().generator(purpose, detail + self.kind)


_TRIAGE_OF_INCIDENT: dict[ParameterKey, ParameterKey] = {
    "ed.triage.share.U0": "surge.incident.triage.U0",
    "ed.triage.share.U1": "surge.incident.triage.U1",
    "ed.triage.share.U2": "surge.incident.triage.U2",
    "ed.triage.share.U3": "surge.incident.triage.U3",
    "ed.triage.share.U4": "surge.incident.triage.U4",
    "ed.triage.share.U5": "surge.incident.triage.U5",
}


@dataclass(frozen=True)
class SurgeGroup:
    """Candidates of one surge, with the streams and parameters to draw the rest from."""

    horizon: Horizon
    parameters: Parameters
    time: FloatArray
    way_mark: FloatArray  # uniform: by which way each comes
    cell: IntArray
    age: IntArray
    keep: BoolArray


def surge_groups(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int, surge: Surge
) -> Iterator[SurgeGroup]:
    """Give the patients of each surge asked for."""
    if surge.influenza is not None:
        yield _influenza(horizon, parameters, cells, year, surge.influenza)
    if surge.incident is not None:
        yield _incident(horizon, parameters, cells, surge.incident)


def _influenza(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, year: int, wave: Influenza
) -> SurgeGroup:
    """Thin candidates for the highest wave to the one asked, week by week and age by age."""
    own = _streams(horizon, INFLUENZA)
    rate = by_age(parameters, "demand.ed.rate") * parameters["demand.ed.level"] / PER_THOUSAND
    weights = persons(cells) * rate
    most = CEILING * (INFLUENZA_MOST - 1)
    hours = hour_weights(
        day_shape("ed_arrivals_weekday"), day_shape("ed_arrivals_weekend"), week_shape("ed")
    )
    per_week = weights.sum() / WEEKS_PER_YEAR * most
    begin = (wave.from_week - 1) * MINUTES_PER_WEEK
    time = begin + arrival_times(own.generator(Purpose.SURGE_WHEN), per_week, hours, wave.weeks)
    cell, age = draw_home(own.generator(Purpose.SURGE_WHERE), weights, len(time))
    extra = np.array([wave.peak[f"age_{band.label}"] - 1 for band in Age])[age]
    growth = acute_growth(parameters, cells, year, cell, age, time)
    height = _triangle((time - begin) / (wave.weeks * MINUTES_PER_WEEK))
    mark = own.generator(Purpose.SURGE_COUNT).random(len(time))
    keep = (mark * most < extra * height * growth) & (time < horizon.end)
    way_mark = own.generator(Purpose.SURGE_WAY).random(len(time))
    return SurgeGroup(own, parameters, time, way_mark, cell, age, keep)


def _incident(
    horizon: Horizon, parameters: Parameters, cells: pd.DataFrame, incident: Incident
) -> SurgeGroup:
    """Draw the patients of an incident: all of one hour and one place, more severe than usual."""
    own = _streams(horizon, INCIDENT)
    day = (incident.week - 1) * DAYS_PER_WEEK + DAYS.index(incident.day)
    begin = day * MINUTES_PER_DAY + incident.hour * MINUTES_PER_HOUR
    if begin >= horizon.end:
        raise ScenarioError.single(
            "surge",
            "week {week} comes after the {weeks} weeks that are simulated, warm-up included",
            week=incident.week,
            weeks=horizon.weeks,
            field="surge.incident.week",
        )
    minutes = parameters["surge.incident.minutes"]
    uniform = own.generator(Purpose.SURGE_WHEN).random(incident.patients)
    time = begin + np.sort(uniform) * minutes
    inhabitants = persons(cells)
    marks = own.generator(Purpose.SURGE_WHERE).random((2, incident.patients))
    if incident.municipality is None:
        cell = np.full(incident.patients, _nearest_cell(cells, incident))
    else:
        here = (cells["municipality_code"] == incident.municipality).to_numpy(dtype=bool)
        if not here.any():
            known = sorted(set(cells.loc[cells["in_region"], "municipality_code"]))
            raise ScenarioError.single(
                "surge",
                "{municipality} has no inhabitants in the data set; Twente has {known}",
                municipality=incident.municipality,
                known=", ".join(known),
                field="surge.incident.municipality",
            )
        cell = choice(marks[0], inhabitants.sum(axis=1) * here)
    age = choice(marks[1], inhabitants.sum(axis=0))
    by_key = {entry.key: entry for entry in parameters.entries()}
    severe = parameters.with_values(
        {
            usual: replace(by_key[own], value=parameters[own])
            for usual, own in _TRIAGE_OF_INCIDENT.items()
        }
    )
    everyone = np.ones(incident.patients, dtype=bool)
    way_mark = own.generator(Purpose.SURGE_WAY).random(incident.patients)
    return SurgeGroup(own, severe, time, way_mark, cell, age, everyone)


def _streams(horizon: Horizon, kind: int) -> Horizon:
    return _OwnStreams(horizon.seed, horizon.replication, horizon.weeks, kind)


def _triangle(passed: FloatArray) -> FloatArray:
    """Return the height of the wave, 0 at both ends and 1 in the middle."""
    return 1 - np.abs(2 * passed - 1)


def _nearest_cell(cells: pd.DataFrame, incident: Incident) -> int:
    lon, lat = float(incident.lon or 0), float(incident.lat or 0)
    east = (cells["lon"].to_numpy(dtype=float) - lon) * np.cos(np.radians(lat))
    north = cells["lat"].to_numpy(dtype=float) - lat
    metres = np.hypot(east, north) * METRES_PER_DEGREE
    nearest = int(metres.argmin())
    if metres[nearest] > NEAR_METRES:
        raise ScenarioError.single(
            "surge",
            "({lon:g}, {lat:g}) is {km:.0f} km from the nearest inhabited place of the data set",
            lon=lon,
            lat=lat,
            km=metres[nearest] / PER_THOUSAND,
            field="surge.incident.lon",
        )
    return nearest


def in_order_of_time(groups: Sequence[Rows]) -> Rows:
    """Return tables of columns as one, ordered by their `time`."""
    times: list[float] = [moment for group in groups for moment in group.time]  # type: ignore[attr-defined]
    order = np.argsort(times, kind="stable").tolist()

    def merged(parts: Sequence[Any]) -> Any:  # noqa: ANN401 - a column or a table of columns
        kind = type(parts[0])
        if is_dataclass(kind):
            names = [field.name for field in fields(kind)]
            return kind(**{name: merged([getattr(part, name) for part in parts]) for name in names})
        whole = [value for part in parts for value in part]
        return [whole[row] for row in order]

    return merged(groups)
