"""Read many OpenStreetMap objects at once: osmium writes lines, Arrow reads columns.

A Python call per object would take most of the time of a build. Block by block osmium writes the
objects as OPL (Object Per Line, osmcode.org/opl-file-format) to memory, or to a file that is gone
afterwards where a system has no such files; its lines are read as numbers, and of tags only those
asked for are kept, so that reading takes little more memory than what was read.

A map may come from an editor, from Overpass or with its history: in any order, with negative ids
for what is drawn and not yet uploaded, in several versions, with objects that are deleted. Of each
object the last version counts, and none that is deleted.
"""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import osmium.osm
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from geodata.osm.blocks import blocks, may_hold_versions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from files.arrays import BoolArray, FloatArray, IntArray


FORMAT: Final = "opl,add_metadata=version"
NO_ROOM: Final = "Write failed"
"""What osmium begins its error with where a file takes no more."""
ESCAPED: Final = re.compile("%([0-9a-f]+)%")
KINDS: Final = ("n", "w", "r")
MEMBER: Final = re.compile(r"([nwr])(-?\d+)@(.*)")
LINES: Final = csv.ParseOptions(delimiter="\t", quote_char=False)
A_LINE_PER_REFERENCE: Final = bytes.maketrans(b"n", b"\n")
"""Parts `n1,n2`, without commas, into lines `1` and `2`."""

ALIVE, DELETED = "V ", "D "
TEXTS: Final = pa.dictionary(pa.int32(), pa.string())
HEAD: Final = {"id": pa.int64(), "version": pa.int64(), "alive": pa.bool_(), "tags": TEXTS}
COLUMNS: Final = {
    "n": HEAD | {"lon": pa.float64(), "lat": pa.float64()},
    "w": HEAD | {"nodes": pa.string()},
    "r": HEAD | {"members": pa.string()},
}


class NoRoomError(OSError):
    """A block finds no room to be written as lines."""


class Wanted(NamedTuple):
    """Which objects of a kind are wanted, and which of their tags.

    Attributes
    ----------
    having
        Keys, one of which an object must have.
    kept
        Keys whose values are kept.
    there
        Those of `having` of which is kept only that they are there, where an object has no other.
    """

    having: tuple[str, ...]
    kept: frozenset[str]
    there: tuple[str, ...] = ()


class Nodes(NamedTuple):
    """Nodes as columns; tags as osmium writes them, which `tags_of` reads."""

    ids: IntArray
    tags: pa.DictionaryArray
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
    tags: pa.DictionaryArray
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


class _Columns(NamedTuple):
    """Objects of one kind as they stand in a file; what is not wanted has no tags and no members.

    `parts` are the columns of the kind: of nodes longitude and latitude, of ways the number of
    nodes and, shape (vertices,), their ids; of relations their members.
    """

    ids: IntArray
    versions: IntArray
    alive: BoolArray
    tags: pa.DictionaryArray
    parts: tuple[npt.NDArray[Any], ...]


def read_objects(
    path: Path, wanted: Mapping[str, Wanted], gone: Mapping[str, Collection[int]]
) -> Objects:
    """Return all nodes, ways and relations with one of some tags each.

    Parameters
    ----------
    path
        OpenStreetMap file.
    wanted
        What is wanted of each kind: `n`, `w` and `r`.
    gone
        Ids of objects that an editor has deleted, by kind.

    Raises
    ------
    NoRoomError
        If there is no room for the lines of a block.
    """
    found: dict[str, list[_Columns]] = {kind: [] for kind in KINDS}
    for lines in _written(path, wanted):
        for kind, text in _by_kind(lines).items():
            found[kind].append(_columns(kind, text, wanted[kind]))
    every_node = _nodes(_joined(found.pop("n")), gone.get("n", ()))
    objects = Objects(
        ways=_ways(_joined(found.pop("w")), every_node, gone.get("w", ())),
        relations=_relations(_joined(found.pop("r")), gone.get("r", ())),
        nodes=_with_tags(every_node),
    )
    pa.default_memory_pool().release_unused()  # else what the blocks took is kept for later ones
    return objects


def tags_of(text: str) -> dict[str, str]:
    """Return tags from how osmium writes them."""
    if not text:
        return {}
    pairs = (pair.split("=", 1) for pair in text.split(","))
    return {_unescaped(key): _unescaped(value) for key, value in pairs}


def tagged(tags: pa.DictionaryArray, *keys: str) -> BoolArray:
    """Return which texts of tags have one of some keys."""
    return of_each(tags, _having(tags.dictionary, *keys))


