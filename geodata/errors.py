"""The one error this floor raises when the user's input, and not the program, is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from files.errors import FileError, Problem, Said

if TYPE_CHECKING:
    from pathlib import Path


class DataError(FileError):
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
        place = "" if file is None else str(file)
        super().__init__([Problem(place, line, field or "", Said(what, values))])
        self.args = (what,)  # what pickle makes it anew from, with the attributes
        self.what = what
        self.file = file
        self.line = line
        self.field = field
        self.values = values
