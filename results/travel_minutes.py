"""Minutes from every cell to open care, from what a run's manifest says of its scenarios.

The report, its maps and the files for GIS are made from a run's folder, where the scenario files
are no more: opening hours, points and posts come from the manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.norms import norms
from geodata.reachability import call_to_hospital_minutes, nearest_minutes
from scenarios.hours import open_hours

if TYPE_CHECKING:
    from geodata.dataset import DataSet, Minutes, ProfileName
    from results.run import Scenario

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
    hours = np.array([open_hours(site.hours(function)) for site in scenario.sites])
    points = [site.point for site in scenario.sites]
    moments = [
        [point for point, is_open in zip(points, moment, strict=True) if is_open]
        for moment in np.unique(hours, axis=1).T
    ]
    if profile == "car":
        return nearest_minutes(data, profile, moments)
    return call_to_hospital_minutes(data, norms(scenario.norms), moments, scenario.posts)
