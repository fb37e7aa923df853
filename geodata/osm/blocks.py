"""Part an OpenStreetMap file in blocks that osmium reads one after the other.

A `.osm.pbf` is a row of blobs with a length each (wiki.openstreetmap.org/wiki/PBF_Format); the
first, its header, and any of the others are a file as well. Files of another format are one block.
What can't be parted is handed on as it is, for osmium to say what is wrong with it.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import osmium.osm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PBF: Final = "pbf"
XML_SUFFIXES: Final = (".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
BLOCK: Final = 1 << 20
"""Least bytes of a block; written as lines it is some ten times as large."""
LENGTH_BYTES: Final = 4
SIZE_KEY: Final = 0x18
"""What stands before the size of a blob in its head: field 3, a number."""
PART_BITS: Final = 7
MORE: Final = 1 << PART_BITS


def osm_file(path: Path) -> osmium.io.File:
    """Return a file for osmium, whose kind the end of its name tells, in capitals or not."""
    return osmium.io.File(str(path), _kind(path))


def blocks(path: Path) -> Iterator[osmium.io.File | osmium.io.FileBuffer]:
    """Give a file in parts, in order; each object is in one of them."""
    if _kind(path) != PBF:
        yield osm_file(path)
        return
    with path.open("rb") as file:
        header = _blob(file)
        block = [header]
        while blob := _blob(file):
            block.append(blob)
            if sum(map(len, block)) >= BLOCK:
                yield osmium.io.FileBuffer(b"".join(block), PBF)
                block = [header]
        if len(block) > 1:
            yield osmium.io.FileBuffer(b"".join(block), PBF)


def may_hold_versions(path: Path) -> bool:
    """Return whether several versions of an object, or deleted ones, may be in a file."""
    if path.name.lower().endswith(XML_SUFFIXES):
        return True
    with osmium.io.Reader(osm_file(path), osmium.osm.NOTHING) as reader:
        return bool(reader.header().has_multiple_object_versions)


def _kind(path: Path) -> str:
    suffix = "".join(path.suffixes[-2:]).lower()
    return next((kind for kind in (PBF, "osm.gz", "osm.bz2") if suffix.endswith(kind)), "osm")


def _blob(file: IO[bytes]) -> bytes:
    """Return the next blob with what stands before it; all that is left if it has no size."""
    length = file.read(LENGTH_BYTES)
    head = file.read(int.from_bytes(length, "big"))
    size = _last_number(head)
    return length + head + file.read(-1 if size is None else size)


def _last_number(head: bytes) -> int | None:
    """Return the size that ends the head of a blob; none if another thing does.

    Protocol buffers write a number in base 128, its last part first, marking all but the last.
    """
    key = len(head) - 2
    while key > 0 and head[key] >= MORE:
        key -= 1
    if key < 0 or head[key] != SIZE_KEY:
        return None
    parts = head[key + 1 :]
    return sum((part % MORE) << (PART_BITS * place) for place, part in enumerate(parts))
