"""Every line and function of a scenario, year by year: does it stand, and who bears the nights.

Paths of people are drawn anew for each replication, sizes of teams within their ranges too, so the
intervals hold what is assumed of sizes as well as chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from results.lines.standing import by_year, standing, stands
from scenarios.lines.years import FIRST_YEAR, LAST_YEAR
from scenarios.units import HOURS_PER_YEAR
from sim.teams.posts import Stream
from sim.teams.staff_path import StaffModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from files.arrays import AnyFloatArray, BoolArray
    from scenarios.schema.scenario import Scenario
    from sim.teams.staff_path import StaffPath

FUNCTION, LINE, TEAM = "function", "line", "team"
REGION: Final = "region"
COLUMNS: Final = (
    "scenario",
    "year",
    "site",
    "kind",
    "name",
    "stands",
    "stands_low",
    "stands_high",
    "nights",
    "nights_low",
    "nights_high",
    "filled",
    "closed_planned_hours",
    "closed_unplanned_hours",
    "people",
    "people_low",
    "people_high",
    "recruited",
    "hired_jobs",
    "hired_euro",
)
RANGE: Final = (0.05, 0.95)
"""Of the replications, the ends between which nine in ten lie."""

LEVELS: Final = (0.95, 0.80)


def lines_by_year(
    scenario: Scenario,
    replications: int,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> pd.DataFrame:
    """Return how every line, function and team fares in every year.

    Parameters
    ----------
    scenario
        A configuration; it holds from its year on, and today's before.
    replications
        Paths of people; path r of a seed has the same people in every configuration.
    progress
        Told the number of each path that is ready.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; a row per year and function (at the region: at all sites that have it), line and
        team. `stands` is the share of paths, with Wilson's 95% interval; `nights` a month of each
        person and `people` are means, with the ends between which nine in ten paths lie; `filled`
        is the share of a line's roster that somebody fills.
    """
    model = StaffModel(scenario)
    paths = []
    for replication in range(replications):
        paths.append(model.path(Stream(seed, replication)))
        progress(replication + 1)
    rows = [*_functions(paths), *_lines(paths), *_teams(model, paths)]
    table = pd.concat([pd.DataFrame(row.columns()) for row in rows], ignore_index=True)
    table.insert(0, "scenario", scenario.name)
    return table.reindex(columns=list(COLUMNS)).dropna(subset=["stands", "people"], how="all")


@dataclass(frozen=True)
class _Rows:
    """The years of one function, line or team, a column each."""

    site: str
    kind: str
    name: str
    values: dict[str, AnyFloatArray]

    def columns(self) -> dict[str, object]:
        years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
        return {
            "year": years,
            "site": self.site,
            "kind": self.kind,
            "name": self.name,
            **self.values,
        }


def _functions(paths: Sequence[StaffPath]) -> list[_Rows]:
    rows = []
    together: dict[str, list[BoolArray]] = {}
    for site, function in paths[0].functions:
        fills = [path.functions[site, function] for path in paths]
        closed = np.array([fill.closed for fill in fills])
        planned = np.array([fill.planned for fill in fills])
        is_there = _known(closed)
        standing_years = stands(closed)
        values = {**_standing(standing_years, is_there), **_hours(closed, planned)}
        rows.append(_Rows(site, FUNCTION, function.value, values))
        together.setdefault(function.value, []).append(standing_years | ~is_there)
    for name, sites in together.items():
        every = np.all(sites, axis=0)
        values = _standing(every, np.ones(every.shape[1], dtype=bool))
        rows.append(_Rows(REGION, FUNCTION, name, values))
    return rows


def _lines(paths: Sequence[StaffPath]) -> list[_Rows]:
    rows = []
    for site, name in paths[0].lines:
        fills = [path.lines[site, name] for path in paths]
        closed = np.array([fill.closed for fill in fills])
        planned = np.array([fill.planned for fill in fills])
        nights = by_year(np.array([path.duties[site, name] for path in paths]))
        is_there = _known(closed)
        values = {
            **_standing(stands(closed), is_there),
            **_hours(closed, planned),
            **_spread("nights", nights),
            "filled": by_year(np.array([fill.places for fill in fills])).mean(axis=0),
        }
        rows.append(_Rows(site, LINE, name.value, values))
    return rows


def _teams(model: StaffModel, paths: Sequence[StaffPath]) -> list[_Rows]:
    rows = []
    hour = standing().hired_hour.value
    after = np.arange(model.months) >= model.moves
    for (site, name), team in model.teams.items():
        people = by_year(np.array([path.people.employed[team] for path in paths]))
        recruited = by_year(np.array([path.people.recruited[team] for path in paths])) * 12
        hired = np.array(
            [
                np.where(after, path.covers[1].hired[team], path.covers[0].hired[team])
                for path in paths
            ]
        )
        jobs = by_year(hired).mean(axis=0)
        people = np.where(people.sum(axis=0) > 0, people, np.nan)
        worked = model.parameters["staff.hours_per_fte"]
        values = {
            **_spread("people", people),
            "recruited": recruited.mean(axis=0),
            "hired_jobs": jobs,
            "hired_euro": jobs * worked * hour,
        }
        rows.append(_Rows(site, TEAM, name.value, values))
    return rows


def _known(monthly: AnyFloatArray) -> BoolArray:
    """Return the years of which every path has figures."""
    known: BoolArray = np.isfinite(by_year(monthly)).min(axis=0)
    return known


def _standing(years: BoolArray, is_there: BoolArray) -> dict[str, AnyFloatArray]:
    """Return the share of paths in which it stands, by year, with Wilson's interval."""
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import

    count = len(years)
    share, low, high = np.full((3, years.shape[1]), np.nan)
    for year in np.flatnonzero(is_there):
        stood = int(years[:, year].sum())
        interval = binomtest(stood, count).proportion_ci(method="wilson")
        share[year], low[year], high[year] = stood / count, interval.low, interval.high
    return {"stands": share, "stands_low": low, "stands_high": high}


def _hours(closed: AnyFloatArray, planned: AnyFloatArray) -> dict[str, AnyFloatArray]:
    whole, known = (by_year(part).mean(axis=0) * HOURS_PER_YEAR for part in (closed, planned))
    return {"closed_planned_hours": known, "closed_unplanned_hours": whole - known}


def _spread(name: str, values: AnyFloatArray) -> dict[str, AnyFloatArray]:
    low, high = np.quantile(values, RANGE, axis=0)
    return {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}


def first_below(table: pd.DataFrame, level: float) -> pd.Series:
    """Return the first year in which each function or line is less likely to stand than a level.

    Parameters
    ----------
    table
        As `lines_by_year` returns it.

    Returns
    -------
    pandas.Series
        The year by site, kind and name; who never falls below is left out.
    """
    below = table[table["stands"] < level]
    return below.groupby(["site", "kind", "name"], sort=False)["year"].min()
