"""The files of the municipal sheets: a web page and a PDF of each, from the same content.

The PDF is laid out by Typst, inside this process: no browser, no system library and no font of the
machine is involved. Content goes in as data, so that no name can become markup; DejaVu Sans comes
with Matplotlib. The same run gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import typst

from results.exports.workbook import FIXED_DAY
from results.links import REPORT, SHEETS, SheetLink, file_stem, sheet_links
from results.rendering.figures import printable
from results.rendering.templates import template
from results.sheets.sheet import sheets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.dataset.dataset import DataSet
    from results.language.words import Words
    from results.runs.run import Run
    from results.sheets.content import Sheet


ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: tagged, with a title, a language, and texts in place of pictures."""

FONTS = "fonts/ttf"
MOST_PAGES = 2
LAYOUTS = (
    (1.0, 1.0, False),
    (1.0, 0.93, False),
    (0.9, 0.93, False),
    (0.8, 0.93, False),
    (0.8, 0.93, True),
    (0.7, 0.93, True),
    (0.6, 0.93, True),
    (0.7, 0.9, True),
    (0.6, 0.9, True),
    (0.6, 0.87, True),
    (0.55, 0.8, True),
    (0.55, 0.8, False),
    (0.45, 0.8, True),
    (0.45, 0.8, False),
    (0.45, 0.76, True),
    (0.45, 0.76, False),
)
"""Shares of the usual size of the two large maps and of all letters, and whether what is certain
and assumed stands on the first page: they are tried one by one until a sheet fits its pages;
tables keep 8 points at 0.93."""

PAGE = re.compile(rb"/Type\s*/Page\b")


def write_sheets(folder: Path, run: Run, data: DataSet, words: Words) -> list[Path]:
    """Write the sheet of every municipality and of the region.

    Parameters
    ----------
    folder
        Of the run; the sheets go to `municipalities` in it.
    run
        What was found.
    data
        The data set the run used.
    words
        The reader's language.

    Returns
    -------
    list of pathlib.Path
        The files, a page and a PDF for each sheet.
    """
    place = folder / SHEETS
    place.mkdir()
    printer, others, written = Printer(), sheet_links(run), []
    for sheet in sheets(run, data, words):
        name = file_stem(sheet.name, sheet.code)
        page, print_ = place / f"{name}.html", place / f"{name}.pdf"
        page.write_text(html(sheet, words, others), encoding="utf-8")
        print_.write_bytes(printer.pdf(sheet))
        written += [page, print_]
    return written


def html(sheet: Sheet, words: Words, others: Sequence[SheetLink] = ()) -> str:
    """Lay a sheet out as a page that needs no network and no script; all text is escaped.

    Parameters
    ----------
    sheet
        What it says.
    words
        The reader's language.
    others
        All sheets of the run, to go to; without them the page has no links.
    """
    style = files(__package__).joinpath("templates", "sheet.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    page = template(__package__, "sheet.html.j2", words)
    own = file_stem(sheet.name, sheet.code)
    return page.render(
        sheet=sheet,
        style=style,
        style_hash=digest,
        report=f"../{REPORT}" if others else None,
        own_pdf=f"{own}.pdf",
        others=[
            (link.name, link.page.removeprefix(f"{SHEETS}/"))
            for link in others
            if link.code != sheet.code
        ],
    )


class Printer:
    """Lays sheets out as PDF; one for many sheets, because loading fonts takes longer than that."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False, font_paths=[str(Path(mpl.get_data_path()) / FONTS)]
        )
        self._layout = files(__package__).joinpath("templates", "sheet.typ").read_bytes()
        self._compiler = typst.Compiler(font_paths=fonts)

    def pdf(self, sheet: Sheet) -> bytes:
        """Return a sheet as an accessible PDF of A4 pages."""
        content, maps = asdict(sheet), []
        for kind in content["maps"]:
            for picture in (kind["now"], *kind["others"]):
                maps.append(picture["svg"])
                picture["svg"] = len(maps) - 1
        inputs = {"sheet": json.dumps(_drawable(content)), "maps": json.dumps(maps)}
        made = b""
        for maps_share, scale, certain_first in LAYOUTS:
            layout = {
                "map-share": str(maps_share),
                "scale": str(scale),
                "certain-first": str(certain_first),
            }
            made = self._compiled(inputs | layout)
            if len(PAGE.findall(made)) <= MOST_PAGES:
                break
        return made

    def _compiled(self, inputs: dict[str, str]) -> bytes:
        made = self._compiler.compile(
            self._layout,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=[ACCESSIBLE],
            timestamp=datetime(*FIXED_DAY, tzinfo=UTC),
        )
        if not isinstance(made, bytes):
            raise TypeError("Typst gave no PDF")
        return made


def _drawable(content: Any) -> Any:  # noqa: ANN401 - JSON
    """Replace letters that the font can't draw in all text."""
    match content:
        case str():
            return printable(content)
        case dict():
            return {key: _drawable(value) for key, value in content.items()}
        case list() | tuple():
            return [_drawable(item) for item in content]
        case _:
            return content
