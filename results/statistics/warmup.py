"""How long a replication runs before measuring: MSER-5 and Welch's moving average, by KPI.

MSER-5 (White 1997; White, Cobb and Spratt 2000) cuts off as much of the beginning as makes the
standard error of what is left smallest. Welch (1983) averages replications and smooths; one looks
where the line has become flat. Both read the mean over the replications of a KPI day by day, from
which the rhythm of the week is taken away first.

A family of scenarios has one warm-up, written in its base file; `twentezorg warmup` shows whether
it is long enough. Nothing here decides it for you.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from results.errors import ResultsError
from results.kpis.timeline import Timeline, mean, quantile
from results.statistics.intervals import CONFIDENCE
from scenarios.schema.vocabulary import Resource
from scenarios.units import DAYS_PER_WEEK
from sim.journal.steps import Step
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from files.arrays import FloatArray
    from sim.replication.outcome import Measures, Outcome


BATCH = 5
"""Observations in a batch of MSER-5."""

WELCH_REACH = DAYS_PER_WEEK // 2
"""Days on either side in Welch's average: a week in all."""

IN_A_ROW = DAYS_PER_WEEK
"""Days in a row that Welch's average must be where it stays, to have settled."""

SHORTEST = 8
"""Weeks below which the second half of a run is no measure of where it settles."""


def mser5(values: FloatArray) -> int | None:
    """Return how many observations to leave out by MSER-5.

    Parameters
    ----------
    values
        A series, shape (observations,); what is left after the last whole batch counts no more.

    Returns
    -------
    int or None
        A multiple of 5; None when the best cut lies at the end of the first half, where the rule
        has no answer: the series is too short.
    """
    batches = len(values) // BATCH
    means = np.asarray(values[: batches * BATCH], dtype=float).reshape(batches, BATCH).mean(axis=1)
    half = batches // 2
    errors = [np.var(means[cut:]) / (batches - cut) for cut in range(half + 1)]
    best = int(np.argmin(errors))
    return None if best == half and half > 0 else best * BATCH


