"""Every number of the model has a name, a unit and a source that its reader can read."""

from importlib.resources import files

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from results.decision.costs import prices
from results.language.parameter_names import _patterns, _words, parameter_name, translated
from results.language.words import Lang, words
from results.runs.parameter_rows import parameter_rows
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.futures import load_factors

NL, EN = words("nl"), words("en")


@pytest.fixture(scope="module")
def table():
    return pd.DataFrame([row for name in shipped_names() for row in parameter_rows(load(name))])


@pytest.fixture(scope="module")
def texts(table):
    factors = load_factors().values()
    return (
        {*table["unit"], *table["source"]}
        | {load(name).warmup.source for name in shipped_names()}
        | {text for factor in factors for text in (factor.unit, factor.source)}
        | {text for price in prices().values() for text in (price.unit, price.source)}
    )


def catalogue():
    with (
        files("results.language")
        .joinpath("locale/nl/LC_MESSAGES/parameters.po")
        .open("rb") as source
    ):
        return {entry.id: entry.string for entry in read_po(source, locale="nl") if entry.id}


@pytest.mark.parametrize("reader", [NL, EN])
def test_every_number_that_ships_has_a_name_of_its_own(table, reader):
    names = {key: parameter_name(key, reader) for key in sorted(set(table["key"]))}
    assert [key for key, name in names.items() if not name] == []
    posts = {key for key in names if names[key] == parameter_name("ambulance.P1", reader)}
    others = [name for key, name in names.items() if key not in posts]
    assert sorted({name for name in others if others.count(name) > 1}) == []


def test_every_unit_and_source_that_ships_has_a_dutch_text(texts):
    assert sorted(texts - set(catalogue())) == []


def test_no_unit_or_source_is_left_over(texts):
    assert sorted(set(catalogue()) - texts) == []


def test_no_pattern_and_no_word_is_left_over(table):
    keys = {*table["key"], *prices()}
    first = [next(p for p, _ in _patterns() if p.fullmatch(key)) for key in keys]
    assert [pattern.pattern for pattern, _ in _patterns() if pattern not in first] == []
    stars = {part for key in keys for p, _ in _patterns() if p.fullmatch(key)
             for part in p.fullmatch(key).groups()}  # fmt: skip
    assert sorted(set(_words()) - stars) == []


def test_names_are_put_together_from_what_the_stars_stand_for():
    assert parameter_name("ed.target.U2", NL) == "streeftijd tot de arts, urgentie U2 (spoed)"
    assert parameter_name("sites.MST.ed.nurses", EN) == "ED nurses, MST Enschede"
    assert parameter_name("sites.OURS.ed.nurses", EN) == "ED nurses, OURS"
    assert parameter_name("of.a.later.version", NL) == ""


def test_what_a_user_wrote_stays_as_it_is():
    assert translated("our own count, week 12", NL) == "our own count, week 12"
    assert translated("share", NL) == "deel"
    assert translated("share", EN) == "share"
    assert [lang.value for lang in Lang] == ["nl", "en"]
