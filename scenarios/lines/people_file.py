"""The hospitals' own numbers of people, in place of what is assumed: one CSV file, a row per team.

Columns: `site`, `profession`, `layer` (may be empty), `people`; and where known `fte` (full-time
jobs of all together), `under_35`, `from_35_to_54`, `from_55` (people by age) and `vacancies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from files.csv_table import read_table
from files.errors import FileError, Said
from scenarios.lines.catalogue import catalogue
from scenarios.parameters.registry import Confidence
from scenarios.schema.lines import MOST_PEOPLE, AgeBands, TeamName, TeamSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from files.csv_table import CsvTable
    from scenarios.schema.scenario import Scenario


NEEDED: Final = ("site", "profession", "layer", "people")
AGES: Final = ("under_35", "from_35_to_54", "from_55")
MOST_JOBS: Final = 1.2
"""Full-time jobs of a person, at most."""

Sizes = dict[tuple[str, TeamName], TeamSize]


def read_people(path: Path, sites: Iterable[str]) -> Sizes:
    """Read the people of each team.

    Parameters
    ----------
    path
        A CSV file.
    sites
        Ids of the sites that it may name.

    Returns
    -------
    dict
        (site, team) to its size.

    Raises
    ------
    FileError
        With file, line, column and what is allowed.
    """
    table = read_table(path, NEEDED)
    known = {
        (kind.profession or name.value, kind.layer): name
        for name, kind in catalogue().teams.items()
        if kind.function is not None
    }
    allowed = set(sites)
    people = table.counts("people")
    found: Sizes = {}
    lines: dict[tuple[str, TeamName], int] = {}
    for row, (site, profession, layer) in enumerate(
        zip(*(table.texts(column) for column in NEEDED[:3]), strict=True)
    ):
        if site not in allowed:
            raise _not_allowed(table, row, "site", site, allowed)
        if profession not in {name for name, _ in known}:
            raise _not_allowed(table, row, "profession", profession, {name for name, _ in known})
        if (profession, layer) not in known:
            layers = {own or "''" for name, own in known if name == profession}
            raise _not_allowed(table, row, "layer", layer, layers)
        key = site, known[profession, layer]
        if key in lines:
            what = Said("this team stands on line {first} too", {"first": lines[key]})
            raise table.wrong(row, "profession", what, profession)
        lines[key] = table.lines[row]
        found[key] = _size(table, row, people[row])
    return found


def with_people(scenario: Scenario, sizes: Mapping[tuple[str, TeamName], TeamSize]) -> Scenario:
    """Return a scenario in which teams have the people given."""
    sites = dict(scenario.sites)
    for (key, team), size in sizes.items():
        teams = {**sites[key].teams, team: size}
        sites[key] = sites[key].model_copy(update={"teams": teams})
    return scenario.model_copy(update={"sites": sites})


def _size(table: CsvTable, row: int, people: float) -> TeamSize:
    if people > MOST_PEOPLE:
        what = Said("must be at most {most}", {"most": MOST_PEOPLE})
        raise table.wrong(row, "people", what, f"{people:g}")
    jobs, vacancies = _known(table, row, "fte"), _known(table, row, "vacancies")
    if jobs is not None and not 0 < jobs <= people * MOST_JOBS:
        what = Said(
            "must be the full-time jobs of {people:g} people together, at most {most:g}",
            {"people": people, "most": people * MOST_JOBS},
        )
        raise table.wrong(row, "fte", what, f"{jobs:g}")
    if vacancies is not None and (vacancies > MOST_PEOPLE or vacancies % 1):
        what = Said("must be a whole number of at most {most}", {"most": MOST_PEOPLE})
        raise table.wrong(row, "vacancies", what, f"{vacancies:g}")
    ages = [_known(table, row, band) for band in AGES]
    given = [age for age in ages if age is not None]
    if given and (len(given) < len(AGES) or sum(given) != people):
        what = Said(
            "the people of {bands} must be {people:g} together",
            {"bands": ", ".join(AGES), "people": people},
        )
        raise table.wrong(row, AGES[0], what, ", ".join(f"{age:g}" for age in given))
    return TeamSize(
        low=people,
        high=people,
        fte=None if jobs is None else jobs / people,
        vacancies=None if vacancies is None else int(vacancies),
        ages=AgeBands(
            under_35=given[0] / people, from_35_to_54=given[1] / people, from_55=given[2] / people
        )
        if given and people
        else None,
        source=table.file,
        confidence=Confidence.MEASURED_TWENTE,
    )


def _known(table: CsvTable, row: int, column: str) -> float | None:
    """Return a number of a column that may be left out, or be empty."""
    if column not in table.columns or not table.texts(column)[row]:
        return None
    return table.numbers(column, least=0, empty=0.0)[row]


def _not_allowed(
    table: CsvTable, row: int, column: str, given: str, allowed: Iterable[str]
) -> FileError:
    what = Said("must be one of {allowed}", {"allowed": ", ".join(sorted(allowed))})
    return table.wrong(row, column, what, given)
