"""What each configuration scores on each criterion in a run, with an interval.

Configurations are ranked among those of the same year, doing nothing in that year included: ranking
2034 beside 2025 would rank ageing. Scores themselves are on fixed scales and may be shown together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.accessibility.moments import YEARLY_MEAN
from geodata.accessibility.reachability import REGION_CODE, Clock
from results.decision.costs import extra_costs
from results.decision.weights import TIE_DECIMALS
from results.kpis.catalogue import kpi
from results.kpis.criteria import WORST_OFF, Criterion, ReachabilityFigure, criteria, judged
from scenarios.calendar.opening_hours import open_hours
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import FloatArray
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
    "clock",
    "value_by_life",
    "worst_moment",
    "worst_value",
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
        range. NaN where the run has no value. `clock` is that of a value of call to hospital, and
        `value_by_life` the same by the other; a value that is a mean over the year has its worst
        moment beside it.
    """
    found = {name: _values(run, criterion) for name, criterion in criteria().items()}
    beside = beside_values(run)
    rows = []
    for scenario in run.scenarios:
        for criterion in criteria().values():
            value, low, high, interval = found[criterion.name].get(
                scenario.name, (np.nan, np.nan, np.nan, Interval.NONE)
            )
            ends = criterion.score([low, high])
            also = beside.get((scenario.name, criterion.name), Beside())
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
                    also.clock,
                    also.by_life,
                    also.worst_moment,
                    also.worst_value,
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
        return _kpi_values(run, criterion.kpi)
    if criterion.reachability is not None:
        return _reach_values(run, criterion.reachability)
    if criterion.open_sites is not None:
        return {s.name: _exact(_sites_open(s, criterion.open_sites)) for s in run.scenarios}
    costs = extra_costs(run)
    return {
        str(name): (row["value"], row["low"], row["high"], Interval.ASSUMED)
        for name, row in costs.iterrows()
    }


@dataclass(frozen=True)
class Beside:
    """What stands beside the value of a criterion: the other clock, and the worst moment.

    Attributes
    ----------
    clock
        The clock that the value is by; empty where the criterion has no call to hospital.
    by_life
        The same figure by life's clock; NaN without.
    worst_moment, worst_time, worst_value
        Hours, share of the time and value at the worst moment, where the value is a mean over the
        year; empty and NaN elsewhere.
    """

    clock: str = ""
    by_life: float = np.nan
    worst_moment: str = ""
    worst_time: float = np.nan
    worst_value: float = np.nan


def beside_values(run: Run) -> Mapping[tuple[str, str], Beside]:
    """Return what stands beside each value, by scenario and criterion."""
    found = {}
    for criterion in criteria().values():
        reach = criterion.reachability
        clock = reach.clock if reach else (criterion.kpi or "").rpartition(".")[2]
        if clock not in {Clock.NORM, Clock.DRIVE}:
            continue
        by_life: Mapping[str, _Value] = {}
        if clock == Clock.NORM:
            by_life = (
                _reach_values(run, replace(reach, clock=Clock.LIFE.value))
                if reach
                else _kpi_values(run, criterion.beside or "")
            )
        worst = _worst_values(run, reach) if reach else {}
        for scenario in run.scenarios:
            found[scenario.name, criterion.name] = Beside(
                clock if clock == Clock.NORM else "",
                by_life.get(scenario.name, (np.nan,))[0],
                *worst.get(scenario.name, ("", np.nan, np.nan)),
            )
    return found


def _worst_values(run: Run, reach: ReachabilityFigure) -> Mapping[str, tuple[str, float, float]]:
    """Return hours, share of the time and value at the worst moment of means over the year."""
    rows = _reach_rows(run, reach)
    rows = rows[rows["moment"] == YEARLY_MEAN].sort_values(f"worst_{reach.column}")
    first = rows.drop_duplicates("scenario")
    columns = ("scenario", "worst_moment", "worst_share_of_time", f"worst_{reach.column}")
    return {
        str(name): (str(hours), float(time), float(value))
        for name, hours, time, value in zip(*(first[c] for c in columns), strict=True)
    }


def _exact(value: float) -> _Value:
    return value, value, value, Interval.NONE


def _kpi_values(run: Run, name: str) -> Mapping[str, _Value]:
    table = run.summary
    rows = table[(table["site"] == WHOLE_REGION) & (table["kpi"] == name)]
    columns = (rows[name] for name in ("scenario", "mean", "ci_low", "ci_high"))
    found = {
        str(scenario): (mean, low, high, Interval.REPLICATIONS)
        for scenario, mean, low, high in zip(*columns, strict=True)
    }
    if kpi(name).exact:
        return {scenario: _exact(value[0]) for scenario, value in found.items()}
    return found


def _reach_rows(run: Run, reach: ReachabilityFigure) -> pd.DataFrame:
    """Return the rows of the municipalities, or of the region, that a criterion is about."""
    table = run.reachability
    region = table["municipality_code"] == REGION_CODE
    return table[
        (table["function"] == reach.function)
        & (table["profile"] == reach.profile)
        & (table["clock"] == reach.clock)
        & (~region if reach.municipality == WORST_OFF else region)
    ]


def _reach_values(run: Run, reach: ReachabilityFigure) -> Mapping[str, _Value]:
    worst = _reach_rows(run, reach).groupby("scenario")[reach.column].min()
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
