"""Upkeep of the run store: what is used stays, what isn't can go, others' files are not touched."""

import os
import time

import pytest
from click.testing import CliRunner

from cli import main
from sim.experiment.store import Store
from sim.replication.cache_keys import Series
from sim.replication.replicate import Finished

LONG_AGO = time.time() - 40 * 86_400


@pytest.fixture
def folder(tmp_path):
    store = Store(tmp_path / "store", print)
    for letter in "ab":
        series = Series(letter * 64, "now", 2034, seed=1, weeks=13, warmup=4)
        store.keep(series, [Finished("now", 0, [("MST", "ed.arrivals", 1.0)], 1, 1.0, 1.0)])
    note = store.folder / "parts" / "aa" / "note.txt"
    note.write_text("mine")
    for path in store.folder.rglob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    list(store.find([("a" * 64, 0)]))  # used today
    return store.folder


def store_command(folder, *options):
    done = CliRunner().invoke(main, ["store", "--store", str(folder), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_size_is_told_and_nothing_is_removed_unasked(folder):
    before = sorted(folder.rglob("*"))
    assert "2 files" in store_command(folder)
    assert "not used for 30 days: 1 files" in store_command(folder)
    assert sorted(folder.rglob("*")) == before


def test_only_what_nobody_used_for_long_is_removed(folder):
    assert "removed" in store_command(folder, "--remove")
    assert sorted(path.name[:1] for path in folder.rglob("*.*")) == ["a", "n"]
    assert "not used for 60 days: 0 files" in store_command(folder, "--days", "60")


def test_an_empty_store_is_told_as_such(tmp_path):
    assert "0 files" in store_command(tmp_path / "none", "--remove")
