"""In which circumstances something happens: scenario discovery with PRIM.

The patient rule induction method (Friedman & Fisher 1999) peels thin slices off the space of
futures, each time the slice whose loss leaves most of what is sought, then pastes back what was
peeled too much. Limits that chance could have given are dropped (the quasi-p test of Bryant &
Lempert 2010). What stays is a box: limits on a few circumstances that a sentence can say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from files.arrays import BoolArray, FloatArray


PEEL = 0.05
"""Share of the points in the box that a slice takes."""

SMALLEST = 0.05
"""A box holds at least this share of all futures, ..."""

FEWEST = 5
"""... and at least so many of them."""

LEAST_DENSITY = 0.5
"""In a box that tells when something happens, it happens at least as often as not."""

CHANCE = 0.05
"""A limit stays only if chance gives as good a box with a smaller probability than this."""


@dataclass(frozen=True)
class Limit:
    """A limit on one circumstance; None where there is none on that side."""

    name: str
    above: float | None
    below: float | None


@dataclass(frozen=True)
class Box:
    """Circumstances in which something happens more often than elsewhere."""

    limits: tuple[Limit, ...]
    density: float
    """Share of the futures in the box in which it happens."""

    coverage: float
    """Share of all futures in which it happens that are in the box."""

    futures: int
    """How many futures are in the box."""


def discover(points: FloatArray, happens: BoolArray, names: tuple[str, ...]) -> Box | None:
    """Find the circumstances in which something happens.

    Parameters
    ----------
    points
        Shape (futures, circumstances).
    happens
        Shape (futures,).
    names
        The circumstances.

    Returns
    -------
    Box or None
        None if it happens always, never, or no circumstance tells when.
    """
    if not happens.any() or happens.all():
        return None
    least = max(FEWEST, int(np.ceil(SMALLEST * len(points))))
    path = list(_peeled(points, happens, least))
    low, high = max(path, key=lambda ends: _worth(_inside(points, *ends), happens))
    low, high = _pasted(points, happens, low, high)
    low, high = _tested(points, happens, low, high)
    limits = tuple(
        Limit(
            name,
            _between(points[:, at], low[at]) if np.isfinite(low[at]) else None,
            _between(points[:, at], high[at], upper=True) if np.isfinite(high[at]) else None,
        )
        for at, name in enumerate(names)
        if np.isfinite(low[at]) or np.isfinite(high[at])
    )
    if not limits:
        return None
    inside = _inside(points, low, high)
    hits = int(happens[inside].sum())
    if hits < LEAST_DENSITY * inside.sum():
        return None
    return Box(limits, hits / int(inside.sum()), hits / int(happens.sum()), int(inside.sum()))


def _inside(points: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    return np.asarray(((points >= low) & (points <= high)).all(axis=1))


def _worth(inside: BoolArray, happens: BoolArray) -> float:
    """Weigh how pure a box is against how much it holds: their harmonic mean."""
    hits = float((inside & happens).sum())
    return 2 * hits / float(inside.sum() + happens.sum())


def _peeled(
    points: FloatArray, happens: BoolArray, least: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield ever smaller boxes, each without the slice that held least of what is sought."""
    low, high = np.full(points.shape[1], -np.inf), np.full(points.shape[1], np.inf)
    while True:
        yield low, high
        inside = _inside(points, low, high)
        best, purest = None, -1.0
        for ends in _slices(points[inside], low, high):
            kept = inside & _inside(points, *ends)
            if kept.sum() < least or kept.sum() == inside.sum():
                continue
            purity = float(happens[kept].mean())
            if purity > purest:
                best, purest = ends, purity
        if best is None:
            return
        low, high = best


def _slices(
    within: FloatArray, low: FloatArray, high: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield the box without its lowest and without its highest slice of every circumstance."""
    for at in range(within.shape[1]):
        values = np.unique(within[:, at])
        if len(values) == 1:
            continue
        cut = np.quantile(within[:, at], [PEEL, 1 - PEEL])
        up, down = low.copy(), high.copy()
        up[at] = values[max(int(np.searchsorted(values, cut[0])), 1)]
        down[at] = values[min(int(np.searchsorted(values, cut[1], "right")) - 1, len(values) - 2)]
        yield up, high
        yield low, down


def _pasted(
    points: FloatArray, happens: BoolArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Move a limit by one value, out or in, as long as the box is worth more so."""
    worth, improved = _worth(_inside(points, low, high), happens), True
    while improved:
        improved = False
        for ends in _moved(points, low, high):
            now = _worth(_inside(points, *ends), happens)
            if now > worth:
                (low, high), worth, improved = ends, now, True
                break
    return low, high


def _moved(
    points: FloatArray, low: FloatArray, high: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    for at in range(points.shape[1]):
        if np.isfinite(low[at]):
            for value in _beside(points[:, at], low[at], -np.inf):
                yield _with(low, at, value), high
        if np.isfinite(high[at]):
            for value in _beside(points[:, at], high[at], np.inf):
                yield low, _with(high, at, value)


def _beside(values: FloatArray, edge: float, none: float) -> Iterator[float]:
    """Yield the values next to a limit, `none` instead of one beyond the last."""
    below, above = values[values < edge], values[values > edge]
    yield float(below.max()) if len(below) else none
    yield float(above.min()) if len(above) else none


def _with(ends: FloatArray, at: int, value: float) -> FloatArray:
    changed = ends.copy()
    changed[at] = value
    return changed


def _tested(
    points: FloatArray, happens: BoolArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Drop the limit that chance explains best, until none is left that it explains."""
    while True:
        chances = [
            (_chance(points, happens, low, high, at), at)
            for at in range(points.shape[1])
            if np.isfinite(low[at]) or np.isfinite(high[at])
        ]
        if not chances or max(chances)[0] <= CHANCE:
            return low, high
        at = max(chances)[1]
        low, high = _with(low, at, -np.inf), _with(high, at, np.inf)


def _chance(
    points: FloatArray, happens: BoolArray, low: FloatArray, high: FloatArray, at: int
) -> float:
    """Say how probable a box as pure is if the limits on one circumstance meant nothing."""
    free = _with(low, at, -np.inf), _with(high, at, np.inf)
    rate = float(happens[_inside(points, *free)].mean())
    inside = _inside(points, low, high)
    return float(stats.binom.sf(happens[inside].sum() - 1, inside.sum(), rate))


def _between(values: FloatArray, edge: float, *, upper: bool = False) -> float:
    """Put a limit halfway between the last value inside and the first outside."""
    outside = values[values > edge] if upper else values[values < edge]
    if not len(outside):
        return float(edge)
    nearest = outside.min() if upper else outside.max()
    return float((edge + nearest) / 2)
