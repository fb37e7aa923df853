"""The ambulance fleet: which crew goes, and where an idle one waits.

The nearest idle crew goes, those on their way back counted from where they are. A crew that has
become idle drives to its own post, or under dynamic stand-by to the post where it adds most to
the inhabitants that can be reached in time (DMEXCLP: Jagtenberg, Bhulai and van der Mei 2015). For
the most urgent call (A1) a crew that is still on its way to a less urgent patient is sent on, where
no idle one would be in time and it is sooner.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from geodata.config.norms import norms
from scenarios.schema.vocabulary import StandBy
from scenarios.units import HOURS_PER_DAY
from sim.engine.process import Grant, Process
from sim.resources.rosters import changing_hours
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from simpy import Environment

    from geodata.arrays import Minutes
    from scenarios.capacity import HourlyCount
    from scenarios.parameters.keys import ParameterKey
    from scenarios.schema.scenario import Scenario
    from sim.engine.process import ProcessGenerator
    from sim.resources.geography import CrewPlaces


A1: Final = 0
A2: Final = 1
PLANNED: Final = 2
OUTSIDE: Final = -1  # a crew of a neighbouring service; its posts are not simulated

_Start = tuple[tuple[float, int], ...]  # shares of the way between places


@dataclass(eq=False, slots=True)
class _Unit:
    """One ambulance with the crew now on it, and where it is or is driving to."""

    number: int
    post: int
    is_on_duty: bool = False
    is_busy: bool = False
    origin: int = 0
    towards: int = 0
    left: float = 0.0
    arrives: float = 0.0


@dataclass(eq=False, slots=True)
class _Heading:
    """A crew on its way to a patient who can wait for another, from its turn-out on."""

    number: int
    start: _Start
    leaves: float
    place: int
    arrives: float
    came: Grant
    sent_on: Callable[[int], None]

    def minutes_to(self, minutes: Minutes, now: float, dispatch: float) -> float:
        """Return the minutes of dispatch, of turn-out that is left, and to another patient."""
        from_start = math.fsum(share * minutes[place] for share, place in self.start)
        if now <= self.leaves:
            return max(self.leaves - now, dispatch) + from_start
        done = (now - self.leaves) / (self.arrives - self.leaves)
        return dispatch + (1 - done) * from_start + done * float(minutes[self.place])


class Fleet:
    """All units; calls wait for one by urgency, then by order.

    A planned ride leaves a reserve of idle crews.

    Parameters
    ----------
    env
        The SimPy environment.
    scenario
        Its shifts, norms and policy of stand-by.
    parameters
        Read those of ambulances, `ambulance.…`.
    places
        Where a crew may be.
    crews
        Crews on duty, shape (posts, hours); after the last hour they begin again.
    """

    def __init__(
        self,
        env: Environment,
        scenario: Scenario,
        parameters: Mapping[ParameterKey, float],
        places: CrewPlaces,
        crews: HourlyCount,
    ) -> None:
        self._env = env
        self._places = places
        self._posts = len(places.stand_by)
        self._crews = crews
        self._reserve = int(parameters["ambulance.planned.reserve"])
        self._turnout = parameters["ambulance.turnout.day"], parameters["ambulance.turnout.night"]
        self.loading = parameters["ambulance.transfer.loading"]
        self.norm = norms(scenario.norms)["a1.response"]
        self._night = scenario.shifts.night, scenario.shifts.day
        self._queue: list[tuple[int, int, Minutes, float, Grant]] = []
        self._asked = 0
        posts = [post for post, most in enumerate(self._crews.max(axis=1)) for _ in range(most)]
        self._units = [_Unit(number, post) for number, post in enumerate(posts)]
        self._stand_by: _StandBy | None = None
        if scenario.policies.ambulance_stand_by is StandBy.DYNAMIC:
            within = self.norm - parameters["ambulance.dispatch.mean"] - self._turnout[0]
            self._stand_by = _StandBy(
                self._places.to_inhabitants <= within,
                self._places.inhabitants,
                parameters["ambulance.stand_by.busy"],
                len(self._units),
            )
        self._idle: list[_Unit] = []
        self._headings: dict[int, _Heading] = {}
        self._set_duty(0)

    def is_night(self, time: float) -> bool:
        """Whether a minute falls in the night shift."""
        hour = time // MINUTES_PER_HOUR % HOURS_PER_DAY
        return hour >= self._night[0] or hour < self._night[1]

    def turn_out(self, time: float) -> float:
        """Return the minutes from being sent until a crew at its post is on the road."""
        by_day, by_night = self._turnout
        return by_night if self.is_night(time) else by_day

    def follow_roster(self) -> ProcessGenerator[None]:
        """Set who is on duty whenever the roster changes; crews on a ride finish it."""
        for hour, hours_later in changing_hours(self._crews):
            yield hours_later * MINUTES_PER_HOUR
            self._set_duty(hour)
            self._send_waiting()

    def send(
        self, minutes: Minutes, urgency: int, dispatch: float, turn: int | None = None
    ) -> ProcessGenerator[tuple[int, float]]:
        """Send the nearest idle crew, waiting for one if need be.

        Parameters
        ----------
        minutes
            From every place to the patient.
        urgency
            A1, A2 or PLANNED.
        dispatch
            Minutes until a crew is sent.
        turn
            The place in the queue of a call whose crew was sent on; a new one's is the last.

        Returns
        -------
        tuple
            The unit, and the minutes from now until it arrives.
        """
        if urgency == A1 and (sent_on := self._send_on(minutes, dispatch)) is not None:
            return sent_on
        if not self._queue or urgency < self._queue[0][0]:
            sent = self._nearest_idle(minutes, urgency, dispatch)
            if sent is not None:
                return sent
        event = Grant(self._env)
        turn = self.next_turn() if turn is None else turn
        heapq.heappush(self._queue, (urgency, turn, minutes, dispatch, event))
        yield event
        return cast("tuple[int, float]", event.value)

    def next_turn(self) -> int:
        """Return the place in the queue of who asks now."""
        self._asked += 1
        return self._asked

    def drive_to(
        self,
        number: int,
        minutes: float,
        dispatch: float,
        place: int,
        sent_on: Callable[[int], None],
    ) -> ProcessGenerator[bool]:
        """Let a crew that has just been sent drive to a patient who can wait; whether it came.

        It doesn't when it was sent on to a more urgent one.

        Parameters
        ----------
        number
            The unit.
        minutes
            Until it arrives.
        dispatch
            Of which until it was sent.
        place
            The patient's, among the places of crews.
        sent_on
            Happens when it is, with its number, before it is the other patient's.
        """
        start, leaves = self._start(self._units[number], dispatch)
        arrives = self._env.now + minutes
        heading = _Heading(number, start, leaves, place, arrives, Grant(self._env), sent_on)
        self._headings[number] = heading
        Process(self._env, self._arrive(heading, minutes))
        yield heading.came
        return bool(heading.came.value)

    def _arrive(self, heading: _Heading, minutes: float) -> ProcessGenerator[None]:
        yield minutes
        if self._headings.get(heading.number) is heading:
            del self._headings[heading.number]
            heading.came.succeed(True)

    def _soonest_heading(self, minutes: Minutes, dispatch: float) -> tuple[_Heading | None, float]:
        """Return the crew on its way to who can wait that is soonest, and its minutes away."""
        found, least = None, math.inf
        for heading in self._headings.values():
            away = heading.minutes_to(minutes, self._env.now, dispatch)
            if away < least:
                found, least = heading, away
        return found, least

    def _send_on(self, minutes: Minutes, dispatch: float) -> tuple[int, float] | None:
        """Send a crew on to an A1 call where it is sooner than any idle one, and that too late."""
        if not self._headings:
            return None
        idle = dispatch + self._nearest(minutes)[1] if self._idle else math.inf
        if idle <= self.norm:
            return None
        heading, least = self._soonest_heading(minutes, dispatch)
        if heading is None or least >= idle:
            return None
        del self._headings[heading.number]
        heading.sent_on(heading.number)
        heading.came.succeed(False)
        return heading.number, least

    def release(self, number: int, place: int) -> None:
        """Make a unit idle at a place; it serves who waits, or drives to where it should be."""
        if number == OUTSIDE:
            return
        unit = self._units[number]
        unit.is_busy = False
        if not unit.is_on_duty:
            return
        now = self._env.now
        unit.origin = unit.towards = place
        unit.left = unit.arrives = now
        self._idle.append(unit)
        if self._queue:
            self._send_waiting()
            if unit.is_busy:
                return
        unit.towards = unit.post if self._stand_by is None else self._stand_by.best()
        unit.arrives = now + self._places.between(place, unit.towards)
        self._goes_to_wait(unit)

    def _goes_to_wait(self, unit: _Unit) -> None:
        if self._stand_by is not None:
            self._stand_by.comes(unit.towards)

    def _waits_no_more(self, unit: _Unit) -> None:
        self._idle.remove(unit)
        if self._stand_by is not None:
            self._stand_by.goes(unit.towards)

    def _set_duty(self, hour: int) -> None:
        """Let units come on and go off duty, at each post as many as its roster says."""
        wanted = self._crews[:, hour].tolist()
        for unit in self._units:
            stays = wanted[unit.post] > 0
            wanted[unit.post] -= 1
            if stays and not unit.is_on_duty:
                unit.origin = unit.towards = unit.post
                unit.left = unit.arrives = self._env.now
                if not unit.is_busy:
                    self._idle.append(unit)
                    self._goes_to_wait(unit)
            elif not stays and unit in self._idle:
                self._waits_no_more(unit)
            unit.is_on_duty = stays

    def soonest(self, minutes: Minutes, dispatch: float) -> float:
        """Return the minutes until a crew would be at an A1 call; infinite if none can be sent.

        Parameters
        ----------
        minutes
            From every place to the patient.
        dispatch
            Of which until a crew is sent.
        """
        idle = dispatch + self._nearest(minutes)[1] if self._idle else math.inf
        if idle <= self.norm or not self._headings:
            return idle
        return min(idle, self._soonest_heading(minutes, dispatch)[1])

    def _nearest_idle(
        self, minutes: Minutes, urgency: int, dispatch: float
    ) -> tuple[int, float] | None:
        """Take the nearest idle unit; None if there is none to take."""
        if len(self._idle) <= (self._reserve if urgency == PLANNED else 0):
            return None
        best, least = self._nearest(minutes)
        self._waits_no_more(best)
        best.is_busy = True
        return best.number, dispatch + least

    def _start(self, unit: _Unit, dispatch: float) -> tuple[_Start, float]:
        """Return where a crew is that is sent now, and when it will be on the road."""
        now = self._env.now
        if unit.arrives > now:
            done = (now - unit.left) / (unit.arrives - unit.left)
            return ((1 - done, unit.origin), (done, unit.towards)), now + dispatch
        return ((1.0, unit.towards),), now + dispatch + self.turn_out(now)

    def _nearest(self, minutes: Minutes) -> tuple[_Unit, float]:
        """Return the nearest of the idle units, and its minutes away with turn-out."""
        now = self._env.now
        turnout = self.turn_out(now)
        best, least = self._idle[0], math.inf
        minutes_from: Callable[[int], float] = minutes.item  # faster than indexing one by one
        from_post: list[float] = minutes[: self._posts].tolist()
        for unit in self._idle:
            place = unit.towards
            if unit.arrives > now:  # on the road already: between where it came from and goes
                done = (now - unit.left) / (unit.arrives - unit.left)
                away = (1 - done) * minutes_from(unit.origin) + done * from_post[place]
            elif place < self._posts:
                away = from_post[place] + turnout
            else:  # where its last ride has just ended
                away = minutes_from(place) + turnout
            if away < least:
                best, least = unit, away
        return best, least

    def _send_waiting(self) -> None:
        while self._queue:
            urgency, _, minutes, dispatch, event = self._queue[0]
            sent = self._nearest_idle(minutes, urgency, dispatch)
            if sent is None:
                return
            heapq.heappop(self._queue)
            event.succeed(sent)


class _StandBy:
    """Which post gains most from one more idle crew.

    Parameters
    ----------
    covers
        Whether each post reaches each group of inhabitants in time, shape (posts, groups).
    inhabitants
        Size of each group.
    busy
        Share of time that a crew is on a ride.
    most
        The largest number of crews.
    """

    def __init__(
        self,
        covers: npt.NDArray[np.bool_],
        inhabitants: npt.NDArray[np.float64],
        busy: float,
        most: int,
    ) -> None:
        alike, group = np.unique(covers, axis=1, return_inverse=True)
        together = np.bincount(group.ravel(), weights=inhabitants, minlength=alike.shape[1])
        self._gain = alike * together
        self._covers = list(alike.astype(np.intp))
        self._in_reach = np.zeros(alike.shape[1], dtype=np.intp)  # idle crews, by group
        self._missed = busy ** np.arange(most + 1)  # chance that so many crews are all busy

    def comes(self, post: int) -> None:
        """Let one more idle crew wait at a post."""
        self._in_reach += self._covers[post]

    def goes(self, place: int) -> None:
        """Let an idle crew go; one that was at no post counted for nobody."""
        if place < len(self._covers):
            self._in_reach -= self._covers[place]

    def best(self) -> int:
        """Return the post for one more crew, given where the idle ones wait."""
        return int(self._gain.dot(self._missed.take(self._in_reach)).argmax())
