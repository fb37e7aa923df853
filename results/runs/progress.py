"""How far an experiment is: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from collections import Counter
from gettext import gettext as spoken
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rich.progress import Progress, TaskID

    from sim.replication.replicate import Finished, Task


MOST_BARS = 20
"""More scenarios than a terminal has lines for share one bar."""

SECONDS_PER_MINUTE = 60


def with_progress(
    finished: Iterable[Finished],
    tasks: Sequence[Task],
    to: TextIO,
    bar_of: Callable[[str], str] = str,
) -> Iterator[Finished]:
    """Give what finishes, telling how far it is.

    Parameters
    ----------
    finished
        Replications as they finish, those from the store first.
    tasks
        Everything that was asked.
    to
        A stream. A terminal has bars, and one line when all is finished; a log has a line for each
        replication that was run and one for all that came from the store. A notebook shows a bar
        of its own instead.
    bar_of
        Gives the bar of a scenario by its name: its own when left out.
    """
    if in_notebook():
        yield from _notebook(finished, len(tasks))
    elif to.isatty():
        totals = Counter(bar_of(task.scenario.name) for task in tasks)
        yield from _bars(finished, totals, to, bar_of)
    else:
        yield from _lines(finished, len(tasks), to)


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config


def _notebook(finished: Iterable[Finished], total: int) -> Iterator[Finished]:
    from IPython.display import ProgressBar  # noqa: PLC0415 - a notebook has it, others needn't

    bar = ProgressBar(total)
    bar.display()
    for done, item in enumerate(finished, start=1):
        bar.progress = done
        yield item


def _lines(finished: Iterable[Finished], total: int, to: TextIO) -> Iterator[Finished]:
    started = time.monotonic()
    stored = 0
    is_told = False
    for done, item in enumerate(finished, start=1):
        stored += item.is_stored
        if not item.is_stored:
            if stored and not is_told:
                _line(to, _from_store(f"{stored}/{total}"))
                is_told = True
            left = (time.monotonic() - started) / (done - stored) * (total - done)
            _line(to, f"{done}/{total} {item.scenario} {item.replication}, {_left(left)}")
        yield item
    if stored and not is_told:
        _line(to, _from_store(f"{stored}/{total}"))


def _from_store(count: str) -> str:
    return spoken("{count} from the store").format(count=count)


def _left(seconds: float) -> str:
    return spoken("{duration} left").format(duration=_duration(seconds))


def _line(to: TextIO, text: str) -> None:
    to.write(f"{text}\n")
    to.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), SECONDS_PER_MINUTE)
    if not minutes:
        return spoken("{seconds} s").format(seconds=rest)
    return spoken("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


def _bars(
    finished: Iterable[Finished],
    totals: Mapping[str, int],
    to: TextIO,
    bar_of: Callable[[str], str],
) -> Iterator[Finished]:
    from rich.console import Console  # noqa: PLC0415 - for a terminal only
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    started = time.monotonic()
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[speed]}"),
        TextColumn("{task.fields[note]}", style="dim"),
        console=Console(file=to),
        transient=True,
    ) as progress:
        whole = progress.add_task(spoken("all"), total=sum(totals.values()), speed="", note="")
        own = {
            name: progress.add_task(name, total=total, speed="", note="")
            for name, total in totals.items()
            if 1 < len(totals) <= MOST_BARS
        }
        stored: Counter[TaskID] = Counter()
        for item in finished:
            name = bar_of(item.scenario)
            for bar in (whole, *([own[name]] if name in own else [])):
                stored[bar] += item.is_stored
                _advance(progress, bar, stored[bar], time.monotonic() - started)
            yield item
    note = f", {_from_store(str(stored[whole]))}" if stored[whole] else ""
    total = sum(totals.values())
    took = spoken("in {duration}").format(duration=_duration(time.monotonic() - started))
    _line(to, f"{total}/{total} {took}{note}")


def _advance(progress: Progress, bar: TaskID, stored: int, seconds: float) -> None:
    """Move a bar on; what the store gave at once says nothing of the time left."""
    progress.advance(bar)
    task = progress.tasks[bar]
    speed = pace(round(task.completed) - stored, round(task.remaining or 0), seconds)
    note = _from_store(str(stored)) if stored else ""
    progress.update(bar, speed=speed, note=note)


def pace(run: int, left: int, seconds: float) -> str:
    """Return how many replications a minute were run and how long the others take at that pace.

    Parameters
    ----------
    run, left
        Replications that were run in `seconds`, and those still to be run.
    """
    if not run or seconds <= 0:
        return ""
    each = seconds / run
    per_minute = spoken("{count:.0f}/min").format(count=SECONDS_PER_MINUTE / each)
    return f"{per_minute}, {_left(each * left)}"
