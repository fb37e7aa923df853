"""The run store: what was kept is found again, whole, once, by whoever asks."""

import errno
import math
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from files.whole import write_file
from sim.errors import StoreError
from sim.experiment.store import COLUMNS, NO_SITE, Store
from sim.replication.cache_keys import Series
from sim.replication.replicate import Finished


def series(letter: str = "a") -> Series:
    return Series(letter * 64, f"scenario-{letter}", 2034, seed=1, weeks=13, warmup=4)


def finished(number: int, value: float = 1.5) -> Finished:
    return Finished(
        scenario="scenario-a",
        replication=number,
        measures=[("MST", "ed.arrivals", value), ("region", "ed.los.p95", math.nan)],
        events=1000 + number,
        wall_seconds=1.25,
        peak_memory_mb=200.0,
    )


@pytest.fixture
def told():
    return []


@pytest.fixture
def store(tmp_path, told):
    return Store(tmp_path / "store", told.append)


def parts(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def test_what_is_kept_is_found_to_the_last_digit(store):
    value = 0.1 + 0.2
    store.keep(series(), [finished(3, value)])
    ((place, item),) = store.find([("a" * 64, 3)])
    assert place == ("a" * 64, 3)
    (first, second) = item.measures
    assert first == ("MST", "ed.arrivals", value)
    assert second[:2] == ("region", "ed.los.p95")
    assert math.isnan(second[2])
    assert (item.scenario, item.events, item.is_stored) == ("scenario-a", 1003, True)


def test_only_what_was_asked_is_given(store):
    store.keep(series(), [finished(number) for number in range(4)])
    asked = [("a" * 64, 2), ("a" * 64, 9), ("b" * 64, 2)]
    assert [place for place, _ in store.find(asked)] == [("a" * 64, 2)]


def test_an_empty_store_holds_nothing_and_makes_no_folder(store):
    assert list(store.find([("a" * 64, 0)])) == []
    assert store.holds(["a" * 64]) == {"a" * 64: set()}
    assert store.rows().num_rows == 0
    assert not store.folder.exists()


def test_many_keys_are_looked_up_by_the_names_of_files_alone(store, monkeypatch):
    store.keep(series("a"), [finished(0), finished(1)])
    store.keep(series("b"), [finished(5)])
    monkeypatch.setattr(Path, "read_bytes", None)  # reading a part would fail
    asked = [letter * 64 for letter in "abc"]
    assert list(store.holds(asked).values()) == [{0, 1}, {5}, set()]


def test_compacting_leaves_one_part_with_all_replications(store):
    for number in (2, 0, 1, 1):
        store.keep(series(), [finished(number)])
    store.compact(["a" * 64])
    (part,) = parts(store)
    assert ".000000-000002." in part.name
    assert sorted(place[1] for place, _ in store.find([("a" * 64, n) for n in range(5)])) == [
        0,
        1,
        2,
    ]


def test_compacting_again_changes_nothing(store):
    store.keep(series(), [finished(0), finished(1)])
    store.keep(series(), [finished(7)])  # a gap keeps a part of its own
    store.compact(["a" * 64])
    before = parts(store)
    store.compact(["a" * 64])
    assert parts(store) == before
    assert len(before) == 2


@pytest.mark.parametrize("where", [0, 100, -1], ids=["head", "middle", "tail"])
def test_a_damaged_part_is_named_and_taken_as_missing(store, told, where):
    store.keep(series(), [finished(0)])
    (part,) = parts(store)
    content = bytearray(part.read_bytes())
    content[where] ^= 1  # one bit
    part.write_bytes(content)
    assert list(store.find([("a" * 64, 0)])) == []
    assert len(told) == 1
    assert str(part) in told[0]
    assert parts(store) == []


def test_a_part_that_breaks_off_is_taken_as_missing(store, told):
    store.keep(series(), [finished(0)])
    (part,) = parts(store)
    part.write_bytes(part.read_bytes()[:100])
    assert list(store.find([("a" * 64, 0)])) == []
    assert told


def test_a_full_disk_is_told_and_leaves_what_was_kept(store, monkeypatch):
    store.keep(series(), [finished(0)])
    before = parts(store)

    def full(self, _content):
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match=r"No space left.*finished is kept.*same command"):
        store.keep(series(), [finished(1)])
    monkeypatch.undo()
    assert parts(store) == before
    assert [place[1] for place, _ in store.find([("a" * 64, 0), ("a" * 64, 1)])] == [0]


