"""The guard of every table that is written: no text in it that a spreadsheet would run.

Text that comes from files of others may begin with a sign that spreadsheets take for a formula; it
gets an apostrophe in front, which `plain_text` takes away again (OWASP, CSV Injection).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from files.whole import write_file

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FLOAT_FORMAT: Final = "%.8g"
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run a text rather than show it."""
    return text.lstrip(" ").startswith(FORMULA_SIGNS) and not _is_number(text)


def safe_text(cell: object) -> object:
    """Return what a cell holds, a text that looks like a formula with an apostrophe in front."""
    if not isinstance(cell, str):
        return cell
    text = "\n".join(cell.replace("\r\n", "\n").split("\r"))  # pandas puts no quotes around a \r
    return f"'{text}" if looks_like_formula(cell) else text


def plain_text(cell: object) -> object:
    """Return what a cell held before `safe_text`."""
    if isinstance(cell, str) and cell.startswith("'") and looks_like_formula(cell[1:]):
        return cell[1:]
    return cell


def write_csv(table: pd.DataFrame, path: Path, float_format: str = FLOAT_FORMAT) -> None:
    """Write a table with safe text, fixed number formats and Unix line ends; it appears whole.

    Parameters
    ----------
    table
        The table; its columns' names are made safe too, as a query may call them anything.
    path
        Where it goes.
    float_format
        How numbers that aren't whole are written.
    """
    safe = table.rename(columns=lambda name: safe_text(str(name)))
    for place, dtype in enumerate(table.dtypes):
        if dtype.kind not in "biufc":
            safe.isetitem(place, table.iloc[:, place].map(safe_text).to_numpy())
    with write_file(path) as aside:
        safe.to_csv(
            aside, index=False, float_format=float_format, lineterminator="\n", encoding="utf-8"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
