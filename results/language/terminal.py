"""The language of the terminal: help, progress, notices and errors in the user's own.

These texts are looked up by gettext, Click's own among them, in the catalogue `terminal`; each
when it is read, so that an error from another process speaks the language of this one. What a
command makes is in the language of its option `--lang` instead, see `results.language.words`.

Message ids are English, so English needs no catalogue. A translator edits
`locale/<language>/LC_MESSAGES/terminal.po` and runs `make texts`, which compiles it.
"""

from __future__ import annotations

import gettext
import inspect
import os
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results.language.words import Words


Spoken = TypeVar("Spoken", bound=click.Command)

DOMAIN = "terminal"
LOCALE = Path(__file__).with_name("locale")
LANG_VARIABLE = "TWENTEZORG_LANG"
VARIABLES = (LANG_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the user's language stands, the first that is set."""

DUTCH, ENGLISH = "nl", "en"
AS_TYPED = "\b\n"
"""How Click marks a paragraph whose lines stay as they are: a heading and examples."""


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


def translated(command: Spoken) -> Spoken:
    """Return a command, and those in it, with help in the language that is spoken.

    Each paragraph is a message of its own; examples stay as they are.
    """
    own = copy(command)
    own.help = "\n\n".join(_paragraph(text) for text in paragraphs(command))
    own.options_metavar = _found(command.options_metavar)
    own.params = [_translated(parameter) for parameter in command.params]
    if isinstance(command, click.Group) and isinstance(own, click.Group):
        own.subcommand_metavar = _found(command.subcommand_metavar)
        own.commands = {name: translated(one) for name, one in command.commands.items()}
    return own


def paragraphs(command: click.Command) -> list[str]:
    """Return the paragraphs of a command's help."""
    return inspect.cleandoc(command.help or "").split("\n\n")


def _found(text: str | None) -> str:
    return gettext.gettext(text) if text else ""  # of nothing, gettext tells its header


def _paragraph(text: str) -> str:
    if not text.startswith(AS_TYPED):
        message = " ".join(text.split())
        return _found(message)
    heading, *examples = text.removeprefix(AS_TYPED).split("\n")
    return AS_TYPED + "\n".join([_found(heading), *examples])


def _translated(parameter: click.Parameter) -> click.Parameter:
    own = copy(parameter)
    own.type = copy(parameter.type)
    own.type.name = _found(parameter.type.name)
    if isinstance(parameter, click.Option) and isinstance(own, click.Option):
        own.help = _found(parameter.help)
        if parameter.metavar is not None:
            own.metavar = _found(parameter.metavar)
        if isinstance(parameter.show_default, str):
            own.show_default = _found(parameter.show_default)
    return own
