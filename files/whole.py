"""Files and folders that appear whole: written aside, then put in place at once.

What is aside has a random name, so that two programs with the same process number (in two
containers) never share it. It goes when its writer is stopped; what a writer that was killed has
left behind is cleared by the next one, a day later.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from glob import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNFINISHED: Final = ".part"
"""The end of what is being written aside."""

STALE_SECONDS: Final = 24 * 60 * 60
"""Longer than anything is written; younger ones may be another program's at work."""


@contextmanager
def write_file(path: Path) -> Iterator[Path]:
    """Give a new file to write; it takes its place only when all went well."""
    with _about(path):
        if path.exists() and not path.is_file():  # a device such as /dev/stdout: as it comes
            yield path
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = aside_of(path)
        try:
            yield aside
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def write_folder(folder: Path) -> Iterator[Path]:
    """Give a new folder to fill; it takes its place only when all went well.

    What stood there is put back where a stop falls between the two moves.
    """
    with _about(folder):
        yield from _write_folder(folder)


def _write_folder(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside, before = aside_of(folder), aside_of(folder)
    try:
        aside.mkdir()
        yield aside
        if folder.exists():
            folder.replace(before)
        aside.replace(folder)
    finally:
        if before.exists() and not folder.exists():
            before.replace(folder)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Let an error of the disk name what the user asked for: it names no file, or the one aside."""
    try:
        yield
    except OSError as error:
        if error.filename is None or UNFINISHED in str(error.filename):
            error.filename = str(path)
        if error.errno is not None:  # a library may tell it in its own words
            error.strerror = os.strerror(error.errno)
        raise


def aside_of(path: Path) -> Path:
    """Return a name beside a path that nobody has; what was abandoned there is cleared."""
    clear_abandoned(path.parent, path.name)
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}")


def clear_abandoned(folder: Path, name: str = "") -> None:
    """Take away what writers of a name, or of any, that were killed have left in a folder."""
    for left in folder.glob(f".{escape(name)}*{UNFINISHED}"):
        with suppress(OSError):  # its writer took it away
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                remove(left)


def remove(path: Path) -> None:
    """Take away a file or a folder, or nothing where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
