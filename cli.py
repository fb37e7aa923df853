"""The `twentezorg` command: parse, call, print."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections import deque
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geodata.commands import geodata_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geodata.locate import Aim
    from results.precision import Reached
    from results.replay import Replay
    from scenarios.errors import Problem
    from scenarios.schema import Scenario
    from sim.experiment import Plan
    from sim.replication import Finished, Task
    from sim.store import Store

EXIT_OURS, EXIT_USER, EXIT_INTERRUPTED = 1, 2, 130
QUICK = {"replications": 2, "weeks": 6}
USUAL = {"replications": 16, "weeks": 13}
SIZING = {"replications": 3, "weeks": 13}
CALIBRATING = {"replications": 6, "weeks": 26}
STORE_VARIABLE = "TWENTEZORG_STORE"
SWEPT = ("single-enschede", "single-almelo", "single-hengelo")
MAX_SEED = 2**63 - 1

scenario_names = click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a parameter or a field in every scenario, such as ed.doctor.mean=25.",
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a built data set; the starter data set when left out.",
)
lang_option = click.option(
    "--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Language."
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=1,
    show_default=True,
    help="Same seed, same patients, same tables.",
)
weeks_option = click.option(
    "--weeks", type=click.IntRange(1, 520), help="Measured weeks of each replication."
)
warmup_option = click.option(
    "--warmup",
    type=click.IntRange(0, 52),
    help="Weeks before measuring starts; what the scenario says (warmup) when left out.",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 512),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="Replications at the same time.",
)
backend_option = click.option(
    "--backend",
    type=click.Choice(["serial", "processes", "dask"]),
    default="processes",
    show_default=True,
    help="How replications are spread; the tables are the same.",
)
scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="With --backend dask: a scheduler such as tcp://host:8786; a cluster here when left out.",
)
store_option = click.option(
    "--store",
    "store_folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=STORE_VARIABLE,
    show_envvar=True,
    help="Folder where finished replications are kept and found again; a cache folder of yours "
    "when left out.",
)
no_store_option = click.option(
    "--no-store", is_flag=True, help="Run every replication anew and keep none."
)
quick_option = click.option(
    "--quick", is_flag=True, help="A first look: few and short replications."
)


class SpeakingGroup(click.Group):
    """A group whose commands end bad input with one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own return value
        """Run the command; turn an error in the user's input into a message."""
        from geodata.errors import DataError
        from results.errors import ResultsError
        from scenarios.errors import ScenarioError
        from sim.errors import BackendError, ReplicationError, StoreError

        try:
            return super().invoke(ctx)
        except (BackendError, DataError, ResultsError, ScenarioError, StoreError) as error:
            click.echo(f"twentezorg: {error}", err=True)
            sys.exit(EXIT_USER)
        except ReplicationError as error:
            click.echo(f"twentezorg: {error}", err=True)
            sys.exit(EXIT_OURS)
        except KeyboardInterrupt as stop:
            click.echo(f"\ntwentezorg: stopped; {str(stop) or 'nothing was written'}", err=True)
            sys.exit(EXIT_INTERRUPTED)


@click.group(
    cls=SpeakingGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="twentezorg")
def main() -> None:
    """Compare where 24/7 acute and obstetric care in Twente could be.

    SCENARIO is a name that ships (see `twentezorg list`) or the path of a YAML file.

    \b
    Examples:
      twentezorg run --quick --out output/try
      twentezorg run single-enschede single-almelo
      twentezorg reach night-closure
      twentezorg show single-hengelo
    """


@main.command("list")
@lang_option
def list_scenarios(lang: str) -> None:
    """List the scenarios that ship, one line each.

    \b
    Example:
      twentezorg list --lang en
    """
    from scenarios.shipped import headlines

    for line in headlines():
        click.echo(f"{line.name:<26} {line.horizon_year}  {line.title[lang]}")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[str, ...]) -> None:
    """Check scenario files and print all problems at once.

    \b
    Example:
      twentezorg validate my-scenario.yaml
    """
    from scenarios.errors import ScenarioError
    from scenarios.files import load

    problems: list[Problem] = []
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            problems += error.problems
        else:
            click.echo(f"{file}: good")
    if problems:
        raise ScenarioError(problems)


