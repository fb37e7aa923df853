"""Moments in the reader's words: which hours, and how much of the time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel.dates import get_day_names

from scenarios.calendar.opening_hours import DAYS

if TYPE_CHECKING:
    from results.language.words import Words

WEEKS = re.compile(r"^(even|odd) weeks ")
DAY = re.compile(rf"\b({'|'.join(DAYS)})\b")
ALL_DAY = "00:00-24:00"
EN_DASH = "\N{EN DASH}"


def hours_text(hours: str, words: Words) -> str:
    """Say opening hours, as `written_hours` writes them, in the reader's words."""
    _ = words.gettext
    if hours == "24/7":
        return _("day and night")
    return "; ".join(_range_text(part, words) for part in hours.split("; "))


def moment_text(hours: str, share: float, words: Words) -> str:
    """Name a moment by its hours and the share of the time that it is."""
    return words.gettext("{hours}, {share} of the time").format(
        hours=hours_text(hours, words), share=words.percent(share, 0)
    )


def _range_text(part: str, words: Words) -> str:
    _ = words.gettext
    weeks = WEEKS.match(part)
    rest = WEEKS.sub("", part)
    names = get_day_names("abbreviated", locale=words.lang)
    *days, span = rest.split(" ")
    when = DAY.sub(lambda day: names[DAYS.index(day.group())], " ".join(days))
    clock = _("all day") if span == ALL_DAY else span.replace("-", EN_DASH)
    if weeks is None and not when:
        return _("every day {clock}").format(clock=clock)
    which = {"even": _("even weeks"), "odd": _("odd weeks")}
    parts = [*([which[weeks[1]]] if weeks else []), *([when.replace("-", EN_DASH)] if when else [])]
    return " ".join([*parts, *([clock] if when or span != ALL_DAY else [])])
