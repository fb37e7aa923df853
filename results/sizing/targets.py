"""Targets of a search for capacity: a KPI at a site that must stay on one side of a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from files.numbers import number_in
from results.errors import ResultsError
from results.kpis.catalogue import kpis
from results.statistics.intervals import interval
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from files.arrays import FloatArray


AS_NOW = "now"
_TARGET = re.compile(r"(?P<kpi>[a-z0-9_.]+)(?:@(?P<site>\w+))?(?P<sign><=|>=)(?P<value>\S+)")


@dataclass(frozen=True)
class Target:
    """A KPI at a site that may be at most, or must be at least, a value."""

    kpi: str
    site: str
    at_most: bool
    value: float
    today: tuple[float, ...] = ()  # of each replication, when the value is that of today

    @classmethod
    def parse(cls, text: str, as_now: Callable[[str, str], Sequence[float]]) -> Target:
        """Read `kpi<=value` or `kpi@site>=value`; the value `now` is the one of today.

        Parameters
        ----------
        as_now
            Gives the values of a KPI at a site in the scenario `now`, by replication.

        Raises
        ------
        ResultsError
            The text is no target, or names a KPI that doesn't exist.
        """
        match = _TARGET.fullmatch(text.replace(" ", ""))
        if match is None:
            raise ResultsError(
                "--target {given!r} is not KPI<=VALUE or KPI>=VALUE, such as "
                "'ed.wait_doctor.p95<=30', 'icu.occupancy@MST<=0.8' or "
                "'ambulance.a1.within_15>=now'",
                given=text,
            )
        name, site = match["kpi"], match["site"] or WHOLE_REGION
        if name not in kpis():
            near = get_close_matches(name, kpis(), n=3, cutoff=0.4)
            if not near:
                raise ResultsError(
                    "--target {given!r}: no such KPI as {name!r}", given=text, name=name
                )
            raise ResultsError(
                "--target {given!r}: no such KPI as {name!r}; did you mean {near}?",
                given=text,
                name=name,
                near=", ".join(near),
            )
        is_at_most = match["sign"] == "<="
        if match["value"] == AS_NOW:
            today = tuple(as_now(name, site))
            return cls(name, site, is_at_most, float(np.nanmean(today)), today)
        try:
            value = number_in(match["value"])
        except ValueError:
            raise ResultsError(
                "--target {given!r}: {value!r} is neither a number nor 'now'",
                given=text,
                value=match["value"],
            ) from None
        return cls(name, site, is_at_most, value)

    def __str__(self) -> str:
        """Return the target as it is written on the command line."""
        site = "" if self.site == WHOLE_REGION else f"@{self.site}"
        return f"{self.kpi}{site}{'<=' if self.at_most else '>='}{self.value:g}"

    def found(self, values: FloatArray) -> tuple[float, float]:
        """Return the mean, and half the 95% interval of its distance to the target.

        Against today the replications are paired: each has the same people as today's.
        """
        mean = interval(values)[0]
        return mean, interval(values - np.array(self.today) if self.today else values)[1]

    def holds(self, value: float) -> bool:
        """Whether a value meets the target; an unknown value doesn't."""
        return value <= self.value if self.at_most else value >= self.value
