"""One made-up run and its data, shared by the tests of this floor."""

import pytest

from geodata.dataset.dataset import DataSet
from results.language.words import words
from results.report.page import render
from results.runs.run import Run
from tests.support.made_up_run import build, made_up_data, map_pictures


@pytest.fixture(scope="session")
def data() -> DataSet:
    return made_up_data()


@pytest.fixture(scope="session")
def run() -> Run:
    return build()


@pytest.fixture(scope="session")
def dutch_page(run: Run, data: DataSet) -> str:
    """Return the report of the made-up run, with its maps."""
    return render(run, data, map_pictures(run, data, words("nl")), words("nl"))
