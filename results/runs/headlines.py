"""The differences of the headline KPIs in the region, as a terminal and a notebook show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from results.kpis.catalogue import headline_kpis
from results.statistics.comparison import Size, Verdict, leavers
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from results.language.words import Words

MARKS = {Verdict.BETTER: "+", Verdict.WORSE: "-", Verdict.NOT_SHOWN: "="}
SMALL, LEAVING = ".", ">"


def headlines(comparison: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return the difference of each headline KPI with doing nothing.

    Parameters
    ----------
    comparison
        The columns of `comparison.csv`.
    words
        The reader's language.

    Returns
    -------
    pandas.DataFrame
        A row per KPI (label and unit), a column per scenario; `+` better, `-` worse, `=` no
        difference shown, `.` too small to matter, `>` better in part as patients leave. No columns
        if the run holds baselines only.
    """
    region = comparison[comparison["site"] == WHOLE_REGION]
    entries = {entry.name: entry for entry in headline_kpis()}
    labels = {
        name: f"{words.of(entry.label)} ({words.difference_unit(entry)})"
        for name, entry in entries.items()
    }
    scenarios = list(dict.fromkeys(region["scenario"]))
    table = pd.DataFrame("", index=list(labels.values()), columns=scenarios)
    for row in region[region["kpi"].isin(list(entries))].to_dict("records"):
        half = (row["ci_high"] - row["ci_low"]) / 2
        number = words.difference(entries[row["kpi"]], row["difference"], half, fine=False)
        mark = MARKS.get(row["verdict"], " ")
        small = row["verdict"] != Verdict.NOT_SHOWN and row.get("size") == Size.SMALL
        sign = SMALL if small else LEAVING if leavers(row) else mark
        table.loc[labels[row["kpi"]], row["scenario"]] = f"{number} {sign}"
    return table
