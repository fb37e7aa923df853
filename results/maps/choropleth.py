"""Reachability on a map: one choropleth per scenario and function, for people who don't read GIS.

Each municipality is coloured by the share of its inhabitants within the norm. The frame, outlines
and legend are drawn once; from map to map only colours, names and hospitals change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.within_norm import NORM_PROFILES, WithinNorm, reach
from results.errors import ResultsError
from results.language.hours import moment_text
from results.maps.figure import HospitalMarker, MapContent, MapFigure, fits_subtitle
from results.rendering import style
from results.runs.picture import Picture
from results.runs.run import Run, RunScenario, RunSite, safe_name

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from results.language.words import Words

MAIN_ROADS = ("motorway", "trunk")
"""Roads that people know the region by."""

ROADS = "osm"
"""The name of the roads among the sources of a data set."""

NEARLY_ALL = 0.99
"""Municipalities with a smaller share within the norm are named in a map's description."""


@dataclass(frozen=True)
class MapFiles:
    """A map as files: for the screen, and for print and editing."""

    png: bytes
    svg: bytes


def draw_maps(run: Run, data: DataSet, words: Words) -> dict[tuple[str, str], MapFiles]:
    """Draw a map for every scenario and function with a norm, each distinct one once.

    Scenarios in which a function is as near to everyone share a map, which names them all.

    Parameters
    ----------
    run
        Its scenarios and reachability.
    data
        The outlines of the municipalities.
    words
        The reader's language.

    Returns
    -------
    dict[tuple[str, str], Drawn]
        Maps by scenario and function; the same input gives the same bytes.
    """
    figure = _frame(run, data, words)
    drawn: dict[tuple[str, str], MapFiles] = {}
    for function in NORM_PROFILES:
        alike: dict[MapContent, list[RunScenario]] = {}
        for scenario in run.scenarios:
            alike.setdefault(_content(run, scenario, function, words), []).append(scenario)
        for content, scenarios in alike.items():
            figure.fill(content, _subtitle(scenarios, words))
            one = MapFiles(figure.png(), figure.svg())
            drawn |= {(scenario.name, function): one for scenario in scenarios}
    return drawn


def _subtitle(scenarios: Sequence[RunScenario], words: Words) -> str:
    """Name the scenarios that share a map; the first alone where they are too many to name."""
    years: dict[str, list[str]] = {}
    for scenario in scenarios:
        years.setdefault(words.of(scenario.title), []).append(str(scenario.horizon_year))
    names = [f"{title} ({', '.join(when)})" for title, when in years.items()]
    everyone = " · ".join(names)
    if fits_subtitle(everyone) or len(names) == 1:
        return everyone
    text = words.ngettext(
        "{first}, and {count} other choice with the same map",
        "{first}, and {count} other choices with the same map",
        len(names) - 1,
    )
    return text.format(first=names[0], count=len(names) - 1)


def draw_map(run: Run, data: DataSet, scenario: str, function: str, words: Words) -> Picture:
    """Draw the map of one scenario and function.

    Raises
    ------
    ResultsError
        The run has no such scenario, or there is no map of such a function.
    """
    known = {one.name: one for one in run.scenarios}
    for asked, there in ((scenario, known), (function, NORM_PROFILES)):
        if asked not in there:
            raise ResultsError(
                "no map of {asked!r}; there are maps of {known}",
                asked=asked,
                known=", ".join(there),
            )
    content = _content(run, known[scenario], function, words)
    figure, subtitle = _frame(run, data, words), _subtitle([known[scenario]], words)
    figure.fill(content, subtitle)
    return Picture(f"{subtitle}: {content.title}", figure.png())


def _frame(run: Run, data: DataSet, words: Words) -> MapFigure:
    main_roads = list(data.roads[data.roads["road_class"].isin(MAIN_ROADS)].geometry)
    source = " ".join([source_line(run, words), _road_date(data, words)]).strip()
    return MapFigure(data.municipalities, main_roads, words, source)


def map_file(scenario: str, function: str, kind: str = "png") -> str:
    """Name a map's file, whatever the scenario's name holds."""
    return f"{safe_name(scenario)}-{function}.{kind}"


def question(words: Words, function: str, norm: float) -> str:
    """Ask what a function's map answers."""
    _ = words.gettext
    texts = {
        "ed": _("Who is at an emergency department within {norm} minutes?"),
        "maternity": _("Who can reach a hospital to give birth within {norm} minutes?"),
    }
    return texts[function].format(norm=words.number(norm))


def reading_help(words: Words, function: str, norm: float) -> str:
    """Say in one sentence how to read a function's map."""
    _ = words.gettext
    texts = {
        "ed": _(
            "The darker a municipality, the fewer inhabitants are at an emergency department "
            "by ambulance within {norm} minutes of the call, by the norm's clock (5 minutes at the "
            "patient; in life about 20)."
        ),
        "maternity": _(
            "The darker a municipality, the fewer inhabitants reach a hospital where they can "
            "give birth within {norm} minutes by car."
        ),
    }
    return texts[function].format(norm=words.number(norm))


