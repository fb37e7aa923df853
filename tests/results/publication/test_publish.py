"""The files of a run: whole, typed, the same for the same input, and safe to open."""

import dataclasses
import hashlib
import json
import re
import shutil

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from files.formulas import write_csv
from files.manifest import sealed
from results.errors import ResultsError
from results.exports.geopackage import OTHER_LAYERS
from results.maps.choropleth import MapFiles
from results.publication import publish
from results.publication.publish import write_report, write_run
from results.runs.folder import check_out, read_run
from results.runs.tables import read_csv
from results.statistics.comparison import COMPARISON_COLUMNS, SUMMARY_COLUMNS
from tests.support.made_up_run import build, scenario, scenarios

FILES = {
    "geojson",
    "manifest.json",
    "replications.parquet",
    "summary.csv",
    "comparison.csv",
    "reachability.csv",
    "parameters.csv",
    "results.xlsx",
    "reachability.gpkg",
    "report.html",
    "maps",
    "municipalities",
}


def few():
    """Return a run of two scenarios: enough where it is not about what is drawn."""
    return build(scenarios()[:2])


def write(out, data, run=None, drawn=None):
    found = run or few()
    write_run(out, found, data, "nl", drawn)
    return found


@pytest.fixture
def undrawn(monkeypatch):
    """Write a word for each map and sheet: for tests of files, not of pictures."""

    def maps(run, _data, words):
        names = [(s.name, care) for s in run.scenarios for care in ("ed", "maternity")]
        return {
            name: MapFiles(*(f"{kind} {words.lang} {name}".encode() for kind in ("png", "svg")))
            for name in names
        }

    def write_sheets(folder, _run, _data, words):
        (folder / "municipalities").mkdir()
        (folder / "municipalities" / "borne.html").write_text(words.lang)

    monkeypatch.setattr(publish, "draw_maps", maps)
    monkeypatch.setattr(publish, "write_sheets", write_sheets)


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data):
    out = tmp_path_factory.mktemp("runs") / "run"
    write(out, data, build())
    return out


@pytest.fixture(scope="module")
def drawn_alone(tmp_path_factory, data):
    """Return the hashes of a run of two scenarios that one process has drawn."""
    out = tmp_path_factory.mktemp("alone") / "run"
    write(out, data)
    return hashes(out)


