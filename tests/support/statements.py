"""What an output says, figure by figure, and whether each names its clock and its moment.

A statement is a figure with all that names it: a row of a table with its headings, a cell of a page
with those of its row and column, a sentence. Beside it stands what a reader sees with it: the other
rows about the same, the rest of its table or list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from results.runs.run import Run

CLOCKS = {
    "norm": re.compile(
        r"[Kk]lok van de norm|zoals de norm telt|norm's clock|(clock=|\.)norm\b|_siren_norm"
    ),
    "life": re.compile(
        r"[Kk]lok van de praktijk|in het echt|life's clock|(clock=|\.)life\b|_siren_life|by_life"
    ),
    "drive": re.compile(r"clock=drive|drive alone|_siren_drive"),
}
CALL_TO_HOSPITAL = re.compile(
    r"call_to_hospital|(profile|way|Way)=(siren|ambulance)|_siren|hospital_within_45|ed_worst_off"
    r"|melding.{0,60}(ziekenhuis|spoedeisende hulp)|[Bb]innen 45 minuten"
    r"|Minst bereikbare gemeente: SEH|[Bb]uiten de norm van de SEH|45 minuten op de spoedeisende"
)
"""A figure of the way from the call to the hospital, or by siren."""

MOMENT = re.compile(r"\d\d:00.\d\d:00|\d\d-00-\d\d-00")
OVER_THE_YEAR = re.compile(
    r"yearly mean|means? over the year|[Gg]emiddelde over het jaar|_mean\b|share_of_time"
)


@dataclass(frozen=True)
class Statement:
    """A figure with what names it, and what stands beside it."""

    text: str
    beside: str
    about: str = ""
    """The heading above it."""

    is_cell: bool = False
    """Whether it is a cell of a page, which names its moment itself."""

    @property
    def is_call_to_hospital(self) -> bool:
        """Whether it is a figure of the way from the call to the hospital, and not its name."""
        unquoted = re.sub("“[^”]*”", "", self.text)
        return bool(CALL_TO_HOSPITAL.search(self.text)) and bool(re.search(r"\d", unquoted))


def without_clock(statements: Iterable[Statement]) -> list[str]:
    """Return the figures of call to hospital that name no clock, or don't show the other."""
    found = []
    for one in statements:
        if not one.is_call_to_hospital:
            continue
        named = {name for name, clock in CLOCKS.items() if clock.search(one.text)}
        shown = {name for name, clock in CLOCKS.items() if clock.search(one.text + one.beside)}
        if not named or not {"norm", "life"} <= shown:
            found.append(one.text)
    return found


def without_moment(statements: Iterable[Statement], part_time: re.Pattern[str]) -> list[str]:
    """Return the figures of what a pattern finds that name no moment."""
    found = []
    for one in statements:
        seen = one.text if one.is_cell else one.text + one.beside
        named = MOMENT.search(seen) and OVER_THE_YEAR.search(seen)
        if part_time.search(f"{one.about} {one.text}") and not named:
            found.append(one.text)
    return found


def rows(table: pd.DataFrame, same: Sequence[str]) -> Iterator[Statement]:
    """Read a table; beside a row stand those that agree on some columns.

    A KPI agrees with that of the other clock.
    """
    written = [
        " ".join(f"{name}={value}" for name, value in row.items() if not pd.isna(value))
        for row in table.to_dict("records")
    ]
    keys = list(zip(*(table[name].map(_without_clock) for name in same), strict=True))
    groups = defaultdict(list)
    for key, text in zip(keys, written, strict=True):
        groups[key].append(text)
    for key, text in zip(keys, written, strict=True):
        yield Statement(text, " ".join(groups[key]))


def columns(table: pd.DataFrame, about: Sequence[str]) -> Iterator[Statement]:
    """Read a table by its columns; beside one stand those that begin with the same words.

    Parameters
    ----------
    table
        The layer of a map, without its shapes.
    about
        What columns begin with.
    """
    for name in table.columns:
        begins = [start for start in about if str(name).startswith(start)]
        if begins:
            others = [str(n) for n in table.columns if str(n).startswith(begins[0])]
            values = " ".join(map(str, table[name].dropna().unique()[:3]))
            first = {str(n): table[n].dropna().astype(str).iloc[:1].tolist() for n in others}
            yield Statement(f"{name} {values}", f"{others} {first}")


