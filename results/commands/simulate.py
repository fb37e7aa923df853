"""The commands that simulate: run, warmup and verify."""

from __future__ import annotations

import sys
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING

import click

from files.options import Number, Whole
from results.commands.options import (
    EXIT_OURS,
    baseline_asked,
    data_option,
    lang_option,
    length_options,
    out_folder,
    people_option,
    print_comparison,
    replications_option,
    scenario_names,
    scenarios_asked,
    seed_option,
    settings_option,
    store_and_worker_options,
    worker_options,
)
from results.workflows.defaults import MOST_REPLICATIONS, WARMING_UP

if TYPE_CHECKING:
    from results.runs.execution import Workers
    from results.workflows.asked import Asked


@click.command()
@scenario_names
@settings_option
@lang_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("output/run"),
    show_default=True,
    help="Folder for the results; an earlier run in it is replaced.",
)
@replications_option(
    "Replications of each scenario; 16 when left out. With --precision the least number."
)
@click.option(
    "--precision",
    type=Number(0, 1, is_open=True),
    metavar="P",
    help="Add replications until half the 95% interval of the median stay at the ED, A1 within 15 "
    "minutes and decision to incision is at most this share of the mean, such as 0.05.",
)
@click.option(
    "--at-most",
    type=Whole(1, 1000),
    default=MOST_REPLICATIONS,
    show_default=True,
    help="With --precision: the most replications of each scenario.",
)
@people_option
@length_options
@store_and_worker_options
def run(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    lang: str,
    out: Path,
    people: Path | None,
    replications: int | None,
    precision: float | None,
    at_most: int,
    asked: Asked,
    workers: Workers,
) -> None:
    """Simulate scenarios and write tables, maps and a report.

    None named means every configuration that ships (not the surges).

    \b
    Examples:
      twentezorg run --quick --out output/try
      twentezorg run single-enschede my-scenario.yaml --replications 20
      twentezorg run --precision 0.05 --at-most 40
      twentezorg run now --set demand.ed.level=1.0 --out output/busier
    """
    from results.commands.console import Written, written_text
    from results.runs.execution import writing
    from results.runs.folder import check_out
    from results.statistics.precision import StoppingRule, precision_text
    from results.workflows.asked import baseline_warning
    from results.workflows.load import load_warning, people_of
    from results.workflows.simulate import simulate

    check_out(out)
    asked_for = scenarios_asked(scenarios, settings)
    baseline = baseline_asked(settings)
    inhabitants = people_of(asked.data)
    for warning in (
        baseline_warning(baseline),
        *(load_warning(scenario, inhabitants) for scenario in asked_for),
    ):
        if warning:
            click.echo(warning, err=True)
    done = simulate(
        asked_for,
        baseline=baseline,
        people=people,
        replications=replications,
        precision=precision,
        at_most=at_most,
        workers=workers,
        **asked.options(),
    )
    with writing(workers):
        done.save(out, lang)
    print_comparison(done.comparison, lang)
    said = ""
    if precision is not None:
        rule, count = StoppingRule.shipped(precision), int(done.manifest["replications"])
        said = f"\n{precision_text(done.reached, rule, count, lang)}"
    where = {Written.REPORT: out / "report.html", Written.TABLES: out}
    click.echo(f"{said}\n{written_text(where, lang)}")


@click.command("warmup")
@scenario_names
@settings_option
@data_option
@lang_option
@out_folder("output/warmup", "Folder for the figures and the series by day.")
@seed_option
@click.option(
    "--replications",
    type=Whole(2, 1000),
    default=WARMING_UP.replications,
    show_default=True,
    help="Replications that are averaged; with few, both methods see a trend in noise.",
)
@click.option(
    "--weeks",
    type=Whole(8, 520),
    default=WARMING_UP.weeks,
    show_default=True,
    help="Weeks from the start of each; the second half is what is settled for.",
)
@worker_options
def find_warm_up(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    data: Path | None,
    lang: str,
    out: Path,
    seed: int,
    replications: int,
    weeks: int,
    workers: Workers,
) -> None:
    """Show how long a run has to warm up, by MSER-5 and by Welch's plot.

    None named means `now`, whose warm-up the scenarios that ship share. What a scenario uses stands
    in its file (warmup), and `run --warmup` overrides it.

    \b
    Examples:
      twentezorg warmup
      twentezorg warmup single-enschede --set warmup.start=empty
    """
    from results.language.parameter_names import translated
    from results.language.words import words
    from results.statistics.warmup import warmup_text
    from results.workflows.warm_up import warm_up
    from scenarios.files.shipped import BASELINE

    found = warm_up(
        scenarios_asked(scenarios or (BASELINE,), settings),
        replications=replications,
        weeks=weeks,
        seed=seed,
        data=data,
        workers=workers,
    )
    found.save(out, lang)
    for scenario in found.scenarios:
        in_use = scenario.warmup
        click.echo(warmup_text(found.of(scenario.name)))
        rule = spoken("in use: {weeks} weeks, start {start}: {source}\n")
        why = translated(in_use.source, words(lang))
        click.echo(rule.format(weeks=in_use.weeks, start=in_use.start, source=why))
    click.echo(spoken("figures and series: {folder}").format(folder=out))


@click.command("verify")
@click.option(
    "--calibration",
    is_flag=True,
    help="Simulate today and compare with published figures instead.",
)
@settings_option
@replications_option("Replications of each today.")
@length_options
@store_and_worker_options
def verify_model(
    calibration: bool,  # noqa: FBT001 - a flag of the command line
    settings: tuple[str, ...],
    replications: int | None,
    asked: Asked,
    workers: Workers,
) -> None:
    """Check the model: queueing theory, or with --calibration what is known of today.

    Exit code 1 when a check fails. Estimates among the anchors are shown and don't decide.

    \b
    Examples:
      twentezorg verify
      twentezorg verify --calibration --quick
    """
    from results.validation.calibration import all_hold, calibration_text
    from results.validation.queueing_theory import theory_text, verify
    from results.workflows.calibration import verify_calibration

    if calibration:
        found = verify_calibration(
            replications=replications,
            baseline=baseline_asked(settings),
            workers=workers,
            **asked.options(),
        )
        click.echo(calibration_text(found))
        is_good = all_hold(found)
    else:
        theory = verify()
        click.echo(theory_text(theory))
        is_good = all(check.holds for check in theory)
    sys.exit(0 if is_good else EXIT_OURS)
