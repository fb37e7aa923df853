"""Ambulance: call, dispatch, turn-out, drive, scene, transport, hand-over, free again."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

from simpy.events import Event

from scenarios.capacity import roster_hours
from scenarios.hours import FORTNIGHT, HOURS_PER_DAY
from scenarios.schema import Function
from sim.journal import MINUTES_PER_HOUR, NOWHERE, Step
from sim.journey import Journey

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenarios.schema import Scenario
    from sim.region import Region

_CALL = {0: Step.CALL_A1, 1: Step.CALL_A2, 2: Step.CALL_PLANNED, 3: Step.CALL_TRANSFER}
A1, A2, PLANNED, TRANSFER = range(4)
OUTSIDE = -1  # a crew of a neighbouring service; its posts are not simulated


class Fleet:
    """The crews at their posts; the nearest idle one goes, and goes back to its post.

    Calls wait for a crew by urgency, then by order. A planned ride leaves a reserve of idle crews.
    """

    def __init__(self, region: Region, scenario: Scenario) -> None:
        self._region = region
        self._places = region.places
        self._rosters = [
            roster_hours(roster, scenario.shifts).tolist() for roster in scenario.ambulance.values()
        ]
        self._crews = [roster[0] for roster in self._rosters]
        self._busy = [0] * len(self._rosters)
        self._queue: list[tuple[int, int, int, Event]] = []
        self._asked = 0
        self._reserve = int(region.parameters["ambulance.planned.reserve"])
        self._night_from = scenario.shifts.night
        self._night_until = scenario.shifts.day
        self._dispatch = region.parameters["ambulance.dispatch"]
        self._turnout = (
            region.parameters["ambulance.turnout.day"],
            region.parameters["ambulance.turnout.night"],
        )

    def is_night(self, time: float) -> bool:
        """Whether a minute falls in the night shift."""
        hour = time // MINUTES_PER_HOUR % HOURS_PER_DAY
        return hour >= self._night_from or hour < self._night_until

    def follow_roster(self) -> Generator[Event, object, None]:
        """Set the crews of each hour of the fortnight; crews on a ride finish it."""
        hour = 0
        while True:
            yield self._region.env.timeout(MINUTES_PER_HOUR)
            hour = (hour + 1) % FORTNIGHT
            self._crews = [roster[hour] for roster in self._rosters]
            self._send_waiting()

    def crew_for(self, cell: int, urgency: int) -> Generator[Event, Any, int]:
        """Wait for the nearest idle crew; the value is its post."""
        if not self._places.in_region[cell]:
            return OUTSIDE
        if not self._queue or urgency < self._queue[0][0]:
            post = self._nearest_idle(cell, urgency)
            if post is not None:
                self._busy[post] += 1
                return post
        event = Event(self._region.env)
        self._asked += 1
        heapq.heappush(self._queue, (urgency, self._asked, cell, event))
        sent: int = yield event
        return sent

    def release(self, post: int) -> None:
        """Make a crew idle again at its post."""
        if post == OUTSIDE:
            return
        self._busy[post] -= 1
        self._send_waiting()

    def minutes_to(self, post: int, cell: int, urgency: int) -> float:
        """Return the minutes from call to arrival for a crew that is idle now."""
        turnout = self._turnout[self.is_night(self._region.env.now)]
        return self._dispatch + turnout + self._drive(post, cell, urgency)

    def _drive(self, post: int, cell: int, urgency: int) -> float:
        if post == OUTSIDE:
            return self._places.neighbour_response[cell]
        table = self._places.post_siren if urgency == A1 else self._places.post_car
        return table[cell][post]

    def _nearest_idle(self, cell: int, urgency: int) -> int | None:
        if urgency == PLANNED and sum(self._crews) - sum(self._busy) <= self._reserve:
            return None
        for post in self._places.posts_by_nearness[cell]:
            if self._crews[post] > self._busy[post]:
                return post
        return None

    def _send_waiting(self) -> None:
        while self._queue:
            urgency, _, cell, event = self._queue[0]
            post = self._nearest_idle(cell, urgency)
            if post is None:
                return
            heapq.heappop(self._queue)
            self._busy[post] += 1
            event.succeed(post)


def bring(
    region: Region,
    patient: int,
    cell: int,
    urgency: int,
    function: Function,
    on_scene: float,
    handover: float,
) -> Generator[Event, object, int]:
    """Fetch a patient and drive to the nearest open site that takes ambulances.

    The value is the site. The crew hands over while the patient's journey goes on.
    """
    env, fleet, places = region.env, region.fleet, region.places
    region.note(patient, _CALL[urgency], NOWHERE)
    post = yield from fleet.crew_for(cell, urgency)
    region.note(patient, Step.CREW_SENT, post)
    yield env.timeout(fleet.minutes_to(post, cell, urgency))
    region.note(patient, Step.CREW_AT_SCENE, post)
    yield env.timeout(on_scene)
    site = destination(region, cell, function)
    drive = (places.siren if urgency == A1 else places.car)[cell][site]
    yield env.timeout(drive)
    region.note(patient, Step.CREW_AT_HOSPITAL, site)
    Journey(_return(region, patient, post, site, handover))
    return site


def destination(region: Region, cell: int, function: Function) -> int:
    """Return the nearest site where a function is open and, for the ED, not on stop."""
    is_open = region.places.open_sites(function, region.env.now)
    nearest = NOWHERE
    for site in region.places.by_nearness(cell):
        if not is_open[site]:
            continue
        if function is not Function.ED or not region.ed[site].on_stop:
            return site
        if nearest == NOWHERE:
            nearest = site
    return nearest


def _return(
    region: Region, patient: int, post: int, site: int, handover: float
) -> Generator[Event, object, None]:
    back = 0.0 if post == OUTSIDE else region.places.back_to_post[site][post]
    yield region.env.timeout(handover + back)
    region.note(patient, Step.CREW_FREE, post)
    region.fleet.release(post)


def ride(region: Region, row: int) -> Generator[Event, object, None]:
    """Ride that brings nobody into a flow: care on scene only, or a planned transport."""
    rides, env, fleet = region.patients.rides, region.env, region.fleet
    patient, cell = rides.patient[row], rides.cell[row]
    region.note(patient, Step.ENTER, NOWHERE)
    if rides.is_planned[row]:
        yield from bring(
            region,
            patient,
            cell,
            PLANNED,
            Function.WARD,
            rides.on_scene[row],
            rides.handover[row],
        )
        region.note(patient, Step.LEAVE, NOWHERE)
        return
    urgency = A1 if rides.is_a1[row] else A2
    region.note(patient, _CALL[urgency], NOWHERE)
    post = yield from fleet.crew_for(cell, urgency)
    region.note(patient, Step.CREW_SENT, post)
    yield env.timeout(fleet.minutes_to(post, cell, urgency))
    region.note(patient, Step.CREW_AT_SCENE, post)
    yield env.timeout(rides.on_scene[row])
    region.note(patient, Step.LEAVE, NOWHERE)
    yield env.timeout(0.0 if post == OUTSIDE else region.places.post_car[cell][post])
    region.note(patient, Step.CREW_FREE, post)
    fleet.release(post)


def transfer(
    region: Region, patient: int, cell: int, origin: int, to: int
) -> Generator[Event, object, None]:
    """Drive a patient from one site to another; the crew comes from nearest the patient's home."""
    env, fleet = region.env, region.fleet
    region.note(patient, Step.CALL_TRANSFER, origin)
    post = yield from fleet.crew_for(cell, A2)
    region.note(patient, Step.CREW_SENT, post)
    yield env.timeout(fleet.minutes_to(post, cell, A2) + region.places.transfer[origin][to])
    region.note(patient, Step.CREW_AT_HOSPITAL, to)
    Journey(_return(region, patient, post, to, region.parameters["ambulance.handover.mean"]))
