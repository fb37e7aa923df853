"""Which assumption on people decides whether lines stand: Sobol's shares of variance over futures.

Futures are drawn from the ranges of `people_factors.yaml`. In each some paths of people are played;
a surrogate fitted to them answers the thousands that Sobol's method asks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

import scenarios.lines
from results.exploration.sweep import Design, DrawnFutures
from results.language.words import words
from results.lines.standing import by_year
from results.statistics.sensitivity import sobol_indices
from results.statistics.surrogate import fit
from scenarios.futures import load_factors
from scenarios.lines.years import FIRST_YEAR
from scenarios.units import HOURS_PER_YEAR
from sim.teams.posts import Stream
from sim.teams.staff_path import StaffModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.futures import Factor
    from scenarios.schema.scenario import Scenario

FACTORS: Final = "people_factors.yaml"
INDEX: Final = ("factor", "total", "total_ci", "alone")
COLUMNS: Final = ("scenario", "function", "year", *INDEX, "explained")
PATHS_EACH: Final = 4
LEAST_SHOWN: Final = 0.02


def deciding(
    scenario: Scenario,
    futures: int,
    year: int,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> pd.DataFrame:
    """Return how much each assumption on people decides the hours that functions are closed.

    Parameters
    ----------
    scenario
        A configuration.
    futures
        How many are drawn and played.
    year
        The year that is looked at.
    progress
        Told the number of each future that is ready.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; `total` and `alone` are Sobol's, of the hours closed a year in the region;
        `explained` is what of the variance the surrogate knows in futures it has not seen.
    """
    factors = people_factors()
    drawn = DrawnFutures.drawn(factors, futures, Design.SOBOL, seed)
    hours: dict[str, list[float]] = {}
    for future in range(len(drawn)):
        (changed,) = drawn.scenarios([scenario], future)
        for name, value in _closed_hours(StaffModel(changed, year), year, seed, future).items():
            hours.setdefault(name, []).append(value)
        progress(future + 1)
    rows = []
    for name, values in hours.items():
        surrogate = fit(drawn.points, np.array(values))
        explained = surrogate.held_out.explained
        rows += [
            (scenario.name, name, year, *(getattr(index, part) for part in INDEX), explained)
            for index in sobol_indices(list(factors), surrogate.predict, seed)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _closed_hours(model: StaffModel, year: int, seed: int, future: int) -> dict[str, float]:
    """Return the hours closed in a year of each function, over all sites, mean over paths."""
    found: dict[str, float] = {}
    for number in range(PATHS_EACH):
        path = model.path(Stream(seed, future * PATHS_EACH + number))
        for (_, function), fill in path.functions.items():
            share = float(np.nan_to_num(by_year(fill.closed)[year - FIRST_YEAR]))
            hours = share * HOURS_PER_YEAR / PATHS_EACH
            found[function.value] = found.get(function.value, 0.0) + hours
    return found


def deciding_text(table: pd.DataFrame, lang: str) -> str:
    """Return the assumptions that decide most, by scenario and function, as a terminal shows them.

    Parameters
    ----------
    table
        As `deciding` returns it, of one or more scenarios.
    lang
        `nl` or `en`.
    """
    reader = words(lang)
    _ = reader.gettext
    factors = people_factors()
    lines = [
        _(
            "Share of the variance of the hours closed in a year in which an assumption has a hand "
            "(Sobol's total index, its interval); in brackets what the surrogate explains."
        )
    ]
    for (scenario, function), rows in table.groupby(["scenario", "function"], sort=False):
        explained = reader.percent(float(rows["explained"].iloc[0]), 0)
        lines += ["", f"{scenario}, {function}, {rows['year'].iloc[0]} ({explained})"]
        most = rows[rows["total"] > LEAST_SHOWN].sort_values("total", ascending=False)
        for row in most.to_dict("records"):
            factor = factors[row["factor"]]
            title = factor.title.nl if reader.lang == "nl" else factor.title.en
            total = reader.number(row["total"], 2)
            half = reader.number(row["total_ci"], 2)
            lines.append(f"  {title:<48} {total} \N{PLUS-MINUS SIGN} {half}")
        if most.empty:
            lines.append("  " + _("never closed in these futures"))
    return "\n".join(lines)


def people_factors() -> dict[str, Factor]:
    """Return what is assumed of people, with its ranges."""
    return load_factors(Path(next(iter(scenarios.lines.__path__))) / FACTORS)
