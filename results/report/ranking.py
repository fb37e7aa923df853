"""The ranking under weights, for the sliders of a report: what the browser needs to do the same.

`templates/ranking.js` repeats `weights.weighted_sums`, `ranked` and `places`; a test runs both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from results.decision.weights import stakeholders
from results.kpis.criteria import groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from results.decision.scores import Alternative
    from results.decision.weights import Stakeholder
    from results.language.words import Words


WHOLE = 100
"""Points that a weight set is brought to."""


def ranking_payload(
    offered: Sequence[Alternative], words: Words, asked: Mapping[str, Stakeholder] | None = None
) -> dict[str, Any]:
    """Collect scores, groups and weight sets, ready to be written as JSON.

    Parameters
    ----------
    offered
        The configurations to choose between, by year.
    words
        The reader's language.
    asked
        Weight sets to choose from; those that ship when left out.

    Returns
    -------
    dict
        `choices` hold scores by configuration and criterion, and the number of each criterion's
        group; `sets` hold points by group. A set that weighs single criteria has no sliders that
        could show it, and is left out.
    """
    names = list(groups())
    shown = [each for each in (asked or {}).values() if set(each.points) <= set(names)]
    sets = shown or [each for each in stakeholders().values() if set(each.points) <= set(names)]
    return {
        "lang": words.lang.value,
        "choices": [
            {
                "year": choice.year,
                "titles": [words.of(scenario.title) for scenario in choice.scenarios],
                "groups": [names.index(criterion.group) for criterion in choice.criteria],
                "scores": choice.scores.tolist(),
                "halves": (
                    np.zeros_like(choice.scores) if choice.halves is None else choice.halves
                ).tolist(),
            }
            for choice in offered
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
