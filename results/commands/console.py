"""What a terminal shows of the tables: headline differences, reachability of the region."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from geodata.accessibility.abroad import ANY
from geodata.accessibility.reachability import REGION_CODE
from results.language.words import words
from results.report.reachability import region_rows
from results.runs.headlines import LEAVING, headlines
from results.statistics.comparison import Holds
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from scenarios.schema.scenario import Scenario

LABEL_WIDTH, COLUMN_WIDTH = 72, 10


class Written(StrEnum):
    """What a command wrote."""

    REPORT = "report"
    TABLES = "tables"
    STEPS = "steps"
    DECISION = "decision"
    FUTURES = "futures"


def written_text(files: Mapping[Written, Path], lang: str) -> str:
    """Say what was written where, a line each."""
    _ = words(lang).gettext
    names = {
        Written.REPORT: _("report"),
        Written.TABLES: _("tables"),
        Written.STEPS: _("steps"),
        Written.DECISION: _("decision"),
        Written.FUTURES: _("futures"),
    }
    return "\n".join(f"{names[what]}: {path}" for what, path in files.items())


def comparison_text(comparison: pd.DataFrame, lang: str) -> str:
    """Return the differences of the headline KPIs in the region.

    Parameters
    ----------
    comparison
        The columns of `comparison.csv`.
    lang
        `nl` or `en`.

    Returns
    -------
    str
        A line per KPI; `+` better, `-` worse, `=` no difference shown, `.` too small to matter.
    """
    reader = words(lang)
    _ = reader.gettext
    table = headlines(comparison, reader)
    if table.columns.empty:
        return _("Nothing to compare: the run holds baselines only.")

    def line(label: str) -> str:
        columns = (str(text).rjust(COLUMN_WIDTH) for text in table.loc[label])
        return label[:LABEL_WIDTH].ljust(LABEL_WIDTH) + "".join(columns)

    numbers = range(1, len(table.columns) + 1)
    head = " " * LABEL_WIDTH + "".join(f"[{number}]".rjust(COLUMN_WIDTH) for number in numbers)
    legend = [f"[{number}] {name}" for number, name in zip(numbers, table.columns, strict=True)]
    meaning = _("Difference with doing nothing: + better, - worse, = no difference shown.")
    lines = [head, *map(line, table.index), "", *legend, meaning]
    if table.apply(lambda column: column.str.endswith(LEAVING)).any(axis=None):
        lines.append(_("> better, in part because more patients go outside Twente."))
    if "interval" in comparison:  # a run of an older version doesn't say
        region = comparison[comparison["site"] == WHOLE_REGION]
        together = int(region["interval"].eq(Holds.TOGETHER).sum())
        held = _(
            ". certain, but too small to matter. The intervals of {count} differences that the "
            "decision rests on hold together at 95%."
        )
        lines.append(held.format(count=reader.number(together)))
    return "\n".join(lines)


def reachability_text(table: pd.DataFrame, lang: str) -> str:
    """Return the reachability of the region as a whole, a line per scenario and function.

    Parameters
    ----------
    table
        The columns of `reachability.csv`.
    lang
        `nl` or `en`.
    """
    reader = words(lang)
    line = "{:<26} {:<10} {:<10} {:<17} {:>10} {:>8} {:>6} {:>8} {:>11}  {}".format
    heads, rows = region_rows(table, reader)
    meaning = reader.gettext(
        "All of Twente: minutes on average, minutes that nine in ten stay within, and shares of "
        "inhabitants within 30 minutes and within the norm, with its 95% range as speeds are not "
        "known exactly. From call to hospital the norm's clock counts 5 minutes at the patient, "
        "life's about 20. Care that is open for part of the time has means over the year."
    )
    return "\n".join([*(line(*row).rstrip() for row in (heads, *rows)), "", meaning])


def abroad_text(
    scenarios: Iterable[Scenario], tables: Mapping[str, pd.DataFrame], lang: str
) -> str:
    """Return who has a nearer emergency department across the border, a line per scenario.

    Parameters
    ----------
    scenarios
        Scenarios.
    tables
        What `beside_abroad` returned, by name of a scenario.
    lang
        `nl` or `en`.
    """
    reader = words(lang)
    _ = reader.gettext
    lines = []
    for scenario in scenarios:
        table, sites = tables[scenario.name], scenario.sites
        if table.empty:
            continue
        region = table[(table["municipality_code"] == REGION_CODE) & (table["function"] == "ed")]
        people = region.set_index("hospital")["inhabitants_nearer"]
        each = "; ".join(
            f"{sites[str(hospital)].name} {reader.number(count)}"
            for hospital, count in people.items()
            if hospital != ANY
        )
        text = _(
            "{scenario}: across the border an emergency department is nearer for {people} "
            "inhabitants ({each})."
        )
        counts = (
            _("By the policy of this scenario it counts in the figures above.")
            if scenario.policies.cross_border
            else _("It counts in no figure above.")
        )
        told = text.format(scenario=scenario.name, people=reader.number(people[ANY]), each=each)
        lines.append(f"{told} {counts}")
    return "\n".join(lines)
