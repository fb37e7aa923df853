"""The parts of a municipality's sheet, ready to lay out.

The one source of both files of a sheet, the web page and the PDF: everything here is text that is
ready to show, in the reader's language, and nothing of it is markup (the maps apart).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from results.sheets.answers import AsksOfSource


@dataclass(frozen=True)
class MapPicture:
    """A map, and what it says in words."""

    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class MapSet:
    """The maps of one kind of care: today's large, and one for each map that differs."""

    title: str
    now: MapPicture
    others: tuple[MapPicture, ...]


@dataclass(frozen=True)
class SheetTable:
    """A table with its heading row; the first cell of a row is its name."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One municipality, or all of Twente, ready to lay out.

    Attributes
    ----------
    lang, code, name
        The language, the municipality's code (`REGION` for Twente) and its name.
    facts
        Label and number: inhabitants and the like.
    legend
        Colour and label of each class of minutes.
    """

    lang: str
    code: str
    name: str
    title: str
    intro: str
    facts: tuple[tuple[str, str], ...]
    summary: Section
    maps: tuple[MapSet, ...]
    map_note: str
    legend: tuple[tuple[str, str], ...]
    legend_unit: str
    travel: SheetTable
    where: SheetTable | None
    door: SheetTable
    sections: tuple[Section, ...]
    answers_title: str
    answers_note: str
    answers_columns: tuple[str, str]
    answers: tuple[AsksOfSource, ...]
    footer: str
