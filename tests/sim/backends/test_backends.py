"""Backends: the same replications from each, and no harm when a process dies."""

import dataclasses
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.errors import Problem, ScenarioError
from scenarios.files.loading import load
from sim.backends import processes
from sim.backends.base import MOST_ATTEMPTS
from sim.backends.interrupts import interrupts_later
from sim.backends.registry import Backend, workers
from sim.errors import BackendError, ReplicationError
from sim.experiment.experiment import Experiment, Plan, replications_table, run
from sim.experiment.store import Store
from sim.replication.cache_keys import series

MARKS = "TWENTEZORG_TEST_MARKS"


def count(outcome):
    """Return one measure: how many records there are."""
    return [("region", "records", float(len(outcome.records)))]


def dies_once(outcome):
    """End the process at once, the first time that any replication gets here."""
    mark = Path(os.environ[MARKS]) / "died"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return count(outcome)


def dies_in_one(outcome):
    """End the process in each attempt at the night closure."""
    if outcome.scenario.name == "night-closure":
        with (Path(os.environ[MARKS]) / "attempts").open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return count(outcome)


def fails(_outcome):
    """Fail as a mistake in the code would."""
    raise ZeroDivisionError("nobody came")


PLAN = Plan((load("now"), load("night-closure")), 2, 5, 1, 0, None, count)


@pytest.fixture
def marks(tmp_path, monkeypatch):
    monkeypatch.setenv(MARKS, str(tmp_path))
    return tmp_path


def found(plan: Plan, backend: Backend, store: Store | None = None):
    return replications_table(list(run(plan, backend, 2, store=store)))


@pytest.fixture(scope="module")
def serial():
    return found(PLAN, Backend.SERIAL)


