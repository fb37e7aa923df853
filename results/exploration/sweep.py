"""Many futures: the same configurations in futures drawn from the ranges of what is uncertain.

Future f plays replication f, in every configuration: the same patients and the same roads, so that
configurations differ by what they are. Some futures are simulated; a surrogate fitted to them gives
the KPIs of the rest where its held-out error allows, and each row says which it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as spoken
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import qmc

from results.decision.futures import COLUMNS, FACTORS, VALUES
from results.errors import ResultsError
from results.kpis.catalogue import kpi as catalogued
from results.kpis.criteria import criteria, criteria_kpis
from results.language.terminal import reader
from results.statistics.surrogate import LEAST_FUTURES, Surrogate, fit
from scenarios.futures import Factor, in_future
from sim.replication.outcome import WHOLE_REGION
from sim.replication.replicate import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from files.arrays import FloatArray
    from results.statistics.sensitivity import Index
    from scenarios.schema.scenario import Scenario
    from sim.replication.replicate import Finished


FUTURE_COLUMNS = (*COLUMNS[VALUES], "simulated")
SURROGATE_COLUMNS = ("scenario", "site", "kpi", "unit", "futures", "rmse", "explained")
SENSITIVITY_COLUMNS = (
    "scenario",
    "site",
    "kpi",
    "method",
    "factor",
    "total",
    "total_ci",
    "alone",
    "spread",
)


Key = tuple[str, str, str]  # scenario, site, KPI

ROOM_LEFT = "neighbour.headroom"
"""What is kept of each neighbour: below nought it cannot cope."""

FIRST_ROUND = 32
FUTURE_MARK = "f"
FUTURE_DIGITS = 5


class Design(StrEnum):
    """How futures are spread over the ranges."""

    SOBOL = "sobol"
    LATIN = "lhs"
    MORRIS = "morris"


@dataclass(frozen=True)
class DrawnFutures:
    """Futures as points between the ends of the ranges.

    Attributes
    ----------
    factors
        What is uncertain, by name.
    points
        Where each future lies, 0 the low end and 1 the high end; shape (futures, factors).
    design
        How they were drawn.
    """

    factors: Mapping[str, Factor]
    points: FloatArray
    design: Design

    @classmethod
    def drawn(
        cls, factors: Mapping[str, Factor], count: int, design: Design, seed: int
    ) -> DrawnFutures:
        """Draw futures.

        A Sobol sequence (scrambled, Owen 1998) is even from its first points on, so that the first
        so many can be simulated and the rest left to a surrogate. A Latin hypercube (McKay et al.
        1979) is even as a whole. Morris's design steps along one factor at a time; its number of
        futures is rounded up to whole trajectories.
        """
        stream = np.random.default_rng(np.random.SeedSequence([seed, len(factors)]))
        if design is Design.LATIN:
            points = qmc.LatinHypercube(len(factors), rng=stream).random(count)
        elif design is Design.SOBOL:
            power = max(count - 1, 0).bit_length()  # a power of two keeps it balanced
            points = qmc.Sobol(len(factors), rng=stream).random_base2(power)[:count]
        else:
            from results.statistics.sensitivity import morris_points  # noqa: PLC0415 - slow to import

            points = morris_points(list(factors), -(-count // (len(factors) + 1)), seed)
        return cls(factors, points, design)

    def __len__(self) -> int:
        """Return the number of futures."""
        return len(self.points)

    def values(self, future: int) -> dict[str, float]:
        """Return the value of every factor in a future."""
        return {
            name: factor.low + float(at) * (factor.high - factor.low)
            for (name, factor), at in zip(self.factors.items(), self.points[future], strict=True)
        }

    def table(self) -> pd.DataFrame:
        """Return every factor's value in every future, columns of `results.futures`."""
        rows = [
            (future, name, value)
            for future in range(len(self))
            for name, value in sorted(self.values(future).items())
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS[FACTORS]))

    def scenarios(self, configurations: Iterable[Scenario], future: int) -> list[Scenario]:
        """Return configurations in a future, each called by its own name and the future's."""
        values = self.values(future)
        return [
            in_future(scenario, self.factors, values, f"{FUTURE_MARK}{future:0{FUTURE_DIGITS}d}")
            for scenario in configurations
        ]

    def tasks(self, configurations: Sequence[Scenario], numbers: Iterable[int]) -> list[Task]:
        """Return what to simulate: future f is replication f of every configuration."""
        return [
            Task(scenario, number)
            for number in numbers
            for scenario in self.scenarios(configurations, number)
        ]


