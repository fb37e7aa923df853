"""How full each place is by hour of the day: mean and a band over the days, as table and charts.

The band is over days, not over replications: it tells a planner what an ordinary day may bring, so
one long replication is enough.
"""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from files.formulas import write_csv
from files.whole import write_file
from results.errors import ResultsError
from results.rendering.figures import printable
from results.replay.replay import own_sites
from results.replay.stays import CareArea, places, stays
from results.runs.run import safe_name
from scenarios.errors import Said
from scenarios.units import HOURS_PER_DAY
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from pathlib import Path

    from results.language.words import Words
    from sim.replication.outcome import Outcome


LOW, HIGH = 5, 95
"""Percentiles of the band over days."""

COLUMNS = ("site", "area", "hour", "mean", "p5", "p95", "most", "places")
LONGEST_TITLE = 80
SIZE_INCHES, DPI = (7.2, 3.8), 130
BAND, LINE, PLACES_LINE = "#9cc3e0", "#0b4f8a", "#8a3a00"


def occupancy_table(outcome: Outcome) -> pd.DataFrame:
    """Return how many were present, by site, area and hour of the day.

    Returns
    -------
    pandas.DataFrame
        `site`, `area`, `hour` (0 is from midnight to one), `mean`, `p5` and `p95` over the
        measured days of the mean number present in that hour, `most`, and `places` (NaN for a
        queue). Areas where nobody came are left out.
    """
    days = int((outcome.end - outcome.start) // MINUTES_PER_DAY)
    rows = []
    for site in own_sites(outcome):
        for area in CareArea:
            found = stays(outcome, site, area)
            end = outcome.start + days * MINUTES_PER_DAY
            by_day = found.occupancy(outcome.start, end).reshape(days, HOURS_PER_DAY)
            if not by_day.any():
                continue
            room = places(outcome, site, area)
            low, high = np.percentile(by_day, [LOW, HIGH], axis=0)
            for hour in range(HOURS_PER_DAY):
                number = by_day[:, hour]
                rows.append(
                    (
                        site,
                        area.value,
                        hour,
                        float(number.mean()),
                        float(low[hour]),
                        float(high[hour]),
                        float(number.max()),
                        np.nan if room is None else float(room[hour]),
                    )
                )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write_occupancy(folder: Path, outcome: Outcome, words: Words) -> list[Path]:
    """Write the table, and a PNG and an SVG for each site and area.

    Returns
    -------
    list of pathlib.Path
        What was written, the table first.

    Raises
    ------
    ResultsError
        The folder can't be written.
    """
    try:
        return _written(folder, outcome, words)
    except OSError as error:
        raise ResultsError(
            "can't write {path}: {why}", path=folder, why=Said(error.strerror or str(error))
        ) from error


def _written(folder: Path, outcome: Outcome, words: Words) -> list[Path]:
    table = occupancy_table(outcome)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "occupancy.csv"]
    write_csv(table, written[0])
    for (site, area), rows in table.groupby(["site", "area"], sort=True):
        figure = _chart(outcome, rows, str(site), CareArea(str(area)), words)
        stem = f"{safe_name(str(site).lower())}-{area}"
        for kind in ("png", "svg"):
            path = folder / f"{stem}.{kind}"
            facts = {"Date": None} if kind == "svg" else {"Software": None}
            with rc_context({"svg.hashsalt": stem}), write_file(path) as aside:
                figure.savefig(aside, format=kind, metadata=facts)  # salted: else names are random
            written.append(path)
    return written


def area_texts(words: Words) -> dict[CareArea, str]:
    """Return what each area is called."""
    _ = words.gettext
    return {
        CareArea.ED_WAITING: _("ED: waiting for a room"),
        CareArea.ED_ROOMS: _("ED: treatment rooms"),
        CareArea.ED_BOARDING: _("ED: treated, waiting for a bed"),
        CareArea.THEATRE_QUEUE: _("Theatre: emergencies waiting"),
        CareArea.THEATRE: _("Theatre: operations"),
        CareArea.DELIVERY: _("Delivery rooms"),
        CareArea.WARD: _("Ward beds, acute and planned"),
        CareArea.ICU: _("Intensive care beds"),
    }


def _chart(outcome: Outcome, rows: pd.DataFrame, site: str, area: CareArea, words: Words) -> Figure:
    _ = words.gettext
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    edges = np.arange(HOURS_PER_DAY + 1)

    def steps(column: str) -> np.ndarray:
        values = rows[column].to_numpy(dtype=float)
        return np.append(values, values[-1])

    axes.fill_between(
        edges, steps("p5"), steps("p95"), step="post", color=BAND, label=_("9 days out of 10")
    )
    axes.step(edges, steps("mean"), where="post", color=LINE, linewidth=2, label=_("mean"))
    if rows["places"].notna().all():
        axes.step(
            edges,
            steps("places"),
            where="post",
            color=PLACES_LINE,
            linestyle="--",
            label=_("places"),
        )
    axes.set_xlim(0, HOURS_PER_DAY)
    axes.set_ylim(bottom=0)
    axes.set_xticks(range(0, HOURS_PER_DAY + 1, 3))
    axes.set_xlabel(_("hour of the day"))
    axes.set_ylabel(_("patients"))
    scenario = outcome.scenario
    name, title = (printable(text) for text in (scenario.sites[site].name, _title(outcome, words)))
    heading = f"{name}: {area_texts(words)[area]}\n{title}"
    axes.set_title(heading, loc="left", parse_math=False, fontsize="medium")
    axes.grid(axis="y", color="#dde2e6", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


def _title(outcome: Outcome, words: Words) -> str:
    """Name the configuration, its year and how many days were played."""
    scenario = outcome.scenario
    days = int((outcome.end - outcome.start) // MINUTES_PER_DAY)
    title = " ".join(words.of(scenario.title.model_dump()).split())
    text = words.gettext("{title} ({year}), {days} days of the simulation")
    return text.format(
        title=shorten(title, LONGEST_TITLE, placeholder="…"),
        year=scenario.horizon_year,
        days=words.number(days),
    )
