"""Play scenarios in many futures: what is uncertain, drawn from ranges with a source."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from results.exploration.folder import Sweep
from results.exploration.sweep import (
    Design,
    DrawnFutures,
    completed,
    configuration_of,
    learned,
    sensitivity_table,
    surrogate_table,
)
from results.kpis.measure import measure
from results.runs.execution import Workers, task_runner, writing
from results.runs.provenance import provenance, wall_seconds
from results.runs.study import Study, execution_facts
from results.sizing.sizing import sized
from results.workflows.asked import Asked, baseline_or_now, chosen, data_folder
from results.workflows.defaults import ALLOWED_ERROR, FUTURES, SWEPT
from scenarios.futures import in_play, load_factors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scenarios.schema.scenario import Scenario
    from sim.replication.replicate import Finished, Task


def sweep(
    scenarios: Sequence[Scenario | str | Path] = SWEPT,
    *,
    futures: int = FUTURES,
    at_most: int = FUTURES,
    error: float = ALLOWED_ERROR,
    design: Design | str = Design.SOBOL,
    factors: Path | None = None,
    weeks: int | None = None,
    warmup: int | None = None,
    seed: int = 1,
    data: Path | str | None = None,
    baseline: Scenario | None = None,
    quick: bool = False,
    jobs: int = 1,
    workers: Workers | None = None,
) -> Sweep:
    """Play scenarios, and doing nothing in their years, in many futures.

    Parameters
    ----------
    scenarios
        Scenarios, names that ship, or paths of scenario files; the three single sites when left
        out.
    futures
        How many.
    at_most
        How many of them are simulated at most; a surrogate gives the rest.
    error
        Simulate no more once the surrogate misses less than this share of each criterion's scale.
    design
        How futures are drawn: `sobol`, `lhs`, or `morris`, which simulates all of them.
    factors
        YAML file of what is uncertain, instead of `scenarios/futures.yaml`.
    weeks, warmup, seed, data, baseline, quick, jobs, workers
        As of `results.simulate`.

    Raises
    ------
    ScenarioError, DataError, FileError, ResultsError
        The input is at fault, or too few futures are simulated to learn from.
    ReplicationError
        A replication failed.
    """
    started = time.monotonic()
    asked = Asked(seed, weeks, warmup, data_folder(data), quick)
    workers = workers or Workers.here(jobs)
    named = chosen(scenarios)
    now = baseline_or_now(baseline, named)
    uncertain = in_play(load_factors(factors), [now, *named])
    drawn = DrawnFutures.drawn(uncertain, futures, Design(design), seed)
    setting = asked.setting([now, *named], measure)
    with task_runner(workers, setting, configuration_of) as run_tasks:
        whole = [sized(scenario, now, setting, run_tasks) for scenario in named]
        configurations = Study.of(whole, now).scenarios
        finished: list[Finished] = []

        def kept(tasks: Sequence[Task]) -> list[Finished]:
            found = run_tasks(tasks)
            finished.extend(replace(item, measures=[]) for item in found)  # how each ran
            return found

        simulated, surrogates = learned(kept, configurations, drawn, at_most, error, workers.tell)
    names = ", ".join(repr(scenario.name) for scenario in named)
    call = (
        f"results.sweep([{names}], futures={futures}, at_most={at_most}, error={error}, "
        f"design='{Design(design)}', weeks={setting.weeks}, warmup={setting.warmup}, seed={seed})"
    )
    with writing(workers):
        count = int(simulated["future"].nunique())
        kpis = completed(simulated, drawn, surrogates)
        sensitivity = sensitivity_table(simulated, drawn, surrogates, seed)
        manifest = workers.facts() | {
            "scenarios": [scenario.name for scenario in configurations],
            "futures": len(drawn),
            "simulated": count,
            "design": Design(design).value,
            "seed": seed,
            "weeks": setting.weeks,
            "warmup_weeks": setting.warmup,
            **execution_facts(finished),
            **provenance(call),
            "wall_seconds": wall_seconds(started),
        }
        misses = surrogate_table(surrogates, count)
    return Sweep(manifest, drawn, kpis, misses, sensitivity)
