"""Fixtures that every floor's tests may use."""

import pytest

from geodata.dataset import DataSet, load


@pytest.fixture(scope="session")
def starter() -> DataSet:
    """Return the data set that ships, read once."""
    return load()
