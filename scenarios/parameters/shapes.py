"""Shapes of the day, the week and the year: how demand is spread over hours, days and months."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


SHAPE_FILES = ("hours.csv", "weekdays.csv", "months.csv")
_SHAPE_LEADING_COLUMNS = 4


def tables() -> Traversable:
    """Return the folder of the tables."""
    return resources.files(__package__) / "data"


@cache
def _shapes(name: str) -> dict[str, npt.NDArray[np.float64]]:
    rows = list(csv.reader((tables() / name).read_text("utf-8").splitlines()))
    shapes = {}
    for row in rows[1:]:
        weights = np.array(row[_SHAPE_LEADING_COLUMNS:], dtype=float)
        shapes[row[0]] = weights / weights.sum()
    return shapes


def day_shape(name: str) -> npt.NDArray[np.float64]:
    """Return the share of each hour of the day, shape (24,), sum 1."""
    return _shapes("hours.csv")[name]


def week_shape(name: str) -> npt.NDArray[np.float64]:
    """Return the share of each day of the week, Monday first, shape (7,), sum 1."""
    return _shapes("weekdays.csv")[name]


def month_shape(name: str) -> npt.NDArray[np.float64]:
    """Return the share of each month of the year, January first, shape (12,), sum 1."""
    return _shapes("months.csv")[name]
