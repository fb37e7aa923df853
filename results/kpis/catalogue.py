"""The KPI catalogue: what each dotted name means, in which unit, and which way is better.

The facts stand in `kpis.yaml`. A run may hold names the catalogue doesn't know (an older or newer
model): those are shown as they are, without a unit and without a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARE = "share"
"""The unit of a fraction between 0 and 1; people read it as a percentage."""

FLOWS = ("ed", "ambulance", "theatre", "maternity", "ward", "icu", "staff", "care", "neighbour")
"""The first part of a KPI's name, in the order reports show them."""


EASED_BY = {
    "ed": "ed.to_neighbours",
    "care": "ed.to_neighbours",  # of neighbours that are only counted it knows no wait
    "ward": "ed.to_neighbours",
    "icu": "ed.to_neighbours",
    "theatre": "ed.to_neighbours",
    "maternity": "maternity.to_neighbours",
}
"""By flow, the KPI that counts who leaves the region: fewer patients make its other KPIs better."""


class Direction(StrEnum):
    """Which way a KPI should go."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Kpi:
    """One figure: its name, unit, the better direction, and how to say it."""

    name: str
    unit: str
    better: Direction
    decimals: int
    label: Mapping[str, str]
    explanation: Mapping[str, str]
    headline: bool = False
    exact: bool = False
    negative: bool = False
    """Whether its value may lie below nought."""

    matters: float | None = None

    @property
    def flow(self) -> str:
        """Care line it belongs to: the first part of its name."""
        return self.name.partition(".")[0]


@cache
def kpis() -> Mapping[str, Kpi]:
    """Read the catalogue once.

    Returns
    -------
    Mapping[str, Kpi]
        By dotted name, in the order in which reports show them.
    """
    text = files(__package__).joinpath("kpis.yaml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)
    return MappingProxyType({name: _kpi(name, entry) for name, entry in entries.items()})


def kpi(name: str) -> Kpi:
    """Look a KPI up; an unknown name describes itself."""
    return kpis().get(name) or Kpi(
        name=name,
        unit="",
        better=Direction.NEUTRAL,
        decimals=2,
        label={"nl": name, "en": name},
        explanation={"nl": "", "en": ""},
    )


def headline_kpis() -> tuple[Kpi, ...]:
    """Pick the KPIs of the first table of a report."""
    return tuple(entry for entry in kpis().values() if entry.headline)


def position(name: str) -> tuple[int, str]:
    """Return where a KPI stands in reports: a sort key, unknown names last."""
    order = list(kpis())
    return (order.index(name) if name in kpis() else len(order), name)


def _kpi(name: str, entry: Mapping[str, object]) -> Kpi:
    fields = {**entry, "better": Direction(str(entry["better"]))}
    return Kpi(name=name, **fields)  # type: ignore[arg-type]
