"""Ctrl-C and SIGTERM end a command with its code and one line, however early; nothing is left."""

import os
import signal
import subprocess
import sys

import pytest

from tests.support.command_line import ROOT

STOPPED_AT = """
import os, sys

class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), int(sys.argv[2]))

sys.meta_path.insert(0, Stop())
arguments = sys.argv[3:]
from cli import main
main(arguments)
"""


def stopped_at(module: str, number: int, *arguments: str, cwd=ROOT) -> tuple[int, str, str]:
    """Run a command to which a signal comes as it begins to import a module."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_AT, module, str(int(number)), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TWENTEZORG_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("module", ["contextlib", "click", "results", "results.commands.sweep"])
def test_ctrl_c_while_the_command_itself_is_imported_says_nothing(module):
    assert stopped_at(module, signal.SIGINT, "list") == (130, "", "")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (("list",), "results.errors"),
        (("show", "now"), "pydantic"),
        (("reach", "now", "--out", "now.csv"), "results.workflows.reachability"),
        (("run", "now", "--out", "run"), "results.runs.folder"),
    ],
    ids=["list", "show", "reach", "run"],
)
def test_a_signal_while_a_command_begins_ends_it_in_one_line(
    tmp_path, arguments, module, number, code
):
    found, out, err = stopped_at(module, number, *arguments, cwd=tmp_path)
    assert (found, out, err.strip()) == (code, "", "twentezorg: stopped; nothing was written")
    assert list(tmp_path.iterdir()) == []
