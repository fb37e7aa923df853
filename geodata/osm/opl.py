"""Read many OpenStreetMap objects at once: osmium writes lines, Arrow reads columns.

A Python call per object would take most of the time of a build. In one pass osmium writes the
objects as OPL (Object Per Line, osmcode.org/opl-file-format) to memory, or to a file that is gone
afterwards where a system has no such files; its lines are then read as tables.

A map may come from an editor, from Overpass or with its history: in any order, with negative ids
for what is drawn and not yet uploaded, in several versions, with objects that are deleted. Of each
object the last version counts, and none that is deleted.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium.osm
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from geodata.arrays import BoolArray, FloatArray, IntArray


FORMAT: Final = "opl,add_metadata=version"
ESCAPED: Final = re.compile("%([0-9a-f]+)%")
KINDS: Final = (b"n", b"w", b"r")
MEMBER: Final = re.compile(r"([nwr])(-?\d+)@(.*)")
LINES: Final = csv.ParseOptions(delimiter=" ", quote_char=False)
A_LINE_PER_REFERENCE: Final = bytes.maketrans(b"n", b"\n")
"""Parts `Nn1,n2`, without `N` and commas, into lines `1` and `2`."""

HEAD: Final = ("id", "version", "deleted", "tags")
DELETED: Final = "dD"
XML_SUFFIXES: Final = (".osm", ".osm.gz", ".osm.bz2", ".osm.xml")


class Nodes(NamedTuple):
    """Nodes as columns; tags as osmium writes them, which `tags_of` reads."""

    ids: IntArray
    tags: pa.Array
    lon: FloatArray
    lat: FloatArray


class Ways(NamedTuple):
    """Ways as columns.

    Attributes
    ----------
    ids
        Id, shape (ways,).
    tags
        Tags as osmium writes them; `tags_of` reads them.
    sizes
        Number of nodes, shape (ways,).
    nodes, lon, lat
        Node id and position of all vertices, shape (vertices,); infinite for a node not in the
        file.
    """

    ids: IntArray
    tags: pa.Array
    sizes: IntArray
    nodes: IntArray
    lon: FloatArray
    lat: FloatArray


class Member(NamedTuple):
    """A member of a relation; its kind is `n`, `w` or `r`."""

    kind: str
    id: int
    role: str


class Relation(NamedTuple):
    """A relation."""

    tags: dict[str, str]
    members: list[Member]


class Objects(NamedTuple):
    """What was found in a file."""

    nodes: Nodes
    ways: Ways
    relations: list[Relation]


def osm_file(path: Path) -> osmium.io.File:
    """Return a file for osmium, whose kind the end of its name tells, in capitals or not."""
    suffix = "".join(path.suffixes[-2:]).lower()
    for kind in ("pbf", "osm.gz", "osm.bz2"):
        if suffix.endswith(kind):
            return osmium.io.File(str(path), kind)
    return osmium.io.File(str(path), "osm")


def read_objects(
    path: Path,
    nodes: Sequence[str],
    ways: Sequence[str],
    relations: Sequence[str],
    gone: Mapping[str, Collection[int]],
) -> Objects:
    """Return all nodes, ways and relations with one of some tags each.

    Parameters
    ----------
    path
        OpenStreetMap file.
    nodes, ways, relations
        Keys of tags, one of which an object must have.
    gone
        Ids of objects that an editor has deleted, by kind: `n`, `w` and `r`.
    """
    with _written(path, ways, relations) as text:
        of_nodes, of_ways, of_relations = _by_kind(text)
        every_node = _nodes(of_nodes, gone.get("n", ()))
        return Objects(
            ways=_ways(of_ways, ways, every_node, gone.get("w", ())),
            relations=_relations(of_relations, relations, gone.get("r", ())),
            nodes=_with_one_of(every_node, nodes),
        )


def tags_of(text: str) -> dict[str, str]:
    """Return tags from how osmium writes them."""
    if not text:
        return {}
    pairs = (pair.split("=", 1) for pair in text.split(","))
    return {_unescaped(key): _unescaped(value) for key, value in pairs}


def _nodes(lines: bytes, gone: Collection[int]) -> Nodes:
    table, ids = _latest(_table(lines, (*HEAD, "lon", "lat")), gone)
    return Nodes(
        ids=ids,
        tags=_without_letter(table["tags"]),
        lon=_degrees(table["lon"]),
        lat=_degrees(table["lat"]),
    )


def _with_one_of(nodes: Nodes, keys: Sequence[str]) -> Nodes:
    rows = tagged(nodes.tags, *keys)
    return Nodes(
        nodes.ids[rows], nodes.tags.filter(pa.array(rows)), nodes.lon[rows], nodes.lat[rows]
    )


def _ways(lines: bytes, keys: Sequence[str], nodes: Nodes, gone: Collection[int]) -> Ways:
    table, ids = _latest(_table(lines, (*HEAD, "nodes")), gone)
    tags = _without_letter(table["tags"])
    rows = tagged(tags, *keys)
    references = table["nodes"].combine_chunks().filter(pa.array(rows))
    text = "".join(references.to_pylist()).encode("ascii")
    column = _table(text.translate(A_LINE_PER_REFERENCE, b"N,"), ("node",))["node"]
    found = pc.cast(column, pa.int64()).to_numpy()
    at = np.minimum(np.searchsorted(nodes.ids, found), max(len(nodes.ids) - 1, 0))
    known = nodes.ids[at] == found if len(nodes.ids) else np.zeros(len(found), dtype=bool)
    lon, lat = np.full(len(found), np.inf), np.full(len(found), np.inf)
    lon[known], lat[known] = nodes.lon[at[known]], nodes.lat[at[known]]
    return Ways(
        ids=ids[rows],
        tags=tags.filter(pa.array(rows)),
        sizes=pc.count_substring(references, "n").to_numpy(zero_copy_only=False).astype(np.int64),
        nodes=found,
        lon=lon,
        lat=lat,
    )


def _relations(lines: bytes, keys: Sequence[str], gone: Collection[int]) -> list[Relation]:
    table, _ = _latest(_table(lines, (*HEAD, "members")), gone)
    tags = _without_letter(table["tags"])
    kept = table.filter(pa.array(tagged(tags, *keys)))
    relations = []
    for written, members in zip(kept["tags"].to_pylist(), kept["members"].to_pylist(), strict=True):
        found = (MEMBER.fullmatch(one) for one in members[1:].split(","))
        parts = [Member(m[1], int(m[2]), _unescaped(m[3])) for m in found if m is not None]
        relations.append(Relation(tags_of(written[1:]), parts))
    return relations


def tagged(tags: pa.Array, *keys: str) -> BoolArray:
    """Return which texts of tags have one of some keys."""
    pattern = f"(^|,)({'|'.join(keys)})="
    found: BoolArray = pc.match_substring_regex(tags, pattern).to_numpy(zero_copy_only=False)
    return found.astype(bool)


def _latest(table: pa.Table, gone: Collection[int]) -> tuple[pa.Table, IntArray]:
    """Return the last version of each object that is not deleted, and their ids, ascending."""
    ids = _numbers(table["id"])
    if (np.diff(ids) <= 0).any():
        versions = _numbers(table["version"])
        order = np.lexsort((versions, ids))  # stable: of the same version the last in the file
        last = order[np.append(np.diff(ids[order]) > 0, True)]
        table, ids = table.take(pa.array(last)), ids[last]
    kept = pc.not_equal(table["deleted"], DELETED).to_numpy()
    if gone:
        kept = kept & ~np.isin(ids, np.fromiter(gone, dtype=np.int64))
    return (table, ids) if kept.all() else (table.filter(pa.array(kept)), ids[kept])


def _table(text: bytes, columns: Sequence[str]) -> pa.Table:
    types = dict.fromkeys(columns, pa.string())
    if not text:
        return pa.schema(types.items()).empty_table()
    table = csv.read_csv(
        BytesIO(text),
        csv.ReadOptions(column_names=list(columns), use_threads=False),
        LINES,
        csv.ConvertOptions(column_types=types),
    )
    return table.combine_chunks()


def _degrees(column: pa.ChunkedArray) -> FloatArray:
    """Return coordinates; not a number where an object has none."""
    texts = pc.replace_with_mask(
        column := _without_letter(column), pc.equal(column, ""), pa.scalar(None, pa.string())
    )
    return pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)


def _numbers(column: pa.ChunkedArray) -> IntArray:
    """Return ids without the letter of their kind."""
    return pc.cast(_without_letter(column), pa.int64()).to_numpy(zero_copy_only=False)


def _without_letter(column: pa.ChunkedArray) -> pa.Array:
    """Return texts without the letter that says what they are."""
    return pc.utf8_slice_codeunits(column, 1).combine_chunks()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "%" in text else text


@contextmanager
def _written(path: Path, ways: Sequence[str], relations: Sequence[str]) -> Iterator[bytes]:
    """Give the lines of all nodes, and of the ways and relations with one of some tags each."""
    file = osm_file(path)
    with osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
        is_plain = not (
            path.name.lower().endswith(XML_SUFFIXES) or reader.header().has_multiple_object_versions
        )
    wanted = []
    if is_plain:  # where there are more versions, one that has lost its tag counts too
        wanted = [_with_keys(osmium.osm.WAY, ways), _with_keys(osmium.osm.RELATION, relations)]
    with _room() as place:
        kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
        with (
            osmium.io.Reader(file, kinds) as reader,
            osmium.SimpleWriter(osmium.io.File(str(place), FORMAT), overwrite=True) as writer,
        ):
            osmium.apply(reader, *wanted, writer)
        yield place.read_bytes()


@contextmanager
def _room() -> Iterator[Path]:
    """Give a file to write, in memory where the system has such: a disk may be full."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("objects.opl")
        try:
            yield Path(f"/proc/self/fd/{number}")
        finally:
            os.close(number)
    else:
        with TemporaryDirectory() as folder:
            yield Path(folder) / "objects.opl"


def _with_keys(kind: osmium.osm.osm_entity_bits, keys: Sequence[str]) -> osmium.filter.KeyFilter:
    """Return a filter of the objects of one kind that lets all others through."""
    with_keys = osmium.filter.KeyFilter(*keys)
    with_keys.enable_for(kind)
    return with_keys


def _by_kind(text: bytes) -> list[bytes]:
    """Part lines by kind; most files hold all nodes first, then ways, then relations."""
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n")) + 1
    starts = np.concatenate([[0], ends[:-1]])[: len(ends)]
    letters = np.frombuffer(text, dtype=np.uint8)[starts]
    parts = []
    for kind in KINDS:
        rows = np.flatnonzero(letters == ord(kind))
        if not len(rows):
            parts.append(b"")
        elif rows[-1] - rows[0] + 1 == len(rows):
            parts.append(text[starts[rows[0]] : ends[rows[-1]]])
        else:
            parts.append(b"".join(text[starts[row] : ends[row]] for row in rows.tolist()))
    return parts
