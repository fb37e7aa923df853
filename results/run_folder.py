"""The files of a run: written aside, then put in place; read back with a check on damage.

The manifest goes in last. It holds the hash of every table, so a folder that was only half
replaced, or edited afterwards, is recognised when it is read.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import escape

from geodata.dataset import DataSet
from results.compare import COMPARISON_COLUMNS, REPLICATION_COLUMNS, SUMMARY_COLUMNS, compare
from results.drawings import Drawings
from results.errors import ResultsError
from results.geopackage import write_geojson, write_geopackage
from results.links import MAPS, REPORT, Link, made_beside
from results.maps import PROFILES, draw_maps, draw_svg_maps, map_file
from results.provenance import wall_seconds
from results.report import render
from results.run import Run, scenarios_of
from results.sheet_files import write_sheets
from results.tables import PARAMETER_COLUMNS, REACHABILITY_COLUMNS, read_csv, write_csv
from results.text import Words, words
from results.weighed import Weighed
from results.workbook import rewrite_workbook, write_workbook
from scenarios.errors import Said

MANIFEST = "manifest.json"
REPLICATIONS = "replications.parquet"
COLUMNS = {
    "summary": SUMMARY_COLUMNS,
    "comparison": COMPARISON_COLUMNS,
    "reachability": REACHABILITY_COLUMNS,
    "parameters": PARAMETER_COLUMNS,
}
TABLES = tuple(COLUMNS)
GIS = "geojson"
FOREIGN_NAMES_SHOWN = 3
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

COMMAND_MARK = "@twentezorg-command@"
"""Stands for the command in what is drawn."""

FACTS = frozenset(
    {"version", "command", "seed", "weeks", "warmup_weeks", "replications", "norms", "data"}
    | {"tables", "outputs", "scenarios"}
)
"""Facts of a manifest that reports show."""

DATA_FACTS = frozenset({"name", "sources", "licences"})


def check_out(out: Path) -> None:
    """Refuse a folder that a run may not replace; worth asking before a long run.

    Raises
    ------
    ResultsError
        `out` is a file, or a folder with other things in it than an earlier run.
    """
    if out.is_file():
        raise ResultsError("{path} is a file; give a folder for the results", path=out)
    if not out.exists():
        return
    entries = sorted(entry.name for entry in out.iterdir())
    if entries and not _is_run(out / MANIFEST):
        shown = ", ".join(entries[:FOREIGN_NAMES_SHOWN])
        shown += ", …" if len(entries) > FOREIGN_NAMES_SHOWN else ""
        raise ResultsError(
            "{path} holds files that no run of twentezorg wrote ({names}); give an "
            "empty or a new folder",
            path=out,
            names=shown,
        )


def write_run(
    out: Path,
    manifest: Mapping[str, Any],
    replications: pd.DataFrame,
    reachability: pd.DataFrame,
    parameters: pd.DataFrame,
    data: DataSet,
    lang: str,
    drawn: Path | None = None,
    started: float | None = None,
) -> Run:
    """Write all files of a run; an earlier run in the same folder is replaced.

    Parameters
    ----------
    out
        The folder; files of others in an earlier run's folder are left alone.
    manifest
        The facts of the run, its scenarios and sites.
    replications, reachability, parameters
        Tables with the columns of DESIGN.md.
    data
        The data set that was used: for maps, sheets and their sources.
    lang
        `nl` or `en`.
    drawn
        Folder of what was drawn before, which isn't drawn again; None draws everything.
    started
        What `time.monotonic` gave when the command began: the manifest says how long it took.

    Returns
    -------
    Run
        What was written.

    Raises
    ------
    ResultsError
        The folder can't be written, or holds other things than a run.
    """
    check_out(out)
    run = Run.from_replications(manifest, replications, reachability, parameters)
    with staged(out) as stage:
        run.replications.to_parquet(stage / REPLICATIONS, index=False)
        for name in TABLES:
            write_csv(getattr(run, name), stage / f"{name}.csv")
        tables = {path.name: _sha256(path) for path in sorted(stage.iterdir())}
        _draw(stage, replace(run, manifest={**manifest, "tables": tables}), data, lang, drawn)
        paths = sorted(path for path in stage.rglob("*") if path.is_file())
        outputs = {str(path.relative_to(stage)): _sha256(path) for path in paths}
        facts = {**manifest, "tables": tables, "outputs": outputs}
        if started is not None:
            facts["wall_seconds"] = wall_seconds(started)
        text = json.dumps(facts, indent=2, ensure_ascii=False, default=str)
        (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return run


def read_run(folder: Path) -> Run:
    """Read a run back.

    Raises
    ------
    ResultsError
        A file is missing, can't be read, isn't the one the run wrote, or is of another version
        that wrote other columns or facts.
    """
    manifest = _read_manifest(folder)
    _check_facts(folder, manifest)
    for name, written in manifest["tables"].items():
        path = folder / name
        if not path.is_file():
            raise ResultsError("{path} is missing; run the scenarios again", path=path)
        if _sha256(path) != written:
            raise ResultsError("{path} was changed or damaged after the run; run again", path=path)
    try:
        frames = {name: read_csv(folder / f"{name}.csv") for name in TABLES}
        replications = pd.read_parquet(folder / REPLICATIONS)
    except (OSError, ValueError, KeyError) as error:
        raise ResultsError(
            "{folder} can't be read: {error}", folder=folder, error=str(error)
        ) from error
    for name, columns in COLUMNS.items():
        _check_columns(folder / f"{name}.csv", frames[name], columns, manifest)
    _check_columns(folder / REPLICATIONS, replications, REPLICATION_COLUMNS, manifest)
    return Run(manifest=manifest, replications=replications, **frames)


def _check_facts(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that lacks what reports and comparisons ask of it."""
    missing = sorted(FACTS - set(manifest))
    try:
        missing += sorted(DATA_FACTS - set(manifest.get("data", ())))
        scenarios_of(manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        missing.append(str(error))
    if missing:
        raise _other_version(folder / MANIFEST, manifest, missing)


def _check_columns(
    path: Path, table: pd.DataFrame, columns: Sequence[str], manifest: Mapping[str, Any]
) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise _other_version(path, manifest, missing)


def _other_version(path: Path, manifest: Mapping[str, Any], missing: list[str]) -> ResultsError:
    made = manifest.get("version", Said("unknown"))
    return ResultsError(
        "{path} was written by another version of twentezorg (the run says {made}): it "
        "lacks {missing}; run the scenarios again",
        path=path,
        made=made,
        missing=", ".join(missing),
    )


def write_report(folder: Path, data: DataSet, lang: str, chosen: Weighed | None = None) -> Path:
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
        _write_report(stage, run, data, lang, Drawings(None), made, chosen)
    return folder / REPORT


def compare_with(run: Run, baseline: str) -> pd.DataFrame:
    """Compare every other scenario of a run with one baseline of choice.

    Returns
    -------
    pandas.DataFrame
        The columns of `comparison.csv`.

    Raises
    ------
    ResultsError
        The run has no such scenario.
    """
    names = sorted(set(run.replications["scenario"]))
    if baseline not in names:
        raise ResultsError(
            "this run has no scenario {baseline!r}; it has {names}",
            baseline=baseline,
            names=", ".join(names),
        )
    return compare(run.replications, {name: baseline for name in names if name != baseline})


def _draw(stage: Path, run: Run, data: DataSet, lang: str, drawn: Path | None) -> None:
    """Write everything for people: workbook, GIS layers, maps, report and sheets."""
    drawings = Drawings(drawn)
    nameless = _nameless(run)
    everything = _everything(run, data, lang)
    drawings.put(
        stage,
        "workbook",
        everything,
        lambda folder: write_workbook(folder / WORKBOOK, nameless, words(lang)),
    )
    rewrite_workbook(stage / WORKBOOK, COMMAND_MARK, str(run.manifest["command"]))
    drawings.put(
        stage, "gis", _places(run, data, lang), lambda folder: _write_gis(folder, run, data)
    )
    _write_report(stage, run, data, lang, drawings)


def _write_gis(folder: Path, run: Run, data: DataSet) -> None:
    write_geopackage(folder / GEOPACKAGE, run, data)
    write_geojson(folder / GIS, folder / GEOPACKAGE)


def _write_report(
    stage: Path,
    run: Run,
    data: DataSet,
    lang: str,
    drawings: Drawings,
    made: Sequence[Link] = (),
    chosen: Weighed | None = None,
) -> None:
    reader, nameless = words(lang), _nameless(run)
    everything = _everything(run, data, lang)

    def write_page(folder: Path) -> None:
        maps = {
            (scenario.name, function): (
                stage / MAPS / map_file(scenario.name, function)
            ).read_bytes()
            for scenario in run.scenarios
            for function in PROFILES
        }
        page = render(nameless, data, maps, reader, made, chosen)
        (folder / REPORT).write_text(page, encoding="utf-8")

    drawings.put(
        stage,
        "maps",
        _places(run, data, lang),
        lambda folder: _write_maps(folder, run, data, reader),
    )
    drawings.put(stage, "report", everything, write_page)
    page = (stage / REPORT).read_text(encoding="utf-8")
    named = page.replace(COMMAND_MARK, str(escape(str(run.manifest["command"]))))
    (stage / REPORT).write_text(named, encoding="utf-8")
    drawings.put(
        stage, "sheets", everything, lambda folder: write_sheets(folder, nameless, data, reader)
    )


def _write_maps(folder: Path, run: Run, data: DataSet, reader: Words) -> None:
    (folder / MAPS).mkdir()
    for (scenario, function), png in draw_maps(run, data, reader).items():
        (folder / MAPS / map_file(scenario, function)).write_bytes(png)
    for (scenario, function), svg in draw_svg_maps(run, data, reader).items():
        (folder / MAPS / map_file(scenario, function, "svg")).write_bytes(svg)


def _nameless(run: Run) -> Run:
    """Return a run with a mark in place of its command."""
    return replace(run, manifest={**run.manifest, "command": COMMAND_MARK})


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


@contextmanager
def beside(folder: Path, prefix: str) -> Iterator[Path]:
    """Give a folder to write more files of a run in; on success they move into the run's folder.

    The manifest notes them, so that a new run in the same folder takes them away. Files with names
    that begin with `prefix` that were written so before and aren't now are taken away too.

    Raises
    ------
    ResultsError
        The folder holds no run, or can't be written.
    """
    manifest = _read_manifest(folder)
    with staged(folder) as stage:
        yield stage
        kept = {name for name in manifest["outputs"] if not name.startswith(prefix)}
        added = {str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file()}
        manifest["outputs"] = sorted(kept | added)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in; on success its files move into `out`."""
    out = out.resolve()
    stage = out.parent / f".{out.name}.{os.getpid()}.part"
    try:
        stage.mkdir(parents=True)
        yield stage
        _move_in(stage, out)
    except OSError as error:
        raise ResultsError(
            "can't write {path}: {why}", path=out, why=Said(error.strerror or str(error))
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move_in(stage: Path, out: Path) -> None:
    if not out.exists():
        stage.rename(out)
        return
    files = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
    if Path(MANIFEST) in files:
        _remove_stale(out, set(_read_manifest(stage)["outputs"]))
    for path in sorted(files, key=lambda name: (name == Path(MANIFEST), name)):
        (out / path).parent.mkdir(exist_ok=True)
        (stage / path).replace(out / path)


def _remove_stale(out: Path, kept: set[str]) -> None:
    """Take away what the earlier run wrote and this one doesn't, and nothing else."""
    if not _is_run(out / MANIFEST):
        return
    for name in _read_manifest(out)["outputs"]:
        path = (out / name).resolve()
        if name not in kept and path.is_relative_to(out):
            path.unlink(missing_ok=True)


def _is_run(manifest: Path) -> bool:
    try:
        return {"scenarios", "outputs"} <= set(json.loads(manifest.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return False


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ResultsError(
            "{folder} is no run of twentezorg: {manifest} is missing",
            folder=folder,
            manifest=MANIFEST,
        )
    if not _is_run(path):
        raise ResultsError("{path} is damaged: it isn't the manifest of a run", path=path)
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
