"""Runs that are killed, share a store or meet a full disk: nothing lost, nothing double."""

import itertools
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[1]
REPLICATIONS = 3
KILLS = int(os.environ.get("TWENTEZORG_TEST_KILLS", "2"))
"""Twenty before a release; a few each time."""

RUN = ("run", "now", "--replications", REPLICATIONS, "--weeks", 1, "--warmup", 0, "--jobs", 2)
TABLES = ("replications.parquet", "summary.csv", "comparison.csv", "reachability.csv")


def start(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", "from cli import main; main()", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
        **options,
    )


def finish(*arguments, **options) -> tuple[int, str]:
    with start(*arguments, **options) as process:
        _, stderr = process.communicate(timeout=300)
    return process.returncode, stderr


def tables(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES}


def stored(store: Path) -> list[int]:
    """Return the number of every replication in the store, as often as it is there."""
    names = [path.name for path in store.rglob("*.parquet")]
    ranges = [re.search(r"\.(\d+)-(\d+)\.", name) for name in names]
    return sorted(n for m in ranges for n in range(int(m[1]), int(m[2]) + 1))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the folder and the tables of a run that nothing happened to."""
    base = tmp_path_factory.mktemp("undisturbed")
    code, stderr = finish(*RUN, "--store", base / "store", "--out", base / "run")
    assert code == 0, stderr
    return base, tables(base / "run")


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_in_the_same_bytes(tmp_path, undisturbed):
    store, out = tmp_path / "store", tmp_path / "run"
    chance = random.Random(1)
    have: list[int] = []
    for _ in range(KILLS):
        with start(*RUN, "--store", store, "--out", out) as process:
            time.sleep(chance.uniform(1.0, 8.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        now = stored(store) if store.exists() else []
        assert set(have) <= set(now), "a replication was lost"
        have = now
    code, stderr = finish(*RUN, "--store", store, "--out", out)
    assert code == 0, stderr
    assert tables(out) == undisturbed[1]
    assert stored(store) == list(range(REPLICATIONS)), "once each"
    if have:
        assert f"{len(set(have))}/{REPLICATIONS} from the store" in stderr


@pytest.mark.slow
def test_two_runs_at_once_on_one_store_both_end_well(tmp_path, undisturbed):
    store = tmp_path / "store"
    outs = [tmp_path / "one", tmp_path / "two"]
    both = [start(*RUN, "--store", store, "--out", out) for out in outs]
    for process in both:
        with process:
            _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
    assert [tables(out) for out in outs] == [undisturbed[1]] * 2
    assert set(stored(store)) == set(range(REPLICATIONS))


@pytest.mark.slow
def test_a_second_run_takes_all_from_the_store_and_draws_nothing_anew(undisturbed):
    base, before = undisturbed
    every = {path: path.read_bytes() for path in (base / "run").rglob("*.*") if path.is_file()}
    code, stderr = finish(*RUN, "--store", base / "store", "--out", base / "run")
    assert code == 0
    assert stderr == f"{REPLICATIONS}/{REPLICATIONS} from the store\n"
    assert tables(base / "run") == before
    changed = [path.name for path, content in every.items() if path.read_bytes() != content]
    assert changed == ["manifest.json"]


@pytest.mark.slow
def test_a_full_disk_ends_in_one_message_and_keeps_what_has_finished(tmp_path, undisturbed):
    store, out = tmp_path / "store", tmp_path / "run"
    part = next(iter(sorted((undisturbed[0] / "store").rglob("*.parquet"))))
    most = pq.read_metadata(part).serialized_size  # less than any part: nothing can be written

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    code, stderr = finish(*RUN, "--store", store, "--out", out, preexec_fn=little_room)
    assert code == 2
    last = stderr.splitlines()[-1]
    assert last.startswith("twentezorg: can't write to the run store")
    assert "what has finished is kept" in last
    assert "Traceback" not in stderr
    assert not out.exists()
    assert list(itertools.chain(store.rglob("*.parquet"), store.rglob(".*"))) == []
