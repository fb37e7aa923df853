"""Weights: how much each criterion counts, for whom, and the ranking that follows.

The sets in `weights.yaml` are assumptions to think with; nobody was asked. The ranking is written
so that a page can do the same (JavaScript beside the sliders): see `weighted_sums`, `ranked` and
`drawn_places`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field

from files.errors import FileError, Said
from files.validation import Model, Number, checked
from files.yaml_document import read_document
from results.kpis.criteria import Criterion, groups, judged, weighed_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from files.arrays import FloatArray
    from files.errors import Problem
    from files.yaml_document import Document, FieldPath


TIE_DECIMALS = 9
"""Weighted sums that are the same in so many decimals are the same: a tie."""

APART = 0.005
"""A total is before another by more than this only: half of the last digit that is shown, so that
what reads alike has no places, however sure the rest of the difference is."""


def _in_both(text: Any) -> Any:  # noqa: ANN401 - what a user's YAML holds
    """Take one text for that of both languages."""
    return text if isinstance(text, dict) else {"nl": text, "en": text}


Texts = Annotated[dict[str, str], BeforeValidator(_in_both)]
Points = Annotated[Number, Field(ge=0)]


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
    return points @ (shares / shares.sum())


def ranked(totals: npt.ArrayLike) -> list[int]:
    """Rank: the largest first; what is the same in 9 decimals stays in the order given.

    Returns
    -------
    list[int]
        Positions in `totals`, best first.
    """
    rounded = np.round(np.asarray(totals, dtype=float), TIE_DECIMALS)
    return [int(place) for place in np.argsort(-rounded, kind="stable")]


def drawn_places(drawn: FloatArray, certain: float) -> tuple[tuple[int, int], ...]:
    """Return the best and the worst place that each configuration may have, from drawn totals.

    Parameters
    ----------
    drawn
        Totals that chance leaves open, shape (draws, configurations).
    certain
        The share of the draws from which on one is before another; beyond 1 none ever is.
    """
    count = drawn.shape[1]
    before = (drawn[:, :, None] - drawn[:, None, :] > APART).mean(axis=0) >= certain
    ahead, behind = before.sum(axis=0).tolist(), before.sum(axis=1).tolist()
    return tuple((1 + ahead[at], count - behind[at]) for at in range(count))


class _Set(Model):
    """A set of weights as a file gives it."""

    title: Texts | None = None
    why: Texts = Field(default_factory=lambda: _in_both(""))
    weights: dict[str, Points]


@cache
def stakeholders() -> Mapping[str, Stakeholder]:
    """Read the weight sets that ship, by name; every one is assumed."""
    return read_weights(files(__package__).joinpath("weights.yaml"))


def read_weights(path: Path | Traversable) -> Mapping[str, Stakeholder]:
    """Read weight sets from a user's file, written as `results/decision/weights.yaml` is.

    Raises
    ------
    FileError
        With file, line and field: the file can't be read, isn't YAML, or a set names what isn't a
        group or criterion, gives points that aren't numbers of 0 or more, or counts a criterion
        twice.
    """
    document = read_document(path)
    if not document.content:
        raise FileError.single(document.file, "give one or more sets, each a name with its weights")
    return MappingProxyType({name: _stakeholder(name, document) for name in document.content})


def _stakeholder(name: str, document: Document) -> Stakeholder:
    own = checked(_Set, document, (name,))
    problems = list(_wrong_points(own.weights, document, (name, "weights")))
    if problems:
        raise FileError(problems)
    return Stakeholder(
        name=name,
        title=_in_both(name) if own.title is None else own.title,
        why=own.why,
        points=MappingProxyType(own.weights),
    )


def _wrong_points(
    points: Mapping[str, float], document: Document, place: FieldPath
) -> Iterator[Problem]:
    known = [*weighed_groups(), *judged()]
    for key in points:
        if key in groups() and key not in known:
            what = Said(
                "is put into the model and not judged; known: {known}", {"known": ", ".join(known)}
            )
            yield document.problem((*place, key), what)
        elif key not in known:
            what = Said("is no group or criterion; known: {known}", {"known": ", ".join(known)})
            yield document.problem((*place, key), what)
        elif key in judged() and (group := judged()[key].group) in points:
            what = Said("counts twice, by itself and in {group}; keep one", {"group": group})
            yield document.problem((*place, key), what)
    if not sum(points.values()) > 0:
        what = Said("all weights are 0; give at least one more than 0")
        yield document.problem(place, what)
