"""A process beside this one: what it is given is done, whatever becomes of it."""

import os
import time
from functools import partial
from pathlib import Path

import pytest

from results.publication import beside as module
from results.publication.beside import beside


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 2)


def note(path: Path) -> None:
    path.write_text(str(os.getpid()))


def fall_over_elsewhere(path: Path, home: int) -> None:
    if os.getpid() != home:
        os._exit(9)  # as a process that the system ends for want of memory
    note(path)


def fail(_path: Path) -> None:
    raise ValueError("no room on the disk")


def wait_and_note(path: Path) -> None:
    time.sleep(60)
    note(path)


def test_with_two_jobs_it_is_done_by_another_process(tmp_path):
    with beside(partial(note, tmp_path / "pid"), jobs=2):
        pass
    assert int((tmp_path / "pid").read_text()) != os.getpid()


def test_with_one_job_it_is_done_here_and_afterwards(tmp_path):
    with beside(partial(note, tmp_path / "pid"), jobs=1):
        assert not (tmp_path / "pid").exists()
    assert int((tmp_path / "pid").read_text()) == os.getpid()


def test_a_process_that_dies_is_made_up_for_here(tmp_path):
    with beside(partial(fall_over_elsewhere, tmp_path / "pid", os.getpid()), jobs=2):
        pass
    assert int((tmp_path / "pid").read_text()) == os.getpid()


def test_what_goes_wrong_there_is_told_here(tmp_path):
    with pytest.raises(ValueError, match="no room"), beside(partial(fail, tmp_path), jobs=2):
        pass


def test_leaving_early_stops_the_process(tmp_path):
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt), beside(partial(wait_and_note, tmp_path / "pid"), jobs=2):
        raise KeyboardInterrupt
    assert time.monotonic() - before < 30
    assert not (tmp_path / "pid").exists()
