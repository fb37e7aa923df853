"""A sweep that is killed or stopped at random moments, and in the end gives the same bytes.

Most are forked from this process, which has imported all that a sweep needs, so that a thousand
take minutes. One in five is an interpreter of its own, stopped as it begins.
"""

import hashlib
import os
import random
import re
import signal
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType

from click.testing import CliRunner

from cli import SpeakingGroup, main
from files.whole import UNFINISHED
from tests.support.command_line import start
from tests.support.small_sweep import tables

SMALLEST = (
    *("sweep", "now", "--futures", 4, "--simulate", 4),
    *("--weeks", 1, "--warmup", 0, "--jobs", 2),
)
"""Too few futures for a surrogate: what it learns takes longer than all that can be cut off."""

CODES = {
    signal.SIGKILL: {-signal.SIGKILL},
    signal.SIGTERM: {143, -signal.SIGTERM},  # before the command begins, as Python does
    signal.SIGINT: {130, -signal.SIGINT},
}
"""What a command may end with, by signal; 0 where it was done before."""

EARLY_SECONDS = 0.1
BEGINNING_SECONDS = 1.5
"""In which an interpreter of its own imports what the command needs."""

SECONDS_AT_FIRST = 4.0
"""Longest time to a stop, until it is known how long a sweep takes here."""

SECONDS_TO_END = 120
INTERPRETER = ("site", "Fatal Python error")
"""What Python says, and ends with 1, when it is stopped before it has begun to read the program."""

FRAME = re.compile(r'File "([^"]+)"')

FAULT = 1
PART = re.compile(r"(\w+)\.(\d+)-(\d+)\.(\w+)\.parquet")
"""The name of a part of a store: series, first and last replication, begin of the hash."""


class Child:
    """A command in a process of its own group, forked or started anew.

    Parameters
    ----------
    arguments
        Of the command line.
    said
        The file that takes what it says on stderr.
    """

    def __init__(self, arguments: tuple[object, ...], said: Path) -> None:
        self._said = said
        self.began = time.monotonic()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until a copy knows what to do
        self.number = os.fork()
        if self.number == 0:
            _play([str(one) for one in arguments], said)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def wait(self, seconds: float) -> int | None:
        """Return the exit code, below nought for a signal; None where it still runs then."""
        until = time.monotonic() + seconds
        while True:
            number, status = os.waitpid(self.number, os.WNOHANG)
            if number:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= until:
                return None
            time.sleep(0.002)

    def stderr(self) -> str:
        """Return what it said."""
        return self._said.read_text(encoding="utf-8", errors="replace")


