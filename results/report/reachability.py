"""The reachability of the region as a whole, as a terminal and a notebook show it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from geodata.accessibility.moments import ALWAYS
from geodata.accessibility.reachability import REGION_CODE, Clock
from results.language.hours import moment_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from results.language.words import Words


def region_rows(table: pd.DataFrame, words: Words) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return headings, and a row per scenario, function, way of travelling and clock.

    Figures are means over the year; the last column is the worst moment of a function that is open
    for part of the time, and empty for others.

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
    clocks = {
        Clock.DRIVE.value: _("drive alone"),
        Clock.NORM.value: _("norm's clock"),
        Clock.LIFE.value: _("life's clock"),
    }
    heads = (
        *(_("scenario"), _("care"), _("by"), _("clock"), _("mean"), _("9 in 10"), _("in 30")),
        *(_("in norm"), _("range"), _("worst moment")),
    )
    rows: list[tuple[str, ...]] = [
        (
            str(row["scenario"]),
            care.get(row["function"], str(row["function"])),
            ways[row["profile"]],
            clocks[row["clock"]],
            words.number(row["minutes_mean"]),
            words.number(row["minutes_p90"]),
            words.percent(row["share_within_30"], 0),
            words.percent(row["share_within_norm"], 0),
            words.percent_between(row["share_within_norm_low"], row["share_within_norm_high"]),
            "" if row["moment"] == ALWAYS else _worst(row, words),
        )
        for row in table[table["municipality_code"] == REGION_CODE].to_dict("records")
    ]
    return heads, rows


def _worst(row: Mapping[Any, Any], words: Words) -> str:
    """Say the worst moment by name, with its minutes and who is within the norm then."""
    _ = words.gettext
    moment = moment_text(row["worst_moment"], row["worst_share_of_time"], words)
    minutes = _("{minutes} min").format(minutes=words.number(row["worst_minutes_mean"]))
    if isnan(row["worst_share_within_norm"]):
        return f"{moment}: {minutes}"
    share = words.percent(row["worst_share_within_norm"], 0)
    return f"{moment}: {minutes}, " + _("{share} in norm").format(share=share)
