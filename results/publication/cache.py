"""What was drawn before, by what it was drawn from: a repeated run takes its pictures from here.

Maps, GIS layers, sheets, workbook and report take longer to make than a known run takes to look up.
Each kind is kept as one archive, named by the hash of all that decides its bytes. The command that
was given is left out of that: it is written in afterwards, so that the same results in another
folder are not drawn again. Nothing here is needed for good: what is removed is drawn again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812 - an exception

from files.whole import write_file
from sim.replication.cache_keys import whole_code_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


FOLDER = "drawings"
"""Beside the parts of a run store."""

DRAWN_WITH = (
    *("babel", "geopandas", "jinja2", "matplotlib", "numpy", "openpyxl", "pandas", "pillow"),
    *("pyogrio", "pyproj", "scipy", "shapely", "typst"),
)
"""Libraries that have a hand in the bytes of a drawing."""

MOST_KEPT = 40
"""Archives that are kept, the newest; five belong to a run."""


class Drawings:
    """Archives of drawings in a folder.

    Parameters
    ----------
    folder
        Made when the first is kept; None to keep nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def keeps(self, kind: str, content: object) -> bool:
        """Whether a kind was drawn before from this content."""
        return self._folder is not None and _kept(self._folder, kind, content).is_file()

    def put(self, stage: Path, kind: str, content: object, draw: Callable[[Path], object]) -> None:
        """Put the files of a kind in a folder: as they were drawn before, or drawn now.

        Parameters
        ----------
        stage
            Where the files go.
        kind
            Their name among the drawings.
        content
            Everything that decides their bytes besides the code, as JSON may hold it.
        draw
            Writes the files in a folder that it is given.
        """
        aside = stage / f".{kind}"
        shutil.rmtree(aside, ignore_errors=True)  # what was only half drawn
        aside.mkdir()
        if self._folder is None:
            draw(aside)
        else:
            kept = _kept(self._folder, kind, content)
            if not _unpacked(kept, aside):
                draw(aside)
                with suppress(OSError):  # no room to keep it: the run itself is whole
                    _pack(aside, kept)
                    _forget_the_oldest(self._folder)
        for path in sorted(aside.iterdir()):
            if (stage / path.name).is_dir():
                shutil.rmtree(stage / path.name)
            path.rename(stage / path.name)
        aside.rmdir()


def _kept(folder: Path, kind: str, content: object) -> Path:
    return folder / f"{kind}.{_hash(content)}.zip"


def _hash(content: object) -> str:
    text = json.dumps(content, default=str, ensure_ascii=False)
    return hashlib.sha256((whole_code_hash(DRAWN_WITH) + text).encode()).hexdigest()


def _unpacked(kept: Path, folder: Path) -> bool:
    """Unpack an archive, unless there is none or it is damaged (each file has a checksum)."""
    try:
        with zipfile.ZipFile(kept) as archive:
            archive.extractall(folder)
        os.utime(kept)  # used last, so forgotten last
    except (OSError, EOFError, zipfile.BadZipFile, ZlibError, NotImplementedError):
        shutil.rmtree(folder)
        folder.mkdir()
        return False
    return True


def _pack(folder: Path, kept: Path) -> None:
    with (
        write_file(kept) as aside,
        zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))


def _forget_the_oldest(folder: Path) -> None:
    archives = {path: path.stat().st_mtime for path in folder.glob("*.zip")}
    for path in sorted(archives, key=lambda path: archives[path])[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
