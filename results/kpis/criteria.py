"""The criteria that a choice is judged on: the region's goals and worries, and a scale for each.

The facts stand in `criteria.yaml`. A criterion reads one figure of a run and gives it between 0 and
1 point: a straight line between the two ends of its scale, which are fixed beforehand (Keeney &
Raiffa 1976). What the figures are in a run is in `scores`; what weighs how much is in `weights`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import yaml

from results.kpis.catalogue import SHARE, Direction, Kpi, kpi

if TYPE_CHECKING:
    from collections.abc import Mapping

SITES_UNIT = "sites"
COST_UNIT = "million euro/year"
WORST_OFF = "worst_off"
"""The municipality of a reachability criterion that is about the least reachable one."""

_COST = Kpi(
    name="cost.extra",
    unit=COST_UNIT,
    better=Direction.LOWER,
    decimals=0,
    label={},
    explanation={},
)
_SITES = Kpi(
    name="sites.open",
    unit=SITES_UNIT,
    better=Direction.HIGHER,
    decimals=0,
    label={},
    explanation={},
)
_SHARE = Kpi(
    name="reachability.share",
    unit=SHARE,
    better=Direction.HIGHER,
    decimals=0,
    label={},
    explanation={},
)


@dataclass(frozen=True)
class CriteriaGroup:
    """A goal or worry of the region that criteria belong to."""

    name: str
    title: Mapping[str, str]
    asks: Mapping[str, str]


@dataclass(frozen=True)
class ReachabilityFigure:
    """A figure of `reachability.csv`."""

    function: str
    profile: str
    clock: str
    column: str
    municipality: str


@dataclass(frozen=True)
class Criterion:
    """One thing a choice is judged on; one of four fields says where it is read.

    Attributes
    ----------
    kpi, reachability, open_sites, cost
        Where it is read: one of these.
    beside
        A KPI that is shown in the same cell and not judged, such as the other clock's.
    given
        Whether it is put into the model rather than found by it: shown, not judged.
    """

    name: str
    group: str
    title: Mapping[str, str]
    unit: str
    decimals: int
    better: Direction
    worst: float
    best: float
    scale: str
    norm: float | None = None
    matters: float | None = None
    kpi: str | None = None
    reachability: ReachabilityFigure | None = None
    open_sites: str | None = None
    cost: str | None = None
    beside: str | None = None
    given: bool = False

    def score(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Give points: 0 at the worst end of the scale, 1 at the best, straight between.

        Values beyond an end get that end's points; NaN stays NaN. Shape as `values`.
        """
        points = (np.asarray(values, dtype=float) - self.worst) / (self.best - self.worst)
        return np.clip(points, 0.0, 1.0)

    @property
    def figure(self) -> Kpi:
        """How the value is written: its unit and decimals, as a KPI has them."""
        if self.kpi is not None:
            return kpi(self.kpi)
        if self.cost is not None:
            return _COST
        return _SITES if self.open_sites is not None else _SHARE


@cache
def groups() -> Mapping[str, CriteriaGroup]:
    """Read the groups, by name, in the order in which they are shown."""
    entries = _document()["groups"]
    return MappingProxyType(
        {name: CriteriaGroup(name=name, **entry) for name, entry in entries.items()}
    )


@cache
def criteria() -> Mapping[str, Criterion]:
    """Read the criteria, by name, in the order in which they are shown."""
    entries = _document()["criteria"]
    return MappingProxyType({name: _criterion(name, entry) for name, entry in entries.items()})


def judged() -> Mapping[str, Criterion]:
    """Return the criteria that a choice is judged on: all but those that are given."""
    return MappingProxyType({name: c for name, c in criteria().items() if not c.given})


def weighed_groups() -> list[str]:
    """Name the groups that a weight can count for: those with a criterion that is judged."""
    return [name for name in groups() if any(one.group == name for one in judged().values())]


@cache
def criteria_kpis() -> frozenset[str]:
    """Collect the KPIs that criteria read: the family that intervals hold for together."""
    return frozenset(entry.kpi for entry in judged().values() if entry.kpi is not None)


def _document() -> Mapping[str, Any]:
    text = files(__package__).joinpath("criteria.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _criterion(name: str, entry: Mapping[str, Any]) -> Criterion:
    fields = dict(entry)
    if "reachability" in fields:
        fields["reachability"] = ReachabilityFigure(**fields["reachability"])
    read = kpi(fields["kpi"]) if "kpi" in fields else None
    figure = read or (_COST if "cost" in fields else _SITES if "open_sites" in fields else _SHARE)
    return Criterion(
        name=name,
        unit=figure.unit,
        decimals=figure.decimals,
        better=Direction(fields.pop("better", figure.better)),
        matters=fields.pop("matters", figure.matters),
        **fields,
    )
