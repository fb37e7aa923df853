"""Tasks are handed out so that a worker meets the patients that it has just drawn."""

from hypothesis import given
from hypothesis import strategies as st

from scenarios.files.loading import load
from sim.backends.waiting import Waiting
from sim.replication.replicate import Task

NOW = load("now")
LATER = [load("single-hengelo"), load("single-almelo"), NOW.in_year(2034)]


def test_configurations_of_a_year_meet_the_same_patients_and_other_years_or_replications_dont():
    waiting = Waiting([])
    hengelo, almelo, doing_nothing = (waiting.met_in(Task(one, 0)) for one in LATER)
    assert hengelo == almelo == doing_nothing
    assert waiting.met_in(Task(NOW, 0)) != hengelo
    assert waiting.met_in(Task(LATER[0], 1)) != hengelo


def test_a_worker_goes_on_with_whom_it_met_and_another_takes_other_patients():
    tasks = [Task(one, number) for number in (0, 1) for one in LATER]
    waiting = Waiting(tasks)
    first = waiting.take(None, [])
    met = waiting.met_in(first)
    other = waiting.take(None, [met])
    assert (first, other) == (tasks[0], tasks[3])
    assert waiting.take(met, [waiting.met_in(other)]) == tasks[1]


def test_a_worker_without_work_helps_where_most_is_left():
    tasks = [Task(LATER[0], 0), *(Task(one, 1) for one in LATER)]
    waiting = Waiting(tasks)
    held = [waiting.met_in(task) for task in tasks[:2]]
    assert waiting.take(None, held) == tasks[1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12), st.data())
def test_every_task_is_handed_out_once_whoever_asks(asked, data):
    tasks = [Task(LATER[which], number) for which, number in asked]
    waiting = Waiting(tasks)
    mets = [None, *(waiting.met_in(task) for task in tasks)]
    taken = []
    while len(waiting):
        last, others = data.draw(st.sampled_from(mets)), data.draw(st.sets(st.sampled_from(mets)))
        taken.append(waiting.take(last, others))
    assert sorted(map(id, taken)) == sorted(map(id, tasks))
