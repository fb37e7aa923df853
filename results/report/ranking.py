"""The ranking under weights, for the sliders of a report: what the browser needs to do the same.

`templates/ranking.js` repeats `weights.weighted_sums`, `ranked` and `drawn_places`, on the draws
that `decide` made; a test runs both.
"""

from __future__ import annotations

import base64
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from results.decision.smaa import group_names
from results.decision.weights import APART, stakeholders
from results.kpis.criteria import weighed_groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from results.decision.conclusion import Conclusion
    from results.decision.weights import Stakeholder
    from results.language.words import Words


STEPS = 65_535
"""Steps into which a score is divided for the page."""

WHOLE = 100
"""Points that a weight set is brought to."""


def ranking_payload(
    verdicts: Sequence[Conclusion], words: Words, asked: Mapping[str, Stakeholder] | None = None
) -> dict[str, Any]:
    """Collect scores, draws, groups and weight sets, ready to be written as JSON.

    Parameters
    ----------
    verdicts
        What was found of the configurations to choose between, by year.
    words
        The reader's language.
    asked
        Weight sets to choose from; those that ship when left out.

    Returns
    -------
    dict
        `choices` hold scores by configuration and criterion, the number of each criterion's group,
        and what chance leaves open (`_drawn`); `sets` hold points by group. A set that weighs
        single criteria has no sliders that could show it, and is left out.
    """
    names = weighed_groups()
    shown = [each for each in (asked or {}).values() if set(each.points) <= set(names)]
    sets = shown or [each for each in stakeholders().values() if set(each.points) <= set(names)]
    return {
        "lang": words.lang.value,
        "choices": [
            {
                "year": verdict.choice.year,
                "titles": [words.of(scenario.title) for scenario in verdict.choice.scenarios],
                "groups": [names.index(one.group) for one in verdict.choice.criteria],
                "scores": verdict.choice.scores.tolist(),
                "drawn": _drawn(verdict),
                "present": [names.index(name) for name in group_names(verdict.choice.criteria)],
                "apart": round(APART * STEPS),
                "certain": verdict.certain if isfinite(verdict.certain) else None,
            }
            for verdict in verdicts
        ],
        "sets": [
            {
                "title": words.of(each.title),
                "why": words.of(each.why),
                "points": [
                    round(WHOLE * each.points.get(name, 0) / sum(each.points.values()))
                    for name in names
                ],
            }
            for each in sets
        ],
        "texts": {
            "own": words.gettext("your own weights"),
            "own_why": words.gettext("You moved a slider."),
        },
    }


def _drawn(verdict: Conclusion) -> str:
    """Write the scores by group that chance leaves open as whole numbers of 16 bits, in base64.

    In the order of configurations, groups and draws; the largest number is 1 point.
    """
    scaled = np.rint(verdict.of_group.transpose(1, 2, 0) * STEPS).astype("<u2")
    return base64.b64encode(scaled.tobytes()).decode("ascii")
