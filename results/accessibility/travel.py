"""Minutes from every cell to open care, from what a run's manifest says of its scenarios.

The report, its maps and the files for GIS are made from a run's folder, where the scenario files
are no more: opening hours, points and posts come from the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.accessibility.coverage import group_counts
from geodata.accessibility.reachability import (
    call_to_hospital_minutes,
    emergency_chain,
    nearest_minutes,
)
from geodata.config.norms import Norms, norms
from scenarios.calendar.opening_hours import open_together

if TYPE_CHECKING:
    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName
    from results.runs.run import Run, Scenario


Members = npt.NDArray[np.bool_] | npt.NDArray[np.int64]
"""Cells that are meant: a flag for each, or their rows."""

SENIOR, BIRTHS, EVERYONE = "age_65_plus", "births", "population"
CLOCKS = ("norm_clock", "empirical_clock")


@dataclass(frozen=True)
class Beyond:
    """Who lives beyond a norm: numbers, not shares."""

    inhabitants: float
    seniors: float
    births: float


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
    _known: dict[object, Minutes] = field(default_factory=dict, repr=False)
    _moments: dict[tuple[str, str], list[list[str]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, run: Run, data: DataSet) -> Access:
        """Return the access of a run by its own norms."""
        return cls(data, norms(str(run.manifest["norms"])))

    def by_car(self, scenario: Scenario, function: str) -> Minutes:
        """Return minutes by car to the nearest open site, at the least favourable hour."""
        return self._nearest("car", self.moments(scenario, function))

    def call_to_hospital(self, scenario: Scenario, function: str, clock: str) -> Minutes:
        """Return minutes from the call to the hospital door; NaN without known posts.

        Parameters
        ----------
        clock
            `norm_clock`, which counts loading at the patient, or `empirical_clock`, which counts
            the usual time on scene.
        """
        moments = self.moments(scenario, function)
        posts = [post for post in scenario.posts if self._has(post)]
        if not posts:
            return np.full(len(self.data.cells), np.nan, dtype=np.float32)
        key = (tuple(posts), _frozen(moments))
        if (*key, clock) not in self._known:
            chain = emergency_chain(self.data, self.norm, moments, posts)
            self._known.update({(*key, name): chain[name].to_numpy() for name in CLOCKS})
        return self._known[*key, clock]

    def to_point(self, point: str) -> Minutes:
        """Return minutes by car from each cell to one point."""
        return self._nearest("car", [[point]])

    def moments(self, scenario: Scenario, function: str) -> list[list[str]]:
        """Return the points of the sites that are open together at some hour of the fortnight."""
        key = (scenario.name, function)
        if key not in self._moments:
            self._moments[key] = self._open_together(scenario, function)
        return self._moments[key]

    def _open_together(self, scenario: Scenario, function: str) -> list[list[str]]:
        sites = [site for site in scenario.sites if self._has(site.point)]
        return open_together({site.point: site.hours(function) for site in sites})

    def counts(self, members: Members) -> Beyond:
        """Count who lives in some cells."""
        return Beyond(*(float(count[members].sum()) for count in self._counts.values()))

    def beyond(self, minutes: Minutes, limit: float, members: npt.NDArray[np.bool_]) -> Beyond:
        """Count who lives beyond a limit; NaN where the minutes aren't known."""
        if np.isnan(minutes[members]).any():
            return Beyond(np.nan, np.nan, np.nan)
        return self.counts(members & (minutes > limit))

    def mean(self, minutes: Minutes, members: Members) -> float:
        """Return the mean over inhabitants; NaN without any, or where some have no way."""
        weight = self._counts[EVERYONE][members]
        if not weight.sum():
            return float("nan")
        reached = minutes[members].astype(float)
        value = float(np.average(reached, weights=weight))
        return value if np.isfinite(value) else float("nan")

    def _nearest(self, profile: ProfileName, moments: list[list[str]]) -> Minutes:
        key = (profile, _frozen(moments))
        if key not in self._known:
            self._known[key] = nearest_minutes(self.data, profile, moments)
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


def _frozen(moments: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(moment) for moment in moments))


Inhabited = npt.NDArray[np.bool_]


def inhabited(data: DataSet) -> Inhabited:
    """Tell which cells of the region have inhabitants: those that reachability counts."""
    inside = data.cells["in_region"].to_numpy(dtype=bool)
    lived_in: Inhabited = inside & (data.cells["population"].to_numpy() > 0)
    return lived_in


def least_favourable(
    scenario: Scenario, function: str, profile: ProfileName, data: DataSet
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
    moments = open_together({site.point: site.hours(function) for site in scenario.sites})
    if profile == "car":
        return nearest_minutes(data, profile, moments)
    return call_to_hospital_minutes(data, norms(scenario.norms), moments, scenario.posts)
