"""How fast one drives: speed profiles for a car and for an ambulance with siren.

A profile turns the legal limit of a road into a driven speed by a factor per road class and
surroundings, and adds seconds where one slows down or stops. All its numbers stand, each with a
source, in `profiles.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geodata.config.sourced import Parameter, read_parameters
from geodata.errors import DataError
from geodata.osm.access import Size, Vehicles
from geodata.osm.access_tags import ROAD_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.arrays import FloatArray

SHIPPED: Final = Path(__file__).with_name("profiles.yaml")
SURROUNDINGS: Final = ("rural", "urban")
"""Names of the columns of `Profile.factor`: built-up area is column 1."""

MAY_BE_NOUGHT: Final = ("car.delay.", "siren.delay_ratio", "clock.")
"""Beginnings of keys that may be 0; a speed or a limit may not."""

CLOCK: Final = (
    "night_from",
    "night_to",
    "morning_peak_from",
    "morning_peak_to",
    "evening_peak_from",
    "evening_peak_to",
)
HOURS_A_DAY: Final = 24

Mode = Literal["car", "siren"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of driver drives at one time of day.

    Attributes
    ----------
    mode
        Whose access counts: `car` or `siren`.
    name
        `car` or `siren` (off-peak, by day), or with a time of day: `car.peak`, `siren.night`.
    factor
        Driven speed as a share of the limit, shape (road classes, 2); column 1 is built-up.
    junction_seconds, yield_seconds, signal_seconds, crossing_seconds, turn_seconds
        Seconds lost on passing a junction on the main road, on giving way, at a traffic signal, at
        a level crossing and on turning from one street into another.
    """

    name: str
    mode: Mode
    factor: FloatArray
    junction_seconds: float
    yield_seconds: float
    signal_seconds: float
    crossing_seconds: float
    turn_seconds: float

    def slower(self, ratio: float, name: str) -> Profile:
        """Return this profile with every travel time multiplied by `ratio`."""
        return replace(
            self,
            name=name,
            factor=self.factor / ratio,
            junction_seconds=self.junction_seconds * ratio,
            yield_seconds=self.yield_seconds * ratio,
            signal_seconds=self.signal_seconds * ratio,
            crossing_seconds=self.crossing_seconds * ratio,
            turn_seconds=self.turn_seconds * ratio,
        )


@dataclass(frozen=True, slots=True)
class SpeedModel:
    """All profiles and the legal limits they rest on.

    Attributes
    ----------
    implicit_limits
        Limit in km/h by implicit value (`urban`, `DE:rural`).
    assumed_limits
        Limit in km/h where the tags are silent, shape (road classes, 2); column 1 is built-up.
    vehicles
        How high and wide a car and an ambulance are.
    profiles
        Profile by name.
    parameters
        Every number with its source, by key.
    """

    implicit_limits: Mapping[str, float]
    assumed_limits: FloatArray
    vehicles: Vehicles
    profiles: Mapping[str, Profile]
    parameters: Mapping[str, Parameter]

    def at(self, mode: Mode, hour: float | None = None) -> Profile:
        """Return the profile in force at an hour of a working day.

        Parameters
        ----------
        mode
            `car` or `siren`.
        hour
            0 to 24; None for off-peak by day.

        Returns
        -------
        Profile

        Raises
        ------
        DataError
            If there is no such mode or hour.
        """
        if mode not in self.profiles:
            raise DataError("is {mode!r}; allowed: car, siren", mode=mode, field="profile")
        if hour is None:
            return self.profiles[mode]
        if not 0 <= hour <= HOURS_A_DAY:
            raise DataError("is {hour:g}; allowed: 0 to 24", hour=hour, field="hour")
        hour %= HOURS_A_DAY
        clock = {k: self.parameters[f"clock.{k}"].value for k in CLOCK}
        if hour >= clock["night_from"] or hour < clock["night_to"]:
            return self.profiles[f"{mode}.night"]
        peaks = (
            clock["morning_peak_from"] <= hour < clock["morning_peak_to"]
            or clock["evening_peak_from"] <= hour < clock["evening_peak_to"]
        )
        return self.profiles["car.peak" if peaks and mode == "car" else mode]


@cache
def speed_model(path: Path = SHIPPED) -> SpeedModel:
    """Read the speed profiles.

    Parameters
    ----------
    path
        A YAML file as `profiles.yaml`.

    Returns
    -------
    SpeedModel

    Raises
    ------
    FileError
        If a number is missing, is no number, or is one that nobody can drive by.
    """
    parameters = read_parameters(path)
    for key, parameter in parameters.items():
        if not key.startswith(MAY_BE_NOUGHT) and not parameter.value > 0:
            raise DataError("must be more than 0", file=path, field=key)
    value = {key: parameter.value for key, parameter in parameters.items()}
    try:
        return SpeedModel(
            implicit_limits=_below(value, "limit.implicit."),
            assumed_limits=_by_class(value, "limit.assumed"),
            vehicles=Vehicles(car=_size(value, "car"), siren=_size(value, "siren")),
            profiles=_profiles(value),
            parameters=parameters,
        )
    except KeyError as missing:
        raise DataError("is missing", file=path, field=str(missing.args[0])) from None


def _profiles(value: Mapping[str, float]) -> dict[str, Profile]:
    car = Profile(
        name="car",
        mode="car",
        factor=_by_class(value, "car.factor"),
        junction_seconds=value["car.delay.junction"],
        yield_seconds=value["car.delay.yield"],
        signal_seconds=value["car.delay.signal"],
        crossing_seconds=value["car.delay.crossing"],
        turn_seconds=value["car.delay.turn"],
    )
    siren_time = np.array([value["siren.time.rural"], value["siren.time.urban"]])
    delay_ratio = value["siren.delay_ratio"]
    siren = Profile(
        name="siren",
        mode="siren",
        factor=car.factor / siren_time,
        junction_seconds=car.junction_seconds * delay_ratio,
        yield_seconds=car.yield_seconds * delay_ratio,
        signal_seconds=car.signal_seconds * delay_ratio,
        crossing_seconds=car.crossing_seconds,
        turn_seconds=car.turn_seconds * delay_ratio,
    )
    return {
        "car": car,
        "car.night": car.slower(value["car.time.night"], "car.night"),
        "car.peak": car.slower(value["car.time.peak"], "car.peak"),
        "siren": siren,
        "siren.night": siren.slower(value["siren.time.night"], "siren.night"),
    }


def _size(value: Mapping[str, float], mode: Mode) -> Size:
    return Size(height=value[f"vehicle.{mode}.height"], width=value[f"vehicle.{mode}.width"])


def _below(value: Mapping[str, float], prefix: str) -> dict[str, float]:
    return {k.removeprefix(prefix): v for k, v in value.items() if k.startswith(prefix)}


def _by_class(value: Mapping[str, float], prefix: str) -> FloatArray:
    return np.array(
        [[value[f"{prefix}.{road}.{where}"] for where in SURROUNDINGS] for road in ROAD_CLASSES]
    )
