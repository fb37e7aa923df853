"""The manifest of a data set: where it is from, and the hash of each of its files.

The hashes are held against the files when these are read, so a bit that turned over is told and
not believed. The manifest holds a hash of its own facts too: nobody's edit of it is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from files.errors import FileError
from files.manifest import MANIFEST, Hash, is_sealed, read_facts, sealed, sha256, sha256_of
from files.validation import Model, Number, Whole, checked
from files.yaml_document import Document
from geodata.dataset.storage import PROFILES, SPEEDS_FILE
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


ROADS_FILE: Final = "roads.npz"
TABLES: Final = ("cells", "points", "municipalities", "roads")

FILES: Final = frozenset(
    {f"{name}.parquet" for name in TABLES}
    | {f"{kind}-{profile}.xz" for kind in ("cell", "point") for profile in PROFILES}
)
"""Files of every data set."""

ROADS: Final = frozenset({ROADS_FILE, SPEEDS_FILE})
"""Files of a data set with its road network, both or neither."""

HASHES = "files"


class _Source(Model):
    """One source of a data set."""

    title: str
    licence: str
    attribution: str
    file: str
    sha256: Hash
    date: str | None = None


class _Manifest(Model):
    """What `manifest.json` of a data set holds."""

    command: str
    counts: dict[str, Whole]
    crs: str
    files: dict[str, Hash]
    notes: list[dict[str, str | Whole | Number] | str]
    people: dict[str, Number]
    region: str
    sha256: Hash
    snap_limit_m: Number = Field(gt=0)
    sources: dict[str, _Source]
    version: str


def with_hashes(facts: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return facts with the hash of every file in a folder, and of the facts themselves."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    return sealed({**facts, HASHES: files})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a data set.

    Raises
    ------
    FileError
        There is none, it is damaged or was edited, or it is of a version that noted no hashes.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(
            "no data set here (manifest.json is missing); make one with: twentezorg geodata build",
            file=folder,
        )
    facts = read_facts(path)
    if facts is None:
        raise DataError("is damaged: it isn't the manifest of a data set", file=path)
    if HASHES not in facts:
        raise DataError(
            "holds no hashes of the files (the data set says it was built by version {version}), "
            "so damage could not be seen; build the data set again",
            version=str(facts.get("version", "?")),
            file=path,
        )
    try:
        checked(_Manifest, Document(str(path), facts, {}))
    except FileError as error:
        raise FileError(error.problems[:1]) from None
    _check_names(set(facts[HASHES]), path)
    if not is_sealed(facts):
        raise _changed(path)
    return facts


def content(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of a file of a data set.

    Raises
    ------
    DataError
        It is gone, can't be read, or isn't the file that was written.
    """
    path = folder / name
    try:
        found = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    if sha256_of(found) != manifest[HASHES][name]:
        raise _changed(path)
    return found


def hold(folder: Path, name: str, manifest: Mapping[str, Any]) -> Path:
    """Return the path of a file of a data set, which is too large to be held in memory.

    Raises
    ------
    DataError
        As `content`.
    """
    path = folder / name
    try:
        found = sha256(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if found != manifest[HASHES][name]:
        raise _changed(path)
    return path


def _check_names(names: set[str], path: Path) -> None:
    """Refuse a manifest that names other files than a data set has, here or elsewhere."""
    if foreign := sorted(names - FILES - ROADS):
        raise DataError(
            "names a file that no data set has: {name!r}", name=foreign[0], file=path, field=HASHES
        )
    needed = FILES | ROADS if names & ROADS else FILES
    if missing := sorted(needed - names):
        raise DataError("names no {name}", name=missing[0], file=path, field=HASHES)


def _changed(path: Path) -> DataError:
    return DataError(
        "was changed or damaged after the data set was built; build the data set again", file=path
    )


def _unreadable(path: Path, error: OSError) -> DataError:
    if isinstance(error, FileNotFoundError):
        return DataError("is missing; build the data set again", file=path)
    return DataError("cannot be read: {why}", why=str(error.strerror or error), file=path)
