"""People and money as lines of a report: what every configuration asks for, a table per year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from results.text import UNKNOWN

if TYPE_CHECKING:
    from results.decision import Decision, Verdict
    from results.text import Words


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
    beds: str
    cost: str
    cost_range: str
    building: str


@dataclass(frozen=True)
class PeopleOfYear:
    """The configurations of one year, doing nothing first."""

    year: int
    lines: tuple[PeopleLine, ...]


def people_lines(decision: Decision, words: Words) -> tuple[PeopleOfYear, ...]:
    """Lay staff, ambulance crews and cost out by year; nothing where a run has no staff."""
    if decision.people["fte"].isna().all():
        return ()
    return tuple(
        PeopleOfYear(verdict.choice.year, _lines(decision, verdict, words))
        for verdict in decision.verdicts
    )


def _lines(decision: Decision, verdict: Verdict, words: Words) -> tuple[PeopleLine, ...]:
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
        found.append(
            PeopleLine(
                title=words.of(scenario.title),
                fte=known(row["fte"]),
                fte_more=more(row["fte"] - nothing) if changes else "",
                crews=known(row["crews_fte"]),
                road=more(row["road_fte"], 1) if changes else UNKNOWN,
                road_range=between(row["road_fte_low"], row["road_fte_high"], 1) if changes else "",
                beds=known(row["beds_built"]) if changes else UNKNOWN,
                cost=more(row["value"], 1) if changes else UNKNOWN,
                cost_range=between(row["low"], row["high"], 1) if changes else "",
                building=known(row["building"], 1) if changes else UNKNOWN,
            )
        )
    return tuple(found)
