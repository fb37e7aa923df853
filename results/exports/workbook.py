"""The run as an Excel workbook: a typed sheet per table, frozen headers, units, notes."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as xml_escape

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from files.formulas import looks_like_formula
from results.exports.workbook_words import SheetColumn, in_words, workbook_columns
from results.kpis.catalogue import SHARE, Kpi, kpi, kpis
from results.kpis.criteria import criteria
from results.language.parameter_names import parameter_name, translated
from results.language.words import borne_decimals
from results.links import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from results.language.words import Words
    from results.runs.run import Run

FIXED_DAY = (2026, 1, 1)
"""Workbooks hold the time of writing; a fixed one keeps the same results the same bytes."""

HEADER_FONT = Font(bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor="1F3B57")
TEXTS = ("xl/sharedStrings.xml", "xl/worksheets/")
"""Where a workbook holds the texts of its cells."""

NARROWEST, WIDEST = 9, 60
ROWS_TO_MEASURE = 200
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SHARE_COLUMNS = "share_"
SHARE_FORMAT, NUMBER_FORMAT = "0%", "#,##0.00"
MINUTES, MINUTES_FORMAT = "minutes", "0"
FORMATS = {
    "leaving": "#,##0",
    "inhabitants_nearer": "#,##0",
    "population": "#,##0",
    "value": "General",
    "norm": "0",
}
"""Of columns whose numbers are no measurements with two decimals."""

AUTHOR = "twentezorg"
NOTE_HEIGHT, NOTE_WIDTH = 90, 260


def write_workbook(path: Path, run: Run, words: Words, abroad: pd.DataFrame | None = None) -> None:
    """Write a run's tables as one workbook.

    Parameters
    ----------
    path
        The file to make.
    run
        What to write. Replications stay out: they are in `replications.parquet`.
    words
        The language of sheet names, labels and notes.
    abroad
        What `run_beside_abroad` returned; a sheet of its own where it has rows.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    columns = workbook_columns(words)
    names = _place_names(run)
    for title, table in _sheets(run, words, abroad):
        _fill(book.create_sheet(title), table, in_words(table, names, words), columns)
    packed = BytesIO()
    book.save(packed)
    path.write_bytes(_without_clock(packed))


def rewrite_workbook(path: Path, mark: str, text: str) -> None:
    """Put a text in place of a mark, in all texts of a workbook."""
    legal = xml_escape(ILLEGAL.sub("\ufffd", text)).encode()
    packed = BytesIO()
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith(TEXTS):
                content = content.replace(mark.encode(), legal)
            target.writestr(entry, content)
    path.write_bytes(packed.getvalue())


def _sheets(
    run: Run, words: Words, abroad: pd.DataFrame | None
) -> Iterator[tuple[str, pd.DataFrame]]:
    _ = words.gettext
    yield _("Notes"), _notes(run, words)
    yield _("Scenarios"), _scenarios(run, words)
    yield _("Comparison"), _labelled(run.comparison, words)
    yield _("Summary"), _labelled(run.summary, words)
    yield _("Reachability"), run.reachability
    if abroad is not None and len(abroad):
        yield _("Across the border"), abroad
    yield _("Assumptions"), _assumptions(run, words)
    yield _("Figures explained"), _explained(words)


def _notes(run: Run, words: Words) -> pd.DataFrame:
    _ = words.gettext
    facts = run.manifest
    notes = [
        _("Shares run from 0 to 1 and are shown as percentages."),
        _("The 95% interval is over the replications."),
        _("A difference is the configuration minus its baseline, replication by replication."),
        _("“no difference shown” means that the 95% interval holds zero: the run can't tell."),
        _(
            "Minutes are travel times from the home, by the clock that the row names. Speeds are "
            "not known exactly, so that minutes and percentages are rounded."
        ),
        _(
            "Every replication stands in replications.parquet, beside this file, a row for each "
            "scenario, replication, site and kpi: pandas, R (arrow) and DuckDB read it."
        ),
        _(
            "Every figure is counted in the simulation; the last sheet says how, which norm it is "
            "held against where there is one, and which difference is worth naming (our judgement)."
        ),
    ]
    rows = [(_("Note"), note) for note in notes]
    kept = {
        "version": _("Version of twentezorg"),
        "command": _("Command"),
        "seed": _("Seed of the random numbers"),
        "weeks": _("Weeks in each replication"),
        "replications": _("Replications"),
        "norms": _("Norms"),
    }
    rows += [(text, str(facts.get(key, ""))) for key, text in kept.items()]
    rows.append((_("Report for all of Twente"), REPORT))
    rows += [(_("Source"), str(source)) for source in facts["data"]["sources"]]
    rows += [(_("Licence"), str(licence)) for licence in facts["data"]["licences"]]
    files = {**dict.fromkeys(run.summary), **dict.fromkeys(run.comparison)}
    files |= {**dict.fromkeys(run.reachability), **dict.fromkeys(run.parameters)}
    named = _("In CSV and Parquet files the column “{heading}” is called {column}.")
    for column, (heading, meaning) in workbook_columns(words).items():
        if column in files:
            shown = named.format(heading=heading, column=column)
            rows.append((_("Column"), f"{shown} {meaning}".strip()))
    return pd.DataFrame(rows, columns=["what", "text"])


