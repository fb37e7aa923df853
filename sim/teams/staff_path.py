"""One path of a scenario's people over the years, and what it means for lines and functions."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from scenarios.lines.catalogue import line_norms
from scenarios.lines.roster_rule import DAYS_PER_MONTH, RosterRule
from scenarios.lines.staff_plan import staff_plan
from scenarios.lines.years import FIRST_YEAR, LAST_YEAR
from scenarios.schema.lines import Measure, Presence
from scenarios.units import HOURS_PER_DAY, MONTHS_PER_YEAR
from sim.random.streams import Purpose
from sim.teams.closures import FunctionFill, function_fills
from sim.teams.posts import MONTHS, all_posts, numbering
from sim.teams.shortage import LineFill, cover, line_fill
from sim.teams.workforce import Demand, Rates, workforce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from files.arrays import AnyFloatArray
    from scenarios.lines.staff_plan import Line, StaffPlan
    from scenarios.schema.lines import LineName
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.vocabulary import Function
    from sim.teams.posts import Stream, TeamKey
    from sim.teams.shortage import Cover
    from sim.teams.workforce import Workforce

LineKey = tuple[str, "LineName"]
FunctionKey = tuple[str, "Function"]
Fills = dict[LineKey, tuple["Line", LineFill]]
Key = TypeVar("Key", bound=tuple[str, object])
Fill = TypeVar("Fill", LineFill, FunctionFill)


@dataclass(frozen=True)
class StaffPath:
    """The people of one replication, month by month from `FIRST_YEAR` to `LAST_YEAR`.

    Attributes
    ----------
    plan
        The lines and teams.
    moves
        The month in which functions go where the scenario has them.
    teams
        IntArray of teams at their sites, as in the arrays of `people` and `covers`.
    people
        Of every team.
    covers
        What measures brought, today's lines and those of the scenario; each holds in its months.
    lines
        Of every line that there is in some month: how far it is filled; NaN where there is no such
        line.
    duties
        Of every line: days or nights on duty of each person in a month, same months.
    functions
        Of every function of every site: how far it is open; NaN where it is not there.
    """

    plan: StaffPlan
    moves: int
    teams: Mapping[TeamKey, int]
    people: Workforce
    covers: tuple[Cover, Cover]
    lines: Mapping[LineKey, LineFill]
    duties: Mapping[LineKey, AnyFloatArray]
    functions: Mapping[FunctionKey, FunctionFill]


class StaffModel:
    """What all replications of a scenario share, so that each takes little time.

    Parameters
    ----------
    scenario
        A configuration; its policy says what is done when a line can't be filled.
    until
        The last year that is needed.
    """

    def __init__(self, scenario: Scenario, until: int = LAST_YEAR) -> None:
        self.months = (min(max(until, FIRST_YEAR), LAST_YEAR) - FIRST_YEAR + 1) * MONTHS_PER_YEAR
        self.parameters = scenario.effective_parameters()
        self.plan = staff_plan(scenario)
        self.norms = line_norms(scenario.norms)
        self.when_short = scenario.policies.when_short
        self.rule = RosterRule(self.norms.rules, self.parameters["staff.hours_per_fte"])
        self.rates = Rates(self.parameters)
        self.is_night = [scenario.shifts.at(hour) == "night" for hour in range(HOURS_PER_DAY)]
        self.moves = int(np.clip((self.plan.since - FIRST_YEAR) * MONTHS_PER_YEAR, 0, MONTHS))
        plan = self.plan
        self.teams = numbering(
            [
                *((team.site, team.name) for team in plan.teams),
                *((site, team.name) for team in plan.teams for site in team.works_at),
                *((line.site, line.team) for line in (*plan.today, *plan.planned)),
            ]
        )
        self.functions = _functions(plan.today), _functions(plan.planned)
        self.phases = (self._demand(plan.today), self._demand(plan.planned))
        professions = [name for _, name in self.teams]
        self.together = np.array([professions.index(name) for name in professions])

    def people_asked(self, line: Line) -> tuple[float, float]:
        """Return the people present whom a line asks for, and those it needs to work at all."""
        if line.presence is Presence.SHIFT:
            there = 1 - self.parameters["people.sickness.share"]
            asked = line.yearly_hours / self.parameters["staff.hours_per_fte"] * there
        else:
            asked = float(line.asked.mean()) * self._participants(line.presence)
        least = asked * line.least_share if Measure.FEWER_PLACES in self.when_short else asked
        return asked, least

    def _participants(self, presence: Presence) -> float:
        kept_up = self.parameters.of("people.participants", presence.value)
        return max(kept_up, self._fewest(presence))

    def _fewest(self, presence: Presence) -> float:
        return self.rule.people_per_place(presence) * self.rule.away

    def _stretch(self, line: Line) -> float:
        if line.presence is Presence.SHIFT:
            return 1 + self.parameters["people.overtime.most"]
        return self._participants(line.presence) / self._fewest(line.presence)

    def _demand(self, lines: Sequence[Line]) -> Demand:
        asked, least, stretched = np.zeros((3, len(self.teams)))
        for line in lines:
            team = self.teams[line.site, line.team]
            people, fewest = self.people_asked(line)
            asked[team] += people
            least[team] += fewest
            stretched[team] += people / self._stretch(line)
        stretch = np.divide(asked, stretched, out=np.ones_like(asked), where=stretched > 0)
        return Demand(asked, least, stretch)

    def path(self, stream: Stream) -> StaffPath:
        """Return the people of one replication."""
        posts = all_posts(self.plan, self.parameters, self.teams.__getitem__, stream, self.months)
        spread = self.parameters["people.sickness.spread"]
        shape = 1 / max(spread, 1e-3) ** 2
        streams = (stream.of(Purpose.TEAM_SICKNESS, *team) for team in self.teams)
        shocks = np.stack([rng.standard_gamma(shape, self.months) for rng in streams]) / shape
        people = workforce(posts, self.rates, shocks, self.phases, self.moves, self.when_short)
        covers = self._cover(people, self.phases[0]), self._cover(people, self.phases[1])
        today, planned = (
            self._fills(lines, filled)
            for lines, filled in zip((self.plan.today, self.plan.planned), covers, strict=True)
        )
        open_today, open_planned = (
            self._open(functions, fills)
            for functions, fills in zip(self.functions, (today, planned), strict=True)
        )
        return StaffPath(
            self.plan,
            self.moves,
            self.teams,
            people,
            covers,
            self._joined(
                {key: fill for key, (_, fill) in today.items()},
                {key: fill for key, (_, fill) in planned.items()},
            ),
            self._duties(people),
            self._joined(open_today, open_planned),
        )

    def _cover(self, people: Workforce, demand: Demand) -> Cover:
        return cover(
            people.present,
            people.expected,
            people.posts,
            demand,
            self.together,
            self.parameters,
            self.when_short,
        )

    def _fills(self, lines: Sequence[Line], filled: Cover) -> Fills:
        before = np.zeros(len(self.teams))
        fills: Fills = {}
        for line in lines:
            team = self.teams[line.site, line.team]
            asked, least = self.people_asked(line)
            fill = line_fill(
                filled.filled[team], filled.planned[team], float(before[team]), asked, least
            )
            before[team] += asked
            fills[line.key] = line, fill
        return fills

    def _open(
        self, functions: Mapping[str, set[Function]], fills: Fills
    ) -> dict[FunctionKey, FunctionFill]:
        return {
            (site, function): fill
            for site, here in functions.items()
            for function, fill in function_fills(site, here, fills, self.norms).items()
        }

    def _joined(self, today: Mapping[Key, Fill], planned: Mapping[Key, Fill]) -> dict[Key, Fill]:
        """Return what holds in each month: of today before the move, of the scenario after it."""
        unknown = np.full(self.months, np.nan)
        after = np.arange(self.months) >= self.moves
        joined: dict[Key, Fill] = {}
        for key in dict.fromkeys((*today, *planned)):
            one = today.get(key) or planned[key]
            parts = {
                part.name: np.where(
                    after,
                    getattr(planned.get(key), part.name, unknown),
                    getattr(today.get(key), part.name, unknown),
                )
                for part in fields(one)
            }
            joined[key] = replace(one, **parts)
        return joined

    def _duties(self, people: Workforce) -> dict[LineKey, AnyFloatArray]:
        after = np.arange(self.months) >= self.moves
        duties: dict[LineKey, AnyFloatArray] = {}
        for lines, holds in ((self.plan.today, ~after), (self.plan.planned, after)):
            for line in lines:
                heads = people.employed[self.teams[line.site, line.team]]
                each = duties.setdefault(line.key, np.full(self.months, np.nan))
                each[holds] = (self._nights(line) * DAYS_PER_MONTH / np.maximum(heads, 1.0))[holds]
        return duties

    def _nights(self, line: Line) -> float:
        """Return how many people a line has on duty in a night, on average over the days."""
        return float(line.asked.reshape(-1, HOURS_PER_DAY)[:, self.is_night].mean())


def _functions(lines: Sequence[Line]) -> dict[str, set[Function]]:
    found: dict[str, set[Function]] = {}
    for line in lines:
        if line.function is not None:
            found.setdefault(line.site, set()).add(line.function)
    return found