@main.command()
@click.argument("scenario")
@settings_option
def show(scenario: str, settings: tuple[str, ...]) -> None:
    """Print every parameter in force in a scenario: value, unit, confidence and source.

    \b
    Example:
      twentezorg show now | grep ambulance
    """
    from results.study import parameters_table
    from scenarios.files import load

    resolved = load(scenario, settings)
    click.echo(f"{resolved.name}: {resolved.title.nl} / {resolved.title.en}")
    click.echo(f"horizon year {resolved.horizon_year}, norms {resolved.norms}")
    for key, site in resolved.in_play().items():
        hours = ", ".join(f"{name} {text}" for name, text in site.open.items())
        click.echo(f"site {key:<10} {site.name}: {hours or 'closed'}")
        for sessions in site.theatre_schedule:
            click.echo(f"     {key:<10} elective sessions: {sessions.written()}")
    for row in parameters_table(resolved).itertuples():
        click.echo(
            f"{row.key:<46} {row.value:>10} {row.unit:<28} {row.confidence:<21} {row.source}"
        )


@main.command()
@scenario_names
@settings_option
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the table by municipality to this CSV file as well; with --locate, the folder for "
    "the trade-off (default output/locate).",
)
@lang_option
@click.option(
    "--detail",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for tables by hour, area and group, settlements beyond a norm, change, certainty.",
)
@click.option("--locate", type=click.IntRange(1, 10), help="Find the best P sites instead.")
@click.option(
    "--aim",
    type=click.Choice(["mean", "coverage", "worst"]),
    default="mean",
    show_default=True,
    help="With --locate: shortest mean way, most inhabitants within --limit, or best worst-off.",
)
@click.option(
    "--candidates",
    help="With --locate: point ids, or `cells` for every inhabited 250 m square (one or two sites, "
    "minutes of work, --data with its road network); every postcode when left out.",
)
@click.option("--fixed", default="", help="With --locate: point ids of sites that stay.")
@click.option("--limit", default=30.0, show_default=True, help="With --locate: minutes.")
def reach(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    data: Path | None,
    out: Path | None,
    lang: str,
    detail: Path | None,
    locate: int | None,
    aim: Aim,
    candidates: str | None,
    fixed: str,
    limit: float,
) -> None:
    """Print how reachable care is in each scenario; no simulation, seconds.

    \b
    Examples:
      twentezorg reach now single-enschede --out reachability.csv
      twentezorg reach night-closure --detail output/night
      twentezorg reach --locate 2 --aim coverage --limit 25 --out output/locate
      twentezorg reach --locate 1 --candidates cells --data output/data
    """
    import pandas as pd

    from geodata.dataset import load
    from results.best_sites import best_sites_text, write_trade_off
    from results.best_sites import locate as best_sites
    from results.console import reachability_text
    from results.reach_detail import write_detail
    from results.study import scenario_reachability
    from results.tables import write_csv
    from scenarios import files

    places = load(data)
    if locate is not None:
        trade = best_sites(
            places,
            locate,
            _ids(candidates),
            _ids(fixed),
            limit,
            progress=lambda step: click.echo(step, err=True),
        )
        click.echo(best_sites_text(places, trade, locate, aim, limit))
        click.echo(write_trade_off(trade, limit, out or Path("output/locate"), lang))
        return
    if out is not None and out.is_dir():
        raise click.BadParameter(f"{out} is a folder; give a CSV file", param_hint="--out")
    chosen = _load_scenarios(scenarios, settings)
    table = pd.concat([scenario_reachability(s, places) for s in chosen], ignore_index=True)
    if out is not None:
        write_csv(table, out)
    if detail is not None:
        write_detail(detail, chosen, files.load("now", settings), places)
    click.echo(reachability_text(table, lang))


