"""YAML as its version 1.2 has it: what older readers take for another number never gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.errors import FileError
from files.yaml_document import MAX_DEPTH, parse_document, read_document


def content(text: str):
    return parse_document(text, "f.yaml").content


@pytest.mark.parametrize("text", ["1:30", "yes", "no", "on", "off", "y", "2024-02-30", "1_000"])
def test_what_is_a_number_a_truth_or_a_day_in_1_1_is_a_text(text):
    assert content(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000.0), ("+5", 5), (".5", 0.5), ("6.", 6.0)])
def test_numbers_are_those_of_the_core_schema(text, value):
    assert content(f"a: {text}") == {"a": value}


@pytest.mark.parametrize("text", ["012", "00", "-07", "0o17", "0x1F"])
def test_a_number_of_two_readings_is_refused_with_its_line(text):
    with pytest.raises(FileError, match=rf"f\.yaml:2: b: {text} is octal"):
        content(f"a: 1\nb: {text}")


@pytest.mark.parametrize("text", ["{a: 12,5}", "{a: 12,5, b: 1}"])
def test_a_decimal_comma_in_braces_is_told(text):
    with pytest.raises(FileError, match="12,5: decimals have a point"):
        content(f"x: {text}")


def test_a_field_twice_is_refused_wherever_it_stands():
    with pytest.raises(FileError, match=r"f\.yaml:3: a\.b: given twice"):
        content("a:\n  b: 1\n  b: 2\n")


def test_what_is_no_utf_8_is_told_with_its_line(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: Overijssel, één\n".encode("cp1252"))
    with pytest.raises(FileError, match=r"f\.yaml:2: is not UTF-8"):
        read_document(path)


def test_a_byte_order_mark_is_no_part_of_the_first_field(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path).content == {"a": 1}


@given(st.integers(MAX_DEPTH + 1, 2000))
def test_no_depth_ends_in_anything_but_a_message(depth):
    with pytest.raises(FileError, match="nested too deeply"):
        content(f"a: {'[' * depth}{']' * depth}")


@given(st.text())
def test_any_text_is_read_or_refused_with_a_message(text):
    try:
        assert isinstance(content(text), dict)
    except FileError as error:
        assert str(error).startswith("f.yaml")  # noqa: PT017 - either is good


@given(st.dictionaries(st.text("abcdefg", min_size=1), st.integers(-(10**9), 10**9), min_size=1))
def test_whole_numbers_come_through_as_they_are(values):
    assert content("\n".join(f"{name}: {value}" for name, value in values.items())) == values
