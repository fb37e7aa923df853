"""How fast one drives: speed profiles for a car and for an ambulance with siren.

A profile holds the speed that is driven on each class of road where no limit is posted, and what
becomes of a posted one; both under a cap. It adds seconds where one gives way, stops or turns. All
its numbers stand, each with a source, in `profiles.yaml`; `routing.calibration` fits the speeds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from geodata.config.legal_limits import COUNTRIES, HOME, default_limits, legal_limits
from geodata.config.sourced import SourcedNumber, read_parameters
from geodata.errors import DataError
from geodata.osm.access import Vehicles, VehicleSize
from geodata.osm.access_tags import ROAD_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import FloatArray

# A path: a user's own file may stand in its place.
SHIPPED: Final = Path(__file__).with_name("profiles.yaml")
SURROUNDINGS: Final = ("rural", "urban")
"""Names of the columns of `Profile.speed`: built-up area is column 1."""
KINDS: Final = {
    "motorway": ("motorway", "motorway_link", "trunk", "trunk_link"),
    "main": ("primary", "secondary", "tertiary"),
    "minor": ("unclassified", "residential", "living_street", "service", "road", "emergency"),
}
"""Kinds of road that traffic by the hour hinders alike; the links of a class go with it."""
TIMES: Final = {"car": ("night", "morning", "evening"), "siren": ("night",)}
"""Times of day beside off-peak by day."""

MAY_BE_NOUGHT: Final = ("car.delay.", "siren.delay.", "clock.", "car.posted.", "siren.posted.")
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
        `car` or `siren` (off-peak, by day), or with a time of day: `car.morning`, `siren.night`.
    speed
        Driven km/h where no limit is posted, shape (countries, road classes, 2); the last axis is
        outside and inside built-up areas.
    cap
        Most km/h whatever limit is posted, shape (road classes, 2).
    posted_share, posted_more
        Driven speed as a share of a posted limit, and km/h added to it outside and inside built-up
        areas, shape (2,).
    time
        Ratio of the travel time to that off-peak by day, shape (road classes, 2).
    yield_seconds, signal_seconds, crossing_seconds, turn_seconds
        Seconds lost on giving way, at a traffic signal, at a level crossing and on turning from one
        street into another. Nothing is lost on a priority road.
    """

    name: str
    mode: Mode
    speed: FloatArray
    cap: FloatArray
    posted_share: float
    posted_more: FloatArray
    time: FloatArray
    yield_seconds: float
    signal_seconds: float
    crossing_seconds: float
    turn_seconds: float

    def kmh(
        self,
        country: npt.NDArray[np.integer],
        road_class: npt.NDArray[np.integer],
        built_up: npt.NDArray[np.bool_],
        posted: npt.NDArray[np.floating],
    ) -> FloatArray:
        """Return driven speeds.

        Parameters
        ----------
        country, road_class
            Numbers in `legal_limits.COUNTRIES` and `ROAD_CLASSES`, shape (pieces,).
        built_up
            Whether in a built-up area, shape (pieces,).
        posted
            Posted limit in km/h, NaN where none is, shape (pieces,).
        """
        where = built_up.astype(np.int8)
        free = self.speed[country, road_class, where]
        signed = self.posted_share * posted + self.posted_more[where]
        speed = np.where(np.isnan(posted), free, signed)
        return np.asarray(
            np.minimum(speed, self.cap[road_class, where]) / self.time[road_class, where]
        )

    def at_time(self, time: FloatArray, name: str) -> Profile:
        """Return this profile at another time of day.

        Parameters
        ----------
        time
            Ratio of the travel time, shape (road classes, 2). Delays grow as minutes on main roads
            of built-up areas do, where most of them are.
        name
            Name of the profile.
        """
        longer = float(time[ROAD_CLASSES.index("primary"), SURROUNDINGS.index("urban")])
        return replace(
            self,
            name=name,
            time=self.time * time,
            yield_seconds=self.yield_seconds * longer,
            signal_seconds=self.signal_seconds * longer,
            crossing_seconds=self.crossing_seconds * longer,
            turn_seconds=self.turn_seconds * longer,
        )


