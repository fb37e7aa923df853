"""Which uncertainty matters for a KPI: Sobol's shares of variance, or Morris's elementary effects.

Sobol's method asks thousands of futures and is answered by a surrogate; Morris's is a design of its
own, a few steps per factor, that can be simulated in full. Both are SALib's (Iwanaga et al. 2022).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from files.arrays import FloatArray


SOBOL_POINTS = 1024
MORRIS_LEVELS = 4
CONFIDENCE = 0.95


class Method(StrEnum):
    """How an index was found."""

    SOBOL = "sobol"
    MORRIS = "morris"


@dataclass(frozen=True)
class Index:
    """How much one factor matters for a KPI.

    Attributes
    ----------
    method
        By which method.
    factor
        Which factor.
    total
        Sobol: share of the variance in which the factor has a hand, interactions included (ST).
        Morris: mean size of its effect over the whole range, in units of the KPI (mu star).
    total_ci
        Half the width of its 95% interval.
    alone
        Sobol: share of the variance by the factor alone (S1). Morris: mean effect with its sign
        (mu): below zero when the KPI falls as the factor rises.
    spread
        Sobol: half the width of the interval of `alone`. Morris: standard deviation of the effect
        (sigma); large when it depends on the other factors.
    """

    method: Method
    factor: str
    total: float
    total_ci: float
    alone: float
    spread: float


def morris_points(factors: Sequence[str], trajectories: int, seed: int) -> FloatArray:
    """Return the futures of Morris's design, shape (trajectories x (factors + 1), factors).

    Values are between 0 and 1; each trajectory moves every factor once.
    """
    return morris_sample.sample(
        _problem(factors), trajectories, num_levels=MORRIS_LEVELS, seed=_seed(seed)
    )


def morris_indices(factors: Sequence[str], points: FloatArray, values: FloatArray) -> list[Index]:
    """Return how much each factor matters, from a simulated Morris design (Morris 1991).

    Parameters
    ----------
    points
        What `morris_points` gave.
    values
        The KPI in each of these futures.
    """
    found = morris_analysis.analyze(
        _problem(factors), points, values, num_levels=MORRIS_LEVELS, seed=0, conf_level=CONFIDENCE
    )
    rows = zip(
        factors, found["mu_star"], found["mu_star_conf"], found["mu"], found["sigma"], strict=True
    )
    return [Index(Method.MORRIS, name, *map(float, row)) for name, *row in rows]


def sobol_indices(
    factors: Sequence[str], kpi: Callable[[FloatArray], FloatArray], seed: int
) -> list[Index]:
    """Return each factor's share of the variance of a KPI (Saltelli et al. 2010).

    Parameters
    ----------
    kpi
        Gives the KPI in futures, from points between 0 and 1 of shape (futures, factors).
    """
    problem = _problem(factors)
    points = sobol_sample.sample(problem, SOBOL_POINTS, calc_second_order=False, seed=_seed(seed))
    values = kpi(points)
    if np.ptp(values) == 0:
        return [Index(Method.SOBOL, name, 0.0, math.nan, 0.0, math.nan) for name in factors]
    found = sobol_analysis.analyze(
        problem, values, calc_second_order=False, seed=_seed(seed), conf_level=CONFIDENCE
    )
    rows = zip(factors, found["ST"], found["ST_conf"], found["S1"], found["S1_conf"], strict=True)
    return [Index(Method.SOBOL, name, *map(float, row)) for name, *row in rows]


def _problem(factors: Sequence[str]) -> dict[str, Any]:
    return {
        "num_vars": len(factors),
        "names": list(factors),
        "bounds": [[0.0, 1.0]] * len(factors),
    }


def _seed(seed: int) -> int:
    """Return a seed that SALib can take, 32 bits of ours."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])