@pytest.fixture
def heeding():
    """Heed Ctrl-C, which tests in the background would ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
def test_ctrl_c_while_processes_start_is_heard_when_they_have():
    started = []

    def begin():
        with interrupts_later():
            signal.raise_signal(signal.SIGINT)
            started.append(True)

    with pytest.raises(KeyboardInterrupt):
        begin()
    assert started
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_processes_that_start_leave_ctrl_c_to_this_one():
    with interrupts_later():
        masked = subprocess.run(
            [sys.executable, "-c", "import signal; print(signal.pthread_sigmask(0, []))"],
            capture_output=True,
            text=True,
            check=True,
        )
    assert "SIGINT" in masked.stdout


@pytest.mark.slow
def test_a_process_that_dies_costs_nothing_but_time(serial, marks):
    plan = dataclasses.replace(PLAN, measure=dies_once)
    assert found(plan, Backend.PROCESSES).equals(serial)
    assert (marks / "died").exists()


@pytest.mark.slow
def test_a_replication_that_always_dies_is_named_and_the_others_are_kept(marks):
    plan = dataclasses.replace(PLAN, measure=dies_in_one, replications=1)
    store = Store(marks / "store", print)
    with pytest.raises(ReplicationError, match=r"night-closure, replication 0: .*died 3 times"):
        found(plan, Backend.PROCESSES, store)
    assert len((marks / "attempts").read_text()) == MOST_ATTEMPTS
    now, closure = (series(plan.setting, scenario).key for scenario in plan.scenarios)
    assert store.holds([now, closure]) == {now: {0}, closure: set()}


@pytest.mark.parametrize("backend", [Backend.SERIAL, Backend.PROCESSES])
def test_a_mistake_in_a_replication_names_it_and_its_place(backend):
    plan = dataclasses.replace(PLAN, measure=fails, scenarios=PLAN.scenarios[:1])
    with pytest.raises(ReplicationError, match=r"now, replication \d: .*ZeroDivisionError.*\.py:"):
        found(plan, backend)


def test_the_users_mistake_stays_the_users_in_another_process():
    away = load("now").model_copy(update={"ambulance": {"POST_NOWHERE": _roster()}})
    plan = dataclasses.replace(PLAN, scenarios=(away,))
    with pytest.raises(ScenarioError, match="POST_NOWHERE") as caught:
        found(plan, Backend.PROCESSES)
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)


def _roster():
    return next(iter(load("now").ambulance.values()))


@pytest.mark.slow
def test_an_experiment_is_extended_without_running_anything_twice(tmp_path, serial):
    store = Store(tmp_path, print)
    with Experiment(PLAN.setting, Backend.PROCESSES, 2, store=store) as experiment:
        first = list(experiment.run(PLAN.tasks([0])))
        both = list(experiment.run(PLAN.tasks([0, 1])))
    assert [item.is_stored for item in first] == [False, False]
    assert sorted(item.replication for item in both if item.is_stored) == [0, 0]
    assert replications_table(both).equals(serial)


def test_the_store_gives_the_table_without_a_worker(tmp_path, serial, monkeypatch):
    store = Store(tmp_path, print)
    assert found(PLAN, Backend.SERIAL, store).equals(serial)
    monkeypatch.setattr("sim.backends.serial.finish", None)  # running anything would fail
    assert found(PLAN, Backend.SERIAL, store).equals(serial)
    assert found(PLAN, Backend.PROCESSES, store).equals(serial)


def test_a_damaged_part_is_run_again(tmp_path, serial):
    told = []
    store = Store(tmp_path, told.append)
    found(PLAN, Backend.SERIAL, store)
    part = next(iter(sorted(tmp_path.rglob("*.parquet"))))
    part.write_bytes(part.read_bytes()[:-9])
    assert found(PLAN, Backend.SERIAL, store).equals(serial)
    assert len(told) == 1


def test_who_stops_halfway_has_what_was_given(tmp_path):
    store = Store(tmp_path, print)
    items = run(PLAN, Backend.SERIAL, 1, store=store)
    given = next(items)
    items.close()
    key = series(PLAN.setting, load(given.scenario)).key
    assert store.holds([key]) == {key: {given.replication}}


# Dask


@pytest.fixture
def dask():
    return pytest.importorskip("distributed", reason="distributed isn't installed")


@pytest.mark.slow
@pytest.mark.usefixtures("dask")
def test_a_dask_cluster_gives_the_same_and_survives_a_worker_that_dies(serial, marks):
    plan = dataclasses.replace(PLAN, measure=dies_once)
    assert found(plan, Backend.DASK).equals(serial)
    assert (marks / "died").exists()


@pytest.mark.usefixtures("dask")
def test_a_scheduler_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr("sim.backends.dask.SECONDS_TO_CONNECT", 0.5)
    crew = workers(Backend.DASK, PLAN.setting, 2, "tcp://127.0.0.1:9")
    with pytest.raises(BackendError, match=r"--scheduler tcp://127\.0\.0\.1:9"):
        next(crew.run(PLAN.tasks()))


def test_a_server_that_is_no_scheduler_is_told(monkeypatch):
    cluster = pytest.importorskip("sim.backends.dask", reason="distributed isn't installed")

    def answers(*_, **__):
        raise MemoryError  # what distributed makes of the first bytes of a web server

    monkeypatch.setattr(cluster, "Client", answers)
    with pytest.raises(BackendError, match="what answers there is no Dask scheduler"):
        list(workers(Backend.DASK, PLAN.setting, 1, "tcp://127.0.0.1:80").run(PLAN.tasks()))


def test_dask_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.delitem(__import__("sys").modules, "sim.backends.dask", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(BackendError, match=r"twentezorg\[dask\]"):
        workers(Backend.DASK, PLAN.setting, 2)


# Keys


def test_a_key_is_the_same_for_the_same_content():
    assert series(PLAN.setting, load("now")) == series(PLAN.setting, load("now"))


@pytest.mark.parametrize(
    "change", [{"seed": 6}, {"weeks": 2}, {"warmup": 1}, {"measure": fails}], ids=" ".join
)
def test_another_setting_is_another_key(change):
    setting = dataclasses.replace(PLAN.setting, **change)
    assert series(setting, load("now")).key != series(PLAN.setting, load("now")).key


def test_another_number_is_another_key_and_another_text_is_not():
    now = load("now")
    key = series(PLAN.setting, now).key
    other = load("now", ["ed.doctor.mean=25.5"])
    retitled = now.model_copy(update={"title": now.title.model_copy(update={"en": "Today"})})
    assert series(PLAN.setting, other).key != key
    assert series(PLAN.setting, retitled).key == key


def test_another_data_set_is_another_key(tmp_path, starter):
    from geodata.dataset.folder import write

    write(
        dataclasses.replace(
            starter,
            cells=starter.cells.iloc[:-1],
            cell_table={profile: table[:-1] for profile, table in starter.cell_table.items()},
        ),
        tmp_path / "data",
    )
    setting = dataclasses.replace(PLAN.setting, data_folder=tmp_path / "data")
    assert series(setting, load("now")).key != series(PLAN.setting, load("now")).key


def test_changed_code_is_another_key(monkeypatch):
    from sim.replication import cache_keys as keys

    before = keys.code_hash.__wrapped__("results.kpis.measure", "measure")
    real = Path.read_bytes
    changed = "ward.py"  # imported by results.kpi, and not by this test
    monkeypatch.setattr(Path, "read_bytes", lambda path: real(path) + b"#" * (path.name == changed))
    assert keys.code_hash.__wrapped__("results.kpis.measure", "measure") != before


def test_a_compiled_module_has_the_key_of_its_source(monkeypatch):
    from sim.replication import cache_keys as keys

    before, real = keys.code_hash.__wrapped__("results.kpis.measure", "measure"), keys.find_spec

    def compiled(name):
        spec = real(name)
        if name == "sim.engine.process":
            spec.origin = spec.origin.replace(".py", ".cpython-311-x86_64-linux-gnu.so")
        return spec

    monkeypatch.setattr(keys, "find_spec", compiled)
    assert keys.code_hash.__wrapped__("results.kpis.measure", "measure") == before


def test_code_that_only_shows_results_is_no_part_of_a_key():
    from sim.replication.cache_keys import _modules

    names = {path.name for path in _modules("sim.replication.replicate", "results.kpis.measure")}
    assert {"replicate.py", "region.py", "ward.py", "timeline.py"} <= names
    assert not {"page.py", "choropleth.py", "experiment.py", "store.py"} & names


@pytest.mark.parametrize("changed", ["travel_times.py", "page.py", "sheet.typ", "results.po"])
def test_any_changed_file_of_the_project_makes_drawings_old(changed, monkeypatch):
    from sim.replication import cache_keys as keys

    hashed = keys.whole_code_hash.__wrapped__
    before, real = hashed(("numpy",)), Path.read_bytes
    assert hashed(("numpy", "typst")) != before
    monkeypatch.setattr(Path, "read_bytes", lambda path: real(path) + b"#" * (path.name == changed))
    assert hashed(("numpy",)) != before


def test_a_worker_whose_starter_was_killed_ends_without_a_word(monkeypatch):
    monkeypatch.setattr(processes, "data_of", lambda _: None)
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    before = signal.getsignal(signal.SIGINT)
    try:
        processes._work(None, theirs)
    finally:
        signal.signal(signal.SIGINT, before)
