"""What a comparison shows, in plain sentences: which configurations keep or lose what.

Only the main figures (`headline` in the catalogue) of the whole region count. A difference that the
run can't tell from chance is said to be just that, never to be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.within_norm import NORM_PROFILES, reach
from results.kpis.catalogue import Kpi, headline_kpis, kpi
from results.language.hours import moment_text
from results.rendering.labels import leaving_note
from results.statistics.comparison import Verdict, leavers
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from results.language.words import Words
    from results.runs.run import Run, RunScenario

FEW_REPLICATIONS = 5
"""With fewer than this, intervals are so wide that a report calls itself a trial."""


@dataclass(frozen=True)
class Difference:
    """A main figure of a configuration, minus that of its baseline."""

    kpi: Kpi
    value: float
    low: float
    high: float
    verdict: Verdict
    leaving: float = 0.0
    """How many more patients a year leave the region, where that is part of why it is better."""


@dataclass(frozen=True)
class ScenarioFindings:
    """What is found about one configuration."""

    scenario: RunScenario
    differences: tuple[Difference, ...]
    sentences: tuple[str, ...]

    def count(self, verdict: Verdict) -> int:
        """Count the main figures with a verdict."""
        return sum(difference.verdict is verdict for difference in self.differences)


def answers(run: Run, words: Words) -> tuple[ScenarioFindings, ...]:
    """Say of each configuration what it keeps, gains and loses against its baseline."""
    found = []
    for scenario in sorted(run.scenarios, key=lambda scenario: scenario.horizon_year):
        if scenario.baseline is None:
            continue
        differences = _differences(run, scenario)
        sentences = (*_verdicts(differences, words), *_people_beyond(run, scenario, words))
        found.append(ScenarioFindings(scenario, differences, sentences))
    return tuple(found)


def overall(run: Run, found: Sequence[ScenarioFindings], words: Words) -> tuple[str, ...]:
    """Say what the run was, and the answer that holds over all configurations."""
    _ = words.gettext
    if not found:
        return (_("This run holds no comparison: every scenario is a baseline."),)
    sentences = [_what_was_compared(run, found, words)]
    gains = [a for a in found if a.count(Verdict.BETTER) and not a.count(Verdict.WORSE)]
    mixed = [a for a in found if a.count(Verdict.BETTER) and a.count(Verdict.WORSE)]
    losses = [a for a in found if a.count(Verdict.WORSE) and not a.count(Verdict.BETTER)]
    silent = [a for a in found if not a.count(Verdict.WORSE) and not a.count(Verdict.BETTER)]
    for group, text in (
        (gains, _("Better on some main figures and worse on none: {names}.")),
        (mixed, _("Better on some main figures and worse on others: {names}.")),
        (losses, _("Worse on some main figures and better on none: {names}.")),
        (silent, _("Neither better nor worse shown on any main figure: {names}.")),
    ):
        if group:
            sentences.append(text.format(names=_names(group, words)))
    sentences.append(
        _(
            "The main figures do not judge costs, the staff that is needed, or how many hospitals "
            "stay open: the table above does."
        )
    )
    sentences.append(
        _(
            "Whether care gets better when one team treats more patients is not judged, though it "
            "is a main reason to concentrate: see “What does this report not tell?”"
        )
    )
    sentences.append(_what_is_not_shown(found, words))
    if int(run.manifest["replications"]) < FEW_REPLICATIONS:
        sentences.append(
            _("This was a trial with few replications: the outcomes are still very uncertain.")
        )
    sentences.append(_("Which figures weigh most is a choice for people. The model makes none."))
    return tuple(sentences)


def _differences(run: Run, scenario: RunScenario) -> tuple[Difference, ...]:
    table = run.comparison
    rows = table[
        (table["scenario"] == scenario.name)
        & (table["baseline"] == scenario.baseline)
        & (table["site"] == WHOLE_REGION)
    ]
    found = {
        str(row["kpi"]): Difference(
            kpi(str(row["kpi"])),
            row["difference"],
            row["ci_low"],
            row["ci_high"],
            Verdict(row["verdict"]),
            leavers(row),
        )
        for row in rows.to_dict("records")
    }
    return tuple(found[entry.name] for entry in headline_kpis() if entry.name in found)


def _verdicts(differences: Iterable[Difference], words: Words) -> Iterable[str]:
    _ = words.gettext
    by_verdict: dict[Verdict, list[Difference]] = {}
    for item in differences:
        by_verdict.setdefault(item.verdict, []).append(item)
    for verdict, text in (
        (Verdict.BETTER, _("Better: {figures}.")),
        (Verdict.WORSE, _("Worse: {figures}.")),
        (Verdict.HIGHER, _("Higher: {figures}.")),
        (Verdict.LOWER, _("Lower: {figures}.")),
    ):
        if verdict in by_verdict:
            named = [_named(item, words) for item in by_verdict[verdict]]
            yield text.format(figures=words.listed(named))
    unclear = len(by_verdict.get(Verdict.NOT_SHOWN, []))
    if unclear:
        text = words.ngettext(
            "No difference shown on {count} main figure.",
            "No difference shown on {count} main figures.",
            unclear,
        )
        yield text.format(count=unclear)


def _named(item: Difference, words: Words) -> str:
    """Name a figure, with its difference."""
    amount = words.difference(item.kpi, item.value, (item.high - item.low) / 2)
    more = f"; {leaving_note(item.leaving, words)}" if item.leaving else ""
    return f"“{words.of(item.kpi.label)}” ({amount} {words.difference_unit(item.kpi)}{more})"


def _people_beyond(run: Run, scenario: RunScenario, words: Words) -> Iterable[str]:
    _ = words.gettext
    texts = {
        "ed": _(
            "Inhabitants who are not at an emergency department within {norm} minutes of the "
            "call, norm's clock: about {after}, against {before} without a change."
        ),
        "maternity": _(
            "Inhabitants who live more than {norm} minutes by car from a hospital to give birth "
            "in: about {after}, against {before} without a change."
        ),
    }
    for function in NORM_PROFILES:
        after = reach(run, scenario.name, function)
        before = reach(run, scenario.baseline or "", function)
        if after.is_known and before.is_known:
            yield texts[function].format(
                norm=words.number(after.norm),
                after=words.people_between(after.beyond, *after.beyond_range),
                before=words.people_between(before.beyond, *before.beyond_range),
            )
            if after.beside and before.beside:
                yield _("By life's clock: about {after}, against {before}.").format(
                    after=words.people(after.beyond_beside),
                    before=words.people(before.beyond_beside),
                )
            if after.is_part_time:
                yield _(
                    "That is the mean over the year. At the worst moment ({moment}) it is about "
                    "{people}."
                ).format(
                    moment=moment_text(
                        after.worst_moment[REGION_CODE], after.worst_time[REGION_CODE], words
                    ),
                    people=words.people(after.beyond_at_worst),
                )


def _what_was_compared(run: Run, found: Sequence[ScenarioFindings], words: Words) -> str:
    text = words.ngettext(
        "{count} configuration was compared with leaving everything as it is, in the same year. "
        "The model ran each one {replications} times, {weeks} weeks at a time, every time with "
        "the same patients.",
        "{count} configurations were compared with leaving everything as it is, in the same year. "
        "The model ran each one {replications} times, {weeks} weeks at a time, every time with "
        "the same patients.",
        len(found),
    )
    return text.format(
        count=len(found),
        replications=words.number(int(run.manifest["replications"])),
        weeks=words.number(int(run.manifest["weeks"])),
    )


def _what_is_not_shown(found: Sequence[ScenarioFindings], words: Words) -> str:
    total = sum(len(answer.differences) for answer in found)
    unclear = sum(answer.count(Verdict.NOT_SHOWN) for answer in found)
    text = words.gettext(
        "Of {total} comparisons on the main figures, {unclear} show no difference: this run can't "
        "tell them from chance. That does not prove that they are equal."
    )
    return text.format(total=words.number(total), unclear=words.number(unclear))


def _names(group: Iterable[ScenarioFindings], words: Words) -> str:
    return words.listed([f"“{words.of(answer.scenario.title)}”" for answer in group])
