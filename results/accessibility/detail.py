"""Reachability in depth: by area, group and hour; who falls beyond a norm, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from files.formulas import write_csv
from geodata.accessibility.coverage import LEVELS as AREA_COLUMNS
from geodata.accessibility.coverage import change, coverage, sensitive_sites, settlements_beyond
from geodata.accessibility.moments import site_lists
from geodata.accessibility.reachability import (
    Clock,
    emergency_chain,
    minutes_by_clock,
    nearest_minutes,
)
from geodata.accessibility.uncertainty import travel_ratio, verdicts
from geodata.config.norms import Norms, norms
from geodata.dataset.dataset import PROFILES
from results.accessibility.abroad import beside_abroad
from results.runs.study import crews_posts, open_moments
from scenarios.calendar.opening_hours import open_hours, written_hours
from scenarios.schema.vocabulary import Function
from sim.resources.site_points import point_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.accessibility.coverage import Level
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName
    from scenarios.schema.scenario import Scenario


FUNCTIONS = (Function.ED, Function.MATERNITY, Function.ICU, Function.THEATRE)
LEVELS: tuple[Level, ...] = ("municipality", "settlement", "pc4")
LEAST_FAVOURABLE = "least favourable"


def reach_detail(scenario: Scenario, now: Scenario, data: DataSet) -> dict[str, pd.DataFrame]:
    """Return tables of a scenario's reachability, by name.

    Parameters
    ----------
    scenario, now
        The configuration, and the one that changes are counted against.
    data
        The data set.

    Returns
    -------
    dict
        `coverage` (minutes and inhabitants within limits by moment, area and group), `settlements`
        (beyond a norm), `change` (against now), `sensitive` (each site closed in turn), `certainty`
        (probability of meeting the norm, and the speed loss that flips it), `chain` (call to
        hospital by the clock of the norm and by that of life) and `abroad` (hospitals across the
        border beside the nearest at home). `hour` names the moment as opening hours are written,
        `share_of_time` says how much of the time it is. Those who live within a norm are counted at
        the hour that suits each cell least, by the clock in `clock`.
    """
    norm = norms(scenario.norms)
    tables: dict[str, list[pd.DataFrame]] = {}

    def add(name: str, table: pd.DataFrame, **labels: str | float) -> None:
        labels = {"scenario": scenario.name, **labels}
        for position, (column, value) in enumerate(labels.items()):
            table.insert(position, column, value)
        tables.setdefault(name, []).append(table)

    posts = crews_posts(scenario, data)
    for function in FUNCTIONS:
        for profile in PROFILES:
            labels = {"function": function.value, "profile": profile}
            for moment in open_moments(scenario, function, data):
                when: dict[str, str | float] = {
                    "hour": written_hours(moment.hours),
                    "share_of_time": moment.share,
                }
                clocks = minutes_by_clock(data, norm, profile, [moment], posts)
                for level in LEVELS:
                    minutes = clocks[Clock.DRIVE][:, 0]
                    covered = coverage(data, minutes, level)
                    names = [covered.pop(column).astype(str) for column in AREA_COLUMNS[level]]
                    covered.insert(0, "area", [" / ".join(row) for row in zip(*names, strict=True)])
                    add("coverage", covered, **labels, clock=Clock.DRIVE.value, **when, level=level)
                for clock in (Clock.NORM, Clock.LIFE):
                    if clock in clocks:
                        covered = coverage(data, clocks[clock][:, 0], "municipality")
                        add("chain", covered, function=function.value, clock=clock.value, **when)
            _add_judged(add, scenario, now, data, norm, function, profile)
    add("abroad", beside_abroad(scenario, data))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _all_moments(scenario: Scenario, function: Function, data: DataSet) -> list[tuple[str, ...]]:
    """Return the open sites of every moment, of which the least favourable for each cell counts."""
    return site_lists(open_moments(scenario, function, data))


def _add_judged(
    add: Callable[..., None],
    scenario: Scenario,
    now: Scenario,
    data: DataSet,
    norm: Norms,
    function: Function,
    profile: ProfileName,
) -> None:
    """Add what follows from the norm of a function and a way of travelling, where there is one."""
    limit = norm.limit(function.value, profile)
    before, after = (
        _judged_minutes(configuration, function, profile, data, norm)
        for configuration in (now, scenario)
    )
    clock = Clock.DRIVE if profile == "car" else Clock.NORM
    labels: dict[str, str | float] = {
        "function": function.value,
        "profile": profile,
        "clock": clock.value,
        "hour": LEAST_FAVOURABLE,
    }
    add("change", change(data, before[0], after[0], limit), **labels)
    if limit is None:
        return
    total, driving, fixed = after
    add("settlements", settlements_beyond(data, total, limit), **labels)
    certain = verdicts(
        data,
        driving,
        limit,
        travel_ratio(profile, limit - fixed),
        required_share=norm["a1.spread"],
        fixed=fixed,
    )
    add("certainty", certain, **labels)
    points = point_ids(scenario, data)
    always = [
        key
        for key, site in scenario.active_sites().items()
        if open_hours(site.hours(function)).all()
    ]
    own = [points[key] for key in always if scenario.sites[key].role == "twente"]
    room = limit if profile == "car" else _drive_room(norm, limit)
    sensitive = sensitive_sites(data, profile, [points[key] for key in always], own, room)
    add("sensitive", sensitive, **labels, drive_limit=room)


def _judged_minutes(
    scenario: Scenario, function: Function, profile: ProfileName, data: DataSet, norm: Norms
) -> tuple[Minutes, Minutes, float]:
    """Return the minutes that a norm judges, those of them that are driving, and the rest."""
    moments = _all_moments(scenario, function, data)
    if profile == "car":
        minutes = nearest_minutes(data, profile, moments)
        return minutes, minutes, 0.0
    chain = emergency_chain(data, norm, moments, crews_posts(scenario, data))
    driving = (chain["response"] + chain["drive"]).to_numpy()
    fixed = norm["chain.dispatch"] + norm["chain.turnout"] + norm["chain.loading"]
    return chain[Clock.NORM].to_numpy(), driving, fixed


def _drive_room(norm: Norms, limit: float) -> float:
    """Return the minutes left for the drive to hospital when the response takes all it may."""
    return limit - norm["a1.response"] - norm["chain.loading"]


def write_detail(folder: Path, scenarios: Sequence[Scenario], now: Scenario, data: DataSet) -> None:
    """Write the tables of some scenarios as CSV files in a folder, one file a table."""
    per_scenario = [reach_detail(scenario, now, data) for scenario in scenarios]
    folder.mkdir(parents=True, exist_ok=True)
    for name in per_scenario[0]:
        table = pd.concat([tables[name] for tables in per_scenario], ignore_index=True)
        write_csv(table, folder / f"{name}.csv")
