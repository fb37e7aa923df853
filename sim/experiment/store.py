"""The run store: finished replications on disk, found again by what decided their outcome.

A folder of Parquet parts. A part holds replications of one series (one scenario under one setting,
see `sim.replication.cache_keys`); its name says which, and ends in the hash of its bytes::

    parts/3f/3f0c….000000-000004.9b1d….parquet     series, first-last replication, hash

So looking up thousands of keys is listing folders, and damage anywhere in a part is found when it
is read. A part is written beside its place and renamed, and never changed: whoever is killed leaves
whole parts or none, and any number of runs may use one store. Two that finish the same replication
write it twice; it is read once. At the end of a run the parts of a series become one.

Nothing here is needed for good: what is removed is simulated again.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass, fields
from gettext import gettext as spoken
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from files.whole import UNFINISHED, write_file
from scenarios.errors import Said
from sim.errors import StoreError
from sim.replication.cache_keys import Series
from sim.replication.replicate import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path


WORD = pa.dictionary(pa.int32(), pa.string())
COLUMNS = pa.schema(
    [
        ("key", WORD),
        ("scenario", WORD),
        ("horizon_year", pa.int32()),
        ("seed", pa.int64()),
        ("weeks", pa.int32()),
        ("warmup", pa.int32()),
        ("replication", pa.int32()),
        ("site", WORD),
        ("kpi", WORD),
        ("value", pa.float64()),
    ]
)
NO_SITE = ""
"""The site of rows that say how a replication ran, not what it found."""

FACTS = ("events", "wall_seconds", "peak_memory_mb")
PARTS = "parts"
SHARD = 2  # first digits of a key that name its folder
SUM = 16  # digits of the hash in a part's name
OLD_SECONDS = 3600.0
"""After how long something unfinished is surely of a process that was killed."""

LOOKS = 5
"""How often a folder is listed anew when another run moves parts meanwhile."""

_NAME = re.compile(
    rf"(?P<key>[0-9a-f]{{64}})\.(?P<first>\d+)-(?P<last>\d+)\.(?P<sum>[0-9a-f]{{{SUM}}})\.parquet"
)

SeriesReplication = tuple[str, int]  # key of a series, replication


@dataclass(frozen=True)
class StoreFile:
    """A file of the store, as its name describes it."""

    path: Path
    key: str
    replications: range
    sum: str


class Store:
    """Finished replications in a folder.

    Parameters
    ----------
    folder
        Made when the first replication is kept.
    tell
        Is called with a line for the user about each damaged part.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder = folder
        self._root = folder / PARTS
        self._tell = tell

    def holds(self, keys: Iterable[str]) -> dict[str, set[int]]:
        """Return which replications of each series there are, by the names of the parts.

        Thousands of keys take a moment: nothing is read but the lists of at most 256 folders.
        """
        return {
            key: {number for part in parts for number in part.replications}
            for key, parts in self._parts(set(keys)).items()
        }

    def find(
        self, places: Collection[SeriesReplication]
    ) -> Iterator[tuple[SeriesReplication, Finished]]:
        """Give those of some replications that are here, each once, by series.

        Parameters
        ----------
        places
            Series and replication of each.

        Raises
        ------
        StoreError
            A part can't be read.
        """
        wanted = set(places)
        for _ in range(LOOKS):
            is_moved = False
            for key, parts in self._parts({key for key, _ in wanted}).items():
                for part in parts:
                    if not any((key, number) in wanted for number in part.replications):
                        continue
                    try:
                        table = self._read(part)
                    except FileNotFoundError:
                        is_moved = True
                        continue
                    with suppress(OSError):  # who may only read uses it all the same
                        os.utime(part.path)  # so that what nobody uses can be told and removed
                    for item in _finished(table):
                        if (key, item.replication) in wanted:
                            wanted.remove((key, item.replication))
                            yield (key, item.replication), item
            if not is_moved:
                return

    def rows(self) -> pa.Table:
        """Return the rows of all replications in the store, and of how each ran.

        Returns
        -------
        pyarrow.Table
            `COLUMNS`. What a replication found has a site; how it ran has `NO_SITE`, and a kpi of
            `FACTS`.
        """
        tables = []
        for folder in sorted(self._root.glob("*")):
            seen: dict[str, set[int]] = {}
            for part in self._listed(folder):
                try:
                    table = self._read(part)
                except FileNotFoundError:  # moved by another run: where to is listed too
                    continue
                have = seen.setdefault(part.key, set())
                fresh = set(part.replications) - have
                if fresh != set(part.replications):
                    table = table.filter(pc.is_in(table["replication"], pa.array(sorted(fresh))))
                have |= fresh
                tables.append(table)
        return pa.concat_tables([COLUMNS.empty_table(), *tables]).unify_dictionaries()

    def keep(self, series: Series, finished: Iterable[Finished]) -> None:
        """Put replications of a series in the store; when this returns, they are.

        Raises
        ------
        StoreError
            There is no room, or the folder can't be written; what was kept before stays.
        """
        self._write(series, finished)

    def compact(self, keys: Iterable[str]) -> None:
        """Make as few parts as can be of the parts of each series, and clear what was abandoned.

        Raises
        ------
        StoreError
            The folder can't be written.
        """
        for key, parts in self._parts(set(keys)).items():
            _clear(self._root / key[:SHARD])
            if len(parts) > 1:
                self._merge(parts)

    def _merge(self, parts: Sequence[StoreFile]) -> None:
        items: dict[int, Finished] = {}
        for part in parts:
            try:
                table = self._read(part)
            except FileNotFoundError:  # another run is at it
                return
            items |= {item.replication: item for item in _finished(table)}
            if table.num_rows:
                series = _series_of(table)
        written = self._write(series, items.values()) if items else set()
        for part in parts:
            if part.path not in written:
                _remove(part.path)

    def _write(self, series: Series, finished: Iterable[Finished]) -> set[Path]:
        """Write a part for each run of numbers without a gap, and return them."""
        written = set()
        folder = self._root / series.key[:SHARD]
        for together in _neighbours(sorted(finished, key=lambda item: item.replication)):
            sink = BytesIO()
            pq.write_table(_table(series, together), sink, compression="zstd")
            content = sink.getvalue()
            first, last = together[0].replication, together[-1].replication
            name = f"{series.key}.{first:06d}-{last:06d}.{_sum(content)}.parquet"
            try:
                with write_file(folder / name) as aside:
                    aside.write_bytes(content)
            except OSError as error:
                raise StoreError(
                    "can't write to the run store {folder}: {why}; what has finished is kept, "
                    "so when it can be written the same command goes on; --store takes another "
                    "folder, --no-store takes none",
                    folder=self.folder,
                    why=Said(error.strerror or str(error)),
                ) from error
            written.add(folder / name)
        return written

    def _read(self, part: StoreFile) -> pa.Table:
        """Return the rows of a part; none, and it is removed, when it is damaged.

        Raises
        ------
        FileNotFoundError
            Another run has moved it.
        StoreError
            It can't be read.
        """
        try:
            content = part.path.read_bytes()
            if _sum(content) == part.sum:
                return pq.read_table(BytesIO(content)).cast(COLUMNS)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreError(
                "can't read {path}: {why}", path=part.path, why=Said(error.strerror or str(error))
            ) from error
        except (pa.ArrowException, ValueError):  # whole, and not of this version
            pass
        _remove(part.path)
        self._tell(
            spoken("{path} is damaged: its replications are run again").format(path=part.path)
        )
        return COLUMNS.empty_table()

    def _parts(self, keys: Collection[str]) -> dict[str, list[StoreFile]]:
        """Return the parts of each series, in a fixed order."""
        found: dict[str, list[StoreFile]] = {key: [] for key in sorted(keys)}
        for shard in sorted({key[:SHARD] for key in keys}):
            for part in self._listed(self._root / shard):
                if part.key in found:
                    found[part.key].append(part)
        return found

    def _listed(self, folder: Path) -> list[StoreFile]:
        """Return the parts in a folder, sorted; files of others are left alone."""
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208 - a path for each would take longer
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(
                "can't read the run store {folder}: {why}",
                folder=folder,
                why=Said(error.strerror or str(error)),
            ) from error
        matches = ((name, _NAME.fullmatch(name)) for name in names)
        return [
            StoreFile(
                folder / name,
                match["key"],
                range(int(match["first"]), int(match["last"]) + 1),
                match["sum"],
            )
            for name, match in matches
            if match
        ]


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:SUM]