def of_each(tags: pa.DictionaryArray, of_text: pa.BooleanArray) -> BoolArray:
    """Return for each object what is so of its tags, given for each different text of tags."""
    found: BoolArray = of_text.to_numpy(zero_copy_only=False).astype(bool)
    return found[tags.indices.to_numpy()]


def _having(texts: pa.StringArray, *keys: str) -> pa.BooleanArray:
    """Return which texts have one of some keys; osmium writes `key=value,key=value`."""
    return pc.match_substring_regex(texts, f"(^|,)({'|'.join(keys)})=")


def _nodes(found: _Columns, gone: Collection[int]) -> Nodes:
    rows = _latest(found, gone)
    lon, lat = found.parts
    if len(rows) == len(found.ids) and not (np.diff(rows) < 0).any():  # as most are: nothing moves
        return Nodes(found.ids, found.tags, lon, lat)
    return Nodes(found.ids[rows], found.tags.take(pa.array(rows)), lon[rows], lat[rows])


def _with_tags(nodes: Nodes) -> Nodes:
    rows = np.flatnonzero(_any_tag(nodes.tags))
    return Nodes(nodes.ids[rows], nodes.tags.take(pa.array(rows)), nodes.lon[rows], nodes.lat[rows])


def _ways(found: _Columns, nodes: Nodes, gone: Collection[int]) -> Ways:
    rows = _latest(found, gone)
    rows = rows[_any_tag(found.tags)[rows]]
    sizes, node = found.parts
    starts, chosen = np.cumsum(sizes) - sizes, sizes[rows]
    moved = np.repeat(starts[rows] - (np.cumsum(chosen) - chosen), chosen)
    node = node[moved + np.arange(len(moved))]
    at = np.minimum(np.searchsorted(nodes.ids, node), max(len(nodes.ids) - 1, 0))
    known = nodes.ids[at] == node if len(nodes.ids) else np.zeros(len(node), dtype=bool)
    lon, lat = np.full(len(node), np.inf), np.full(len(node), np.inf)
    lon[known], lat[known] = nodes.lon[at[known]], nodes.lat[at[known]]
    return Ways(found.ids[rows], found.tags.take(pa.array(rows)), chosen, node, lon, lat)


def _relations(found: _Columns, gone: Collection[int]) -> list[Relation]:
    rows = _latest(found, gone)
    rows = rows[_any_tag(found.tags)[rows]]
    relations = []
    for tags, members in zip(
        found.tags.take(pa.array(rows)).to_pylist(), found.parts[0][rows].tolist(), strict=True
    ):
        matches = (MEMBER.fullmatch(one) for one in members.split(","))
        parts = [Member(m[1], int(m[2]), _unescaped(m[3])) for m in matches if m is not None]
        relations.append(Relation(tags_of(tags), parts))
    return relations


def _latest(found: _Columns, gone: Collection[int]) -> IntArray:
    """Return where the last version of each object stands that is not deleted, by ascending id."""
    ids, rows = found.ids, np.arange(len(found.ids))
    if (np.diff(ids) <= 0).any():
        rows = np.lexsort((found.versions, ids))  # stable: of the same version the last in the file
        rows = rows[np.append(np.diff(ids[rows]) > 0, True)]
    kept = found.alive[rows]
    if gone:
        kept = kept & ~np.isin(ids[rows], np.fromiter(gone, dtype=np.int64))
    return rows[kept]


def _any_tag(tags: pa.DictionaryArray) -> BoolArray:
    return of_each(tags, pc.not_equal(tags.dictionary, ""))


def _joined(blocks_read: list[_Columns]) -> _Columns:
    """Join what was read of one kind; each column goes as soon as it is joined."""
    tags = pa.chunked_array([one.tags for one in blocks_read], TEXTS).unify_dictionaries()
    return _Columns(
        np.concatenate([one.ids for one in blocks_read]),
        np.concatenate([one.versions for one in blocks_read]),
        np.concatenate([one.alive for one in blocks_read]),
        tags.combine_chunks(),
        tuple(
            np.concatenate(part) for part in zip(*(one.parts for one in blocks_read), strict=True)
        ),
    )


def _columns(kind: str, text: bytes, wanted: Wanted) -> _Columns:
    """Read the lines of objects of one kind as columns."""
    table = _table(_in_columns(text), COLUMNS[kind])
    ids, versions, alive = (table[name].to_numpy() for name in ("id", "version", "alive"))
    tags = _kept(table["tags"].combine_chunks(), wanted)
    parts = tuple(table[name] for name in COLUMNS[kind] if name not in HEAD)
    if kind == "n":
        return _Columns(ids, versions, alive, tags, tuple(part.to_numpy() for part in parts))
    members = pc.if_else(pa.array(_any_tag(tags)), parts[0], "").combine_chunks()
    if kind == "r":
        return _Columns(ids, versions, alive, tags, (members.to_numpy(zero_copy_only=False),))
    sizes = pc.count_substring(members, "n").to_numpy().astype(np.int64)
    references = "".join(members.to_pylist()).encode("ascii").translate(A_LINE_PER_REFERENCE, b",")
    node = _table(references, {"node": pa.int64()})["node"].to_numpy()
    return _Columns(ids, versions, alive, tags, (sizes, node))


