"""The decision on a terminal: a table per year, and what it says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.decision.sentences import closing_sentences, decision_sentences
from results.language.words import UNKNOWN, Words, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from results.decision.analysis import Decision
    from results.decision.conclusion import Conclusion

LABEL_WIDTH, COLUMN_WIDTH, WIDE_COLUMN = 46, 10, 24
GAP = 2
"""Least room between columns."""

HUNDRED = 100
WIN, CANDIDATE = "*", "~"


def decision_text(decision: Decision, lang: str) -> str:
    """Return the decision for people to read.

    Parameters
    ----------
    decision
        What to show.
    lang
        `nl` or `en`.

    Returns
    -------
    str
        Per year a line per configuration: points of 100 by weight set, and with how many of all
        possible weights it is certainly first; then sentences.
    """
    reader = words(lang)
    _ = reader.gettext
    names = [reader.of(s.title) for s in decision.stakeholders.values()]
    legend = [f"[{number}] {name}" for number, name in enumerate(names, start=1)]
    parts = [_("Weights (assumed):") + " " + "  ".join(legend)]
    for verdict in decision.verdicts:
        lines = [*_table(decision, verdict, reader), "", *_people(decision, verdict, reader), ""]
        lines += [f"- {s}" for s in decision_sentences(decision, verdict, reader)]
        parts.append("\n".join(lines))
    parts.append("\n".join(f"- {s}" for s in closing_sentences(reader)))
    return "\n\n".join(parts)


def _table(decision: Decision, verdict: Conclusion, reader: Words) -> Iterator[str]:
    _ = reader.gettext
    count = len(verdict.rankings)
    heads = [f"[{number}]" for number in range(1, count + 1)] + [_("of weights")]
    yield str(verdict.choice.year).ljust(LABEL_WIDTH) + "".join(
        h.rjust(COLUMN_WIDTH) for h in heads
    )
    for at, scenario in enumerate(verdict.choice.scenarios):
        title = _("doing nothing") if scenario.baseline is None else reader.of(scenario.title)
        cells = [_total(decision, verdict, number, at, reader) for number in range(count)]
        certain = float(verdict.sums.certain[at, 0])
        cells.append(reader.percent(certain, 0) if decision.knows_chance else UNKNOWN)
        yield title[: LABEL_WIDTH - 1].ljust(LABEL_WIDTH) + "".join(
            cell.rjust(COLUMN_WIDTH) for cell in cells
        )
    yield _(
        "Points of 100; * certainly first, ~ may be first; last column: with so many of all "
        "possible weights it is certainly first."
    )


def _people(decision: Decision, verdict: Conclusion, reader: Words) -> Iterator[str]:
    """Yield the staff and the extra cost of every configuration; nothing if no figure is known."""
    _ = reader.gettext
    people = decision.people.loc[list(verdict.choice.names)]
    if people["fte"].isna().all():
        return
    heads = (
        _("Staff (FTE)"),
        _("Ambulance crews (FTE)"),
        _("Crews more, to have as many free"),
        _("Extra cost (million euros a year)"),
    )
    widths = [max(WIDE_COLUMN, len(head) + GAP) for head in heads]
    yield " " * LABEL_WIDTH + "".join(map(str.rjust, heads, widths))
    for scenario, row in zip(verdict.choice.scenarios, people.to_dict("records"), strict=True):
        title = _("doing nothing") if scenario.baseline is None else reader.of(scenario.title)
        cost = _("{value} ({low} to {high})").format(
            **{end: reader.number(row[end]) for end in ("value", "low", "high")}
        )
        road = reader.signed(row["road_fte"], 1)
        cells = (reader.number(row["fte"]), reader.number(row["crews_fte"]), road, cost)
        yield title[: LABEL_WIDTH - 1].ljust(LABEL_WIDTH) + "".join(map(str.rjust, cells, widths))


def _total(decision: Decision, verdict: Conclusion, number: int, at: int, reader: Words) -> str:
    ranking = verdict.rankings[number]
    points = reader.number(HUNDRED * float(ranking.totals[at]))
    if not decision.knows_chance:
        return f"{points}  "
    sign = WIN if ranking.winner == at else CANDIDATE if at in ranking.candidates else " "
    return f"{points} {sign}"
