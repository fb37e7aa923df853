"""Sweeps and runs that are killed, share a store or meet a full disk; a cluster elsewhere."""

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.support.command_line import ROOT, finish, start
from tests.support.small_sweep import SIMULATED, SWEEP, tables

KILLS = int(os.environ.get("TWENTEZORG_TEST_KILLS", "2"))
"""Twenty before a release; a few each time."""

SECONDS_TO_START = 60.0


def stored(store: Path) -> list[tuple[str, int]]:
    """Return the series and number of every replication in the store, as often as it is there."""
    names = [path.name for path in store.rglob("*.parquet")]
    parts = [re.match(r"(\w+)\.(\d+)-(\d+)\.", name) for name in names]
    return sorted((m[1], n) for m in parts for n in range(int(m[2]), int(m[3]) + 1))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the folder and the tables of a serial sweep that nothing happened to."""
    base = tmp_path_factory.mktemp("undisturbed")
    serial = ("--backend", "serial", "--store", base / "store", "--out", base / "sweep")
    code, stderr = finish(*SWEEP, *serial)
    assert code == 0, stderr
    return base, tables(base / "sweep")


@pytest.fixture
def begun(tmp_path, undisturbed):
    """Return a store in which so many of the replications are still to be run."""

    def left(count: int) -> Path:
        store = tmp_path / "store"
        shutil.copytree(undisturbed[0] / "store", store)
        for path in sorted(store.rglob("*.parquet"))[:count]:
            path.unlink()
        return store

    return left


def test_a_surrogate_has_a_hand_in_the_tables_that_are_compared(undisturbed):
    futures = pd.read_parquet(undisturbed[0] / "sweep" / "futures.parquet")
    assert futures.groupby("simulated")["future"].nunique().to_dict() == {True: 20, False: 4}
    assert len(pd.read_csv(undisturbed[0] / "sweep" / "surrogates.csv"))
    assert len(pd.read_csv(undisturbed[0] / "sweep" / "sensitivity.csv"))


@pytest.mark.slow
def test_a_sweep_killed_at_random_moments_ends_in_the_same_bytes(tmp_path, begun, undisturbed):
    store, out = begun(min(4 * KILLS, SIMULATED)), tmp_path / "sweep"
    chance = random.Random(1)
    have = stored(store)
    for _ in range(KILLS):
        with start(*SWEEP, "--store", store, "--out", out) as process:
            time.sleep(chance.uniform(2.0, 6.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        now = stored(store)
        assert set(have) <= set(now), "a replication was lost"
        have = now
    code, stderr = finish(*SWEEP, "--store", store, "--out", out)
    assert code == 0, stderr
    assert tables(out) == undisturbed[1]
    assert stored(store) == stored(undisturbed[0] / "store"), "once each"
    if have:
        assert f"{len(set(have))}/{SIMULATED} from the store" in stderr


@pytest.mark.slow
def test_two_sweeps_at_once_on_one_store_both_end_well(tmp_path, begun, undisturbed):
    store = begun(6)
    outs = [tmp_path / "one", tmp_path / "two"]
    both = [start(*SWEEP, "--store", store, "--out", out) for out in outs]
    for process in both:
        with process:
            _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
    assert [tables(out) for out in outs] == [undisturbed[1]] * 2
    assert set(stored(store)) == set(stored(undisturbed[0] / "store"))


@pytest.mark.slow
def test_a_full_disk_ends_in_one_message_and_keeps_what_has_finished(tmp_path, begun):
    store, out = begun(2), tmp_path / "sweep"
    kept = sorted(store.rglob("*.parquet"))
    most = pq.read_metadata(kept[0]).serialized_size  # less than any part: none can be written

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    code, stderr = finish(*SWEEP, "--store", store, "--out", out, preexec_fn=little_room)
    assert code == 2
    last = stderr.splitlines()[-1]
    assert last.startswith("twentezorg: can't write to the run store")
    assert "what has finished is kept" in last
    assert "Traceback" not in stderr
    assert not out.exists()
    assert sorted(store.rglob("*.parquet")) == kept
    assert list(store.rglob(".*")) == [], "nothing half-written"


@pytest.fixture
def scheduler(tmp_path):
    """Start a Dask scheduler and a worker, each a process of its own; give the address."""
    pytest.importorskip("distributed", reason="distributed isn't installed")
    told = tmp_path / "scheduler.json"
    module = [sys.executable, "-m"]
    own = ["--scheduler-file", str(told), "--no-dashboard"]
    silent = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    silent["env"] = {**os.environ, "PYTHONPATH": str(ROOT)}
    host = ["--host", "127.0.0.1", "--port", "0"]
    scheduler = [*module, "distributed.cli.dask_scheduler", *own, *host]
    worker = [*module, "distributed.cli.dask_worker", *own, "--nthreads", "1", "--no-nanny"]
    with subprocess.Popen(scheduler, **silent) as first:
        deadline = time.monotonic() + SECONDS_TO_START
        while not told.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        with subprocess.Popen(worker, **silent) as second:
            address = json.loads(told.read_text())["address"]
            from distributed import Client

            with Client(address) as client:
                client.wait_for_workers(1, timeout=SECONDS_TO_START)
            yield address
            second.kill()
        first.kill()


@pytest.mark.slow
def test_a_scheduler_elsewhere_gives_the_same_bytes_as_serial(
    tmp_path, begun, undisturbed, scheduler
):
    there = ("--backend", "dask", "--scheduler", scheduler, "--store", begun(5))
    code, stderr = finish(*SWEEP, *there, "--out", tmp_path / "sweep")
    assert code == 0, stderr
    assert f"{SIMULATED}/{SIMULATED} now-f" in stderr, "the last were run"
    assert scheduler.startswith("tcp://127.0.0.1:")
    assert tables(tmp_path / "sweep") == undisturbed[1]
