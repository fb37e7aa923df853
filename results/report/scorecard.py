"""The choice on one page: configurations by criteria, each better, worse or not shown.

Every configuration is compared with its baseline, doing nothing in the same year. A figure that was
simulated takes its verdict from the comparison of the run; what is computed exactly (opening hours,
travel times) differs or doesn't; a cost differs where its whole assumed range does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from results.decision.scores import Beside, Interval, beside_values, choices, score_table
from results.kpis.catalogue import Direction, kpi
from results.kpis.criteria import CriteriaGroup, Criterion, criteria, groups
from results.language.hours import moment_text
from results.language.words import UNKNOWN, Words
from results.rendering.labels import LEAVING, STYLES, SYMBOLS, leaving_text, verdict_labels
from results.statistics.comparison import Size, Verdict, leavers
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from results.runs.run import Run, RunScenario

ROSTERED = "staff.fte"
"""How the names of figures begin that follow from the rosters alone."""

SAME = 1e-9
"""Exact figures that differ by less are the same."""


@dataclass(frozen=True)
class Mark:
    """What one configuration does on one criterion."""

    style: str
    symbol: str
    text: str
    verdict: str
    """In words; empty for a baseline."""

    sentence: str
    """The numbers, the interval and the source, in a sentence or two."""

    is_small: bool = False
    """Whether the difference is too small to matter, however sure."""


@dataclass(frozen=True)
class CriterionMarks:
    """A criterion, and the mark of every configuration."""

    criterion: Criterion
    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class GroupMarks:
    """A group of criteria, that gets a weight."""

    group: CriteriaGroup
    lines: tuple[CriterionMarks, ...]


@dataclass(frozen=True)
class YearColumn:
    """A configuration of a year."""

    scenario: RunScenario
    opens_year: bool


@dataclass(frozen=True)
class Scorecard:
    """All configurations that there is something to choose between."""

    years: tuple[tuple[int, int], ...]
    """Each year with its number of configurations."""

    columns: tuple[YearColumn, ...]
    blocks: tuple[GroupMarks, ...]


_Row = Mapping[str, object]
_Found = Mapping[tuple[str, str], _Row]


def scorecard(run: Run, words: Words) -> Scorecard:
    """Lay out the choice: configurations by year, doing nothing first, and criteria by group.

    A criterion of which the run has no figure at all, such as the room of neighbours that are only
    counted, is left out.
    """
    table = score_table(run)
    measured = set(table.loc[table["value"].notna(), "criterion"])
    offered = choices(run, table)
    columns = tuple(
        YearColumn(scenario, opens_year=number == 0)
        for choice in offered
        for number, scenario in enumerate(choice.scenarios)
    )
    scores: _Found = {(str(row["scenario"]), str(row["criterion"])): row for row in _records(table)}
    compared: _Found = {
        (str(row["scenario"]), str(row["kpi"])): row
        for row in _records(run.comparison[run.comparison["site"] == WHOLE_REGION])
    }
    means: _Found = {
        (str(row["scenario"]), str(row["kpi"])): row
        for row in _records(run.summary[run.summary["site"] == WHOLE_REGION])
    }
    mark = partial(_mark, _Figures(scores, compared, means, beside_values(run)), words)
    blocks = []
    for group in groups().values():
        lines = tuple(
            CriterionMarks(
                entry, _title(entry, words), tuple(mark(c.scenario, entry) for c in columns)
            )
            for entry in criteria().values()
            if entry.group == group.name and entry.name in measured
        )
        if lines:
            blocks.append(GroupMarks(group, lines))
    years = tuple((choice.year, len(choice.scenarios)) for choice in offered)
    return Scorecard(years, columns, tuple(blocks))


def _records(table: pd.DataFrame) -> list[_Row]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


@dataclass(frozen=True)
class _Figures:
    """The tables of a run, by scenario and criterion or KPI."""

    scores: _Found
    compared: _Found
    means: _Found
    beside: Mapping[tuple[str, str], Beside]


def _mark(figures: _Figures, words: Words, scenario: RunScenario, criterion: Criterion) -> Mark:
    _ = words.gettext
    scores, compared = figures.scores, figures.compared
    beside = _beside(figures, words, scenario, criterion)
    row = scores[scenario.name, criterion.name]
    value = _float(row["value"])
    if isnan(value):
        return Mark("none", "", UNKNOWN, "", _("This run has no figure for it."))
    figure = criterion.figure
    if scenario.baseline is None:
        half = (_float(row["high"]) - _float(row["low"])) / 2
        text = words.amount(figure, value, half)
        amount = f"{text}{words.unit_beside(figure, value)}"
        sentence = _("{amount} if everything stays as it is.").format(amount=amount)
        return Mark(
            "value",
            "",
            text,
            "",
            " ".join([sentence, *beside, _source(row, criterion, words)]),
        )
    if criterion.given:
        half = (_float(row["high"]) - _float(row["low"])) / 2
        text = words.amount(figure, value, half)
        amount = f"{text}{words.unit_beside(figure, value)}"
        if row["interval"] == Interval.ASSUMED:
            span = words.difference_interval(figure, _float(row["low"]), _float(row["high"]))
            amount += _(" (assumed range {span})").format(span=span)
        sentence = _("{amount}. Given: it is put into the model, and not judged.").format(
            amount=amount
        )
        return Mark("value", "", text, "", f"{sentence} {_source(row, criterion, words)}")
    difference, low, high, verdict = _compared(scores, compared, scenario, criterion)
    if isnan(difference):
        return Mark("none", "", UNKNOWN, "", _("This run has no figure for it."))
    before = _float(scores[scenario.baseline, criterion.name]["value"])
    unit = words.difference_unit(figure, difference)
    half = (high - low) / 2
    amount = f"{words.amount(figure, value, half)}{words.unit_beside(figure, value)}"
    sentence = _("{amount}, against {before} if everything stays as it is: {difference}").format(
        amount=amount,
        before=f"{words.amount(figure, before, half)}{words.unit_beside(figure, before)}",
        difference=f"{words.difference(figure, difference, half)} {unit}",
    )
    span = words.difference_interval(figure, low, high)
    leaving = leavers(compared.get((scenario.name, criterion.kpi or "")))
    small = _is_small(compared, scenario, criterion, low, high)
    texts = {
        Interval.REPLICATIONS: _(" (95% interval {span})."),
        Interval.ASSUMED: _(" (assumed range {span})."),
        Interval.NONE: ".",
    }
    sentence += texts[Interval(str(row["interval"]))].format(span=span)
    return Mark(
        style=STYLES[verdict],
        symbol=SYMBOLS[verdict] + (LEAVING if leaving else ""),
        text="",
        verdict=verdict_labels(words)[verdict],
        sentence=" ".join(
            [
                sentence,
                *([_("Too small to matter.")] if small else []),
                *([leaving_text(leaving, criterion.kpi or "", words)] if leaving else []),
                *beside,
                _source(row, criterion, words),
            ]
        ),
        is_small=small,
    )


def _title(criterion: Criterion, words: Words) -> str:
    """Name a criterion; one that is given says so."""
    title = words.of(criterion.title)
    return words.gettext("{title} (given)").format(title=title) if criterion.given else title


def _beside(
    figures: _Figures, words: Words, scenario: RunScenario, criterion: Criterion
) -> tuple[str, ...]:
    """Say the figure that stands in the same cell, where the run has it."""
    also = figures.beside.get((scenario.name, criterion.name), Beside())
    if criterion.reachability is not None:
        return tuple(_beside_reach(also, criterion, words))
    row = figures.means.get((scenario.name, criterion.beside or ""))
    if row is None:
        return ()
    entry, mean = kpi(str(criterion.beside)), _float(row["mean"])
    half = (_float(row["ci_high"]) - _float(row["ci_low"])) / 2
    amount = f"{words.amount(entry, mean, half)}{words.unit_beside(entry, mean)}"
    return (f"{words.of(entry.label)}: {amount}.",)


def _beside_reach(also: Beside, criterion: Criterion, words: Words) -> Iterator[str]:
    """Say a share within the norm by the other clock, and at the worst moment."""
    _ = words.gettext
    if not isnan(also.by_life):
        share = words.amount(criterion.figure, also.by_life)
        yield _("By life's clock {share}.").format(share=share)
    if also.worst_moment:
        yield _("Mean over the year; {moment}: {share}.").format(
            moment=moment_text(also.worst_moment, also.worst_time, words),
            share=words.amount(criterion.figure, also.worst_value),
        )


def _is_small(
    compared: _Found, scenario: RunScenario, criterion: Criterion, low: float, high: float
) -> bool:
    """Tell whether the whole range is within the smallest difference worth naming."""
    row = compared.get((scenario.name, criterion.kpi or ""))
    if row is not None:
        return str(row["size"]) == Size.SMALL
    return criterion.matters is not None and max(abs(low), abs(high)) < criterion.matters


def _compared(
    scores: _Found, compared: _Found, scenario: RunScenario, criterion: Criterion
) -> tuple[float, float, float, Verdict]:
    """Return the difference with the baseline, its range, and the verdict."""
    missing = (float("nan"), float("nan"), float("nan"), Verdict.NOT_SHOWN)
    if criterion.kpi is not None:
        row = compared.get((scenario.name, criterion.kpi))
        if row is None:
            return missing
        ends = (_float(row[name]) for name in ("difference", "ci_low", "ci_high"))
        return (*ends, _judged(Verdict(str(row["verdict"])), criterion))  # type: ignore[return-value]
    ours = scores[scenario.name, criterion.name]
    theirs = scores.get((scenario.baseline or "", criterion.name))
    if theirs is None:
        return missing
    before = _float(theirs["value"])
    difference, low, high = (_float(ours[name]) - before for name in ("value", "low", "high"))
    if min(abs(low), abs(high)) <= SAME or (low > 0) != (high > 0):
        return difference, low, high, Verdict.NOT_SHOWN
    risen = Verdict.HIGHER if low > 0 else Verdict.LOWER
    return difference, low, high, _judged(risen, criterion)


def _judged(verdict: Verdict, criterion: Criterion) -> Verdict:
    """Say whether higher or lower is better: a criterion knows, where a KPI may not."""
    if verdict not in {Verdict.HIGHER, Verdict.LOWER}:
        return verdict
    good = Verdict.HIGHER if criterion.better is Direction.HIGHER else Verdict.LOWER
    return Verdict.BETTER if verdict is good else Verdict.WORSE


def _source(row: _Row, criterion: Criterion, words: Words) -> str:
    _ = words.gettext
    if (criterion.kpi or "").startswith(ROSTERED):
        return _("Source: rosters of the model.")
    texts = {
        Interval.REPLICATIONS: _("Source: simulation."),
        Interval.ASSUMED: _("Source: rosters of the model, prices assumed."),
        Interval.NONE: _("Source: computed from opening hours and roads."),
    }
    return texts[Interval(str(row["interval"]))]


def _float(value: object) -> float:
    return float(str(value))
