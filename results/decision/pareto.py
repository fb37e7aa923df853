"""The trade-off in a picture: near to home against all the rest, a panel per year.

Points that no other configuration of the year beats on both axes are on the front (Pareto):
choosing among those is giving up one for the other. All years have the same axes, so that a
distance says the same everywhere. Drawn for readers who don't see all colours:
filled and hollow markers, names beside the points.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from results.rendering.figures import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from files.arrays import FloatArray
    from results.decision.analysis import Decision
    from results.decision.conclusion import Conclusion
    from results.language.words import Words

NEAR, COST = "reachability", "cost"
FRONT_COLOUR, OTHER_COLOUR = "#0b4f8a", "#6b6b6b"
PANEL_INCHES, DPI = 4.2, 150
LONGEST_NAME = 48
SALT = "twentezorg"
"""What ids in an SVG are made from, so that the same picture has the same bytes."""


def trade_off(verdict: Conclusion) -> FloatArray:
    """Return each configuration's points near to home and on the rest, cost left out.

    Returns
    -------
    numpy.ndarray
        Shape (configurations, 2): the mean score of the reachability group, and the mean of the
        means of the other groups.
    """
    choice = verdict.choice
    means = {
        group: choice.scores[:, [c.group == group for c in choice.criteria]].mean(axis=1)
        for group in dict.fromkeys(c.group for c in choice.criteria)
    }
    nothing = np.full(len(choice.names), np.nan)
    rest = [mean for group, mean in means.items() if group not in {NEAR, COST}]
    return np.column_stack([means.get(NEAR, nothing), np.mean(rest, axis=0) if rest else nothing])


def on_front(points: FloatArray) -> npt.NDArray[np.bool_]:
    """Say which points no other is as good as on both axes and better than on one."""
    as_good = (points[:, None, :] >= points[None, :, :]).all(axis=2)
    better = (points[:, None, :] > points[None, :, :]).any(axis=2)
    beaten: npt.NDArray[np.bool_] = np.logical_and(as_good, better)
    return np.logical_not(beaten.any(axis=0))


def front_sentence(verdict: Conclusion, words: Words) -> str:
    """Say which configurations no other beats on both axes, in a sentence."""
    front = on_front(100 * trade_off(verdict))
    names = [
        f"“{words.gettext('doing nothing') if s.baseline is None else words.of(s.title)}”"
        for s, is_front in zip(verdict.choice.scenarios, front, strict=True)
        if is_front
    ]
    return words.gettext("{year}: no other is better on both than {names}.").format(
        year=verdict.choice.year, names=words.listed(names)
    )


def draw_pareto(decision: Decision, words: Words, kind: str) -> bytes:
    """Draw the trade-off of every year.

    Parameters
    ----------
    decision
        What to draw.
    words
        The language.
    kind
        `png` or `svg`.
    """
    _ = words.gettext
    with mpl.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none"}):
        count = len(decision.verdicts)
        columns = min(count, 2)
        rows = -(-count // columns)
        figure = Figure(figsize=(PANEL_INCHES * columns, PANEL_INCHES * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for panel in panels[count:]:
            panel.set_axis_off()
        for panel, verdict in zip(panels, decision.verdicts, strict=False):
            _draw(panel, verdict, words)
        figure.supxlabel(_("Near to home: reachability (points of 100)"))
        figure.supylabel(_("All the rest but cost (points of 100)"))
        figure.suptitle(
            _("Filled: no other is better on both. Each group of criteria counts the same."),
            fontsize="medium",
        )
        packed = BytesIO()
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(packed, format=kind, dpi=DPI, metadata=metadata)
    return packed.getvalue()


def _draw(panel: Axes, verdict: Conclusion, words: Words) -> None:
    points = 100 * trade_off(verdict)
    front = on_front(points)
    order = np.flatnonzero(front)[np.argsort(points[front, 0], kind="stable")]
    panel.plot(*points[order].T, color=FRONT_COLOUR, linewidth=1, zorder=1)
    for at, (x, y) in enumerate(points):
        colour = FRONT_COLOUR if front[at] else OTHER_COLOUR
        face = colour if front[at] else "white"
        panel.scatter([x], [y], s=55, facecolor=face, edgecolor=colour, linewidth=1.5, zorder=2)
        _label(panel, at, points)
    panel.set_title(str(verdict.choice.year))
    panel.set_xlabel(_names(verdict, words), loc="left", fontsize="small", multialignment="left")
    panel.margins(0.15)
    panel.tick_params(labelbottom=True, labelleft=True)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    panel.grid(color="#dddddd", linewidth=0.6)
    panel.set_axisbelow(True)


def _label(panel: Axes, at: int, points: FloatArray) -> None:
    """Write the number of a point, on the side where its nearest neighbour isn't."""
    away = points[at] - points
    others = np.flatnonzero(np.arange(len(points)) != at)
    nearest = away[others[np.argmin((away[others] ** 2).sum(axis=1))]]
    right = nearest[0] > 0 or (nearest[0] == 0 and at % 2 == 0)
    panel.annotate(
        str(at + 1),
        points[at],
        xytext=(7 if right else -7, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
    )


def _names(verdict: Conclusion, words: Words) -> str:
    """List the names behind the numbers; dollar signs are no formulas."""
    names = [
        words.gettext("doing nothing") if s.baseline is None else words.of(s.title)
        for s in verdict.choice.scenarios
    ]
    lines = [
        f"{number}  {_shortened(printable(name))}" for number, name in enumerate(names, start=1)
    ]
    return "\n".join(lines).replace("$", r"\$")


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
