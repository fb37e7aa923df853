"""The one error this floor raises when the user's input, and not the program, is at fault."""

from pathlib import Path


class DataError(Exception):
    """Bad input: says which file, where in it, what is given and what is allowed.

    Parameters
    ----------
    what
        What is wrong, in the user's words: the value given and the values allowed.
    file
        File that holds it.
    line
        Line in that file, counted from 1.
    field
        Column, key or tag that holds it.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
    ) -> None:
        where = "" if file is None else str(file)
        if line is not None:
            where += f":{line}"
        if field is not None:
            where = f"{where}: {field}" if where else field
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.file = file
        self.line = line
        self.field = field