def _without_clock(value: object) -> str:
    return re.sub(r"\.(norm|life)$", "", str(value))


class Page(HTMLParser):
    """The statements of a web page."""

    BLOCKS = frozenset(
        [
            *("p", "li", "caption", "h1", "h2", "h3", "dt", "dd"),
            *("summary", "figcaption", "option", "label"),
        ]
    )
    HEADINGS = frozenset(["h1", "h2", "h3"])
    CONTAINERS = frozenset(["table", "ul", "dl", "section", "article", "figure", "details"])
    UNSEEN = frozenset(["script", "style"])

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[str, tuple[int, ...], str, list[str] | None]] = []
        self._inside = [0]
        self._texts: defaultdict[int, list[str]] = defaultdict(list)
        self._count = self._unseen = 0
        self._text = self._caption = self._heading = self._row = ""
        self._heads: list[str] = []
        self._names: list[str] = []
        self._cells: list[str] = []
        self._scope = ""
        self.feed(html)

    @property
    def statements(self) -> list[Statement]:
        """Every block of text, and cells with what names them."""
        return [
            Statement(
                text,
                " ".join([*(" ".join(self._texts[at]) for at in places), *(names or ())]),
                about,
                is_cell=names is not None,
            )
            for text, places, about, names in self._found
        ]

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag in self.BLOCKS:
            self._flush()
        if tag in self.UNSEEN:
            self._unseen += 1
        if facts.get("alt"):
            self._keep(facts["alt"])
        if tag in self.CONTAINERS:
            self._count += 1
            self._inside.append(self._count)
        if tag == "table":
            self._caption, self._heads, self._names = "", [], []
        if tag == "tr":
            self._row, self._cells = "", []
        if tag in {"td", "th"}:
            self._text, self._scope = facts.get("data-title") or "", facts.get("scope") or ""

    def handle_endtag(self, tag):
        if tag in self.UNSEEN:
            self._unseen -= 1
        if tag in {"td", "th"}:
            text = " ".join(self._text.split())
            self._text = ""
            if tag == "td":
                self._cells.append(text)
            else:
                self._names.append(text)
                if self._scope == "col":
                    self._heads.append(text)
                else:
                    self._row = text
        elif tag == "tr":
            self._end_row()
        elif tag in self.BLOCKS:
            self._flush(tag)
        if tag in self.CONTAINERS and len(self._inside) > 1:
            self._flush()
            self._inside.pop()

    def handle_data(self, data):
        if not self._unseen:
            self._text += data

    def _end_row(self):
        first = len(self._heads) - len(self._cells)
        for at, text in enumerate(self._cells):
            head = self._heads[first + at] if first + at >= 0 else ""
            named = f"{text} | {self._row} | {head} | {self._caption}"
            self._found.append((named, tuple(self._inside[1:-1][-2:]), "", self._names))
            self._texts[self._inside[-1]].append(text)

    def _flush(self, tag=""):
        text = " ".join(self._text.split())
        self._text = ""
        if not text:
            return
        if tag == "caption":
            self._caption = text
        if tag in self.HEADINGS:
            self._heading = text
        else:
            self._keep(text)

    def _keep(self, text):
        places = tuple(self._inside[1:][-2:])
        self._found.append((text, places, self._heading, None))
        for at in places:
            self._texts[at].append(text)


def kpi_rows(run: Run) -> dict[str, list[Statement]]:
    """Read the tables of a run as its CSV files hold them."""
    return {
        "summary.csv": list(rows(run.summary, ["scenario", "site", "kpi"])),
        "comparison.csv": list(rows(run.comparison, ["scenario", "site", "kpi"])),
        "replications.parquet": list(
            rows(run.replications, ["scenario", "replication", "site", "kpi"])
        ),
        "reachability.csv": list(
            rows(run.reachability, ["scenario", "municipality_code", "function", "profile"])
        ),
        "parameters.csv": list(rows(run.parameters, ["scenario", "key"])),
    }
