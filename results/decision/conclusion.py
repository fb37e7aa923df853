"""What is said of one year's choice: by each way of weighing, on each criterion, over futures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.decision.smaa import group_names
from results.decision.weights import drawn_places, ranked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.arrays import BoolArray, FloatArray
    from results.decision.scores import Alternative
    from results.decision.smaa import Acceptability
    from results.decision.weights import Stakeholder
    from results.kpis.criteria import Criterion
    from results.statistics.prim import Box

CERTAIN = 0.95
"""A first place is called certain from this probability on."""

OPEN = 0.05
"""Below this probability a configuration is no longer a candidate for the first place."""


@dataclass(frozen=True)
class Ranking:
    """What one set of weights says of a choice."""

    stakeholder: Stakeholder
    weights: FloatArray
    totals: FloatArray
    low: FloatArray
    high: FloatArray
    """The 95% interval of each total: chance, at these weights."""

    order: tuple[int, ...]
    first: FloatArray
    """How probable it is that each is first at these weights; NaN with one replication."""

    first_change: FloatArray
    """The same among the changes only; NaN for doing nothing, and with fewer than two changes."""

    flows: FloatArray
    """PROMETHEE II's net flows at these weights."""

    places: tuple[tuple[int, int], ...]
    """The best and the worst place of each that chance leaves open."""

    @property
    def winner(self) -> int | None:
        """The configuration that is first with certainty, if any."""
        place = self.order[0]
        return place if self.places[place] == (1, 1) else None

    @property
    def candidates(self) -> tuple[int, ...]:
        """The configurations that may be first, in rank; all if nothing is known of chance."""
        return tuple(at for at in self.order if self.places[at][0] == 1)

    @property
    def outranking_agrees(self) -> bool:
        """Whether outranking puts the same configuration first."""
        return ranked(self.flows)[0] == self.order[0]


@dataclass(frozen=True)
class Best:
    """Who is best on one criterion, how surely, and what would make it sure."""

    criterion: Criterion
    order: tuple[int, ...]
    probability: FloatArray
    kn_replications: int | None
    """In all, at most, for 95% certainty about a difference that matters (procedure KN++)."""

    left: BoolArray
    """Which KN++ has not yet thrown out, after the replications there are."""

    ocba: FloatArray
    """How OCBA spreads more replications over the configurations."""


@dataclass(frozen=True)
class OverFutures:
    """What holds over a sweep of futures, per configuration; weights are those of `stakeholder`."""

    stakeholder: Stakeholder
    futures: int
    first: FloatArray
    regret: FloatArray
    as_good_as_nothing: FloatArray
    """Share of the futures with a total at least that of doing nothing."""

    norms: Mapping[str, FloatArray]
    """Share of the futures in which each norm is met, by criterion."""

    ranks: FloatArray
    """Rank acceptability over futures and all weights together."""

    wins: tuple[Box | None, ...]
    loses: tuple[Box | None, ...]
    """Circumstances in which each is first, and in which it is below doing nothing."""

    win_share: FloatArray
    lose_share: FloatArray


@dataclass(frozen=True)
class Conclusion:
    """All that is said of one choice."""

    choice: Alternative
    rankings: tuple[Ranking, ...]
    sums: Acceptability
    outranking: Acceptability
    best: tuple[Best, ...]
    dominated_by: tuple[tuple[int, ...], ...]
    ahead: BoolArray
    behind: BoolArray
    """Shape (configurations, criteria): certainly better or worse than doing nothing, and by at
    least the smallest difference that matters."""

    over_futures: OverFutures | None

    of_group: FloatArray
    """Shape (draws, configurations, groups): scores that chance leaves open, drawn in pairs as the
    replications are, by the groups of `smaa.group_names`."""

    certain: float
    """The share of the draws from which on one is before another; infinite where none can be."""

    def places(self, points: Mapping[str, float]) -> tuple[tuple[int, int], ...]:
        """Return the best and the worst place of each at some weights of groups."""
        names = group_names(self.choice.criteria)
        weights = np.array([points.get(name, 0.0) for name in names])
        return drawn_places(self.of_group @ (weights / weights.sum()), self.certain)
