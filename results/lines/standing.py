"""When a line counts as standing or as lost, and what hired staff cost, as `standing.yaml` says."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from files.validation import Model, Number, checked
from files.yaml_document import read_document
from scenarios.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from files.arrays import AnyFloatArray, BoolArray

FILE = "standing.yaml"


class Sourced(Model):
    """A number and where it comes from."""

    value: Number = Field(gt=0)
    source: str = Field(min_length=1)


class Standing(Model):
    """What counts as standing and as lost, the price of an hour, and how many people there are."""

    closed_days: Sourced
    lost_months: Sourced
    hired_hour: Sourced
    employed: Sourced


@cache
def standing() -> Standing:
    """Return what ships."""
    return checked(Standing, read_document(files(__package__).joinpath(FILE)))


def by_year(monthly: AnyFloatArray) -> AnyFloatArray:
    """Return the mean of each year; NaN where a month is.

    Parameters
    ----------
    monthly
        Shape (..., months).
    """
    return monthly.reshape(*monthly.shape[:-1], -1, MONTHS_PER_YEAR).mean(axis=-1)


def stands(closed: AnyFloatArray) -> BoolArray:
    """Return in which years a line or function stands.

    Parameters
    ----------
    closed
        Share of the hours that it is closed by month, shape (..., months).

    Returns
    -------
    numpy.ndarray
        Shape (..., years).
    """
    return by_year(closed) * DAYS_PER_YEAR < standing().closed_days.value


def first_lost(closed: AnyFloatArray) -> int | None:
    """Return the month in which a function has been closed in part for too long; None: never.

    Parameters
    ----------
    closed
        Share of the hours by month, shape (months,).
    """
    length = int(standing().lost_months.value)
    run = np.convolve(closed > 0, np.ones(length, dtype=int), "valid")
    found = np.flatnonzero(run == length)
    return int(found[0]) + length - 1 if len(found) else None
