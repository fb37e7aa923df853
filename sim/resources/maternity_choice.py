"""Where each woman would give birth; who loses her unit for good chooses anew, by size too.

The nearest with scatter, as for every hospital (`patients.hospital_choice`), with one more term for
a woman whose preferred unit has closed: hospitals draw in proportion to a power of their births
(Huff 1963). The unit that its team goes to counts as large as the one that closed. Held against two
closures that happened in `results.validation.closures`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.calendar.opening_hours import open_hours
from scenarios.schema.vocabulary import CapacityPolicy, Function, Resource
from sim.patients.hospital_choice import attractions, preferences
from sim.random.streams import Purpose

if TYPE_CHECKING:
    from files.arrays import FloatArray
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario
    from sim.patients.births import Births
    from sim.patients.cohort import Horizon
    from sim.resources.geography import Geography


@dataclass(frozen=True)
class ClosedUnits:
    """The maternity units of the region that are closed at every hour.

    Attributes
    ----------
    sites
        Their numbers.
    births
        What each site does a year as it is now, by number; sites of which it is not known are not
        there.
    moves
        Whether the people of a unit that closes go to another one.
    """

    sites: tuple[int, ...]
    births: Mapping[int, float]
    moves: bool


def closed_units(scenario: Scenario) -> ClosedUnits:
    """Return which units have closed, and how large all are."""
    sites = list(scenario.active_sites().values())
    known = {
        number: figure.value
        for number, site in enumerate(sites)
        if (figure := site.births if site.size is None else site.size.births) is not None
    }
    closed = (
        number
        for number, site in enumerate(sites)
        if Resource.MATERNITY_ROOMS in site.capacity
        and not open_hours(site.hours(Function.MATERNITY)).any()
    )
    moves = scenario.policies.capacity is CapacityPolicy.POOLED
    return ClosedUnits(tuple(closed), known, moves)


def maternity_choice(
    births: Births,
    geography: Geography,
    horizon: Horizon,
    parameters: Parameters,
    closed: ClosedUnits,
) -> list[list[int]]:
    """Return the sites of each birth, the preferred one first."""
    spread = parameters["maternity.choice.spread"]
    counted_off = preferences(
        horizon,
        Purpose.BIRTH_CHOICE,
        births.patient,
        geography.sites,
        spread,
        attractions(parameters, "maternity", geography.sites),
    )
    open_at_all = np.flatnonzero(geography.ever_open(Function.MATERNITY)).tolist()
    if not closed.sites or not len(births.cell):
        return geography.by_preference(births.cell, counted_off)
    first = geography.first_of([*open_at_all, *closed.sites], births.cell, counted_off)
    for site in closed.sites:
        drawn = by_size(site, open_at_all, geography, closed)
        weight = spread * parameters["maternity.choice.size"]
        counted_off[first == site] += weight * drawn
    return geography.by_preference(births.cell, counted_off)


def by_size(
    site: int, open_at_all: list[int], geography: Geography, closed: ClosedUnits
) -> FloatArray:
    """Return the logarithm of each site's births over their mean one, for who loses one unit.

    A site that is open and of which nothing is known counts as the mean; 0 for all that are closed.
    """
    births = {number: closed.births[number] for number in open_at_all if number in closed.births}
    own = [number for number in open_at_all if not geography.is_neighbour[number]]
    if closed.moves and own and site in closed.births:
        takes_over = min(own, key=geography.transfer_by_car[site].__getitem__)
        births[takes_over] = max(births.get(takes_over, 0.0), closed.births[site])
    logs = {number: np.log(value) for number, value in births.items() if value > 0}
    found = np.zeros(len(geography.is_neighbour))
    for number, value in logs.items():
        found[number] = value - np.mean(list(logs.values()))
    return found
