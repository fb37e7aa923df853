"""What routing engines say is driven: published speeds by class of road, and their mean."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from geodata.config.legal_limits import COUNTRIES, HOME, default_limits
from geodata.osm.access_tags import ROAD_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import FloatArray
    from geodata.config.speed_profiles import Mode, SpeedModel


SHIPPED: Final = files(__package__).joinpath("class_speeds.csv")
LIKE: Final = {"emergency": "service"}
"""A class that no engine knows, and the one it is driven like."""
LEAST_SPREAD: Final = 0.08
"""Engines that agree may have copied one another: none knows a speed better (log units)."""


@dataclass(frozen=True, slots=True)
class PublishedSpeeds:
    """The mean of published speeds in the home country, and how far they lie apart.

    Attributes
    ----------
    speed
        Km/h, shape (road classes, 2).
    spread
        Standard deviation of the logarithm, shape (road classes, 2).
    """

    speed: FloatArray
    spread: FloatArray

    def of(self, classes: Sequence[str]) -> FloatArray:
        """Return the speeds of some classes, shape (classes, 2)."""
        return self.speed[[ROAD_CLASSES.index(name) for name in classes]]

    def spread_of(self, classes: Sequence[str]) -> FloatArray:
        """Return the spreads of some classes, shape (classes, 2)."""
        return self.spread[[ROAD_CLASSES.index(name) for name in classes]]


def published_speeds(model: SpeedModel, mode: Mode) -> PublishedSpeeds:
    """Return what engines publish, for a car or made into a siren's by published ratios.

    Parameters
    ----------
    model
        Legal limits, and ratios of a siren's time to a car's.
    mode
        `car` or `siren`.

    Returns
    -------
    PublishedSpeeds

    Notes
    -----
    Engines but Valhalla have one speed for a class, wherever it lies. In a built-up area each is
    taken to drive no faster than it does where the limit there is posted.
    """
    engines = _engines()
    legal = default_limits(model.implicit_limits)[COUNTRIES.index(HOME)]
    tables = np.array([table for _, table in engines])
    in_town = np.array([share for share, _ in engines])[:, None] * legal[:, 1]
    tables[:, :, 1] = np.minimum(tables[:, :, 1], in_town)
    spread = np.maximum(np.log(tables).std(axis=0, ddof=1), LEAST_SPREAD)
    speed = tables.mean(axis=0)
    if mode == "siren":
        ratio = [model.parameters[f"siren.ratio.{where}"].value for where in ("rural", "urban")]
        speed = speed / np.array(ratio)
        spread = np.hypot(spread, model.parameters["siren.ratio.spread"].value)
    return PublishedSpeeds(speed, spread)


@cache
def _engines() -> tuple[tuple[float, FloatArray], ...]:
    """Return the share of a posted limit that each engine drives, and its speeds by class."""
    rows: dict[str, dict[str, dict[str, str]]] = {}
    with SHIPPED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["engine"], {})[row["road_class"]] = row
    return tuple(
        (
            float(table["motorway"]["posted_share"]),
            np.array(
                [
                    [float(table[LIKE.get(road, road)][where]) for where in ("rural", "urban")]
                    for road in ROAD_CLASSES
                ]
            ),
        )
        for table in rows.values()
    )
