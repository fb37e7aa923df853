"""What the law allows where no sign stands: default limits by country, and the words for them.

`legal_limits.csv` holds them as osm-legal-default-speeds publishes the table of the OpenStreetMap
wiki (Default speed limits). Which country a road lies in is found in `roads.countries`.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from files.arrays import FloatArray


SHIPPED: Final = files(__package__).joinpath("legal_limits.csv")
HOME: Final = "NL"
"""Whose law holds where nothing tells the country; the speeds that ship are of its roads."""
COUNTRIES: Final = (HOME, "BE", "DE", "LU", "AT", "CH", "LI")
"""Countries whose borders are known; a road's country is a number in this list."""
FALLS_BACK_ON: Final = {"motorway": "trunk", "trunk": "rural", "living_street": "urban"}
"""Zone whose limit holds in a country without one of its own for the first."""


@cache
def legal_limits(path: Traversable = SHIPPED) -> Mapping[str, float]:
    """Read the limits in km/h by the words that tags use for them.

    Parameters
    ----------
    path
        A table with columns `country`, `zone`, `kmh`, `source`.

    Returns
    -------
    Mapping
        By `DE:rural`; by `rural` alone that of the home country; `none` and `walk` of no country.

    Raises
    ------
    DataError
        If a limit is no number above nought.
    """
    limits: dict[str, float] = {}
    with path.open(encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                kmh = float(row["kmh"])
            except ValueError:
                kmh = 0.0
            if not kmh > 0:
                raise DataError(
                    "is {value!r}; must be a number above 0",
                    value=row["kmh"],
                    file=str(path),
                    line=line,
                    field="kmh",
                )
            if row["country"]:
                limits[f"{row['country']}:{row['zone']}"] = kmh
            if row["country"] in {"", HOME}:
                limits[row["zone"]] = kmh
    return limits


def default_limits(limits: Mapping[str, float]) -> FloatArray:
    """Return the limit in km/h where no sign stands, shape (countries, road classes, 2).

    Parameters
    ----------
    limits
        What `legal_limits` returned.

    Returns
    -------
    numpy.ndarray
        The last axis is outside and inside built-up areas.
    """
    return np.array(
        [
            [
                [_limit(limits, country, _zone(road, urban=urban)) for urban in (False, True)]
                for road in ROAD_CLASSES
            ]
            for country in COUNTRIES
        ]
    )


def _zone(road_class: str, *, urban: bool) -> str:
    kind = road_class.removesuffix("_link")
    if kind in {"motorway", "living_street"}:
        return kind
    if urban:
        return "urban"
    return "trunk" if kind == "trunk" else "rural"


def _limit(limits: Mapping[str, float], country: str, zone: str) -> float:
    while f"{country}:{zone}" not in limits:
        zone = FALLS_BACK_ON[zone]
    return limits[f"{country}:{zone}"]
