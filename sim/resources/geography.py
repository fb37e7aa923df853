"""Where everything is, seen from the simulation: minutes as plain lists, and who is open when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from scenarios.calendar.opening_hours import FORTNIGHT, open_hours
from scenarios.errors import ScenarioError
from scenarios.needs import staffed_hours
from scenarios.neighbours import neighbour_rooms
from scenarios.schema.vocabulary import Function
from sim.patients.hospital_choice import apparent
from sim.resources.site_points import TWENTE_RAV, points_of
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet
    from scenarios.capacity import HourlyCount
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.vocabulary import Resource

SHIFTING: Final = "dynamic"
"""What the data set calls a post that is open where a scenario puts a crew there."""


class Geography:
    """Sites and cells with the minutes between them, and where ambulances may be.

    Parameters
    ----------
    scenario
        Names the sites in play, their opening hours, and the posts with crews.
    data
        The data set; a site that it does not know takes its nearest point.
    capacity
        What each site has at each hour, by site and resource, when nobody is there who is missing:
        a function stops while nobody is there without whom it cannot work.
    closed
        Hours that a site closes a function for want of people; none when left out.

    Attributes
    ----------
    sites
        Site ids; a site's index is its number in the journal.
    car, siren
        Minutes from each cell to each site, lists of lists.
    transfer, transfer_by_car
        Minutes from site to site, with lights and siren and without.
    """

    def __init__(
        self,
        scenario: Scenario,
        data: DataSet,
        capacity: Mapping[tuple[str, Resource], HourlyCount],
        closed: Mapping[tuple[str, Function], npt.NDArray[np.bool_]] | None = None,
    ) -> None:
        active = scenario.active_sites()
        self.sites = list(active)
        self.is_neighbour = [site.role == "neighbour" for site in active.values()]
        points, _ = points_of(scenario, data)
        data = data.slowed(scenario.effective_parameters()["travel.ratio"])
        self._car = _finite(data.cell_minutes("car", points)).astype(np.float64)
        self.car: list[list[float]] = self._car.tolist()
        self.siren: list[list[float]] = _finite(data.cell_minutes("siren", points)).tolist()
        self.transfer: list[list[float]] = _finite(
            data.point_minutes("siren", points, points)
        ).tolist()
        self.transfer_by_car: list[list[float]] = _finite(
            data.point_minutes("car", points, points)
        ).tolist()
        self._by_nearness: dict[int, list[int]] = {}
        self.in_region: list[bool] = data.cells["in_region"].tolist()
        self._is_open = {
            function: _open(scenario, function, capacity, closed or {}) for function in Function
        }
        self._hours = max(table.shape[1] for table in self._is_open.values())
        self.open_at: dict[Function, list[list[bool]]] = {
            function: table.T.tolist() for function, table in self._is_open.items()
        }
        self.crew_places = CrewPlaces(list(scenario.ambulance), points, data)
        self.neighbour_response = _neighbour_response(data)

    def minutes_by_car(
        self, cells: npt.NDArray[np.int64], sites: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Return the minutes from each cell to the site beside it."""
        return self._car[cells, sites]

    def nearest_open(
        self,
        function: Function,
        cells: Sequence[int],
        times: Sequence[float],
        preference: npt.NDArray[np.float64],
    ) -> list[int]:
        """Return for each patient the preferred site by car that is open on arrival.

        Parameters
        ----------
        cells, times
            Where and when (minutes) the patients leave home.
        preference
            What each patient counts off for each site from the logarithm of the minutes, shape
            (patients, sites).
        """
        minutes = self._car[np.asarray(cells, dtype=int)]
        seems = apparent(minutes) - preference
        arrival = np.asarray(times, dtype=float)[:, None] + minutes
        hour = (np.where(np.isfinite(arrival), arrival, 0) // MINUTES_PER_HOUR).astype(
            int
        ) % self._hours
        site = np.arange(len(self.sites))[None, :]
        seems = np.where(self._is_open[function][site, hour], seems, np.inf)
        return seems.argmin(axis=1).tolist()

    def by_preference(
        self, cells: Sequence[int], preference: npt.NDArray[np.float64]
    ) -> list[list[int]]:
        """Return for each patient the sites, the preferred one first."""
        seems = apparent(self._car[np.asarray(cells, dtype=int)]) - preference
        return np.argsort(seems, axis=1, kind="stable").tolist()

    def first_of(
        self,
        sites: Sequence[int],
        cells: Sequence[int],
        preference: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.int64]:
        """Return for each patient the one of some sites that is preferred."""
        seems = apparent(self._car[np.asarray(cells, dtype=int)]) - preference
        return np.array(sites)[seems[:, list(sites)].argmin(axis=1)]

    def ever_open(self, function: Function) -> list[bool]:
        """Return for each site whether a function is open at any hour."""
        return [bool(hours.any()) for hours in self._is_open[function]]

    def open_sites(self, function: Function, time: float) -> list[bool]:
        """Return for each site whether the function is open at a minute."""
        return self.open_at[function][int(time // MINUTES_PER_HOUR) % self._hours]

    def by_nearness(self, cell: int) -> list[int]:
        """Return the sites from near to far by car from a cell."""
        order = self._by_nearness.get(cell)
        if order is None:
            minutes = self.car[cell]
            order = sorted(range(len(minutes)), key=minutes.__getitem__)
            self._by_nearness[cell] = order
        return order

    def nearest_other(self, function: Function, site: int, time: float) -> int | None:
        """Return the open site nearest to another site by ambulance, if there is one."""
        is_open = self.open_sites(function, time)
        others = [other for other, flag in enumerate(is_open) if flag and other != site]
        return min(others, key=self.transfer[site].__getitem__, default=None)


def _open(
    scenario: Scenario,
    function: Function,
    capacity: Mapping[tuple[str, Resource], HourlyCount],
    closed: Mapping[tuple[str, Function], npt.NDArray[np.bool_]],
) -> npt.NDArray[np.bool_]:
    """Return at which hours each site has a function open with the people it needs.

    A neighbour that has nothing at all for a function is closed for it. When nowhere at all someone
    is there, sites are open by their hours: patients wait there.
    """
    active, rooms = scenario.active_sites(), neighbour_rooms(scenario)
    hours = len(next(iter(capacity.values()), np.zeros(FORTNIGHT)))
    by_hours = np.array(
        [np.tile(open_hours(site.hours(function)), hours // FORTNIGHT) for site in active.values()]
    )
    staffed = np.array(
        [
            np.full(hours, key not in rooms or rooms[key].has(function))
            if site.role == "neighbour"
            else staffed_hours(capacity, key, function)
            & ~closed.get((key, function), np.zeros(hours, dtype=bool))
            for key, site in active.items()
        ]
    )
    nowhere = ~(by_hours & staffed).any(axis=0)
    return by_hours & (staffed | nowhere)


class CrewPlaces:
    """Where an ambulance may be: at a post, at a site, or at a patient's home.

    A home stands for the middle of its postcode, the nearest point of the data set; minutes from
    there and from sites to other cells are those of the opposite direction.

    Parameters
    ----------
    posts
        Posts with crews; place 0, 1, … is the first, second, … post.
    site_points
        Point that stands for each site.
    data
        The data set.

    Attributes
    ----------
    stand_by
        Posts where an idle crew may wait: of the region's own service those that are always open,
        and the shifting ones among `posts`.
    """

    def __init__(self, posts: Sequence[str], site_points: Sequence[str], data: DataSet) -> None:
        _require_posts(posts, data)
        points = data.points
        is_own = (points["kind"] == "post") & (points["rav"] == TWENTE_RAV)
        own = points.loc[is_own & (points["detail"] != SHIFTING), "id"]
        self._stand_by = [*posts, *(post for post in own if post not in posts)]
        middles = points.loc[points["kind"] == "postcode", "id"].tolist()
        ids = [*self._stand_by, *site_points, *middles]
        self._siren = _finite(data.cell_minutes("siren", ids))
        self._car = _finite(data.cell_minutes("car", ids))
        self._between_siren = _finite(data.point_minutes("siren", ids, ids))
        self._between_car = _finite(data.point_minutes("car", ids, ids))
        self._first_site = len(self._stand_by)
        first_middle = self._first_site + len(site_points)
        self._home: list[int] = (first_middle + self._car[:, first_middle:].argmin(axis=1)).tolist()
        region = data.cells["in_region"].to_numpy(dtype=bool)
        inhabitants = np.where(region, data.cells["population"].to_numpy(dtype=float), 0.0)
        nodes = np.array(self._home) - first_middle
        self.inhabitants = np.zeros(len(middles))
        np.add.at(self.inhabitants, nodes, inhabitants)
        self.to_inhabitants = self._between_siren[: self._first_site, first_middle:]

    @property
    def stand_by(self) -> range:
        """The places that are posts."""
        return range(self._first_site)

    def at_site(self, site: int) -> int:
        """Return the place of a site."""
        return self._first_site + site

    def at_home(self, cell: int) -> int:
        """Return the place that stands for a cell."""
        return self._home[cell]

    def to_cell(self, cell: int, *, siren: bool) -> Minutes:
        """Return the minutes from every place to a cell."""
        return (self._siren if siren else self._car)[cell]

    def to_site(self, site: int, *, siren: bool) -> Minutes:
        """Return the minutes from every place to a site."""
        table = self._between_siren if siren else self._between_car
        return table[:, self.at_site(site)]

    def between(self, origin: int, to: int) -> float:
        """Return the minutes between two places without siren."""
        return float(self._between_car[origin, to])


def _require_posts(posts: Sequence[str], data: DataSet) -> None:
    unknown = sorted(set(posts) - set(data.points.loc[data.points["kind"] == "post", "id"]))
    if unknown:
        raise ScenarioError.single(
            "ambulance",
            "no such post in the data set: {unknown}",
            unknown=", ".join(unknown),
            field="ambulance",
        )


def _neighbour_response(data: DataSet) -> list[float]:
    """Return for each cell the minutes from the nearest post of a neighbouring service."""
    posts = data.points[data.points["kind"] == "post"]
    outside = posts.loc[posts["rav"] != TWENTE_RAV, "id"].tolist()
    if not outside:
        return [0.0] * len(data.cells)
    return _finite(data.cell_minutes("siren", outside)).min(axis=1).tolist()


def _finite(minutes: Minutes) -> Minutes:
    """Return minutes with unreachable as infinity."""
    return np.where(np.isnan(minutes), np.float32(np.inf), minutes)
