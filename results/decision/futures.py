"""Many futures, as a sweep leaves them: what was varied, and what every configuration gave.

A sweep is a folder with two tidy tables, as Parquet or as CSV:

`futures.parquet`
    future, scenario, site, kpi, value: the mean of a KPI of a configuration in a future. A future
    has a name or number of its own; `site` is `region` for all of Twente. Other columns are left
    alone.
`factors.parquet`
    future, factor, value: what was varied (`scenarios/futures.yaml`) and its value in that future.

What doesn't depend on the future (minutes by road, open sites) comes from the run that is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from results.errors import ResultsError
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from pathlib import Path

    from files.arrays import FloatArray
    from results.decision.scores import Alternative

VALUES, FACTORS = "futures", "factors"
SURROGATES, SENSITIVITY = "surrogates.csv", "sensitivity.csv"
"""What a sweep says beside them: how well it was learned, and what matters for which figure."""

LEAST_EXPLAINED = 0.25
"""A surrogate that explains less has learned chance: what it says matters is not shown."""

COLUMNS = {
    VALUES: ("future", "scenario", "site", "kpi", "value"),
    FACTORS: ("future", "factor", "value"),
}
SHOWN = 3


@dataclass(frozen=True)
class Futures:
    """A sweep in memory."""

    values: pd.DataFrame
    """future, scenario, site, kpi, value."""

    circumstances: pd.DataFrame
    """A row per future, a column per factor that was varied."""

    def scores(self, choice: Alternative) -> FloatArray:
        """Score the configurations of a choice in every future.

        Parameters
        ----------
        choice
            The configurations; criteria that are no KPI keep the scores that it has.

        Returns
        -------
        numpy.ndarray
            Shape (futures, configurations, criteria), futures as in `circumstances`.

        Raises
        ------
        ResultsError
            A KPI is missing for some configuration in some future.
        """
        rows = self.values[self.values["site"] == WHOLE_REGION]
        table = rows.pivot_table(index="future", columns=["scenario", "kpi"], values="value")
        table = table.reindex(index=self.circumstances.index)
        scores = np.broadcast_to(choice.scores, (len(table), *choice.scores.shape)).copy()
        for place, criterion in enumerate(choice.criteria):
            if criterion.kpi is None:
                continue
            wanted = pd.MultiIndex.from_tuples([(name, criterion.kpi) for name in choice.names])
            found = table.reindex(columns=wanted)
            lacking = np.argwhere(found.isna().to_numpy())
            if len(lacking):
                future, name = found.index[lacking[0][0]], choice.names[lacking[0][1]]
                raise ResultsError(
                    "the sweep lacks {kpi} of {name} in future {future}",
                    kpi=criterion.kpi,
                    name=name,
                    future=future,
                )
            scores[:, :, place] = criterion.score(found.to_numpy(dtype=float))
        return scores

    def covers(self, choice: Alternative) -> bool:
        """Say whether the sweep has every configuration of a choice."""
        return set(choice.names) <= set(self.values["scenario"])


def read_futures(folder: Path) -> Futures:
    """Read a sweep.

    Raises
    ------
    ResultsError
        A table or column is missing, a value is no number, a row is double, or the tables aren't
        about the same futures.
    """
    values, factors = (_table(folder, name) for name in (VALUES, FACTORS))
    _no_doubles(values, ["future", "scenario", "site", "kpi"], folder / VALUES)
    _no_doubles(factors, ["future", "factor"], folder / FACTORS)
    circumstances = factors.pivot_table(index="future", columns="factor", values="value")
    if circumstances.isna().any(axis=None):
        future = circumstances.index[circumstances.isna().any(axis=1)][0]
        raise ResultsError(
            "{path}: future {future} lacks a factor that others have",
            path=folder / FACTORS,
            future=future,
        )
    differ = set(circumstances.index) ^ set(values["future"])
    if differ:
        some = ", ".join(str(name) for name in sorted(differ, key=str)[:SHOWN])
        raise ResultsError(
            "{folder}: the two tables must hold the same futures; not so: {futures}",
            folder=folder,
            futures=some,
        )
    return Futures(values, circumstances.sort_index())


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    try:
        if path.is_file():
            table = pd.read_parquet(path)
        else:
            path = folder / f"{name}.csv"
            table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise ResultsError(
            "{folder} is no sweep: {path} can't be read: {error}",
            folder=folder,
            path=path,
            error=str(error),
        ) from error
    missing = [column for column in COLUMNS[name] if column not in table.columns]
    if missing:
        raise ResultsError(
            "{path} lacks {missing}; it needs {needed}",
            path=path,
            missing=", ".join(missing),
            needed=", ".join(COLUMNS[name]),
        )
    numbers = pd.to_numeric(table["value"], errors="coerce")
    if name == FACTORS and not np.isfinite(numbers).all():
        row = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise ResultsError("{path}: row {row}: value is no number", path=path, row=row + 1)
    return table.assign(value=numbers)[list(COLUMNS[name])]


def _no_doubles(table: pd.DataFrame, keys: list[str], path: Path) -> None:
    double = table.duplicated(keys)
    if double.any():
        row = table[double].iloc[0]
        named = ", ".join(f"{key} {row[key]}" for key in keys)
        raise ResultsError("{path}: given twice: {which}", path=path, which=named)
