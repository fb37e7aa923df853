"""What every cohort of patients shares: identity, the horizon, growth by thinning, and where.

Cohorts are drawn for more patients than will come; a patient whose mark exceeds the growth of the
year is left out (thinning, Lewis & Shedler 1979). So the patients of a year with less demand are a
subset of those of a year with more, and the same person keeps the same number everywhere.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scenarios.errors import ScenarioError
from scenarios.parameters.demand import Age, municipal_growth, season, trend_growth
from scenarios.parameters.shapes import month_shape
from sim.random.distributions import choice
from sim.random.streams import Purpose, generator
from sim.units import MINUTES_PER_DAY, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray, IntArray
    from scenarios.parameters.keys import ParameterPrefix
    from scenarios.parameters.registry import Parameters


CEILING = 2.0  # growth beyond this is refused rather than silently cut off
COHORT_SPAN = 10_000_000
_CODES: dict[str, Any] = {"f": "d", "i": "q"}  # numpy's kinds as those of `array`, 8 bytes each


class Cohort(IntEnum):
    """The kinds of patients; a patient's number tells the cohort."""

    VISIT = 0
    DIRECT = 1
    OPERATION = 2
    MEDICAL = 3
    BIRTH = 4
    RIDE = 5

    def includes(self, patient: npt.NDArray[np.integer]) -> BoolArray:
        """Return which patient numbers belong to this cohort."""
        return patient // COHORT_SPAN == self

    def numbers(self, count: int) -> IntArray:
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


def by_age(parameters: Parameters, prefix: ParameterPrefix) -> FloatArray:
    """Return the values of the four age bands."""
    return np.array([parameters.of(prefix, age.label) for age in Age])


def persons(cells: pd.DataFrame) -> FloatArray:
    """Return inhabitants by cell and age band, shape (cells, 4)."""
    return cells[[f"age_{age.label}" for age in Age]].to_numpy(dtype=float)


def acute_growth(
    parameters: Parameters,
    cells: pd.DataFrame,
    year: int,
    cell: IntArray,
    age: IntArray,
    time: FloatArray,
) -> FloatArray:
    """Return for each acute patient the demand of the year and the season over the base demand.

    Parameters
    ----------
    cell, age, time
        Where, which age band and when (minutes), by patient.
    """
    municipality, growth, _ = _growth_by_municipality(parameters, cells, year)
    by_patient: FloatArray = growth[municipality[cell], age] * busy(parameters, "ed", time)
    return by_patient * trend_growth(parameters, "acute", year)


def births_growth(
    parameters: Parameters, cells: pd.DataFrame, year: int, cell: IntArray, time: FloatArray
) -> FloatArray:
    """Return for each birth the births of the year and the season over those of the base year.

    Births follow the number of inhabitants of the municipality: rates by age of the mother are
    those of today, and no forecast of women by age and municipality is in the data.
    """
    municipality, growth, people = _growth_by_municipality(parameters, cells, year)
    living = people.sum(axis=1)
    overall = (people * growth).sum() / people.sum()
    total = np.full(len(living), overall)  # also where nobody of the region lives
    np.divide((people * growth).sum(axis=1), living, out=total, where=living > 0)
    by_birth: FloatArray = total[municipality[cell]] * busy(parameters, "births", time)
    return by_birth * trend_growth(parameters, "births", year)


def _growth_by_municipality(
    parameters: Parameters, cells: pd.DataFrame, year: int
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return each cell's municipality, and growth and inhabitants by municipality and age."""
    municipality, codes = pd.factorize(cells["municipality_code"], sort=True)
    is_inside = cells["in_region"].to_numpy(dtype=bool)
    people = np.zeros((len(codes), len(Age)))
    np.add.at(people, municipality, persons(cells) * is_inside[:, None])
    return municipality, municipal_growth(parameters, list(codes), people, year), people


def busy(parameters: Parameters, shape: str, time: FloatArray) -> FloatArray:
    """Return how busy the season is at each moment, against the average of the year."""
    start_week = int(parameters["demand.season.start_week"])
    return season(month_shape(shape), start_week, time // MINUTES_PER_DAY)


def draw_home(
    rng: np.random.Generator, weights: FloatArray, count: int
) -> tuple[IntArray, IntArray]:
    """Draw cell and age band by weight, `weights` of shape (cells, bands)."""
    picked = choice(rng.random(count), weights.ravel())
    cell, age = np.divmod(picked, weights.shape[1])
    return cell, age


def kept(rng: np.random.Generator, growth: FloatArray | float, count: int) -> BoolArray:
    """Return who comes when demand has grown by `growth` (scalar or per patient)."""
    if np.max(growth, initial=0) > CEILING:
        raise ScenarioError.single(
            "demand",
            "grows to {times:.2f} times the base year, and at most {most:g} can be "
            "simulated; lower its trend, ageing or municipal growth, or take an earlier year",
            times=np.max(growth),
            most=CEILING,
            field="parameters",
        )
    return rng.random(count) * CEILING < growth


class Draws:
    """Random numbers for everyone drawn, of which only those who come are worked out further.

    Each keeps his or her own number whoever else comes.

    Parameters
    ----------
    rng
        The generator of one purpose.
    keep
        Who comes, of everyone drawn.
    """

    def __init__(self, rng: np.random.Generator, keep: BoolArray) -> None:
        self._rng = rng
        self._keep = keep

    def uniform(self) -> FloatArray:
        """Return a uniform number for each who comes."""
        return self._rng.random(len(self._keep))[self._keep]

    def normal(self) -> FloatArray:
        """Return a standard normal number for each who comes."""
        return self._rng.standard_normal(len(self._keep))[self._keep]


EVERYONE = slice(None)


def columns(keep: BoolArray | IntArray | slice, **arrays: Any) -> dict[str, Any]:  # noqa: ANN401 - arrays of any type
    """Return the kept rows of each array, as what an event loop reads fast and holds small.

    Numbers become an `array`, a third of the memory of a list; the rest lists.
    """
    return {
        name: column[keep].tolist() if column.dtype.kind not in _CODES else compact(column[keep])
        for name, column in arrays.items()
    }


def compact(values: FloatArray | IntArray) -> Any:  # noqa: ANN401 - numbers of the same kind
    """Return numbers as an `array` that is indexed like a list."""
    return array(_CODES[values.dtype.kind], values.tobytes())
