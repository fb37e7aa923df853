"""One area of the region, and what a sheet counts there cell by cell.

The tables of a run hold a municipality's means; who of its inhabitants is how far from what, with
which configuration, is counted here, and written as a reader expects numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from geodata.accessibility.coverage import group_counts
from geodata.accessibility.moments import time_shares
from geodata.accessibility.municipalities import fixed_minutes
from geodata.accessibility.reachability import REGION_CODE, Clock
from geodata.accessibility.uncertainty import share_ranges, travel_ratio
from results.accessibility.travel import (
    BIRTHS,
    CHAIN,
    EVERYONE,
    Access,
    Beyond,
    Group,
    TravelMinutes,
)
from results.language.hours import moment_text
from results.sheets.maps import SheetMaps
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from results.language.words import Words
    from results.runs.run import Run, RunScenario
    from results.sheets.answers import Figures


LONGEST_TITLE = 60
ED, MATERNITY = "ed", "maternity"
FEW_PEOPLE, FEW_BIRTHS = 10, 0.5


@dataclass(frozen=True)
class Area:
    """A municipality, or all of Twente.

    Attributes
    ----------
    code, name
        The municipality's code (`REGION` for Twente) and its name.
    members
        For each cell of the data set whether it lies there.
    codes
        The municipalities that it is made of.
    """

    code: str
    name: str
    members: npt.NDArray[np.bool_]
    codes: frozenset[str]

    @property
    def site(self) -> str:
        """The site of its figures among the KPIs."""
        return WHOLE_REGION if self.code == REGION_CODE else self.code


@dataclass(frozen=True)
class Local:
    """A run as it is for one area, in the reader's words."""

    run: Run
    access: Access
    figures: Figures
    words: Words
    area: Area

    @property
    def members(self) -> npt.NDArray[np.bool_]:
        """For each cell whether it lies in the area."""
        return self.area.members

    @cached_property
    def now(self) -> RunScenario:
        """Today's configuration: the first that is compared with nothing."""
        scenarios = self.run.scenarios
        return next((s for s in scenarios if s.baseline is None), scenarios[0])

    @cached_property
    def choices(self) -> tuple[RunScenario, ...]:
        """Every configuration that is compared with doing nothing in its year."""
        return tuple(s for s in self.run.scenarios if s.baseline is not None)

    @cached_property
    def frame(self) -> SheetMaps:
        """The maps of the area, still without a configuration."""
        return SheetMaps(
            self.access.data,
            self.members,
            self.area.codes,
            self.now.abroad,
        )

    @cached_property
    def norms(self) -> tuple[float, float]:
        """Minutes of the norms of the ED and of giving birth; NaN where there is none."""
        norm = self.access.norm
        return norm.limit(ED, "siren") or np.nan, norm.limit(MATERNITY, "car") or np.nan

    def beyond_birth(self, scenario: RunScenario) -> Beyond:
        """Count who is beyond the norm of giving birth, over the year."""
        minutes = self.access.by_car(scenario, MATERNITY)
        return self.access.beyond(minutes, self.norms[1], self.members)

    def beyond_text(
        self, way: TravelMinutes, limit: float, clock: Clock, group: Group = EVERYONE
    ) -> str:
        """Write how many are beyond a limit over the year, with the 95% range that speeds leave.

        Parameters
        ----------
        way
            The minutes by the clock.
        limit
            Minutes; NaN where there is no norm.
        clock
            What of the minutes is no driving.
        group
            Who is counted: all inhabitants, those of 65 and over, or births a year.
        """
        count = self.access.beyond(way, limit, self.members).of(group)
        low, high = self._beyond_range(way, limit, clock, group)
        if isnan(low) or high <= low:
            return self.births(count) if group == BIRTHS else self.people(count)
        between = self.words.births_between if group == BIRTHS else self.words.people_between
        return between(count, low, high)

    def _beyond_range(
        self, way: TravelMinutes, limit: float, clock: Clock, group: Group
    ) -> tuple[float, float]:
        """Return the ends of the 95% range of how many are beyond; NaN where nothing is known."""
        fixed = fixed_minutes(clock, self.access.norm)
        room = limit - fixed
        driving = way.minutes[self.members].astype(float) - fixed
        weight = group_counts(self.access.data.cells, group)[self.members]
        if isnan(room) or np.isnan(driving).any() or not weight.sum():
            return (np.nan, np.nan)
        codes = self.access.data.cells["municipality_code"].to_numpy()[self.members]
        _codes, number = np.unique(codes, return_inverse=True)
        each = [np.flatnonzero(number == at) for at in range(number.max() + 1)]
        ranges = share_ranges(
            driving,
            weight,
            time_shares(way.moments),
            [*each, np.arange(len(weight))],
            room,
            travel_ratio("car" if clock is Clock.DRIVE else "siren", room),
        )
        low, high = ranges[0] if len(each) == 1 else ranges[-1]
        return (weight.sum() * (1 - high), weight.sum() * (1 - low))

    def mean(self, scenario: RunScenario, function: str) -> float:
        """Return the mean minutes by car of the inhabitants, over the year."""
        return self.access.mean(self.access.by_car(scenario, function), self.members)

    def longest(self, function: str) -> tuple[float, tuple[RunScenario, ...]] | None:
        """Return the longest mean way of the choices, and all that read the same."""
        ways = [(self.mean(choice, function), choice) for choice in self.choices]
        known = [way for way in ways if not isnan(way[0])]
        if not known:
            return None
        most = max(minutes for minutes, _ in known)
        same = self.words.number(most)
        return most, tuple(c for minutes, c in known if self.words.number(minutes) == same)

    def worst(self, way: TravelMinutes) -> tuple[str, TravelMinutes] | None:
        """Return the worst moment by name and the way then; None for a way that is always the same.

        What changes nothing for these people is no worst moment of theirs.
        """
        worst = self.access.worst(way, self.members)
        if not way.is_part_time or np.ptp(way.minutes[self.members], axis=1).max() == 0:
            return None
        return moment_text(worst.hours, worst.moments[0].share, self.words), worst

    def at_worst(self, choices: Iterable[RunScenario], function: str) -> Iterator[str]:
        """Say of choices whose way is a mean over the year what it is at the worst moment."""
        for choice in choices:
            worst = self.worst(self.access.by_car(choice, function))
            if worst is not None:
                moment, then = worst
                yield self.words.gettext(
                    "With “{choice}” that is the mean over the year; at the worst moment "
                    "({moment}) it is {minutes} minutes."
                ).format(
                    choice=self.title(choice),
                    moment=moment,
                    minutes=self.words.number(self.access.mean(then, self.members)),
                )

    def beyond_at_worst(self, choices: Iterable[RunScenario]) -> Iterator[str]:
        """Say of choices whose count is a mean over the year how many it is at the worst moment."""
        for choice in choices:
            worst = self.worst(self.access.by_car(choice, MATERNITY))
            if worst is not None:
                moment, then = worst
                yield self.words.gettext(
                    "With “{choice}” that is the mean over the year; at the worst moment "
                    "({moment}) it is {people}."
                ).format(
                    choice=self.title(choice),
                    moment=moment,
                    people=self.beyond_text(then, self.norms[1], Clock.DRIVE),
                )

    def title(self, scenario: RunScenario) -> str:
        """Name a configuration in a line."""
        text = " ".join(self.words.of(scenario.title).split())
        return shorten(text, LONGEST_TITLE, placeholder="…")

    def minutes(self, value: float) -> str:
        """Write minutes with their unit."""
        return self.words.gettext("{minutes} minutes").format(minutes=self.words.number(value))

    def people(self, count: float) -> str:
        """Write a number of people; a handful is not told apart."""
        if 0 < count < FEW_PEOPLE / 2:
            return f"<{FEW_PEOPLE}"
        return self.words.people(count)

    def births(self, count: float) -> str:
        """Write a number of births a year."""
        return "<1" if 0 < count < FEW_BIRTHS else self.words.number(count)

    def beyond_now(self) -> str:
        """Say who is beyond the norms today."""
        _, words = self.words.gettext, self.words
        ed, usual = (
            self.beyond_text(
                self.access.call_to_hospital(self.now, ED, clock), self.norms[0], clock
            )
            for clock in CHAIN
        )
        birth = self.access.by_car(self.now, MATERNITY)
        return _(
            "Now {ed} inhabitants are beyond the norm for the ED ({ed_norm} minutes from the call "
            "to the hospital, by ambulance, norm's clock; by life's clock {usual}) and {birth} "
            "beyond the norm for giving birth ({birth_norm} minutes by car)."
        ).format(
            ed=ed,
            usual=usual,
            ed_norm=words.number(self.norms[0]),
            birth=self.beyond_text(birth, self.norms[1], Clock.DRIVE),
            birth_norm=words.number(self.norms[1]),
        )