@main.command()
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
    asked = _load_scenarios(scenarios, settings)
    warmup = _warmup_weeks(warmup, [now, *asked])
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
    store = None if no_store else _store(store_folder)
    crew = (backend, jobs, scheduler)
    reached: list[Reached] = []
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
    facts = {
        "version": _version(),
        "command": shlex.join(["twentezorg", *sys.argv[1:]]),
        "backend": backend,
        "jobs": jobs,
        "wall_seconds": round(time.monotonic() - started, 1),
    }
    manifest = facts | study.facts(plan, finished, places)
    if precision is not None:
        manifest["precision"] = precision_facts(reached, rule)
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
    _print_comparison(written.comparison, lang)
    if precision is not None:
        click.echo(f"\n{precision_text(reached, rule, plan.replications)}")
    click.echo(f"\nreport: {out / 'report.html'}\ntables: {out}")


@main.command("warmup")
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
        scenarios=tuple(_load_scenarios(scenarios or ("now",), settings)),
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


@main.command("size")
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
        warmup=_warmup_weeks(warmup, [asked]),
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


@main.command()
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
    asked = _load_scenarios(scenarios or SWEPT, settings)
    futures = Futures.drawn(load_factors(factors), count, Design(design), seed)
    weeks = weeks or (QUICK if quick else USUAL)["weeks"]
    warmup = _warmup_weeks(warmup, [now, *asked])
    setup = Setup(1, seed, weeks, warmup, jobs, data)
    configurations = Study.of([sized(scenario, now, setup) for scenario in asked], now).scenarios
    store = None if no_store else _store(store_folder)
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
        "version": _version(),
        "command": shlex.join(["twentezorg", *sys.argv[1:]]),
        "scenarios": [scenario.name for scenario in configurations],
        "futures": len(futures),
        "simulated": simulated_count,
        "design": design,
        "seed": seed,
        "weeks": weeks,
        "warmup_weeks": warmup,
        "wall_seconds": round(time.monotonic() - started, 1),
    }
    misses = surrogate_table(surrogates, simulated_count)
    write_sweep(out, manifest, futures, kpis, misses, sensitivity, lang)
    click.echo(sweep_text(sensitivity, misses, futures, lang))
    click.echo(f"\nfutures: {out}")


@main.command()
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
        warmup=_warmup_weeks(warmup, [now]),
        data_folder=data,
        measure=measure,
    )
    finished = _finished(plan, ("processes", jobs, None), _store(None), quiet=quiet)
    found = checked(replications_table(finished), anchors())
    click.echo(calibration_text(found))
    sys.exit(0 if all_hold(found) else EXIT_OURS)


@main.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--baseline", help="Compare with this scenario instead of `now` in the same year.")
@lang_option
def compare(folder: Path, baseline: str | None, lang: str) -> None:
    """Print the comparison of a run, with any scenario as baseline.

    \b
    Example:
      twentezorg compare output/run --baseline single-almelo
    """
    from results.run_folder import compare_with, read_run

    done = read_run(folder)
    table = done.comparison if baseline is None else compare_with(done, baseline)
    _print_comparison(table, lang)


@main.command("decide")
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--weights",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Your own weights, a YAML file as results/weights.yaml; assumed ones when left out.",
)
@click.option(
    "--futures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a sweep of the same scenarios: regret, and when each wins or fails.",
)
@lang_option
def decide_run(folder: Path, weights: Path | None, futures: Path | None, lang: str) -> None:
    """Weigh the configurations of a run, per year, and say how sure the answer is.

    Writes decision.json, decision.csv and a picture into the run's folder.

    \b
    Examples:
      twentezorg decide output/run
      twentezorg decide output/run --weights ours.yaml --futures output/sweep --lang en
    """
    from results.decision import decide
    from results.decision_folder import write_decision
    from results.decision_text import decision_text
    from results.futures import read_futures
    from results.run_folder import read_run
    from results.weights import read_weights, stakeholders

    sets = stakeholders() if weights is None else read_weights(weights)
    done = read_run(folder)
    decision = decide(done, sets, None if futures is None else read_futures(futures))
    written = write_decision(folder, done, decision, lang)
    click.echo(decision_text(decision, lang))
    click.echo(f"\ndecision: {written}")


