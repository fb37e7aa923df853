"""A sweep that is killed or stopped at random moments, and in the end gives the same bytes."""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from tests.support.command_line import finish, start
from tests.support.small_sweep import SWEEP, tables

CODES = {
    signal.SIGKILL: {-signal.SIGKILL},
    signal.SIGTERM: {143, -signal.SIGTERM},  # before the command begins, as Python does
    signal.SIGINT: {130, -signal.SIGINT},
}
"""What a command may end with, by signal; 0 where it was done before."""

EARLY_SECONDS = 0.1
HALF_WRITTEN = ".*.part"
INTERPRETER = ("site", "Fatal Python error")
"""What Python says, and ends with 1, when it is stopped before it has begun to read the program."""


def try_kills(count: int, chance: int, folder: Path, longest: float) -> Counter[str]:
    """Stop a sweep so many times, one in five within its first tenth of a second.

    Parameters
    ----------
    count
        How many times.
    chance
        Seed of when and how.
    folder
        Where it works.
    longest
        Seconds after which it is stopped at the latest; then it goes on from its store.

    Raises
    ------
    AssertionError
        A traceback, another exit code, something half-written, or other bytes in the end.
    """
    random_, outcome = random.Random(chance), Counter[str]()
    serial = ("--backend", "serial", "--store", folder / "alone", "--out", folder / "undisturbed")
    code, stderr = finish(*SWEEP, *serial)
    assert code == 0, stderr
    store, out = folder / "store", folder / "sweep"
    for _ in range(count):
        number = random_.choice(list(CODES))
        is_early = random_.random() < 0.2
        seconds = random_.uniform(0, EARLY_SECONDS if is_early else longest)
        before = set(folder.rglob(HALF_WRITTEN))  # a SIGKILL may leave some
        with start(*SWEEP, "--store", store, "--out", out) as process:
            time.sleep(seconds)
            if number is signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                os.kill(process.pid, number)
            _, stderr = process.communicate(timeout=300)
        said = f"{number.name} after {seconds:.3f} s, seed {chance}: {process.returncode}\n{stderr}"
        is_python = any(word in stderr for word in INTERPRETER) and "cli.py" not in stderr
        assert process.returncode in {0, *CODES[number]} or is_python, said
        assert "Traceback" not in stderr or is_python, said
        if number is not signal.SIGKILL:
            assert set(folder.rglob(HALF_WRITTEN)) <= before, said
        outcome["done" if process.returncode == 0 else number.name] += 1
    code, stderr = finish(*SWEEP, "--store", store, "--out", out)
    assert code == 0, stderr
    assert tables(out) == tables(folder / "undisturbed"), f"other bytes, seed {chance}"
    return outcome
