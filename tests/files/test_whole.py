"""A folder that is written takes its place whole, or what stood there still stands."""

from pathlib import Path

import pytest

from files.whole import write_folder


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
