"""Minutes from every cell to open care, from what a run's manifest says of its scenarios.

The report, its maps and the files for GIS are made from a run's folder, where the scenario files
are no more: opening hours, points and posts come from the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from geodata.accessibility.coverage import group_counts
from geodata.accessibility.moments import Moment, open_together, site_lists, time_shares
from geodata.accessibility.reachability import (
    Clock,
    call_to_hospital_minutes,
    minutes_by_clock,
    nearest_minutes,
)
from geodata.config.norms import Norms, norms
from results.runs.run import ALWAYS
from scenarios.calendar.opening_hours import open_hours, written_hours

if TYPE_CHECKING:
    from files.arrays import BoolArray
    from geodata.accessibility.reachability import ByMoment
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName
    from results.runs.run import Run, RunScenario


Members = npt.NDArray[np.bool_] | npt.NDArray[np.int64]
"""Cells that are meant: a flag for each, or their rows."""

Group = Literal["population", "age_65_plus", "births"]
EVERYONE: Final = "population"
SENIOR: Final = "age_65_plus"
BIRTHS: Final = "births"
CHAIN = (Clock.NORM, Clock.LIFE)
"""The clocks of the way from the call to the hospital: what is judged, and what stands beside."""


@dataclass(frozen=True, eq=False)
class TravelMinutes:
    """Minutes of the way to care, of every cell at every moment that differs.

    Attributes
    ----------
    minutes
        Shape (cells, moments); infinite where none is open or can be reached.
    moments
        What is open when; one where it is the same at every hour.
    """

    minutes: ByMoment
    moments: tuple[Moment, ...]

    @property
    def is_part_time(self) -> bool:
        """Whether it differs from hour to hour."""
        return len(self.moments) > 1

    @property
    def time(self) -> npt.NDArray[np.float64]:
        """Share of the time of each moment, together 1."""
        shares = time_shares(self.moments)
        return shares / shares.sum()

    def over_time(self) -> Minutes:
        """Return the mean over the year of each cell."""
        return np.average(self.minutes, axis=1, weights=self.time).astype(np.float32)

    def worst(self, people: npt.NDArray[np.float64]) -> TravelMinutes:
        """Return the moment at which the mean over people is longest, alone."""
        means = np.average(self.minutes.astype(float), axis=0, weights=people)
        at = int(means.argmax())
        return TravelMinutes(self.minutes[:, [at]], (self.moments[at],))

    @property
    def hours(self) -> str:
        """The hours of its first moment, as opening hours are written."""
        return written_hours(self.moments[0].hours)


@dataclass(frozen=True)
class Beyond:
    """Who lives beyond a norm: numbers, not shares."""

    inhabitants: float
    seniors: float
    births: float

    def of(self, group: Group) -> float:
        """Return the count of one group."""
        return {EVERYONE: self.inhabitants, SENIOR: self.seniors, BIRTHS: self.births}[group]


@dataclass(frozen=True)
class Access:
    """The minutes of a run's scenarios, by cell of a data set.

    Attributes
    ----------
    data
        The data set that the run used, or one with the same points.
    norm
        The norms to count by.
    """

    data: DataSet
    norm: Norms
    _known: dict[object, dict[Clock, ByMoment]] = field(default_factory=dict, repr=False)
    _moments: dict[tuple[str, str], tuple[Moment, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, run: Run, data: DataSet) -> Access:
        """Return the access of a run by its own norms."""
        return cls(data, norms(str(run.manifest["norms"])))

    def by_car(self, scenario: RunScenario, function: str) -> TravelMinutes:
        """Return minutes by car from home to the nearest open site."""
        moments = self.moments(scenario, function)
        return TravelMinutes(self._minutes("car", moments, ())[Clock.DRIVE], moments)

    def call_to_hospital(self, scenario: RunScenario, function: str, clock: Clock) -> TravelMinutes:
        """Return minutes from the call to the hospital door; NaN without known posts.

        Parameters
        ----------
        clock
            That of the norm, which counts loading at the patient, or that of life, which counts
            the usual time on scene.
        """
        moments = self.moments(scenario, function)
        posts = tuple(post for post in scenario.posts if self._has(post))
        if not posts:
            unknown = np.full((len(self.data.cells), len(moments)), np.nan, dtype=np.float32)
            return TravelMinutes(unknown, moments)
        return TravelMinutes(self._minutes("siren", moments, posts)[clock], moments)

    def to_point(self, point: str) -> TravelMinutes:
        """Return minutes by car from each cell to one point."""
        always = (Moment((point,), open_hours(ALWAYS)),)
        return TravelMinutes(self._minutes("car", always, ())[Clock.DRIVE], always)

    def moments(self, scenario: RunScenario, function: str) -> tuple[Moment, ...]:
        """Return the points of the sites that are open together, and when."""
        key = (scenario.name, function)
        if key not in self._moments:
            sites = [site for site in scenario.sites if self._has(site.point)]
            hours = {site.point: open_hours(site.hours(function)) for site in sites}
            nothing = (Moment((), open_hours(ALWAYS)),)
            self._moments[key] = tuple(open_together(hours)) if hours else nothing
        return self._moments[key]

    def counts(self, members: Members) -> Beyond:
        """Count who lives in some cells."""
        return Beyond(*(float(count[members].sum()) for count in self._counts.values()))

    def beyond(self, way: TravelMinutes, limit: float, members: npt.NDArray[np.bool_]) -> Beyond:
        """Count who lives beyond a limit, weighed by time; NaN where the minutes aren't known."""
        if np.isnan(way.minutes[members]).any():
            return Beyond(np.nan, np.nan, np.nan)
        parts = [self.counts(members & (column > limit)) for column in way.minutes.T]
        sums = np.array([(part.inhabitants, part.seniors, part.births) for part in parts])
        return Beyond(*(float(count) for count in way.time @ sums))

    def mean(self, way: TravelMinutes, members: Members) -> float:
        """Return the mean over inhabitants and time; NaN without any, or where some have no way."""
        weight = self._counts[EVERYONE][members]
        if not weight.sum():
            return float("nan")
        value = float(
            np.average(way.minutes[members].astype(float), axis=0, weights=weight) @ way.time
        )
        return value if np.isfinite(value) else float("nan")

    def worst(self, way: TravelMinutes, members: Members) -> TravelMinutes:
        """Return the moment at which the inhabitants' mean is longest."""
        weight = np.zeros(len(self.data.cells))
        weight[members] = self._counts[EVERYONE][members]
        return way.worst(weight) if weight.sum() else way

    def _minutes(
        self, profile: ProfileName, moments: tuple[Moment, ...], posts: tuple[str, ...]
    ) -> dict[Clock, ByMoment]:
        key = (profile, posts, tuple(site_lists(moments)))
        if key not in self._known:
            self._known[key] = minutes_by_clock(self.data, self.norm, profile, moments, posts)
        return self._known[key]

    def _has(self, point: str) -> bool:
        return point in self._points

    @cached_property
    def _counts(self) -> dict[str, npt.NDArray[np.float64]]:
        """How many of each group live in each cell, in the order of `Beyond`."""
        return {group: group_counts(self.data.cells, group) for group in (EVERYONE, SENIOR, BIRTHS)}

    @cached_property
    def _points(self) -> set[str]:
        return set(self.data.points["id"])


def inhabited(data: DataSet) -> BoolArray:
    """Tell which cells of the region have inhabitants: those that reachability counts."""
    inside = data.cells["in_region"].to_numpy(dtype=bool)
    return inside & (data.cells["population"].to_numpy() > 0)


def least_favourable(
    scenario: RunScenario, function: str, profile: ProfileName, data: DataSet
) -> Minutes:
    """Return minutes to care at the least favourable hour of the fortnight.

    Parameters
    ----------
    scenario
        Says which sites are open when, and which posts have crews.
    function
        `ed`, `maternity`, `icu` or `theatre`.
    profile
        `car`: the drive from home. `siren`: from the call to the hospital door, by the clock of
        the norm.
    data
        The data set that the run used.

    Returns
    -------
    numpy.ndarray
        Shape (cells,); infinite where none is open or can be reached.
    """
    hours = {site.point: open_hours(site.hours(function)) for site in scenario.sites}
    moments = site_lists(open_together(hours))
    if profile == "car":
        return nearest_minutes(data, profile, moments)
    return call_to_hospital_minutes(data, norms(scenario.norms), moments, scenario.posts)
