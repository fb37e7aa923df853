"""Replications on a Dask cluster: a scheduler elsewhere, or workers on this machine.

Dask starts what dies anew and tries its task again. The setting goes with each task, so that no
worker that dies takes it along. Workers elsewhere must have the same version of twentezorg and the
same data set, which is asked first.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scenarios.errors import Said
from sim.backends.base import MOST_ATTEMPTS
from sim.backends.interrupts import SECONDS_TO_STOP, interrupts_later
from sim.backends.waiting import Waiting
from sim.errors import BackendError, ReplicationError
from sim.replication.cache_keys import code_hash, data_hash
from sim.replication.replicate import finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from sim.replication.replicate import Finished, Setting, Task


try:
    import dask
    from distributed import Client, Future, LocalCluster, as_completed
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise BackendError(
        "--backend dask needs the package distributed, which isn't installed; install it with: "
        'pip install "twentezorg[dask]"'
    ) from error

ANY_PORT = ":0"  # the usual one is taken when two clusters run at once, which Dask warns of
SECONDS_TO_CONNECT = 10
GROUPS_A_WORKER = 4
"""Fewer groups of tasks than this for each worker would leave some idle at the end."""
SECONDS_TO_START = 120
BATCH = 100  # tasks sent to the scheduler at a time


class DaskCluster:
    """Workers of a Dask cluster.

    Parameters
    ----------
    setting
        How each replication is simulated.
    jobs
        Workers of a cluster on this machine.
    scheduler
        The address of a scheduler, such as `tcp://10.0.0.5:8786`; None for this machine.
    """

    def __init__(self, setting: Setting, jobs: int, scheduler: str | None) -> None:
        self._setting = setting
        self._jobs = jobs
        self._scheduler = scheduler
        self._client: Client | None = None

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Finished], None, None]:
        """Run tasks and give each as it finishes."""
        if not tasks:
            return
        client = self._client or self._connected()
        groups = Waiting(tasks).groups()
        if len(groups) < GROUPS_A_WORKER * len(client.nthreads()):
            groups = [[task] for task in tasks]  # rather draw patients twice than let workers wait
        group_of: dict[object, list[Task]] = {}

        def sent(groups: Sequence[list[Task]]) -> list[Future[Any]]:
            futures: list[Future[Any]] = client.map(
                _finish_each, [self._setting] * len(groups), groups, pure=False, batch_size=BATCH
            )
            group_of.update((future.key, one) for future, one in zip(futures, groups, strict=True))
            return futures

        futures = sent(groups)
        try:
            completed = as_completed(futures)
            for future in completed:
                group = group_of.pop(future.key)
                try:
                    for task, answer in zip(group, future.result(), strict=False):
                        if isinstance(answer, Exception):
                            raise answer
                        yield task, answer
                except KilledWorker as error:
                    if len(group) > 1:  # one of them it was: each by itself tells which
                        further = sent([[task] for task in group])
                        futures += further
                        completed.update(further)
                        continue
                    (task,) = group
                    raise ReplicationError(
                        task.scenario.name,
                        task.replication,
                        Said(
                            "its worker died {times} times; when memory ran out, fewer workers "
                            "help",
                            {"times": MOST_ATTEMPTS},
                        ),
                    ) from error
                except CancelledError as error:
                    raise BackendError(
                        "the Dask scheduler is gone; when it is there again the same command goes "
                        "on with what is kept"
                    ) from error
                future.release()
        finally:
            with suppress(Exception):  # the cluster may be what has gone
                client.cancel(futures, force=True)

    def close(self) -> None:
        """Leave the cluster; one on this machine stops."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(KeyboardInterrupt), interrupts_later():  # a second Ctrl-C changes nothing
            cluster = client.cluster
            if cluster is not None:  # a worker that is busy would be waited for
                with suppress(Exception):
                    cluster.sync(_ended, cluster)
            client.close()
            if cluster is not None:
                cluster.close()

    def _connected(self) -> Client:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what fails is told by us
        dask.config.set({"distributed.scheduler.allowed-failures": MOST_ATTEMPTS - 1})
        if self._scheduler is None:
            with interrupts_later():  # its thread starts all workers
                cluster = LocalCluster(
                    n_workers=0,
                    threads_per_worker=1,
                    dashboard_address=None,
                    scheduler_kwargs={"dashboard_address": ANY_PORT},
                    silence_logs=logging.CRITICAL,
                )
                self._client = Client(cluster)
            cluster.scale(self._jobs)
            try:
                self._client.wait_for_workers(self._jobs, timeout=SECONDS_TO_START)
            except TimeoutError:
                raise BackendError(
                    "no {count} Dask workers have started on this machine in {seconds} seconds; "
                    "fewer --jobs or --backend processes may help",
                    count=self._jobs,
                    seconds=SECONDS_TO_START,
                ) from None
            return self._client
        try:
            self._client = Client(self._scheduler, timeout=SECONDS_TO_CONNECT)
        except (OSError, ValueError, TypeError) as error:
            raise BackendError(
                "--scheduler {scheduler}: can't be reached: {error}",
                scheduler=self._scheduler,
                error=str(error),
            ) from None
        except MemoryError:  # its first bytes are read as a length
            raise BackendError(
                "--scheduler {scheduler}: what answers there is no Dask scheduler",
                scheduler=self._scheduler,
            ) from None
        self._require_the_same(self._client)
        return self._client

    def _require_the_same(self, client: Client) -> None:
        """Refuse workers that would compute something else."""
        measure = self._setting.measure
        asked = (self._setting.data_folder, measure.__module__, measure.__qualname__)
        answers = client.run(_fingerprint, *asked, on_error="return")
        if not answers:
            raise BackendError(
                "--scheduler {scheduler}: it has no workers", scheduler=self._scheduler
            )
        ours = _fingerprint(*asked)
        for worker, theirs in sorted(answers.items()):
            if theirs != ours:
                raise BackendError(
                    "--scheduler {scheduler}: worker {worker} has another version of twentezorg, "
                    "its libraries or the data set; install the same there",
                    scheduler=self._scheduler,
                    worker=worker,
                )


def _finish_each(setting: Setting, tasks: Sequence[Task]) -> list[Finished | Exception]:
    """Run tasks that meet the same patients, up to the first that fails."""
    answers: list[Finished | Exception] = []
    for task in tasks:
        try:
            answers.append(finish(setting, task))
        except Exception as error:  # noqa: BLE001 - raised by who asked, after what has finished
            return [*answers, error]
    return answers


async def _ended(cluster: LocalCluster) -> None:
    """End the processes of a cluster on this machine, whatever they are doing."""
    await asyncio.gather(
        *(worker.close(timeout=SECONDS_TO_STOP) for worker in cluster.workers.values())
    )


def _fingerprint(data_folder: Path | None, module: str, name: str) -> tuple[str, str]:
    return data_hash(data_folder), code_hash(module, name)
