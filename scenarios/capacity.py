"""Rosters to capacity: how many of each resource a site has at each hour of a fortnight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios.hours import FORTNIGHT, HOURS_PER_DAY, open_hours, weekend_hours
from scenarios.schema import CapacityPolicy, Resource, Roster, Scenario, Shifts

HourlyCount = npt.NDArray[np.int64]


def roster_hours(roster: Roster, shifts: Shifts) -> HourlyCount:
    """Return the rostered number at each hour of a fortnight, shape (336,)."""
    weekend = weekend_hours()
    return np.array(
        [
            roster.at(shifts.at(hour % HOURS_PER_DAY), weekend=bool(weekend[hour]))
            for hour in range(FORTNIGHT)
        ]
    )


def site_capacity(scenario: Scenario) -> dict[tuple[str, Resource], HourlyCount]:
    """Return what each Twente site has of each resource at each hour of a fortnight.

    A function that is closed has no capacity there, but for a few hours after closing time in
    which its people finish the patients inside. Under the policy `pooled` they then work at the
    sites where the function is open; rooms and beds follow only where the function is closed for
    good. They are shared in proportion to what those sites have.

    Returns
    -------
    dict
        (site, resource) to an array of shape (336,).
    """
    tail = int(scenario.effective_parameters()["staff.closing_tail"])
    sites = {key: site for key, site in scenario.in_play().items() if site.role == "twente"}
    capacity: dict[tuple[str, Resource], HourlyCount] = {}
    for resource in Resource:
        has = np.array(
            [
                roster_hours(site.capacity[resource], scenario.shifts)
                if resource in site.capacity
                else np.zeros(FORTNIGHT, dtype=np.int64)
                for site in sites.values()
            ]
        )
        is_open = np.array([open_hours(site.hours(resource.function)) for site in sites.values()])
        if resource.can_move:
            stays = _with_tail(is_open, tail) if resource.is_staff else _open_at_all(is_open)
            kept = np.where(stays, has, 0)
            if scenario.policies.capacity is CapacityPolicy.POOLED:
                kept += _shared_out(np.where(stays, 0, has).sum(axis=0), has, stays)
            has = kept
        capacity.update({(key, resource): row for key, row in zip(sites, has, strict=True)})
    return capacity


def _open_at_all(is_open: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    ever: npt.NDArray[np.bool_] = np.broadcast_to(is_open.any(axis=1, keepdims=True), is_open.shape)
    return ever


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
    shared: HourlyCount = share + (rank < left)
    return shared
