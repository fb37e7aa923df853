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
    default=50,
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
    from results.statistics.precision import Rule, precision_text
    from results.workflows.asked import baseline_warning, with_own_people
    from results.workflows.load import load_warning, people_of
    from results.workflows.simulate import simulate
    from scenarios.files.loading import load

    check_out(out)
    both = [*scenarios_asked(scenarios, settings), load("now", settings)]
    *asked_for, baseline = with_own_people(both, people)
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
        replications=replications,
        weeks=asked.weeks,
        warmup=asked.warmup,
        seed=asked.seed,
        precision=precision,
        at_most=at_most,
        data=asked.data,
        quick=asked.is_quick,
        workers=workers,
    )
    with writing(workers):
        done.save(out, lang)
    print_comparison(done.comparison, lang)
    said = ""
    if precision is not None:
        rule, count = Rule.shipped(precision), int(done.manifest["replications"])
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
    default=20,
    show_default=True,
    help="Replications that are averaged; with few, both methods see a trend in noise.",
)
@click.option(
    "--weeks",
    type=Whole(8, 520),
    default=26,
    show_default=True,
    help="Weeks from the start of each; the second half is what is settled for.",
)
@worker_options
def warm_up(
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
    from files.formulas import write_csv
    from results.language.parameter_names import translated
    from results.language.words import words
    from results.rendering.warmup import draw_warmup
    from results.runs.execution import task_runner
    from results.statistics.warmup import by_day, days_table, settlings, warmup_text
    from sim.experiment.experiment import Plan, replications_table
    from sim.replication.replicate import Setting

    setting = Setting(seed, weeks, warmup=0, data_folder=data, measure=by_day)
    named = tuple(scenarios_asked(scenarios or ("now",), settings))
    with task_runner(workers, setting) as run_tasks:
        finished = run_tasks(Plan.of(named, replications, setting).tasks())
    found = settlings(replications_table(finished))
    out.mkdir(parents=True, exist_ok=True)
    for scenario in named:
        own = [item for item in found if item.scenario == scenario.name]
        draw_warmup(own, out / f"{scenario.name}.png", lang)
        in_use = scenario.warmup
        click.echo(warmup_text(own))
        rule = spoken("in use: {weeks} weeks, start {start}: {source}\n")
        why = translated(in_use.source, words(lang))
        click.echo(rule.format(weeks=in_use.weeks, start=in_use.start, source=why))
    write_csv(days_table(found), out / "warmup.csv")
    click.echo(spoken("figures and series: {folder}").format(folder=out))


@click.command()
@click.option(
    "--calibration",
    is_flag=True,
    help="Simulate today and compare with published figures instead.",
)
@settings_option
@replications_option("Replications of each today.")
@length_options
@store_and_worker_options
def verify(
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
    from results.kpis.measure import measure
    from results.runs.execution import task_runner
    from results.validation.calibration import all_hold, anchors, calibration_text, checked
    from results.validation.people import PATHS, people_anchors, people_figures
    from results.validation.queueing_theory import theory_checks, theory_text
    from results.workflows.asked import CALIBRATING
    from scenarios.files import loading as files
    from sim.experiment.experiment import Plan, replications_table

    if not calibration:
        theory = theory_checks()
        click.echo(theory_text(theory))
        sys.exit(0 if all(check.holds for check in theory) else EXIT_OURS)
    now = files.load("now", settings)
    setting = asked.setting([now], measure, CALIBRATING)
    plan = Plan.of((now,), replications or asked.length(CALIBRATING).replications, setting)
    with task_runner(workers, setting) as run_tasks:
        finished = run_tasks(plan.tasks())
    found = checked(replications_table(finished), anchors())
    click.echo(calibration_text(found))
    people = checked(people_figures(now, PATHS, setting.seed), people_anchors())
    click.echo(f"\n{calibration_text(people)}")
    sys.exit(0 if all_hold([*found, *people]) else EXIT_OURS)