@main.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@data_option
@lang_option
def report(folder: Path, data: Path | None, lang: str) -> None:
    """Make the report and the maps of a run again, in another language for example.

    \b
    Example:
      twentezorg report output/run --lang en
    """
    from geodata.dataset import load
    from results.run_folder import write_report

    click.echo(f"report: {write_report(folder, load(data), lang)}")


@main.command("query")
@click.argument("sql")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what is found to this CSV file instead.",
)
@click.option(
    "--parquet",
    "parquet_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what is found to this Parquet file instead.",
)
@store_option
def query_store(
    sql: str, csv_file: Path | None, parquet_file: Path | None, store_folder: Path | None
) -> None:
    """Ask the run store in SQL (the dialect of DuckDB); nothing in it can be changed.

    \b
    replications  key, scenario, horizon_year, seed, weeks, warmup, replication, site, kpi, value
    scenarios     key, scenario, horizon_year, seed, weeks, warmup, replications, events,
                  wall_seconds, peak_memory_mb

    A key stands for everything that decides an outcome, also for the version of the code.

    \b
    Examples:
      twentezorg query "SELECT scenario, weeks, replications FROM scenarios ORDER BY scenario"
      twentezorg query "SELECT scenario, avg(value) FROM replications
                        WHERE kpi = 'ed.los.median' AND site = 'region' GROUP BY scenario"
    """
    from results.query import query, save

    table = query(_store(store_folder), sql)
    if csv_file is None and parquet_file is None:
        click.echo(table.to_string(index=False))
    save(table, csv_file, parquet_file)


@main.command("store")
@click.option(
    "--days",
    type=click.IntRange(0, 36_500),
    default=30,
    show_default=True,
    help="What no run has used for so many days counts as unused; 0 is everything.",
)
@click.option("--remove", "removes", is_flag=True, help="Remove what is unused.")
@store_option
def upkeep(
    days: int,
    removes: bool,  # noqa: FBT001 - a flag of the command line
    store_folder: Path | None,
) -> None:
    """Print how large the run store is, and remove what no run uses any more.

    A new version of twentezorg finds nothing that an older one kept, so that goes unused. What is
    removed is simulated or drawn again when a run asks for it; no results in --out are touched.

    \b
    Examples:
      twentezorg store
      twentezorg store --days 7 --remove
    """
    from results.upkeep import remove, unused

    folder = _store(store_folder).folder
    found = unused(folder, days)
    click.echo(f"{folder}: {found.text(days)}")
    if removes:
        remove(found)
        click.echo("removed what was not used")


