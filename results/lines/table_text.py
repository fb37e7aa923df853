"""The table of lines by year as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from results.language.words import UNKNOWN, words
from results.lines.by_year import FUNCTION, LEVELS, LINE, REGION, TEAM, first_below
from scenarios.lines.catalogue import AMBULANCE, titles
from scenarios.schema.lines import LineName
from scenarios.schema.vocabulary import Function

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from results.language.words import Words
    from scenarios.schema.scenario import Scenario

YEARS: Final = (2025, 2028, 2034, 2045, 2055)
THINLY_FILLED: Final = 0.9
NAME_WIDTH, COLUMN_WIDTH = 46, 24


def lines_text(scenario: Scenario, table: pd.DataFrame, lang: str) -> str:
    """Return how likely functions and lines stand in some years, and the nights of each person.

    Parameters
    ----------
    scenario
        Whose table it is.
    table
        As `lines_by_year` returns it.
    lang
        `nl` or `en`.
    """
    reader = words(lang)
    _ = reader.gettext
    title = scenario.title.nl if lang == "nl" else scenario.title.en
    heading = f"{scenario.name}: {title}"
    years = "".join(str(year).rjust(COLUMN_WIDTH) for year in YEARS)
    lines = [heading, "", _("probability that it stands (interval)").ljust(NAME_WIDTH) + years]
    lines += _rows(scenario, table, FUNCTION, reader)
    lines += ["", _("probability; nights a month of each person").ljust(NAME_WIDTH) + years]
    lines += _rows(scenario, table, LINE, reader)
    lines += ["", *_first_years(scenario, table, reader)]
    lines += [*_least_filled(scenario, table, reader), *_people(table, reader)]
    return "\n".join(line.rstrip() for line in lines)


def explanation(lang: str) -> str:
    """Say what the figures are, and what to ask the hospitals for."""
    _ = words(lang).gettext
    return _(
        "It stands in a year in which it is closed for less than two weeks in all for want of "
        "people. The sizes of teams are assumed and are the first thing to ask the hospitals for: "
        "--people FILE takes their own."
    )


def _rows(scenario: Scenario, table: pd.DataFrame, kind: str, reader: Words) -> list[str]:
    shown = []
    own = table[table["kind"] == kind]
    for (site, name), rows in own.groupby(["site", "name"], sort=False):
        by_year = {int(row["year"]): row for row in rows.to_dict("records")}
        cells = [
            _cell(by_year[year], kind, reader) if year in by_year else UNKNOWN for year in YEARS
        ]
        label = f"{_site(scenario, str(site), reader)}: {_name(kind, str(name), reader)}"
        line = label[: NAME_WIDTH - 1].ljust(NAME_WIDTH)
        shown.append(line + "".join(cell.rjust(COLUMN_WIDTH) for cell in cells))
    return shown


def _cell(row: Mapping[Hashable, Any], kind: str, reader: Words) -> str:
    if np.isnan(row["stands"]):
        return UNKNOWN
    share, low, high = (
        reader.number(100 * row[name]) for name in ("stands", "stands_low", "stands_high")
    )
    text = f"{share}% ({low}-{high})"
    if kind == FUNCTION:
        return text
    nights = [reader.number(row[name], 1) for name in ("nights", "nights_low", "nights_high")]
    return f"{share}%; {nights[0]} ({nights[1]}-{nights[2]})"


def _first_years(scenario: Scenario, table: pd.DataFrame, reader: Words) -> list[str]:
    _ = reader.gettext
    found = []
    for level in LEVELS:
        first = first_below(table[table["kind"] == FUNCTION], level)
        each = [
            f"{_site(scenario, row['site'], reader)} {_name(FUNCTION, row['name'], reader)} "
            f"{row['year']}"
            for row in first.reset_index().to_dict("records")
        ]
        text = _("first year below {level} percent: {each}")
        nowhere = _("none up to {year}").format(year=int(table["year"].max()))
        found.append(text.format(level=f"{100 * level:g}", each="; ".join(each) or nowhere))
    return found


def _least_filled(scenario: Scenario, table: pd.DataFrame, reader: Words) -> list[str]:
    """Say which rosters have many empty shifts, in the years of the table."""
    _ = reader.gettext
    thin = table[(table["kind"] == LINE) & (table["filled"] < THINLY_FILLED)]
    sentences = []
    for year in YEARS:
        each = [
            f"{_site(scenario, row['site'], reader)} {_name(LINE, row['name'], reader)} "
            f"{reader.percent(row['filled'], 0)}"
            for row in thin[thin["year"] == year].to_dict("records")
        ]
        if each:
            text = _("{year}: rosters that are filled for less than nine tenths: {each}")
            sentences.append(text.format(year=year, each="; ".join(each)))
    return sentences


def _people(table: pd.DataFrame, reader: Words) -> list[str]:
    _ = reader.gettext
    teams = table[table["kind"] == TEAM]
    total = teams.groupby("year")[["recruited", "hired_jobs", "hired_euro"]].sum()
    text = _(
        "{year}: {recruited} people to recruit a year for all teams, {jobs} full-time jobs hired "
        "({million} million euro)"
    )
    return [
        text.format(
            year=row["year"],
            recruited=reader.number(row["recruited"]),
            jobs=reader.number(row["hired_jobs"], 1),
            million=reader.number(row["hired_euro"] / 1e6, 1),
        )
        for row in total.reset_index().to_dict("records")
        if row["year"] in YEARS
    ]


def _site(scenario: Scenario, site: str, reader: Words) -> str:
    if site == REGION:
        return reader.gettext("all sites")
    if site == AMBULANCE:
        return reader.gettext("ambulance service")
    return scenario.sites[site].name


def _name(kind: str, name: str, reader: Words) -> str:
    if kind == LINE:
        title = titles()[LineName(name)]
        return title.nl if reader.lang == "nl" else title.en
    _ = reader.gettext
    functions = {
        Function.ED: _("emergency department"),
        Function.MATERNITY: _("obstetrics"),
        Function.THEATRE: _("emergency surgery"),
        Function.ICU: _("intensive care"),
    }
    return functions.get(Function(name), name)
