"""The commands that simulate: run, sweep, size, warmup and verify."""

from __future__ import annotations

import shlex
import sys
import time
from collections import deque
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from results.options import (
    EXIT_OURS,
    QUICK,
    USUAL,
    backend_option,
    data_option,
    jobs_option,
    lang_option,
    no_store_option,
    print_comparison,
    quick_option,
    run_store,
    scenario_names,
    scenarios_asked,
    scheduler_option,
    seed_option,
    settings_option,
    store_option,
    warmup_option,
    warmup_weeks,
    weeks_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sim.experiment import Plan
    from sim.replication import Finished, Task
    from sim.store import Store

SIZING = {"replications": 3, "weeks": 13}
CALIBRATING = {"replications": 6, "weeks": 26}
SWEPT = ("single-enschede", "single-almelo", "single-hengelo")


@click.command()
@scenario_names
@settings_option
@data_option
@lang_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("output/run"),
    show_default=True,
    help="Folder for the results; an earlier run in it is replaced.",
)
@seed_option
@click.option(
    "--replications",
    type=click.IntRange(1, 1000),
    help=f"Replications of each scenario; {USUAL['replications']} when left out. "
    "With --precision the least number.",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    help="Add replications until half the 95% interval of the median stay at the ED, A1 within 15 "
    "minutes and decision to incision is at most this share of the mean, such as 0.05.",
)
@click.option(
    "--at-most",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="With --precision: the most replications of each scenario.",
)
@weeks_option
@warmup_option
@jobs_option
@backend_option
@scheduler_option
@store_option
@no_store_option
@quick_option
@click.option("--quiet", is_flag=True, help="No progress.")
def run(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    data: Path | None,
    lang: str,
    out: Path,
    seed: int,
    replications: int | None,
    precision: float | None,
    at_most: int,
    weeks: int | None,
    warmup: int | None,
    jobs: int,
    backend: str,
    scheduler: str | None,
    store_folder: Path | None,
    no_store: bool,  # noqa: FBT001 - a flag of the command line
    quick: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
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
    from geodata.dataset import load
    from results.drawings import FOLDER as DRAWINGS
    from results.kpi import measure
    from results.precision import Rule, precision_facts, precision_text, until_precise
    from results.run_folder import check_out, write_run
    from results.sizing import Setup, sized
    from results.study import Study
    from scenarios import files
    from sim.experiment import Plan, replications_table

    started = time.monotonic()
    check_out(out)
    length = QUICK if quick else USUAL
    now = files.load("now", settings)
    asked = scenarios_asked(scenarios, settings)
    warmup = warmup_weeks(warmup, [now, *asked])
    setup = Setup(
        replications=1,
        seed=seed,
        weeks=weeks or length["weeks"],
        warmup=warmup,
        jobs=1,
        data_folder=data,
    )
    study = Study.of([sized(scenario, now, setup) for scenario in asked], now)
    places = load(data)
    reachability = study.reachability(places)
    plan = Plan(
        scenarios=study.scenarios,
        replications=replications or length["replications"],
        seed=seed,
        weeks=weeks or length["weeks"],
        warmup=warmup,
        data_folder=data,
        measure=measure,
    )
    store = None if no_store else run_store(store_folder)
    crew = (backend, jobs, scheduler)
    how = {"backend": backend, "jobs": jobs}
    said = ""
    if precision is None:
        finished = _finished(plan, crew, store, quiet=quiet)
    else:
        rule = Rule.shipped(precision)
        finished, reached = until_precise(
            lambda numbers: _finished(plan, crew, store, numbers, quiet=quiet),
            study.baselines,
            rule,
            replications or 1,
            at_most,
        )
        plan = replace(plan, replications=len(finished) // len(plan.scenarios))
        how["precision"] = precision_facts(reached, rule)
        said = f"\n{precision_text(reached, rule, plan.replications)}"
    manifest = how | _provenance(started) | study.facts(plan, finished, places)
    written = write_run(
        out,
        manifest,
        replications_table(finished),
        reachability,
        study.parameters_table(),
        places,
        lang,
        None if store is None else store.folder / DRAWINGS,
    )
    print_comparison(written.comparison, lang)
    click.echo(f"{said}\nreport: {out / 'report.html'}\ntables: {out}")


@click.command("warmup")
@scenario_names
@settings_option
@data_option
@lang_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output/warmup"),
    show_default=True,
    help="Folder for the figures and the series by day.",
)
@seed_option
@click.option(
    "--replications",
    type=click.IntRange(2, 1000),
    default=20,
    show_default=True,
    help="Replications that are averaged; with few, both methods see a trend in noise.",
)
@click.option(
    "--weeks",
    type=click.IntRange(8, 520),
    default=26,
    show_default=True,
    help="Weeks from the start of each; the second half is what is settled for.",
)
@jobs_option
@click.option("--quiet", is_flag=True, help="No progress.")
def warm_up(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    data: Path | None,
    lang: str,
    out: Path,
    seed: int,
    replications: int,
    weeks: int,
    jobs: int,
    quiet: bool,  # noqa: FBT001
) -> None:
    """Show how long a run has to warm up, by MSER-5 and by Welch's plot.

    None named means `now`, whose warm-up the scenarios that ship share. What a scenario uses stands
    in its file (warmup), and `run --warmup` overrides it.

    \b
    Examples:
      twentezorg warmup
      twentezorg warmup single-enschede --set warmup.start=empty
    """
    from results.tables import write_csv
    from results.warmup import by_day, days_table, settlings, warmup_text
    from results.warmup_figure import draw_warmup
    from sim.experiment import Plan, replications_table

    plan = Plan(
        scenarios=tuple(scenarios_asked(scenarios or ("now",), settings)),
        replications=replications,
        seed=seed,
        weeks=weeks,
        warmup=0,
        data_folder=data,
        measure=by_day,
    )
    finished = _finished(plan, ("processes", jobs, None), None, quiet=quiet)
    found = settlings(replications_table(finished))
    out.mkdir(parents=True, exist_ok=True)
    for scenario in plan.scenarios:
        own = [item for item in found if item.scenario == scenario.name]
        draw_warmup(own, out / f"{scenario.name}.png", lang)
        in_use = scenario.warmup
        click.echo(warmup_text(own))
        click.echo(f"in use: {in_use.weeks} weeks, start {in_use.start}: {in_use.source}\n")
    write_csv(days_table(found), out / "warmup.csv")
    click.echo(f"figures and series: {out}")


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
    type=click.FloatRange(1, 20),
    default=2.0,
    show_default=True,
    help="The most that is tried, as a multiple of what the scenario has.",
)
@settings_option
@data_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("output/size.csv"),
    show_default=True,
    help="CSV file for every step of the search.",
)
@seed_option
@click.option("--replications", type=click.IntRange(1, 1000), help="Replications of each step.")
@weeks_option
@warmup_option
@jobs_option
@quick_option
def size_scenario(
    scenario: str,
    targets: tuple[str, ...],
    resources: tuple[str, ...],
    most: float,
    settings: tuple[str, ...],
    data: Path | None,
    out: Path,
    seed: int,
    replications: int | None,
    weeks: int | None,
    warmup: int | None,
    jobs: int,
    quick: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Find the least capacity at which targets hold, by simulation; every step is shown.

    \b
    Examples:
      twentezorg size single-enschede --target "ed.wait_doctor.p95<=30" --resource ed.doctors
      twentezorg size single-almelo --resource ambulance.crews \\
        --target "ambulance.a1.within_15>=now"
    """
    from results.sizing import Setup, answer_text, size
    from results.tables import write_csv
    from scenarios import files

    asked = files.load(scenario, settings)
    length = QUICK if quick else SIZING
    setup = Setup(
        replications=replications or length["replications"],
        seed=seed,
        weeks=weeks or length["weeks"],
        warmup=warmup_weeks(warmup, [asked]),
        jobs=jobs,
        data_folder=data,
    )
    search, best, found = size(
        asked, files.load("now", settings), targets, resources, setup, most, click.echo
    )
    answer = answer_text(search, best, found, asked)
    write_csv(search.table(), out)
    click.echo(f"\nleast capacity at which every target holds in {asked.name}:")
    click.echo(answer)
    click.echo(f"steps: {out}")


@click.command()
@scenario_names
@click.option(
    "--futures",
    "count",
    type=click.IntRange(1, 100_000),
    default=128,
    show_default=True,
    help="How many futures.",
)
@click.option(
    "--simulate",
    "most",
    type=click.IntRange(1, 100_000),
    default=128,
    show_default=True,
    help="How many of them are simulated at most; a surrogate gives the rest.",
)
@click.option(
    "--error",
    "allowed",
    type=click.FloatRange(0, 1),
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
@data_option
@lang_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output/sweep"),
    show_default=True,
    help="Folder for the results; an earlier sweep in it is replaced.",
)
@seed_option
@weeks_option
@warmup_option
@jobs_option
@backend_option
@scheduler_option
@store_option
@no_store_option
@quick_option
@click.option("--quiet", is_flag=True, help="No progress.")
def sweep(
    scenarios: tuple[str, ...],
    count: int,
    most: int,
    allowed: float,
    design: str,
    factors: Path | None,
    settings: tuple[str, ...],
    data: Path | None,
    lang: str,
    out: Path,
    seed: int,
    weeks: int | None,
    warmup: int | None,
    jobs: int,
    backend: str,
    scheduler: str | None,
    store_folder: Path | None,
    no_store: bool,  # noqa: FBT001 - a flag of the command line
    quick: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
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
    from results.kpi import measure
    from results.progress import with_progress
    from results.sizing import Setup, sized
    from results.study import Study
    from results.sweep import (
        Design,
        Futures,
        completed,
        learned,
        sensitivity_table,
        surrogate_table,
    )
    from results.sweep_folder import check_sweep_out, sweep_text, write_sweep
    from scenarios import files
    from scenarios.futures import load_factors
    from sim.backends import Backend
    from sim.experiment import Experiment
    from sim.replication import Setting

    started = time.monotonic()
    check_sweep_out(out)
    now = files.load("now", settings)
    asked = scenarios_asked(scenarios or SWEPT, settings)
    futures = Futures.drawn(load_factors(factors), count, Design(design), seed)
    weeks = weeks or (QUICK if quick else USUAL)["weeks"]
    warmup = warmup_weeks(warmup, [now, *asked])
    setup = Setup(1, seed, weeks, warmup, jobs, data)
    configurations = Study.of([sized(scenario, now, setup) for scenario in asked], now).scenarios
    store = None if no_store else run_store(store_folder)
    setting = Setting(seed, weeks, warmup, data, measure)
    with Experiment(setting, Backend(backend), jobs, scheduler, store) as experiment:

        def play(tasks: list[Task]) -> list[Finished]:
            with closing(experiment.run(tasks)) as items:
                return list(items if quiet else with_progress(items, tasks, sys.stderr))

        try:
            simulated, surrogates = learned(play, configurations, futures, most, allowed, _tell)
        except KeyboardInterrupt:
            kept = "nothing was kept" if store is None else "the same command goes on from there"
            raise KeyboardInterrupt(kept) from None
    kpis = completed(simulated, futures, surrogates)
    sensitivity = sensitivity_table(simulated, futures, surrogates, seed)
    simulated_count = int(simulated["future"].nunique())
    manifest = {
        "scenarios": [scenario.name for scenario in configurations],
        "futures": len(futures),
        "simulated": simulated_count,
        "design": design,
        "seed": seed,
        "weeks": weeks,
        "warmup_weeks": warmup,
    } | _provenance(started)
    misses = surrogate_table(surrogates, simulated_count)
    write_sweep(out, manifest, futures, kpis, misses, sensitivity, lang)
    click.echo(sweep_text(sensitivity, misses, futures, lang))
    click.echo(f"\nfutures: {out}")


@click.command()
@click.option(
    "--calibration",
    is_flag=True,
    help="Simulate today and compare with published figures instead.",
)
@settings_option
@data_option
@seed_option
@click.option("--replications", type=click.IntRange(1, 1000), help="Replications of each today.")
@weeks_option
@warmup_option
@jobs_option
@quick_option
@click.option("--quiet", is_flag=True, help="No progress.")
def verify(
    calibration: bool,  # noqa: FBT001 - a flag of the command line
    settings: tuple[str, ...],
    data: Path | None,
    seed: int,
    replications: int | None,
    weeks: int | None,
    warmup: int | None,
    jobs: int,
    quick: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:
    """Check the model: queueing theory, or with --calibration what is known of today.

    Exit code 1 when a check fails. Estimates among the anchors are shown and don't decide.

    \b
    Examples:
      twentezorg verify
      twentezorg verify --calibration --quick
    """
    from results.calibration import all_hold, anchors, calibration_text, checked
    from results.kpi import measure
    from results.theory import theory_checks, theory_text
    from scenarios import files
    from sim.experiment import Plan, replications_table

    if not calibration:
        theory = theory_checks()
        click.echo(theory_text(theory))
        sys.exit(0 if all(check.holds for check in theory) else EXIT_OURS)
    length = QUICK if quick else CALIBRATING
    now = files.load("now", settings)
    plan = Plan(
        scenarios=(now,),
        replications=replications or length["replications"],
        seed=seed,
        weeks=weeks or length["weeks"],
        warmup=warmup_weeks(warmup, [now]),
        data_folder=data,
        measure=measure,
    )
    finished = _finished(plan, ("processes", jobs, None), run_store(None), quiet=quiet)
    found = checked(replications_table(finished), anchors())
    click.echo(calibration_text(found))
    sys.exit(0 if all_hold(found) else EXIT_OURS)


def _finished(
    plan: Plan,
    crew: tuple[str, int, str | None],
    store: Store | None,
    numbers: range | None = None,
    *,
    quiet: bool,
) -> list[Finished]:
    """Run a plan on a backend with jobs and scheduler, showing progress on stderr.

    All its replications, or those with these numbers.
    """
    from results.progress import with_progress
    from sim.backends import Backend
    from sim.experiment import Experiment

    backend, jobs, scheduler = crew
    tasks = plan.tasks(numbers)
    finished: list[Finished] = []
    with (
        Experiment(plan.setting, Backend(backend), jobs, scheduler, store) as experiment,
        closing(experiment.run(tasks)) as items,
    ):
        noted = _noted(items, finished)  # what came before Ctrl-C counts
        try:
            deque(noted if quiet else with_progress(noted, tasks, sys.stderr), maxlen=0)
        except KeyboardInterrupt:
            if store is None:
                raise
            raise KeyboardInterrupt(
                f"{len(finished)} of {len(tasks)} replications are kept in {store.folder}; "
                "the same command goes on from there"
            ) from None
    return finished


def _noted(items: Iterable[Finished], finished: list[Finished]) -> Iterator[Finished]:
    """Append each item to a list before it is shown."""
    for item in items:
        finished.append(item)
        yield item


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _provenance(started: float) -> dict[str, str | float]:
    """Return which version was called how, and the seconds since."""
    from importlib.metadata import version

    return {
        "version": version("twentezorg"),
        "command": shlex.join(["twentezorg", *sys.argv[1:]]),
        "wall_seconds": round(time.monotonic() - started, 1),
    }
