"""Progress: lines in a log, bars on a terminal, and what came from the store shown as such."""

from io import StringIO

import pytest

from results.runs.progress import pace, with_progress
from scenarios.files.loading import load
from sim.replication.replicate import Finished, Task


class Terminal(StringIO):
    def isatty(self):
        return True


NOW, CLOSURE = load("now"), load("night-closure")
TASKS = [Task(scenario, number) for number in range(2) for scenario in (NOW, CLOSURE)]


def items(stored: int) -> list[Finished]:
    return [
        Finished(task.scenario.name, task.replication, [], 1, 1.0, 1.0, is_stored=place < stored)
        for place, task in enumerate(TASKS)
    ]


def told(stored: int, to: StringIO) -> str:
    given = items(stored)
    assert list(with_progress(iter(given), TASKS, to)) == given
    return to.getvalue()


def test_a_log_has_a_line_for_each_replication_that_was_run():
    lines = told(0, StringIO()).splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "1/4 now 0",
        "2/4 night-closure 0",
        "3/4 now 1",
        "4/4 night-closure 1",
    ]
    assert all(line.endswith(" left") for line in lines)


def test_a_log_has_one_line_for_all_that_came_from_the_store():
    lines = told(3, StringIO()).splitlines()
    assert lines[0] == "3/4 from the store"
    assert lines[1].startswith("4/4 night-closure 1")
    assert told(4, StringIO()) == "4/4 from the store\n"


def test_scenarios_may_share_a_bar(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    to = Terminal()
    list(with_progress(iter(items(0)), TASKS, to, lambda name: name[:2] + "..."))
    assert "no..." in to.getvalue()
    assert "ni..." in to.getvalue()
    assert "night" not in to.getvalue()


@pytest.mark.parametrize("stored", [0, 3])
def test_a_terminal_has_a_bar_for_each_scenario_and_one_for_all(stored, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    text = told(stored, Terminal())
    for name in ("all", "now", "night-closure"):
        assert name in text
    assert "4/4" in text
    assert "\x1b[2K4/4 in 0 s" in text, "bars are wiped out, a line stays"
    assert text.endswith("3 from the store\n") == bool(stored)


def test_the_pace_is_that_of_all_that_was_run_not_of_two_that_came_together():
    assert pace(run=0, left=100, seconds=6.0) == ""
    assert pace(run=9, left=91, seconds=30.0) == "18/min, 5 min 3 s left"
