"""Part an OpenStreetMap file in blocks that osmium reads one after the other.

A `.osm.pbf` is a row of blobs with a length each (wiki.openstreetmap.org/wiki/PBF_Format); the
first, its header, and any of the others are a file as well. Files of another format are one block.
What can't be parted is handed on as it is, for osmium to say what is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    data = memoryview(path.read_bytes())
    header = start = _blob_end(data, 0)
    while start < len(data) or start == header:
        end = start
        while end < len(data) and end - start < BLOCK:
            end = _blob_end(data, end)
        yield osmium.io.FileBuffer(bytes(data[:header]) + bytes(data[start:end]), PBF)
        start = max(end, header + 1)


def may_hold_versions(path: Path) -> bool:
    """Return whether several versions of an object, or deleted ones, may be in a file."""
    if path.name.lower().endswith(XML_SUFFIXES):
        return True
    with osmium.io.Reader(osm_file(path), osmium.osm.NOTHING) as reader:
        return bool(reader.header().has_multiple_object_versions)


def _kind(path: Path) -> str:
    suffix = "".join(path.suffixes[-2:]).lower()
    return next((kind for kind in (PBF, "osm.gz", "osm.bz2") if suffix.endswith(kind)), "osm")


def _blob_end(data: memoryview, start: int) -> int:
    """Return where the blob ends that starts somewhere; at the end if that can't be told."""
    head = start + LENGTH_BYTES
    body = head + int.from_bytes(data[start:head], "big")
    written = bytes(data[head:body])
    size = written.rfind(SIZE_KEY.to_bytes())
    end = body + _number(written[size + 1 :])
    return end if start < body < end <= len(data) and size >= 0 else len(data)


def _number(written: bytes) -> int:
    """Return a number in base 128, its last part first, as protocol buffers write it."""
    return sum((part % MORE) << (PART_BITS * place) for place, part in enumerate(written))
