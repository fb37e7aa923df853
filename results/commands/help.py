"""The help of the commands, in the language of the terminal."""

from __future__ import annotations

import gettext
import inspect
from copy import copy
from typing import TypeVar

import click

Spoken = TypeVar("Spoken", bound=click.Command)

AS_TYPED = "\b\n"
"""How Click marks a paragraph whose lines stay as they are: a heading and examples."""


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
