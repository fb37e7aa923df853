"""What closes with a line: functions, other functions that need them, ambulances, second teams.

Hours of a site are closed in one order in each month, nights before days, so of two lines that are
short the longer closure holds the shorter one: a function is closed as long as the line that lacks
most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.lines.catalogue import Without

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from files.arrays import AnyFloatArray
    from scenarios.lines.catalogue import LineNorms, Need
    from scenarios.lines.staff_plan import Line
    from scenarios.schema.lines import LineName
    from scenarios.schema.vocabulary import Function
    from sim.teams.shortage import LineFill


@dataclass(frozen=True)
class FunctionFill:
    """For which share of its hours a function is closed in each month, shape (months,) each.

    Attributes
    ----------
    closed, planned
        Planned or not, and planned.
    stop
        Open, but without somebody whose patients ambulances bring elsewhere.
    late
        Open, but without a second team.
    """

    closed: AnyFloatArray
    planned: AnyFloatArray
    stop: AnyFloatArray
    late: AnyFloatArray


Closed = tuple["AnyFloatArray", "AnyFloatArray"]


def function_fills(
    site: str,
    functions: Collection[Function],
    lines: Mapping[tuple[str, LineName], tuple[Line, LineFill]],
    norms: LineNorms,
) -> dict[Function, FunctionFill]:
    """Return how far each function of a site is open.

    Parameters
    ----------
    functions
        Those that the site has; one that it does not have closes nothing.
    lines
        Lines of all sites, and how far they are filled.
    norms
        What each function needs.
    """
    found: dict[Function, FunctionFill] = {}
    months = len(next(iter(lines.values()))[1].closed)
    never = np.zeros(months), np.zeros(months)
    for function, needs in norms.needs.items():
        if function not in functions:
            continue
        without = dict.fromkeys(Without, never)
        for need in needs:
            if need.function is not None:
                other = found.get(need.function)
                closed = never if other is None else (other.closed, other.planned)
            else:
                closed = _without_any(site, need, lines, months)
            total, planned = without[need.then]
            without[need.then] = np.maximum(total, closed[0]), np.maximum(planned, closed[1])
        found[function] = FunctionFill(
            *without[Without.CLOSES],
            stop=without[Without.STOP][0],
            late=without[Without.SECOND_TEAM_LATE][0],
        )
    return found


def _without_any(
    site: str,
    need: Need,
    lines: Mapping[tuple[str, LineName], tuple[Line, LineFill]],
    months: int,
) -> Closed:
    """Return for which share nobody of a need is there; who comes too late is not there."""
    fills = [
        fill
        for line, fill in (lines[site, name] for name in need.any if (site, name) in lines)
        if line.within <= need.within
    ]
    if not fills:
        return np.ones(months), np.ones(months)
    closed = np.min([fill.closed for fill in fills], axis=0)
    planned = np.min([fill.planned for fill in fills], axis=0)
    return closed, planned
