"""What each choice asks of hospitals outside Twente: in sentences, and a table for each of them.

What is more is beside doing nothing in the same year, replication by replication. How a neighbour
copes is known where neighbours are simulated only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from results.kpis.catalogue import kpi
from results.language.words import UNKNOWN
from results.report.tables import Cell, Row, by_key, difference_cell, mean_cell
from results.statistics.comparison import Size, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from results.decision.futures import Futures
    from results.language.words import Words
    from results.runs.run import Run, RunScenario

MORE = (
    "neighbour.visits",
    "neighbour.extra",
    "neighbour.births",
    "neighbour.extra_births",
    "neighbour.extra_bed_days",
)
"""What a table shows as a difference with doing nothing."""

COPES = ("neighbour.refused", "neighbour.wait", "neighbour.headroom")
"""What it shows as it is: how the neighbour copes."""

HEADROOM = "neighbour.headroom"
OF_ALL = ("neighbour.extra", "neighbour.extra_births")


@dataclass(frozen=True)
class OfNeighbour:
    """One hospital outside Twente: a row for each configuration."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OfChoice:
    """What one choice asks: a sentence for each neighbour of which it asks more to speak of."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class AskedOfNeighbours:
    """What is asked of neighbours.

    Attributes
    ----------
    choices
        Those that ask something, by year.
    nothing
        The choices that ask nothing to speak of, in a sentence; empty where there are none.
    is_counted
        Whether neighbours are counted: how they cope is unknown then.
    heads
        Label and unit of each column of a table.
    tables
        One for each neighbour.
    """

    choices: tuple[OfChoice, ...]
    nothing: str
    is_counted: bool
    heads: tuple[tuple[str, str], ...]
    tables: tuple[OfNeighbour, ...]


class _ByKey(NamedTuple):
    """The tables of a run by scenario, site and KPI."""

    summary: Mapping[tuple[str, str, str], Mapping[str, object]]
    comparison: Mapping[tuple[str, str, str], Mapping[str, object]]


def asked_of_neighbours(
    run: Run, futures: Futures | None, words: Words
) -> AskedOfNeighbours | None:
    """Lay out what every choice asks of neighbours; None where a run doesn't know.

    Parameters
    ----------
    run
        The run.
    futures
        A sweep: in how many futures a neighbour has no room is told where it knows.
    words
        The reader's language.
    """
    _ = words.gettext
    known = run.summary[run.summary["kpi"].isin(MORE)]["site"]
    outside = {s.id: s.name for scenario in run.scenarios for s in scenario.sites if s.is_neighbour}
    names = {site: name for site, name in outside.items() if site in set(known)}
    if not names:
        return None
    figures = _ByKey(by_key(run.summary), by_key(run.comparison))
    full = _without_room(futures)
    scenarios = sorted(run.scenarios, key=lambda s: (s.horizon_year, s.baseline is not None))
    choices, nothing = [], []
    for scenario in scenarios:
        if scenario.baseline is None:
            continue
        told = tuple(_sentences(figures, scenario, names, full, words))
        if told:
            title = f"{words.of(scenario.title)} ({scenario.horizon_year})"
            choices.append(OfChoice(title, told))
        else:
            nothing.append(words.of(scenario.title))
    heads = [(words.of(kpi(name).label), words.unit(kpi(name))) for name in (*MORE, *COPES)]
    if full:
        heads.append((_("Futures without room"), words.unit_text("share")))
    return AskedOfNeighbours(
        tuple(choices),
        _("Nothing to speak of: {choices}.").format(choices="; ".join(nothing)) if nothing else "",
        is_counted=not any(site in names for _s, site, name in figures.summary if name == HEADROOM),
        heads=tuple(heads),
        tables=tuple(
            OfNeighbour(
                name, tuple(Row(s, _cells(figures, s, site, full, words)) for s in scenarios)
            )
            for site, name in names.items()
        ),
    )


def _without_room(futures: Futures | None) -> dict[tuple[str, str], float]:
    """Return by scenario and neighbour the share of futures in which more come than it can take."""
    if futures is None:
        return {}
    left = futures.values[futures.values["kpi"] == HEADROOM].dropna(subset="value")
    short = left.assign(short=left["value"] < 0).groupby(["scenario", "site"])["short"].mean()
    rows = short.reset_index().itertuples(index=False, name=None)
    return {(str(scenario), str(site)): float(share) for scenario, site, share in rows}


def _sentences(
    figures: _ByKey,
    scenario: RunScenario,
    names: Mapping[str, str],
    full: Mapping[tuple[str, str], float],
    words: Words,
) -> Iterator[str]:
    _ = words.gettext

    def burden(site: str) -> float:
        rows = (figures.comparison.get((scenario.name, site, share)) for share in OF_ALL)
        return max((_number(row, "difference") for row in rows if row), default=0.0)

    for site in sorted(names, key=burden, reverse=True):
        visits, births = (
            _more(figures, scenario, site, count, share, words)
            for count, share in zip(("neighbour.visits", "neighbour.births"), OF_ALL, strict=True)
        )
        if visits and births:
            text = _(
                "{hospital} must take {visits} visits a year more, and {births} births: {share} "
                "and {birth_share} of what it does"
            )
        elif visits:
            text = _("{hospital} must take {visits} visits a year more: {share} of what it does")
        elif births:
            text = _(
                "{hospital} must take {births} births a year more: {birth_share} of what it does"
            )
        else:
            continue
        told = text.format(
            hospital=names[site],
            visits=visits and visits.number,
            share=visits and visits.share,
            births=births and births.number,
            birth_share=births and births.share,
        )
        yield f"{told}{_room(figures, scenario, site, full, words) if visits else ''}."


class _More(NamedTuple):
    """How many more, with the interval, and as a share of what a neighbour does."""

    number: str
    share: str


def _more(
    figures: _ByKey, scenario: RunScenario, site: str, count: str, share: str, words: Words
) -> _More | None:
    """Say how many more are asked; None where it isn't certain that so many matter."""
    of_all = figures.comparison.get((scenario.name, site, share))
    row = figures.comparison.get((scenario.name, site, count))
    if of_all is None or row is None:
        return None
    if of_all["verdict"] != Verdict.WORSE or of_all["size"] != Size.MATTERS:
        return None
    ends = [_number(row, end) for end in ("difference", "ci_low", "ci_high")]
    between = words.births_between if count == "neighbour.births" else words.people_between
    return _More(between(*ends), words.percent(_number(of_all, "difference"), 0))


