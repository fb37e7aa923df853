"""The decision of a run: what each way of weighing says of each year's choice, and how surely.

For every year with two or more configurations, doing nothing included: a weighted sum and
outranking per stakeholder, how often each configuration is first over all possible weights, who is
best on each criterion, who is dominated, and, with a sweep, what holds over many futures. Chance in
the replications runs through all of it as draws; nothing here chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from results.decision.conclusion import CERTAIN, Best, Conclusion, OverFutures, Ranking
from results.decision.costs import people_and_costs
from results.decision.promethee import FULL, criterion_flows
from results.decision.regret import largest_regret, satisficing
from results.decision.scores import (
    FEWEST_TO_CHOOSE,
    Alternative,
    choices,
    dominated,
    score_table,
)
from results.decision.smaa import (
    acceptability,
    draw_weights,
    group_names,
    of_groups,
    rank_shares,
    spread_weights,
)
from results.decision.weights import TIE_DECIMALS, Stakeholder, drawn_places, ranked, weighted_sums
from results.decision.weights import stakeholders as shipped_stakeholders
from results.errors import ResultsError
from results.kpis.catalogue import Direction
from results.kpis.criteria import Criterion, criteria_kpis
from results.statistics.prim import discover
from results.statistics.selection import (
    FEWEST,
    best_probabilities,
    kn_most,
    kn_plus,
    mean_draws,
    ocba,
    share_of_firsts,
)
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from files.arrays import BoolArray, FloatArray
    from results.decision.futures import Futures
    from results.runs.run import Run


DRAWS = 2000
"""Draws of weights and scores: shares are then right to about two percentage points."""

QUANTILES = ((1 - CERTAIN) / 2, (1 + CERTAIN) / 2)


@dataclass(frozen=True, repr=False)
class Decision:
    """The decision of a run."""

    replications: int
    seed: int
    scores: pd.DataFrame
    people: pd.DataFrame
    """Staff and extra cost by scenario, as `costs.people_and_costs` gives them."""

    verdicts: tuple[Conclusion, ...]
    stakeholders: Mapping[str, Stakeholder]

    def __repr__(self) -> str:
        years = ", ".join(str(verdict.choice.year) for verdict in self.verdicts)
        return f"<Decision for {years}: {self.replications} replications, seed {self.seed}>"

    @property
    def knows_chance(self) -> bool:
        """Whether there are replications enough to say how sure anything is."""
        return self.replications >= FEWEST


def decide(
    run: Run,
    stakeholders: Mapping[str, Stakeholder] | None = None,
    futures: Futures | None = None,
) -> Decision:
    """Weigh the choices of a run.

    Parameters
    ----------
    run
        The run. Chance is drawn with its own seed, so the same run gives the same decision.
    stakeholders
        Weight sets, by name; those that ship when left out.
    futures
        A sweep, if there is one.

    Raises
    ------
    ResultsError
        No year of the run has two configurations, a weight set gives points only to criteria that
        aren't judged, or the sweep lacks a choice or a value.
    """
    sets = shipped_stakeholders() if stakeholders is None else stakeholders
    table = score_table(run)
    found = choices(run, table)
    if not found:
        raise ResultsError(
            "nothing to decide: no year of this run has two configurations; "
            "run a scenario that has a baseline, such as single-enschede"
        )
    if futures is not None and not any(futures.covers(choice) for choice in found):
        raise ResultsError(
            "the sweep has none of the choices of this run; sweep the scenarios of a year "
            "together, such as {names}",
            names=" ".join(found[-1].names),
        )
    seed = int(run.manifest["seed"])
    regional = _regional(run)
    return Decision(
        replications=len(regional),
        seed=seed,
        scores=table,
        people=people_and_costs(run),
        verdicts=tuple(_verdict(regional, table, choice, sets, futures, seed) for choice in found),
        stakeholders=sets,
    )


def _verdict(
    regional: pd.DataFrame,
    table: pd.DataFrame,
    choice: Alternative,
    stakeholders: Mapping[str, Stakeholder],
    futures: Futures | None,
    seed: int,
) -> Conclusion:
    rng = np.random.default_rng([seed, choice.year])
    values = _value_draws(regional, table, choice, rng)
    scores = np.stack(
        [c.score(values[:, :, place]) for place, c in enumerate(choice.criteria)], axis=2
    )
    flows = _flows(values, choice.criteria)
    means = _oriented(_value_means(table, choice), choice.criteria)
    mean_flows = criterion_flows(means, *_thresholds(choice.criteria))
    group_weights = draw_weights(len(group_names(choice.criteria)), DRAWS, rng)
    knows_chance = len(regional) >= FEWEST
    certain = CERTAIN if knows_chance else np.inf
    rankings = tuple(
        _ranking(stakeholder, choice, scores, mean_flows, knows_chance=knows_chance)
        for stakeholder in stakeholders.values()
    )
    ahead, behind = _against_nothing(choice, values, means, knows_chance=knows_chance)
    over = None
    if futures is not None and futures.covers(choice):
        over = _over_futures(choice, rankings[0], futures, group_weights)
    return Conclusion(
        choice=choice,
        rankings=rankings,
        sums=acceptability(scores, group_weights, choice.criteria, certain),
        outranking=acceptability(flows, group_weights, choice.criteria, certain),
        best=tuple(
            _best(regional, choice, place, means, rng) for place in range(len(choice.criteria))
        ),
        dominated_by=dominated(choice.scores),
        ahead=ahead,
        behind=behind,
        over_futures=over,
        of_group=of_groups(scores, choice.criteria),
        certain=certain,
    )


def _value_means(table: pd.DataFrame, choice: Alternative) -> FloatArray:
    """Shape (configurations, criteria)."""
    wide = table.pivot_table(index="scenario", columns="criterion", values="value", sort=False)
    names = [criterion.name for criterion in choice.criteria]
    return wide.reindex(index=list(choice.names), columns=names).to_numpy(dtype=float)


def _value_draws(
    regional: pd.DataFrame, table: pd.DataFrame, choice: Alternative, rng: np.random.Generator
) -> FloatArray:
    """Draw what the values could be: shape (draws, configurations, criteria)."""
    means = _value_means(table, choice)
    draws = np.broadcast_to(means, (DRAWS, *means.shape)).copy()
    simulated = [at for at, criterion in enumerate(choice.criteria) if criterion.kpi is not None]
    if simulated:
        columns = np.hstack([_replicated(regional, choice, at) for at in simulated])
        drawn = mean_draws(columns, DRAWS, rng)
        drawn = drawn.reshape(DRAWS, len(simulated), len(choice.names))
        draws[:, :, simulated] = drawn.transpose(0, 2, 1)
    return draws


def _regional(run: Run) -> pd.DataFrame:
    """Return the replications of what criteria read: a row each, columns (kpi, scenario)."""
    table = run.replications
    rows = table[(table["site"] == WHOLE_REGION) & table["kpi"].isin(criteria_kpis())]
    wide = rows.set_index(["replication", "kpi", "scenario"])["value"].unstack(["kpi", "scenario"])
    return wide.reindex(index=sorted(set(table["replication"])))


def _replicated(regional: pd.DataFrame, choice: Alternative, at: int) -> FloatArray:
    """Read the replications of a simulated criterion: shape (replications, configurations)."""
    columns = pd.MultiIndex.from_tuples([(choice.criteria[at].kpi, name) for name in choice.names])
    return regional.reindex(columns=columns).to_numpy(dtype=float)


def _oriented(values: FloatArray, among: Sequence[Criterion]) -> FloatArray:
    """Turn values so that larger is better."""
    signs = [1.0 if criterion.better is Direction.HIGHER else -1.0 for criterion in among]
    return values * np.array(signs)


def _thresholds(among: Sequence[Criterion]) -> tuple[FloatArray, FloatArray]:
    matters = np.array([criterion.matters or 0.0 for criterion in among])
    return matters, FULL * matters


def _flows(values: FloatArray, among: Sequence[Criterion]) -> FloatArray:
    """Return net flows per criterion of every draw; a part at a time, as pairs take room."""
    parts = np.array_split(_oriented(values, among), max(1, len(values) * values.shape[1] // 5000))
    return np.concatenate([criterion_flows(part, *_thresholds(among)) for part in parts])


def _against_nothing(
    choice: Alternative, values: FloatArray, means: FloatArray, *, knows_chance: bool
) -> tuple[BoolArray, BoolArray]:
    """Say what is certainly better and worse than the first of a choice, and matters."""
    turned = _oriented(values, choice.criteria)
    more = means - means[:1]
    matters, _ = _thresholds(choice.criteria)
    certain = np.array([knows_chance or c.kpi is None for c in choice.criteria])
    ahead = (turned > turned[:, :1]).mean(axis=0) >= CERTAIN
    behind = (turned < turned[:, :1]).mean(axis=0) >= CERTAIN
    return ahead & (more >= matters) & certain, behind & (-more >= matters) & certain


def _ranking(
    stakeholder: Stakeholder,
    choice: Alternative,
    scores: FloatArray,
    mean_flows: FloatArray,
    *,
    knows_chance: bool,
) -> Ranking:
    weights = stakeholder.weights(choice.criteria)
    if not weights.sum() > 0:
        raise ResultsError(
            "weights of {stakeholder} count only what this run doesn't judge in {year}: {unjudged}",
            stakeholder=stakeholder.name,
            year=choice.year,
            unjudged=", ".join(criterion.name for criterion in choice.unjudged),
        )
    totals = weighted_sums(choice.scores, weights)
    drawn = np.round(scores @ weights, TIE_DECIMALS)
    low, high = np.quantile(drawn, QUANTILES, axis=0)
    first_change = np.full(len(totals), np.nan)
    changes = [at for at, scenario in enumerate(choice.scenarios) if scenario.baseline is not None]
    if knows_chance and len(changes) >= FEWEST_TO_CHOOSE:
        first_change[changes] = share_of_firsts(drawn[:, changes])
    return Ranking(
        stakeholder=stakeholder,
        weights=weights,
        totals=totals,
        low=low,
        high=high,
        order=tuple(ranked(totals)),
        first=share_of_firsts(drawn) if knows_chance else np.full(len(totals), np.nan),
        first_change=first_change,
        flows=mean_flows @ weights,
        places=drawn_places(drawn, CERTAIN if knows_chance else np.inf),
    )


def _best(
    regional: pd.DataFrame,
    choice: Alternative,
    at: int,
    means: FloatArray,
    rng: np.random.Generator,
) -> Best:
    criterion = choice.criteria[at]
    order = tuple(ranked(means[:, at]))
    equal = np.full(len(choice.names), 1 / len(choice.names))
    everyone = np.ones(len(choice.names), dtype=bool)
    first = share_of_firsts(means[None, :, at])
    if criterion.kpi is None:
        return Best(criterion, order, first, None, first > 0, equal)
    turned = _oriented(_replicated(regional, choice, at)[:, :, None], [criterion])[:, :, 0]
    seen = turned[~np.isnan(turned).any(axis=1)]
    if criterion.figure.exact:
        return Best(criterion, order, first, None, first > 0, equal)
    if len(seen) < FEWEST:
        return Best(criterion, order, np.full(len(order), np.nan), None, everyone, equal)
    return Best(
        criterion,
        order,
        best_probabilities(seen, DRAWS, rng),
        kn_most(seen, criterion.matters) if criterion.matters else None,
        kn_plus(seen, criterion.matters).left if criterion.matters else everyone,
        ocba(seen.mean(axis=0), seen.std(axis=0, ddof=1)),
    )


def _over_futures(
    choice: Alternative, ranking: Ranking, futures: Futures, group_weights: FloatArray
) -> OverFutures:
    scores = futures.scores(choice)
    totals = np.round(scores @ ranking.weights, TIE_DECIMALS)
    points = futures.circumstances.to_numpy(dtype=float)
    names = tuple(str(name) for name in futures.circumstances.columns)
    wins: BoolArray = np.equal(totals, totals.max(axis=1, keepdims=True))
    loses: BoolArray = np.less(totals, totals[:, :1])  # doing nothing comes first in a choice
    drawn = scores[np.arange(len(group_weights)) % len(scores)]
    return OverFutures(
        stakeholder=ranking.stakeholder,
        futures=len(totals),
        first=share_of_firsts(totals),
        regret=largest_regret(totals),
        as_good_as_nothing=satisficing(~loses),
        norms=norms_met(choice, scores),
        ranks=rank_shares(
            np.einsum("dac,dc->da", drawn, spread_weights(group_weights, choice.criteria))
        ),
        wins=tuple(discover(points, wins[:, at], names) for at in range(wins.shape[1])),
        loses=tuple(discover(points, loses[:, at], names) for at in range(loses.shape[1])),
        win_share=satisficing(wins),
        lose_share=satisficing(loses),
    )


def norms_met(choice: Alternative, scores: FloatArray) -> Mapping[str, FloatArray]:
    """Return in which share of the futures each configuration meets each norm, by criterion.

    Parameters
    ----------
    choice
        The configurations.
    scores
        Points between 0 and 1, shape (futures, configurations, criteria).
    """
    met = {}
    for place, criterion in enumerate(choice.criteria):
        if criterion.norm is not None:
            needed = np.round(criterion.score(criterion.norm), TIE_DECIMALS)
            met[criterion.name] = satisficing(np.round(scores[:, :, place], TIE_DECIMALS) >= needed)
    return met