@dataclass(frozen=True, slots=True)
class SpeedModel:
    """All profiles and the legal limits they rest on.

    Attributes
    ----------
    implicit_limits
        Limit in km/h by implicit value (`urban`, `DE:rural`).
    profiles
        Profile by name.
    vehicles
        How large a car and an ambulance are.
    parameters
        Every number with its source, by key.
    """

    implicit_limits: Mapping[str, float]
    profiles: Mapping[str, Profile]
    vehicles: Vehicles
    parameters: Mapping[str, SourcedNumber]

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
        if mode == "car":
            for peak in ("morning", "evening"):
                if clock[f"{peak}_peak_from"] <= hour < clock[f"{peak}_peak_to"]:
                    return self.profiles[f"car.{peak}"]
        return self.profiles[mode]


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
            implicit_limits=legal_limits(),
            profiles=_profiles(value),
            vehicles=Vehicles(car=_size(value, "car"), siren=_size(value, "siren")),
            parameters=parameters,
        )
    except KeyError as missing:
        raise DataError("is missing", file=path, field=str(missing.args[0])) from None


def _profiles(value: Mapping[str, float]) -> dict[str, Profile]:
    profiles = {}
    for mode in ("car", "siren"):
        usual = _profile(value, mode)
        profiles[mode] = usual
        for time in TIMES[mode]:
            name = f"{mode}.{time}"
            profiles[name] = usual.at_time(_by_kind(value, f"{mode}.time.{time}"), name)
    return profiles


def _profile(value: Mapping[str, float], mode: Mode) -> Profile:
    cap = _by_class(value, f"{mode}.cap")
    return Profile(
        name=mode,
        mode=mode,
        speed=in_each_country(_by_class(value, f"{mode}.speed"), value["limit.followed"]),
        cap=cap,
        posted_share=value[f"{mode}.posted.share"],
        posted_more=np.array([value[f"{mode}.posted.more.{where}"] for where in SURROUNDINGS]),
        time=np.ones_like(cap),
        yield_seconds=value[f"{mode}.delay.yield"],
        signal_seconds=value[f"{mode}.delay.signal"],
        crossing_seconds=value[f"{mode}.delay.crossing"],
        turn_seconds=value[f"{mode}.delay.turn"],
    )


def in_each_country(speed: FloatArray, followed: float) -> FloatArray:
    """Return a table of driven speeds for each country.

    Parameters
    ----------
    speed
        Driven km/h in the home country, shape (road classes, 2).
    followed
        Share of a difference between legal limits that driven speeds follow.

    Returns
    -------
    numpy.ndarray
        Shape (countries, road classes, 2), as `legal_limits.COUNTRIES`.
    """
    legal = default_limits(legal_limits())
    difference = legal / legal[COUNTRIES.index(HOME)] - 1.0
    return np.asarray(speed * (1.0 + followed * difference))


def _by_class(value: Mapping[str, float], prefix: str) -> FloatArray:
    return np.array(
        [[value[f"{prefix}.{road}.{where}"] for where in SURROUNDINGS] for road in ROAD_CLASSES]
    )


def _by_kind(value: Mapping[str, float], prefix: str) -> FloatArray:
    """Return a table by class from numbers by kind of road."""
    return np.array(
        [
            [value[f"{prefix}.{kind_of(road)}.{where}"] for where in SURROUNDINGS]
            for road in ROAD_CLASSES
        ]
    )


def kind_of(road_class: str) -> str:
    """Return the kind of road that a class is of, of `KINDS`."""
    return next(
        kind
        for kind, classes in KINDS.items()
        if road_class in classes or road_class.removesuffix("_link") in classes
    )


def _size(value: Mapping[str, float], mode: Mode) -> VehicleSize:
    return VehicleSize(height=value[f"vehicle.{mode}.height"], width=value[f"vehicle.{mode}.width"])