def _scenarios(run: Run, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (s.name, words.of(s.title), words.of(s.description), s.horizon_year, s.baseline)
            for s in run.scenarios
        ],
        columns=["scenario", "title", "description", "horizon_year", "baseline"],
    )


def _labelled(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    labels = [words.of(kpi(name).label) for name in table["kpi"]]
    labelled = table.copy()
    labelled.insert(list(table.columns).index("kpi") + 1, "label", labels)
    return labelled


def _assumptions(run: Run, words: Words) -> pd.DataFrame:
    """Name the numbers of the model, their units and their sources for the reader."""
    table = run.parameters.copy()
    for column in ("unit", "source"):
        texts = {text: translated(str(text), words) for text in table[column].dropna().unique()}
        table[column] = table[column].replace(texts)
    names = {key: parameter_name(str(key), words) for key in table["key"].unique()}
    table.insert(list(table.columns).index("key") + 1, "name", table["key"].map(names))
    for column in ("value", "year"):
        table[column] = table[column].map(_number)
    return table


def _number(value: object) -> object:
    """Make a number of a text that is one; a parameter may also be a word or a list."""
    try:
        number = float(str(value))
    except ValueError:
        return value
    if not isfinite(number):
        return value
    return int(number) if number.is_integer() else number


def _explained(words: Words) -> pd.DataFrame:
    goals = {entry.kpi: entry.norm for entry in criteria().values() if entry.kpi is not None}
    return pd.DataFrame(
        [
            (
                k.name,
                words.of(k.label),
                k.unit,
                k.better.value,
                words.of(k.explanation),
                goals.get(k.name),
                k.matters,
                words.gettext("Simulation; defined in kpis.yaml, norm in criteria.yaml.")
                if goals.get(k.name) is not None
                else words.gettext("Simulation; defined in kpis.yaml."),
            )
            for k in kpis().values()
        ],
        columns=["kpi", "label", "unit", "better", "explanation", "goal", "matters", "source"],
    )


def _place_names(run: Run) -> dict[str, str]:
    places = run.reachability[["municipality_code", "municipality"]].drop_duplicates()
    abroad = {site.point: site.name for scenario in run.scenarios for site in scenario.abroad}
    return abroad | dict(places.itertuples(index=False, name=None)) | dict(run.site_names)


def _fill(
    sheet: Worksheet, table: pd.DataFrame, shown: pd.DataFrame, columns: Mapping[str, SheetColumn]
) -> None:
    sheet.append([columns[name].heading for name in shown.columns])
    for row in shown.itertuples(index=False, name=None):
        sheet.append([None if pd.isna(value) else _plain(value) for value in row])
    formats = _formats(table)
    for at, cells in enumerate(sheet.iter_rows(min_row=2)):
        for cell, column in zip(cells, shown.columns, strict=True):
            _finish(cell, column, formats[at], is_share=SHARE_COLUMNS in column)
    for cell, column in zip(sheet[1], shown.columns, strict=True):
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
        if columns[column].meaning:
            cell.comment = Comment(
                columns[column].meaning, AUTHOR, height=NOTE_HEIGHT, width=NOTE_WIDTH
            )
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for number, column in enumerate(shown.columns, start=1):
        texts = shown[column].head(ROWS_TO_MEASURE).map(str)
        longest = max([len(columns[column].heading) + 2, *texts.map(len)])
        width = min(max(longest, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width


def _formats(table: pd.DataFrame) -> list[str]:
    """Return the number format of each row: no more digits than its own interval bears."""
    if not {"kpi", "ci_low", "ci_high"} <= set(table):
        return [NUMBER_FORMAT] * len(table)
    return [
        number_format(kpi(str(name)), (high - low) / 2)
        for name, low, high in zip(table["kpi"], table["ci_low"], table["ci_high"], strict=True)
    ]


def number_format(figure: Kpi, half: float) -> str:
    """Return how a workbook writes a figure with half an interval; digits it doesn't bear go."""
    decimals = max(borne_decimals(figure, half), 0)
    digits = f"0.{'0' * decimals}" if decimals else "0"
    return f"{digits}%" if figure.unit == SHARE else f"#,##{digits}"


def _plain(value: object) -> object:
    """Make a value one that a workbook can hold."""
    if hasattr(value, "item"):
        return value.item()
    return ILLEGAL.sub("\ufffd", value) if isinstance(value, str) else value


def _finish(cell: Cell, column: str, number: str, *, is_share: bool) -> None:
    value = cell.value
    if isinstance(value, float):
        usual = SHARE_FORMAT if is_share else MINUTES_FORMAT if MINUTES in column else number
        cell.number_format = FORMATS.get(column, usual)
    elif isinstance(value, str):
        cell.data_type = "s"
        if value == REPORT:
            cell.hyperlink = REPORT
        if looks_like_formula(value):
            cell.quotePrefix = True
        if len(value) > WIDEST:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _without_clock(packed: BytesIO) -> bytes:
    """Repack a workbook with fixed dates, in its archive and in its properties."""
    stamp = date(*FIXED_DAY).isoformat().encode() + b"T00:00:00Z"
    repacked = BytesIO()
    with (
        zipfile.ZipFile(packed) as source,
        zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            info = zipfile.ZipInfo(entry.filename, (*FIXED_DAY, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return repacked.getvalue()
