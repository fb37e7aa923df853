"""A surrogate: the KPIs of futures that were not simulated, learned from those that were.

Gaussian process regression (Kriging; Rasmussen & Williams 2006, Kleijnen 2009) with a length scale
for each factor and a noise term, since a simulated KPI is itself uncertain. How far it may be
trusted is what it misses in futures it has not seen: each fifth of the simulated ones is held out
in turn, with the length scales of all (Dubrule 1983).

Libraries of linear algebra share out their work over all cores, which takes six times as long for
matrices as small as these and may change the last digits with the number of cores. So they get one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from files.arrays import FloatArray


FOLDS = 5
LEAST_FUTURES = 4 * FOLDS
"""Fewer say nothing about what a surrogate misses."""

_LENGTHS = (0.2, 50.0)  # of the range of a factor; 50 is a straight line
_NOISES = (1e-6, 2.0)  # of the variance of the KPI


@dataclass(frozen=True)
class HeldOut:
    """What a surrogate misses in futures that it was not fitted on.

    Attributes
    ----------
    rmse
        Root of the mean square, in units of the KPI; the noise of a replication included.
    explained
        Share of the KPI's variance over futures that it explains; at most 1, and 0 is no better
        than the mean.
    """

    rmse: float
    explained: float


@dataclass(frozen=True)
class Surrogate:
    """A KPI of one configuration as a function of the factors."""

    process: GaussianProcessRegressor | None
    level: float
    held_out: HeldOut

    def predict(self, points: FloatArray) -> FloatArray:
        """Return the KPI in futures.

        Parameters
        ----------
        points
            Factors between 0, the low end of their range, and 1, the high end; shape
            (futures, factors).
        """
        if self.process is None:
            return np.full(len(points), self.level)
        with _threads().limit(limits=1):
            predicted: FloatArray = self.process.predict(points)
        return predicted


def fit(points: FloatArray, values: FloatArray) -> Surrogate:
    """Fit a surrogate to simulated futures.

    Parameters
    ----------
    points
        Factors between 0 and 1, shape (futures, factors).
    values
        The KPI, shape (futures,), finite.

    Raises
    ------
    ValueError
        Fewer futures than `LEAST_FUTURES`.
    """
    if len(values) < LEAST_FUTURES:
        raise ValueError(f"a surrogate needs {LEAST_FUTURES} simulated futures, not {len(values)}")
    level = float(values.mean())
    if np.ptp(values) == 0:
        return Surrogate(None, level, HeldOut(0.0, 1.0))
    with _threads().limit(limits=1):
        process = _process(points, values)
        held_out = _held_out(process, points, values)
    return Surrogate(process, level, held_out)


@cache
def _threads() -> ThreadpoolController:
    """Return what is in charge of the threads of the libraries that are loaded."""
    return ThreadpoolController()


def _held_out(process: GaussianProcessRegressor, points: FloatArray, values: FloatArray) -> HeldOut:
    """Return what is missed when each fifth is held out in turn."""
    missed = np.empty_like(values)
    fold = np.arange(len(values)) % FOLDS
    for number in range(FOLDS):
        out = fold == number
        seen = GaussianProcessRegressor(process.kernel_, optimizer=None, normalize_y=True)
        missed[out] = values[out] - seen.fit(points[~out], values[~out]).predict(points[out])
    square = float(np.mean(missed**2))
    explained = 1.0 - square / float(np.var(values))
    return HeldOut(float(np.sqrt(square)), explained)


def _process(points: FloatArray, values: FloatArray) -> GaussianProcessRegressor:
    lengths = np.full(points.shape[1], 2.0)
    kernel = ConstantKernel(1.0, (1e-2, 1e4)) * RBF(lengths, _LENGTHS) + WhiteKernel(0.1, _NOISES)
    process = GaussianProcessRegressor(kernel, normalize_y=True)
    with warnings.catch_warnings():  # a factor without effect has its length at the bound
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(points, values)
    return process
