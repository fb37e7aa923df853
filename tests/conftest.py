"""Fixtures that every floor's tests may use."""

import os

import pytest
from hypothesis import Phase, settings

from geodata.dataset.dataset import DataSet
from geodata.dataset.folder import load

# A machine that is busy is no failure: how long an example takes says nothing here.
settings.register_profile("untimed", deadline=None)
# A wrong change need only be found, not made small: for `make mutants`.
settings.register_profile(
    "mutants", deadline=None, phases=(Phase.explicit, Phase.generate), derandomize=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory):
    """Keep replications of tests, and of commands that they start, out of the user's own store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWENTEZORG_STORE", str(tmp_path_factory.mktemp("store")))
        yield


@pytest.fixture(scope="session", autouse=True)
def english():
    """Speak English, whatever the language of who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("TWENTEZORG_LANG", "LANGUAGE"):
            patch.setenv(variable, "en")
        yield


@pytest.fixture(scope="session")
def starter() -> DataSet:
    """Return the data set that ships, read once."""
    return load()
