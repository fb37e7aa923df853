"""What a neighbour has room for: its own patients, and the places that they and ours compete for.

A neighbour is staffed for what it does: all its patients of the year, those whom Twente sends today
among them, grown as its own region foresees (here: as Twente's forecast), and its headroom on top.
For so many its places are its load and a few spare ones, by the square-root rule (Halfin and Whitt
1981), so that what comes today fits without any headroom: one in twenty waits at the busiest hour
of the busiest month. Its own patients are what is left of its yearly numbers without those of
Twente. What a closure elsewhere brings it comes on top of what it is staffed for; what a closure of
its own takes away, goes with its places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scenarios.parameters.demand import trend_growth, visit_growth
from scenarios.parameters.registry import registry
from scenarios.parameters.shapes import month_shape
from scenarios.schema.neighbours import CLOSED, total_of
from scenarios.schema.vocabulary import Function, NeighbourPolicy
from scenarios.units import DAYS_PER_YEAR, HOURS_PER_DAY, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.neighbours import NeighbourSize
    from scenarios.schema.scenario import Scenario

MINUTES_PER_DAY: Final = HOURS_PER_DAY * 60
MINUTES_PER_YEAR: Final = DAYS_PER_YEAR * MINUTES_PER_DAY


@dataclass(frozen=True)
class NeighbourRoom:
    """One neighbour in the year of a scenario.

    Attributes
    ----------
    size_visits, size_births
        All that it does in its base year.
    own_visits, own_births
        Of patients who are not from Twente, a year.
    staffed_visits, staffed_births
        What it is staffed for without its headroom: the size that shares are given of.
    twente_visits, twente_births
        Of these, what Twente sent at its base year, grown to this one.
    headroom
        What it can take in on top, as a fraction of what it is staffed for.
    places
        Of the emergency department.
    bookings
        Births that it takes bookings for in a month.
    """

    size_visits: float
    size_births: float
    own_visits: float
    own_births: float
    staffed_visits: float
    staffed_births: float
    twente_visits: float
    twente_births: float
    headroom: float
    places: int
    ward_beds: int
    icu_beds: int
    delivery_rooms: int
    theatre_teams: int
    bookings: float

    def has(self, function: Function) -> bool:
        """Whether it has anything at all for a function."""
        least = {
            Function.ED: self.places,
            Function.WARD: self.ward_beds,
            Function.ICU: self.icu_beds,
            Function.MATERNITY: self.delivery_rooms,
            Function.THEATRE: self.theatre_teams,
        }
        return least.get(function, 1) > 0


def neighbour_rooms(scenario: Scenario) -> dict[str, NeighbourRoom]:
    """Return the neighbours in play that have walls, by site id; none when they are counted."""
    is_simulated = scenario.policies.neighbours is NeighbourPolicy.SIMULATED
    return neighbour_sizes(scenario) if is_simulated else {}


def neighbour_sizes(scenario: Scenario) -> dict[str, NeighbourRoom]:
    """Return the neighbours in play of which it is known what they do, walls or not, by site id."""
    return {
        key: _room(site.size, scenario)
        for key, site in scenario.active_sites().items()
        if site.role == "neighbour" and site.size is not None
    }


def _room(size: NeighbourSize, scenario: Scenario) -> NeighbourRoom:
    parameters, year = scenario.effective_parameters(), scenario.horizon_year
    expected = registry()
    forecast = visit_growth(expected, year), trend_growth(expected, "births", year)
    shares = {name: parameters.of(CLOSED, name) for name in parameters.names(CLOSED)}
    comes, goes = total_of(size.takes_over, shares), total_of(size.sheds, shares)
    visits, births = (
        max(value - less, 0.0) * grown
        for value, less, grown in zip(
            (size.visits.value, size.births.value), goes, forecast, strict=True
        )
    )
    headroom = parameters["neighbour.headroom"]
    most_beds = math.inf if size.beds is None else size.beds.value
    most_icu = math.inf if size.icu_beds is None else size.icu_beds.value

    month = {flow: MONTHS_PER_YEAR * float(month_shape(flow).max()) for flow in ("ed", "births")}

    def places(yearly: float, minutes: float, spare: float, most: float = math.inf) -> int:
        # planned on the forecast that ships: longer stays of a future bring no places
        load = yearly * (1 + headroom) * minutes / MINUTES_PER_YEAR
        return round(min(load + spare * math.sqrt(load), most))

    at_peak = parameters["neighbour.visit.place_minutes"] * parameters["neighbour.ed.peak"]
    growth = visit_growth(parameters, year) * _visits_level(parameters)
    births_growth = trend_growth(parameters, "births", year) * _births_level(parameters)
    today = size.from_twente
    return NeighbourRoom(
        size_visits=size.visits.value,
        size_births=size.births.value,
        own_visits=(_own(size.visits.value, today.visits, goes[0]) + comes[0]) * growth,
        own_births=(_own(size.births.value, today.births, goes[1]) + comes[1]) * births_growth,
        staffed_visits=visits,
        staffed_births=births,
        twente_visits=today.visits * forecast[0],
        twente_births=today.births * forecast[1],
        headroom=headroom,
        places=places(visits * month["ed"], at_peak, parameters["neighbour.spare.ed"]),
        ward_beds=places(
            visits * month["ed"],
            parameters["neighbour.visit.bed_days"] * MINUTES_PER_DAY,
            parameters["neighbour.spare.ward"],
            most_beds,
        ),
        icu_beds=places(
            visits * month["ed"],
            parameters["neighbour.visit.icu_days"] * MINUTES_PER_DAY,
            parameters["neighbour.spare.icu"],
            most_icu,
        ),
        delivery_rooms=places(
            births * month["births"],
            parameters["neighbour.birth.room_minutes"],
            parameters["neighbour.spare.maternity"],
        ),
        theatre_teams=places(
            visits * month["ed"],
            parameters["neighbour.visit.theatre_minutes"],
            parameters["neighbour.spare.theatre"],
        ),
        bookings=_bookings(births * month["births"] * (1 + headroom) / MONTHS_PER_YEAR, parameters),
    )


def _own(size: float, from_twente: float, goes: float) -> float:
    """Return what comes from elsewhere: a closure takes the same part of it as of the whole."""
    left = max(1 - goes / size, 0.0) if size else 0.0
    return max(size - from_twente, 0.0) * left


def _bookings(a_month: float, parameters: Parameters) -> float:
    """Return the births that it takes bookings for in a month: as many come, and their chance."""
    return a_month + parameters["neighbour.spare.bookings"] * math.sqrt(a_month)


def _visits_level(parameters: Parameters) -> float:
    """Return the emergency visits over those of the forecast that ships: a future is everyone's."""
    expected = registry()
    by_age = sum(
        expected.of("demand.ed.share", band)
        * parameters.of("demand.ed.rate", band)
        / expected.of("demand.ed.rate", band)
        for band in expected.names("demand.ed.share")
    )
    return by_age * parameters["demand.ed.level"] / expected["demand.ed.level"]


def _births_level(parameters: Parameters) -> float:
    """Return the births over those of the forecast that ships."""
    bands = parameters.names("maternity.fertility")
    now, expected = (
        sum(each.of("maternity.fertility", band) for band in bands)
        for each in (parameters, registry())
    )
    return now / expected
