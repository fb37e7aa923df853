"""Tables as files: CSV with fixed number formats, so that the same results give the same bytes.

Text that comes from scenario files may begin with a sign that spreadsheets take for a formula;
it gets an apostrophe in front, which `read_csv` takes away again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

FLOAT_FORMAT = "%.8g"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

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


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table with safe text, fixed number formats and Unix line ends."""
    safe = table.copy()
    for column in safe.columns[safe.dtypes.map(_holds_text)]:
        safe[column] = safe[column].map(_safe_text)
    safe.to_csv(path, index=False, float_format=FLOAT_FORMAT, lineterminator="\n")


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `write_csv` wrote."""
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    for column in table.columns[table.dtypes.map(_holds_text)]:
        table[column] = table[column].map(_plain_text)
    return table


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run a text rather than show it."""
    return text.startswith(FORMULA_SIGNS) and not _is_number(text)


def _holds_text(dtype: object) -> bool:
    return not pd.api.types.is_numeric_dtype(dtype)  # type: ignore[arg-type]


def _safe_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and looks_like_formula(cell) else cell


def _plain_text(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith("'") and looks_like_formula(cell[1:]):
        return cell[1:]
    return cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
