"""What it means: simulate, compare, weigh, draw and report.

>>> import results
>>> results.reachability(["now"])
<Reachability of now>

The names below are what a user needs; each is imported from where it lives when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from files.errors import FileError as FileError
    from results.decision.analysis import Decision as Decision
    from results.decision.analysis import decide as decide
    from results.decision.futures import read_futures as read_futures
    from results.decision.terminal_table import decision_text as decision_text
    from results.decision.weights import Stakeholder as Stakeholder
    from results.decision.weights import read_weights as read_weights
    from results.errors import ResultsError as ResultsError
    from results.kpis.criteria import criteria as criteria
    from results.kpis.measure import measure as measure
    from results.runs.execution import Workers as Workers
    from results.runs.run import Run as Run
    from results.validation.queueing_theory import verify as verify
    from results.workflows.calibration import verify_calibration as verify_calibration
    from results.workflows.reachability import reachability as reachability
    from results.workflows.simulate import read_run as read_run
    from results.workflows.simulate import simulate as simulate
    from results.workflows.size import size as size
    from results.workflows.sweep import sweep as sweep
    from results.workflows.warm_up import warm_up as warm_up

    __version__: str
else:
    from files.face import face

    __all__, __dir__, __getattr__ = face(
        __name__,
        {
            "files.errors": ("FileError",),
            "results.decision.analysis": ("Decision", "decide"),
            "results.decision.futures": ("read_futures",),
            "results.decision.terminal_table": ("decision_text",),
            "results.decision.weights": ("Stakeholder", "read_weights"),
            "results.errors": ("ResultsError",),
            "results.kpis.criteria": ("criteria",),
            "results.kpis.measure": ("measure",),
            "results.runs.execution": ("Workers",),
            "results.runs.run": ("Run",),
            "results.workflows.reachability": ("reachability",),
            "results.workflows.simulate": ("read_run", "simulate"),
            "results.workflows.size": ("size",),
            "results.workflows.sweep": ("sweep",),
            "results.validation.queueing_theory": ("verify",),
            "results.workflows.calibration": ("verify_calibration",),
            "results.workflows.warm_up": ("warm_up",),
        },
    )
