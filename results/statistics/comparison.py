"""From values per replication to means, paired differences and a verdict.

The same seed gives the same patients in every configuration (common random numbers), so a
configuration is compared with its baseline replication by replication: the interval is that of
the paired differences (Law & Kelton 2000, §10.2), far narrower than two intervals side by side.

Among many differences some seem real by chance. The KPIs that the decision is judged on, for the
whole region, form a family whose intervals hold together: with 95% certainty none of them misses
its mean, over all configurations and KPIs of one table (Bonferroni, as Law & Kelton 2000, §10.3 use
it against a baseline; it asks nothing of how differences hang together, so paired ones will do).
Intervals of other rows hold one by one. The column `interval` says which is which.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from results.errors import ResultsError
from results.kpis.catalogue import EASED_BY, Direction, kpi
from results.kpis.criteria import criteria_kpis
from results.statistics.intervals import CONFIDENCE, half_width
from scenarios.errors import Said
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUNDING = 1e-9
"""Differences smaller than this share of the values themselves are rounding, not effects."""

REPLICATION_COLUMNS = ("scenario", "replication", "site", "kpi", "value")
SUMMARY_COLUMNS = ("scenario", "site", "kpi", "unit", "mean", "ci_low", "ci_high", "replications")
COMPARISON_COLUMNS = (
    "scenario",
    "baseline",
    "site",
    "kpi",
    "unit",
    "difference",
    "ci_low",
    "ci_high",
    "verdict",
    "interval",
    "size",
    "leaving",
)


class Verdict(StrEnum):
    """What a paired difference shows."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NOT_SHOWN = "no difference shown"


class Holds(StrEnum):
    """What the 95% of an interval is about."""

    TOGETHER = "simultaneous"
    ALONE = "single"


class Size(StrEnum):
    """Whether a difference is large enough to matter: the KPI's `matters` against its interval."""

    MATTERS = "matters"
    SMALL = "too small to matter"
    UNCLEAR = "size unclear"
    NOT_JUDGED = "not judged"


def summarise(replications: pd.DataFrame) -> pd.DataFrame:
    """Average every KPI over the replications, with a 95% t-interval.

    Parameters
    ----------
    replications
        Columns scenario, replication, site, kpi, value; NaN means not observed.

    Returns
    -------
    pandas.DataFrame
        `SUMMARY_COLUMNS`, sorted by scenario, site and KPI. `replications` counts the observed
        values; with fewer than two the interval is NaN.
    """
    keys = ["scenario", "site", "kpi"]
    table = _means(replications, keys, "value").rename(columns={"count": "replications"})
    table["unit"] = [kpi(name).unit for name in table["kpi"]]
    return table[list(SUMMARY_COLUMNS)]


def compare(replications: pd.DataFrame, baselines: Mapping[str, str]) -> pd.DataFrame:
    """Compare every configuration with its baseline, replication by replication.

    Parameters
    ----------
    replications
        Columns scenario, replication, site, kpi, value; NaN means not observed.
    baselines
        The baseline of each scenario that has one.

    Returns
    -------
    pandas.DataFrame
        `COMPARISON_COLUMNS`, sorted by scenario, site and KPI. A KPI that either side doesn't
        have (a closed site) yields no row. KPIs without a better direction are called `higher` or
        `lower`. The verdict is `no difference shown` where the interval holds zero. `interval` says
        whether the interval holds `simultaneous` with those of the other criteria or `single`;
        `size` whether all of it is beyond the smallest difference that matters, within it, or both.
        `leaving` is how many more patients a year leave the region where that is part of why a
        row is better, else NaN.

    Raises
    ------
    ResultsError
        A baseline has no replications.
    """
    known = set(replications["scenario"])
    missing = sorted(set(baselines.values()) - known)
    if missing:
        raise ResultsError(
            "no results for baseline {missing}; this run has {known}",
            missing=", ".join(missing),
            known=", ".join(sorted(known)) or Said("no scenarios"),
        )
    pairs = _pairs(replications, baselines)
    table = _means(pairs, ["scenario", "baseline", "site", "kpi"], "difference")
    table = table.rename(columns={"mean": "difference"})
    together = _family(table)
    _widen(table, together)
    unsure = _equal_by_chance(table)
    table.loc[unsure, ["ci_low", "ci_high"]] = np.nan
    table["unit"] = [kpi(name).unit for name in table["kpi"]]
    table["verdict"] = [
        _verdict(kpi(name).better, low, high)
        for name, low, high in zip(table["kpi"], table["ci_low"], table["ci_high"], strict=True)
    ]
    table["interval"] = np.where(together, Holds.TOGETHER.value, Holds.ALONE.value)
    table["size"] = [
        _size(kpi(name).matters, low, high)
        for name, low, high in zip(table["kpi"], table["ci_low"], table["ci_high"], strict=True)
    ]
    table["leaving"] = _leaving(table)
    return table[list(COMPARISON_COLUMNS)]


