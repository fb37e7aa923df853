"""Words and numbers come out as a reader of that language writes them."""

import math
import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import results
from results.kpis.catalogue import kpi, kpis
from results.kpis.criteria import criteria
from results.language.words import MINUS, UNKNOWN, words

NL, EN = words("nl"), words("en")
ROOT = Path(results.__file__).parent


def messages() -> set[str]:
    found: set[str] = set()
    for path, method in [
        *((path, "python") for path in (ROOT.parent / "cli.py", *ROOT.rglob("*.py"))),
        *((path, "jinja2.ext.babel_extract") for path in ROOT.rglob("*.j2")),
    ]:
        for _line, message, _comments, _context in extract_from_file(method, path):
            found.update([message] if isinstance(message, str) else message)
    return found


def dutch():
    with (
        files("results.language").joinpath("locale/nl/LC_MESSAGES/results.po").open("rb") as source
    ):
        return read_po(source, locale="nl")


def test_every_message_has_a_dutch_text():
    texts: dict[str, str] = {}
    for entry in dutch():
        several = isinstance(entry.id, tuple | list)
        ids = entry.id if several else (entry.id,)
        strings = entry.string if several else (entry.string,)
        texts.update(zip(ids, strings, strict=True))
    missing = sorted(message for message in messages() if not texts.get(message))
    assert missing == []


def test_no_dutch_text_is_left_over():
    ids = {part for e in dutch() if e.id for part in (e.id if isinstance(e.id, tuple) else [e.id])}
    assert ids - messages() == set()


def test_dutch_texts_keep_the_places_of_their_numbers():
    for entry in dutch():
        if isinstance(entry.id, str) and entry.id:
            assert (
                re.findall(r"{\w+}", entry.id).sort() == re.findall(r"{\w+}", entry.string).sort()
            )
            assert set(re.findall(r"{\w+}", entry.id)) == set(re.findall(r"{\w+}", entry.string))


def test_numbers_follow_the_reader():
    assert NL.number(12345.678, 1) == "12.345,7"
    assert EN.number(12345.678, 1) == "12,345.7"
    assert NL.signed(-1.26, 1) == "\N{MINUS SIGN}1,3"
    assert NL.signed(2, 0) == "+2"
    assert NL.number(-0.01, 1) == "0,0"
    assert NL.number(float("nan")) == UNKNOWN
    assert NL.day("2021-08-06") == "6 augustus 2021"


def test_a_rough_number_has_the_digits_that_tell():
    assert [NL.rough(value) for value in (0.0123456, 12.3456, 123456.0, 0.0)] == [
        "0,0123", "12,3", "123.000", "0"
    ]  # fmt: skip
    assert NL.rough(-2.26, 2) == f"{MINUS}2,3"
    assert NL.rough(float("nan")) == UNKNOWN


def test_nearly_all_is_never_written_as_all():
    assert NL.percent(0.99996) == ">99,9%"
    assert NL.percent(0.00001) == "<0,1%"
    assert NL.percent(1.0) == "100%"
    assert NL.percent(0.0) == "0%"
    assert EN.percent(0.954) == "95.4%"


def test_a_difference_in_a_share_is_in_percentage_points():
    within = kpi("ambulance.a1.within_15")
    assert NL.difference(within, -0.0123) == "\N{MINUS SIGN}1,2"
    assert NL.difference_interval(within, -0.02, 0.01) == "\N{MINUS SIGN}2 tot +1"
    assert EN.interval(within, 0.9, 0.95) == "90 to 95"
    assert NL.difference_unit(within) == "procentpunt"


def test_every_unit_of_a_figure_is_said_in_words():
    units = {one.unit for one in kpis().values()} | {one.figure.unit for one in criteria().values()}
    assert [unit for unit in units if NL.unit_text(unit) == unit] == []
    assert NL.unit_beside(criteria()["open_eds"].figure, 1) == " ziekenhuis"
    assert EN.unit_beside(criteria()["open_eds"].figure, 2) == " hospitals"


def test_a_difference_in_a_share_stops_at_all_of_it():
    assert NL.difference_interval(kpi("ed.admitted"), -27.0, 0.5) == ("\N{MINUS SIGN}100 tot +50")


def test_an_interval_stops_where_its_figure_can_not_go():
    within, births = kpi("ambulance.a1.within_15"), kpi("maternity.births_on_the_way")
    assert EN.interval(within, 0.68, 1.098) == "70 to 100"
    assert EN.interval(births, -305.4, 357.6) == "0 to 400"
    assert EN.difference_interval(births, -305.4, 357.6) == "\N{MINUS SIGN}300 to +400"


def test_a_small_difference_that_is_shown_does_not_read_as_zero():
    stay = kpi("ed.los.median")
    assert EN.difference(stay, 0.04) == "+0.04"
    assert EN.difference(stay, 0.04, fine=False) == "0"


@pytest.mark.parametrize(
    ("half", "share", "minutes"),
    [
        (math.nan, "12.3%", "123"),  # one replication: the catalogue's decimals
        (0.0, "12.3%", "123"),
        (0.0004, "12.3%", "123"),
        (0.004, "12.3%", "123"),  # 0.4 percentage points: tenths
        (0.03, "12%", "123"),  # 3 percentage points: whole ones
        (0.2, "10%", "123"),  # 20 percentage points: tens
        (9.0, "10%", "123"),
        (30.0, "10%", "120"),
        (300.0, "10%", "100"),
    ],
)
def test_no_more_digits_than_the_interval_bears(half, share, minutes):
    assert EN.amount(kpi("ambulance.a1.within_15"), 0.123, half) == share
    assert EN.amount(kpi("ed.los.median"), 123.4, half) == minutes
    wait = kpi("ed.los.median")
    assert EN.difference(wait, 123.4, half, fine=False) == f"+{minutes}"


def test_a_range_of_people_bears_no_more_digits_than_it_has():
    assert EN.people_between(12_431, 1_420, 20_980) == "12,000 (1,000 to 21,000)"
    assert EN.people_between(12_431, math.nan, math.nan) == "12,400"
    assert EN.percent_between(0.967, 0.998) == "97 to >99"


def test_numbers_of_people_are_rounded_to_what_a_model_knows():
    assert NL.people(23_154) == "23.200"
    assert NL.people(437) == "440"


def test_lists_read_as_a_sentence():
    assert NL.listed(["a", "b", "c"]) == "a, b en c"
    assert NL.listed(["a"]) == "a"
    assert NL.listed([]) == ""


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="fr"):
        words("fr")
