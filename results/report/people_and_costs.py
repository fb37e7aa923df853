"""People and money as lines of a report: what configurations ask for, and where prices are from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.decision.costs import prices
from results.language.confidence import confidence_labels
from results.language.parameter_names import parameter_name, translated
from results.language.words import UNKNOWN
from results.sizing.crews_needed import needed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results.decision.analysis import Decision
    from results.decision.conclusion import Conclusion
    from results.language.words import Words
    from results.sizing.crews_needed import CrewsNeeded


SMALL_DECIMALS = 3
"""Decimals of a price below one: a rate."""


@dataclass(frozen=True)
class PriceLine:
    """A price as its reader reads it."""

    key: str
    name: str
    low: str
    value: str
    high: str
    unit: str
    confidence: str
    source: str


def price_lines(words: Words) -> tuple[PriceLine, ...]:
    """List every price with its range, unit, source and confidence."""
    labels = confidence_labels(words)

    def amount(value: float) -> str:
        return words.number(value, SMALL_DECIMALS if abs(value) < 1 else 0)

    return tuple(
        PriceLine(
            key=price.key,
            name=parameter_name(price.key, words),
            low=amount(price.low),
            value=amount(price.value),
            high=amount(price.high),
            unit=translated(price.unit, words),
            confidence=labels[price.confidence],
            source=translated(price.source, words),
        )
        for price in prices().values()
    )


@dataclass(frozen=True)
class PeopleLine:
    """One configuration; what isn't known is a dash. Ranges stand apart, empty where there is none.

    Attributes
    ----------
    fte, fte_more
        Everyone in the rosters, and how many more than when nothing is done.
    crews
        Ambulance crews among them, FTE.
    road, road_range
        FTE of crews more that it takes to have as many free, with its 95% interval.
    needed, needed_range
        Crews in the fullest shift at which A1 calls are reached as asked, if it was searched for.
    beds
        Beds that are built.
    cost, cost_range, building
        Million euros a year more, its range, and the part of it that is building.
    """

    title: str
    fte: str
    fte_more: str
    crews: str
    road: str
    road_range: str
    needed: str
    needed_range: str
    beds: str
    cost: str
    cost_range: str
    building: str


@dataclass(frozen=True)
class PeopleOfYear:
    """The configurations of one year, doing nothing first."""

    year: int
    lines: tuple[PeopleLine, ...]


def crews_for(found: Mapping[tuple[str, int], CrewsNeeded], words: Words) -> str:
    """Say for what target crews were searched for; empty where nobody searched."""
    shares = sorted({words.percent(needed.share) for needed in found.values()})
    if not shares:
        return ""
    return words.gettext("for {share} of A1 calls within 15 minutes; 95% range").format(
        share=words.listed(shares)
    )


def people_lines(
    decision: Decision, words: Words, crews: Mapping[tuple[str, int], CrewsNeeded]
) -> tuple[PeopleOfYear, ...]:
    """Lay staff, ambulance crews and cost out by year; nothing where a run has no staff.

    Parameters
    ----------
    decision
        Of the run.
    words
        The reader's language.
    crews
        What searches found, as `results.sizing.crews_needed.crews_needed` reads them.
    """
    if decision.people["fte"].isna().all():
        return ()
    return tuple(
        PeopleOfYear(verdict.choice.year, _lines(decision, verdict, words, crews))
        for verdict in decision.verdicts
    )


def _lines(
    decision: Decision,
    verdict: Conclusion,
    words: Words,
    crews: Mapping[tuple[str, int], CrewsNeeded],
) -> tuple[PeopleLine, ...]:
    _ = words.gettext
    table = decision.people.loc[list(verdict.choice.names)]
    nothing = float(table["fte"].iloc[0])

    def known(value: float, decimals: int = 0) -> str:
        return UNKNOWN if np.isnan(value) else words.number(value, decimals)

    def more(value: float, decimals: int = 0) -> str:
        return UNKNOWN if np.isnan(value) else words.signed(value, decimals)

    def between(low: float, high: float, decimals: int) -> str:
        if np.isnan(low) or np.isnan(high):
            return ""
        return _("{low} to {high}").format(low=more(low, decimals), high=more(high, decimals))

    found = []
    for scenario, row in zip(verdict.choice.scenarios, table.to_dict("records"), strict=True):
        changes = scenario.baseline is not None
        needed = needed_by(crews, scenario)
        found.append(
            PeopleLine(
                title=words.of(scenario.title),
                fte=known(row["fte"]),
                fte_more=more(row["fte"] - nothing) if changes else "",
                crews=known(row["crews_fte"]),
                road=more(row["road_fte"], 1) if changes else UNKNOWN,
                road_range=between(row["road_fte_low"], row["road_fte_high"], 1) if changes else "",
                needed=UNKNOWN if needed is None else words.number(needed.crews),
                needed_range="" if needed is None else _crew_range(needed, words),
                beds=known(row["beds_built"]) if changes else UNKNOWN,
                cost=more(row["value"], 1) if changes else UNKNOWN,
                cost_range=between(row["low"], row["high"], 1) if changes else "",
                building=known(row["building"], 1) if changes else UNKNOWN,
            )
        )
    return tuple(found)


def _crew_range(needed: CrewsNeeded, words: Words) -> str:
    _ = words.gettext
    if needed.low is None:
        return ""
    if needed.high is None:
        return _("{low} or more").format(low=words.number(needed.low))
    return _("{low} to {high}").format(low=words.number(needed.low), high=words.number(needed.high))
