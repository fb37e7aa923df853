"""How the workbook names columns and values for its reader; in CSV and Parquet they stay English.

A column keeps its place and its numbers: only its heading, and the words in its cells, are those
of the reader. The first sheet says which column of the files each heading stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geodata.accessibility.abroad import ANY
from geodata.accessibility.moments import ALWAYS, YEARLY_MEAN
from geodata.accessibility.reachability import LIMITS_REPORTED, Clock
from results.kpis.catalogue import Direction
from results.language.confidence import confidence_labels
from results.language.hours import hours_text
from results.rendering.labels import verdict_labels
from results.statistics.comparison import Holds, Size
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from results.language.words import Words

KPI_COLUMN, UNIT_COLUMN = "kpi", "unit"


class SheetColumn(NamedTuple):
    """A column for its reader."""

    heading: str
    meaning: str = ""


def workbook_columns(words: Words) -> dict[str, SheetColumn]:
    """Name the columns of the tables and say what they mean, by their names in the files."""
    return _of_figures(words) | _of_minutes(words) | _of_assumptions(words)


def _of_figures(words: Words) -> dict[str, SheetColumn]:
    _ = words.gettext
    low = _("Lower end of the 95% interval, in the unit of the row.")
    high = _("Upper end of the 95% interval, in the unit of the row.")
    return {
        "what": SheetColumn(_("Item")),
        "text": SheetColumn(_("Text")),
        "scenario": SheetColumn(
            _("Scenario"), _("Name of the scenario; the sheet of scenarios tells.")
        ),
        "title": SheetColumn(_("Title")),
        "description": SheetColumn(_("Description")),
        "horizon_year": SheetColumn(_("Year"), _("The year whose demand is simulated.")),
        "baseline": SheetColumn(
            _("Compared with"), _("The scenario that does nothing in the same year.")
        ),
        "site": SheetColumn(
            _("Site"),
            _("Id of a hospital, code of a municipality for its residents, or all of Twente."),
        ),
        "site_name": SheetColumn(
            _("Name of the site"), _("Hospital, municipality or all of Twente.")
        ),
        "kpi": SheetColumn(_("KPI"), _("Name of the figure; the last sheet explains each.")),
        "label": SheetColumn(_("Figure"), _("What the figure is.")),
        "unit": SheetColumn(
            _("Unit"), _("Unit of the numbers in this row; a share runs from 0 to 1.")
        ),
        "mean": SheetColumn(_("Mean"), _("Mean over the replications, in the unit of the row.")),
        "difference": SheetColumn(
            _("Difference"), _("Configuration minus baseline, mean over the replications.")
        ),
        "ci_low": SheetColumn(_("95% interval from"), low),
        "ci_high": SheetColumn(_("95% interval to"), high),
        "verdict": SheetColumn(
            _("Verdict"),
            _("What the difference means; “no difference shown” if the run can't tell."),
        ),
        "interval": SheetColumn(
            _("95% holds for"),
            _("Whether the 95% is that of this interval or of those of all criteria together."),
        ),
        "size": SheetColumn(
            _("Size"), _("Whether the difference is large enough to matter; our judgement.")
        ),
        "leaving": SheetColumn(
            _("Leave Twente"),
            _(
                "Where it is better in part because more patients go outside Twente: how many a "
                "year more."
            ),
        ),
        "replications": SheetColumn(
            _("Replications"), _("How many replications observed the figure.")
        ),
        "better": SheetColumn(_("Better is"), _("Which way is better, if either is.")),
        "explanation": SheetColumn(_("Explanation")),
        "goal": SheetColumn(
            _("Norm"),
            _("The norm that the figure is held against, in its unit; empty without one."),
        ),
        "matters": SheetColumn(
            _("Smallest difference that matters"),
            _("The smallest difference worth naming, in its unit; our judgement."),
        ),
    }


def _of_minutes(words: Words) -> dict[str, SheetColumn]:
    _ = words.gettext
    minutes = _(
        "Minutes to the nearest open site, by the clock of the row and over the year; whole, as "
        "speeds are not known exactly."
    )
    worst = _("Where the care is open for part of the time; else that of every hour.")
    within = _("Share of inhabitants within so many minutes; 0 to 1.")
    limits = {
        f"share_within_{limit}": SheetColumn(
            _("Within {minutes} minutes").format(minutes=limit), within
        )
        for limit in LIMITS_REPORTED
    }
    return {
        "municipality_code": SheetColumn(_("Code of the municipality")),
        "municipality": SheetColumn(_("Municipality")),
        "function": SheetColumn(
            _("Care"), _("Emergency department, or a hospital to give birth in.")
        ),
        "profile": SheetColumn(_("Way"), _("By car or by ambulance.")),
        "clock": SheetColumn(
            _("Clock"),
            _(
                "What the minutes count: the drive alone, or from the call to the hospital with 5 "
                "minutes at the patient (the norm's clock) or about 20 (life's clock)."
            ),
        ),
        "moment": SheetColumn(
            _("Moment"),
            _("Whether the care is the same at every hour, or the row is the mean over the year."),
        ),
        "worst_moment": SheetColumn(
            _("Worst moment"), _("Hours at which fewest are within the norm.") + " " + worst
        ),
        "worst_share_of_time": SheetColumn(_("Worst moment: share of the time"), worst),
        "worst_minutes_mean": SheetColumn(_("Worst moment: minutes, mean"), worst),
        "worst_share_within_norm": SheetColumn(_("Worst moment: within the norm"), worst),
        "share_within_norm_low": SheetColumn(
            _("Within the norm, from"),
            _("Low end of the 95% range, as speeds are not known exactly."),
        ),
        "share_within_norm_high": SheetColumn(
            _("Within the norm, to"),
            _("High end of the 95% range, as speeds are not known exactly."),
        ),
        "hospital": SheetColumn(
            _("Hospital across the border"),
            _("In no other sheet. Agreements, insurance and language are not modelled."),
        ),
        "minutes_mean_abroad": SheetColumn(
            _("Minutes across the border, mean"), _("Minutes by car to the hospital of the row.")
        ),
        "inhabitants_nearer": SheetColumn(
            _("Inhabitants for whom it is nearer"),
            _("Nearer by car than any hospital at home that is open at the least favourable hour."),
        ),
        "share_nearer": SheetColumn(
            _("Share for whom it is nearer"), _("Share of the inhabitants of the row; 0 to 1.")
        ),
        "population": SheetColumn(_("Inhabitants"), _("Inhabitants.")),
        "minutes_mean": SheetColumn(_("Minutes, mean"), minutes),
        "minutes_median": SheetColumn(_("Minutes, median"), minutes),
        "minutes_p90": SheetColumn(_("Minutes, nine in ten within"), minutes),
        "minutes_max": SheetColumn(_("Minutes, longest"), minutes),
        **limits,
        "norm": SheetColumn(_("Norm (minutes)"), _("Norm in minutes; empty where there is none.")),
        "share_within_norm": SheetColumn(
            _("Within the norm"), _("Share of inhabitants within the norm; 0 to 1.")
        ),
    }


def _of_assumptions(words: Words) -> dict[str, SheetColumn]:
    _ = words.gettext
    return {
        "key": SheetColumn(_("Key"), _("Name of the number in scenario files and for --set.")),
        "name": SheetColumn(_("Name")),
        "value": SheetColumn(_("Value")),
        "source": SheetColumn(_("Source")),
        "year": SheetColumn(_("Year of the source")),
        "confidence": SheetColumn(
            _("How well known"), _("How well the number is known: measured, published or assumed.")
        ),
    }


def in_words(table: pd.DataFrame, names: Mapping[str, str], words: Words) -> pd.DataFrame:
    """Say the values of a table in words, and name its sites.

    Parameters
    ----------
    table
        A table of a run; its columns keep their names.
    names
        The name of each site by id, and of each municipality by code.
    """
    shown = table.copy()
    for column, texts in _values(words).items():
        if column in shown:
            shown[column] = shown[column].replace(texts)
    if KPI_COLUMN in shown:
        shown[UNIT_COLUMN] = shown[UNIT_COLUMN].map(words.unit_text)
    if "worst_moment" in shown:
        hours = shown["worst_moment"].astype(str)
        shown["worst_moment"] = [hours_text(each, words) for each in hours]
    if "hospital" in shown:
        nearest = words.gettext("the nearest of them")
        shown["hospital"] = shown["hospital"].map({ANY: nearest, **names})
    if "site" in shown:
        named = shown["site"].map({WHOLE_REGION: words.gettext("All of Twente"), **names})
        shown.insert(list(shown.columns).index("site") + 1, "site_name", named)
    return shown


def _values(words: Words) -> dict[str, dict[str, str]]:
    _ = words.gettext
    return {
        "verdict": {verdict.value: text for verdict, text in verdict_labels(words).items()},
        "confidence": confidence_labels(words),
        "interval": {
            Holds.TOGETHER.value: _("all criteria together"),
            Holds.ALONE.value: _("this interval alone"),
        },
        "size": {
            Size.MATTERS.value: _("matters"),
            Size.SMALL.value: _("too small to matter"),
            Size.UNCLEAR.value: _("not clear"),
            Size.NOT_JUDGED.value: _("not judged"),
        },
        "function": {"ed": _("emergency department"), "maternity": _("giving birth")},
        "profile": {"car": _("car"), "siren": _("ambulance")},
        "clock": {
            Clock.DRIVE.value: _("drive alone"),
            Clock.NORM.value: _("norm's clock"),
            Clock.LIFE.value: _("life's clock"),
        },
        "moment": {ALWAYS: _("at every hour the same"), YEARLY_MEAN: _("mean over the year")},
        "better": {
            Direction.HIGHER.value: _("higher"),
            Direction.LOWER.value: _("lower"),
            Direction.NEUTRAL.value: _("neither"),
        },
    }
