"""What a user reads when a file, or a value on the command line, cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import gettext
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Said:
    """A text for the user, looked up in the reader's language when it is read.

    Attributes
    ----------
    text
        In English, with places for values: `must be between {least} and {most}`. What others
        wrote, such as a file's name or the system's reason, is a value and never part of it.
    values
        What to put in the places; one may be a `Said` itself. Without values, braces are text.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the text in the reader's language."""
        found = gettext(self.text) if self.text else ""  # of nothing, gettext tells its header
        return found.format(**self.values) if self.values else found


class SpokenError(Exception):
    """An error whose text is for the user.

    Parameters
    ----------
    text, values
        As of `Said`.
    """

    def __init__(self, text: str | Said, /, **values: object) -> None:
        self.said = text if isinstance(text, Said) else Said(text, values)
        super().__init__(self.said)  # what pickle makes it anew from, and what `str` gives


class Wrong(SpokenError, ValueError):  # noqa: N818 - reads as what is told: a value is wrong
    """A value that isn't allowed; the text says what is.

    `place` is where it stands within what was looked at, as far as that tells more.
    """

    place: tuple[str, ...] = ()

    def at(self, *place: str) -> Self:
        """Say where it stands, and return it."""
        self.place = place
        return self


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: where it stands, what was given, what is allowed."""

    file: str
    line: int | None
    field: str
    message: Said

    def __str__(self) -> str:
        """Return `file:line: field: message`, leaving out what is unknown."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.field, str(self.message)) if part)


class FileError(Exception):
    """A file cannot be used; all problems found are listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)  # what pickle makes it anew from
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return a line for each problem."""
        return "\n".join(map(str, self.problems))

    @classmethod
    def single(
        cls,
        file: str,
        text: str | Said,
        /,
        *,
        line: int | None = None,
        field: str = "",
        **values: object,
    ) -> Self:
        """Return the error for one problem; text and values as of `Said`."""
        what = text if isinstance(text, Said) else Said(text, values)
        return cls([Problem(file, line, field, what)])
