"""The decision in plain sentences: who is first for whom, how surely, and what would change it.

Nothing is called a winner that chance could have put first, and nobody's weights are called theirs:
the sets are assumed. The sentences of a year are ready to print, one a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from results.decision.conclusion import CERTAIN, OPEN, Best, Conclusion, OverFutures, Ranking
from results.kpis.criteria import groups
from results.language.parameter_names import translated
from scenarios.futures import load_factors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from results.decision.analysis import Decision
    from results.language.words import Words
    from results.statistics.prim import Box, Limit

TYPICAL = 1.25
"""A group typically weighs more where it has so many times an even share."""

CIRCUMSTANCE_DIGITS, MOST_DECIMALS = 3, 2
LEAVING = "ed_outside"
"""The criterion that tells whether it is quieter because people go elsewhere."""

QUIETER = ("ed_full", "wait_doctor", "wait_bed", "full_wards")

First = tuple[bool, tuple[int, ...]]
"""Who is first by a weight set: for certain, or one or more that may be."""


def decision_sentences(decision: Decision, verdict: Conclusion, words: Words) -> tuple[str, ...]:
    """Say what is found about the choice of one year.

    Parameters
    ----------
    decision
        All of it.
    verdict
        The year.
    words
        The language.
    """
    _ = words.gettext
    sentences: list[str] = []
    if not decision.knows_chance:
        sentences.append(
            _(
                "This run has one replication: nothing is known of chance, so nothing here is "
                "certain. Run with five replications or more."
            )
        )
    sentences += _by_weights(decision, verdict, words)
    sentences += _of_the_changes(verdict, words)
    sentences += _over_all_weights(verdict, words) if decision.knows_chance else ()
    sentences += _outranking(verdict, words)
    sentences += _wins_and_losses(verdict, words)
    sentences += _dominated(verdict, words)
    sentences += _to_be_sure(decision, verdict, words)
    sentences += _leaving(verdict, words)
    if verdict.over_futures is not None:
        sentences += _over_futures(verdict, verdict.over_futures, words)
    if verdict.choice.unjudged:
        names = words.listed([words.of(c.title).lower() for c in verdict.choice.unjudged])
        sentences.append(_("Not judged, as a figure is missing: {names}.").format(names=names))
    return tuple(sentences)


def closing_sentences(words: Words) -> tuple[str, ...]:
    """Say what holds for every year: whose weights these are, and who chooses."""
    _ = words.gettext
    return (
        _("The weights per party are assumed, nobody was asked. Use your own with --weights."),
        _(
            "Certain means: in at least {share} of the draws of chance. Assumptions of the model "
            "itself are not in it."
        ).format(share=words.percent(CERTAIN, 0)),
        _(
            "What larger numbers of patients in one place do for the quality of care is not "
            "judged. It is a main reason to concentrate, so the totals may favour doing nothing."
        ),
        _(
            "Staff and extra cost are shown and not judged: they follow from the rosters that are "
            "put into the model, not from what it finds."
        ),
        _("Which figures weigh most is a choice for people. The model makes none."),
    )


def _title(verdict: Conclusion, at: int, words: Words) -> str:
    scenario = verdict.choice.scenarios[at]
    if scenario.baseline is None:
        return words.gettext("“doing nothing”")
    return f"“{words.of(scenario.title)}”"


def _titles(verdict: Conclusion, places: Sequence[int], words: Words) -> str:
    return words.listed([_title(verdict, at, words) for at in places])


def _parties(rankings: Sequence[Ranking], words: Words) -> str:
    return words.listed([words.of(r.stakeholder.title).lower() for r in rankings])


def _by_weights(decision: Decision, verdict: Conclusion, words: Words) -> Iterator[str]:
    """Group the weight sets by what they give: a certain first, or some that may be first."""
    _ = words.gettext
    if not decision.knows_chance:
        yield _("No order is given: one replication tells nothing of chance.")
        return
    texts = (
        _("Highest total, certain: {names} (weights: {parties})."),
        _("Highest total, probable but not certain: {names} (weights: {parties})."),
        _("No winner: the run can't tell {names} apart (weights: {parties})."),
    )
    firsts: list[First] = [
        (False, tuple(sorted(one.candidates))) if one.winner is None else (True, (one.order[0],))
        for one in verdict.rankings
    ]
    yield from _once_for_the_same(verdict, firsts, texts, words)


def _of_the_changes(verdict: Conclusion, words: Words) -> Iterator[str]:
    """Say which change is best, for whoever can't or won't leave things as they are."""
    _ = words.gettext
    texts = (
        _("Of the changes alone, {names} is first with certainty (weights: {parties})."),
        _("Of the changes alone, {names} is probably first (weights: {parties})."),
        _("Of the changes alone, {names} can't be told apart (weights: {parties})."),
    )
    firsts: list[First] = []
    for ranking in verdict.rankings:
        if np.isnan(ranking.first_change).all():
            return
        places = [at for at in ranking.order if ranking.first_change[at] >= OPEN]
        sure = [at for at in places if ranking.first_change[at] >= CERTAIN]
        firsts.append((bool(sure), tuple(sorted(sure or places))))
    yield from _once_for_the_same(verdict, firsts, texts, words)


def _once_for_the_same(
    verdict: Conclusion, firsts: Sequence[First], texts: tuple[str, str, str], words: Words
) -> Iterator[str]:
    """Say once of all weight sets with the same first that it is certain, probable or a tie."""
    same: dict[First, list[Ranking]] = {}
    for first, ranking in zip(firsts, verdict.rankings, strict=True):
        same.setdefault(first, []).append(ranking)
    for (is_certain, places), rankings in same.items():
        text = texts[0 if is_certain else 1 if len(places) == 1 else 2]
        yield text.format(names=_titles(verdict, places, words), parties=_parties(rankings, words))


def _over_all_weights(verdict: Conclusion, words: Words) -> Iterator[str]:
    _ = words.gettext
    first = verdict.sums.certain[:, 0]
    order = [int(at) for at in np.argsort(-first, kind="stable") if first[at] > 0]
    shares = [
        _("{name} with {share} of them").format(
            name=_title(verdict, at, words), share=words.percent(first[at], 0)
        )
        for at in order
    ]
    if shares:
        yield _("Certainly first, of all possible weights: {shares}.").format(
            shares=words.listed(shares)
        )
    if first.sum() < 1:
        yield _("With {share} of all possible weights the run can't tell who is first.").format(
            share=words.percent(1 - first.sum(), 0)
        )
    names = [n for n in groups() if n in {c.group for c in verdict.choice.criteria}]
    for at in order:
        typical = verdict.sums.central[at] * len(names)
        heavy = [
            words.of(groups()[name].title).lower()
            for name, weight in zip(names, typical, strict=True)
            if weight >= TYPICAL
        ]
        if heavy and OPEN <= first[at] < CERTAIN:
            yield _("{name} comes first for whoever mainly weighs {groups}.").format(
                name=_title(verdict, at, words), groups=words.listed(heavy)
            )


def _outranking(verdict: Conclusion, words: Words) -> Iterator[str]:
    _ = words.gettext
    differ = [ranking for ranking in verdict.rankings if not ranking.outranking_agrees]
    if differ:
        yield _(
            "The second method (outranking, PROMETHEE II) puts another first with the weights of "
            "{parties}: there the answer hangs on the method."
        ).format(parties=_parties(differ, words))
    else:
        yield _("The second method (outranking, PROMETHEE II) puts the same first everywhere.")


def _wins_and_losses(verdict: Conclusion, words: Words) -> Iterator[str]:
    """Say on what each change is best, and behind doing nothing: certain, and enough to matter."""
    _ = words.gettext
    for at, scenario in enumerate(verdict.choice.scenarios):
        if scenario.baseline is None:
            continue
        best = [
            best
            for place, best in enumerate(verdict.best)
            if best.probability[at] >= CERTAIN and verdict.ahead[at, place]
        ]
        short = [best for place, best in enumerate(verdict.best) if verdict.behind[at, place]]
        if best:
            yield _("{name} is certainly best on: {figures}.").format(
                name=_title(verdict, at, words), figures=_figures(best, words)
            )
        if short:
            yield _("{name} is behind doing nothing on: {figures}.").format(
                name=_title(verdict, at, words), figures=_figures(short, words)
            )


def _figures(found: Sequence[Best], words: Words) -> str:
    return words.listed([f"“{words.of(best.criterion.title)}”" for best in found])


def _dominated(verdict: Conclusion, words: Words) -> Iterator[str]:
    for at, over in enumerate(verdict.dominated_by):
        if over:
            yield words.gettext(
                "{name} is on no criterion better than {others}, and on some worse."
            ).format(name=_title(verdict, at, words), others=_titles(verdict, over, words))


def _to_be_sure(decision: Decision, verdict: Conclusion, words: Words) -> Iterator[str]:
    """Say on what nobody is certainly best, and what would settle it."""
    _ = words.gettext
    open_ = [
        best
        for best in verdict.best
        if (best.kn_replications or 0) > decision.replications
        and OPEN < best.probability.max() < CERTAIN
        and best.left.sum() > 1
    ]
    unsettled = [best for best in open_ if not _shared(best)]
    if unsettled:
        yield _(
            "Nobody is certainly best on: {figures}. To settle differences that matter, procedure "
            "KN++ asks for at most {count} replications."
        ).format(
            figures=_figures(unsettled, words),
            count=words.number(max(best.kn_replications or 0 for best in unsettled)),
        )


def _shared(best: Best) -> bool:
    """Say whether those that may be best are even, as equal ones are."""
    candidates = best.probability[best.probability > OPEN]
    return bool(np.ptp(candidates) < OPEN and len(candidates) > 1)


def _leaving(verdict: Conclusion, words: Words) -> Iterator[str]:
    """Warn where it is quieter because people go to hospitals outside the region."""
    _ = words.gettext
    names = [criterion.name for criterion in verdict.choice.criteria]
    quieter = [names.index(name) for name in QUIETER if name in names]
    if LEAVING in names and quieter:
        place = names.index(LEAVING)
        matters = verdict.choice.criteria[place].matters or 0.0
        scale = verdict.choice.criteria[place]
        for at, scenario in enumerate(verdict.choice.scenarios):
            lost = (verdict.choice.scores[0, place] - verdict.choice.scores[at, place]) * abs(
                scale.best - scale.worst
            )
            gains = verdict.choice.scores[at, quieter] > verdict.choice.scores[0, quieter]
            if scenario.baseline is not None and lost > matters and gains.any():
                yield _(
                    "Mind: with {name} about {count} visits a year more go to emergency "
                    "departments outside Twente. Part of the shorter waits comes from that; "
                    "whether those hospitals have room is not checked."
                ).format(name=_title(verdict, at, words), count=words.people(lost))


def _over_futures(verdict: Conclusion, over: OverFutures, words: Words) -> Iterator[str]:
    _ = words.gettext
    yield _("Over {count} futures, with the weights “{party}”:").format(
        count=words.number(over.futures), party=words.of(over.stakeholder.title).lower()
    )
    least = float(over.regret.min())
    for at, scenario in enumerate(verdict.choice.scenarios):
        name = _title(verdict, at, words)
        yield _(
            "{name}: first in {first} of the futures, largest regret {regret} points of 100."
        ).format(
            name=name,
            first=words.percent(float(over.first[at]), 0),
            regret=words.number(float(over.regret[at]) * 100, 1),
        )
        yield from _circumstances(over.wins[at], float(over.win_share[at]), name, words, wins=True)
        if scenario.baseline is not None:
            yield from _circumstances(
                over.loses[at], float(over.lose_share[at]), name, words, wins=False
            )
    places = [int(at) for at in np.flatnonzero(over.regret <= least)]
    yield _("The smallest largest regret: {names}.").format(names=_titles(verdict, places, words))


def _circumstances(
    box: Box | None, share: float, name: str, words: Words, *, wins: bool
) -> Iterator[str]:
    """Say when it happens: where, in which share there, and how much of all that is."""
    _ = words.gettext
    if box is None:
        if share in {0.0, 1.0} or wins:
            return
        yield _(
            "{name} loses from doing nothing in {share} of the futures; no circumstance tells when."
        ).format(name=name, share=words.percent(share, 0))
        return
    text = (
        _(
            "{name} is first where {limits}: in {density} of those futures, which are {coverage} "
            "of all in which it is."
        )
        if wins
        else _(
            "{name} loses from doing nothing where {limits}: in {density} of those futures, which "
            "are {coverage} of all in which it does."
        )
    )
    yield text.format(
        name=name,
        limits=words.listed([_limit(limit, words) for limit in box.limits]),
        density=words.percent(box.density, 0),
        coverage=words.percent(box.coverage, 0),
    )


def _limit(limit: Limit, words: Words) -> str:
    _ = words.gettext
    factor = load_factors().get(limit.name)
    name = words.of(factor.title.model_dump()) if factor else limit.name
    unit = translated(factor.unit, words) if factor else ""
    if limit.above is None:
        below = _with_unit(limit.below, unit, words)
        return _("{name} is below {value}").format(name=name, value=below)
    if limit.below is None:
        above = _with_unit(limit.above, unit, words)
        return _("{name} is above {value}").format(name=name, value=above)
    return _("{name} is between {low} and {high}").format(
        name=name, low=_figure(limit.above, words), high=_with_unit(limit.below, unit, words)
    )


def _with_unit(value: float | None, unit: str, words: Words) -> str:
    return f"{_figure(value, words)} {unit}".rstrip()


def _figure(value: float | None, words: Words) -> str:
    if value is None or value == 0:
        return words.number(0)
    whole = int(np.floor(np.log10(abs(value)))) + 1
    decimals = max(CIRCUMSTANCE_DIGITS - whole, 0)
    return words.number(value, min(decimals, MOST_DECIMALS))
