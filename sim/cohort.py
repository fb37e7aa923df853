"""What every cohort of patients shares: identity, the horizon, growth by thinning, and where.

Cohorts are drawn for more patients than will come; a patient whose mark exceeds the growth of the
year is left out (thinning, Lewis & Shedler 1979). So the patients of a year with less demand are a
subset of those of a year with more, and the same person keeps the same number everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.demand import Age, age_growth
from sim.draws import Flags, Floats, Ints, choice
from sim.journal import MINUTES_PER_WEEK
from sim.streams import Purpose, generator

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.parameters import Parameters

CEILING = 2.0  # growth beyond this is refused rather than silently cut off
COHORT_SPAN = 10_000_000
WEEKS_PER_YEAR = 365.25 / 7


class Cohort(IntEnum):
    """The kinds of patients; a patient's number tells the cohort."""

    VISIT = 0
    DIRECT = 1
    OPERATION = 2
    MEDICAL = 3
    BIRTH = 4
    RIDE = 5

    def includes(self, patient: Ints) -> Flags:
        """Return which patient numbers belong to this cohort."""
        flags: Flags = patient // COHORT_SPAN == self
        return flags

    def numbers(self, count: int) -> Ints:
        """Return the patient numbers of the first `count` members."""
        return self * COHORT_SPAN + np.arange(count)


@dataclass(frozen=True)
class Horizon:
    """How long is simulated and with which random numbers."""

    seed: int
    replication: int
    weeks: int

    def generator(self, purpose: Purpose, detail: int = 0) -> np.random.Generator:
        """Return the generator of one purpose, and of a detail such as a site."""
        return generator(self.seed, self.replication, purpose, detail)

    @property
    def end(self) -> float:
        """The last minute."""
        return float(self.weeks * MINUTES_PER_WEEK)


def by_age(parameters: Parameters, key: str) -> Floats:
    """Return the four values of `key` with the age band filled in for `{}`."""
    return np.array([parameters[key.format(age.label)] for age in Age])


def growth_by_age(parameters: Parameters, year: int) -> Floats:
    """Return the growth of each age band to `year`."""
    return np.array([age_growth(parameters, age, year) for age in Age])


def persons(cells: pd.DataFrame) -> Floats:
    """Return inhabitants by cell and age band, shape (cells, 4)."""
    return cells[[f"age_{age.label}" for age in Age]].to_numpy(dtype=float)


def draw_home(rng: np.random.Generator, weights: Floats, count: int) -> tuple[Ints, Ints]:
    """Draw cell and age band by weight, `weights` of shape (cells, bands)."""
    picked = choice(rng.random(count), weights.ravel())
    cell, age = np.divmod(picked, weights.shape[1])
    return cell, age


def kept(rng: np.random.Generator, growth: Floats | float, count: int) -> Flags:
    """Return who comes when demand has grown by `growth` (scalar or per patient)."""
    if np.max(growth) > CEILING:
        raise ValueError(f"demand may grow to at most {CEILING} times the base year")
    flags: Flags = rng.random(count) * CEILING < growth
    return flags


def columns(keep: Flags, **arrays: Any) -> dict[str, Any]:  # noqa: ANN401 - arrays of any type
    """Return the kept rows of each array as plain lists, which an event loop reads fastest."""
    return {name: array[keep].tolist() for name, array in arrays.items()}
