"""The laboratory of an emergency department: so many samples at a time, in order of coming.

Every sample of the department is urgent and keeps an analyser as long, so it is known on arrival
when it is its turn (Kiefer and Wolfowitz 1955): that is worked out here and takes no event.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence


class Laboratory:
    """Samples that are worked on at the same time, by the hour.

    Parameters
    ----------
    places
        How many samples at a time at each hour; after the last hour it begins again.
    minutes
        How long a sample keeps a place.
    call_in
        Minutes until a technician is there from home when the roster has nobody.
    """

    __slots__ = ("_call_in", "_ends", "_exists", "_minutes", "_places", "_started")

    def __init__(self, places: Sequence[int], minutes: float, call_in: float) -> None:
        self._places = places
        self._exists = any(places)
        self._minutes = minutes
        self._call_in = call_in
        self._ends: deque[float] = deque()  # of the samples at work or promised, in order
        self._started = 0.0

    def result_in(self, now: float, minutes: float) -> float:
        """Return the minutes from now until a result, waiting included; 0 when nothing is asked.

        `minutes` is the turn-round from when work on the sample begins. A laboratory that is on no
        roster at all is not there, and gives no result.
        """
        if not self._exists:
            return math.inf if minutes > 0 else 0.0
        return self.start(now) - now + minutes if minutes > 0 else 0.0

    def start(self, now: float) -> float:
        """Hand in a sample; the value is the minute at which work on it begins."""
        ends, places = self._ends, self._places
        start = max(now, self._started)
        while True:
            while ends and ends[0] <= start:
                ends.popleft()
            hour = int(start // MINUTES_PER_HOUR)
            here = places[hour % len(places)]
            if len(ends) < here:
                break
            if here:
                start = min(ends[len(ends) - here], float((hour + 1) * MINUTES_PER_HOUR))
                continue
            opens = self._opens(hour)
            there = ends[-1] if ends else start + self._call_in  # who is there stays for one more
            if there <= opens:
                start = there
                break
            start = opens
        self._started = start
        ends.append(start + self._minutes)
        return start

    def _opens(self, hour: int) -> float:
        """Return the minute at which the roster next has someone."""
        places = self._places
        for later in range(1, len(places)):
            if places[(hour + later) % len(places)]:
                return float((hour + later) * MINUTES_PER_HOUR)
        return math.inf