def welch(values: FloatArray, reach: int) -> FloatArray:
    """Return Welch's moving average: `reach` observations on either side, fewer at the start.

    Parameters
    ----------
    values
        The mean over replications, shape (observations,).

    Returns
    -------
    numpy.ndarray
        Shape (observations - reach,): the last ones have no full window.
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.arange(len(values) - reach)
    sides = np.minimum(middle, reach)
    return (sums[middle + sides + 1] - sums[middle - sides]) / (2 * sides + 1)


def settles(smooth: FloatArray) -> int | None:
    """Return from which observation a smoothed series is where it stays in its second half.

    That is the first of `IN_A_ROW` observations in a row within the range of the second half; None
    when the first half holds none.
    """
    half = len(smooth) // 2
    low, high = smooth[half:].min(), smooth[half:].max()
    inside = (smooth[:half] >= low) & (smooth[:half] <= high)
    in_a_row = np.convolve(inside, np.ones(IN_A_ROW, dtype=int), mode="valid") == IN_A_ROW
    return int(in_a_row.argmax()) if in_a_row.any() else None


def without_week(values: FloatArray) -> FloatArray:
    """Take away the rhythm of the week, as the second half of a series of days has it."""
    weekday = np.arange(len(values)) % DAYS_PER_WEEK
    late = np.arange(len(values)) >= len(values) // 2
    by_weekday = np.array([values[late & (weekday == day)].mean() for day in range(DAYS_PER_WEEK)])
    return values - by_weekday[weekday] + by_weekday.mean()


def by_day(outcome: Outcome) -> Measures:
    """Return KPIs of the region by day: (day, kpi, value), from the first day on."""
    line = Timeline(outcome)
    days = round(outcome.end / MINUTES_PER_DAY)
    return [
        (str(day), kpi, float(value))
        for kpi, series in DAILY.items()
        for day, value in enumerate(series(line, days))
    ]


def _median_stay(line: Timeline, days: int) -> FloatArray:
    came = line.at(Step.ED_ARRIVE)
    stay = line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED) - came
    return _each_day(came, stay, days, lambda values: quantile(values, 50))


def _boarding(line: Timeline, days: int) -> FloatArray:
    ready = line.at(Step.ED_READY)
    return _each_day(ready, line.at(Step.ED_ADMITTED) - ready, days, mean)


def _response(line: Timeline, days: int) -> FloatArray:
    called = line.at(Step.CALL_A1)
    response = np.where(line.resident, line.at(Step.CREW_AT_SCENE) - called, np.nan)
    return _each_day(called, response, days, mean)


def _each_day(
    moment: FloatArray, value: FloatArray, days: int, statistic: Callable[[FloatArray], float]
) -> FloatArray:
    order = np.argsort(moment)[: np.count_nonzero(~np.isnan(moment))]
    edges = np.searchsorted(moment[order], np.arange(1, days) * MINUTES_PER_DAY)
    return np.array([statistic(part) for part in np.split(value[order], edges)])


def _ward(line: Timeline, days: int) -> FloatArray:
    beds = _beds(line, Resource.WARD_BEDS, Resource.ELECTIVE_BEDS)
    return _mean_number(line, Step.WARD_IN, Step.WARD_OUT, days) / beds


def _icu(line: Timeline, days: int) -> FloatArray:
    return _mean_number(line, Step.ICU_IN, Step.ICU_OUT, days) / _beds(line, Resource.ICU_BEDS)


def _delayed(line: Timeline, days: int) -> FloatArray:
    ready = line.at(Step.WARD_READY)
    until = line.at(Step.LEAVE)[~np.isnan(ready)]
    return _integral(ready[~np.isnan(ready)], days) - _integral(until[~np.isnan(until)], days)


def _beds(line: Timeline, *resources: Resource) -> float:
    return sum(float(line.capacity(name, *resources).mean()) for _, name in line.own_sites())


def _mean_number(line: Timeline, begin: Step, end: Step, days: int) -> FloatArray:
    records = line.outcome.records
    return _integral(records.of(begin).time, days) - _integral(records.of(end).time, days)


def _integral(moments: FloatArray, days: int) -> FloatArray:
    """Return the mean over each day of how many of some moments have passed."""
    ordered = np.sort(moments)
    passed = np.concatenate([[0.0], np.cumsum(ordered)])
    edges = np.arange(days + 1) * float(MINUTES_PER_DAY)
    count = np.searchsorted(ordered, edges)
    area = count * edges - passed[count]
    return np.diff(area) / MINUTES_PER_DAY


DAILY: dict[str, Callable[[Timeline, int], FloatArray]] = {
    "ed.los.median": _median_stay,
    "ed.boarding.mean": _boarding,
    "ambulance.a1.response.mean": _response,
    "ward.occupancy": _ward,
    "ward.delayed_discharge.beds": _delayed,
    "icu.occupancy": _icu,
}
"""How each KPI that is watched is counted by day."""


@dataclass(frozen=True)
class Settling:
    """How one KPI of a scenario settles; days, None where the run is too short to tell.

    Attributes
    ----------
    series
        The mean over replications by day, without the rhythm of the week.
    mser, welch
        How many days to leave out by each.
    is_noise
        Whether what MSER-5 leaves out is no different from the rest: it finds the smallest standard
        error in noise too.
    """

    scenario: str
    kpi: str
    series: FloatArray
    mser: int | None
    welch: int | None
    is_noise: bool = False

    @classmethod
    def of(cls, scenario: str, kpi: str, series: FloatArray) -> Settling:
        """Judge a series of days, shape (replications, days)."""
        by_day = np.nanmean(series, axis=0)
        averaged = without_week(by_day)
        cut = mser5(averaged)
        return cls(
            scenario,
            kpi,
            averaged,
            cut,
            settles(welch(averaged, WELCH_REACH)),
            is_noise=bool(cut) and not is_other(series - by_day + averaged, cut or 0),
        )


def is_other(series: FloatArray, cut: int) -> bool:
    """Return whether the days before a cut differ from those after it, by a paired t-test.

    As the cut is the best of many, each has its part of the risk (Bonferroni).

    Parameters
    ----------
    series
        Without the rhythm of the week, shape (replications, days).
    """
    differences = np.nanmean(series[:, :cut], axis=1) - np.nanmean(series[:, cut:], axis=1)
    candidates: int = series.shape[1] // BATCH // 2
    chance = float(stats.ttest_1samp(differences, 0.0).pvalue)
    return chance * candidates < 1 - CONFIDENCE


def settlings(replications: pd.DataFrame) -> list[Settling]:
    """Judge every KPI of every scenario.

    Parameters
    ----------
    replications
        Columns scenario, replication, site, kpi, value, where `site` is the day, as `by_day` says.

    Raises
    ------
    ResultsError
        The runs are too short to judge.
    """
    days = replications["site"].astype(int).max() + 1
    if days < SHORTEST * DAYS_PER_WEEK:
        weeks = days // DAYS_PER_WEEK
        raise ResultsError(
            "--weeks is {weeks}: where a run settles shows in {least} or more",
            weeks=weeks,
            least=SHORTEST,
        )
    found = []
    for (scenario, kpi), rows in replications.groupby(["scenario", "kpi"], sort=False):
        table = rows.assign(day=rows["site"].astype(int)).pivot_table(
            index="replication", columns="day", values="value", dropna=False
        )
        found.append(Settling.of(str(scenario), str(kpi), table.to_numpy(dtype=float)))
    order = list(DAILY)
    return sorted(found, key=lambda item: (item.scenario, order.index(item.kpi)))


def days_table(found: Sequence[Settling]) -> pd.DataFrame:
    """Return the series as rows: scenario, kpi, day, value and Welch's average (NaN at the end)."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "scenario": item.scenario,
                    "kpi": item.kpi,
                    "day": np.arange(len(item.series)),
                    "value": item.series,
                    "welch": np.pad(
                        welch(item.series, WELCH_REACH),
                        (0, WELCH_REACH),
                        constant_values=np.nan,
                    ),
                }
            )
            for item in found
        ],
        ignore_index=True,
    )


