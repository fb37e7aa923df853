"""Play one replication of a run again, to see what happened in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.dataset.folder import load as load_data
from results.kpis.measure import measure
from results.replay.replay import Replay, replay
from results.runs.execution import Workers, task_runner
from results.sizing.sizing import sized
from results.workflows.asked import Asked, baseline_or_now, chosen, data_folder

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.schema.scenario import Scenario


def play_again(
    scenario: Scenario | str | Path,
    replication: int = 0,
    *,
    weeks: int | None = None,
    warmup: int | None = None,
    seed: int = 1,
    data: Path | str | None = None,
    baseline: Scenario | None = None,
    quick: bool = False,
) -> Replay:
    """Play one replication again, with every step of every patient.

    Parameters
    ----------
    scenario
        A scenario, a name that ships, or the path of a scenario file.
    replication
        Which; the first is 0.
    weeks, warmup, seed, data, baseline, quick
        Those of the run, as of `results.simulate`, for the same people to come.

    Raises
    ------
    ScenarioError, DataError, ResultsError
        The input is at fault.
    """
    asked = Asked(seed, weeks, warmup, data_folder(data), quick)
    now, (named,) = baseline_or_now(baseline), chosen([scenario])
    setting = asked.setting([now, named], measure)
    with task_runner(Workers(), setting) as run_tasks:
        named = sized(named, now, setting, run_tasks)
    return replay(named, load_data(asked.data), setting, replication)
