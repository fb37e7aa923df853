"""Replications on processes of this machine, each of which may die without harm.

A process is started anew (`spawn`), reads the data set once and then takes one task after the
other over a pipe of its own. So it is known which task a process had when it died, the others go
on undisturbed, and that task alone is tried again. A scenario is twelve thousand bytes and takes
less than a millisecond to send, so it goes with each task.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, cast

from scenarios.errors import Said
from sim.backends.base import MOST_ATTEMPTS
from sim.backends.interrupts import SECONDS_TO_STOP, interrupts_later
from sim.backends.waiting import Met, Waiting
from sim.errors import BackendError, ReplicationError
from sim.replication.replicate import Finished, data_of, finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from multiprocessing.connection import Connection

    from sim.replication.replicate import Setting, Task

NO_TASK = 0
"""Stands among the tasks, by their identity, for processes that died before they could begin."""


class Processes:
    """Workers in processes of their own.

    Parameters
    ----------
    setting
        How each replication is simulated.
    jobs
        How many processes at most.
    """

    def __init__(self, setting: Setting, jobs: int) -> None:
        self._setting = setting
        self._jobs = jobs
        self._crew: list[_Worker] = []

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Finished], None, None]:
        """Run tasks and give each as it finishes; a task whose process died is tried again."""
        waiting = Waiting(tasks)
        deaths: Counter[int] = Counter()
        try:
            while waiting or any(worker.task for worker in self._crew):
                self._staff(waiting)
                for worker in self._with_news():
                    task, worker.task = worker.task, None
                    answer = worker.answer()
                    if isinstance(answer, Exception):
                        raise answer
                    if answer is None:
                        self._crew.remove(worker)
                        for again in _to_try_again(worker, task, deaths):
                            waiting.put(again)
                    elif task is not None and isinstance(answer, Finished):
                        self._staff(waiting)  # first, so that no process waits for who reads this
                        yield task, answer
        finally:  # after an interruption too: what has begun is given up
            self._dismiss([worker for worker in self._crew if worker.task is not None])

    def close(self) -> None:
        """Stop the processes."""
        self._dismiss(list(self._crew))

    def _staff(self, waiting: Waiting) -> None:
        """Give each idle process a task, and start as many as there is work for."""
        for worker in self._crew:
            if waiting and worker.is_ready and worker.task is None:
                others = [other.met for other in self._crew if other is not worker]
                task = waiting.take(worker.met, others)
                worker.met = waiting.met_in(task)
                worker.give(task)
        starting = sum(not worker.is_ready for worker in self._crew)
        for _ in range(min(self._jobs - len(self._crew), len(waiting) - starting)):
            self._crew.append(_Worker(self._setting))

    def _with_news(self) -> list[_Worker]:
        """Wait for processes that have something to tell, or that died."""
        by_pipe = {worker.pipe: worker for worker in self._crew}
        return [by_pipe[cast("Connection", pipe)] for pipe in wait(list(by_pipe))]

    def _dismiss(self, leaving: Sequence[_Worker]) -> None:
        for worker in leaving:
            worker.process.terminate()
        for worker in leaving:
            worker.leave()
            self._crew.remove(worker)


class _Worker:
    """A process, the pipe to it, the task it has and whom it met in its last."""

    def __init__(self, setting: Setting) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(setting, theirs), daemon=True)
        with interrupts_later():
            self.process.start()
        theirs.close()
        self.is_ready = False
        self.task: Task | None = None
        self.met: Met | None = None

    def give(self, task: Task) -> None:
        """Let it run a task; a process that has died meanwhile is noticed when it is heard."""
        self.task = task
        try:
            self.pipe.send(task)
        except OSError:
            return

    def answer(self) -> object:
        """Return what it tells: that it is ready, a replication, an error; None when it died."""
        try:
            answer: object = self.pipe.recv()
        except (EOFError, OSError):
            self.leave()
            return None
        self.is_ready = True
        return answer

    def leave(self) -> None:
        """End it for good."""
        self.process.join(SECONDS_TO_STOP)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _to_try_again(worker: _Worker, task: Task | None, deaths: Counter[int]) -> list[Task]:
    """Return the task of a process that died, unless it died too often."""
    code = worker.process.exitcode
    if task is None:
        deaths[NO_TASK] += not worker.is_ready
        if deaths[NO_TASK] >= MOST_ATTEMPTS:
            raise BackendError(
                "worker processes end before they begin (exit code {code}); try --backend "
                "serial, which tells more",
                code=code,
            )
        return []
    deaths[id(task)] += 1
    if deaths[id(task)] >= MOST_ATTEMPTS:
        raise ReplicationError(
            task.scenario.name,
            task.replication,
            Said(
                "its process died {times} times (exit code {code}); when memory ran out, fewer "
                "--jobs help",
                {"times": MOST_ATTEMPTS, "code": code},
            ),
        )
    return [task]  # at the end, when fewer others may want the memory that it lacked


def _work(setting: Setting, pipe: Connection) -> None:
    """Take tasks until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        data_of(setting)
    except Exception as error:  # noqa: BLE001 - told to the user by the process that asked
        _told(pipe, error)
        return
    if not _told(pipe, True):
        return
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Finished | Exception = finish(setting, task)
        except Exception as error:  # noqa: BLE001 - as above
            answer = error
        if not _told(pipe, answer):
            return


def _told(pipe: Connection, answer: object) -> bool:
    """Whether the other side could be told; where it was killed, there is nobody to complain to."""
    try:
        pipe.send(answer)
    except OSError:
        return False
    return True
