"""What it means: simulate, compare, weigh, draw and report.

>>> import results
>>> results.reachability(["now"])
<Reachability of now>

The names below are what a user needs; each is imported from where it lives when it is asked for, so
that a command which needs none of it starts at once.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from results.decision.analysis import Decision as Decision
    from results.decision.analysis import decide as decide
    from results.decision.futures import read_futures as read_futures
    from results.decision.terminal_table import decision_text as decision_text
    from results.decision.weights import Stakeholder as Stakeholder
    from results.decision.weights import read_weights as read_weights
    from results.errors import ResultsError as ResultsError
    from results.kpis.catalogue import Kpi as Kpi
    from results.kpis.catalogue import headline_kpis as headline_kpis
    from results.kpis.criteria import Criterion as Criterion
    from results.kpis.criteria import criteria as criteria
    from results.kpis.measure import measure as measure
    from results.runs.execution import Workers as Workers
    from results.runs.folder import compare_with as compare_with
    from results.runs.picture import Picture as Picture
    from results.runs.run import Run as Run
    from results.workflows.reachability import Reachability as Reachability
    from results.workflows.reachability import reachability as reachability
    from results.workflows.simulate import read_run as read_run
    from results.workflows.simulate import simulate as simulate

    __version__: str

_HOMES = {
    "Workers": "results.runs.execution",
    "Criterion": "results.kpis.criteria",
    "Decision": "results.decision.analysis",
    "Kpi": "results.kpis.catalogue",
    "Picture": "results.runs.picture",
    "Reachability": "results.workflows.reachability",
    "ResultsError": "results.errors",
    "Run": "results.runs.run",
    "Stakeholder": "results.decision.weights",
    "compare_with": "results.runs.folder",
    "criteria": "results.kpis.criteria",
    "decide": "results.decision.analysis",
    "decision_text": "results.decision.terminal_table",
    "headline_kpis": "results.kpis.catalogue",
    "measure": "results.kpis.measure",
    "reachability": "results.workflows.reachability",
    "read_futures": "results.decision.futures",
    "read_run": "results.workflows.simulate",
    "read_weights": "results.decision.weights",
    "simulate": "results.workflows.simulate",
}
__all__ = [
    "Criterion",
    "Decision",
    "Kpi",
    "Picture",
    "Reachability",
    "ResultsError",
    "Run",
    "Stakeholder",
    "Workers",
    "compare_with",
    "criteria",
    "decide",
    "decision_text",
    "headline_kpis",
    "measure",
    "reachability",
    "read_futures",
    "read_run",
    "read_weights",
    "simulate",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the face from its home (PEP 562)."""
        if name == "__version__":
            return version("twentezorg")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the face."""
    return [*__all__]
