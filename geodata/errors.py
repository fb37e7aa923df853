"""The one error this floor raises when the user's input, and not the program, is at fault."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class DataError(Exception):
    """Bad input: says which file, where in it, what is given and what is allowed.

    Parameters
    ----------
    what
        What is wrong, in the user's words, with places for values: `lacks column {missing}`. It
        is looked up in the reader's language when it is read, so after it crossed processes too.
    file
        File that holds it.
    line
        Line in that file, counted from 1.
    field
        Column, key or tag that holds it.
    **values
        What to put in the places.
    """

    def __init__(
        self,
        what: str,
        /,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(what)  # what pickle makes it anew from, with the attributes below
        self.what = what
        self.file = file
        self.line = line
        self.field = field
        self.values = values

    def __str__(self) -> str:
        """Return `file:line: field: what`, leaving out what is unknown."""
        where = "" if self.file is None else str(self.file)
        if self.line is not None:
            where += f":{self.line}"
        if self.field is not None:
            where = f"{where}: {self.field}" if where else self.field
        what = gettext(self.what).format(**self.values)
        return f"{where}: {what}" if where else what
