"""The table of a sheet that says where its residents go, now and under the choices that move them.

A choice that moves nobody to speak of takes no row, and choices with the same figures share one;
those that move most stay where there are too many.
"""

from __future__ import annotations

from math import ceil, isnan
from textwrap import shorten
from typing import TYPE_CHECKING, Final, NamedTuple

from results.language.words import PERCENT, UNKNOWN
from results.report.destinations import BIRTHS, MOVED, VISITS, moved
from results.sheets.content import SheetTable
from results.sheets.tables import left_out

if TYPE_CHECKING:
    import pandas as pd

    from results.runs.run import RunScenario
    from results.sheets.area import Local

LEAST: Final = 0.02
"""Share from which on a hospital has a column of its own in some row."""

DIGITS: Final = 9
"""Digits of a share before what is left is rounding."""

MOST_ROWS: Final = 8
"""Rows that a sheet has room for."""

LONGEST_NAME: Final = 70
"""Letters of the choices that share a row."""


def where(local: Local, shares: pd.DataFrame) -> SheetTable | None:
    """Tabulate to which hospital residents go; None where the run doesn't know.

    Parameters
    ----------
    local
        The area.
    shares
        As `results.report.destinations.shares` gives them.
    """
    _, words = local.words.gettext, local.words
    own = shares[shares["home"] == local.area.site]
    if own.empty:
        return None
    most = own.groupby("hospital")["share"].max()
    shown = [name for name in local.run.site_names if most.get(name, 0.0) >= LEAST]
    rows = []
    for kpi, care in ((VISITS, _("Emergency care")), (BIRTHS, _("Births"))):
        table = own[own["kpi"] == kpi]
        alike: dict[tuple[str, ...], _Row] = {}
        for scenario in (local.now, *local.choices):
            part = 1.0 if scenario is local.now else moved(table, scenario)
            if part < MOVED:
                continue
            name = _("now") if scenario is local.now else local.title(scenario)
            row = alike.setdefault(_cells(local, table, scenario, shown), _Row(care, [], part))
            row.names.append(name)
        rows += list(alike.items())
    last = sorted((row.part for _shown, row in rows), reverse=True)[:MOST_ROWS][-1]
    kept = [(cells, row) for cells, row in rows if row.part >= last]
    half = float((own["ci_high"] - own["share"]).max())
    note = _(
        "Of the visits to an emergency department, and of the births in hospital, of people from "
        "{name}. The 95% intervals are at most {points} percentage points to either side. Left "
        "out are choices that move less than {least}."
    ).format(
        name=local.area.name,
        points=UNKNOWN if isnan(half) else words.number(ceil(PERCENT * half)),
        least=words.percent(MOVED, 0),
    )
    return SheetTable(
        title=_("Where people go"),
        note=" ".join([note, *left_out(local, len(rows), len(kept))]),
        columns=(_("Choice"), *(local.run.site_names[name] for name in shown), _("elsewhere")),
        rows=tuple(
            (
                shorten(f"{row.care}: " + "; ".join(row.names), LONGEST_NAME, placeholder="…"),
                *cells,
            )
            for cells, row in kept
        ),
    )


class _Row(NamedTuple):
    """Choices that share a row, and the part of the residents that they move."""

    care: str
    names: list[str]
    part: float


def _cells(
    local: Local, table: pd.DataFrame, scenario: RunScenario, shown: list[str]
) -> tuple[str, ...]:
    """Write the share of each hospital that has a column, and of all others together."""
    own = table[table["scenario"] == scenario.name].set_index("hospital")["share"]
    if own.empty:
        return tuple(UNKNOWN for _name in (*shown, ""))
    named = own.reindex(shown, fill_value=0.0)
    values = [*named, own.sum() - named.sum()]
    rounded = (float(round(value, DIGITS)) for value in values)
    return tuple(local.words.percent(value, 0) if value else UNKNOWN for value in rounded)
