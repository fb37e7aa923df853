"""The maps of a sheet: today's large, and small every one that looks different."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from results.sheets.content import MapPicture, MapSet
from results.sheets.maps import class_of

if TYPE_CHECKING:
    from geodata.arrays import Minutes
    from results.runs.run import RunScenario
    from results.sheets.area import Local


MOST_SMALL_MAPS = 5
LONGEST_CAPTION, LONGEST_SMALL_CAPTION = 400, 160


def map_set(local: Local, function: str, title: str) -> MapSet:
    """Draw today's map large, and small every map of the choices that looks different."""
    _ = local.words.gettext
    groups: dict[tuple[str, bytes], list[RunScenario]] = {}
    for scenario in (local.now, *local.choices):
        moment, minutes = _shown(local, scenario, function)
        looks = class_of(minutes[local.members]).tobytes()
        groups.setdefault((moment, looks), []).append(scenario)
    now, *others = groups.values()
    same = [local.title(scenario) for scenario in now[1:]]
    first = _("Now")
    if same:
        first = _("Now, and with: {choices}").format(choices="; ".join(same))
    return MapSet(
        title=title,
        now=_picture(local, now[0], function, first, title, large=True),
        others=tuple(
            _picture(
                local,
                group[0],
                function,
                "; ".join(local.title(scenario) for scenario in group),
                title,
                large=False,
            )
            for group in others[:MOST_SMALL_MAPS]
        ),
    )


def _picture(
    local: Local,
    scenario: RunScenario,
    function: str,
    caption: str,
    title: str,
    *,
    large: bool,
) -> MapPicture:
    way = local.access.by_car(scenario, function)
    moment, shown = _shown(local, scenario, function)
    draw = local.frame.large if large else local.frame.small
    mean = local.minutes(local.access.mean(way, local.members))
    text = local.words.gettext("{title}. {choice}. On average {minutes}; {places}.")
    if moment:
        caption = f"{caption} ({moment})"
    far = sorted(
        ((local.access.mean(way, place.cells), place.name) for place in local.frame.settlements),
        key=lambda item: (-item[0], item[1]),
    )
    places = [f"{name} {local.minutes(value)}" for value, name in far[:3]]
    return MapPicture(
        title=shorten(
            caption, LONGEST_CAPTION if large else LONGEST_SMALL_CAPTION, placeholder="…"
        ),
        alt=text.format(
            title=title, choice=caption, minutes=mean, places=local.words.listed(places)
        ),
        svg=draw(shown, scenario.sites, function),
    )


def _shown(local: Local, scenario: RunScenario, function: str) -> tuple[str, Minutes]:
    """Return the minutes that a map shows: the worst moment for these people, with its name."""
    way = local.access.by_car(scenario, function)
    worst = local.worst(way)
    if worst is None:
        return "", way.over_time()
    moment, then = worst
    text = local.words.gettext("at the worst moment: {moment}").format(moment=moment)
    return text, then.over_time()