def configuration_of(name: str) -> str:
    """Return the name of the configuration that is played in a future under a name."""
    return name.rpartition(f"-{FUTURE_MARK}")[0]


def observed(finished: Iterable[Finished], kpis: Collection[str]) -> pd.DataFrame:
    """Return KPIs in simulated futures, columns future, scenario, site, kpi, value.

    Parameters
    ----------
    finished
        Tasks of `DrawnFutures.tasks`, in any order.
    kpis
        The KPIs of the region to keep; of each neighbour the room that it has left stays too.
    """
    rows = [
        (item.replication, configuration_of(item.scenario), site, kpi, value)
        for item in finished
        for site, kpi, value in item.measures
        if (site == WHOLE_REGION and kpi in kpis) or kpi == ROOM_LEFT
    ]
    return _ordered(pd.DataFrame(rows, columns=["future", "scenario", "site", "kpi", "value"]))


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["future", "scenario", "site", "kpi"], ignore_index=True)


def fitted(simulated: pd.DataFrame, futures: DrawnFutures) -> dict[Key, Surrogate]:
    """Fit a surrogate for every KPI of every configuration that was seen in every future.

    Parameters
    ----------
    simulated
        Columns future, scenario, site, kpi, value; NaN is not observed.

    Returns
    -------
    dict
        (scenario, site, kpi) to its surrogate, sorted.

    Raises
    ------
    ResultsError
        Too few futures were simulated.
    """
    seen = simulated["future"].nunique()
    if seen < LEAST_FUTURES:
        raise _too_few(seen)
    numbers = np.sort(simulated["future"].unique())
    return {key: fit(futures.points[numbers], values) for key, values in _by_future(simulated)}


def _too_few(futures: int) -> ResultsError:
    return ResultsError(
        "{seen} simulated futures are too few to learn from; simulate {least} or more, or all",
        seen=futures,
        least=LEAST_FUTURES,
    )


def learned(
    run_tasks: Callable[[list[Task]], Iterable[Finished]],
    configurations: Sequence[Scenario],
    futures: DrawnFutures,
    most: int,
    allowed: float,
    tell: Callable[[str], None],
) -> tuple[pd.DataFrame, dict[Key, Surrogate]]:
    """Simulate futures, twice as many each time, until surrogates of the criteria are good enough.

    Parameters
    ----------
    play
        Runs tasks and gives each finished.
    most
        The most futures to simulate.
    allowed
        The held-out error at which to stop, as a share of each criterion's scale.
    tell
        Is told of each round.

    Returns
    -------
    tuple
        The KPIs of the simulated futures as `observed` gives them, and the surrogates.

    Raises
    ------
    ResultsError
        Too few futures to learn from, unless all are simulated.
    """
    parts: list[pd.DataFrame] = []  # of each replication only what is learned from
    done, most = 0, len(futures) if futures.design is Design.MORRIS else min(most, len(futures))
    if most < min(len(futures), LEAST_FUTURES):
        raise _too_few(most)
    goal = most if futures.design is Design.MORRIS else min(FIRST_ROUND, most)
    message = spoken("{futures} futures of {count} configurations; at most {most} are simulated")
    tell(message.format(futures=len(futures), count=len(configurations), most=most))
    while True:
        tasks = futures.tasks(configurations, range(done, goal))
        parts.append(observed(run_tasks(tasks), criteria_kpis()))
        simulated = _ordered(pd.concat(parts))
        done = goal
        if done == len(futures) and (done < LEAST_FUTURES or futures.design is Design.MORRIS):
            return simulated, {}
        surrogates = fitted(simulated, futures)
        worst, key = _worst(surrogates)
        missed = {"done": done, "kpi": " ".join(key), "worst": reader().percent(worst)}
        if done == most or worst <= allowed:
            message = spoken("{done} futures simulated: {kpi} is missed by {worst} of its scale")
            tell(message.format(**missed))
            return simulated, surrogates
        goal = min(2 * done, most)
        message = spoken(
            "{done} futures simulated: {kpi} is missed by {worst} of its scale, more than "
            "{allowed}; on to {goal}"
        )
        tell(message.format(**missed, allowed=reader().percent(allowed), goal=goal))


