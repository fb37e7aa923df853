"""Reachability on a map: one choropleth per scenario and function, for people who don't read GIS.

Each municipality is coloured by the share of its inhabitants within the norm. The frame, outlines
and legend are drawn once; from map to map only colours, names and hospitals change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.within_norm import PROFILES, Reach, reach
from results.maps.figure import MapContent, MapFigure
from results.runs.run import Run, Scenario, safe_name

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from results.language.words import Words

MAIN_ROADS = ("motorway", "trunk")
"""Roads that people know the region by."""

ROADS = "osm"
"""The name of the roads among the sources of a data set."""

NEARLY_ALL = 0.99
"""Municipalities with a smaller share within the norm are named in a map's description."""


def draw_maps(run: Run, data: DataSet, words: Words) -> dict[tuple[str, str], bytes]:
    """Draw a map for every scenario and function with a norm.

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
    dict[tuple[str, str], bytes]
        PNG files by scenario and function; the same input gives the same bytes.
    """
    figure = _frame(run, data, words)
    return {
        (scenario.name, function): figure.png(_content(run, scenario, function, words))
        for scenario in run.scenarios
        for function in PROFILES
    }


def draw_svg_maps(run: Run, data: DataSet, words: Words) -> dict[tuple[str, str], bytes]:
    """Draw the same maps as SVG files, for print and for editing."""
    figure = _frame(run, data, words)
    return {
        (scenario.name, function): figure.svg(_content(run, scenario, function, words))
        for scenario in run.scenarios
        for function in PROFILES
    }


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
            "by ambulance within {norm} minutes of the call."
        ),
        "maternity": _(
            "The darker a municipality, the fewer inhabitants reach a hospital where they can "
            "give birth within {norm} minutes by car."
        ),
    }
    return texts[function].format(norm=words.number(norm))


def outcome(words: Words, found: Reach) -> str:
    """Say how many people of Twente are within the norm, and how many aren't."""
    text = words.gettext(
        "All of Twente: {share} within the norm; about {people} inhabitants beyond it."
    )
    return text.format(
        share=words.percent(found.share.get(REGION_CODE, float("nan"))),
        people=words.people(found.beyond),
    )


def alt_text(run: Run, scenario: Scenario, function: str, words: Words) -> str:
    """Tell in words what a map shows, for those who can't see it."""
    found = reach(run, scenario.name, function)
    table = run.reachability
    names = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    low = sorted(
        (share, str(names[code]))
        for code, share in found.share.items()
        if code != REGION_CODE and share < NEARLY_ALL
    )
    told = [f"{name} {words.percent(share)}" for share, name in low]
    parts = [
        question(words, function, found.norm),
        f"{words.of(scenario.title)} ({scenario.horizon_year}).",
        outcome(words, found),
    ]
    if told:
        text = words.gettext("Municipalities below {share}: {names}.")
        parts.append(text.format(share=words.percent(NEARLY_ALL), names=words.listed(told)))
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


def _content(run: Run, scenario: Scenario, function: str, words: Words) -> MapContent:
    found = reach(run, scenario.name, function)
    return MapContent(
        title=question(words, function, found.norm),
        subtitle=f"{words.of(scenario.title)} ({scenario.horizon_year})",
        outcome=outcome(words, found),
        reading_help=reading_help(words, function, found.norm),
        share=found.share,
        sites=scenario.sites,
        function=function,
        abroad=scenario.abroad,
    )
