"""The largest memory of a process is its own, whoever started it."""

import subprocess
import sys

import numpy as np

from sim.replication.memory import peak_memory_mb
from tests.support.command_line import ROOT

MB = 1024**2
ASK = "from sim.replication.memory import peak_memory_mb; print(peak_memory_mb())"


def test_a_small_process_of_a_large_one_is_small():
    ours = np.ones(200 * MB // 8)
    told = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert peak_memory_mb() > ours.nbytes / MB
    assert 0 < float(told.stdout) < 100


def test_what_has_been_used_counts_after_it_was_given_back():
    before = peak_memory_mb()
    np.ones(int(before + 100) * MB // 8)
    assert peak_memory_mb() > before + 50
