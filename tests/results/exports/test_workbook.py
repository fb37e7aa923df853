"""The workbook: typed cells, units and notes on headings, and the same bytes every time."""

import dataclasses
import zipfile

import openpyxl
import pandas as pd
import pytest

from results.exports.workbook import write_workbook
from results.exports.workbook_words import workbook_columns
from results.language.words import words
from tests.support.made_up_run import build, scenario

NL = words("nl")
HEADING = {name: column.heading for name, column in workbook_columns(NL).items()}


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "results.xlsx"
    write_workbook(path, run, NL)
    return path


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written)


def columns(sheet):
    """Return the cells below each heading, by the names of columns in the files."""
    names = {cell.value: list(cells[1:]) for cell, *cells in zip(sheet[1], *sheet, strict=True)}
    return {name: names[heading] for name, heading in HEADING.items() if heading in names}


def test_numbers_are_numbers_and_names_are_text(book):
    sheets = [sheet for sheet in book if {"kpi", "mean"} <= set(columns(sheet))]
    assert sheets
    for sheet in sheets:
        found = columns(sheet)
        assert {cell.data_type for cell in found["mean"]} == {"n"}
        assert {cell.data_type for cell in found["kpi"]} == {"s"}


def test_assumptions_are_numbers_where_they_are_numbers(run, tmp_path):
    rows = [
        ("now", "a.share", "0.6", "share", "s", "2023", "engineering_estimate"),
        ("now", "a.count", "18", "min", "s", "", "engineering_estimate"),
        ("now", "a.rule", "follow_demand", "rule", "s", "2023", "engineering_estimate"),
        ("now", "a.nothing", "nan", "min", "s", "2023", "engineering_estimate"),
    ]
    table = pd.DataFrame(rows, columns=run.parameters.columns)
    path = tmp_path / "typed.xlsx"
    write_workbook(path, dataclasses.replace(run, parameters=table), NL)
    sheet = openpyxl.load_workbook(path).worksheets[5]
    values = columns(sheet)["value"]
    assert [cell.value for cell in values] == [0.6, 18, "follow_demand", "nan"]
    assert values[0].number_format == "General"
    assert columns(sheet)["year"][0].value == 2023


def test_what_looks_like_a_formula_is_text_that_no_program_runs(tmp_path):
    evil = ["=cmd|' /C calc'!A1", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://x","y")']
    entries = [scenario("now", evil[0], 2024, None)]
    entries += [scenario(f"s{n}", title, 2024, "now") for n, title in enumerate(evil)]
    path = tmp_path / "evil.xlsx"
    write_workbook(path, build(entries), NL)
    cells = [c for sheet in openpyxl.load_workbook(path) for row in sheet for c in row]
    found = [cell for cell in cells if cell.value in evil]
    assert {cell.value for cell in found} == set(evil)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
    assert "f" not in {cell.data_type for cell in cells}
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            assert b"<f>" not in packed.read(name)


def test_every_sheet_has_a_frozen_heading_that_filters(book):
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_headings_say_what_a_column_means_and_its_unit(book):
    notes = {cell.value: cell.comment.text for sheet in book for cell in sheet[1] if cell.comment}
    named = {HEADING[name] for name in ("mean", "ci_low", "unit", "minutes_p90", "verdict")}
    assert named <= set(notes)
    assert set(notes.items()) <= {tuple(column) for column in workbook_columns(NL).values()}


def test_headings_and_words_are_those_of_the_reader(book, run, tmp_path):
    comparison = columns(book["Vergelijking"])
    assert [cell.value for cell in book["Vergelijking"][1]][-4:] == [
        "Oordeel", "95% geldt voor", "Grootte", "Weg uit Twente"
    ]  # fmt: skip
    assert {cell.value for cell in comparison["verdict"]} <= {
        "beter", "slechter", "hoger", "lager", "geen verschil aangetoond"
    }  # fmt: skip
    reach = columns(book["Bereikbaarheid"])
    assert {cell.value for cell in reach["profile"]} <= {"auto", "ambulance"}
    write_workbook(tmp_path / "english.xlsx", run, words("en"))
    english = openpyxl.load_workbook(tmp_path / "english.xlsx")
    assert [len(sheet[1]) for sheet in english] == [len(sheet[1]) for sheet in book]
    assert english["Comparison"]["F1"].value == "Figure"


def test_two_columns_of_a_sheet_never_share_a_heading(book):
    for sheet in book:
        headings = [cell.value for cell in sheet[1]]
        assert len(set(headings)) == len(headings)


def test_the_notes_say_which_column_of_the_files_each_heading_is(book, run):
    notes = [cells[1].value for cells in book.worksheets[0] if cells[0].value == "Kolom"]
    for table in (run.summary, run.comparison, run.reachability, run.parameters):
        for name in table.columns:
            heading = f"“{HEADING[name]}”: {name}."
            assert any(heading in note for note in notes), name


def test_every_figure_says_where_it_comes_from_and_its_norm(book):
    found = columns(book.worksheets[-1])
    names = [cell.value for cell in found["kpi"]]
    assert all(cell.value for cell in found["source"])
    goals = dict(zip(names, (cell.value for cell in found["goal"]), strict=True))
    assert goals["maternity.caesarean.within_30"] == 1
    assert goals["ed.arrivals"] is None


def test_the_notes_point_to_the_replications(book):
    notes = " ".join(str(cell.value) for cells in book.worksheets[0] for cell in cells)
    assert "replications.parquet" in notes


def test_the_same_run_gives_the_same_workbook(written, run, tmp_path):
    again = tmp_path / "again.xlsx"
    write_workbook(again, run, NL)
    assert again.read_bytes() == written.read_bytes()