def _in_columns(text: bytes) -> memoryview:
    """Make of the letter that each field begins with what parts columns, and blank the first.

    A blank stays at the end of each field but the last; there is none inside a field.
    """
    letters = np.frombuffer(bytearray(text), dtype=np.uint8)
    if not len(letters):
        return letters.data
    blank, line_end = ord(" "), ord("\n")
    letters[np.flatnonzero(letters == blank) + 1] = ord(LINES.delimiter)
    letters[0] = blank
    letters[np.flatnonzero(letters[:-1] == line_end) + 1] = blank
    return letters.data


def _kept(tags: pa.DictionaryArray, wanted: Wanted) -> pa.DictionaryArray:
    """Return the tags that are kept, none of what is not wanted."""
    texts = pc.utf8_rtrim(tags.dictionary, " ")
    kept = np.full(len(texts), "", dtype=object)
    for key in wanted.there:
        kept[_having(texts, key).to_numpy(zero_copy_only=False)] = f"{key}="
    whole = [key for key in wanted.having if key not in wanted.there]
    for row in np.flatnonzero(_having(texts, *whole).to_numpy(zero_copy_only=False)).tolist():
        pairs = texts[row].as_py().split(",")
        kept[row] = ",".join(one for one in pairs if one.partition("=")[0] in wanted.kept)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(kept.tolist()))}
    of_text = np.array([numbers[text] for text in kept.tolist()], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(
        of_text[tags.indices.to_numpy()], pa.array(list(numbers), pa.string())
    )


def _table(text: bytes | memoryview, types: Mapping[str, pa.DataType]) -> pa.Table:
    if not len(text):
        return pa.schema(types.items()).empty_table()
    return csv.read_csv(
        pa.py_buffer(text),
        csv.ReadOptions(column_names=list(types), use_threads=False),
        LINES,
        csv.ConvertOptions(
            column_types=types, true_values=[ALIVE], false_values=[DELETED], null_values=["", " "]
        ),
    )


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "%" in text else text


def _written(path: Path, wanted: Mapping[str, Wanted]) -> Iterator[bytes]:
    """Give the lines of all nodes, and of the ways and relations that are wanted, by block."""
    filters = []
    if not may_hold_versions(path):  # where there are more, one that has lost its tag counts too
        filters = [
            _with_keys(osmium.osm.WAY, wanted["w"].having),
            _with_keys(osmium.osm.RELATION, wanted["r"].having),
        ]
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    for block in blocks(path):
        with _room() as place:
            writer = osmium.SimpleWriter(osmium.io.File(str(place), FORMAT), overwrite=True)
            try:
                with osmium.io.Reader(block, kinds) as reader:
                    osmium.apply(reader, *filters, writer)
                writer.close()
            except RuntimeError as error:
                if str(error).startswith(NO_ROOM):
                    _never_end(writer)
                    raise NoRoomError(str(error)) from error
                raise
            text = place.read_bytes()
        yield text


def _never_end(writer: osmium.SimpleWriter) -> None:
    """Keep a writer that found no room: at its end it tries once more, and stops the process."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))


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
        try:
            folder = TemporaryDirectory()
        except OSError as error:
            raise NoRoomError(str(error)) from error
        with folder as name:
            yield Path(name) / "objects.opl"


def _with_keys(kind: osmium.osm.osm_entity_bits, keys: Sequence[str]) -> osmium.filter.KeyFilter:
    """Return a filter of the objects of one kind that lets all others through."""
    with_keys = osmium.filter.KeyFilter(*keys)
    with_keys.enable_for(kind)
    return with_keys


def _by_kind(text: bytes) -> dict[str, bytes]:
    """Part lines by kind; most blocks hold one, most files nodes first, then ways and relations."""
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n")) + 1
    starts = np.concatenate([[0], ends[:-1]])[: len(ends)]
    letters = np.frombuffer(text, dtype=np.uint8)[starts]
    parts = {}
    for kind in KINDS:
        rows = np.flatnonzero(letters == ord(kind))
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            parts[kind] = text[starts[rows[0]] : ends[rows[-1]]]
        else:
            parts[kind] = b"".join(text[starts[row] : ends[row]] for row in rows.tolist())
    return parts
