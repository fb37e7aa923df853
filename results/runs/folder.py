"""A run on disk: staged aside, put in place, and read back with a check on damage.

The manifest goes in last. It holds the hash of every table, so a folder that was only half
replaced, or edited afterwards, is recognised when it is read.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from files.manifest import MANIFEST, OWN_HASH, is_sealed, read_facts, sealed, sha256
from files.whole import aside_of
from results.errors import ResultsError
from results.runs.facts import wrong_fact
from results.runs.run import Run, scenarios_of
from results.runs.tables import PARAMETER_COLUMNS, REACHABILITY_COLUMNS, read_csv
from results.statistics.comparison import (
    COMPARISON_COLUMNS,
    REPLICATION_COLUMNS,
    SUMMARY_COLUMNS,
)
from scenarios.errors import Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REPLICATIONS = "replications.parquet"
COLUMNS = {
    "summary": SUMMARY_COLUMNS,
    "comparison": COMPARISON_COLUMNS,
    "reachability": REACHABILITY_COLUMNS,
    "parameters": PARAMETER_COLUMNS,
}
TABLES = tuple(COLUMNS)
FOREIGN_NAMES_SHOWN = 3

FACTS = frozenset(
    {"version", "command", "seed", "weeks", "warmup_weeks", "replications", "norms", "data"}
    | {"tables", "outputs", "scenarios", OWN_HASH}
)
"""Facts of a manifest that reports show, and the hash by which an edit is noticed."""

HASHED = frozenset({REPLICATIONS, *(f"{name}.csv" for name in TABLES)})
"""Files that a manifest holds the hash of."""

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
    for name in sorted(HASHED):
        path, written = folder / name, manifest["tables"][name]
        if not path.is_file():
            raise ResultsError("{path} is missing; run the scenarios again", path=path)
        if sha256(path) != written:
            raise _changed(path)
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
    return Run(
        manifest,
        replications,
        summary=frames["summary"],
        comparison=frames["comparison"],
        reachability=frames["reachability"],
        parameters=frames["parameters"],
    )


def _check_facts(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that lacks what reports and comparisons ask of it."""
    missing = sorted(FACTS - set(manifest))
    try:
        missing += sorted(DATA_FACTS - set(manifest.get("data", ())))
        scenarios_of(manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        missing.append(str(error))
    if not missing and isinstance(manifest["tables"], dict):
        missing += sorted(HASHED - set(manifest["tables"]))
    if missing:
        raise _other_version(folder / MANIFEST, manifest, missing)
    if wrong := wrong_fact(manifest):
        raise ResultsError(
            "{path} was edited or damaged: {wrong}; run the scenarios again",
            path=folder / MANIFEST,
            wrong=wrong,
        )
    if not is_sealed(manifest):
        raise _changed(folder / MANIFEST)


def _changed(path: Path) -> ResultsError:
    return ResultsError("{path} was changed or damaged after the run; run again", path=path)


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
    _check_facts(folder, manifest)
    with staged(folder) as stage:
        yield stage
        kept = {name for name in _outputs(manifest) if not name.startswith(prefix)}
        added = {str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file()}
        manifest["outputs"] = sorted(kept | added)
        text = json.dumps(sealed(manifest), indent=2, ensure_ascii=False)
        (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in; on success its files move into `out`."""
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = aside_of(out)
        stage.mkdir()
    except OSError as error:
        raise _not_written(out, error) from error
    try:
        yield stage
        _move_in(stage, out)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _not_written(out: Path, error: OSError) -> ResultsError:
    return ResultsError(
        "can't write {path}: {why}", path=out, why=Said(error.strerror or str(error))
    )


def _move_in(stage: Path, out: Path) -> None:
    if not out.exists():
        stage.rename(out)
        return
    files = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
    if Path(MANIFEST) in files:
        _remove_stale(out, _outputs(_read_manifest(stage)))
    for path in sorted(files, key=lambda name: (name == Path(MANIFEST), name)):
        (out / path).parent.mkdir(exist_ok=True)
        (stage / path).replace(out / path)


def _remove_stale(out: Path, kept: set[str]) -> None:
    """Take away what the earlier run wrote and this one doesn't, and nothing else."""
    if not _is_run(out / MANIFEST):
        return
    for name in _outputs(_read_manifest(out)):
        path = (out / name).resolve()
        if name not in kept and path.is_relative_to(out) and path.is_file():
            path.unlink(missing_ok=True)


def _outputs(manifest: Mapping[str, Any]) -> set[str]:
    """Return the names of files that a run has written; an edited manifest may hold anything."""
    names = manifest["outputs"]
    return {str(name) for name in names} if isinstance(names, list | dict) else set()


def _is_run(manifest: Path) -> bool:
    return {"scenarios", "outputs"} <= set(read_facts(manifest) or {})


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ResultsError(
            "{folder} is no run of twentezorg: {manifest} is missing",
            folder=folder,
            manifest=MANIFEST,
        )
    facts = read_facts(path)
    if facts is None or not _is_run(path):
        raise ResultsError("{path} is damaged: it isn't the manifest of a run", path=path)
    return facts
