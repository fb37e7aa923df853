"""The model beside what was measured: every published figure of today, misses too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import Clock
from results.kpis.catalogue import kpi
from results.language.words import UNKNOWN, catalogue
from results.validation.calibration import KNOWN, anchors, checked
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from results.language.words import Words
    from results.runs.run import Run
    from results.validation.calibration import Anchor


@dataclass(frozen=True)
class Measured:
    """A figure of the model beside the published one."""

    label: str
    place: str
    model: str
    interval: str
    published: str
    is_within: bool
    judged: str
    source: str
    beside: str = ""
    """The same by life's clock, where the figure is of call to hospital."""


def beside_measured(run: Run, words: Words) -> tuple[Measured, ...]:
    """Hold today's configuration against what is published of it, by hospital and municipality.

    Estimates are left out. A figure that the run doesn't have, as of a hospital that it doesn't
    know, is left out as well.

    Parameters
    ----------
    run
        Its first baseline counts as today: the first scenario that is compared with nothing.
    words
        The reader's language.
    """
    now = next((scenario for scenario in run.scenarios if scenario.baseline is None), None)
    if now is None:
        return ()
    rows = run.replications[run.replications["scenario"] == now.name]
    seen = set(zip(rows["kpi"], rows["site"], strict=True))
    known = [
        anchor
        for anchor in anchors()
        if anchor.confidence in KNOWN and all((anchor.kpi, site) in seen for site in anchor.sites)
    ]
    table = run.reachability
    places = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    names = {WHOLE_REGION: words.gettext("All of Twente"), **places, **run.site_names}
    terminal = catalogue("terminal", words.lang)
    found = []
    for check in checked(rows, known):
        anchor, entry = check.anchor, kpi(check.anchor.kpi)
        half = (check.ci_high - check.ci_low) / 2
        amount = words.amount(entry, check.mean, half)
        found.append(
            Measured(
                label=words.of(entry.label),
                place=words.listed([str(names.get(site, site)) for site in anchor.sites]),
                model=f"{amount}{words.unit_beside(entry, check.mean)}",
                interval=words.interval(entry, check.ci_low, check.ci_high).replace(UNKNOWN, ""),
                published=terminal.gettext(anchor.published),
                is_within=check.holds,
                judged=terminal.gettext(anchor.judged),
                source=f"{anchor.source} ({anchor.year})",
                beside=_by_life(run, now.name, anchor, words),
            )
        )
    return tuple(found)


def _by_life(run: Run, scenario: str, anchor: Anchor, words: Words) -> str:
    """Say the figure of an anchor by life's clock; empty where there is none."""
    stem, _dot, clock = anchor.kpi.rpartition(".")
    table = run.summary
    rows = table[
        (table["scenario"] == scenario)
        & (table["kpi"] == f"{stem}.{Clock.LIFE.value}")
        & table["site"].isin(anchor.sites)
    ]
    if clock != Clock.NORM or len(rows) != 1:
        return ""
    row = rows.iloc[0]
    entry = kpi(str(row["kpi"]))
    half = (float(row["ci_high"]) - float(row["ci_low"])) / 2
    amount = words.amount(entry, float(row["mean"]), half)
    unit = words.unit_beside(entry, float(row["mean"]))
    return words.gettext("by life's clock {share}").format(share=f"{amount}{unit}")
