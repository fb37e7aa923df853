"""The language of the terminal: help, progress, notices and errors in the user's own.

These texts are looked up by gettext, Click's own among them, in the catalogue `terminal`; each
when it is read, so that an error from another process speaks the language of this one. What a
command makes is in the language of its option `--lang` instead, see `results.language.words`.

Message ids are English, so English needs no catalogue. A translator edits
`locale/<language>/LC_MESSAGES/terminal.po` and runs `make texts`, which compiles it.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results.language.words import Words


DOMAIN = "terminal"
# A path: gettext looks for its files itself.
LOCALE = Path(__file__).with_name("locale")
LANG_VARIABLE = "TWENTEZORG_LANG"
VARIABLES = (LANG_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the user's language stands, the first that is set."""

DUTCH, ENGLISH = "nl", "en"


def terminal_language(environment: Mapping[str, str]) -> str:
    """Return the language that the environment asks for: Dutch, or English for all others."""
    asked = next((found for name in VARIABLES if (found := environment.get(name))), "")
    return DUTCH if asked.startswith(DUTCH) else ENGLISH


def speak(lang: str) -> None:
    """Say everything from now on in a language."""
    os.environ["LANGUAGE"] = lang  # where gettext looks first
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)


def reader() -> Words:
    """Return the words and numbers of who reads the terminal."""
    from results.language.words import words  # noqa: PLC0415 - Babel takes time, and help needs none of it

    return words(DUTCH if os.environ.get("LANGUAGE") == DUTCH else ENGLISH)
