"""Does `now` reproduce what is known of today: anchors, simulated values, verdicts.

An anchor is a published figure with the range in which a simulated value counts as the same. Only
measured anchors decide; estimates are printed for comparison.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from gettext import gettext as spoken
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from results.errors import ResultsError
from results.language.terminal import reader
from results.statistics.intervals import interval
from scenarios.parameters.registry import Confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


KNOWN = (Confidence.MEASURED_TWENTE, Confidence.NATIONAL_NL)
BETWEEN = "  "
"""What parts two columns of the table."""

SMALL, LARGE = 1.5, 100.0  # shares take three decimals, minutes one, counts none


@dataclass(frozen=True)
class Anchor:
    """A published figure and the range that counts as the same."""

    anchor: str
    kpi: str
    sites: tuple[str, ...]
    low: float
    high: float
    published: str
    judged: str
    source: str
    year: str
    confidence: Confidence
    counts: bool

    def __post_init__(self) -> None:
        """Refuse an estimate that decides, or an empty range."""
        if self.counts and self.confidence not in KNOWN:
            raise ResultsError(
                "anchors.csv: {anchor}: an estimate cannot decide", anchor=self.anchor
            )
        if not self.low < self.high:
            raise ResultsError("anchors.csv: {anchor}: low must be below high", anchor=self.anchor)


@dataclass(frozen=True)
class AnchorCheck:
    """An anchor beside what was simulated; the interval is NaN for one replication."""

    anchor: Anchor
    mean: float
    ci_low: float
    ci_high: float

    @property
    def holds(self) -> bool:
        """Whether the simulated mean is inside the anchor's range."""
        return self.anchor.low <= self.mean <= self.anchor.high

    @property
    def verdict(self) -> str:
        """One word: pass, FAIL, or for an estimate inside or outside."""
        if self.anchor.counts:
            return spoken("pass") if self.holds else spoken("FAIL")
        return spoken("inside") if self.holds else spoken("outside")


@cache
def anchors(file: str = "anchors.csv") -> tuple[Anchor, ...]:
    """Return the anchors of a file beside this module, in its order."""
    text = files(__package__).joinpath(file).read_text("utf-8")
    return tuple(
        Anchor(
            **{name: row[name] for name in ("anchor", "kpi", "published", "judged")},
            sites=tuple(row["sites"].split("+")),
            low=float(row["low"]),
            high=float(row["high"]),
            source=row["source"],
            year=row["year"],
            confidence=Confidence(row["confidence"]),
            counts=row["counts"] == "yes",
        )
        for row in csv.DictReader(text.splitlines())
    )


def checked(replications: pd.DataFrame, against: Sequence[Anchor]) -> list[AnchorCheck]:
    """Return each anchor beside the mean over replications, with a 95% t-interval.

    Parameters
    ----------
    replications
        Columns replication, site, kpi, value of one scenario; an anchor of several sites is their
        sum.
    """
    checks = []
    for anchor in against:
        rows = replications[
            (replications["kpi"] == anchor.kpi) & replications["site"].isin(anchor.sites)
        ]
        values = rows.groupby("replication")["value"].sum(min_count=1).to_numpy(dtype=float)
        if len(values) == 0:
            raise ResultsError(
                "{anchor}: the run has no {kpi} of {sites}",
                anchor=anchor.anchor,
                kpi=anchor.kpi,
                sites=anchor.sites,
            )
        mean, half = interval(values)
        checks.append(AnchorCheck(anchor, mean, mean - half, mean + half))
    return checks


def all_hold(checks: Sequence[AnchorCheck]) -> bool:
    """Whether every anchor that counts holds."""
    return all(check.holds for check in checks if check.anchor.counts)


def calibration_text(checks: Sequence[AnchorCheck]) -> str:
    """Return the table of anchors as a terminal shows it, with a line that counts them."""
    rows = [_headings(), *(_row(check) for check in checks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        BETWEEN.join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    deciding = [check for check in checks if check.anchor.counts]
    passed = sum(check.holds for check in deciding)
    summary = spoken(
        "{passed} of {count} measured anchors pass; 'inside' and 'outside' are estimates, or "
        "figures that a newer one contradicts, and don't decide"
    ).format(passed=passed, count=len(deciding))
    return "\n".join([*lines, "", summary])


def _headings() -> tuple[str, ...]:
    return (
        spoken("anchor"),
        spoken("simulated"),
        spoken("95% interval"),
        spoken("published"),
        spoken("verdict"),
        spoken("how judged"),
        spoken("year"),
        spoken("source"),
    )


def _row(check: AnchorCheck) -> tuple[str, ...]:
    anchor = check.anchor
    # no published figure can be below nought, where a symmetric interval of a rare event may be
    edges = max(check.ci_low, 0.0), check.ci_high
    low, high = (_number(edge, check.mean) for edge in edges)
    span = "-" if np.isnan(check.ci_low) else spoken("{low} to {high}").format(low=low, high=high)
    mean = _number(check.mean, check.mean)
    published, judged = spoken(anchor.published), spoken(anchor.judged)
    verdict = check.verdict
    return anchor.anchor, mean, span, published, verdict, judged, anchor.year, anchor.source


def _number(value: float, size: float) -> str:
    decimals = 3 if abs(size) < SMALL else 1 if abs(size) < LARGE else 0
    return reader().number(value, decimals)
