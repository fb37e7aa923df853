"""The command that shows who stands there at night: lines."""

from __future__ import annotations

from pathlib import Path

import click

from results.commands.options import (
    lang_option,
    replications_option,
    scenario_names,
    seed_option,
    settings_option,
)

USUAL = 60
"""Paths of people when nothing is asked; a path takes a tenth of a second."""


@click.command("lines")
@scenario_names
@click.option(
    "--people",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file with the hospitals' own numbers in place of what is assumed: columns site, "
    "profession, layer, people, and where known fte, under_35, from_35_to_54, from_55, vacancies.",
)
@settings_option
@replications_option("Paths of people; 60 when left out.", least=2)
@seed_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write every line, function and team in every year to this CSV file as well.",
)
@lang_option
def lines(
    scenarios: tuple[str, ...],
    people: Path | None,
    settings: tuple[str, ...],
    replications: int | None,
    seed: int,
    out: Path | None,
    lang: str,
) -> None:
    """Show how likely each 24/7 line stands, year by year, and the nights of each person.

    Without a name: doing nothing. No patients are simulated; a scenario takes some seconds.

    \b
    Examples:
      twentezorg lines
      twentezorg lines now one-obstetrics-almelo single-almelo --out lines.csv
      twentezorg lines now --people our-people.csv
    """
    import pandas as pd

    from files.formulas import write_csv
    from results.lines.by_year import lines_by_year
    from results.lines.table_text import explanation, lines_text
    from results.workflows.asked import chosen
    from scenarios.files.shipped import BASELINE
    from scenarios.lines.people_file import read_people, with_people

    tables: list[pd.DataFrame] = []
    asked = chosen(scenarios or (BASELINE,), settings)
    if people is not None:
        sites = {key for one in asked for key, site in one.sites.items() if site.role == "twente"}
        sizes = read_people(people, sites)
        asked = [with_people(one, sizes) for one in asked]
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)  # fail before the work
    for scenario in asked:
        table = lines_by_year(scenario, replications or USUAL, seed)
        tables.append(table)
        click.echo(lines_text(scenario, table, lang) + "\n")
    click.echo(explanation(lang))
    if out is not None:
        write_csv(pd.concat(tables, ignore_index=True), out)
        click.echo(out)