def outcome(words: Words, found: WithinNorm) -> str:
    """Say how many people of Twente are within the norm, and how many aren't."""
    _ = words.gettext
    text = (
        _(
            "All of Twente: {share} within the norm, by the norm's clock; about {people} "
            "inhabitants beyond it."
        )
        if found.beside
        else _("All of Twente: {share} within the norm; about {people} inhabitants beyond it.")
    )
    said = text.format(
        share=words.percent(found.share.get(REGION_CODE, float("nan")), 0),
        people=words.people_between(found.beyond, *found.beyond_range),
    )
    return " ".join([said, beside(words, found)]).strip()


def beside(words: Words, found: WithinNorm) -> str:
    """Say the other clock's share and the worst moment in sentences; empty without either."""
    _range, *notes = reach_notes(found, REGION_CODE, words) or [""]
    return " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes)


def reach_notes(found: WithinNorm, code: str, words: Words) -> list[str]:
    """Say what stands beside a share within the norm: its range, the other clock, the worst moment.

    The first is the 95% range that speeds leave; an empty list where nothing is known.
    """
    _ = words.gettext
    if isnan(found.share.get(code, nan)):
        return []
    notes = [words.percent_between(found.low[code], found.high[code])]
    if found.beside:
        share = words.percent(found.beside.get(code, nan), 0)
        notes.append(_("by life's clock {share}").format(share=share))
    if found.is_part_time:
        hours, time = found.worst_moment[code], found.worst_time[code]
        if time < 1:
            notes.append(
                _("mean over the year; {moment}: {share}").format(
                    moment=moment_text(hours, time, words),
                    share=words.percent(found.worst[code], 0),
                )
            )
        else:
            notes.append(_("at every hour the same"))
    return notes


def alt_text(run: Run, scenario: RunScenario, function: str, words: Words) -> str:
    """Tell in words what a map shows, for those who can't see it."""
    found = reach(run, scenario.name, function)
    table = run.reachability
    names = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    low = sorted(
        (share, str(names[code]))
        for code, share in found.share.items()
        if code != REGION_CODE and share < NEARLY_ALL
    )
    named = [f"{name} {words.percent(share, 0)}" for share, name in low]
    parts = [
        question(words, function, found.norm),
        f"{words.of(scenario.title)} ({scenario.horizon_year}).",
        outcome(words, found),
    ]
    if named:
        text = words.gettext("Municipalities below {share}: {names}.")
        parts.append(text.format(share=words.percent(NEARLY_ALL, 0), names=words.listed(named)))
    return " ".join(parts)


def source_line(run: Run, words: Words) -> str:
    """Name the sources that the licences ask to be named."""
    _ = words.gettext
    base = _(
        "Roads: © OpenStreetMap contributors (ODbL). "
        "Boundaries and inhabitants: CBS/Kadaster (CC BY 4.0). "
        "Calculation: twentezorg {version}."
    )
    return base.format(version=run.manifest["version"])


def _road_date(data: DataSet, words: Words) -> str:
    """Say of which day the roads are, where the data set tells."""
    sources = data.manifest.get("sources")
    roads = sources.get(ROADS, {}) if isinstance(sources, Mapping) else {}
    if not isinstance(roads, Mapping) or "date" not in roads:
        return ""
    return words.gettext("Roads of {date}.").format(date=words.day(str(roads["date"])))


def _content(run: Run, scenario: RunScenario, function: str, words: Words) -> MapContent:
    found = reach(run, scenario.name, function)
    shown = [site for site in scenario.sites if style.is_shown(site, function)]
    ids = {site.id for site in shown}
    return MapContent(
        title=question(words, function, found.norm),
        outcome=outcome(words, found).removesuffix(beside(words, found)).strip(),
        reading_help=_drawn_help(words, function, found),
        share=tuple(sorted(found.share.items())),
        hospitals=(
            *(_hospital(site, style.marker_of(site, function)) for site in shown),
            *(_hospital(site, style.ABROAD_MARK) for site in scenario.abroad if site.id not in ids),
        ),
    )


def _drawn_help(words: Words, function: str, found: WithinNorm) -> str:
    """Say which clock a drawn map shows and what stands beside it: there is little room."""
    notes = beside(words, found)
    if not notes:
        return reading_help(words, function, found.norm)
    clock = words.gettext("By the norm's clock (5 minutes at the patient).")
    return f"{clock} {notes}" if found.beside else notes


def _hospital(site: RunSite, marker: style.Marker) -> HospitalMarker:
    return HospitalMarker(site.name, site.lon, site.lat, marker)