def test_all_files_of_the_design_are_there_and_nothing_else(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    maps = {path.name for path in (folder / "maps").iterdir()}
    assert maps == {
        f"{s['name']}-{function}.{kind}"
        for s in scenarios()
        for function in ("ed", "maternity")
        for kind in ("png", "svg")
    }
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


def test_tables_have_the_columns_of_the_design(folder):
    header = {
        name: (folder / f"{name}.csv").read_text().split("\n")[0]
        for name in ("summary", "comparison", "reachability", "parameters")
    }
    assert header["summary"] == ",".join(SUMMARY_COLUMNS)
    assert header["comparison"] == ",".join(COMPARISON_COLUMNS)
    assert header["reachability"] == (
        "scenario,municipality_code,municipality,function,profile,clock,population,minutes_mean,"
        "minutes_median,minutes_p90,minutes_max,share_within_15,share_within_20,"
        "share_within_30,share_within_45,norm,share_within_norm,share_within_norm_low,"
        "share_within_norm_high,moment,worst_moment,worst_share_of_time,worst_minutes_mean,"
        "worst_share_within_norm"
    )
    assert header["parameters"] == "scenario,key,value,unit,source,year,confidence"
    columns = list(pd.read_parquet(folder / "replications.parquet").columns)
    assert columns == ["scenario", "replication", "site", "kpi", "value"]


def test_the_same_input_gives_the_same_bytes(drawn_alone, data, tmp_path):
    write(tmp_path / "again", data)
    assert hashes(tmp_path / "again") == drawn_alone


def test_a_run_reads_back_as_it_was_written(folder):
    run, read = build(), read_run(folder)
    pd.testing.assert_frame_equal(read.comparison, run.comparison, check_dtype=False, rtol=1e-7)
    pd.testing.assert_frame_equal(read.reachability, run.reachability, check_dtype=False)
    pd.testing.assert_frame_equal(read.replications, run.replications, check_dtype=False)
    assert read.scenarios == run.scenarios


def test_every_scenario_but_the_baselines_is_compared_with_its_own_baseline(folder):
    table = pd.read_csv(folder / "comparison.csv")
    pairs = set(zip(table["scenario"], table["baseline"], strict=True))
    assert pairs == {("night", "now"), ("single", "now-2034"), ("same", "now-2034")}


def test_the_workbook_is_typed_with_frozen_headers(folder):
    book = openpyxl.load_workbook(folder / "results.xlsx")
    assert len(book.worksheets) == 7
    assert all(sheet.freeze_panes == "A2" for sheet in book.worksheets)
    summary = book["Samenvatting"]
    names = [cell.value for cell in summary[1]]
    mean, unit = names.index("Gemiddelde"), names.index("Eenheid")
    assert isinstance(summary.cell(2, mean + 1).value, float)
    shares = [row for row in summary.iter_rows(min_row=2) if row[unit].value == "%"]
    assert {row[mean].number_format for row in shares} <= {"0.0%", "0%"}


def test_the_geopackage_has_a_layer_of_fourteen_municipalities_per_scenario(folder):
    layers = set(gpd.list_layers(folder / "reachability.gpkg")["name"])
    assert layers == {*(s["name"] for s in scenarios()), *OTHER_LAYERS}
    single = gpd.read_file(folder / "reachability.gpkg", layer="single")
    assert len(single) == 14
    assert single.crs.to_epsg() == 28992
    assert single["ed_siren_norm_share_within_norm"].notna().all()
    # Each figure from the call names its clock, and the other stands beside it.
    siren = [name for name in single if "_siren_" in name]
    assert [name for name in siren if not re.search("_siren_(drive|norm|life)_", name)] == []
    assert single["ed_siren_life_share_within_norm"].notna().all()
    # What is open for part of the time gives its worst moment by name; the rest has none.
    assert not [name for name in single if "worst" in name]
    night = gpd.read_file(folder / "reachability.gpkg", layer="night")
    assert set(night["ed_car_drive_moment"]) == {"yearly mean"}
    assert set(night["ed_car_drive_worst_moment"]) == {"23:00-07:00"}
    assert set(night["maternity_car_drive_moment"]) == {"always"}


@pytest.mark.usefixtures("undrawn")
def test_an_earlier_run_is_replaced_and_foreign_files_stay(data, tmp_path):
    out = tmp_path / "run"
    write(out, data, build(scenarios()[:3]))
    (out / "notes.txt").write_text("mine")
    fewer = build(scenarios()[:2])
    write(out, data, fewer)
    assert (out / "notes.txt").read_text() == "mine"
    assert {path.name for path in (out / "maps").iterdir()} == {
        f"{name}-{function}.{kind}"
        for name in ("now", "night")
        for function in ("ed", "maternity")
        for kind in ("png", "svg")
    }
    assert len(read_run(out).scenarios) == 2


def test_a_folder_of_others_is_refused_and_left_alone(data, tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ResultsError, match=r"thesis\.docx"):
        write(tmp_path, data)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_place_for_results(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        check_out(tmp_path / "out")


@pytest.mark.usefixtures("undrawn")
def test_a_failing_run_leaves_nothing_behind(data, tmp_path, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr(publish, "render", fail)
    with pytest.raises(RuntimeError):
        write(tmp_path / "run", data)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["summary.csv", "replications.parquet"])
def test_a_missing_or_changed_table_is_named(folder, tmp_path, name):
    out = tmp_path / "run"
    shutil.copytree(folder, out)
    (out / name).write_bytes((out / name).read_bytes()[:-1])
    with pytest.raises(ResultsError, match=f"{name} was changed or damaged"):
        read_run(out)
    (out / name).unlink()
    with pytest.raises(ResultsError, match=f"{name} is missing"):
        read_run(out)


def lacking(folder, name, column):
    """Take a column out of a table, and give the manifest the hash of what is left."""
    table = folder / name
    write_csv(read_csv(table).drop(columns=column), table)
    facts = json.loads((folder / "manifest.json").read_text())
    facts["tables"][name] = hashlib.sha256(table.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(sealed(facts)))


def test_a_run_of_a_version_that_wrote_other_columns_is_to_be_run_again(folder, tmp_path):
    out = shutil.copytree(folder, tmp_path / "run")
    lacking(out, "comparison.csv", "size")
    told = r"comparison\.csv was written by another version .*0\.1\.0.* lacks size; run .* again"
    with pytest.raises(ResultsError, match=told):
        read_run(out)


@pytest.mark.parametrize("fact", ["norms", "weeks", "data", "tables"])
def test_a_manifest_that_lacks_a_fact_is_to_be_run_again(folder, tmp_path, fact):
    facts = json.loads((folder / "manifest.json").read_text())
    del facts[fact]
    (tmp_path / "manifest.json").write_text(json.dumps(facts))
    with pytest.raises(ResultsError, match=rf"manifest\.json was .* lacks .*{fact}"):
        read_run(tmp_path)


def test_a_manifest_that_lacks_a_fact_of_a_scenario_is_to_be_run_again(folder, tmp_path):
    facts = json.loads((folder / "manifest.json").read_text())
    del facts["scenarios"][1]["horizon_year"]
    (tmp_path / "manifest.json").write_text(json.dumps(facts))
    with pytest.raises(ResultsError, match="lacks 'horizon_year'"):
        read_run(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '"scenarios outputs"', "{"])
def test_a_damaged_manifest_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ResultsError, match=r"manifest\.json is damaged"):
        read_run(tmp_path)


def test_a_folder_without_a_run_says_so(tmp_path):
    with pytest.raises(ResultsError, match="is no run of twentezorg"):
        read_run(tmp_path)


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_made_again_in_another_language(data, tmp_path):
    out = tmp_path / "run"
    write(out, data, build(scenarios()[:2]))
    tables = {name: digest for name, digest in hashes(out).items() if name.endswith(".csv")}
    before = (out / "maps" / "now-ed.png").read_bytes()
    path = write_report(out, data, "en")
    assert '<html lang="en">' in path.read_text()
    assert (out / "maps" / "now-ed.png").read_bytes() != before
    assert tables.items() <= hashes(out).items()


