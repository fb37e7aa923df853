"""Read many OpenStreetMap objects at once: osmium filters and writes lines, Arrow reads columns.

A Python call per object would take most of the time of a build. In one pass osmium writes the
objects wanted as OPL (Object Per Line, osmcode.org/opl-file-format), here without versions and
users, to a file that is gone afterwards; its lines are then read as tables.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import osmium
import osmium.filter
import osmium.io
import osmium.osm
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

FORMAT: Final = "opl,add_metadata=false,locations_on_ways=true"
ESCAPED: Final = re.compile("%([0-9a-f]+)%")
KINDS: Final = (b"n", b"w", b"r")
MEMBER: Final = re.compile(r"([nwr])(\d+)@(.*)")
LINES: Final = csv.ParseOptions(delimiter=" ", quote_char=False)


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
    return Objects(_nodes(of_nodes), _ways(of_ways), _relations(of_relations))


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
    columns = {"id": pa.string(), "tags": pa.string(), "lon": pa.float64(), "lat": pa.float64()}
    table = _table(lines.replace(b" x", b" ").replace(b" y", b" "), columns, LINES)
    return Nodes(
        ids=table["id"].combine_chunks(),
        tags=_without_letter(table["tags"]),
        lon=table["lon"].to_numpy(),
        lat=table["lat"].to_numpy(),
    )


def _ways(lines: bytes) -> Ways:
    columns = {"id": pa.string(), "tags": pa.string(), "nodes": pa.string()}
    table = _table(lines, columns, LINES)
    references = _without_letter(table["nodes"])
    some = references.filter(pc.not_equal(references, ""))
    rows = "\n".join(some.to_pylist()).replace(",", "\n").replace("n", "").replace("y", "x")
    columns = {"node": pa.int64(), "lon": pa.float64(), "lat": pa.float64()}
    vertices = _table(rows.encode("ascii"), columns, csv.ParseOptions(delimiter="x"))
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
    starts = [0 if text.startswith(kind) else text.find(b"\n" + kind) + 1 for kind in KINDS]
    ends = [text.rfind(b"\n" + kind) + 1 for kind in KINDS]
    found = [k for k, kind in enumerate(KINDS) if starts[k] or text.startswith(kind)]
    if any(ends[k] >= starts[later] for k, later in pairwise(found)):
        lines = text.splitlines(keepends=True)
        return [b"".join(line for line in lines if line.startswith(kind)) for kind in KINDS]
    borders = [*(starts[k] for k in found), len(text)]
    parts = dict(zip(found, pairwise(borders), strict=True))
    return [text[slice(*parts[k])] if k in parts else b"" for k in range(len(KINDS))]
