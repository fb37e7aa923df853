"""How a report weighs: whose weights, in which futures, and what was searched for beside it.

What `twentezorg decide` used last stands in the run's folder: the weights in `decision.json`, and
the sweep, if there was one, in `decision-sweep`. A report uses these unless told otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from results.decision.futures import (
    FACTORS,
    LEAST_EXPLAINED,
    SENSITIVITY,
    SURROGATES,
    VALUES,
    Futures,
    read_futures,
)
from results.decision.weights import Stakeholder, read_weights, stakeholders
from results.errors import ResultsError
from results.kpis.criteria import criteria_kpis
from results.runs.tables import read_csv
from results.sizing.crews_needed import CrewsNeeded, crews_needed
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


DECISION = "decision.json"
SWEEP = "decision-sweep"
KEPT_OF_A_SWEEP = (
    *(f"{name}.{kind}" for name in (VALUES, FACTORS) for kind in ("parquet", "csv")),
    SENSITIVITY,
    SURROGATES,
)
MATTER_COLUMNS = ("scenario", "site", "kpi", "factor", "total")


@dataclass(frozen=True)
class SweptFutures:
    """Many futures of a run's choices, and how much each uncertainty matters in them."""

    futures: Futures
    matters: pd.DataFrame
    """scenario, kpi, factor, share: of the differences between futures in which a factor has a
    hand, for the region's criteria that more than chance decides; no rows if nobody knows."""

    @property
    def count(self) -> int:
        """How many futures there are."""
        return len(self.futures.circumstances)


@dataclass(frozen=True)
class DecisionBasis:
    """Whose weights, and which futures."""

    stakeholders: Mapping[str, Stakeholder]
    sweep: SweptFutures | None = None
    crews: Mapping[tuple[str, int], CrewsNeeded] = field(default_factory=dict)
    """Crews that searches in the run's folder found necessary, by scenario and year."""

    @property
    def futures(self) -> Futures | None:
        """The futures of the sweep, if there is one."""
        return None if self.sweep is None else self.sweep.futures


def as_shipped() -> DecisionBasis:
    """Return the weights that ship, without futures."""
    return DecisionBasis(stakeholders())


def decision_basis(folder: Path, weights: Path | None, futures: Path | None) -> DecisionBasis:
    """Say how a run is weighed: as asked, else as `decide` did last, else as shipped.

    Parameters
    ----------
    folder
        The run's folder.
    weights
        The user's own weights.
    futures
        Folder of a sweep.

    Raises
    ------
    ResultsError
        A file can't be read or says something else than it should.
    """
    kept = folder / SWEEP
    sets = _decided(folder / DECISION) if weights is None else read_weights(weights)
    swept = futures or (kept if any((kept / name).is_file() for name in KEPT_OF_A_SWEEP) else None)
    sweep = None if swept is None else read_sweep(swept)
    return DecisionBasis(sets or stakeholders(), sweep, crews_needed(folder))


def read_sweep(folder: Path) -> SweptFutures:
    """Read a sweep with what matters in it, if it says so.

    Raises
    ------
    ResultsError
        A table can't be read or lacks a column.
    """
    return SweptFutures(read_futures(folder), _matters(folder))


def _matters(folder: Path) -> pd.DataFrame:
    columns = ["scenario", "kpi", "factor", "share"]
    path = folder / SENSITIVITY
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    table = _table(path, MATTER_COLUMNS)
    table = table[(table["site"] == WHOLE_REGION) & table["kpi"].isin(criteria_kpis())]
    surrogates = folder / SURROGATES
    if surrogates.is_file():
        judged = _table(surrogates, ("scenario", "site", "kpi", "explained"))
        sure = judged[judged["explained"] >= LEAST_EXPLAINED]
        if len(judged):
            table = table.merge(sure[["scenario", "site", "kpi"]], on=["scenario", "site", "kpi"])
    # Sobol's totals may add up to more than 1, and Morris's have the unit of the KPI.
    total = table.groupby(["scenario", "kpi"])["total"].transform("sum")
    table = table.assign(share=table["total"] / total.where(total > 0))
    return table.dropna(subset=["share"])[columns].reset_index(drop=True)


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = read_csv(path)
    except (OSError, ValueError) as error:
        raise ResultsError("{path} can't be read: {error}", path=path, error=str(error)) from error
    missing = [column for column in columns if column not in table]
    if missing:
        raise ResultsError("{path} lacks {missing}", path=path, missing=", ".join(missing))
    return table


def _decided(path: Path) -> Mapping[str, Stakeholder] | None:
    if not path.is_file():
        return None
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["stakeholders"]
        return MappingProxyType(
            {
                entry["name"]: Stakeholder(
                    entry["name"], entry["title"], entry["why"], entry["points"]
                )
                for entry in entries
            }
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(
            "{path} is damaged: {error}; run twentezorg decide again", path=path, error=repr(error)
        ) from error
