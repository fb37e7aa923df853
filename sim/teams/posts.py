"""The posts of every team and the marks of who holds them, drawn beforehand.

A post has marks of its own for each month: for leaving, for being filled, for long and for short
absence. Marks belong to the team where it is today, post after post, so the same people meet every
configuration, and one post more leaves those of the others as they were.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scenarios.lines.catalogue import Group
from scenarios.lines.years import FIRST_YEAR, LAST_YEAR
from scenarios.schema.lines import Presence
from scenarios.units import MONTHS_PER_YEAR
from sim.random.streams import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from files.arrays import AnyFloatArray, BoolArray, IntArray
    from scenarios.lines.staff_plan import StaffPlan, Team
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.lines import TeamName

MONTHS: Final = (LAST_YEAR - FIRST_YEAR + 1) * MONTHS_PER_YEAR

GROUPS: Final = tuple(Group)
TeamKey = tuple[str, "TeamName"]


class MonthlyDraw(IntEnum):
    """What each mark of a month decides."""

    LEAVES = 0
    FOUND = 1
    LONG = 2
    SHORT = 3


@dataclass(frozen=True)
class Posts:
    """Every post of every team, a column each; post p of a team stands after those before it.

    Attributes
    ----------
    today, planned
        Number of the team in which its holder works, today and in the scenario.
    group
        Number of the group of professions.
    weight
        What one who is present counts for: full-time jobs in shifts, a person on duties.
    opens
        The first month in which there is such a post.
    held
        Whether it is held at the beginning.
    age
        Of its holder at the beginning, in years.
    follows
        Mark for moving along with the function.
    marks
        Shape (4, months, posts).
    """

    today: IntArray
    planned: IntArray
    group: IntArray
    weight: AnyFloatArray
    opens: IntArray
    held: BoolArray
    age: AnyFloatArray
    follows: AnyFloatArray
    marks: AnyFloatArray

    def __len__(self) -> int:
        """Return the number of posts."""
        return len(self.today)


@dataclass(frozen=True)
class Stream:
    """Which replication of which seed."""

    seed: int
    replication: int

    def of(self, purpose: Purpose, *words: str) -> np.random.Generator:
        """Return the generator of a purpose for a team or a site."""
        return generator(self.seed, self.replication, purpose, crc32(".".join(words).encode()))


def works_in_shifts(plan: StaffPlan) -> dict[TeamName, bool]:
    """Return of each team whether its lines are filled by shifts rather than by duties."""
    return {line.team: line.presence is Presence.SHIFT for line in (*plan.planned, *plan.today)}


def all_posts(
    plan: StaffPlan,
    parameters: Parameters,
    number: Callable[[TeamKey], int],
    stream: Stream,
    months: int,
) -> Posts:
    """Draw the posts of all teams.

    Parameters
    ----------
    number
        Gives the number of a team at a site.
    months
        How many months are needed; the marks of those are the same however many follow.
    """
    in_shifts = works_in_shifts(plan)
    columns: list[tuple[npt.NDArray[Any], ...]] = []
    marks: list[AnyFloatArray] = []
    for team in plan.teams:
        rng = stream.of(Purpose.TEAM_PEOPLE, team.site, team.name)
        people = round(team.low + rng.random() * (team.high - team.low))
        posts = people + _vacancies(team, people, parameters)
        more = math.ceil(people * (team.growth - 1))
        drawn = rng.random((posts + more, 2 + len(MonthlyDraw) * MONTHS), dtype=np.float32)
        every = np.arange(posts + more)
        places = np.array([number((site, team.name)) for site in team.works_at])
        columns.append(
            (
                np.full(len(every), number((team.site, team.name))),
                places[every % len(places)],
                np.full(len(every), GROUPS.index(team.group)),
                np.full(len(every), team.fte if in_shifts.get(team.name, False) else 1.0),
                _opening(posts, more, plan.since),
                every < people,
                _ages(drawn[:, 0], team.ages, parameters),
                drawn[:, 1],
            )
        )
        marks.append(drawn[:, 2:].T.reshape(len(MonthlyDraw), MONTHS, -1)[:, :months])
    today, planned, group, weight, opens, held, age, follows = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    return Posts(
        today, planned, group, weight, opens, held, age, follows, np.concatenate(marks, axis=2)
    )


def _vacancies(team: Team, people: int, parameters: Parameters) -> int:
    """Return the posts without anybody: as many as leaving and finding balance at, if unknown."""
    if team.vacancies is not None:
        return team.vacancies
    leave, months = (
        parameters.of("people.leave", team.group),
        parameters.of("people.fill", team.group),
    )
    return round(people * leave * months / MONTHS_PER_YEAR)


def _opening(posts: int, more: int, year: int) -> IntArray:
    """Return when each post begins: those of growth one after the other until the year."""
    until = max((year - FIRST_YEAR) * MONTHS_PER_YEAR, 1)
    later = np.linspace(0, until, more + 1)[1:].astype(np.int64)
    return np.concatenate([np.zeros(posts, dtype=np.int64), later])


def _ages(
    marks: AnyFloatArray, shares: Sequence[float] | None, parameters: Parameters
) -> AnyFloatArray:
    """Return ages: evenly within each band, from the youngest entry to retirement."""
    bands = shares or [
        parameters["people.age.share.under_35"],
        parameters["people.age.share.from_35_to_54"],
        parameters["people.age.share.from_55"],
    ]
    edges = [parameters["people.entry.youngest"], *BAND_EDGES, parameters["people.retirement.age"]]
    heights = np.concatenate([[0.0], np.cumsum(bands)])
    heights[-1] = 1.0
    return np.interp(marks, heights, edges)


BAND_EDGES: Final = (35.0, 55.0)
"""Ages at which one band of ages ends and the next begins, as the parameters are called."""


def numbering(keys: Iterable[TeamKey]) -> dict[TeamKey, int]:
    """Return a number for each team at each site, in order of first mention."""
    return {key: place for place, key in enumerate(dict.fromkeys(keys))}
