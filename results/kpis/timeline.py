"""A journal turned by patient: when and where each step first happened, and simple statistics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from results.kpis.durations import Durations
from scenarios.calendar.opening_hours import FORTNIGHT
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from files.arrays import BoolArray, FloatArray
    from scenarios.schema.vocabulary import Resource
    from sim.journal.records import Records
    from sim.replication.outcome import Outcome


P90, P95 = 90, 95
BLOCK_BITS = 12
FIRST_MOMENT = float(np.nextafter(0.0, 1.0))


@dataclass
class Timeline:
    """The journal turned by patient: when and where each step first happened to whom."""

    outcome: Outcome

    @cached_property
    def records(self) -> Records:
        """The records of patients; stops of a department have no patient."""
        records = self.outcome.records
        return records.at(records.patient >= 0)

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]:
        return _numbered(self.records.patient)

    @property
    def patients(self) -> npt.NDArray[np.integer]:
        """The sorted patient numbers; every array by patient has this order."""
        return self._rows[0]

    def at(self, *steps: Step) -> FloatArray:
        """Return when any of the steps first happened to each patient, NaN if never."""
        return self._first(self.records.time, steps, np.nan)

    def last(self, step: Step) -> FloatArray:
        """Return when a step last happened to each patient, NaN if never."""
        chosen = self.records.rows(step)
        values = np.full(len(self.patients), np.nan)
        values[self._rows[1][chosen]] = self.records.time[chosen]
        return values

    def site(self, *steps: Step) -> npt.NDArray[np.int64]:
        """Return where any of the steps first happened to each patient."""
        return self._first(self.records.site, steps, NOWHERE).astype(np.int64)

    def step(self, *steps: Step) -> npt.NDArray[np.int64]:
        """Return which of the steps first happened to each patient, 0 if none."""
        return self._first(self.records.step, steps, 0).astype(np.int64)

    def _first(
        self, column: FloatArray | npt.NDArray[np.int8], steps: tuple[Step, ...], missing: float
    ) -> FloatArray:
        chosen = self.records.rows(*steps)[::-1]
        values = np.full(len(self.patients), missing)
        values[self._rows[1][chosen]] = column[chosen]  # reversed, so that the first one stays
        return values

    def until(
        self, begin: FloatArray, end: FloatArray, gone: FloatArray | None = None
    ) -> Durations:
        """Return how long each patient took from one moment to another, or waits by now.

        Parameters
        ----------
        begin, end
            Minutes by patient; NaN where it has not begun or not ended.
        gone
            When who was never served has left, NaN for others.
        """
        last = np.full(len(begin), float(self.outcome.end))
        if gone is not None:
            last = np.where(np.isnan(gone), last, gone)
        ended = ~np.isnan(end)
        return Durations(np.where(ended, end, last) - begin, ended)

    def measured(self, time: FloatArray) -> BoolArray:
        """Return which moments fall in the measured period.

        Minute 0 never does: it is when who is already there is put in bed.
        """
        return (time >= max(self.outcome.start, FIRST_MOMENT)) & (time < self.outcome.end)

    @cached_property
    def resident(self) -> BoolArray:
        """Whether each patient lives in the region."""
        residents = self.outcome.residents  # sorted, as the patients are
        at = np.searchsorted(residents, self.patients)
        return np.append(residents, NOBODY)[at] == self.patients

    def per_year(self, count: float) -> float:
        """Return a count in the measured period as a yearly number."""
        return float(count * MINUTES_PER_YEAR / (self.outcome.end - self.outcome.start))

    def count(self, step: Step, site: int | None = None) -> float:
        """Return how often a step happened a year, at a site or anywhere."""
        found = self.outcome.records.of(step)
        here = self.measured(found.time)
        if site is not None:
            here &= found.site == site
        return self.per_year(here.sum())

    def mean_number(self, begin: Step, *ends: Step, site: int | None = None) -> float:
        """Return the time-average number of patients between a step and its end at a site.

        Every begin adds the time left after it, every end takes it away again, so that no
        matching of the two is needed; what has no site is left out.
        """
        total = 0.0
        for step, sign in ((begin, 1), *((end, -1) for end in ends)):
            found = self.outcome.records.of(step)
            here = found.site != NOWHERE if site is None else found.site == site
            left = self.outcome.end - np.maximum(found.time[here], self.outcome.start)
            total += sign * left.sum()
        return float(total / (self.outcome.end - self.outcome.start))

    def own_sites(self) -> Iterator[tuple[int, str]]:
        """Give the number and id of each site of the region."""
        for number, site in enumerate(self.outcome.sites):
            if not self.outcome.is_neighbour[number]:
                yield number, site

    def selections(
        self, site: npt.NDArray[np.int64], chosen: BoolArray
    ) -> Iterator[tuple[str, BoolArray]]:
        """Give the chosen patients of each own site that has any, and of the region."""
        for number, name in self.own_sites():
            here = chosen & (site == number)
            if here.any():
                yield name, here
        yield WHOLE_REGION, chosen

    def capacity(self, site: str, *resources: Resource) -> FloatArray:
        """Return the number of some resources at each hour of a fortnight, on average."""
        counts = [
            self.outcome.capacity[site, resource].reshape(-1, FORTNIGHT).mean(axis=0)
            for resource in resources
        ]
        return np.sum(counts, axis=0)


def _numbered(
    patient: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the sorted patient numbers, and the position among them of each record's patient.

    The same as `np.unique` with its inverse, without sorting: numbers come in runs, so a table of
    the blocks of numbers in use is small.
    """
    block = patient >> BLOCK_BITS
    in_use = np.zeros(int(block.max(initial=-1)) + 1, dtype=bool)
    in_use[block] = True
    begins = np.flatnonzero(in_use) << BLOCK_BITS
    rank = np.cumsum(in_use, dtype=np.int32) - np.int32(1)
    shift = (rank - np.arange(len(in_use), dtype=np.int32)).astype(np.int32)
    place = patient + (shift << BLOCK_BITS)[block]
    is_there = np.zeros(len(begins) << BLOCK_BITS, dtype=bool)
    is_there[place] = True
    row = (np.cumsum(is_there, dtype=np.int32) - 1)[place]
    found = np.flatnonzero(is_there)
    numbers = begins[found >> BLOCK_BITS] + (found & (1 << BLOCK_BITS) - 1)
    return numbers.astype(np.int32), row


def mean(values: FloatArray) -> float:
    """Return the mean of the known values, NaN without any."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def quantile(values: FloatArray, percent: float) -> float:
    """Return a percentile of the known values by Hazen's rule (`durations`), NaN without any."""
    known = values[~np.isnan(values)]
    return float(np.percentile(known, percent, method="hazen")) if len(known) else np.nan


def share(flags: BoolArray, of: BoolArray | None = None) -> float:
    """Return the share of True among all, or among those in `of`."""
    counted = flags if of is None else flags[of]
    return float(counted.mean()) if len(counted) else np.nan
