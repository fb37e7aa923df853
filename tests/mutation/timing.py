"""A plugin of pytest that notes how long each test takes."""

import json
import os
from collections import defaultdict
from pathlib import Path

_seconds: dict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report):
    _seconds[report.nodeid] += report.duration


def pytest_sessionfinish():
    Path(os.environ["MUTANTS_TIMING"]).write_text(json.dumps(_seconds), encoding="utf-8")
