"""The reachability of the region as a whole, as a terminal and a notebook show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE

if TYPE_CHECKING:
    import pandas as pd

    from results.language.words import Words


def region_rows(table: pd.DataFrame, words: Words) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return headings, and a row per scenario, function and way of travelling.

    Parameters
    ----------
    table
        The columns of `reachability.csv`.
    words
        The reader's language.
    """
    _ = words.gettext
    care = {"ed": _("emergency"), "maternity": _("births")}
    ways = {"car": _("car"), "siren": _("ambulance")}
    heads = (
        *(_("scenario"), _("care"), _("by")),
        *(_("mean"), _("9 in 10"), _("in 30"), _("in norm")),
    )
    rows: list[tuple[str, ...]] = [
        (
            str(row["scenario"]),
            care.get(row["function"], str(row["function"])),
            ways[row["profile"]],
            words.number(row["minutes_mean"], 1),
            words.number(row["minutes_p90"], 1),
            words.percent(row["share_within_30"]),
            words.percent(row["share_within_norm"]),
        )
        for row in table[table["municipality_code"] == REGION_CODE].to_dict("records")
    ]
    return heads, rows
