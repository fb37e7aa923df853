"""How well a parameter is known, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from results.language.words import Words

ASSUMED = "engineering_estimate"
CONFIDENCES = (ASSUMED, "international", "national_nl", "measured_twente")
"""How well a parameter is known, the least certain first."""


def confidence_labels(words: Words) -> dict[str, str]:
    """Say how well each class of parameters is known, the least certain first."""
    _ = words.gettext
    return {
        ASSUMED: _("assumed"),
        "international": _("published abroad"),
        "national_nl": _("published for the Netherlands"),
        "measured_twente": _("measured in Twente"),
    }
