"""Robustness over futures: regret and satisficing.

Regret is what a configuration falls short of the best one in a future (Savage 1951); the smallest
largest regret is the choice that never disappoints much. Satisficing counts the futures in which a
configuration is good enough (Lempert & Collins 2007, on both).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from files.arrays import FloatArray


def regrets(totals: FloatArray) -> FloatArray:
    """Return how far each configuration is below the best of its future.

    Parameters
    ----------
    totals
        Shape (futures, configurations), larger is better.
    """
    return totals.max(axis=1, keepdims=True) - totals


def largest_regret(totals: FloatArray) -> FloatArray:
    """Return each configuration's largest regret: shape (configurations,)."""
    return regrets(totals).max(axis=0)


def satisficing(good_enough: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the share of futures that are good enough: shape (configurations,).

    Parameters
    ----------
    good_enough
        Shape (futures, configurations).
    """
    return good_enough.mean(axis=0)
