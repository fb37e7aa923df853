"""People month by month: who leaves, retires, is found, falls ill or has a child.

Each month, in this order: whoever works where a function has closed and does not follow leaves;
people leave or retire; posts are filled; absences begin and end. Sickness of a team has a shock
that all its people share (a gamma factor of mean 1), so that small teams can be hit as a whole.
Overtime of the month before raises leaving.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.lines.years import FIRST_YEAR, LAST_YEAR
from scenarios.parameters.workforce import tightness
from scenarios.schema.lines import Measure
from scenarios.units import MONTHS_PER_YEAR
from sim.teams.posts import BAND_EDGES, GROUPS, MonthlyDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from files.arrays import AnyFloatArray, BoolArray, IntArray
    from scenarios.parameters.registry import Parameters
    from sim.teams.posts import Posts

SMALL = 1e-9
SUMMER = (6, 7)
"""July and August, counted from 0."""


@dataclass(frozen=True)
class Demand:
    """What the lines of each team ask for in a phase, in people present.

    Attributes
    ----------
    asked, least
        People whom all lines ask for, and below whom a line closes; shape (teams,).
    stretch
        What people can do at the most overtime over what they can keep up, shape (teams,).
    """

    asked: AnyFloatArray
    least: AnyFloatArray
    stretch: AnyFloatArray


@dataclass(frozen=True)
class Workforce:
    """The people of each team in each month, shape (teams, months) each.

    Attributes
    ----------
    employed
        People who hold a post.
    held, posts
        Posts that are held, and that there are, weighted as those present are.
    present
        Those at work, as full-time jobs or people, less who is on leave in summer.
    expected
        The same as was known beforehand: without the sickness that nobody foresaw.
    sick
        Those away for sickness, weighted too.
    recruited
        People found in the month.
    """

    employed: AnyFloatArray
    held: AnyFloatArray
    posts: AnyFloatArray
    present: AnyFloatArray
    expected: AnyFloatArray
    sick: AnyFloatArray
    recruited: AnyFloatArray


def yearly_season(parameters: Parameters) -> AnyFloatArray:
    """Return the share of people who are not on leave in each month of a year, 1 on average."""
    away = parameters["people.summer.share"]
    rest = away * len(SUMMER) / (MONTHS_PER_YEAR - len(SUMMER))
    return np.array([1 - away if month in SUMMER else 1 + rest for month in range(MONTHS_PER_YEAR)])


class Rates:
    """Chances by month and group of professions, from the parameters."""

    def __init__(self, parameters: Parameters) -> None:
        def by_group(prefix: str) -> AnyFloatArray:
            return np.array([parameters[f"{prefix}.{group}"] for group in GROUPS])  # type: ignore[index]

        self.leave = by_group("people.leave") / MONTHS_PER_YEAR
        self.by_age = np.array(
            [
                parameters["people.leave.age.under_35"],
                parameters["people.leave.age.from_35_to_54"],
                parameters["people.leave.age.from_55"],
            ]
        )
        self.found = 1 / np.maximum(by_group("people.fill"), 1.0)
        self.tight = np.array(
            [tightness(parameters, year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
        )
        self.tight = np.repeat(self.tight / self.tight[0], MONTHS_PER_YEAR)
        self.trainee = by_group("people.trainee.share")
        self.training = np.maximum(np.rint(by_group("people.trainee.months")), 1)
        self.entry = parameters["people.entry.youngest"], parameters["people.entry.oldest"]
        self.retirement = parameters["people.retirement.age"]
        share, long = parameters["people.sickness.share"], parameters["people.sickness.long"]
        self.ill_months = max(parameters["people.sickness.long_months"], 1.0)
        self.falls_ill = share * long / self.ill_months
        self.short = share * (1 - long)
        self.sickness = share
        self.with_child = (
            by_group("people.women") * parameters["people.pregnancy.rate"] / MONTHS_PER_YEAR
        )
        self.child_months = parameters["people.pregnancy.months"]
        self.child_until = parameters["people.pregnancy.until"]
        self.overtime = parameters["people.overtime.leave"] - 1
        self.announced = parameters["people.closure.leave"]
        self.known_months = parameters["people.closure.years"] * MONTHS_PER_YEAR
        self.follow = parameters["people.closure.follow"]
        self.season = np.tile(yearly_season(parameters), LAST_YEAR - FIRST_YEAR + 1)


def workforce(
    posts: Posts,
    rates: Rates,
    shocks: AnyFloatArray,
    phases: tuple[Demand, Demand],
    moves: int,
    when_short: Sequence[Measure],
) -> Workforce:
    """Return the people of every team from the first month to the last.

    Parameters
    ----------
    posts
        Who holds them at the beginning, and the marks of every month.
    shocks
        Factor on short sickness of each team, shape (teams, months).
    phases
        What is asked today and in the scenario.
    moves
        The month in which functions go where the scenario has them.
    when_short
        The measures; without overtime nobody works it.
    """
    teams, months = len(phases[0].asked), posts.marks.shape[1]
    after = np.arange(months) >= moves
    team = np.where(after[:, None], posts.planned, posts.today)
    opened = posts.opens <= np.arange(months)[:, None]
    short = posts.marks[MonthlyDraw.SHORT] < rates.short * np.take_along_axis(
        shocks.T, team, axis=1
    )
    hired, trained, entry = _found(posts, rates)
    long = posts.marks[MonthlyDraw.LONG]
    ill, child = long < rates.falls_ill, long < rates.falls_ill + rates.with_child[posts.group]
    leave = rates.leave[posts.group]
    moving = posts.today != posts.planned
    announced = np.where(moving, leave * rates.announced, leave)
    training = rates.training[posts.group]
    born = -posts.age.astype(float)  # in years after the first month
    held, absent, vacant = posts.held.copy(), np.zeros(len(posts)), np.zeros(len(posts))
    overtime = np.zeros(teams)
    is_ill = np.zeros(len(posts), dtype=bool)
    all_held, all_about, all_ill, all_new = np.zeros((4, months, len(posts)), dtype=bool)
    for month in range(months):
        at, now = team[month], month / MONTHS_PER_YEAR
        if month == moves:
            held &= ~moving | (posts.follows < rates.follow)
        band = (born < now - BAND_EDGES[0]).astype(np.int8) + (born < now - BAND_EDGES[1])
        chance = announced if moves - rates.known_months <= month < moves else leave
        chance = chance * rates.by_age[band] * (1 + rates.overtime * overtime)[at]
        goes = held & (posts.marks[MonthlyDraw.LEAVES, month] < chance)
        goes |= held & (born <= now - rates.retirement)
        held &= ~goes
        comes = hired[month] | (trained[month] & (vacant == training))
        comes &= ~(held | goes) & opened[month]
        born[comes] = now - entry[month, comes]
        held |= comes
        vacant = np.where(held, 0, vacant + opened[month])
        absent = np.where(held & ~comes, absent - 1, 0)
        well = held & (absent <= 0)
        sick = well & ill[month]
        absent[sick] = rates.ill_months
        mother = well & child[month] & ~sick & (born > now - rates.child_until)
        absent[mother] = rates.child_months
        is_ill = (is_ill | sick) & ~mother
        well &= ~(sick | mother)
        all_held[month], all_about[month], all_new[month] = held, well, comes
        all_ill[month] = held & ~well & is_ill
        if Measure.OVERTIME in when_short:
            demand = phases[int(month >= moves)]
            there = np.bincount(at, posts.weight * (well & ~short[month]), teams)
            there *= rates.season[month]
            more = np.maximum(there * (demand.stretch - 1), SMALL)
            overtime = np.clip((demand.asked - there) / more, 0, 1)
    by_team = _Sums(team, teams)
    season = rates.season[:months]
    return Workforce(
        employed=by_team.of(all_held),
        held=by_team.of(all_held * posts.weight),
        posts=by_team.of(opened * posts.weight),
        present=by_team.of((all_about & ~short) * posts.weight) * season,
        expected=by_team.of(all_about * posts.weight) * (1 - rates.short) * season,
        sick=by_team.of((all_ill | (all_about & short)) * posts.weight),
        recruited=by_team.of(all_new),
    )


class _Sums:
    """Sums over the posts of each team, month by month."""

    def __init__(self, team: IntArray, teams: int) -> None:
        self._shape = len(team), teams
        self._index = (team + np.arange(len(team))[:, None] * teams).ravel()

    def of(self, values: AnyFloatArray | BoolArray) -> AnyFloatArray:
        """Return sums of shape (teams, months) of values of shape (months, posts)."""
        months, teams = self._shape
        found: AnyFloatArray = np.bincount(self._index, values.ravel(), months * teams).astype(
            float
        )
        return found.reshape(months, teams).T


def _found(posts: Posts, rates: Rates) -> tuple[BoolArray, BoolArray, AnyFloatArray]:
    """Return in which months each post would be filled, from outside or by a trainee.

    The last are the ages at which people come: a trainee as the youngest, others as the mark says.
    """
    chance = rates.found[posts.group] / rates.tight[: posts.marks.shape[1], None]
    mark = posts.marks[MonthlyDraw.FOUND]
    hired = mark < chance
    youngest, oldest = rates.entry
    entry = np.where(hired, youngest + mark / chance * (oldest - youngest), youngest)
    return hired, posts.marks[MonthlyDraw.LEAVES] < rates.trainee[posts.group], entry
