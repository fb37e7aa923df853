"""Words, symbols and classes by which tables show a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.kpis.catalogue import EASED_BY, kpi
from results.statistics.comparison import Verdict

if TYPE_CHECKING:
    from results.language.words import Words

SYMBOLS = {
    Verdict.BETTER: "✔",
    Verdict.WORSE: "✘",
    Verdict.HIGHER: "↑",
    Verdict.LOWER: "↓",
    Verdict.NOT_SHOWN: "○",
}
STYLES = {
    Verdict.BETTER: "better",
    Verdict.WORSE: "worse",
    Verdict.HIGHER: "changed",
    Verdict.LOWER: "changed",
    Verdict.NOT_SHOWN: "unclear",
}


def verdict_labels(words: Words) -> dict[Verdict, str]:
    """Say each verdict in words."""
    _ = words.gettext
    return {
        Verdict.BETTER: _("better"),
        Verdict.WORSE: _("worse"),
        Verdict.HIGHER: _("higher"),
        Verdict.LOWER: _("lower"),
        Verdict.NOT_SHOWN: _("no difference shown"),
    }


LEAVING = "\N{RIGHTWARDS ARROW}"
"""Beside the sign of what is better in part because patients leave the region."""


def leaving_text(count: float, name: str, words: Words) -> str:
    """Say how many more patients leave the region, of whom a KPI gets better in part."""
    _ = words.gettext
    births = EASED_BY.get(kpi(name).flow) == EASED_BY["maternity"]
    text = (
        _("In part because {count} births a year more are outside Twente.")
        if births
        else _("In part because {count} visits a year more go outside Twente.")
    )
    return text.format(count=words.people(count))


def leaving_note(count: float, words: Words) -> str:
    """Say the same in the few letters of a cell."""
    return words.gettext("{count} more leave").format(count=words.people(count))
