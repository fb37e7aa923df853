"""The tables of the report, cell by cell: text to show and the class that colours it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import isnan
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.within_norm import WithinNorm, reach
from results.kpis.catalogue import FLOWS, Kpi, headline_kpis, kpi, position
from results.language.confidence import ASSUMED, CONFIDENCES, confidence_labels
from results.language.parameter_names import parameter_name, translated
from results.language.words import UNKNOWN, Words
from results.maps.choropleth import reach_notes
from results.rendering.labels import LEAVING, STYLES, SYMBOLS, leaving_note, verdict_labels
from results.rendering.style import class_of
from results.statistics.comparison import Verdict, leavers
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from results.runs.run import Run, RunScenario


@dataclass(frozen=True)
class Cell:
    """What one cell of a table shows."""

    text: str = UNKNOWN
    interval: str = ""
    style: str = ""
    symbol: str = ""
    spoken: str = ""


@dataclass(frozen=True)
class Row:
    """A configuration and its cells."""

    scenario: RunScenario
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Year:
    """The configurations of one horizon year, the baseline first."""

    year: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Choice:
    """The choice on one page: configurations by main figures."""

    kpis: tuple[Kpi, ...]
    years: tuple[Year, ...]


@dataclass(frozen=True)
class Figure:
    """One KPI in every scenario, by site."""

    kpi: Kpi
    sites: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Flow:
    """The KPIs of one care line."""

    name: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class ReachabilityColumn:
    """A scenario, and the years in which its reachability is the same."""

    scenario: RunScenario
    years: str


@dataclass(frozen=True)
class ReachTable:
    """The share of inhabitants within a norm, by municipality and scenario."""

    columns: tuple[ReachabilityColumn, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Assumption:
    """A parameter as the scenarios use it."""

    key: str
    name: str
    value: str
    unit: str
    source: str
    year: str
    confidence: str
    assumed: bool
    scenarios: str


def choice(run: Run, words: Words) -> Choice:
    """Lay the main figures of all configurations beside each other, by horizon year."""
    summary, comparison = by_key(run.summary), by_key(run.comparison)
    seen = set(run.summary.loc[run.summary["site"] == WHOLE_REGION, "kpi"])
    shown = tuple(entry for entry in headline_kpis() if entry.name in seen)
    rows = []
    for scenario in run.scenarios:
        table, cell = (
            (summary, mean_cell) if scenario.baseline is None else (comparison, difference_cell)
        )
        keys = [(scenario.name, WHOLE_REGION, entry.name) for entry in shown]
        cells = (cell(entry, table.get(key), words) for entry, key in zip(shown, keys, strict=True))
        rows.append(Row(scenario, tuple(cells)))
    rows.sort(key=lambda row: (row.scenario.horizon_year, row.scenario.baseline is not None))
    years = (
        Year(year, tuple(group))
        for year, group in groupby(rows, key=lambda row: row.scenario.horizon_year)
    )
    return Choice(shown, tuple(years))


def flows(run: Run, words: Words) -> tuple[Flow, ...]:
    """Lay every KPI out by scenario and site, care line by care line."""
    summary = by_key(run.summary)
    names = sorted(set(run.summary["kpi"]), key=position)
    titles = _flow_titles(words)
    order = [*FLOWS, *sorted({kpi(name).flow for name in names} - set(FLOWS))]
    figure = partial(_figure, run, summary, words)
    found = (
        Flow(flow, titles.get(flow, flow), tuple(figure(n) for n in names if kpi(n).flow == flow))
        for flow in order
    )
    return tuple(flow for flow in found if flow.figures)


def reach_columns(run: Run, words: Words, function: str) -> tuple[ReachabilityColumn, ...]:
    """List the scenarios, but one baseline only for all years in which people reach the same."""
    columns: dict[object, list[RunScenario]] = {}
    for scenario in run.scenarios:
        shares = tuple(sorted(reach(run, scenario.name, function).share.items()))
        same = (words.of(scenario.title), shares) if scenario.baseline is None else scenario.name
        columns.setdefault(same, []).append(scenario)
    return tuple(
        ReachabilityColumn(
            group[0], words.listed([str(scenario.horizon_year) for scenario in group])
        )
        for group in columns.values()
    )


def reach_table(run: Run, words: Words, function: str) -> ReachTable:
    """Lay the share of inhabitants within the norm out by municipality and scenario."""
    columns = reach_columns(run, words, function)
    found = [reach(run, column.scenario.name, function) for column in columns]
    table = run.reachability
    places = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    region = [code for code in places if code == REGION_CODE]
    order = [*sorted(set(places) - {REGION_CODE}, key=lambda code: str(places[code])), *region]
    rows = []
    for code in order:
        cells = tuple(_share_cell(reached, code, words) for reached in found)
        rows.append((str(places[code]), cells))
    return ReachTable(columns, tuple(rows))


def assumptions(run: Run, words: Words) -> tuple[Assumption, ...]:
    """List the parameters once each, assumptions before published and measured figures."""
    titles = {scenario.name: words.of(scenario.title) for scenario in run.scenarios}
    known = {name: rank for rank, name in enumerate(CONFIDENCES)}
    keys = ["confidence", "key", "value", "unit", "source", "year"]
    table = run.parameters.astype(dict.fromkeys(keys, object)).fillna(dict.fromkeys(keys, ""))
    found = []
    for values, group in table.groupby(keys, sort=False):
        confidence, key, value, unit, source, year = (str(part) for part in values)
        used = set(group["scenario"])
        everywhere = used >= set(titles)
        where = (
            words.gettext("all")
            if everywhere
            else ", ".join(title for name, title in titles.items() if name in used)
        )
        found.append(
            Assumption(
                key=key,
                name=parameter_name(key, words),
                value=_parameter_value(value, words),
                unit=translated(unit, words),
                source=translated(source, words),
                year=year.removesuffix(".0"),
                confidence=confidence_labels(words).get(confidence, confidence),
                assumed=confidence == ASSUMED,
                scenarios=where,
            )
        )
    rank = {label: known[name] for name, label in confidence_labels(words).items()}
    return tuple(sorted(found, key=lambda a: (rank.get(a.confidence, -1), a.key, a.value)))


def by_key(table: pd.DataFrame) -> dict[tuple[str, str, str], Mapping[str, object]]:
    """Return the rows of a summary or a comparison by scenario, site and KPI."""
    return {
        (str(row["scenario"]), str(row["site"]), str(row["kpi"])): {str(k): row[k] for k in row}
        for row in table.to_dict("records")
    }


def mean_cell(entry: Kpi, row: Mapping[str, object] | None, words: Words) -> Cell:
    """Write a row of a summary: the mean with its interval."""
    if row is None:
        return Cell(spoken=words.gettext("not observed"))
    mean, low, high = _floats(row, ("mean", "ci_low", "ci_high"))
    half = (high - low) / 2
    return Cell(words.amount(entry, mean, half), words.interval(entry, low, high), "value")


def difference_cell(entry: Kpi, row: Mapping[str, object] | None, words: Words) -> Cell:
    """Write a row of a comparison: the difference with its interval, and the verdict."""
    if row is None:
        return Cell(spoken=words.gettext("not compared"))
    verdict = Verdict(str(row["verdict"]))
    shown = verdict is not Verdict.NOT_SHOWN
    difference, low, high = _floats(row, ("difference", "ci_low", "ci_high"))
    interval = words.difference_interval(entry, low, high, fine=shown)
    leaving = leavers(row)
    return Cell(
        text=words.difference(entry, difference, (high - low) / 2, fine=shown),
        interval=f"{interval}; {leaving_note(leaving, words)}" if leaving else interval,
        style=STYLES[verdict],
        symbol=SYMBOLS[verdict] + (LEAVING if leaving else ""),
        spoken=verdict_labels(words)[verdict],
    )


def _share_cell(reached: WithinNorm, code: str, words: Words) -> Cell:
    """Write a share with the range that speeds leave, the other clock's, and the worst moment."""
    share = reached.share.get(code, float("nan"))
    if isnan(share):
        return Cell(words.percent(share))
    return Cell(
        words.percent(share, 0),
        interval="; ".join(reach_notes(reached, code, words)),
        style=f"class{class_of(share)}",
    )


