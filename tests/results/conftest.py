"""One made-up run and its data, shared by the tests of this floor."""

import pytest

from geodata.dataset.dataset import DataSet
from results.runs.run import Run
from tests.support.made_up_run import build, made_up_data


@pytest.fixture(scope="session")
def data() -> DataSet:
    return made_up_data()


@pytest.fixture(scope="session")
def run() -> Run:
    return build()
