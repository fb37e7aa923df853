"""The command that finds the least capacity at which targets hold: size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from files.options import Number
from results.commands.options import (
    lang_option,
    length_options,
    out_file,
    replications_option,
    settings_option,
    store_and_worker_options,
)

if TYPE_CHECKING:
    from pathlib import Path

    from results.runs.execution import Workers
    from results.workflows.asked import Asked


@click.command("size")
@click.argument("scenario")
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    metavar="KPI<=VALUE",
    help="What must hold: KPI[@SITE]<=VALUE or >=VALUE; VALUE may be 'now', today's own.",
)
@click.option(
    "--resource",
    "resources",
    multiple=True,
    required=True,
    metavar="RESOURCE",
    help="What may change: such as ed.nurses, ward.beds@MST or ambulance.crews.",
)
@click.option(
    "--most",
    type=Number(1, 20),
    default=2.0,
    show_default=True,
    help="The most that is tried, as a multiple of what the scenario has.",
)
@settings_option
@out_file("output/size.csv", "CSV file for every step of the search.")
@replications_option("Replications of each step.")
@lang_option
@length_options
@store_and_worker_options
def size_scenario(
    scenario: str,
    targets: tuple[str, ...],
    resources: tuple[str, ...],
    most: float,
    settings: tuple[str, ...],
    out: Path,
    replications: int | None,
    lang: str,
    asked: Asked,
    workers: Workers,
) -> None:
    """Find the least capacity at which targets hold, by simulation; every step is shown.

    \b
    Examples:
      twentezorg size single-enschede --target "ed.wait_doctor.p95<=30" --resource ed.doctors
      twentezorg size single-almelo --resource ambulance.crews \\
        --target "ambulance.a1.within_15>=now" --out output/run/size-almelo.csv

    Searches for crews in the folder of a run (size….csv) are told in its report.
    """
    from files.formulas import write_csv
    from results.commands.console import Written, written_text
    from results.kpis.measure import measure
    from results.runs.execution import task_runner
    from results.sizing.sizing import answer_text, simulated, size
    from results.workflows.asked import SIZING
    from scenarios.files import loading as files

    chosen, now = files.load(scenario, settings), files.load("now", settings)
    setting = asked.setting([chosen], measure, SIZING)
    out.parent.mkdir(parents=True, exist_ok=True)  # a search takes minutes: fail before it
    with task_runner(workers, setting) as run_tasks:
        values = simulated(run_tasks, replications or asked.length(SIZING).replications)
        search, best, found = size(
            chosen,
            now,
            targets,
            resources,
            values,
            setting,
            most,
            lambda step: click.echo(step.line(lang)),
        )
        answer = answer_text(search, best, found, chosen, lang)
    write_csv(search.found(best, chosen.name, chosen.horizon_year), out)
    click.echo(f"\n{answer}\n{written_text({Written.STEPS: out}, lang)}")
