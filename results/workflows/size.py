"""Find the least capacity at which targets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.kpis.measure import measure
from results.runs.execution import Workers, task_runner
from results.sizing.answer import Sizing
from results.sizing.sizing import least_capacity, simulated
from results.workflows.asked import Asked, baseline_or_now, chosen, data_folder
from results.workflows.defaults import MOST_CAPACITY, SIZING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from results.sizing.search import Attempt
    from scenarios.schema.scenario import Scenario


def size(
    scenario: Scenario | str | Path,
    targets: Sequence[str],
    resources: Sequence[str],
    *,
    most: float = MOST_CAPACITY,
    replications: int | None = None,
    weeks: int | None = None,
    warmup: int | None = None,
    seed: int = 1,
    data: Path | str | None = None,
    baseline: Scenario | None = None,
    quick: bool = False,
    jobs: int = 1,
    workers: Workers | None = None,
    tell: Callable[[Attempt], None] = lambda _: None,
) -> Sizing:
    """Find the least of some resources at which targets hold, by simulation.

    Parameters
    ----------
    scenario
        A scenario, a name that ships, or the path of a scenario file.
    targets
        What must hold: `kpi<=value`, `kpi@site>=value`; the value may be `now`, today's own.
    resources
        What may change: such as `ed.nurses`, `ward.beds@MST` or `ambulance.crews`.
    most
        The most that is tried, as a multiple of what the scenario has.
    replications
        Of each step; 3 when left out.
    weeks, warmup, seed, data, quick, jobs, workers
        As of `results.simulate`.
    baseline
        What `now` in a target is; the scenario `now` when left out.
    tell
        Is called with every step, as it is made.

    Raises
    ------
    ScenarioError, DataError, ResultsError
        The input is at fault, or the targets don't hold with the most that is tried.
    ReplicationError
        A replication failed.
    """
    asked = Asked(seed, weeks, warmup, data_folder(data), quick)
    (before,) = chosen([scenario])
    setting = asked.setting([before], measure, SIZING)
    with task_runner(workers or Workers.here(jobs), setting) as run_tasks:
        values = simulated(run_tasks, replications or asked.length(SIZING).replications)
        search, best, found = least_capacity(
            before, baseline_or_now(baseline), targets, resources, values, setting, most, tell
        )
        return Sizing.of(search, best, before, found)
