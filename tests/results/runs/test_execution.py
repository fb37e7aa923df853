"""Playing for a command: one crew for all rounds, and after Ctrl-C what is kept."""

import pytest

from results.runs import execution as module
from results.runs.execution import Workers, task_runner, writing
from results.statistics.precision import StoppingRule, until_precise
from scenarios.files.loading import load
from sim.experiment.experiment import Plan
from sim.experiment.store import Store
from sim.replication.replicate import Finished, Setting, Task

NOW = load("now")


def nobody(_outcome):
    """Measure nothing."""
    return []


SETTING = Setting(seed=1, weeks=1, warmup=0, data_folder=None, measure=nobody)


class Actors:
    """Stand for an experiment; the Ctrl-C comes during the fifth replication."""

    opened = 0

    def __init__(self, *_):
        type(self).opened += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, tasks):
        for task in tasks:
            if task.replication == 4:
                raise KeyboardInterrupt
            yield Finished(task.scenario.name, task.replication, [], 1, 0.1, 1.0)


@pytest.fixture
def actors(monkeypatch):
    monkeypatch.setattr(module, "Experiment", Actors)
    monkeypatch.setattr(Actors, "opened", 0)
    return Actors


def tasks(*numbers):
    return [Task(NOW, number) for number in numbers]


def test_all_rounds_have_the_same_crew(actors):
    with task_runner(Workers(), SETTING) as run_tasks:
        plan = Plan.of((NOW,), 1, SETTING)
        rule = StoppingRule(("ed.los.median",), "region", lookahead=1, least=2, precision=0.05)
        found, _ = until_precise(lambda numbers: run_tasks(plan.tasks(numbers)), {}, rule, 1, 4)
        run_tasks(tasks(2))
    assert len(found) in range(2, 5)
    assert actors.opened == 1


@pytest.mark.usefixtures("actors")
def test_after_ctrl_c_what_all_rounds_kept_is_counted(tmp_path):
    def two_rounds():
        with task_runner(Workers(store=Store(tmp_path, print)), SETTING) as run_tasks:
            run_tasks(tasks(0, 1))
            run_tasks(tasks(2, 3, 4, 5))

    with pytest.raises(
        KeyboardInterrupt, match=rf"^4 of 6 replications are kept in {tmp_path}; the"
    ):
        two_rounds()


@pytest.mark.usefixtures("actors")
def test_without_a_store_nothing_is_said_to_be_kept():
    def one_round():
        with task_runner(Workers(), SETTING) as run_tasks:
            run_tasks(tasks(0, 4))

    with pytest.raises(KeyboardInterrupt) as caught:
        one_round()
    assert str(caught.value) == ""


def test_what_a_first_crew_kept_a_second_takes_from_the_store(tmp_path):
    workers = Workers(store=Store(tmp_path, print))
    given = []
    for _ in range(2):
        with task_runner(workers, SETTING) as run_tasks:
            given += run_tasks(tasks(0))
    assert [item.is_stored for item in given] == [False, True]


def test_after_ctrl_c_while_results_are_written_all_replications_are_kept(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt, match=rf"every replication is kept in {tmp_path}; the"),
        writing(Workers(store=Store(tmp_path, print))),
    ):
        raise KeyboardInterrupt
