"""Tables of people as CBS writes them: its codes and what is no count are told, never counted."""

import pytest

from files.errors import FileError
from geodata.population.cbs import POPULATION_COLUMNS, _counts

GOOD = ",".join(["120"] * len(POPULATION_COLUMNS))


@pytest.fixture
def counted(tmp_path):
    def reading(first: str, pc4: str = "7511", separator: str = ","):
        path = tmp_path / "people.csv"
        lines = [f"pc4,{','.join(POPULATION_COLUMNS)}", f"7512,{GOOD}"]
        lines.append(f"{pc4},{first}{GOOD.removeprefix('120')}")
        path.write_text("\n".join(lines).replace(",", separator))
        return _counts(path, "pc4", POPULATION_COLUMNS)

    return reading


@pytest.mark.parametrize("code", ["-99997", "-99995", "-99999", "-99997.0"])
def test_the_code_of_a_secret_figure_is_told(counted, code):
    with pytest.raises(FileError) as told:
        counted(code)
    assert "people.csv:3: population: is CBS's code for a figure that is secret" in str(told.value)
    assert code in str(told.value)


@pytest.mark.parametrize("text", ["-1", "-120", "3.300", "3 300", "3.5", "1e3", "nan", "", "x"])
def test_what_is_no_count_of_people_is_told_with_line_and_column(counted, text):
    with pytest.raises(FileError, match=r"people\.csv:3: population: "):
        counted(text)


def test_a_thousands_sign_is_not_guessed_where_semicolons_part_either(counted):
    with pytest.raises(FileError, match=r"people\.csv:3: population: "):
        counted("3.300", separator=";")


@pytest.mark.parametrize("text", ["3300", "3300.0", " 3300 "])
def test_a_plain_count_is_read(counted, text):
    assert counted(text).loc["7511", "population"] == 3300


def test_a_postcode_that_stands_twice_is_told_with_both_lines(counted):
    with pytest.raises(FileError, match=r"people\.csv:3: pc4: '7512' stands on line 2 too"):
        counted("3300", pc4="7512")
