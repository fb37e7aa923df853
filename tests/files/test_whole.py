"""A folder that is written takes its place whole, or what stood there still stands."""

import os
from pathlib import Path

import pytest

from files.whole import write_file, write_folder
from results.runs.folder import staged


def filled(folder: Path, text: str) -> None:
    with write_folder(folder) as aside:
        (aside / "table.csv").write_text(text)


def test_a_new_folder_takes_the_place_of_the_old_and_leaves_nothing_beside(tmp_path):
    for text in ("old", "new"):
        filled(tmp_path / "results", text)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert (tmp_path / "results" / "table.csv").read_text() == "new"


@pytest.mark.parametrize("stopped", [1, 2], ids=["before the old is moved", "between the moves"])
def test_a_stop_at_either_move_leaves_the_old_folder_as_it_was(tmp_path, monkeypatch, stopped):
    filled(tmp_path / "results", "old")
    moves, move = [], Path.replace

    def stop_at(path, target):
        moves.append(path)
        if len(moves) == stopped:
            raise KeyboardInterrupt
        return move(path, target)

    monkeypatch.setattr(Path, "replace", stop_at)
    with pytest.raises(KeyboardInterrupt):
        filled(tmp_path / "results", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert (tmp_path / "results" / "table.csv").read_text() == "old"


@pytest.fixture
def _one_number(monkeypatch):
    """Let every program have the same process number, as the first of each container has."""
    monkeypatch.setattr(os, "getpid", lambda: 1)


@pytest.mark.usefixtures("_one_number")
def test_two_with_one_process_number_that_write_a_file_at_once_leave_the_last_whole(tmp_path):
    path = tmp_path / "table.csv"
    with write_file(path) as first:
        first.write_text("first, ")
        with write_file(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
        with first.open("a") as more:
            more.write("and all of it")
    assert path.read_text() == "first, and all of it"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("_one_number")
@pytest.mark.parametrize("writer", [write_folder, staged])
def test_two_with_one_process_number_that_fill_a_folder_at_once_mix_nothing(tmp_path, writer):
    folder = tmp_path / "results"
    with writer(folder) as first:
        (first / "table.csv").write_text("first")
        with writer(folder) as second:
            assert not list(second.iterdir())
            (second / "table.csv").write_text("second")
        assert (folder / "table.csv").read_text() == "second"
        assert [file.read_text() for file in first.iterdir()] == ["first"]
    assert [file.read_text() for file in folder.iterdir()] == ["first"]
    assert list(tmp_path.iterdir()) == [folder]


def stopped(writer, folder: Path) -> None:
    with writer(folder) as aside:
        (aside / "table.csv").write_text("second")
        raise KeyboardInterrupt


@pytest.mark.usefixtures("_one_number")
@pytest.mark.parametrize("writer", [write_folder, staged])
def test_one_that_fails_takes_nothing_of_another_with_its_process_number(tmp_path, writer):
    folder = tmp_path / "results"
    with writer(folder) as first:
        (first / "table.csv").write_text("first")
        with pytest.raises(KeyboardInterrupt):
            stopped(writer, folder)
    assert (folder / "table.csv").read_text() == "first"
    assert list(tmp_path.iterdir()) == [folder]
