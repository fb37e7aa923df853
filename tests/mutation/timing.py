"""A plugin of pytest that notes how long each test takes that passes."""

import json
import os
from collections import defaultdict
from pathlib import Path

_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


def pytest_runtest_logreport(report):
    _seconds[report.nodeid] += report.duration
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish():
    passed = {test: taken for test, taken in _seconds.items() if test not in _failed}
    Path(os.environ["MUTANTS_TIMING"]).write_text(json.dumps(passed), encoding="utf-8")
