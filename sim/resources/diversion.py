"""Diversion: a place of care on stop has its patients taken elsewhere, never the last one open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engine.process import Process
from sim.journal.steps import NOBODY, Step
from sim.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from simpy import Environment

    from scenarios.schema.vocabulary import Function
    from sim.engine.process import ProcessGenerator
    from sim.journal.journal import Journal
    from sim.resources.geography import Geography


class Diversion:
    """Which sites of the region are on stop for one function.

    A stop begins only while another site of the region is open and not on stop itself, lasts a
    least time, and ends when its cause has gone. A neighbour may send on to another neighbour too.

    Parameters
    ----------
    env, journal
        The SimPy environment, and where a stop is noted.
    geography
        Knows which sites are open when, and which are neighbours.
    function
        What is asked for elsewhere.
    begins, ends
        Steps of the journal.
    minutes
        The least time on stop, and the time between looks whether it is over.

    Attributes
    ----------
    on_stop
        Whether each site is on stop.
    """

    def __init__(
        self,
        env: Environment,
        journal: Journal,
        geography: Geography,
        function: Function,
        *,
        begins: Step,
        ends: Step,
        minutes: float,
    ) -> None:
        self._env = env
        self._journal = journal
        self._geography = geography
        self._function = function
        self._begins = begins
        self._ends = ends
        self._minutes = minutes
        self.on_stop = [False] * len(geography.sites)
        self._held: set[int] = set()

    def another_is_open(self, site: int) -> bool:
        """Whether another site of the region takes patients: open, and not on stop.

        For a neighbour any other site will do.
        """
        is_open = self._geography.open_sites(self._function, self._env.now)
        is_neighbour, on_stop = self._geography.is_neighbour, self.on_stop
        anywhere = is_neighbour[site]
        return any(
            is_open[other] and not on_stop[other] and (anywhere or not is_neighbour[other])
            for other in range(len(on_stop))
            if other != site
        )

    def begin(self, site: int, is_over: Callable[[], bool]) -> None:
        """Put a site on stop until its cause has gone, unless it is the last one open."""
        if self.another_is_open(site):
            self.on_stop[site] = True
            Process(self._env, self._stop(site, is_over))

    def hold(self, site: int, hours: npt.NDArray[np.bool_]) -> ProcessGenerator[None]:
        """Keep a site on stop in some hours of the simulation, as long as another is open.

        Parameters
        ----------
        hours
            For each hour from the beginning whether it is on stop.
        """
        passed = 0
        for hour in np.flatnonzero(np.diff(hours.astype(np.int8), prepend=0, append=0)).tolist():
            yield (hour - passed) * MINUTES_PER_HOUR
            passed = hour
            if site in self._held:
                self._held.discard(site)
            else:
                self._held.add(site)
                if not self.on_stop[site]:
                    self.begin(site, lambda: True)

    def _stop(self, site: int, is_over: Callable[[], bool]) -> ProcessGenerator[None]:
        self._journal.note(NOBODY, self._begins, site)
        while True:
            yield self._minutes
            if site not in self._held and is_over():
                break
        self.on_stop[site] = False
        self._journal.note(NOBODY, self._ends, site)
