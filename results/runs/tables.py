"""The tables of a run as files: their columns, and how they are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from files.formulas import plain_text

if TYPE_CHECKING:
    from pathlib import Path

REACHABILITY_COLUMNS = (
    "scenario",
    "municipality_code",
    "municipality",
    "function",
    "profile",
    "clock",
    "population",
    "minutes_mean",
    "minutes_median",
    "minutes_p90",
    "minutes_max",
    "share_within_15",
    "share_within_20",
    "share_within_30",
    "share_within_45",
    "norm",
    "share_within_norm",
    "share_within_norm_low",
    "share_within_norm_high",
    "moment",
    "worst_moment",
    "worst_share_of_time",
    "worst_minutes_mean",
    "worst_share_within_norm",
)
PARAMETER_COLUMNS = ("scenario", "key", "value", "unit", "source", "year", "confidence")


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `files.formulas.write_csv` wrote."""
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    for column in table.select_dtypes(exclude="number"):
        table[column] = table[column].map(plain_text)
    return table
