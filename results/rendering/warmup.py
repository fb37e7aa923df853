"""Welch's plot: how each KPI settles from the start of a run, a panel each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from files.whole import write_file
from results.kpis.catalogue import SHARE, kpi
from results.language.words import PERCENT, words
from results.rendering.style import QUIET_TEXT
from results.statistics.warmup import WELCH_REACH, weeks_needed, welch
from scenarios.units import DAYS_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from results.language.words import Words
    from results.statistics.warmup import Settling


COLUMNS = 2
PANEL_INCHES = (5.6, 2.6)
DPI = 130
RAW, SMOOTH, MSER, WELCH, LEVEL = "#b9c0c6", "#0b4f8a", "#b8420a", "#3c4a57", "#6b6b6b"


def draw_warmup(found: Sequence[Settling], path: Path, lang: str) -> None:
    """Draw the settling of one scenario's KPIs.

    Parameters
    ----------
    found
        One scenario's, at least one.
    path
        PNG file; its folder exists. It appears whole.
    lang
        `nl` or `en`.
    """
    reader = words(lang)
    _ = reader.gettext
    rows = -(-len(found) // COLUMNS)
    figure = Figure(
        figsize=(COLUMNS * PANEL_INCHES[0], rows * PANEL_INCHES[1]), dpi=DPI, layout="constrained"
    )
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis, item in zip(axes, found, strict=False):
        _panel(axis, item, reader)
    for axis in axes[len(found) :]:
        axis.set_visible(False)
    by_mser, by_welch = (
        "?" if weeks is None else str(weeks) for weeks in weeks_needed(list(found))
    )
    title = _("{scenario}: weeks before measuring, by MSER-5 {mser}, by Welch {welch}")
    figure.suptitle(title.format(scenario=found[0].scenario, mser=by_mser, welch=by_welch))
    said = {
        label: line
        for axis in axes
        for line, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        said.values(), said.keys(), loc="outside lower center", ncols=len(said), frameon=False
    )
    with write_file(path) as aside:
        figure.savefig(aside, format="png", metadata={"Software": None})


def _panel(axis: Axes, item: Settling, reader: Words) -> None:
    _ = reader.gettext
    entry = kpi(item.kpi)
    series = item.series * (PERCENT if entry.unit == SHARE else 1)
    weeks = np.arange(len(series)) / DAYS_PER_WEEK
    smooth = welch(series, WELCH_REACH)
    axis.plot(weeks, series, color=RAW, linewidth=0.8, label=_("by day"))
    axis.plot(
        weeks[: len(smooth)], smooth, color=SMOOTH, linewidth=1.8, label=_("mean of a week (Welch)")
    )
    late = float(series[len(series) // 2 :].mean())
    axis.axhline(late, color=LEVEL, linewidth=0.8, linestyle=":", label=_("second half"))
    for days, colour, style, label in (
        (None if item.is_noise else item.mser, MSER, "-", _("cut by MSER-5")),
        (item.welch, WELCH, "--", _("settled by Welch")),
    ):
        if days is not None:
            axis.axvline(
                days / DAYS_PER_WEEK, color=colour, linewidth=1.2, linestyle=style, label=label
            )
    axis.set_title(f"{reader.of(entry.label)} ({reader.unit(entry)})", loc="left", fontsize="small")
    axis.set_xlabel(_("weeks"), fontsize="small", color=QUIET_TEXT)
    axis.tick_params(labelsize="small")
    axis.set_xlim(0, weeks[-1])
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
