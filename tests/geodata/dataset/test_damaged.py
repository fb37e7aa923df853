"""A data set with a damaged table of minutes is told, and never ends in a traceback."""

import shutil

import pytest

from geodata.dataset.folder import STARTER, load
from geodata.errors import DataError


@pytest.mark.parametrize("keep", [0, 10, 0.5])
def test_a_table_of_minutes_that_was_cut_off_is_told(tmp_path, keep):
    folder = tmp_path / "data"
    shutil.copytree(STARTER, folder)
    table = folder / "cell-car.xz"
    content = table.read_bytes()
    table.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    with pytest.raises(DataError, match="the data set is damaged"):
        load(folder)
