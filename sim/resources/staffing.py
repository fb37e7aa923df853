"""Which shifts stay empty, and what that leaves of each site's capacity, hour by hour.

Each place on a roster has a mark of its own for every shift of the horizon, drawn beforehand: the
place is empty when the mark is below the unfilled share of the year. The mark belongs to the home
site of the roster, so the same shifts are empty in every configuration, wherever people then work.
What a flexpool, exchange between sites, or simply a larger team makes of it is an outcome.

Under a staff policy that counts people, rosters of 24/7 lines have the share of their own team
instead, month by month, and a line without people closes what hangs on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from scenarios.calendar.opening_hours import FORTNIGHT
from scenarios.capacity import HourlyCount, deployments, roster_hours, site_capacity
from scenarios.lines.catalogue import AMBULANCE
from scenarios.parameters.workforce import unfilled_share
from scenarios.schema.vocabulary import Function, Resource, StaffPolicy
from scenarios.units import HOURS_PER_DAY, HOURS_PER_WEEK
from sim.random.streams import Purpose
from sim.teams.closed_hours import people_hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from files.arrays import AnyFloatArray
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.rosters import Shifts
    from scenarios.schema.scenario import Scenario
    from sim.patients.cohort import Horizon
    from sim.teams.closed_hours import PeopleHours


Key = tuple[str, Resource]
PEOPLE: Final = "staff.people"
CREWS = "ambulance.crews"
SHIFTS_PER_DAY = 3
ROUNDING = 1e-9


@dataclass(frozen=True)
class Staffing:
    """What is there of each resource, and how many people are missing.

    Attributes
    ----------
    capacity
        (site, resource) to the number at each hour, of a fortnight when nobody is missing and of
        the whole horizon otherwise.
    places
        (site, resource) to what the rosters ask for in a fortnight, staff and staffed beds only.
    rostered
        People that the rosters ask for where they work, same keys, hours as in `capacity`.
    missing
        People of those who are not there after flexpool and exchange.
    crews, missing_crews
        Ambulance crews on duty and not there by post, shape (posts, hours), hours as above.
    closed, stop
        (site, function) to the hours that it is closed for want of people, or on stop for
        ambulances; empty when rosters are as typed in.
    """

    capacity: Mapping[Key, HourlyCount]
    places: Mapping[Key, HourlyCount]
    rostered: Mapping[Key, HourlyCount]
    missing: Mapping[Key, HourlyCount]
    crews: HourlyCount = field(default_factory=lambda: np.zeros((0, FORTNIGHT), dtype=np.int64))
    missing_crews: HourlyCount = field(
        default_factory=lambda: np.zeros((0, FORTNIGHT), dtype=np.int64)
    )
    closed: Mapping[tuple[str, Function], npt.NDArray[np.bool_]] = field(default_factory=dict)
    stop: Mapping[tuple[str, Function], npt.NDArray[np.bool_]] = field(default_factory=dict)


def staffing(scenario: Scenario, horizon: Horizon) -> Staffing:
    """Return the capacity that is left when shifts stay empty.

    For beds the people are nurses: a nurse who is missing closes the beds she would look after.
    """
    parameters = scenario.effective_parameters()
    share = unfilled_share(parameters, scenario.horizon_year)
    flexpool = parameters["staff.flexpool.share"]
    in_people = people_roles(parameters)
    capacity = site_capacity(scenario)
    counted = scenario.policies.staff is not StaffPolicy.AS_TODAY
    hours = _whole_fortnights(horizon) if share > 0 or counted else FORTNIGHT
    people = people_hours(scenario, horizon, hours) if counted else None
    rostered: dict[Key, HourlyCount] = {}
    missing: dict[Key, HourlyCount] = {}
    staffed = dict(capacity)
    for resource, deployment in deployments(scenario).items():
        if resource not in in_people:
            continue
        per_place = _people_per_place(parameters, resource)
        home = _people(np.tile(deployment.rostered, hours // FORTNIGHT), per_place)
        asked = deployment.at_work(home)
        gaps = np.zeros_like(asked)
        shares = _shares(share, people, deployment.sites, resource)
        if share > 0 or counted:
            empty = _empty_places(
                home, deployment.sites, resource, shares, scenario.shifts, horizon
            )
            gaps = np.minimum(deployment.at_work(empty), asked)
            gaps = _refilled(gaps, asked, scenario, flexpool)
        for row, site in enumerate(deployment.sites):
            key = site, resource
            rostered[key], missing[key] = asked[row], gaps[row]
            if share > 0 or counted:
                places = np.tile(capacity[key], hours // FORTNIGHT)
                present = np.floor((asked[row] - gaps[row]) / per_place + ROUNDING)
                left = np.minimum(places, present.astype(np.int64))
                staffed[key] = np.where(gaps[row] > 0, left, places)
    if share > 0 or counted:
        staffed = {key: np.tile(counts, hours // len(counts)) for key, counts in staffed.items()}
    crew_share = _shares(share, people, (AMBULANCE,) * len(scenario.ambulance), AMBULANCE)
    crews, missing_crews = _staffed_crews(scenario, crew_share, hours, horizon)
    asked_for = {key: capacity[key] for key in rostered}
    if people is None:
        return Staffing(staffed, asked_for, rostered, missing, crews, missing_crews)
    for site, late in people.late.items():
        second = site, Resource.THEATRE_SECOND
        staffed[second] = np.where(late, 0, staffed[second])
    return Staffing(
        staffed, asked_for, rostered, missing, crews, missing_crews, people.closed, people.stop
    )


def _shares(
    share: float, people: PeopleHours | None, sites: Sequence[str], role: str
) -> npt.NDArray[np.float64]:
    """Return the share of a roster that nobody fills, shape (sites, 1) or (sites, hours)."""
    if people is None:
        return np.full((len(sites), 1), share)
    return np.array([people.unfilled.get((site, role), [share]) for site in sites])


def _staffed_crews(
    scenario: Scenario, shares: AnyFloatArray, hours: int, horizon: Horizon
) -> tuple[HourlyCount, HourlyCount]:
    """Return the ambulance crews on duty and those missing, by post.

    A crew whose nurse or driver is missing stays off the road. All posts are of one service, so
    that a flexpool fills the post that misses most.
    """
    rostered = [roster_hours(roster, scenario.shifts) for roster in scenario.ambulance.values()]
    asked = np.tile(np.array(rostered), hours // FORTNIGHT)
    if not (shares > 0).any():
        return asked, np.zeros_like(asked)
    posts = tuple(scenario.ambulance)
    gaps = _empty_places(asked, posts, CREWS, shares, scenario.shifts, horizon)
    if scenario.policies.flexpool:
        size = scenario.effective_parameters()["staff.flexpool.share"]
        gaps = _most_short_first(gaps, asked, _whole(size * asked.sum(axis=0)))
    if scenario.policies.staff_exchange:
        gaps = _levelled(gaps, asked)
    return asked - gaps, gaps


def people_roles(parameters: Parameters) -> set[str]:
    """Return the resources of which parameters say how many people a place takes."""
    return {key.removeprefix(f"{PEOPLE}.") for key in parameters if key.startswith(f"{PEOPLE}.")}


def _whole_fortnights(horizon: Horizon) -> int:
    """Return the hours of the horizon, rounded up to fortnights."""
    return -(-horizon.weeks * HOURS_PER_WEEK // FORTNIGHT) * FORTNIGHT


def _people_per_place(parameters: Parameters, resource: Resource) -> float:
    """Return the nurses per bed; for staff a roster place is one, a person or a whole team."""
    return 1.0 if resource.is_staff else parameters.of(PEOPLE, resource)


def _people(places: HourlyCount, per_place: float) -> HourlyCount:
    return np.ceil(places * per_place - ROUNDING).astype(np.int64)


def _empty_places(
    home: HourlyCount,
    sites: Sequence[str],
    role: str,
    shares: AnyFloatArray,
    shifts: Shifts,
    horizon: Horizon,
) -> HourlyCount:
    """Return how many of each site's roster places are empty at each hour, by home site.

    Marks are drawn place after place: one more place leaves those of the others as they were.
    A shift has the share of its first hour.
    """
    shift = shift_numbers(shifts, home.shape[1])
    begins = np.flatnonzero(np.diff(shift, prepend=-1))
    most = int(home.max(initial=0))
    rows = []
    for site, people, share in zip(sites, home, shares, strict=True):
        below = share[begins % len(share), None]
        rng = horizon.generator(Purpose.STAFF_ABSENT, crc32(f"{site}.{role}".encode()))
        marks = rng.random((most, int(shift[-1]) + 1)).T if people.any() else np.ones((1, most))
        empty = np.zeros((len(marks), most + 1), dtype=np.int64)
        np.cumsum(marks < below[: len(marks)], axis=1, out=empty[:, 1:])
        rows.append(empty[shift if people.any() else 0, people])
    return np.array(rows)


def shift_numbers(shifts: Shifts, hours: int) -> npt.NDArray[np.int64]:
    """Return which shift each hour belongs to, numbered on; a night is one shift past midnight."""
    clock = np.arange(hours) % HOURS_PER_DAY
    begins = np.isin(clock, [shifts.day, shifts.evening, shifts.night])
    begins[0] = False
    return np.cumsum(begins)


def _refilled(
    gaps: HourlyCount, asked: HourlyCount, scenario: Scenario, size: float
) -> HourlyCount:
    """Return the people still missing after the flexpool and exchange between sites."""
    policies = scenario.policies
    if policies.flexpool and policies.staff_exchange:
        gaps = _most_short_first(gaps, asked, _whole(size * asked.sum(axis=0)))
    elif policies.flexpool:
        gaps = gaps - np.minimum(gaps, _whole(size * asked))
    if policies.staff_exchange:
        gaps = _levelled(gaps, asked)
    return gaps


def _whole(people: AnyFloatArray) -> HourlyCount:
    return np.floor(people + ROUNDING).astype(np.int64)


def _most_short_first(gaps: HourlyCount, asked: HourlyCount, pool: HourlyCount) -> HourlyCount:
    """Send the shared pool, one by one, to the site that misses the largest share."""
    gaps = gaps.copy()
    hour = np.arange(gaps.shape[1])
    for sent in range(int(pool.max(initial=0))):
        worst = _share_missing(gaps, asked).argmax(axis=0)
        helps = (sent < pool) & (gaps[worst, hour] > 0)
        gaps[worst[helps], hour[helps]] -= 1
    return gaps


def _levelled(gaps: HourlyCount, asked: HourlyCount) -> HourlyCount:
    """Lend people to the site that misses the largest share while the worst-off gains by it."""
    gaps = gaps.copy()
    hour = np.arange(gaps.shape[1])
    for _ in range(int(gaps.max(initial=0))):
        short = _share_missing(gaps, asked)
        worst = short.argmax(axis=0)
        best = np.where(asked > 0, short, np.inf).argmin(axis=0)
        after = (gaps[best, hour] + 1) / np.maximum(asked[best, hour], 1)
        helps = (asked[best, hour] > 0) & (after < short[worst, hour] - ROUNDING)
        gaps[worst[helps], hour[helps]] -= 1
        gaps[best[helps], hour[helps]] += 1
    return gaps


def _share_missing(gaps: HourlyCount, asked: HourlyCount) -> AnyFloatArray:
    return np.divide(gaps, asked, out=np.zeros(gaps.shape), where=asked > 0)
