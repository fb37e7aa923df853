"""Everything that people read of a run: tables, maps, workbook, layers, sheets and report."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import escape

from files.formulas import write_csv
from files.manifest import MANIFEST, sealed, sha256
from results.accessibility.abroad import run_beside_abroad
from results.accessibility.within_norm import NORM_PROFILES
from results.exports.geopackage import write_geojson, write_geopackage
from results.exports.workbook import rewrite_workbook, write_workbook
from results.language.words import Words, words
from results.links import MAPS, REPORT, Link, made_beside
from results.maps.choropleth import draw_maps, map_file
from results.publication.beside import beside
from results.publication.cache import Drawings
from results.report.page import render
from results.runs.folder import REPLICATIONS, TABLES, check_out, read_run, staged
from results.runs.provenance import wall_seconds
from results.sheets.files import write_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.dataset.dataset import DataSet
    from results.decision.basis import DecisionBasis
    from results.runs.run import Run

GIS = "geojson"
WORKBOOK = "results.xlsx"
GEOPACKAGE = "reachability.gpkg"
HOW_IT_RAN = frozenset(
    {
        "backend",
        "command",
        "jobs",
        "wall_seconds",
        "events",
        "events_per_second",
        "peak_memory_mb",
        "replications_run",
        "replications_from_store",
    }
)
"""Facts of a manifest that decide nothing that is drawn; the command is written in afterwards."""

WORKBOOK_KIND, GIS_KIND, MAPS_KIND = "workbook", "gis", "maps"
REPORT_KIND, SHEETS_KIND = "report", "sheets"
"""What is drawn, each kept by itself."""

BESIDE = (SHEETS_KIND, WORKBOOK_KIND, GIS_KIND)
"""What waits for nothing else: drawn beside the maps and the report."""

COMMAND_MARK = "@twentezorg-command@"
"""Stands for the command in what is drawn."""


def write_run(
    out: Path,
    run: Run,
    data: DataSet,
    lang: str,
    drawn: Path | None = None,
    started: float | None = None,
    jobs: int = 1,
) -> None:
    """Write all files of a run; an earlier run in the same folder is replaced.

    Parameters
    ----------
    out
        The folder; files of others in an earlier run's folder are left alone.
    run
        What was found.
    data
        The data set that was used: for maps, sheets and their sources.
    lang
        `nl` or `en`.
    drawn
        Folder of what was drawn before, which isn't drawn again; None draws everything.
    started
        What `time.monotonic` gave when the command began: the manifest says how long it took.
    jobs
        How many processes may draw; more than two are of no use.

    Raises
    ------
    ResultsError
        The folder can't be written, or holds other things than a run.
    """
    check_out(out)
    manifest = run.manifest
    with staged(out) as stage:
        run.replications.to_parquet(stage / REPLICATIONS, index=False)
        for name in TABLES:
            write_csv(getattr(run, name), stage / f"{name}.csv")
        tables = {path.name: sha256(path) for path in sorted(stage.iterdir())}
        known = replace(run, manifest={**manifest, "tables": tables})
        _draw(stage, known, data, lang, Drawings(drawn), BESIDE, jobs)
        paths = sorted(path for path in stage.rglob("*") if path.is_file())
        outputs = {str(path.relative_to(stage)): sha256(path) for path in paths}
        facts = {**manifest, "tables": tables, "outputs": outputs}
        if started is not None:
            facts["wall_seconds"] = wall_seconds(started)
        plain = json.loads(json.dumps(facts, ensure_ascii=False, default=str))
        text = json.dumps(sealed(plain), indent=2, ensure_ascii=False)
        (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")


def write_report(
    folder: Path, data: DataSet, lang: str, chosen: DecisionBasis | None = None, jobs: int = 1
) -> Path:
    """Make the report and the maps of a run again, in a language.

    Parameters
    ----------
    folder
        The run's folder.
    data
        The data set that it used.
    lang
        `nl` or `en`.
    chosen
        Whose weights and which futures; those that ship and none when left out.
    jobs
        How many processes may draw.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    ResultsError
        The folder holds no readable run, or can't be written.
    """
    run = read_run(folder)
    sites = [site for scenario in run.scenarios for site in scenario.sites]
    known = set(data.points["id"])
    data = data.with_places((site.lon, site.lat) for site in sites if site.point not in known)
    with staged(folder) as stage:
        made = made_beside(folder, words(lang))
        _draw(stage, run, data, lang, Drawings(None), [SHEETS_KIND], jobs, made, chosen)
    return folder / REPORT


def _draw(
    stage: Path,
    run: Run,
    data: DataSet,
    lang: str,
    drawings: Drawings,
    kinds: Sequence[str],
    jobs: int,
    made: Sequence[Link] = (),
    chosen: DecisionBasis | None = None,
) -> None:
    """Write what people read: maps and report, and beside them kinds of `BESIDE`."""
    contents = _contents(run, data, lang)
    missing = any(not drawings.keeps(kind, contents[kind]) for kind in kinds)
    task = partial(_draw_beside, stage, run, data, lang, drawings, kinds)
    with beside(task, jobs if missing else 1):
        _draw_maps_and_report(stage, run, data, lang, drawings, made, chosen)
    if WORKBOOK_KIND in kinds:
        rewrite_workbook(stage / WORKBOOK, COMMAND_MARK, str(run.manifest["command"]))


def _draw_beside(
    stage: Path, run: Run, data: DataSet, lang: str, drawings: Drawings, kinds: Sequence[str]
) -> None:
    """Write kinds that wait for no other."""
    nameless, reader, contents = _nameless(run), words(lang), _contents(run, data, lang)
    draw: dict[str, Callable[[Path], object]] = {
        WORKBOOK_KIND: lambda folder: write_workbook(
            folder / WORKBOOK, nameless, reader, run_beside_abroad(run, data)
        ),
        GIS_KIND: lambda folder: _write_gis(folder, run, data),
        SHEETS_KIND: lambda folder: write_sheets(folder, nameless, data, reader),
    }
    for kind in kinds:
        drawings.put(stage, kind, contents[kind], draw[kind])


def _draw_maps_and_report(
    stage: Path,
    run: Run,
    data: DataSet,
    lang: str,
    drawings: Drawings,
    made: Sequence[Link],
    chosen: DecisionBasis | None,
) -> None:
    """Write the maps, then the report that shows them."""
    reader, contents = words(lang), _contents(run, data, lang)

    def write_page(folder: Path) -> None:
        maps = {
            (scenario.name, function): (
                stage / MAPS / map_file(scenario.name, function)
            ).read_bytes()
            for scenario in run.scenarios
            for function in NORM_PROFILES
        }
        page = render(_nameless(run), data, maps, reader, made, chosen)
        (folder / REPORT).write_text(page, encoding="utf-8")

    drawings.put(
        stage, MAPS_KIND, contents[MAPS_KIND], lambda folder: _write_maps(folder, run, data, reader)
    )
    drawings.put(stage, REPORT_KIND, contents[REPORT_KIND], write_page)
    page = (stage / REPORT).read_text(encoding="utf-8")
    named = page.replace(COMMAND_MARK, str(escape(str(run.manifest["command"]))))
    (stage / REPORT).write_text(named, encoding="utf-8")


def _write_gis(folder: Path, run: Run, data: DataSet) -> None:
    write_geopackage(folder / GEOPACKAGE, run, data)
    write_geojson(folder / GIS, folder / GEOPACKAGE)


def _write_maps(folder: Path, run: Run, data: DataSet, reader: Words) -> None:
    (folder / MAPS).mkdir()
    for (scenario, function), drawn in draw_maps(run, data, reader).items():
        (folder / MAPS / map_file(scenario, function)).write_bytes(drawn.png)
        (folder / MAPS / map_file(scenario, function, "svg")).write_bytes(drawn.svg)


def _nameless(run: Run) -> Run:
    """Return a run with a mark in place of its command."""
    return replace(run, manifest={**run.manifest, "command": COMMAND_MARK})


def _contents(run: Run, data: DataSet, lang: str) -> dict[str, list[object]]:
    """Return all that decides the bytes of each kind, besides the code."""
    everything, places = _everything(run, data, lang), _places(run, data, lang)
    return {
        WORKBOOK_KIND: everything,
        GIS_KIND: places,
        MAPS_KIND: places,
        REPORT_KIND: everything,
        SHEETS_KIND: everything,
    }


def _everything(run: Run, data: DataSet, lang: str) -> list[object]:
    """Return all that the workbook, the report and the sheets are made from."""
    lasting = {name: fact for name, fact in run.manifest.items() if name not in HOW_IT_RAN}
    return [lasting, dict(data.manifest), lang]


def _places(run: Run, data: DataSet, lang: str) -> list[object]:
    """Return all that the maps and GIS layers are made from: no replication plays a part."""
    scenarios = [
        {name: fact for name, fact in entry.items() if name != "hash"}
        for entry in run.manifest["scenarios"]
    ]
    tables = run.manifest["tables"]["reachability.csv"]
    return [run.manifest["version"], scenarios, tables, dict(data.manifest), lang]
