"""Weights: how much each criterion counts, for whom, and the ranking that follows.

The sets in `weights.yaml` are assumptions to think with; nobody was asked. The ranking is written
so that a page can do the same (JavaScript beside the sliders): see `weighted_sums` and `ranked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import yaml

from results.errors import ResultsError
from results.kpis.criteria import Criterion, groups, judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geodata.arrays import FloatArray


TIE_DECIMALS = 9
"""Weighted sums that are the same in so many decimals are the same: a tie."""


@dataclass(frozen=True)
class Stakeholder:
    """A set of weights, whose it is, and what it rests on."""

    name: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    points: Mapping[str, float]
    """Points by group or criterion, in any total."""

    def weights(self, among: Sequence[Criterion]) -> FloatArray:
        """Spread the points over criteria.

        Parameters
        ----------
        among
            The criteria that are judged. A group's points go evenly to its criteria among them; the
            points of a group without any go to nobody.

        Returns
        -------
        numpy.ndarray
            A weight per criterion, together 1; all 0 if no criterion has points.
        """
        size = {name: sum(c.group == name for c in among) for name in groups()}
        points = np.array(
            [
                self.points.get(c.name, 0.0) + self.points.get(c.group, 0.0) / size[c.group]
                for c in among
            ]
        )
        total = points.sum()
        return points / total if total > 0 else points


def weighted_sums(scores: npt.ArrayLike, weights: npt.ArrayLike) -> FloatArray:
    """Add up scores by weight.

    For each configuration: the sum over the criteria, in the order of `criteria.yaml`, of weight
    times score, divided by the sum of the weights. A criterion that has no score (NaN) for some
    configuration of the set is left out for all of them before this is called.

    Parameters
    ----------
    scores
        Shape (configurations, criteria), between 0 and 1.
    weights
        Shape (criteria,), none negative, in any total above 0.

    Returns
    -------
    numpy.ndarray
        Shape (configurations,), between 0 and 1.
    """
    points, shares = np.asarray(scores, dtype=float), np.asarray(weights, dtype=float)
    totals: FloatArray = points @ (shares / shares.sum())
    return totals


def ranked(totals: npt.ArrayLike) -> list[int]:
    """Rank: the largest first; what is the same in 9 decimals stays in the order given.

    Returns
    -------
    list[int]
        Positions in `totals`, best first.
    """
    rounded = np.round(np.asarray(totals, dtype=float), TIE_DECIMALS)
    return [int(place) for place in np.argsort(-rounded, kind="stable")]


def places(
    scores: npt.ArrayLike, weights: npt.ArrayLike, halves: npt.ArrayLike
) -> list[tuple[int, int]]:
    """Return the best and the worst place that each configuration may have.

    One is before another where their totals differ by more than the intervals of both together; the
    intervals of criteria add up as those of independent figures do. Where no pair parts, every
    place is open to all.

    Parameters
    ----------
    scores, weights
        As for `weighted_sums`.
    halves
        Half the interval of each score, shape as `scores`.
    """
    shares = np.asarray(weights, dtype=float) / np.sum(weights)
    totals = weighted_sums(scores, weights)
    spread = np.sqrt(((np.asarray(halves, dtype=float) * shares) ** 2).sum(axis=1))
    apart = np.round(np.hypot(spread[:, None], spread), TIE_DECIMALS)
    before = np.round(totals[:, None] - totals, TIE_DECIMALS) > apart
    count = len(totals)
    return [(1 + int(before[:, at].sum()), count - int(before[at].sum())) for at in range(count)]


def drawn_places(drawn: FloatArray, certain: float) -> tuple[tuple[int, int], ...]:
    """Return the best and the worst place that each configuration may have, from drawn totals.

    Parameters
    ----------
    drawn
        Totals that chance and prices leave open, shape (draws, configurations).
    certain
        The share of the draws from which on one is before another; beyond 1 none ever is.
    """
    count = drawn.shape[1]
    before = (drawn[:, :, None] > drawn[:, None, :]).mean(axis=0) >= certain
    ahead, behind = before.sum(axis=0).tolist(), before.sum(axis=1).tolist()
    return tuple((1 + ahead[at], count - behind[at]) for at in range(count))


@cache
def stakeholders() -> Mapping[str, Stakeholder]:
    """Read the weight sets that ship, by name; every one is assumed."""
    text = files(__package__).joinpath("weights.yaml").read_text(encoding="utf-8")
    return _read(text, "weights.yaml")


def read_weights(path: Path) -> Mapping[str, Stakeholder]:
    """Read weight sets from a user's file, written as `results/decision/weights.yaml` is.

    Raises
    ------
    ResultsError
        The file can't be read, isn't YAML, or a set names what isn't a group or criterion, gives
        points that aren't numbers of 0 or more, or counts a criterion twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError("{path} can't be read: {error}", path=path, error=str(error)) from error
    return _read(text, str(path))


def _read(text: str, source: str) -> Mapping[str, Stakeholder]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ResultsError(
            "{source} is no YAML: {error}", source=source, error=str(error)
        ) from error
    if not isinstance(document, dict) or not document:
        raise ResultsError(
            "{source}: give one or more sets, each a name with its weights", source=source
        )
    return MappingProxyType(
        {str(name): _stakeholder(str(name), entry, source) for name, entry in document.items()}
    )


def _stakeholder(name: str, entry: object, source: str) -> Stakeholder:
    if not isinstance(entry, dict) or not isinstance(entry.get("weights"), dict):
        raise ResultsError(
            "{source}: {name}: give `weights`, points by group or criterion",
            source=source,
            name=name,
        )
    unknown = sorted(set(map(str, entry)) - {"title", "why", "weights"})
    if unknown:
        raise ResultsError(
            "{source}: {name}: {unknown} isn't allowed; allowed: title, why, weights",
            source=source,
            name=name,
            unknown=", ".join(unknown),
        )
    points = {str(key): _points(value, f"{source}: {name}: weights.{key}")
              for key, value in entry["weights"].items()}  # fmt: skip
    _check_points(points, f"{source}: {name}")
    return Stakeholder(
        name=name,
        title=_texts(entry.get("title", name)),
        why=_texts(entry.get("why", "")),
        points=MappingProxyType(points),
    )


def _points(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ResultsError(
            "{where} is {value!r}; give a number of 0 or more", where=where, value=value
        )
    if not isfinite(value) or value < 0:
        raise ResultsError(
            "{where} is {value}; give a number of 0 or more", where=where, value=value
        )
    return float(value)


def _check_points(points: Mapping[str, float], where: str) -> None:
    known = [*groups(), *judged()]
    unknown = [key for key in points if key not in known]
    if unknown:
        raise ResultsError(
            "{where}: {unknown} is no group or criterion; known: {known}",
            where=where,
            unknown=", ".join(unknown),
            known=", ".join(known),
        )
    for key in points:
        if key in judged() and judged()[key].group in points:
            raise ResultsError(
                "{where}: {key} counts twice, by itself and in {group}; keep one",
                where=where,
                key=key,
                group=judged()[key].group,
            )
    if not sum(points.values()) > 0:
        raise ResultsError("{where}: all weights are 0; give at least one more than 0", where=where)


def _texts(value: Any) -> Mapping[str, str]:  # noqa: ANN401 - what a user's YAML holds
    if isinstance(value, dict):
        return {str(lang): str(text) for lang, text in value.items()}
    return {"nl": str(value), "en": str(value)}
