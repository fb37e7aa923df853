"""What a terminal shows of the tables: headline differences, reachability of the region."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE
from results.kpis.catalogue import Kpi, headline_kpis
from results.language.words import words
from results.statistics.comparison import Holds, Size, Verdict
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

MARKS = {Verdict.BETTER: "+", Verdict.WORSE: "-", Verdict.NOT_SHOWN: "="}
SMALL = "."
LABEL_WIDTH, COLUMN_WIDTH = 62, 10


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


def good_text(file: str, lang: str) -> str:
    """Say that a file has no problems."""
    return words(lang).gettext("{file}: good").format(file=file)


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
    region = comparison[comparison["site"] == WHOLE_REGION]
    if region.empty:
        return _("Nothing to compare: the run holds baselines only.")
    scenarios = list(dict.fromkeys(region["scenario"]))
    entries = {entry.name: entry for entry in headline_kpis()}
    cells = {}
    for row in region[region["kpi"].isin(list(entries))].to_dict("records"):
        number = reader.difference(entries[row["kpi"]], row["difference"], fine=False)
        mark = MARKS.get(row["verdict"], " ")
        small = row["verdict"] != Verdict.NOT_SHOWN and row.get("size") == Size.SMALL
        cells[row["scenario"], row["kpi"]] = f"{number} {SMALL if small else mark}"

    def line(entry: Kpi) -> str:
        label = f"{reader.of(entry.label)} ({reader.difference_unit(entry)})"
        columns = (cells.get((scenario, entry.name), "") for scenario in scenarios)
        return label[:LABEL_WIDTH].ljust(LABEL_WIDTH) + "".join(
            text.rjust(COLUMN_WIDTH) for text in columns
        )

    numbers = range(1, len(scenarios) + 1)
    head = " " * LABEL_WIDTH + "".join(f"[{number}]".rjust(COLUMN_WIDTH) for number in numbers)
    legend = [f"[{number}] {name}" for number, name in zip(numbers, scenarios, strict=True)]
    meaning = _("Difference with doing nothing: + better, - worse, = no difference shown.")
    lines = [head, *map(line, entries.values()), "", *legend, meaning]
    if "interval" in region:  # a run of an older version doesn't say
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
    _ = reader.gettext
    care = {"ed": _("emergency"), "maternity": _("births")}
    ways = {"car": _("car"), "siren": _("ambulance")}
    heads = (_("mean"), _("9 in 10"), _("in 30"), _("in norm"))
    line = "{:<26} {:<10} {:<10} {:>10} {:>10} {:>8} {:>12}".format
    rows = table[table["municipality_code"] == REGION_CODE].to_dict("records")
    lines = [
        line(
            row["scenario"],
            care.get(row["function"], row["function"]),
            ways[row["profile"]],
            reader.number(row["minutes_mean"], 1),
            reader.number(row["minutes_p90"], 1),
            reader.percent(row["share_within_30"]),
            reader.percent(row["share_within_norm"]),
        )
        for row in rows
    ]
    head = line(_("scenario"), _("care"), _("by"), *heads)
    meaning = _(
        "All of Twente: minutes on average, minutes that nine in ten stay within, and shares of "
        "inhabitants within 30 minutes and within the norm."
    )
    return "\n".join([head, *lines, "", meaning])
