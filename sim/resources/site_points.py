"""Where the sites of a scenario lie in a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario


TWENTE_RAV = "Twente"


def point_ids(scenario: Scenario, data: DataSet) -> dict[str, str]:
    """Return for each site in play the data set's point that stands for it."""
    points, _ = points_of(scenario, data)
    return dict(zip(scenario.active_sites(), points, strict=True))


def new_places(*scenarios: Scenario) -> tuple[tuple[float, float], ...]:
    """Return longitude and latitude of every site in play that is given by coordinates."""
    sites = [site for scenario in scenarios for site in scenario.active_sites().values()]
    return tuple(
        dict.fromkeys(
            (site.lon, site.lat) for site in sites if site.lon is not None and site.lat is not None
        )
    )


def snapped_metres(scenario: Scenario, data: DataSet) -> dict[str, float]:
    """Return for each site given by coordinates how far off the point that stands for it is."""
    return points_of(scenario, data)[1]


def points_of(scenario: Scenario, data: DataSet) -> tuple[list[str], dict[str, float]]:
    """Return each site's point in the data set, and how many metres off those of own places are."""
    known = set(data.points["id"])
    points: list[str] = []
    snapped: dict[str, float] = {}
    for key, site in scenario.active_sites().items():
        if site.lon is None or site.lat is None:
            if key not in known:
                raise ScenarioError.single(
                    scenario.name,
                    "not a point of the data set; give its lon and lat",
                    field=f"sites.{key}",
                )
            points.append(key)
            continue
        point, metres = data.nearest_point(site.lon, site.lat)
        points.append(point)
        snapped[key] = metres
    return points, snapped
