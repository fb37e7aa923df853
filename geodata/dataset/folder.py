"""A data set in a folder: read as it is needed, written as a whole.

`load()` gives the starter data set that ships; `load(folder)` one that was built.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from lzma import LZMAError
from typing import TYPE_CHECKING, Any

from files.manifest import MANIFEST
from files.whole import write_folder
from geodata.config.speed_profiles import SHIPPED
from geodata.dataset.dataset import DataSet
from geodata.dataset.manifest import (
    HASHES,
    ROADS_FILE,
    content,
    hold,
    read_manifest,
    with_hashes,
)
from geodata.dataset.storage import (
    PROFILES,
    QUICK,
    SMALL,
    SPEEDS_FILE,
    STARTER,
    read_minutes,
    write_minutes,
    write_network,
)
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from geodata.roads.network import Positions, RoadNetwork


@dataclass(frozen=True)
class _Stored(DataSet):
    """A data set in a folder; its outlines are read when a map asks, a simulation never does."""

    folder: Path = STARTER

    def __post_init__(self) -> None:
        for name in ("municipalities", "roads"):
            if vars(self)[name] is None:
                del vars(self)[name]

    if not TYPE_CHECKING:

        @cached_property
        def municipalities(self) -> gpd.GeoDataFrame:
            """Outlines for maps."""
            return self._outlines("municipalities")

        @cached_property
        def roads(self) -> gpd.GeoDataFrame:
            """Main roads for maps."""
            return self._outlines("roads")

    def _held_roads(self, roads: Path) -> tuple[Path, Path]:
        held = [hold(self.folder, name, self.manifest) for name in (roads.name, SPEEDS_FILE)]
        return held[0], held[1]

    def _outlines(self, name: str) -> gpd.GeoDataFrame:
        import geopandas as gpd  # noqa: PLC0415 - heavy

        return gpd.read_parquet(BytesIO(content(self.folder, f"{name}.parquet", self.manifest)))


def load(path: Path | None = None) -> DataSet:
    """Read a data set.

    Parameters
    ----------
    path
        Folder that `build` wrote; None for the starter data set that ships.

    Returns
    -------
    DataSet

    Raises
    ------
    FileError
        If the folder is no data set, or a file isn't the one that was written.
    """
    folder = STARTER if path is None else path
    manifest = read_manifest(folder)
    try:
        return _read(folder, manifest)
    except (OSError, EOFError, ValueError, KeyError, LZMAError) as error:
        raise DataError(
            "the data set is damaged: {error}", error=str(error), file=folder
        ) from error


def _read(folder: Path, manifest: Mapping[str, Any]) -> DataSet:
    def kept(name: str) -> bytes:
        return content(folder, name, manifest)

    cells = _table(kept("cells.parquet"))
    points = _table(kept("points.parquet"))
    shape, square = (len(cells), len(points)), (len(points), len(points))
    return _Stored(
        cells=cells,
        points=points,
        municipalities=None,  # read when asked for
        roads=None,
        manifest=manifest,
        cell_table={p: read_minutes(kept(f"cell-{p}.xz"), shape) for p in PROFILES},
        point_table={p: read_minutes(kept(f"point-{p}.xz"), square) for p in PROFILES},
        roads_file=folder / ROADS_FILE if ROADS_FILE in manifest[HASHES] else None,
        folder=folder,
    )


def _table(packed: bytes) -> pd.DataFrame:
    """Read a table as pandas does, without the threads and the pool of memory it keeps."""
    import pyarrow as pa  # noqa: PLC0415 - heavy
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    pool = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        with ParquetFile(pa.BufferReader(packed)) as table:
            return table.read(use_threads=False).to_pandas(use_threads=False)
    finally:
        pa.set_memory_pool(pool)


@dataclass(frozen=True, slots=True)
class Roads:
    """A road network, where on it the cells and points of a data set are, and how it is driven."""

    network: RoadNetwork
    cells: Positions
    points: Positions
    speeds_file: Path = SHIPPED


def write(data: DataSet, folder: Path, roads: Roads | None = None) -> None:
    """Write a data set: beside its place first, so that it appears whole or not at all.

    Parameters
    ----------
    data
        Data set.
    folder
        Where it goes; what stands there is replaced if it is a data set.
    roads
        Road network to store with it; None for a data set as small as the starter.

    Raises
    ------
    DataError
        If something else than a data set stands there.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise DataError("exists and is no data set; choose another folder", file=folder)
    with write_folder(folder) as aside:
        for name, table in {
            "cells": data.cells,
            "points": data.points,
            "municipalities": data.municipalities,
            "roads": data.roads,
        }.items():
            table.to_parquet(aside / f"{name}.parquet", index=False, compression="zstd")
        preset = SMALL if roads is None else QUICK  # beside the roads, minutes are little
        tables = {"cell": data.cell_table, "point": data.point_table}
        with ThreadPoolExecutor(len(PROFILES)) as threads:  # packing lets go of the lock
            for written in [
                threads.submit(write_minutes, aside / f"{name}-{p}.xz", table[p], preset)
                for name, table in tables.items()
                for p in PROFILES
            ]:
                written.result()
        if roads is not None:
            at = {"cells": roads.cells, "points": roads.points}
            write_network(aside / ROADS_FILE, roads.network, at)
            shutil.copyfile(roads.speeds_file, aside / SPEEDS_FILE)
        facts = with_hashes(data.manifest, aside)
        text = json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True)
        (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
