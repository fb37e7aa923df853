"""When there are enough replications: the sequential rule of Hoad, Robinson and Davies (2010).

Replications are added until the 95% interval of each named KPI is narrower than asked, as a share
of its mean, and stays so for some replications more (the look-ahead): an interval may be narrow
by chance when there are few. Of a scenario with a baseline the paired difference is looked at as
well, as a share of the baseline's mean; it is there first, because both have the same patients.

The numbers decide, in whole rounds: not how many processes there are or which is ready first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from results.errors import ResultsError
from results.kpis.catalogue import kpi as catalogued
from results.language.words import words
from results.statistics.intervals import half_width
from sim.experiment.experiment import replications_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from files.arrays import FloatArray
    from results.language.words import Words
    from sim.replication.replicate import Finished


PER_REPLICATIONS = 100
"""Beyond this number the look-ahead grows in proportion (Hoad, Robinson and Davies 2010)."""


@dataclass(frozen=True)
class StoppingRule:
    """What is looked at: `precision.yaml`, and the precision asked."""

    kpis: tuple[str, ...]
    site: str
    lookahead: int
    least: int
    precision: float

    @classmethod
    def shipped(cls, precision: float) -> StoppingRule:
        """Return the rule that ships, for half-widths of at most `precision` of the mean."""
        content = _content()
        for name in content["kpis"]:
            catalogued(name)
        return cls(
            tuple(content["kpis"]),
            content["site"],
            content["lookahead"],
            content["least"],
            precision,
        )

    def ahead(self, replications: int) -> int:
        """Return for how many replications more the precision has to hold."""
        return self.lookahead * max(replications, PER_REPLICATIONS) // PER_REPLICATIONS


@cache
def _content() -> Mapping[str, Any]:
    text = (resources.files(__package__) / "precision.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def relative_half_widths(values: FloatArray, level: float | None = None) -> FloatArray:
    """Return the half-width of the 95% t-interval after each replication, as a share of the mean.

    Parameters
    ----------
    values
        By replication, shape (replications,); NaN: not observed.
    level
        The mean to take the share of; that of the values so far when left out.

    Returns
    -------
    numpy.ndarray
        Shape (replications,); infinite with fewer than two values, or of a mean of nothing.
    """
    seen = ~np.isnan(values)
    count = np.cumsum(seen)
    filled = np.where(seen, values, 0.0)
    shift = filled[seen][0] if seen.any() else 0.0  # for numerical stability
    moved = np.where(seen, filled - shift, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.cumsum(moved) / count
        variance = np.maximum(np.cumsum(moved**2) / count - mean**2, 0) * count / (count - 1)
        half = half_width(np.sqrt(variance), count)
        share = half / np.abs(mean + shift if level is None else level)
    enough = count > 1
    widths: FloatArray = np.where(
        enough & ~np.isnan(share), share, np.where(half == 0, 0.0, np.inf)
    )
    return np.where(enough, widths, np.inf)


@dataclass(frozen=True)
class Reached:
    """How precise one KPI of one scenario is, on its own or as a difference with the baseline.

    Attributes
    ----------
    half_width
        With all replications, as a share of the mean.
    at
        The number of replications from which it was precise enough; None: not yet.
    needed
        How many replications it is expected to take, if not yet.
    """

    scenario: str
    kpi: str
    is_difference: bool
    half_width: float
    at: int | None
    needed: int | None


def reached(
    replications: pd.DataFrame, baselines: Mapping[str, str | None], rule: StoppingRule
) -> list[Reached]:
    """Judge every KPI of the rule, differences first.

    Parameters
    ----------
    replications
        Columns scenario, replication, site, kpi, value, every scenario as often.
    baselines
        The baseline of each scenario that has one.
    """
    here = replications[
        (replications["site"] == rule.site) & replications["kpi"].isin(list(rule.kpis))
    ]
    numbers = sorted(set(here["replication"]))
    values: dict[tuple[str, str], FloatArray] = {
        (str(scenario), str(name)): rows.set_index("replication")["value"]
        .reindex(numbers)
        .to_numpy(dtype=float)
        for (scenario, name), rows in here.groupby(["scenario", "kpi"])
    }
    names = sorted(set(here["scenario"]))

    found = []
    for is_difference in (True, False):
        for name in names:
            baseline = baselines.get(name)
            for kpi in rule.kpis:
                own, other = values.get((name, kpi)), values.get((baseline or "", kpi))
                if own is None or (is_difference and other is None):
                    continue
                if is_difference and other is not None:
                    widths = relative_half_widths(own - other, float(np.nanmean(other)))
                else:
                    widths = relative_half_widths(own)
                found.append(_judged(name, kpi, widths, rule, is_difference=is_difference))
    return found


def _judged(
    scenario: str, kpi: str, widths: FloatArray, rule: StoppingRule, *, is_difference: bool
) -> Reached:
    done = len(widths)
    at = next((n for n in range(rule.least, done + 1) if _holds(widths, n, rule)), None)
    needed = None if at is not None else _expected(widths, rule)
    return Reached(scenario, kpi, is_difference, float(widths[-1]), at, needed)


def _holds(widths: FloatArray, replications: int, rule: StoppingRule) -> bool:
    """Whether it is precise enough from so many replications on, for the whole look-ahead."""
    last = replications + rule.ahead(replications)
    return last <= len(widths) and bool((widths[replications - 1 : last] <= rule.precision).all())


def _expected(widths: FloatArray, rule: StoppingRule) -> int | None:
    """Return how many replications are expected to do: the half-width falls as their root."""
    done, width = len(widths), float(widths[-1])
    if not np.isfinite(width):
        return None
    precise = max(int(np.ceil(done * (width / rule.precision) ** 2)), rule.least)
    return max(precise + rule.ahead(precise), done + 1)


def next_round(found: Sequence[Reached], done: int, most: int, rule: StoppingRule) -> int | None:
    """Return how many replications to have next; None when these do or no more are allowed.

    A round goes to where the slowest KPI is expected to be precise, at least a look-ahead further
    and at most to twice as many: early estimates of the spread are poor.
    """
    open_still = [item for item in found if item.at is None]
    if not open_still or done >= most:
        return None
    expected = max(item.needed if item.needed is not None else 2 * done for item in open_still)
    return min(max(expected, done + rule.ahead(done)), max(2 * done, done + rule.ahead(done)), most)


def until_precise(
    simulate: Callable[[range], Sequence[Finished]],
    baselines: Mapping[str, str | None],
    rule: StoppingRule,
    least: int,
    most: int,
) -> tuple[list[Finished], list[Reached]]:
    """Simulate in rounds until every KPI is precise enough or there are `most` replications.

    Parameters
    ----------
    simulate
        Runs the replications with these numbers, of every scenario.
    baselines
        The baseline of each scenario that has one.
    least, most
        Replications to begin with, though not fewer than can show anything, and the ceiling.

    Raises
    ------
    ResultsError
        The ceiling is below the least.
    """
    if least > most:
        raise ResultsError(
            "--replications is {least}: more than --at-most {most} allows", least=least, most=most
        )
    finished: list[Finished] = []
    done, total = 0, min(max(least, rule.least + rule.ahead(rule.least)), most)
    while True:
        finished += simulate(range(done, total))
        found = reached(replications_table(finished), baselines, rule)
        further = next_round(found, total, most, rule)
        if further is None:
            return finished, found
        done, total = total, further


def precision_facts(found: Sequence[Reached], rule: StoppingRule) -> dict[str, Any]:
    """Return what a manifest says of the precision asked and reached."""
    return {
        "asked": rule.precision,
        "kpis": [
            {
                "scenario": item.scenario,
                "kpi": item.kpi,
                "of": "difference" if item.is_difference else "level",
                "half_width": round(item.half_width, 6) if np.isfinite(item.half_width) else None,
                "reached_with": item.at,
                "expected": item.needed,
            }
            for item in found
        ],
    }


def precision_text(
    found: Sequence[Reached], rule: StoppingRule, replications: int, lang: str
) -> str:
    """Return which KPI reached which precision, and how many replications the others need."""
    return "\n".join(_lines(found, rule, replications, words(lang)))


def _lines(
    found: Sequence[Reached], rule: StoppingRule, replications: int, reader: Words
) -> Iterator[str]:
    _ = reader.gettext
    yield _(
        "precision after {replications} replications, half the 95% interval; asked: {asked}"
    ).format(replications=reader.number(replications), asked=reader.percent(rule.precision))
    for item in sorted(found, key=lambda item: (item.scenario, item.kpi, not item.is_difference)):
        of = _("difference") if item.is_difference else _("level")
        if item.at is not None:
            verdict = _("reached with {count}").format(count=reader.number(item.at))
        elif item.half_width <= rule.precision:
            verdict = _("reached, but with too few to be sure it stays so")
        elif item.needed is None:
            verdict = _("not reached: not observed often enough")
        else:
            verdict = _("not reached: about {count} replications needed").format(
                count=reader.number(item.needed)
            )
        half = reader.percent(item.half_width)
        yield f"{item.scenario:<28}{item.kpi:<50}{of:<12}{half:>7}  {verdict}"
