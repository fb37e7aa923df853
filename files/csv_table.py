"""A CSV table as people bring it, whoever wrote it: a spreadsheet, a database or a program.

Read with or without byte order mark, with commas, semicolons (then a comma is the decimal sign) or
tabs; what can be taken for two things is refused with its line. Nothing is guessed of a number.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING, Final

from files.errors import FileError, Said, Wrong
from files.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


COMMA, SEMICOLON, TAB = ",", ";", "\t"
UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
FIRST_ROW: Final = 2
MOST_SIGNS: Final = 10_000
"""Of a field; more is a quotation mark that is never closed."""

COUNT: Final = re.compile(r"[0-9]+(\.0)?")
"""A count as text: `3300`, or `3300.0` as programs write it. `3.300` is three or thousands."""


@dataclass(frozen=True)
class CsvTable:
    """The rows of a file as texts, and the line on which each stands.

    Attributes
    ----------
    file
        Its name, for messages.
    columns
        Names of the columns.
    rows
        Texts, each row as long as `columns`.
    lines
        The line on which each row starts, counted from 1.
    decimal
        The decimal sign.
    """

    file: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    decimal: str = "."

    def texts(self, column: str) -> list[str]:
        """Return a column as texts, without spaces around them."""
        at = self.columns.index(column)
        return [row[at].strip() for row in self.rows]

    def numbers(
        self,
        column: str,
        least: float = -math.inf,
        most: float = math.inf,
        empty: float | None = None,
    ) -> list[float]:
        """Return a column as finite numbers in a range.

        Parameters
        ----------
        column
            Its name.
        least, most
            The range in which they are allowed.
        empty
            What an empty field stands for; None where it is not allowed.

        Raises
        ------
        FileError
            One is not; with its line.
        """
        return [
            empty
            if empty is not None and not text
            else self._number(row, text, column, least, most)
            for row, text in enumerate(self.texts(column))
        ]

    def counts(self, column: str) -> list[float]:
        """Return a column as whole numbers of 0 or more; a thousands sign is refused.

        Raises
        ------
        FileError
            One is not; with its line.
        """
        found = self.numbers(column, least=0)
        for row, text in enumerate(self.texts(column)):
            if not COUNT.fullmatch(text):
                raise self.wrong(
                    row, column, "must be a whole number, without a sign for thousands", text
                )
        return found

    def wrong(self, row: int, column: str, what: str | Said, given: str) -> FileError:
        """Return the error of a field: what is wrong with it, and what stands there."""
        said = what if isinstance(what, Said) else Said(what)
        return FileError.single(
            self.file,
            "{problem} (given: {given!r})",
            problem=said,
            given=given,
            line=self.lines[row],
            field=column,
        )

    def where(self, column: str, prefix: str) -> CsvTable:
        """Return the rows whose text in a column begins with a prefix."""
        kept = [row for row, text in enumerate(self.texts(column)) if text.startswith(prefix)]
        rows, lines = [self.rows[row] for row in kept], [self.lines[row] for row in kept]
        return replace(self, rows=rows, lines=lines)

    def once(self, column: str) -> None:
        """Refuse a column in which a text stands twice.

        Raises
        ------
        FileError
            With both lines.
        """
        first: dict[str, int] = {}
        for line, text in zip(self.lines, self.texts(column), strict=True):
            if text in first:
                raise FileError.single(
                    self.file,
                    "{id!r} stands on line {first} too",
                    id=text,
                    first=first[text],
                    line=line,
                    field=column,
                )
            first[text] = line

    def _number(self, row: int, text: str, column: str, least: float, most: float) -> float:
        if not text:
            raise FileError.single(
                self.file, "is empty; must be a number", line=self.lines[row], field=column
            )
        try:
            return number_in(text, least, most, self.decimal)
        except Wrong as wrong:
            raise self.wrong(row, column, wrong.said, text) from None


def read_table(path: Path, columns: Sequence[str]) -> CsvTable:
    """Read a CSV file with a header.

    Parameters
    ----------
    path
        The file.
    columns
        Columns that it must have; it may have others.

    Raises
    ------
    FileError
        It can't be read, is no such table, lacks a column, or a row has too few or too many
        fields; with its line.
    """
    file = str(path)
    text = _text(path, file)
    separator = _separator(text)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if any(field.strip() for field in row):
                rows.append(row)
                lines.append(line)
                if any(len(field) > MOST_SIGNS for field in row):
                    raise FileError.single(
                        file,
                        "holds a field of more than {most} signs; is a quotation mark not closed?",
                        most=MOST_SIGNS,
                        line=line,
                    )
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileError.single(
            file, "is not a CSV table: {error}", error=str(error), line=line
        ) from None
    if not rows:
        raise FileError.single(file, "is empty; must be a CSV table with a header")
    header = _header(rows[0], columns, file, lines[0])
    body = [
        _as_long(row, len(header), file, at) for row, at in zip(rows[1:], lines[1:], strict=True)
    ]
    return CsvTable(file, header, body, lines[1:], "." if separator == COMMA else ",")


def _text(path: Path, file: str) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FileError.single(file, "no such file") from None
    except OSError as error:
        why = Said(error.strerror or str(error))
        raise FileError.single(file, "cannot be read: {why}", why=why) from None
    nought = raw.find(b"\0")
    if nought >= 0 and not raw.startswith(UTF16_MARKS):
        line = raw.count(b"\n", 0, nought) + 1
        raise FileError.single(file, "holds a NUL sign: not a CSV table", line=line)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileError.single(file, "is not UTF-8 text; save it as CSV UTF-8", line=line) from None


def _separator(text: str) -> str:
    """Return which sign parts the fields: of those in the header outside quotes, the commonest."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max((COMMA, SEMICOLON, TAB), key=header.count)


def _header(row: Sequence[str], needed: Sequence[str], file: str, line: int) -> tuple[str, ...]:
    names = [name.strip() for name in row]
    while names and not names[-1]:  # spreadsheets keep columns that were emptied
        names.pop()
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FileError.single(file, "column {name!r} stands twice", name=twice, line=line)
    missing = [name for name in needed if name not in names]
    if missing:
        raise FileError.single(
            file,
            "lacks column {missing}; it has {given}",
            missing=", ".join(missing),
            given=", ".join(names),
            line=line,
        )
    return tuple(names)


def _as_long(row: list[str], length: int, file: str, line: int) -> list[str]:
    """Return a row as long as the header; fields beyond it may be empty only."""
    if len(row) < length or any(field.strip() for field in row[length:]):
        raise FileError.single(
            file,
            "has {given} fields where the header has {length}; put a text with the separator in "
            "quotes",
            given=len(row),
            length=length,
            line=line,
        )
    return row[:length]
