"""What each configuration scores on each criterion in a run, with an interval.

Configurations are ranked among those of the same year, doing nothing in that year included: ranking
2034 beside 2025 would rank ageing. Scores themselves are on fixed scales and may be shown together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.accessibility.reachability import REGION_CODE
from results.decision.costs import extra_costs
from results.decision.weights import TIE_DECIMALS
from results.kpis.criteria import WORST_OFF, Criterion, Reach, criteria, judged
from scenarios.calendar.opening_hours import open_hours
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.arrays import FloatArray
    from results.runs.run import Run, RunScenario

FEWEST_TO_CHOOSE = 2

SCORE_COLUMNS = (
    "horizon_year",
    "scenario",
    "group",
    "criterion",
    "unit",
    "value",
    "low",
    "high",
    "interval",
    "score",
    "score_low",
    "score_high",
)


class Interval(StrEnum):
    """What the range of a criterion's value is."""

    REPLICATIONS = "95% over replications"
    ASSUMED = "assumed range"
    NONE = "exact"


@dataclass(frozen=True)
class Alternative:
    """The configurations of one year, one of which is to be chosen; doing nothing first."""

    year: int
    scenarios: tuple[RunScenario, ...]
    criteria: tuple[Criterion, ...]
    """Those that every configuration has a score on."""

    unjudged: tuple[Criterion, ...]
    """Those that are left out because some configuration has no value; what is given is neither."""

    scores: FloatArray
    """Shape (configurations, criteria), between 0 and 1."""

    @property
    def names(self) -> tuple[str, ...]:
        """The scenarios' names."""
        return tuple(scenario.name for scenario in self.scenarios)


def score_table(run: Run) -> pd.DataFrame:
    """Score every scenario of a run on every criterion.

    Returns
    -------
    pandas.DataFrame
        `SCORE_COLUMNS`, a row per scenario and criterion, in the run's and the criteria's order.
        `low` and `high` are the ends of what `interval` says; a run of one replication has none for
        simulated figures (NaN). `score_low` and `score_high` are the least and most points in that
        range. NaN where the run has no value.
    """
    found = {name: _values(run, criterion) for name, criterion in criteria().items()}
    rows = []
    for scenario in run.scenarios:
        for criterion in criteria().values():
            value, low, high, interval = found[criterion.name].get(
                scenario.name, (np.nan, np.nan, np.nan, Interval.NONE)
            )
            ends = criterion.score([low, high])
            rows.append(
                (
                    scenario.horizon_year,
                    scenario.name,
                    criterion.group,
                    criterion.name,
                    criterion.unit,
                    value,
                    low,
                    high,
                    interval.value,
                    float(criterion.score(value)),
                    float(ends.min()),
                    float(ends.max()),
                )
            )
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def choices(run: Run, table: pd.DataFrame) -> tuple[Alternative, ...]:
    """Group the scenarios of a run into choices: by year, two or more.

    Parameters
    ----------
    run
        The run.
    table
        Its `score_table`.

    Returns
    -------
    tuple[Choice, ...]
        By year. Baselines come first in each, the others in the order of the run.
    """
    by_year: dict[int, list[RunScenario]] = {}
    for scenario in sorted(run.scenarios, key=lambda s: (s.horizon_year, s.baseline is not None)):
        by_year.setdefault(scenario.horizon_year, []).append(scenario)
    return tuple(
        _choice(year, tuple(members), table)
        for year, members in by_year.items()
        if len(members) >= FEWEST_TO_CHOOSE
    )


def _choice(year: int, members: tuple[RunScenario, ...], table: pd.DataFrame) -> Alternative:
    wide = table.pivot_table(
        index="scenario", columns="criterion", values="score", dropna=False, sort=False
    )
    asked = judged()
    ours = wide.reindex(index=[s.name for s in members], columns=list(asked))
    known = [name for name in asked if ours[name].notna().all()]
    return Alternative(
        year=year,
        scenarios=members,
        criteria=tuple(asked[name] for name in known),
        unjudged=tuple(c for name, c in asked.items() if name not in known),
        scores=ours[known].to_numpy(dtype=float),
    )


_Value = tuple[float, float, float, Interval]


def _values(run: Run, criterion: Criterion) -> Mapping[str, _Value]:
    """Read a criterion's value and range for every scenario that has one."""
    if criterion.kpi is not None:
        return _kpi_values(run, criterion)
    if criterion.reachability is not None:
        return _reach_values(run, criterion.reachability)
    if criterion.open_sites is not None:
        return {s.name: _exact(_sites_open(s, criterion.open_sites)) for s in run.scenarios}
    costs = extra_costs(run)
    return {
        str(name): (row["value"], row["low"], row["high"], Interval.ASSUMED)
        for name, row in costs.iterrows()
    }


def _exact(value: float) -> _Value:
    return value, value, value, Interval.NONE


def _kpi_values(run: Run, criterion: Criterion) -> Mapping[str, _Value]:
    table = run.summary
    rows = table[(table["site"] == WHOLE_REGION) & (table["kpi"] == criterion.kpi)]
    columns = (rows[name] for name in ("scenario", "mean", "ci_low", "ci_high"))
    found = {
        str(name): (mean, low, high, Interval.REPLICATIONS)
        for name, mean, low, high in zip(*columns, strict=True)
    }
    if criterion.figure.exact:
        return {name: _exact(value[0]) for name, value in found.items()}
    return found


def _reach_values(run: Run, reach: Reach) -> Mapping[str, _Value]:
    table = run.reachability
    rows = table[
        (table["function"] == reach.function)
        & (table["profile"] == reach.profile)
        & (table["clock"] == reach.clock)
    ]
    region = rows["municipality_code"] == REGION_CODE
    if reach.municipality == WORST_OFF:
        worst = rows[~region].groupby("scenario")[reach.column].min()
    else:
        worst = rows[region].set_index("scenario")[reach.column]
    return {str(name): _exact(float(value)) for name, value in worst.items()}


def _sites_open(scenario: RunScenario, function: str) -> float:
    """Count the sites in Twente that are open, at the hour at which the fewest are."""
    hours = [open_hours(site.hours(function)) for site in scenario.sites if not site.is_neighbour]
    return float(np.sum(hours, axis=0).min()) if hours else 0.0


def dominated(scores: FloatArray) -> tuple[tuple[int, ...], ...]:
    """Say for each configuration which others are as good on everything and better on something."""
    rounded = np.round(scores, TIE_DECIMALS)
    as_good = (rounded[:, None, :] >= rounded[None, :, :]).all(axis=2)
    better = (rounded[:, None, :] > rounded[None, :, :]).any(axis=2)
    over = np.logical_and(as_good, better)
    return tuple(tuple(int(i) for i in np.flatnonzero(over[:, at])) for at in range(len(scores)))