def weeks_needed(found: Sequence[Settling]) -> tuple[int | None, int | None]:
    """Return the warm-up in whole weeks by MSER-5 and by Welch: that of the slowest KPI.

    What MSER-5 cuts in noise is left out.
    """
    trends = [0 if item.is_noise else item.mser for item in found]
    return _weeks(trends), _weeks([item.welch for item in found])


def _weeks(days: Sequence[int | None]) -> int | None:
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return None
    return math.ceil(max(known) / DAYS_PER_WEEK)


def warmup_text(found: Sequence[Settling]) -> str:
    """Return a line per scenario and KPI, and the weeks that each method asks for."""
    return "\n".join(_lines(found))


def _lines(found: Sequence[Settling]) -> Iterator[str]:
    scenario, kpi = spoken("scenario"), spoken("kpi")
    yield f"{scenario:<28}{kpi:<32}{'MSER-5':>10}{'Welch':>10}"
    for item in found:
        note = spoken("  MSER-5 cuts noise") if item.is_noise else ""
        yield (
            f"{item.scenario:<28}{item.kpi:<32}{_days(item.mser):>10}{_days(item.welch):>10}{note}"
        )
    by_mser, by_welch = (
        spoken("unknown: longer runs are needed")
        if weeks is None
        else spoken("{count} weeks").format(count=weeks)
        for weeks in weeks_needed(found)
    )
    yield spoken("warm-up by MSER-5: {mser}; by Welch: {welch}").format(
        mser=by_mser, welch=by_welch
    )


def _days(days: int | None) -> str:
    return spoken("too short") if days is None else spoken("{count} days").format(count=days)
