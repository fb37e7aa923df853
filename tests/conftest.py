"""Fixtures that every floor's tests may use."""

import pytest
from hypothesis import settings

from geodata.dataset import DataSet, load

# A machine that is busy is no failure: how long an example takes says nothing here.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def starter() -> DataSet:
    """Return the data set that ships, read once."""
    return load()