def test_a_store_that_may_only_be_read_is_told(store, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    store.keep(series(), [finished(0)])
    for change in ("write_bytes", "unlink"):
        monkeypatch.setattr(Path, change, refused)
    assert len(list(store.find([("a" * 64, 0)]))) == 1
    with pytest.raises(StoreError, match=r"Read-only file system.*--store takes another folder"):
        store.keep(series(), [finished(1)])


def test_a_damaged_part_that_may_not_be_removed_is_named_and_taken_as_missing(
    store, told, monkeypatch
):
    store.keep(series(), [finished(0)])
    (part,) = parts(store)
    part.write_bytes(b"nothing")

    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refused)
    assert list(store.find([("a" * 64, 0)])) == []
    assert str(part) in told[0]


def test_files_of_others_are_left_alone(store):
    store.keep(series(), [finished(0)])
    note = store.folder / "parts" / "aa" / "notes.txt"
    note.write_text("mine")
    store.compact(["a" * 64])
    assert list(store.find([("a" * 64, 0)]))
    assert note.read_text() == "mine"


@pytest.mark.parametrize(("minutes", "is_there"), [(0, True), (59, True), (61, False)])
def test_what_another_process_is_writing_is_left_alone_for_an_hour(store, minutes, is_there):
    # Compacting clears what was abandoned: nothing that a process at work may still rename.
    store.keep(series(), [finished(0)])
    (part,) = parts(store)
    with write_file(part.with_name("other.parquet")) as aside:
        aside.write_bytes(b"half")
        then = time.time() - minutes * 60
        os.utime(aside, (then, then))
        store.compact(["a" * 64])
        assert aside.exists() == is_there
        aside.write_bytes(b"whole")
    assert part.exists()


def test_a_part_that_another_process_has_just_added_stays(store, monkeypatch):
    # It is listed by nobody yet: compacting removes only what it has merged.
    for number in range(2):
        store.keep(series(), [finished(number)])
    other, real = Store(store.folder, print), Store._write

    def meanwhile(self, which, items):
        monkeypatch.setattr(Store, "_write", real)
        other.keep(series(), [finished(5)])
        return real(self, which, items)

    monkeypatch.setattr(Store, "_write", meanwhile)
    store.compact(["a" * 64])
    found = [place[1] for place, _ in store.find([("a" * 64, number) for number in range(9)])]
    assert sorted(found) == [0, 1, 5]


def test_a_part_that_another_run_moves_is_found_where_it_went(store, monkeypatch):
    for number in range(3):
        store.keep(series(), [finished(number)])
    real, moved = Store._read, []

    def first_moved(self, part):
        if not moved:
            moved.append(part)
            Store(self.folder, print).compact(["a" * 64])
        return real(self, part)

    monkeypatch.setattr(Store, "_read", first_moved)
    assert len(list(store.find([("a" * 64, number) for number in range(3)]))) == 3


def test_rows_hold_each_replication_once_with_its_series_and_facts(store):
    store.keep(series(), [finished(0), finished(1)])
    store.keep(series(), [finished(1), finished(2)])
    table = store.rows()
    assert table.schema == COLUMNS
    rows = table.to_pylist()
    found = [(row["replication"], row["kpi"]) for row in rows if row["site"] != NO_SITE]
    assert sorted(found) == [(n, kpi) for n in range(3) for kpi in ("ed.arrivals", "ed.los.p95")]
    assert {row["kpi"] for row in rows if row["site"] == NO_SITE} == {
        "events",
        "wall_seconds",
        "peak_memory_mb",
    }
    assert {(row["scenario"], row["horizon_year"], row["weeks"]) for row in rows} == {
        ("scenario-a", 2034, 13)
    }


def test_two_programs_with_one_process_number_keep_in_one_folder_at_once(
    tmp_path, told, monkeypatch
):
    monkeypatch.setattr(os, "getpid", lambda: 1)
    one, other = (Store(tmp_path / "store", told.append) for _ in range(2))

    @contextmanager
    def writing(path):
        with write_file(path) as aside:
            yield aside
            monkeypatch.setattr("sim.experiment.store.write_file", write_file)
            other.keep(series(), [finished(0, 1.5)])  # the same, as the first is nearly done
            other.keep(series(), [finished(1, 2.5)])

    monkeypatch.setattr("sim.experiment.store.write_file", writing)
    one.keep(series(), [finished(0, 1.5)])
    found = Store(tmp_path / "store", told.append).find([("a" * 64, 0), ("a" * 64, 1)])
    assert [item.measures[0][2] for _, item in found] == [1.5, 2.5]
    assert told == []
    assert not [path for path in parts(one) if not path.name.endswith(".parquet")]
