"""The command that plays scenarios in many futures: sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from files.options import Number, Whole
from results.commands.options import (
    baseline_asked,
    lang_option,
    length_options,
    out_folder,
    scenario_names,
    scenarios_asked,
    settings_option,
    store_and_worker_options,
)
from results.workflows.defaults import ALLOWED_ERROR, FUTURES, SWEPT

if TYPE_CHECKING:
    from results.runs.execution import Workers
    from results.workflows.asked import Asked


@click.command("sweep")
@scenario_names
@click.option(
    "--futures",
    "count",
    type=Whole(1, 100_000),
    default=FUTURES,
    show_default=True,
    help="How many futures.",
)
@click.option(
    "--simulate",
    "at_most",
    type=Whole(1, 100_000),
    default=FUTURES,
    show_default=True,
    help="How many of them are simulated at most; a surrogate gives the rest.",
)
@click.option(
    "--error",
    type=Number(0, 1),
    default=ALLOWED_ERROR,
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
def sweep_scenarios(
    scenarios: tuple[str, ...],
    count: int,
    at_most: int,
    error: float,
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
    from results.exploration.folder import check_sweep_out
    from results.runs.execution import writing
    from results.workflows.sweep import sweep

    check_sweep_out(out)
    found = sweep(
        scenarios_asked(scenarios or SWEPT, settings),
        futures=count,
        at_most=at_most,
        error=error,
        design=design,
        factors=factors,
        baseline=baseline_asked(settings),
        workers=workers,
        **asked.options(),
    )
    with writing(workers):
        found.save(out, lang)
    click.echo(found.text(lang))
    click.echo(f"\n{written_text({Written.FUTURES: out}, lang)}")
