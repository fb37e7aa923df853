"""Words, symbols and classes by which tables show a verdict."""

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
