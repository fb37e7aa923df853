"""What the numbers of the model are called, and their units and sources, in the reader's language.

Keys such as `theatre.specialty.urology.share.MST` follow patterns, so names do too: in
`parameter_names.csv` a `*` stands for one part of a key and `**` for the rest, the first pattern
that fits counts, and `{0}` is what the first star stood for, as `parameter_words.csv` says it.
Units and sources are texts of their own files: the catalogue `parameters.po` translates those that
ship, and what a user wrote stays as it is.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from results.language.words import Lang, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results.language.words import Words


DOMAIN = "parameters"
NAMES, WORDS = "parameter_names.csv", "parameter_words.csv"


def parameter_name(key: str, words: Words) -> str:
    """Say what a parameter or roster is; empty for a key that no pattern fits.

    Parameters
    ----------
    key
        As `twentezorg show` prints it.
    words
        The reader's language.
    """
    for pattern, texts in _patterns():
        found = pattern.fullmatch(key)
        if found:
            parts = [_words().get(part, {}).get(words.lang, part) for part in found.groups()]
            return texts[words.lang].format(*parts)
    return ""


def translated(text: str, words: Words) -> str:
    """Say a unit or a source in the reader's language; as it is if no catalogue has it."""
    return catalogue(DOMAIN, words.lang).gettext(text) if text else ""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Mapping[Lang, str]], ...]:
    return tuple(
        (re.compile(re.escape(key).replace(r"\*\*", "(.+)").replace(r"\*", "([^.]+)")), texts)
        for key, texts in _table(NAMES, "key").items()
    )


@cache
def _words() -> Mapping[str, Mapping[Lang, str]]:
    return _table(WORDS, "word")


def _table(name: str, first: str) -> dict[str, Mapping[Lang, str]]:
    with files(__package__).joinpath(name).open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    return {row[first]: {lang: row[lang.value] for lang in Lang} for row in rows}
