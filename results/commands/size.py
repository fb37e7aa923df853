"""The command that finds the least capacity at which targets hold: size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from files.options import Number
from results.commands.options import (
    baseline_asked,
    lang_option,
    length_options,
    out_file,
    replications_option,
    scenario_asked,
    settings_option,
    store_and_worker_options,
)
from results.workflows.defaults import MOST_CAPACITY

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
    default=MOST_CAPACITY,
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
    from results.workflows.size import size

    out.parent.mkdir(parents=True, exist_ok=True)  # a search takes minutes: fail before it
    found = size(
        scenario_asked(scenario, settings),
        targets,
        resources,
        most=most,
        replications=replications,
        baseline=baseline_asked(settings),
        workers=workers,
        tell=lambda step: click.echo(step.line(lang)),
        **asked.options(),
    )
    write_csv(found.steps, out)
    click.echo(f"\n{found.text(lang)}\n{written_text({Written.STEPS: out}, lang)}")
