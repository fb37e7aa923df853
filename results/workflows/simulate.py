"""Simulate scenarios, compare them with doing nothing, and read such a run back."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.dataset.folder import load as load_data
from results.kpis.measure import measure
from results.publication.cache import FOLDER as DRAWINGS
from results.publication.publication import Publication
from results.runs import folder as folders
from results.runs.execution import Workers, task_runner
from results.runs.provenance import provenance
from results.runs.run import Run
from results.runs.study import Study
from results.sizing.sizing import sized
from results.statistics.precision import StoppingRule, precision_facts, until_precise
from results.workflows.asked import Asked, baseline_or_now, chosen, data_folder, with_own_people
from results.workflows.defaults import MOST_REPLICATIONS
from sim.experiment.experiment import Plan, replications_table
from sim.resources.site_points import new_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.schema.scenario import Scenario


def simulate(
    scenarios: Sequence[Scenario | str | Path] = (),
    *,
    replications: int | None = None,
    weeks: int | None = None,
    warmup: int | None = None,
    seed: int = 1,
    precision: float | None = None,
    at_most: int = MOST_REPLICATIONS,
    data: Path | str | None = None,
    baseline: Scenario | None = None,
    people: Path | str | None = None,
    quick: bool = False,
    jobs: int = 1,
    workers: Workers | None = None,
) -> Run:
    """Simulate scenarios and compare each with doing nothing in the same year.

    Parameters
    ----------
    scenarios
        Scenarios, names that ship, or paths of scenario files; every configuration that ships
        where there are none.
    replications
        Of each scenario; 16 when left out. With a precision the least number.
    weeks, warmup
        Measured weeks of each replication (13), and weeks before them (what the scenarios say).
    seed
        Same seed, same patients, same tables.
    precision
        Add replications until half the 95% interval of the KPIs in `precision.yaml` is at most
        this share of the mean.
    at_most
        The most replications of each scenario with a precision.
    data
        Folder of a built data set; the starter data set when left out.
    baseline
        What scenarios are compared with, taken to the year of each; `now` when left out. Neighbours
        are as the scenarios have them.
    people
        A CSV file of the hospitals' own numbers of people, for the baseline too; what is assumed
        of each team when left out.
    quick
        Two replications of six weeks where their number and length are left out.
    jobs
        Replications at the same time, each in a process of its own. A script then needs Python's
        usual `if __name__ == "__main__":`; a notebook doesn't.
    workers
        Who simulates, where what has finished is kept, and whether progress is shown; here, in the
        cache folder of the user, with progress, when left out.

    Returns
    -------
    Run
        Its tables are DataFrames; it can be saved, reported and drawn.

    Raises
    ------
    ScenarioError, DataError, ResultsError, FileError
        The input is at fault.
    ReplicationError
        A replication failed; the message names the scenario and the replication.
    """
    started = time.monotonic()
    own = None if people is None else Path(people)
    asked_for = chosen(scenarios)
    *named, now = with_own_people([*asked_for, baseline_or_now(baseline, asked_for)], own)
    asked = Asked(seed, weeks, warmup, data_folder(data), quick)
    workers = workers or Workers.here(jobs)
    setting = asked.setting([now, *named], measure)
    places = load_data(asked.data).with_places(new_places(*named))
    how = workers.facts()
    with task_runner(workers, setting) as run_tasks:
        study = Study.of([sized(scenario, now, setting, run_tasks) for scenario in named], now)
        reachability = study.reachability(places)
        plan = Plan.of(study.scenarios, replications or asked.length().replications, setting)
        reached = None
        if precision is None:
            finished = run_tasks(plan.tasks())
        else:
            rule = StoppingRule.shipped(precision)
            finished, reached = until_precise(
                lambda numbers: run_tasks(plan.tasks(numbers)),
                study.baselines,
                rule,
                replications or 1,
                at_most,
            )
            plan = replace(plan, replications=len(finished) // len(plan.scenarios))
            how["precision"] = precision_facts(reached, rule)
    names = ", ".join(repr(scenario.name) for scenario in named)
    call = (
        f"results.simulate([{names}], replications={plan.replications}, weeks={plan.weeks}, "
        f"warmup={plan.warmup}, seed={plan.seed}"
    )
    call += ")" if own is None else f", people={str(own)!r})"
    found = Run.from_replications(
        how | provenance(call) | study.facts(plan, finished, places),
        replications_table(finished),
        reachability,
        study.parameters_table(),
    )
    drawn = None if workers.store is None else workers.store.folder / DRAWINGS
    return replace(
        found,
        reached=tuple(reached or ()),
        publication=Publication(places, drawn, started, workers.jobs),
    )


def read_run(folder: Path | str, data: Path | str | None = None, jobs: int = 1) -> Run:
    """Read a run back that was saved, here or by `twentezorg run`.

    Parameters
    ----------
    folder
        Its folder.
    data
        Folder of the data set it used, for its maps; the starter data set when left out.
    jobs
        How many processes may draw it.

    Raises
    ------
    ResultsError
        A file is missing, can't be read, isn't the one the run wrote, or is of another version.
    """
    publication = Publication(load_data(data_folder(data)), jobs=jobs)
    return replace(folders.read_run(Path(folder)), publication=publication)