def _room(
    figures: _ByKey,
    scenario: RunScenario,
    site: str,
    full: Mapping[tuple[str, str], float],
    words: Words,
) -> str:
    """Say whether there is room, as far as it is known."""
    _ = words.gettext
    share = full.get((scenario.name, site))
    if share is not None:
        text = _("; in {share} of the futures there is no room")
        return text.format(share=words.percent(share, 0))
    row = figures.summary.get((scenario.name, site, HEADROOM))
    if row is None:
        return ""
    left = _number(row, "mean")
    if left < 0:
        return _("; it is {share} short of room").format(share=words.percent(-left, 0))
    return _("; {share} of headroom is left").format(share=words.percent(left, 0))


def _cells(
    figures: _ByKey,
    scenario: RunScenario,
    site: str,
    full: Mapping[tuple[str, str], float],
    words: Words,
) -> tuple[Cell, ...]:
    unknown = words.gettext("unknown")
    cells = []
    for name in (*MORE, *COPES):
        entry, key = kpi(name), (scenario.name, site, name)
        if name in MORE and scenario.baseline is not None:
            row, cell = figures.comparison.get(key), difference_cell
        else:
            row, cell = figures.summary.get(key), mean_cell
        cells.append(cell(entry, row, words) if row else Cell(unknown))
    if full:
        share = full.get((scenario.name, site))
        cells.append(Cell(UNKNOWN if share is None else words.percent(share, 0)))
    return tuple(cells)


def _number(row: Mapping[str, object], column: str) -> float:
    return float(str(row[column]))
