"""One sweep over every output: call to hospital names its clock, part-time care its moment."""

import re
from dataclasses import replace
from itertools import islice

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest

from results.commands.console import reachability_text
from results.decision.analysis import decide
from results.decision.export import decision_tables
from results.decision.terminal_table import decision_text
from results.exports.geopackage import write_geojson, write_geopackage
from results.exports.workbook import write_workbook
from results.language.words import words
from results.maps.choropleth import alt_text, question
from results.publication.publish import (
    BESIDE,
    GIS_KIND,
    MAPS_KIND,
    REPORT_KIND,
    SHEETS_KIND,
    WORKBOOK_KIND,
)
from results.report.page import render
from results.report.reachability import region_rows
from results.runs.folder import REPLICATIONS, TABLES
from results.runs.headlines import headlines
from results.sheets.files import html
from results.sheets.sheet import sheets
from tests.support.statements import (
    CLOCKS,
    MOMENT,
    Page,
    Statement,
    columns,
    kpi_rows,
    rows,
    without_clock,
    without_moment,
)

NL, EN = words("nl"), words("en")
PART_TIME = re.compile(
    r"(?=.*(scenario|Scenario)=night\b)(?=.*(function|Care|care)=(ed\b|emergency))"
    r"(?!.*(kpi|KPI|criterion)=)"
    r"|^night_ed_|^ed_(car|siren)"
    r"|(?=.*'s nachts dicht)(?=.*(Minst bereikbare gemeente: SEH|Inwoners binnen de norm.*spoedeis"
    r"|niet binnen 45 minuten na de melding|op de spoedeisende hulp"
    r"|\| (Met de auto naar de SEH|Buiten de norm van de SEH|van wie 65|Daarbuiten volgens)))"
)
"""Figures of the one function that is open for part of the time: Almelo's emergency department in
`night`; a layer of that scenario begins with the function."""


def gis(run, data, folder):
    """Read every layer by its columns, and areas of equal time by their rows."""
    path = folder / "reachability.gpkg"
    write_geopackage(path, run, data)
    write_geojson(folder / "geojson", path)
    starts = [f"{s.name}_{care}_" for s in run.scenarios for care in ("ed", "maternity")]
    found = {"gpkg": [], "geojson": []}
    layers = [("gpkg", str(name), path) for name in pyogrio.list_layers(path)[:, 0]]
    layers += [("geojson", file.stem, file) for file in sorted((folder / "geojson").iterdir())]
    for kind, name, file in layers:
        layer = gpd.read_file(file, layer=name if kind == "gpkg" else None)
        table = pd.DataFrame(layer.drop(columns="geometry"))
        if name == "isochrones":
            # Nobody's way takes the mean over the year: such areas are of one moment each.
            table["share_of_time"] = table["share_of_time"].map("share_of_time {}".format)
            found[kind] += rows(table, ["scenario", "function", "way"])
        else:
            own = [f"{care}_" for care in ("ed", "maternity")] if name == "night" else []
            others = ["ed_siren", "maternity_siren"] if name != "night" else []
            found[kind] += columns(table, [*starts, *own, *others])
    return found