def _play(arguments: list[str], said: Path) -> None:
    """Be a command; end without a word to what this process was a copy of."""
    code: object = FAULT
    try:
        os.setsid()
        signal.signal(signal.SIGINT, _stop_inside)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        main(arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - a copy may not go on as what it was copied from
        traceback.print_exc()
    finally:
        os._exit(code if isinstance(code, int) else 0)


def _stop_inside(_number: int, frame: FrameType | None) -> None:
    """Stop the command; before and after it, end as an interpreter does there."""
    while frame is not None:
        if frame.f_code is SpeakingGroup.main.__code__:
            raise KeyboardInterrupt
        frame = frame.f_back
    os._exit(130)


def stored(store: Path) -> list[tuple[str, int]]:
    """Return the series and number of every replication in the store, as often as it is there.

    Raises
    ------
    AssertionError
        A part isn't what its name says: it was cut off.
    """
    found = []
    for path in store.rglob("*.parquet"):
        part = PART.fullmatch(path.name)
        assert part, path.name
        is_whole = hashlib.sha256(path.read_bytes()).hexdigest().startswith(part[4])
        assert is_whole, f"{path.name} is half-written"
        found += [(part[1], number) for number in range(int(part[2]), int(part[3]) + 1)]
    return sorted(found)


def is_before_the_program(stderr: str) -> bool:
    """Tell whether Python was stopped before it had read the first line of the program."""
    frames = FRAME.findall(stderr)
    is_finding = bool(frames) and all(one.startswith(("<string>", "<frozen ")) for one in frames)
    begins = is_finding or any(word in stderr for word in INTERPRETER)
    return begins and "cli.py" not in stderr


def undisturbed(folder: Path, sweep: tuple[object, ...] = SMALLEST) -> None:
    """Play a sweep that nothing happens to, on one core; its store and results stand there then.

    It is played here, so that all it imports is there for the copies that are stopped.
    """
    serial = ("--backend", "serial", "--store", folder / "store", "--out", folder / "sweep")
    done = CliRunner().invoke(main, [str(one) for one in (*sweep, *serial)])
    assert done.exit_code == 0, done.output


def try_kills(
    count: int, chance: int, folder: Path, whole: Path, sweep: tuple[object, ...] = SMALLEST
) -> Counter[str]:
    """Stop a sweep so many times; one that is done is begun anew with a part of its store.

    Parameters
    ----------
    count
        How many times.
    chance
        Seed of when and how.
    folder
        Where it works; a store may stand there already.
    whole
        Where `undisturbed` played the same sweep.
    sweep
        What is stopped.

    Returns
    -------
    Counter
        How often by which signal it ended, and how often it was done before.

    Raises
    ------
    AssertionError
        A traceback, another exit code, a replication that is lost, something half-written, or
        other bytes in the end.
    """
    random_, outcome = random.Random(chance), Counter[str]()
    store, out = folder / "store", folder / "sweep"
    places = ("--store", store, "--out", out)
    right, every = tables(whole / "sweep"), set(stored(whole / "store"))
    longest, is_new = SECONDS_AT_FIRST, True
    for turn in range(count):
        have, left = set(stored(store)), set(folder.rglob(f".*{UNFINISHED}"))
        if have >= every and out.exists() and not is_new:
            for path in random_.sample(sorted(store.rglob("*.parquet")), random_.randint(1, 3)):
                path.unlink()
            have = set(stored(store))
        number = random_.choice(list(CODES))
        is_group = number is signal.SIGKILL or random_.random() < 0.5
        seconds = random_.uniform(0, longest)
        if random_.random() < 0.2:
            seconds = random_.uniform(0, random_.choice([EARLY_SECONDS, BEGINNING_SECONDS]))
            code, stderr = _stop_anew((*sweep, *places), number, seconds)
        else:
            backend = ("--backend", "processes" if random_.random() < 0.1 else "serial")
            child = Child((*sweep, *places, *backend), folder / "said")
            code, stderr = _stop_forked(child, number, seconds, is_group=is_group)
            took = time.monotonic() - child.began
            longest = took if code == 0 else max(longest, 1.1 * seconds)
        said = f"turn {turn}, {number.name} after {seconds:.3f} s, seed {chance}: {code}\n{stderr}"
        is_python = is_before_the_program(stderr)
        assert code in {0, *CODES[number]} or is_python, said
        assert "Traceback" not in stderr or is_python, said
        if number is not signal.SIGKILL:
            assert set(folder.rglob(f".*{UNFINISHED}")) <= left, said
        assert have <= set(stored(store)), f"a replication was lost: {said}"
        if out.exists():
            assert tables(out) == right, f"other bytes: {said}"
        is_new = code != 0
        outcome["done" if code == 0 else number.name] += 1
    child = Child((*sweep, *places), folder / "said")
    assert child.wait(SECONDS_TO_END) == 0, child.stderr()
    assert tables(out) == right, f"other bytes, seed {chance}"
    assert set(stored(store)) == every, "other replications"
    return outcome


def _stop_forked(
    child: Child, number: signal.Signals, seconds: float, *, is_group: bool
) -> tuple[int, str]:
    code = child.wait(seconds)
    if code is None:
        send = os.killpg if is_group else os.kill
        try:
            send(child.number, number)
        except ProcessLookupError:  # it has no group yet
            os.kill(child.number, number)
        code = child.wait(SECONDS_TO_END)
    assert code is not None, f"does not end {SECONDS_TO_END} s after {number.name}"
    return code, child.stderr()


def _stop_anew(
    arguments: tuple[object, ...], number: signal.Signals, seconds: float
) -> tuple[int, str]:
    with start(*arguments) as process:
        time.sleep(seconds)
        if process.poll() is None:
            os.killpg(process.pid, number)
        _, stderr = process.communicate(timeout=SECONDS_TO_END)
    return process.returncode, stderr