def _worst(surrogates: Mapping[Key, Surrogate]) -> tuple[float, Key]:
    """Return the largest held-out error as a share of the criterion's scale, and of which KPI."""
    scale = {one.kpi: abs(one.best - one.worst) for one in criteria().values()}
    return max(
        (one.held_out.rmse / scale[key[2]], key)
        for key, one in surrogates.items()
        if key[2] in scale
    )


def completed(
    simulated: pd.DataFrame,
    futures: DrawnFutures,
    surrogates: Mapping[Key, Surrogate],
) -> pd.DataFrame:
    """Return the KPIs of every future: simulated where it was, from the surrogate elsewhere.

    Returns
    -------
    pandas.DataFrame
        `FUTURE_COLUMNS`, sorted.
    """
    known = set(simulated["future"])
    rest = np.array([future for future in range(len(futures)) if future not in known], dtype=int)
    parts = [simulated.assign(simulated=True)]
    if len(rest):
        points = futures.points[rest]
        for (scenario, site, kpi), surrogate in surrogates.items():
            part = pd.DataFrame({"future": rest, "value": surrogate.predict(points)})
            parts.append(part.assign(scenario=scenario, site=site, kpi=kpi, simulated=False))
    whole = pd.concat(parts, ignore_index=True)[list(FUTURE_COLUMNS)]
    return whole.sort_values(["future", "scenario", "site", "kpi"], ignore_index=True)


def surrogate_table(surrogates: Mapping[Key, Surrogate], simulated: int) -> pd.DataFrame:
    """Return what every surrogate misses in futures it has not seen, `SURROGATE_COLUMNS`."""
    rows = [
        (*key, catalogued(key[2]).unit, simulated, one.held_out.rmse, one.held_out.explained)
        for key, one in surrogates.items()
    ]
    return pd.DataFrame(rows, columns=list(SURROGATE_COLUMNS))


def sensitivity_table(
    simulated: pd.DataFrame,
    futures: DrawnFutures,
    surrogates: Mapping[Key, Surrogate],
    seed: int,
) -> pd.DataFrame:
    """Return how much each factor matters for each KPI of each configuration.

    A Morris design that was simulated in full is analysed as it is; otherwise Sobol's indices are
    those of the surrogates.

    Returns
    -------
    pandas.DataFrame
        `SENSITIVITY_COLUMNS`; per KPI the factor that matters most comes first.
    """
    from results.statistics.sensitivity import (  # noqa: PLC0415
        morris_indices,
        sobol_indices,
    )

    factors = list(futures.factors)
    rows = []
    if futures.design is Design.MORRIS:
        for key, column in _by_future(simulated):
            found = morris_indices(factors, futures.points[: len(column)], column)
            rows += [(*key, *vars(index).values()) for index in _by_weight(found)]
    else:
        for key, surrogate in surrogates.items():
            found = sobol_indices(factors, surrogate.predict, seed)
            rows += [(*key, *vars(index).values()) for index in _by_weight(found)]
    return pd.DataFrame(rows, columns=list(SENSITIVITY_COLUMNS))


def _by_future(simulated: pd.DataFrame) -> Iterator[tuple[Key, FloatArray]]:
    """Give each KPI of each configuration with its values by future, those never missing."""
    ordered = simulated.sort_values("future")
    for key, rows in ordered.groupby(["scenario", "site", "kpi"], sort=True):
        values = rows["value"].to_numpy(dtype=float)
        if np.isfinite(values).all() and len(values) == simulated["future"].nunique():
            yield (str(key[0]), str(key[1]), str(key[2])), values


def _by_weight(found: Sequence[Index]) -> list[Index]:
    return sorted(found, key=lambda index: (-index.total, index.factor))
