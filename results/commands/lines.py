"""The command that shows who stands there at night: lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from results.commands.options import (
    lang_option,
    people_option,
    replications_option,
    scenario_names,
    seed_option,
    settings_option,
)

if TYPE_CHECKING:
    from scenarios.schema.scenario import Scenario

USUAL = 60
"""Paths of people when nothing is asked; a path takes a tenth of a second."""


@click.command("lines")
@scenario_names
@people_option
@settings_option
@replications_option("Paths of people; 60 when left out.", least=2)
@seed_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write every line, function and team in every year to this CSV file as well.",
)
@click.option(
    "--deciding",
    type=click.IntRange(20, 1024),
    metavar="FUTURES",
    help="Say instead which assumption on people decides the hours closed: Sobol over so many "
    "futures, in the year of --year.",
)
@click.option(
    "--year",
    type=click.IntRange(2025, 2055),
    default=2034,
    show_default=True,
    help="With --deciding: the year.",
)
@lang_option
def lines(
    scenarios: tuple[str, ...],
    people: Path | None,
    settings: tuple[str, ...],
    replications: int | None,
    seed: int,
    out: Path | None,
    deciding: int | None,
    year: int,
    lang: str,
) -> None:
    """Show how likely each 24/7 line stands, year by year, and the nights of each person.

    Without a name: doing nothing. No patients are simulated; a scenario takes some seconds.

    \b
    Examples:
      twentezorg lines
      twentezorg lines now one-obstetrics-almelo single-almelo --out lines.csv
      twentezorg lines now --people our-people.csv
      twentezorg lines now --deciding 128 --year 2045
    """
    import pandas as pd

    from files.formulas import write_csv
    from results.lines.by_year import lines_by_year
    from results.lines.table_text import explanation, lines_text
    from results.workflows.asked import chosen, with_own_people
    from scenarios.files.shipped import BASELINE

    tables: list[pd.DataFrame] = []
    asked = with_own_people(chosen(scenarios or (BASELINE,), settings), people)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)  # fail before the work
    if deciding is not None:
        _show_deciding(asked, deciding, year, seed, out, lang)
        return
    for scenario in asked:
        table = lines_by_year(scenario, replications or USUAL, seed)
        tables.append(table)
        click.echo(lines_text(scenario, table, lang) + "\n")
    click.echo(explanation(lang))
    if out is not None:
        write_csv(pd.concat(tables, ignore_index=True), out)
        click.echo(out)


def _show_deciding(
    asked: list[Scenario], futures: int, year: int, seed: int, out: Path | None, lang: str
) -> None:
    import pandas as pd

    from files.formulas import write_csv
    from results.exploration.deciding import deciding, deciding_text

    tables = [deciding(scenario, futures, year, seed) for scenario in asked]
    table = pd.concat(tables, ignore_index=True)
    click.echo(deciding_text(table, lang))
    if out is not None:
        write_csv(table, out)
        click.echo(out)