def leavers(row: Mapping[Any, Any] | None) -> float:
    """Return how many more patients a year leave the region in a row that is better; 0 for none."""
    count = float("nan") if row is None else float(str(row["leaving"]))
    return 0.0 if np.isnan(count) else count


def _leaving(table: pd.DataFrame) -> list[float]:
    """Return by row how many more patients a year leave the region, where that makes it better.

    What gets better in a flow while its patients go to hospitals outside the region, and more of
    them for certain, is in part better because they do.
    """
    left = table[
        table["kpi"].isin(list(EASED_BY.values()))
        & (table["site"] == WHOLE_REGION)
        & (table["verdict"] == Verdict.WORSE)
    ]
    more = {
        (scenario, baseline, name): float(difference)
        for scenario, baseline, name, difference in zip(
            left["scenario"], left["baseline"], left["kpi"], left["difference"], strict=True
        )
    }
    columns = (table[name] for name in ("scenario", "baseline", "kpi", "verdict"))
    return [
        more.get((scenario, baseline, EASED_BY.get(kpi(name).flow, "")), np.nan)
        if verdict == Verdict.BETTER
        else np.nan
        for scenario, baseline, name, verdict in zip(*columns, strict=True)
    ]


def _family(table: pd.DataFrame) -> pd.Series:
    """Tell the rows that a decision rests on and that chance plays a part in."""
    exact = pd.Series([kpi(name).exact for name in table["kpi"]], index=table.index, dtype=bool)
    return table["kpi"].isin(criteria_kpis()) & (table["site"] == WHOLE_REGION) & ~exact


def _widen(table: pd.DataFrame, together: pd.Series) -> None:
    """Give the rows of a family intervals that hold together (Bonferroni)."""
    members = int(together.sum())
    if not members:
        return
    count = table.loc[together, "count"].to_numpy(dtype=float)
    level = 1 - (1 - CONFIDENCE) / members
    half = half_width(table.loc[together, "std"], count, level)
    table.loc[together, "ci_low"] = table.loc[together, "difference"] - half
    table.loc[together, "ci_high"] = table.loc[together, "difference"] + half


def _pairs(replications: pd.DataFrame, baselines: Mapping[str, str]) -> pd.DataFrame:
    """Put each value beside its baseline's value in the same replication."""
    seen = replications.dropna(subset=["value"])
    ours = seen[seen["scenario"].isin(list(baselines))].copy()
    ours["baseline"] = ours["scenario"].map(dict(baselines))
    theirs = seen.rename(columns={"scenario": "baseline", "value": "baseline_value"})
    pairs = ours.merge(
        theirs, on=["baseline", "replication", "site", "kpi"], validate="many_to_one"
    )
    ours_value = pairs["value"].to_numpy(dtype=float)
    baseline_value = pairs["baseline_value"].to_numpy(dtype=float)
    difference = ours_value - baseline_value
    size = np.maximum(np.abs(ours_value), np.abs(baseline_value))
    pairs["difference"] = np.where(np.abs(difference) <= ROUNDING * size, 0.0, difference)
    return pairs


def _means(values: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Mean and t-interval of a column by group, groups sorted by their keys."""
    # The order of addition decides the last bits: sort, so that worker order can't.
    ordered = values.sort_values([*keys, "replication"], kind="stable")
    groups = ordered.groupby(keys, sort=True, observed=True)[column]
    table = groups.agg(["mean", "std", "count"]).reset_index()
    count = table["count"].to_numpy(dtype=float)
    half = half_width(table["std"], count)
    table["ci_low"] = table["mean"] - half
    table["ci_high"] = table["mean"] + half
    return table


def _equal_by_chance(table: pd.DataFrame) -> pd.Series:
    """Tell differences that are the same in every replication though the KPI is a random one.

    A few replications of a rare event may differ by exactly one each; that has no interval. Zero
    difference does: what a choice leaves alone is the same patient by patient.
    """
    random = pd.Series([not kpi(name).exact for name in table["kpi"]], index=table.index)
    return random & (table["std"] == 0) & (table["difference"] != 0)


def _verdict(better: Direction, low: float, high: float) -> Verdict:
    """Judge an interval; one that holds zero, or that doesn't exist, shows nothing."""
    if not (low > 0 or high < 0):
        return Verdict.NOT_SHOWN
    rises = low > 0
    if better is Direction.NEUTRAL:
        return Verdict.HIGHER if rises else Verdict.LOWER
    return Verdict.BETTER if rises == (better is Direction.HIGHER) else Verdict.WORSE


def _size(matters: float | None, low: float, high: float) -> Size:
    """Hold an interval against the smallest difference that matters, as equivalence tests do."""
    if matters is None:
        return Size.NOT_JUDGED
    if low >= matters or high <= -matters:
        return Size.MATTERS
    if low > -matters and high < matters:
        return Size.SMALL
    return Size.UNCLEAR