def _replay_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what names one replication; the usual length is that of `run`."""
    for option in (
        click.argument("scenario"),
        click.option(
            "--replication",
            type=click.IntRange(0, 999),
            default=0,
            show_default=True,
            help="Which replication to play again; the first is 0.",
        ),
        settings_option,
        data_option,
        lang_option,
        seed_option,
        weeks_option,
        warmup_option,
        quick_option,
    )[::-1]:
        command = option(command)
    return command


@main.command()
@_replay_options
@click.option("--patient", type=click.IntRange(0), help="Whose journey; some numbers without it.")
def journey(scenario: str, patient: int | None, lang: str, **replication: Any) -> None:  # noqa: ANN401 - options passed on
    """Print what happened to one patient of a replication, step by step.

    Seed, weeks, warm-up and --quick must be those of the run, for the same people to come.

    \b
    Examples:
      twentezorg journey now --quick
      twentezorg journey single-enschede --quick --patient 40000123 --lang en
    """
    from results.patient_journey import journey_text, notable_text
    from results.text import words

    played = _replay(scenario, **replication)
    reader = words(lang)
    click.echo(
        notable_text(played, reader) if patient is None else journey_text(played, patient, reader)
    )


@main.command()
@_replay_options
@click.option("--site", default="MST", show_default=True, help="Id of a site of the scenario.")
@click.option(
    "--day", type=click.IntRange(1), default=2, show_default=True, help="Measured day; 1 a Monday."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("output/day.html"),
    show_default=True,
    help="The page to write.",
)
def animate(
    scenario: str,
    site: str,
    day: int,
    out: Path,
    lang: str,
    **replication: Any,  # noqa: ANN401 - options passed on
) -> None:
    """Write a day at one site as a page that moves: one file, to share by mail.

    \b
    Example:
      twentezorg animate single-enschede --site mst --day 3 --quick --out output/enschede.html
    """
    from results.animation import animation, render, write_page
    from results.text import words

    played, reader = _replay(scenario, **replication), words(lang)
    page = render(animation(played, played.site(site), day, reader), reader)
    write_page(page, out)
    click.echo(f"animation: {out}")


@main.command()
@_replay_options
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output/occupancy"),
    show_default=True,
    help="Folder for the table and the charts.",
)
def occupancy(scenario: str, out: Path, lang: str, **replication: Any) -> None:  # noqa: ANN401 - options passed on
    """Chart how full each place is by hour of the day: mean, and 9 days out of 10.

    \b
    Example:
      twentezorg occupancy single-enschede --quick --out output/occupancy
    """
    from results.occupancy import write_occupancy
    from results.text import words

    written = write_occupancy(out, _replay(scenario, **replication).outcome, words(lang))
    click.echo(f"table: {written[0]}\ncharts: {len(written) - 1} files in {out}")


main.add_command(geodata_commands)


def _replay(
    scenario: str,
    replication: int,
    settings: tuple[str, ...],
    data: Path | None,
    seed: int,
    weeks: int | None,
    warmup: int | None,
    quick: bool,  # noqa: FBT001 - a flag of the command line
) -> Replay:
    from geodata.dataset import load
    from results.replay import replay
    from results.sizing import Setup, sized
    from scenarios import files

    asked, now = files.load(scenario, settings), files.load("now", settings)
    measured = weeks or (QUICK if quick else USUAL)["weeks"]
    before = _warmup_weeks(warmup, [now, asked])
    setup = Setup(
        replications=1, seed=seed, weeks=measured, warmup=before, jobs=1, data_folder=data
    )
    chosen = sized(asked, now, setup)
    return replay(chosen, load(data), seed, replication, measured, before)


def _ids(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _load_scenarios(names: Sequence[str], settings: Sequence[str]) -> list[Scenario]:
    """Return the scenarios asked for, or all that ship; a name may be given once."""
    from scenarios import files
    from scenarios.errors import ScenarioError
    from scenarios.shipped import shipped_names

    chosen = [files.load(name, settings) for name in names or shipped_names()]
    if not names:  # a surge tests a configuration; it is no configuration to choose
        chosen = [scenario for scenario in chosen if not scenario.surge.is_any]
    seen: set[str] = set()
    for scenario in chosen:
        if scenario.name in seen:
            raise ScenarioError.single(scenario.name, "is named twice; names must differ")
        seen.add(scenario.name)
    return chosen


def _warmup_weeks(asked: int | None, scenarios: Sequence[Scenario]) -> int:
    """Return the warm-up asked for, or the longest that the scenarios say."""
    return max(scenario.warmup.weeks for scenario in scenarios) if asked is None else asked


def _store(folder: Path | None) -> Store:
    """Return the run store in a folder, or in the user's own cache."""
    from platformdirs import user_cache_path

    from sim.store import Store

    own = os.environ.get(STORE_VARIABLE)
    place = folder or (Path(own) if own else user_cache_path("twentezorg") / "runs")
    return Store(place, lambda text: click.echo(f"twentezorg: {text}", err=True))


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


def _print_comparison(comparison: Any, lang: str) -> None:  # noqa: ANN401 - a DataFrame
    from results.console import comparison_text

    click.echo(comparison_text(comparison, lang))


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _version() -> str:
    from importlib.metadata import version

    return version("twentezorg")


if __name__ == "__main__":  # as `python -m cli`
    main()
