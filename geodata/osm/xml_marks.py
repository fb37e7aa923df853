"""What an XML map says that osmium does not read: deletions in an editor, an answer that broke off.

JOSM keeps what was deleted with `action="delete"`; Overpass ends an answer that ran out of time or
memory with a `remark`, and is silent otherwise.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from typing import IO, TYPE_CHECKING, Final, cast

from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK: Final = 1 << 20
DELETED: Final = re.compile(
    rb"""<(n|w|r)(?:ode|ay|elation)\s(?=[^<>]*\saction\s*=\s*["']delete["'])"""
    rb"""[^<>]*?\sid\s*=\s*["'](-?\d+)["']|"""
    rb"""<(n|w|r)(?:ode|ay|elation)\sid\s*=\s*["'](-?\d+)["'][^<>]*?\saction\s*=\s*["']delete["']"""
)
REMARK: Final = re.compile(rb"<remark[^>]*>([^<]*)")


def read_marks(path: Path) -> dict[str, set[int]]:
    """Return the ids of objects that an editor has deleted, by kind: `n`, `w` and `r`.

    Raises
    ------
    DataError
        The file is an answer of Overpass that broke off, or can't be unpacked.
    """
    gone: dict[str, set[int]] = {"n": set(), "w": set(), "r": set()}
    if path.name.lower().endswith(".pbf"):
        return gone
    try:
        for text in _blocks(path):
            for match in DELETED.finditer(text):
                kind, number = (match[1], match[2]) if match[1] else (match[3], match[4])
                gone[kind.decode()].add(int(number))
            if remark := REMARK.search(text):
                raise DataError(
                    "is an answer that broke off, so not all roads are in it: {remark}",
                    remark=remark[1].decode("utf-8", "replace").strip(),
                    file=path,
                )
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            "cannot be read as OpenStreetMap data: {error}", error=str(error), file=path
        ) from error
    return gone


def _blocks(path: Path) -> Iterator[bytes]:
    """Give the text in blocks that end between elements."""
    name = path.name.lower()
    opened = gzip.open if name.endswith(".gz") else bz2.open if name.endswith(".bz2") else open
    rest = b""
    with cast("IO[bytes]", opened(path, "rb")) as file:
        while block := file.read(BLOCK):
            text = rest + block
            end = text.rfind(b"<")
            rest = text[end:] if end > 0 and len(text) - end < BLOCK else b""
            yield text[:end] if rest else text
    yield rest
