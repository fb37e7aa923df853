"""The short form of `make fuzz`: some files of each kind, some damage, in a few seconds."""

import pytest

from tests.fuzz.damaged import try_data_sets, try_maps
from tests.fuzz.generated import KINDS, try_files

FILES = {"scenario": 8, "region": 12, "weights": 12, "speeds": 8, "futures": 12}
TABLES = 60
SEED = 20


@pytest.mark.parametrize("name", KINDS)
def test_spoilt_files_are_read_or_refused(tmp_path, name):
    count = FILES.get(name, TABLES)
    assert try_files(name, count, SEED, tmp_path).total() >= count


def test_damaged_data_sets_are_refused(tmp_path):
    assert try_data_sets(12, SEED, tmp_path)["refused"] >= 10


def test_damaged_maps_are_read_or_refused(tmp_path):
    assert try_maps(16, SEED, tmp_path).total() == 16
