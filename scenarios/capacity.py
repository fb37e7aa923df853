"""Rosters to capacity: how many of each resource a site has at each hour of a fortnight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scenarios.calendar.opening_hours import FORTNIGHT, open_hours, weekend_hours
from scenarios.errors import Problem, Said, ScenarioError
from scenarios.parameters.demand import bed_growth, planned_bed_growth, visit_growth
from scenarios.parameters.registry import registry
from scenarios.parameters.workforce import unfilled_share
from scenarios.schema.vocabulary import CapacityPolicy, DemandPolicy, Resource
from scenarios.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from scenarios.schema.rosters import Roster, Shifts
    from scenarios.schema.scenario import Scenario

ED_PEOPLE = (Resource.ED_DOCTORS, Resource.ED_NURSES, Resource.ED_CONSULTANTS)
MOST_UNFILLED = 0.5  # nobody rosters more than twice as many for who will not be there

HourlyCount = npt.NDArray[np.int64]


def roster_hours(roster: Roster, shifts: Shifts) -> HourlyCount:
    """Return the rostered number at each hour of a fortnight, shape (336,)."""
    on_weekday, at_weekend = (
        np.tile(
            [roster.at(shifts.at(hour), weekend=weekend) for hour in range(HOURS_PER_DAY)],
            FORTNIGHT // HOURS_PER_DAY,
        )
        for weekend in (False, True)
    )
    hours: HourlyCount = np.where(weekend_hours(), at_weekend, on_weekday)
    for extra in roster.extra:
        hours = hours + extra.count * open_hours(extra.when)
    return hours


@dataclass(frozen=True)
class Deployment:
    """The rosters of one resource, and where they work when functions are closed.

    Attributes
    ----------
    sites
        The Twente sites, in file order.
    rostered
        Number at each site at each hour of a fortnight, shape (sites, 336).
    stays
        Whether they work at that site in that hour rather than elsewhere, same shape.
    is_pooled
        Whether those who don't stay work at the sites where the function is open.
    """

    sites: tuple[str, ...]
    rostered: HourlyCount
    stays: npt.NDArray[np.bool_]
    is_pooled: bool

    def at_work(self, counts: HourlyCount) -> HourlyCount:
        """Return where numbers given by home site work, shape (sites, hours).

        They are shared in proportion to what the open sites have. The hours may be any number of
        fortnights.
        """
        repeats = counts.shape[1] // FORTNIGHT
        stays, has = np.tile(self.stays, repeats), np.tile(self.rostered, repeats)
        kept: HourlyCount = np.where(stays, counts, 0)
        if self.is_pooled:
            kept = kept + _shared_out(np.where(stays, 0, counts).sum(axis=0), has, stays)
        return kept


def deployments(scenario: Scenario) -> dict[Resource, Deployment]:
    """Return for every resource the rosters of the Twente sites and where they work.

    A function that is closed has no capacity there, but for a few hours after closing time in
    which its people finish the patients inside. Under the policy `pooled` they then work at the
    sites where the function is open; rooms and beds follow only where the function is closed for
    good.

    Raises
    ------
    ScenarioError
        A capacity is still `auto`.
    """
    _require_sized(scenario)
    tail = int(scenario.effective_parameters()["staff.closing_tail"])
    sites = {key: site for key, site in scenario.active_sites().items() if site.role == "twente"}
    nobody = np.zeros(FORTNIGHT, dtype=np.int64)
    found = {}
    growth = roster_growth(scenario)
    for resource in Resource:
        rostered = np.array(
            [
                roster_hours(site.capacity[resource], scenario.shifts)
                if resource in site.capacity
                else nobody
                for site in sites.values()
            ]
        )
        rostered = np.rint(rostered * growth.get(resource, 1.0)).astype(np.int64)
        is_open = np.array([open_hours(site.hours(resource.function)) for site in sites.values()])
        stays = np.ones_like(is_open)
        if resource.can_move:
            stays = _with_tail(is_open, tail) if resource.is_staff else _open_at_all(is_open)
        is_pooled = scenario.policies.capacity is CapacityPolicy.POOLED
        found[resource] = Deployment(tuple(sites), rostered, stays, is_pooled)
    return found


def roster_growth(scenario: Scenario) -> dict[Resource, float]:
    """Return by how much rosters that follow demand grow to the year of a scenario.

    Acute beds are as many as keep the stated occupancy with the bed-days of the year; those for
    planned patients grow with their admissions, those of intensive care with emergency visits, from
    which most of its patients come. People at the emergency department are as many to a visit as
    today. All ask for as many more as will stay empty.
    """
    parameters, year, policies = (
        scenario.effective_parameters(),
        scenario.horizon_year,
        scenario.policies,
    )
    # planned on the forecast that ships: what a future brings on top, nobody foresees
    filled = 1 - min(unfilled_share(registry(), year), MOST_UNFILLED)
    growth: dict[Resource, float] = {}
    if policies.beds is DemandPolicy.FOLLOW_DEMAND:
        emptier = parameters["ward.follow.today"] / parameters["ward.follow.occupancy"]
        growth = {
            Resource.WARD_BEDS: bed_growth(parameters, year) / filled * emptier,
            Resource.ELECTIVE_BEDS: planned_bed_growth(parameters, year) / filled,
            Resource.ICU_BEDS: visit_growth(parameters, year) / filled,
        }
    if policies.ed_rosters is DemandPolicy.FOLLOW_DEMAND:
        growth |= dict.fromkeys(ED_PEOPLE, visit_growth(parameters, year) / filled)
    return growth


def site_capacity(scenario: Scenario) -> dict[tuple[str, Resource], HourlyCount]:
    """Return what each Twente site has of each resource when every shift is filled.

    Returns
    -------
    dict
        (site, resource) to an array of shape (336,), the hours of a fortnight.
    """
    return {
        (site, resource): row
        for resource, deployment in deployments(scenario).items()
        for site, row in zip(deployment.sites, deployment.at_work(deployment.rostered), strict=True)
    }


def _require_sized(scenario: Scenario) -> None:
    problems = [
        Problem(
            scenario.name,
            None,
            f"sites.{site}.capacity.{resource}",
            Said("is 'auto', and is sized by `twentezorg run` or `twentezorg size` only"),
        )
        for site, resource in scenario.to_be_sized()
    ]
    if problems:
        raise ScenarioError(problems)


def _open_at_all(is_open: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.broadcast_to(is_open.any(axis=1, keepdims=True), is_open.shape)


def _with_tail(is_open: npt.NDArray[np.bool_], hours: int) -> npt.NDArray[np.bool_]:
    extended = is_open.copy()
    for hour in range(1, hours + 1):
        extended |= np.roll(is_open, hour, axis=1)
    return extended


def _shared_out(spare: HourlyCount, has: HourlyCount, stays: npt.NDArray[np.bool_]) -> HourlyCount:
    """Divide `spare` (hours,) over the open sites by their own number, largest remainder first."""
    weight = np.where(stays, has, 0).astype(float)
    nobody = weight.sum(axis=0) == 0
    weight[:, nobody] = stays[:, nobody]
    total = weight.sum(axis=0)
    exact = np.divide(weight * spare, total, out=np.zeros_like(weight), where=total > 0)
    share = np.floor(exact).astype(np.int64)
    left = np.where(total > 0, spare - share.sum(axis=0), 0)
    rank = np.argsort(np.argsort(share - exact, axis=0, kind="stable"), axis=0, kind="stable")
    return share + (rank < left)
