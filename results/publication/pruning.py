"""How large the run store is, and how it is kept small.

A key can't tell which version of the code it is from. But whatever a run finds in the store is
marked as used, so what older versions left is what nobody has used for long.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING

from results.errors import ResultsError
from results.language.terminal import reader
from results.publication.cache import FOLDER
from scenarios.errors import Said
from sim.experiment.store import PARTS

if TYPE_CHECKING:
    from pathlib import Path


SECONDS_PER_DAY = 86_400
BYTES_PER_MB = 1_000_000
KEPT = {PARTS: "*/*.parquet", FOLDER: "*.zip"}
"""What the store is made of; other files in its folder are left alone."""


@dataclass(frozen=True)
class Unused:
    """Files of a store, and those of them that nobody used for so many days."""

    files: dict[Path, int]
    """Every file and its bytes."""

    unused: tuple[Path, ...]

    def text(self, days: int) -> str:
        """Say how large it is, and how much of it was not used."""
        size = sum(self.files.values())
        idle = sum(self.files[path] for path in self.unused)
        return spoken(
            "{files} files, {size} MB; not used for {days} days: {unused} files, {idle} MB"
        ).format(
            files=len(self.files),
            size=reader().number(size / BYTES_PER_MB, 1),
            days=days,
            unused=len(self.unused),
            idle=reader().number(idle / BYTES_PER_MB, 1),
        )


def unused(folder: Path, days: int) -> Unused:
    """Return the files of the store in a folder, and which were not used for so many days."""
    before = time.time() - days * SECONDS_PER_DAY
    files: dict[Path, int] = {}
    idle = []
    for place, pattern in KEPT.items():
        for path in sorted((folder / place).glob(pattern)):
            try:
                facts = path.stat()
            except FileNotFoundError:  # a run is at it
                continue
            files[path] = facts.st_size
            if facts.st_mtime <= before:
                idle.append(path)
    return Unused(files, tuple(idle))


def remove(found: Unused) -> None:
    """Remove what was not used; a run that wants it again simulates or draws it again.

    Raises
    ------
    ResultsError
        A file can't be removed.
    """
    for path in found.unused:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ResultsError(
                "can't remove {path}: {why}", path=path, why=Said(error.strerror or str(error))
            ) from error