def _neighbours(finished: Sequence[Finished]) -> Iterator[list[Finished]]:
    """Give runs of replications whose numbers follow each other."""
    together: list[Finished] = []
    for item in finished:
        if together and item.replication != together[-1].replication + 1:
            yield together
            together = []
        together.append(item)
    if together:
        yield together


def _table(series: Series, finished: Sequence[Finished]) -> pa.Table:
    """Return the rows of replications, in the order in which they were measured."""
    rows = [
        (item.replication, site, kpi, float(value))
        for item in finished
        for site, kpi, value in (
            *item.measures,
            *((NO_SITE, fact, getattr(item, fact)) for fact in FACTS),
        )
    ]
    replication, site, kpi, value = zip(*rows, strict=True)
    same = {
        "key": series.key,
        "scenario": series.scenario,
        "horizon_year": series.horizon_year,
        "seed": series.seed,
        "weeks": series.weeks,
        "warmup": series.warmup,
    }
    columns = {name: pa.repeat(word, len(rows)) for name, word in same.items()}
    columns |= {"replication": pa.array(replication), "site": pa.array(site)}
    columns |= {"kpi": pa.array(kpi), "value": pa.array(value, pa.float64())}
    return pa.table(columns).cast(COLUMNS)


def _series_of(table: pa.Table) -> Series:
    """Return the series that the rows of a part are of."""
    (first,) = table.slice(0, 1).to_pylist()
    return Series(**{field.name: first[field.name] for field in fields(Series)})


def _finished(table: pa.Table) -> Iterator[Finished]:
    """Give the replications in the rows of a part."""
    columns = [table[name].to_pylist() for name in ("replication", "site", "kpi", "value")]
    scenario = table["scenario"][0].as_py() if table.num_rows else ""
    for number, rows in groupby(zip(*columns, strict=True), key=lambda row: row[0]):
        measures, facts = [], {}
        for _, site, kpi, value in rows:
            if site == NO_SITE:
                facts[kpi] = value
            else:
                measures.append((site, kpi, value))
        yield Finished(
            scenario=scenario,
            replication=number,
            measures=measures,
            events=int(facts["events"]),
            wall_seconds=facts["wall_seconds"],
            peak_memory_mb=facts["peak_memory_mb"],
            is_stored=True,
        )


def _clear(folder: Path) -> None:
    """Remove what processes that were killed left unfinished."""
    for path in folder.glob(f".*{UNFINISHED}"):
        with suppress(FileNotFoundError):  # just renamed
            if time.time() - path.stat().st_mtime > OLD_SECONDS:
                _remove(path)


def _remove(path: Path) -> None:
    """Remove a file that is in nobody's way when it may not be removed."""
    with suppress(OSError):
        path.unlink()
