"""What the region asks, answered one by one from the tables of a run.

The asks stand in `region_asks.yaml` with their source. An answer is a figure, or says that the
model leaves it out; where the municipality has no figure of its own, it is that of all of Twente.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import isnan
from typing import TYPE_CHECKING, Any

import yaml

from results.kpis.catalogue import SHARE, Kpi, kpi
from results.language.words import UNKNOWN
from results.rendering.labels import LEAVING, SYMBOLS, leaving_note
from results.statistics.comparison import Size, Verdict, leavers
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from results.language.words import Words
    from results.runs.run import Run, RunScenario


EN_DASH = "\N{EN DASH}"
NAMES_SHOWN = 3
"""Choices that a sentence names; the rest are counted."""


@dataclass(frozen=True)
class Answer:
    """One ask of the region and what the model says of it."""

    ask: str
    text: str
    modelled: bool


@dataclass(frozen=True)
class AsksOfSource:
    """Asks of one source."""

    title: str
    source: str
    answers: tuple[Answer, ...]


@cache
def region_asks() -> tuple[dict[str, Any], ...]:
    """Read what the region asks."""
    text = files(__package__).joinpath("region_asks.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["groups"])


def answered(
    figures: Figures, site: str, counted: Callable[[str], str]
) -> tuple[AsksOfSource, ...]:
    """Answer every ask for a municipality or the region.

    Parameters
    ----------
    figures
        The tables of the run.
    site
        The municipality's code, or the region's site.
    counted
        Answers an ask by a count of its own, by the name that the file gives it.
    """
    words = figures.words
    groups = []
    for group in region_asks():
        answers = []
        for ask in group["asks"]:
            parts = [figures.sentence(name, site) for name in ask.get("kpis", ())]
            parts += [counted(ask["count"])] if "count" in ask else []
            told = [part for part in parts if part]
            left_out = words.of(ask.get("left_out"))
            text = " ".join([*told, *([left_out] if left_out else [])])
            answers.append(
                Answer(words.of(ask["ask"]), text or words.gettext("Not modelled."), bool(told))
            )
        groups.append(
            AsksOfSource(words.of(group["title"]), words.of(group["source"]), tuple(answers))
        )
    return tuple(groups)


@dataclass(frozen=True)
class Figures:
    """The summary and the comparison of a run, in the reader's words."""

    run: Run
    words: Words

    def cell(self, scenario: RunScenario, site: str, name: str) -> str:
        """Write a KPI's mean with its interval and, for a choice, the verdict."""
        row = self._summary.get((scenario.name, site, name))
        if row is None:
            return UNKNOWN
        entry = kpi(name)
        text = self._with_interval(entry, row)
        found = self._comparison.get((scenario.name, site, name))
        if found is None:
            return text
        leaving = leavers(found)
        if not leaving:
            return f"{SYMBOLS[Verdict(found['verdict'])]} {text}"
        note = leaving_note(leaving, self.words)
        return f"{SYMBOLS[Verdict(found['verdict'])]}{LEAVING} {text}; {note}"

    def verdict(self, scenario: RunScenario, site: str, name: str) -> Verdict | None:
        """Judge a choice on a KPI; a difference too small to matter is as good as none shown."""
        found = self._comparison.get((scenario.name, site, name))
        if found is None:
            return None
        return Verdict.NOT_SHOWN if found["size"] == Size.SMALL else Verdict(found["verdict"])

    def sentence(self, name: str, site: str) -> str:
        """Say a KPI of today, and which choices change it; empty where it wasn't measured."""
        _, words = self.words.gettext, self.words
        now = next((s for s in self.run.scenarios if s.baseline is None), None)
        if now is None:
            return ""
        own = (now.name, site, name) in self._summary
        where = site if own else WHOLE_REGION
        row = self._summary.get((now.name, where, name))
        if row is None:
            return ""
        entry = kpi(name)
        unit = "" if entry.unit == SHARE else f" {words.unit(entry)}"
        label = words.of(entry.label)
        if where == WHOLE_REGION and site != WHOLE_REGION:
            label = _("{label}, all of Twente").format(label=label)
        value = self._with_interval(entry, row, unit)
        first = _("{label}: now {value}.").format(label=label, value=value)
        return " ".join([first, *self._changes(name, where)])

    def some(self, names: list[str]) -> str:
        """Name a few, and count the rest."""
        rest = len(names) - NAMES_SHOWN
        shown = "; ".join(names[:NAMES_SHOWN])
        if rest <= 0:
            return shown
        more = self.words.ngettext("one more", "{count} more", rest)
        return f"{shown}; " + more.format(count=self.words.number(rest))

    def _changes(self, name: str, site: str) -> Iterator[str]:
        _ = self.words.gettext
        texts = {
            Verdict.BETTER: _("Better with: {choices}."),
            Verdict.WORSE: _("Worse with: {choices}."),
            Verdict.HIGHER: _("Higher with: {choices}."),
            Verdict.LOWER: _("Lower with: {choices}."),
        }
        found: dict[Verdict, list[str]] = {}
        choices = [s for s in self.run.scenarios if s.baseline is not None]
        for scenario in choices:
            row = self._comparison.get((scenario.name, site, name))
            if row is not None:
                title = self.words.of(scenario.title)
                found.setdefault(Verdict(row["verdict"]), []).append(title)
        for verdict, text in texts.items():
            if verdict in found:
                yield text.format(choices=self.some(found[verdict]))
        if choices and not set(texts) & set(found):
            yield _("No difference shown for any choice.")

    def _with_interval(self, entry: Kpi, row: Mapping[str, Any], unit: str = "") -> str:
        half = (row["ci_high"] - row["ci_low"]) / 2
        value = self.words.amount(entry, row["mean"], half)
        low, high = max(row["ci_low"], 0.0), row["ci_high"]
        if isnan(low) or isnan(high):
            return f"{value}{unit}"
        high = min(high, 1.0) if entry.unit == SHARE else high
        ends = [self.words.amount(entry, end, half).removesuffix("%") for end in (low, high)]
        if entry.exact or ends[0] == ends[1]:
            return f"{value}{unit}"
        return f"{value}{unit} ({EN_DASH.join(ends)})"

    @cached_property
    def _summary(self) -> dict[tuple[str, str, str], Mapping[str, Any]]:
        return _by_key(self.run.summary)

    @cached_property
    def _comparison(self) -> dict[tuple[str, str, str], Mapping[str, Any]]:
        return _by_key(self.run.comparison)


def _by_key(table: pd.DataFrame) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {
        (str(row["scenario"]), str(row["site"]), str(row["kpi"])): {str(k): row[k] for k in row}
        for row in table.to_dict("records")
    }
