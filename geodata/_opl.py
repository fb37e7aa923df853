"""Read many OpenStreetMap objects at once: osmium filters and writes lines, numpy reads columns.

A Python call per object would take most of the time of a build. osmium writes the objects wanted
as OPL (Object Per Line, osmcode.org/opl-file-format), here without versions and users, to a file
that is gone afterwards; its lines are then taken apart a column at a time.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import osmium
import osmium.filter
import osmium.io
import osmium.osm

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

FORMAT: Final = "opl,add_metadata=false,locations_on_ways=true"
NODE_POSITION: Final = re.compile(r" x(-?[\d.]+) y(-?[\d.]+)$", re.MULTILINE)
ESCAPED: Final = re.compile("%([0-9a-f]+)%")
UNKNOWN_POSITION: Final = ("xy", "x1e999y1e999")
REFERENCE_TO_NUMBERS: Final = str.maketrans({"n": None, "x": ",", "y": ","})
NUMBERS_A_REFERENCE: Final = 3


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
    nodes
        Node id, lon and lat of all vertices, shape (vertices, 3); infinite for a node not in
        the file.
    """

    ids: IntArray
    tags: list[str]
    sizes: IntArray
    nodes: FloatArray


def node_positions(path: Path, keys: Sequence[str]) -> FloatArray:
    """Return lon and lat of all nodes with one of some tags, shape (nodes, 2)."""
    text = _lines(path, osmium.osm.NODE, keys)
    found = NODE_POSITION.findall(text)
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def ways(path: Path, keys: Sequence[str]) -> Ways:
    """Return all ways with one of some tags."""
    fields = [line.split(" ") for line in _lines(path, osmium.osm.WAY, keys).splitlines()]
    references = [nodes[1:] for _, _, nodes in fields]
    numbers = ",".join(reference for reference in references if reference)
    numbers = numbers.replace(*UNKNOWN_POSITION).translate(REFERENCE_TO_NUMBERS)
    return Ways(
        ids=np.array([int(way[1:]) for way, _, _ in fields], dtype=np.int64),
        tags=[tags[1:] for _, tags, _ in fields],
        sizes=np.array([reference.count("n") for reference in references], dtype=np.int64),
        nodes=np.fromstring(numbers, sep=",").reshape(-1, NUMBERS_A_REFERENCE),
    )


def tags_of(text: str) -> dict[str, str]:
    """Return tags from how osmium writes them."""
    if not text:
        return {}
    pairs = (pair.split("=", 1) for pair in text.split(","))
    return {_unescaped(key): _unescaped(value) for key, value in pairs}


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "%" in text else text


def _lines(path: Path, kind: osmium.osm.osm_entity_bits, keys: Sequence[str]) -> str:
    """Return a line for each object of a kind with one of some tags; ways with node positions."""
    with TemporaryDirectory() as folder:
        written = Path(folder) / "objects.opl"
        if kind == osmium.osm.WAY:
            positions = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
            positions.ignore_errors()
            before = [positions, osmium.filter.EntityFilter(kind)]
        else:
            before = []
        reader = osmium.io.Reader(str(path), osmium.osm.NODE | kind)
        with osmium.SimpleWriter(osmium.io.File(str(written), FORMAT)) as writer:
            osmium.apply(reader, *before, osmium.filter.KeyFilter(*keys), writer)
        reader.close()
        return written.read_text(encoding="utf-8")
