"""A table is the same table whoever wrote it, and what can be two things is refused."""

import csv
from io import StringIO

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from files.csv_table import read_table
from files.errors import FileError
from files.formulas import looks_like_formula, write_csv


@pytest.fixture
def write(tmp_path):
    def written(content: bytes | str):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.mark.parametrize(
    "content",
    [
        "id,lon\nA,6.5\n",
        b"\xef\xbb\xbfid,lon\r\nA,6.5\r\n",
        "id;lon\nA;6,5\n",
        "id\tlon\nA\t6,5\n",
        "id,lon,,\nA,6.5,,\n",
        '"id","lon"\n\n"A"," 6.5 "\n',
    ],
)
def test_each_way_to_write_a_table_gives_the_same(write, content):
    table = read_table(write(content), ("id", "lon"))
    assert table.texts("id") == ["A"]
    assert table.numbers("lon") == [6.5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,lon,lon\nA,1,2\n", "t.csv:1: column 'lon' stands twice"),
        ("id,lon\nA,1,2\n", "t.csv:2: has 3 fields where the header has 2"),
        ("id,lon\nA\n", "t.csv:2: has 1 fields where the header has 2"),
        ("id,lon\nA,\0\n", "t.csv:2: holds a NUL sign"),
        ("id,lon\n" + "a" * 200_000 + ",1\n", "t.csv:2: "),
        ('id,lon\n"A,1\n' * 2, "t.csv:2: "),
        ("id,lon\né,1\n".encode("cp1252"), "t.csv:2: is not UTF-8"),
        ("id,lon\nA,1\n".encode("utf-16"), "t.csv:1: is not UTF-8"),
        ("", "t.csv: is empty"),
        ("name\nA\n", "t.csv:1: lacks column id, lon; it has name"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(write, content, message):
    with pytest.raises(FileError) as caught:
        read_table(write(content), ("id", "lon")).numbers("lon")
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["nan", "inf", "1_0", "", "twelve", '"12,5"', "1e999", "0x10"])
def test_what_is_no_finite_number_is_refused(write, text):
    with pytest.raises(FileError, match=r"t\.csv:2: lon: "):
        read_table(write(f"id,lon\nA,{text}\n"), ("lon",)).numbers("lon")


@pytest.mark.parametrize("text", ["3.300", "-1", "3.5", "1e3", "3 300"])
def test_a_count_is_a_plain_whole_number(write, text):
    with pytest.raises(FileError, match=r"t\.csv:2: people: "):
        read_table(write(f"id,people\nA,{text}\n"), ("people",)).counts("people")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_message(write, content):
    try:
        read_table(write(content), ())
    except FileError as error:
        assert "t.csv" in str(error)  # noqa: PT017 - either is good


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("=+-@\t\r'\"ab,;1", min_size=1, max_size=6), min_size=1, max_size=5))
def test_no_table_that_is_written_holds_a_formula(tmp_path, texts):
    write_csv(pd.DataFrame({"=id": texts}), tmp_path / "out.csv")
    rows = csv.reader(StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline=""))
    assert not any(looks_like_formula(cell) for row in rows for cell in row)
