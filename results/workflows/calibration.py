"""Hold the model of today, and its people, against what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.kpis.measure import measure
from results.runs.execution import Workers, task_runner
from results.validation.calibration import anchors, checked
from results.validation.people import PATHS, people_anchors, people_figures
from results.workflows.asked import Asked, baseline_or_now, data_folder
from results.workflows.defaults import CALIBRATING
from sim.experiment.experiment import Plan, replications_table

if TYPE_CHECKING:
    from pathlib import Path

    from results.validation.calibration import AnchorCheck
    from scenarios.schema.scenario import Scenario


def verify_calibration(
    *,
    replications: int | None = None,
    weeks: int | None = None,
    warmup: int | None = None,
    seed: int = 1,
    data: Path | str | None = None,
    baseline: Scenario | None = None,
    quick: bool = False,
    jobs: int = 1,
    workers: Workers | None = None,
) -> list[AnchorCheck]:
    """Simulate today, and the years of its people, and hold both against published figures.

    Parameters
    ----------
    replications, weeks
        Six replications of 26 weeks when left out.
    warmup, seed, data, quick, jobs, workers
        As of `results.simulate`.
    baseline
        What stands for today; the scenario `now` when left out.

    Returns
    -------
    list
        A check for each figure: the anchor, what was simulated, and whether it `holds`. Estimates
        among the anchors don't count.

    Raises
    ------
    ScenarioError, DataError, ResultsError
        The input is at fault.
    ReplicationError
        A replication failed.
    """
    asked = Asked(seed, weeks, warmup, data_folder(data), quick)
    now = baseline_or_now(baseline)
    setting = asked.setting([now], measure, CALIBRATING)
    plan = Plan.of((now,), replications or asked.length(CALIBRATING).replications, setting)
    with task_runner(workers or Workers.here(jobs), setting) as run_tasks:
        finished = run_tasks(plan.tasks())
    return [
        *checked(replications_table(finished), anchors()),
        *checked(people_figures(now, PATHS, seed), people_anchors()),
    ]
