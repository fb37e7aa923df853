"""What lies beside a report in its run's folder, as links that work from any file system.

Links are relative, so that a folder may be copied or zipped. Sheets, tables and maps are always
there; a decision and pages that move only when someone made them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from geodata.accessibility.reachability import REGION_CODE
from results.runs.run import safe_name
from results.sizing.crews_needed import search_files

if TYPE_CHECKING:
    from pathlib import Path

    from results.language.words import Words
    from results.runs.run import Run


REPORT = "report.html"
SHEETS = "municipalities"
MAPS = "maps"
ANIMATION_MARK = '<meta name="generator" content="twentezorg animate">'
TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
HEAD_LENGTH = 4000
"""Letters of a page in which its mark and title stand."""

DECISION = (
    "decision.csv",
    "decision-people.csv",
    "decision-costs.csv",
    "decision-best.csv",
    "decision-regret.csv",
    "decision-pareto.png",
    "decision.json",
)


@dataclass(frozen=True)
class Link:
    """A file beside the report, and what it is."""

    target: str
    text: str


@dataclass(frozen=True)
class SheetLink:
    """The sheet of a municipality, as a page and as a PDF, as seen from the report."""

    code: str
    name: str
    page: str
    print: str


def sheet_links(run: Run) -> tuple[SheetLink, ...]:
    """List the sheets of a run, by name, that of the region last."""
    table = run.reachability
    names = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    order = sorted(names, key=lambda code: (code == REGION_CODE, str(names[code])))
    return tuple(
        SheetLink(str(code), str(names[code]), f"{SHEETS}/{stem}.html", f"{SHEETS}/{stem}.pdf")
        for code in order
        for stem in [file_stem(str(names[code]), str(code))]
    )


def file_stem(name: str, code: str) -> str:
    """Name a sheet's files after its municipality, whatever the name holds."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    simple = "-".join(plain.lower().split())
    return safe_name(simple or code)


def file_links(words: Words) -> tuple[Link, ...]:
    """List the tables and layers that every run has."""
    _ = words.gettext
    return (
        Link("results.xlsx", _("all tables in one workbook, with notes")),
        Link("comparison.csv", _("differences with doing nothing")),
        Link("summary.csv", _("every figure with its interval")),
        Link("reachability.csv", _("travel times by municipality")),
        Link("parameters.csv", _("all numbers that go into the model")),
        Link("replications.parquet", _("every replication, to calculate with")),
        Link("reachability.gpkg", _("maps for QGIS")),
        Link("geojson/", _("the same maps, a GeoJSON file each")),
        Link("maps/", _("all maps as PNG and SVG")),
        Link("manifest.json", _("how this run was made")),
    )


def made_beside(folder: Path, words: Words) -> tuple[Link, ...]:
    """List what was made in a run's folder since: a decision, and days that move."""
    _ = words.gettext
    texts = dict(
        zip(
            DECISION,
            (
                _("the order by weights"),
                _("staff, ambulance crews and cost of every choice"),
                _("every item of the cost, with its source"),
                _("who is best on what, and how surely"),
                _("what holds over many futures"),
                _("picture: what each choice gains and costs"),
                _("the whole decision, for programs"),
            ),
            strict=True,
        )
    )
    found = [Link(name, texts[name]) for name in DECISION if (folder / name).is_file()]
    found += [
        Link(quote(path.name), _("a search for the least capacity, step by step"))
        for path, _table in search_files(folder)
    ]
    for path in sorted(folder.glob("*.html")):
        title = _animation_title(path)
        if title is not None:
            found.append(Link(quote(path.name), title))
    return tuple(found)


def report_beside(out: Path) -> str | None:
    """Return the link from a file to the report in the same folder, if there is one."""
    return REPORT if (out.parent / REPORT).is_file() else None


def _animation_title(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as page:
            head = page.read(HEAD_LENGTH)
    except OSError:
        return None
    title = TITLE.search(head)
    if ANIMATION_MARK not in head or title is None:
        return None
    return html.unescape(title[1])
