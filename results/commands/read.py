"""The commands that read what has been run: compare, decide, report and query."""

from __future__ import annotations

from gettext import gettext as spoken
from pathlib import Path

import click

from files.options import Whole
from results.commands.options import (
    data_option,
    futures_option,
    lang_option,
    print_comparison,
    run_folder,
    run_store,
    store_option,
    weights_option,
)


@click.command()
@run_folder
@click.option("--baseline", help="Compare with this scenario instead of `now` in the same year.")
@lang_option
def compare(folder: Path, baseline: str | None, lang: str) -> None:
    """Print the comparison of a run, with any scenario as baseline.

    \b
    Example:
      twentezorg compare output/run --baseline single-almelo
    """
    from results.runs.folder import read_run

    done = read_run(folder)
    table = done.comparison if baseline is None else done.compared_with(baseline)
    print_comparison(table, lang)


@click.command("decide")
@run_folder
@weights_option(
    "Your own weights, a YAML file as results/decision/weights.yaml; assumed ones when left out."
)
@futures_option("Folder of a sweep of the same scenarios: regret, and when each wins or fails.")
@lang_option
def decide_run(folder: Path, weights: Path | None, futures: Path | None, lang: str) -> None:
    """Weigh the configurations of a run, per year, and say how sure the answer is.

    Writes decision.json, decision.csv and a picture into the run's folder.

    \b
    Examples:
      twentezorg decide output/run
      twentezorg decide output/run --weights ours.yaml --futures output/sweep --lang en
    """
    from results.commands.console import Written, written_text
    from results.decision.analysis import decide
    from results.decision.export import write_decision
    from results.decision.futures import read_futures
    from results.decision.terminal_table import decision_text
    from results.decision.weights import read_weights
    from results.runs.folder import read_run

    done = read_run(folder)
    decision = decide(
        done,
        None if weights is None else read_weights(weights),
        None if futures is None else read_futures(futures),
    )
    written = write_decision(folder, done, decision, lang, futures)
    click.echo(decision_text(decision, lang))
    click.echo(f"\n{written_text({Written.DECISION: written}, lang)}")


@click.command()
@run_folder
@weights_option("Weights to begin with, as for decide; what decide used last when left out.")
@futures_option(
    "Folder of a sweep of the same scenarios: what holds in many futures, and which "
    "uncertainties matter most; what decide used last when left out."
)
@data_option
@lang_option
def report(
    folder: Path, weights: Path | None, futures: Path | None, data: Path | None, lang: str
) -> None:
    """Make the report and the maps of a run again: in another language, with weights or futures.

    \b
    Examples:
      twentezorg report output/run --lang en
      twentezorg report output/run --futures output/sweep
    """
    from results.commands.console import Written, written_text
    from results.publication.beside import cores
    from results.workflows.simulate import read_run

    done = read_run(folder, data, jobs=cores())
    written = done.report(folder, lang, weights=weights, futures=futures)
    click.echo(written_text({Written.REPORT: written}, lang))


@click.command("query")
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
    from results.runs.query import query, save

    table = query(run_store(store_folder), sql)
    if csv_file is None and parquet_file is None:
        none = spoken("no rows; columns: {columns}").format(columns=", ".join(table.columns))
        click.echo(none if table.empty else table.to_string(index=False))
    save(table, csv_file, parquet_file)


@click.command("store")
@click.option(
    "--days",
    type=Whole(0, 36_500),
    default=30,
    show_default=True,
    help="What no run has used for so many days counts as unused; 0 is everything.",
)
@click.option("--remove", "removes", is_flag=True, help="Remove what is unused.")
@store_option
def store_command(
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
    from results.publication.pruning import remove, unused

    folder = run_store(store_folder).folder
    found = unused(folder, days)
    click.echo(f"{folder}: {found.text(days)}")
    if removes:
        remove(found)
        click.echo(spoken("removed what was not used"))
