"""Words, symbols and classes by which tables show a verdict or how sure a number is."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
ASSUMED = "engineering_estimate"
CONFIDENCES = (ASSUMED, "international", "national_nl", "measured_twente")
"""How well a parameter is known, the least certain first."""


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


def confidence_labels(words: Words) -> dict[str, str]:
    """Say how well each class of parameters is known, the least certain first."""
    _ = words.gettext
    return {
        ASSUMED: _("assumed"),
        "international": _("published abroad"),
        "national_nl": _("published for the Netherlands"),
        "measured_twente": _("measured in Twente"),
    }
