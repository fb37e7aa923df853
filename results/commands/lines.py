"""The command that shows who stands there at night: lines."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING

import click

from files.options import Whole
from results.commands.options import (
    lang_option,
    people_option,
    replications_option,
    scenario_names,
    seed_option,
    settings_option,
)
from scenarios.lines.years import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scenarios.schema.scenario import Scenario

USUAL, USUAL_YEAR = 60, 2034
"""Paths of people, and the year of what decides, when nothing is asked."""


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
    type=Whole(20, 1024),
    metavar="FUTURES",
    help="Say instead which assumption on people decides the hours closed: Sobol over so many "
    "futures, in the year of --year.",
)
@click.option(
    "--year",
    type=Whole(FIRST_YEAR, LAST_YEAR),
    help="With --deciding: the year; 2034 when left out.",
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
    year: int | None,
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

    if deciding is None and year is not None:
        raise click.BadParameter(spoken("needs --deciding"), param_hint="--year")
    if deciding is not None and replications is not None:
        raise click.BadParameter(spoken("can't go with --deciding"), param_hint="--replications")
    asked = with_own_people(chosen(scenarios or (BASELINE,), settings), people)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)  # fail before the work
    if deciding is not None:
        _show_deciding(asked, deciding, year or USUAL_YEAR, seed, out, lang)
        return
    tables: list[pd.DataFrame] = []
    for scenario in asked:
        with _progress(scenario, replications or USUAL) as tell:
            tables.append(lines_by_year(scenario, replications or USUAL, seed, tell))
        click.echo(lines_text(scenario, tables[-1], lang) + "\n")
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

    tables: list[pd.DataFrame] = []
    for scenario in asked:
        with _progress(scenario, futures) as tell:
            tables.append(deciding(scenario, futures, year, seed, tell))
    table = pd.concat(tables, ignore_index=True)
    click.echo(deciding_text(table, lang))
    if out is not None:
        write_csv(table, out)
        click.echo(out)


@contextmanager
def _progress(scenario: Scenario, length: int) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many paths or futures of a scenario are ready; give what to tell."""
    with click.progressbar(length=length, label=scenario.name, file=sys.stderr) as bar:
        yield lambda ready: bar.update(ready - bar.pos)
