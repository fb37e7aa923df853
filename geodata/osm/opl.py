"""Read many OpenStreetMap objects at once: osmium filters and writes lines, Arrow reads columns.

A Python call per object would take most of the time of a build. In one pass osmium writes the
objects wanted as OPL (Object Per Line, osmcode.org/opl-file-format), here without versions and
users, to a file that is gone afterwards; its lines are then read as tables.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
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
    from collections.abc import Sequence

    from geodata.arrays import FloatArray, IntArray


FORMAT: Final = "opl,add_metadata=false,locations_on_ways=true"
ESCAPED: Final = re.compile("%([0-9a-f]+)%")
KINDS: Final = (b"n", b"w", b"r")
MEMBER: Final = re.compile(r"([nwr])(\d+)@(.*)")
LINES: Final = csv.ParseOptions(delimiter=" ", quote_char=False)
A_LINE_PER_REFERENCE: Final = bytes.maketrans(b"N,ny", b"\n\nxx")
"""Parts `Nn1x6.1y52.2,n2...` into lines `x1x6.1x52.2`."""


class Nodes(NamedTuple):
    """Nodes as columns; ids and tags as osmium writes them, which `id_of` and `tags_of` read."""

    ids: pa.Array
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


def read_objects(
    path: Path, nodes: Sequence[str], ways: Sequence[str], relations: Sequence[str]
) -> Objects:
    """Return all nodes, ways and relations with one of some tags each."""
    of_nodes, of_ways, of_relations = _lines(path, nodes, ways, relations)
    with ThreadPoolExecutor(1) as beside:  # Arrow lets go of the lock
        read_nodes = beside.submit(_nodes, of_nodes)
        return Objects(
            ways=_ways(of_ways), relations=_relations(of_relations), nodes=read_nodes.result()
        )


def id_of(text: str) -> int:
    """Return an id from how osmium writes it: after the letter of its kind."""
    return int(text[1:])


def tags_of(text: str) -> dict[str, str]:
    """Return tags from how osmium writes them."""
    if not text:
        return {}
    pairs = (pair.split("=", 1) for pair in text.split(","))
    return {_unescaped(key): _unescaped(value) for key, value in pairs}


def _nodes(lines: bytes) -> Nodes:
    table = _table(lines, dict.fromkeys(("id", "tags", "lon", "lat"), pa.string()), LINES)
    return Nodes(
        ids=table["id"].combine_chunks(),
        tags=_without_letter(table["tags"]),
        lon=pc.cast(_without_letter(table["lon"]), pa.float64()).to_numpy(zero_copy_only=False),
        lat=pc.cast(_without_letter(table["lat"]), pa.float64()).to_numpy(zero_copy_only=False),
    )


def _ways(lines: bytes) -> Ways:
    table = _table(lines, dict.fromkeys(("id", "tags", "nodes"), pa.string()), LINES)
    references = table["nodes"].combine_chunks()
    columns = {"": pa.string(), "node": pa.int64(), "lon": pa.float64(), "lat": pa.float64()}
    rows = "".join(references.to_pylist()).encode("ascii").translate(A_LINE_PER_REFERENCE)
    vertices = _table(rows, columns, csv.ParseOptions(delimiter="x"))
    return Ways(
        ids=_numbers(table["id"]),
        tags=_without_letter(table["tags"]),
        sizes=pc.count_substring(references, "n").to_numpy(zero_copy_only=False).astype(np.int64),
        nodes=vertices["node"].to_numpy(),
        lon=pc.fill_null(vertices["lon"], np.inf).to_numpy(),
        lat=pc.fill_null(vertices["lat"], np.inf).to_numpy(),
    )


def _relations(lines: bytes) -> list[Relation]:
    relations = []
    for line in lines.decode("utf-8").splitlines():
        _, tags, members = line.split(" ")
        found = (MEMBER.fullmatch(one) for one in members[1:].split(","))
        parts = [Member(m[1], int(m[2]), _unescaped(m[3])) for m in found if m is not None]
        relations.append(Relation(tags_of(tags[1:]), parts))
    return relations


def _table(text: bytes, columns: dict[str, pa.DataType], how: csv.ParseOptions) -> pa.Table:
    if not text:
        return pa.schema(columns.items()).empty_table()
    table = csv.read_csv(
        BytesIO(text),
        csv.ReadOptions(column_names=list(columns), use_threads=False),
        how,
        csv.ConvertOptions(column_types=columns),
    )
    return table.combine_chunks()


def _numbers(column: pa.ChunkedArray) -> IntArray:
    """Return ids without the letter of their kind."""
    numbers: IntArray = pc.cast(_without_letter(column), pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _without_letter(column: pa.ChunkedArray) -> pa.Array:
    """Return texts without the letter that says what they are."""
    return pc.utf8_slice_codeunits(column, 1).combine_chunks()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "%" in text else text


def _lines(
    path: Path, nodes: Sequence[str], ways: Sequence[str], relations: Sequence[str]
) -> list[bytes]:
    """Return the lines of the nodes, ways and relations with one of some tags each."""
    with TemporaryDirectory() as folder:
        written = Path(folder) / "objects.opl"
        positions = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
        positions.ignore_errors()
        wanted = [
            _with_keys(osmium.osm.NODE, nodes),
            _with_keys(osmium.osm.WAY, ways),
            _with_keys(osmium.osm.RELATION, relations),
        ]
        reader = osmium.io.Reader(str(path), osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION)
        with osmium.SimpleWriter(osmium.io.File(str(written), FORMAT)) as writer:
            osmium.apply(reader, positions, *wanted, writer)
        reader.close()
        return _by_kind(written.read_bytes())


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