@pytest.fixture(scope="module")
def said(run, data, tmp_path_factory):
    """Return what each output says, by its name."""
    folder = tmp_path_factory.mktemp("said")
    found = dict(kpi_rows(run))
    decision = decide(run)
    scores = decision_tables(decision, run)["decision-scores.csv"]
    found["decision-scores.csv"] = list(rows(scores, ["scenario", "criterion"]))
    found |= gis(run, data, folder)
    write_workbook(folder / "results.xlsx", run, EN)
    found["workbook"] = []
    for sheet in openpyxl.load_workbook(folder / "results.xlsx").worksheets:
        heads, *lines = list(sheet.values)
        table = pd.DataFrame(lines, columns=heads)
        same = [c for c in ("Scenario", "Site", "KPI", "Municipality", "Care", "Way") if c in table]
        if "KPI" in table or "Clock" in table:
            found["workbook"] += rows(table, same)
    names = [(s.name, care) for s in run.scenarios for care in ("ed", "maternity")]
    maps = {name: " ".join(name).encode() for name in names}
    found["report.html"] = Page(render(run, data, maps, NL)).statements
    found["maps"] = [
        Statement(alt_text(run, s, "ed", NL), question(NL, "ed", 45.0), s.name)
        for s in run.scenarios
    ]
    found["sheets"] = [
        one
        for sheet in islice(sheets(run, data, NL), 1)
        for one in Page(html(sheet, NL)).statements
    ]
    _heads, lines = region_rows(run.reachability, EN)
    note = reachability_text(run.reachability, "en").splitlines()[-1]
    parts = ("scenario", "care", "way", "clock", "mean", "p90", "in_30", "norm", "range", "moment")
    table = pd.DataFrame(lines, columns=parts)
    found["reach"] = [
        replace(one, beside=f"{one.beside} {note}")
        for one in rows(table, ["scenario", "care", "way"])
    ]
    table = headlines(run.comparison, NL)
    found["compare"] = [
        Statement(f"{name} {values.tolist()}", " ".join(map(str, table.index)))
        for name, values in table.iterrows()
    ]
    text = decision_text(decision, "nl")
    found["decide"] = [Statement(line, text) for line in text.splitlines()]
    return found


KINDS = {
    WORKBOOK_KIND: {"workbook"},
    GIS_KIND: {"gpkg", "geojson"},
    MAPS_KIND: {"maps"},
    REPORT_KIND: {"report.html"},
    SHEETS_KIND: {"sheets"},
}
ON_A_TERMINAL = {"reach", "compare", "decide"}
CALLS = {
    *("summary.csv", "comparison.csv", REPLICATIONS, "reachability.csv", "decision-scores.csv"),
    *("workbook", "gpkg", "geojson", "maps", "report.html", "sheets", "reach", "compare"),
}
"""What has figures of call to hospital."""

MOMENTS = CALLS - {"summary.csv", "comparison.csv", REPLICATIONS, "decision-scores.csv", "compare"}


def test_every_output_is_swept(said):
    assert {*BESIDE, MAPS_KIND, REPORT_KIND} == set(KINDS)
    drawn = set().union(*KINDS.values())
    tables = {REPLICATIONS, *(f"{name}.csv" for name in TABLES), "decision-scores.csv"}
    assert set(said) == drawn | tables | ON_A_TERMINAL


@pytest.mark.parametrize("output", sorted(CALLS))
def test_a_figure_of_call_to_hospital_names_its_clock_and_shows_the_other(said, output):
    figures = [one for one in said[output] if one.is_call_to_hospital]
    assert figures
    assert without_clock(figures) == []
    for clock in ("norm", "life"):  # and it would be seen where a clock is not named
        cut = [
            Statement(*(CLOCKS[clock].sub("", text) for text in (one.text, one.beside)))
            for one in figures
        ]
        assert without_clock(cut) != []


def test_where_no_call_to_hospital_is_known_of_there_is_none(said):
    for output in set(said) - CALLS - {"decide"}:
        assert [one for one in said[output] if one.is_call_to_hospital] == []
    assert without_clock(said["decide"]) == []


@pytest.mark.parametrize("output", sorted(MOMENTS))
def test_a_figure_of_care_that_is_open_for_part_of_the_time_names_its_moment(said, output):
    figures = [one for one in said[output] if PART_TIME.search(f"{one.about} {one.text}")]
    assert figures
    assert without_moment(figures, PART_TIME) == []
    cut = [
        Statement(
            *(MOMENT.sub("", text) for text in (one.text, one.beside)), one.about, one.is_cell
        )
        for one in figures
    ]
    assert without_moment(cut, PART_TIME) != []