def _figure(
    run: Run,
    summary: Mapping[tuple[str, str, str], Mapping[str, object]],
    words: Words,
    name: str,
) -> Figure:
    seen = set(run.summary.loc[run.summary["kpi"] == name, "site"])
    sites = sorted(
        seen & {WHOLE_REGION, *run.site_names}, key=lambda site: (site != WHOLE_REGION, site)
    )
    entry = kpi(name)
    rows = (
        Row(
            scenario,
            tuple(
                mean_cell(entry, summary.get((scenario.name, site, name)), words) for site in sites
            ),
        )
        for scenario in run.scenarios
    )
    labels = tuple(
        words.gettext("All of Twente") if site == WHOLE_REGION else run.site_names.get(site, site)
        for site in sites
    )
    return Figure(entry, labels, tuple(rows))


def _floats(row: Mapping[str, object], columns: Iterable[str]) -> list[float]:
    return [float(str(row[column])) for column in columns]


def _parameter_value(value: str, words: Words) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    digits = value.partition(".")[2]
    return words.number(number, len(digits.rstrip("0"))) if "e" not in value.lower() else value


def _flow_titles(words: Words) -> dict[str, str]:
    _ = words.gettext
    return {
        "ed": _("Emergency department (ED)"),
        "ambulance": _("Ambulance"),
        "theatre": _("Operating theatres"),
        "maternity": _("Giving birth"),
        "ward": _("Wards"),
        "icu": _("Intensive care (IC)"),
        "staff": _("Staff"),
        "care": _("Care, wherever it is given"),
        "neighbour": _("Hospitals outside Twente"),
    }