def test_a_run_can_be_compared_with_any_scenario(folder):
    table = read_run(folder).compared_with("single")
    assert set(table["baseline"]) == {"single"}
    assert set(table["scenario"]) == {"now", "now-2034", "night", "same"}
    with pytest.raises(ResultsError, match="no scenario 'nowhere'"):
        read_run(folder).compared_with("nowhere")


@pytest.mark.usefixtures("undrawn")
def test_text_that_looks_like_a_formula_stays_text(data, tmp_path):
    evil = '=HYPERLINK("http://x","y")'
    entries = [scenarios()[0], scenario(evil, evil, 2024, "now")]
    out = tmp_path / "run"
    write(out, data, build(entries))
    rows = (out / "summary.csv").read_text().splitlines()
    assert any(row.startswith("\"'=HYPERLINK") for row in rows)
    assert not any(row.startswith('"=') for row in rows)
    book = openpyxl.load_workbook(out / "results.xlsx")
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == evil and cell.quotePrefix for cell in cells)
    assert evil in set(read_run(out).summary["scenario"])
    assert all(path.parent == out / "maps" for path in out.rglob("*.png"))


def test_negative_numbers_in_text_columns_stay_numbers(tmp_path):
    table = pd.DataFrame({"value": ["-3.5", "+2", "-not", "@x", "plain"]})
    write_csv(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "value\n-3.5\n+2\n'-not\n'@x\nplain\n"
    assert list(read_csv(tmp_path / "t.csv")["value"]) == list(table["value"])


def test_the_manifest_tells_what_was_written(folder):
    facts = json.loads((folder / "manifest.json").read_text())
    assert set(facts["tables"]) == {name for name in FILES if name.endswith((".csv", ".parquet"))}
    assert all((folder / name).is_file() for name in facts["outputs"])


@pytest.mark.usefixtures("undrawn")
def test_the_same_results_in_another_folder_are_not_drawn_anew(tmp_path, data, monkeypatch):
    first, second = few(), few()
    second = dataclasses.replace(
        second, manifest={**second.manifest, "command": "twentezorg run --out 'a & b'"}
    )
    write(tmp_path / "one", data, first, tmp_path / "drawn")
    write(tmp_path / "undrawn", data, second)
    for draw in ("draw_maps", "write_workbook", "write_geopackage", "render", "write_sheets"):
        monkeypatch.setattr(f"results.publication.publish.{draw}", None)  # drawing would fail
    write(tmp_path / "two", data, second, tmp_path / "drawn")
    assert hashes(tmp_path / "two") == hashes(tmp_path / "undrawn")
    assert "--out &#39;a &amp; b&#39;" in (tmp_path / "two" / "report.html").read_text()
    notes = openpyxl.load_workbook(tmp_path / "two" / "results.xlsx").worksheets[0]
    assert "twentezorg run --out 'a & b'" in {cell.value for cell in notes["B"]}


@pytest.mark.usefixtures("undrawn")
def test_other_results_are_drawn_anew_but_not_the_same_places(tmp_path, data, monkeypatch):
    found = few()
    write(tmp_path / "one", data, found, tmp_path / "drawn")
    more = dataclasses.replace(found, manifest={**found.manifest, "weeks": 99})
    write(tmp_path / "undrawn", data, more)
    monkeypatch.setattr("results.publication.publish.draw_maps", None)  # drawing would fail
    write(tmp_path / "two", data, more, tmp_path / "drawn")
    assert hashes(tmp_path / "two") == hashes(tmp_path / "undrawn")


@pytest.mark.usefixtures("undrawn")
def test_damaged_drawings_are_drawn_anew(tmp_path, data):
    write(tmp_path / "one", data, None, tmp_path / "drawn")
    before = hashes(tmp_path / "one")
    for number, path in enumerate(sorted((tmp_path / "drawn").iterdir())):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(
            whole[:middle]
            if number % 2
            else whole[:middle]
            + bytes(255 - byte for byte in whole[middle : middle + 9])
            + whole[middle + 9 :]
        )
    write(tmp_path / "two", data, None, tmp_path / "drawn")
    assert hashes(tmp_path / "two") == before


@pytest.mark.usefixtures("undrawn")
def test_a_report_in_another_language_goes_when_the_run_is_written_again(tmp_path, data):
    out = tmp_path / "run"
    write(out, data)
    before = hashes(out)
    write_report(out, data, "en")
    write(out, data)
    assert hashes(out) == before


@pytest.mark.slow  # draws everything, half of it in a process of its own
def test_two_processes_draw_the_same_bytes_as_one(drawn_alone, tmp_path, data, monkeypatch):
    monkeypatch.setattr("results.publication.beside.cores", lambda: 2)
    write_run(tmp_path / "two", few(), data, "nl", jobs=2)
    assert hashes(tmp_path / "two") == drawn_alone
