"""The short form of `make fuzz`: some files of each kind, some damage, in a few seconds."""

import pytest

from tests.fuzz.damaged import try_data_sets, try_maps
from tests.fuzz.generated import KINDS, try_files
from tests.fuzz.kills import is_before_the_program

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


def test_only_a_stop_before_the_first_line_of_the_program_may_show_a_traceback():
    frames = ['"<string>", line 4', '"<frozen importlib._bootstrap>", line 1176']
    texts = [f"  File {frame}, in f" for frame in frames]
    assert is_before_the_program("\n".join(texts))
    for file in ("/x/cli.py", "/x/sim/run.py", "/lib/multiprocessing/spawn.py"):
        assert not is_before_the_program("\n".join([*texts, f'  File "{file}", line 1, in g']))
    assert not is_before_the_program("stopped")
