"""The command that plays scenarios in many futures: sweep."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from files.options import Number, Whole
from results.commands.options import (
    lang_option,
    length_options,
    out_folder,
    scenario_names,
    scenarios_asked,
    settings_option,
    store_and_worker_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results.runs.execution import Workers
    from results.workflows.asked import Asked
    from sim.replication.replicate import Finished, Task


SWEPT = ("single-enschede", "single-almelo", "single-hengelo")


@click.command()
@scenario_names
@click.option(
    "--futures",
    "count",
    type=Whole(1, 100_000),
    default=128,
    show_default=True,
    help="How many futures.",
)
@click.option(
    "--simulate",
    "most",
    type=Whole(1, 100_000),
    default=128,
    show_default=True,
    help="How many of them are simulated at most; a surrogate gives the rest.",
)
@click.option(
    "--error",
    "allowed",
    type=Number(0, 1),
    default=0.05,
    show_default=True,
    help="Stop once the surrogate misses less than this share of each criterion's scale.",
)
@click.option(
    "--design",
    type=click.Choice(["sobol", "lhs", "morris"]),
    default="sobol",
    show_default=True,
    help="How futures are drawn; morris simulates all and shows effects one factor at a time.",
)
@click.option(
    "--factors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="YAML file of what is uncertain, instead of scenarios/futures.yaml.",
)
@settings_option
@lang_option
@out_folder("output/sweep", "Folder for the results; an earlier sweep in it is replaced.")
@length_options
@store_and_worker_options
def sweep(
    scenarios: tuple[str, ...],
    count: int,
    most: int,
    allowed: float,
    design: str,
    factors: Path | None,
    settings: tuple[str, ...],
    lang: str,
    out: Path,
    asked: Asked,
    workers: Workers,
) -> None:
    """Play scenarios in many futures: what is uncertain, drawn from ranges with a source.

    None named means the three single sites.
    Which uncertainty matters for which figure is printed and drawn; `twentezorg decide RUN
    --futures FOLDER` says what each choice is worth in all these futures.

    \b
    Examples:
      twentezorg sweep single-enschede single-almelo single-hengelo --futures 500
      twentezorg sweep now --design morris --futures 90 --weeks 6
    """
    from results.commands.console import Written, written_text
    from results.exploration.folder import check_sweep_out, sweep_text, write_sweep
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
    from results.runs.execution import task_runner, writing
    from results.runs.provenance import provenance
    from results.runs.study import Study, execution_facts
    from results.sizing.sizing import sized
    from scenarios.files import loading as files
    from scenarios.futures import load_factors

    started = time.monotonic()
    check_sweep_out(out)
    now = files.load("now", settings)
    named = scenarios_asked(scenarios or SWEPT, settings)
    futures = DrawnFutures.drawn(load_factors(factors), count, Design(design), asked.seed)
    setting = asked.setting([now, *named], measure)
    with task_runner(workers, setting, configuration_of) as run_tasks:
        whole = [sized(scenario, now, setting, run_tasks) for scenario in named]
        configurations = Study.of(whole, now).scenarios
        finished: list[Finished] = []

        def kept(tasks: Sequence[Task]) -> list[Finished]:
            found = run_tasks(tasks)
            finished.extend(replace(item, measures=[]) for item in found)  # how each ran
            return found

        tell = _nothing if workers.is_quiet else _tell
        simulated, surrogates = learned(kept, configurations, futures, most, allowed, tell)
    with writing(workers):
        kpis = completed(simulated, futures, surrogates)
        sensitivity = sensitivity_table(simulated, futures, surrogates, asked.seed)
        simulated_count = int(simulated["future"].nunique())
        manifest = workers.facts() | {
            "scenarios": [scenario.name for scenario in configurations],
            "futures": len(futures),
            "simulated": simulated_count,
            "design": design,
            "seed": asked.seed,
            "weeks": setting.weeks,
            "warmup_weeks": setting.warmup,
            **execution_facts(finished),
            **provenance(),
        }
        misses = surrogate_table(surrogates, simulated_count)
        write_sweep(out, manifest, futures, kpis, misses, sensitivity, lang, started)
    click.echo(sweep_text(sensitivity, misses, futures, lang))
    click.echo(f"\n{written_text({Written.FUTURES: out}, lang)}")


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _nothing(_text: str) -> None:
    """Tell nothing, to who asked for quiet."""
