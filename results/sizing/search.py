"""A search for the least levels at which every target holds, step by step.

First all resources grow together until the targets hold, by bisection; then each in turn is
trimmed to the least that still holds, by bisection too. A target holds when the mean over the
replications meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from results.errors import ResultsError
from results.language.words import Words, words
from scenarios.errors import Said

if TYPE_CHECKING:
    from results.sizing.decision_variables import DecisionVariable
    from results.sizing.targets import Target


STEP_COLUMNS = ("step", "phase", "capacity", "target", "value", "ci_low", "ci_high", "verdict")
FOUND_COLUMNS = ("scenario", "horizon_year", *STEP_COLUMNS, "least_low", "least_high")
"""Of the file of a search: what was searched for, its steps, and in the last rows the answer."""

MOST, TOGETHER, TRIM, AROUND = "most", "together", "trim ", "interval"
"""Phases: everything, less of everything, less of one resource, levels around the answer."""

ANSWER = "answer"
"""Phase of the last rows: the least capacity, and between which levels it lies (95%)."""


@dataclass(frozen=True)
class Attempt:
    """One step of the search: what was tried and what came of it."""

    step: int
    phase: str
    levels: Mapping[DecisionVariable, int]
    found: Mapping[Target, tuple[float, float]]  # mean, half the 95% interval

    @property
    def holds(self) -> bool:
        """Whether every target holds."""
        return all(target.holds(mean) for target, (mean, _) in self.found.items())

    @property
    def may_hold(self) -> bool:
        """Whether no target fails beyond the 95% interval."""
        return all(
            target.holds(mean - half) or target.holds(mean + half)
            for target, (mean, half) in self.found.items()
        )

    @property
    def surely_holds(self) -> bool:
        """Whether every target holds throughout the 95% interval."""
        return all(
            target.holds(mean - half) and target.holds(mean + half)
            for target, (mean, half) in self.found.items()
        )

    def capacity(self) -> str:
        """Return the levels as one text."""
        return ", ".join(f"{variable} {level}" for variable, level in self.levels.items())

    def rows(self) -> Iterator[dict[str, object]]:
        """Give the rows of the CSV file, one per target."""
        for target, (mean, half) in self.found.items():
            verdict = "holds" if target.holds(mean) else "fails"
            values = (
                self.step,
                self.phase,
                self.capacity(),
                str(target),
                mean,
                mean - half,
                mean + half,
                verdict,
            )
            yield dict(zip(STEP_COLUMNS, values, strict=True))

    def line(self, lang: str) -> str:
        """Return the step as one line for a terminal."""
        reader = words(lang)
        _ = reader.gettext
        phases = {MOST: _("most"), TOGETHER: _("together"), AROUND: _("interval")}
        trimmed = _("less {resource}").format(resource=self.phase.removeprefix(TRIM))
        phase = phases.get(self.phase, trimmed)
        parts = [self._found(target, reader) for target in self.found]
        return f"{self.step:>3} {phase:<10} {self.capacity()}: {'; '.join(parts)}"

    def _found(self, target: Target, reader: Words) -> str:
        _ = reader.gettext
        mean, half = self.found[target]
        span = "" if np.isnan(half) else f" +/- {reader.rough(half, 2)}"
        verdict = _("holds") if target.holds(mean) else _("fails")
        return f"{target}: {reader.rough(mean)}{span} {verdict}"


Values = Mapping[tuple[str, str], Sequence[float]]  # (kpi, site) to a value per replication


@dataclass
class Search:
    """A monotone search over levels.

    Parameters
    ----------
    targets
        What must hold.
    top
        The highest level of each resource that is tried.
    simulate
        Gives the KPI values at some levels.
    tell
        Is called with every attempt, as it is made.
    """

    targets: Sequence[Target]
    top: Mapping[DecisionVariable, int]
    simulate: Callable[[Mapping[DecisionVariable, int]], Values]
    tell: Callable[[Attempt], None] = lambda _: None
    attempts: list[Attempt] = field(default_factory=list)

    def least(self) -> Attempt:
        """Return the attempt with the least capacity at which every target holds.

        Raises
        ------
        ResultsError
            The targets don't hold at the highest levels either.
        """
        best = self._try(dict(self.top), MOST)
        if not best.holds:
            missed = [
                Said("{target} (found {mean:.3g})", {"target": target, "mean": mean})
                for target, (mean, _) in best.found.items()
                if not target.holds(mean)
            ]
            raise ResultsError(
                "cannot be met with {capacity}: {missed}. Allow more with --most, add a resource, "
                "or ease the target",
                capacity=best.capacity(),
                missed="; ".join(map(str, missed)),
            )
        steps = max(self.top.values()) - 1

        def together(step: int) -> dict[DecisionVariable, int]:
            part = step / steps if steps else 1.0
            return {variable: 1 + round(part * (top - 1)) for variable, top in self.top.items()}

        best = self._bisect(best, steps, together, TOGETHER, least=0)
        for variable in self.top:

            def trimmed(
                level: int, variable: DecisionVariable = variable, start: Attempt = best
            ) -> dict[DecisionVariable, int]:
                return {**start.levels, variable: level}

            best = self._bisect(best, best.levels[variable], trimmed, f"{TRIM}{variable}", least=1)
        return best

    def range_of(self, best: Attempt) -> tuple[int, int | None] | None:
        """Return between which levels of a single resource the least lies, with 95% confidence.

        From the least at which the targets may hold to the least at which they surely do, in
        single steps from the answer; None where the highest level is not sure either. Of several
        resources, or from one replication, nothing is said.
        """
        if len(self.top) > 1 or any(np.isnan(half) for _, half in best.found.values()):
            return None
        ((variable, low),) = best.levels.items()
        high: int | None = low
        while low > 1 and self._try({variable: low - 1}, AROUND).may_hold:
            low -= 1
        while high is not None and not self._try({variable: high}, AROUND).surely_holds:
            high = high + 1 if high < self.top[variable] else None
        return low, high

    def table(self) -> pd.DataFrame:
        """Return every attempt, a row per target."""
        rows = [row for attempt in self.attempts for row in attempt.rows()]
        return pd.DataFrame(rows, columns=list(STEP_COLUMNS))

    def found(self, best: Attempt, scenario: str, horizon_year: int) -> pd.DataFrame:
        """Return every attempt, and the answer once more with its range: `FOUND_COLUMNS`."""
        low, high = self.range_of(best) or (None, None)
        answer = pd.DataFrame(list(replace(best, phase=ANSWER).rows()))
        answer["least_low"], answer["least_high"] = low, high
        table = pd.DataFrame([*self.table().to_dict("records"), *answer.to_dict("records")])
        return table.assign(scenario=scenario, horizon_year=horizon_year)[list(FOUND_COLUMNS)]

    def _bisect(
        self,
        best: Attempt,
        holds_at: int,
        levels: Callable[[int], dict[DecisionVariable, int]],
        phase: str,
        *,
        least: int,
    ) -> Attempt:
        fails_at = least - 1
        while holds_at - fails_at > 1:
            middle = (holds_at + fails_at) // 2
            tried = levels(middle)
            attempt = None if self._must_fail(tried) else self._try(tried, phase)
            if attempt is not None and attempt.holds:
                best, holds_at = attempt, middle
            else:
                fails_at = middle
        return best

    def _must_fail(self, levels: Mapping[DecisionVariable, int]) -> bool:
        """Whether as much of everything, or more, has failed already."""
        return any(
            not earlier.holds
            and all(earlier.levels[variable] >= level for variable, level in levels.items())
            for earlier in self.attempts
        )

    def _try(self, levels: dict[DecisionVariable, int], phase: str) -> Attempt:
        for earlier in self.attempts:
            if earlier.levels == levels:
                return earlier
        values = self.simulate(levels)
        found = {}
        for target in self.targets:
            if (target.kpi, target.site) not in values:
                sites = sorted(site for kpi, site in values if kpi == target.kpi)
                raise ResultsError(
                    "--target {target}: {kpi} is not measured at {site!r}; it is at {sites}",
                    target=target,
                    kpi=target.kpi,
                    site=target.site,
                    sites=", ".join(sites) or Said("no site of this scenario"),
                )
            found[target] = target.found(np.array(values[target.kpi, target.site], dtype=float))
        attempt = Attempt(len(self.attempts) + 1, phase, levels, found)
        self.attempts.append(attempt)
        self.tell(attempt)
        return attempt
