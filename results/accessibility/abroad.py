"""Hospitals across the border, beside the nearest at home, for a scenario and for all of a run.

They are in no other figure: what this gives is shown in a table of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from geodata.accessibility.abroad import nearer_abroad
from geodata.accessibility.moments import site_lists
from geodata.accessibility.reachability import nearest_minutes
from results.accessibility.travel import Access
from results.runs.study import REACHED_FUNCTIONS, open_moments
from scenarios.calendar.opening_hours import open_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.accessibility.moments import Moment
    from geodata.dataset.dataset import DataSet, ProfileName
    from results.runs.run import Run, RunScenario
    from scenarios.schema.scenario import Scenario

BY_CAR: ProfileName = "car"


def beside_abroad(scenario: Scenario, data: DataSet) -> pd.DataFrame:
    """Return hospitals across the border by car, beside the nearest one at home.

    Returns
    -------
    pandas.DataFrame
        `function` and the columns of `geodata.accessibility.abroad.nearer_abroad`; whether or not
        the hospitals abroad are in play, they are not among those at home. Of births only hospitals
        that are known to attend them; without any, no rows.
    """
    at_home = scenario.model_copy(
        update={"sites": {key: s for key, s in scenario.sites.items() if not s.cross_border}}
    )
    points = set(data.points["id"])
    parts = []
    for function in REACHED_FUNCTIONS:
        abroad = [
            key
            for key, site in scenario.sites.items()
            if site.cross_border and key in points and open_hours(site.hours(function)).any()
        ]
        if abroad:
            moments = open_moments(at_home, function, data)
            parts.append(_beside(data, function.value, moments, abroad))
    return _together(parts)


def run_beside_abroad(run: Run, data: DataSet) -> pd.DataFrame:
    """Return what `beside_abroad` does for every scenario of a run, from its manifest.

    Returns
    -------
    pandas.DataFrame
        `scenario` and the columns of `beside_abroad`; no rows where no hospital abroad is known.
    """
    parts = []
    for scenario in run.scenarios:
        table = _of_scenario(run, scenario, data)
        table.insert(0, "scenario", scenario.name)
        parts.append(table)
    return _together([part for part in parts if len(part)])


def _of_scenario(run: Run, scenario: RunScenario, data: DataSet) -> pd.DataFrame:
    abroad = {site.id for site in scenario.abroad}
    sites = tuple(site for site in scenario.sites if site.id not in abroad)
    at_home, access = replace(scenario, sites=sites), Access.of(run, data)
    points = set(data.points["id"])
    parts = []
    for function in REACHED_FUNCTIONS:
        known = [
            site.point
            for site in scenario.abroad
            if site.point in points and open_hours(site.hours(function)).any()
        ]
        if known:
            moments = access.moments(at_home, function)
            parts.append(_beside(data, function.value, moments, known))
    return _together(parts)


def _beside(
    data: DataSet, function: str, moments: Sequence[Moment], abroad: Sequence[str]
) -> pd.DataFrame:
    """Compare with the nearest at home at the hour that suits each cell least."""
    counted = nearest_minutes(data, BY_CAR, site_lists(moments))
    table = nearer_abroad(data, BY_CAR, counted, abroad)
    table.insert(0, "function", function)
    return table


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
