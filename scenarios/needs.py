"""What a function cannot work without, and at which hours that is there.

Of the people that the model has: those without whom nobody is helped. Who is on call from home is
within reach, and so are the team and anaesthetist of the second team. A site that says it is
`unlimited` has plenty of everything; elsewhere what is not named is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scenarios.calendar.opening_hours import open_hours
from scenarios.capacity import site_capacity
from scenarios.schema.vocabulary import Function, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from scenarios.capacity import HourlyCount
    from scenarios.schema.scenario import Scenario


AnyOf = tuple[Resource, ...]

_TEAM: Final[tuple[AnyOf, ...]] = (
    (Resource.THEATRE_TEAMS, Resource.THEATRE_SECOND),
    (Resource.THEATRE_ANAESTHETISTS, Resource.THEATRE_SECOND),
)
PEOPLE: Final[Mapping[Function, tuple[AnyOf, ...]]] = {
    Function.ED: ((Resource.ED_DOCTORS,), (Resource.ED_NURSES,)),
    Function.THEATRE: _TEAM,
    Function.MATERNITY: (
        (Resource.MATERNITY_DOCTORS,),
        (Resource.MATERNITY_MIDWIVES,),
        (Resource.MATERNITY_PAEDIATRICIANS,),
        *_TEAM,
    ),
}
"""Whom each function needs: of every group someone."""

PLACES: Final[Mapping[Function, tuple[AnyOf, ...]]] = {
    Function.ED: (
        (
            Resource.ED_RESUSCITATION,
            Resource.ED_ACUTE,
            Resource.ED_STANDARD,
            Resource.ED_FAST_TRACK,
        ),
    ),
    Function.THEATRE: ((Resource.THEATRE_ROOMS,),),
    Function.MATERNITY: ((Resource.MATERNITY_ROOMS,), (Resource.THEATRE_ROOMS,)),
    Function.ICU: ((Resource.ICU_BEDS,),),
    Function.WARD: ((Resource.WARD_BEDS,),),
}
"""Where each function works: of every group a place."""


@dataclass(frozen=True)
class Lacking:
    """A function that is open without something it cannot do without.

    Attributes
    ----------
    group
        One of these would do.
    hour
        The first hour of the fortnight, Monday 00:00 first, at which none is there.
    """

    site: str
    function: Function
    group: AnyOf
    hour: int


def staffed_hours(
    capacity: Mapping[tuple[str, Resource], HourlyCount], site: str, function: Function
) -> npt.NDArray[np.bool_]:
    """Return at which hours a site has the people whom a function cannot do without.

    Parameters
    ----------
    capacity
        What each site has at each hour; shape (hours,) each.
    """
    hours = len(next(iter(capacity.values())))
    there = np.ones(hours, dtype=bool)
    for group in PEOPLE.get(function, ()):
        there &= _has(capacity, site, group)
    return there


def lacking(scenario: Scenario) -> Iterator[Lacking]:
    """Give every function that is open at some hour without something it cannot do without.

    Raises
    ------
    ScenarioError
        A capacity is still `auto`.
    """
    capacity = site_capacity(scenario)
    for key, site in scenario.active_sites().items():
        if site.unlimited:
            continue
        for function in Function:
            is_open = open_hours(site.hours(function))
            for group in (*PEOPLE.get(function, ()), *PLACES.get(function, ())):
                found = np.flatnonzero(is_open & ~_has(capacity, key, group))
                if len(found):
                    yield Lacking(key, function, group, int(found[0]))


def _has(
    capacity: Mapping[tuple[str, Resource], HourlyCount], site: str, group: AnyOf
) -> npt.NDArray[np.bool_]:
    nobody = np.zeros(len(next(iter(capacity.values()))), dtype=np.int64)
    return np.sum([capacity.get((site, resource), nobody) for resource in group], axis=0) > 0
