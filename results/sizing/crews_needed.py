"""Ambulance crews that `twentezorg size` found necessary, from the files in a run's folder.

A search takes minutes for each configuration, so a run doesn't make it. Whoever does, and writes
its steps into the run's folder as `size….csv`, finds the answer in the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from results.runs.tables import read_csv
from results.sizing.search import ANSWER, FOUND_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from results.runs.run import RunScenario


SEARCHES = "size*.csv"
CAPACITY = re.compile(r"ambulance\.crews (\d+)")
TARGET = re.compile(r"ambulance\.a1\.within_15>=([\d.]+)")


@dataclass(frozen=True)
class CrewsNeeded:
    """How many crews the fullest shift takes for a share of A1 calls within 15 minutes.

    Attributes
    ----------
    crews
        The least at which the target holds.
    low, high
        Between which the least lies with 95% certainty; None where nothing is said.
    share
        The target.
    """

    crews: int
    low: int | None
    high: int | None
    share: float


def search_files(folder: Path) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Give every file of a search in a run's folder; other files of that name are left alone."""
    for path in sorted(folder.glob(SEARCHES)):
        try:
            table = read_csv(path)
        except (OSError, ValueError):
            continue
        if set(FOUND_COLUMNS) <= set(table.columns):
            yield path, table


def crews_needed(folder: Path) -> Mapping[tuple[str, int], CrewsNeeded]:
    """Return what was found by scenario and horizon year; of two answers the last by file name."""
    found = {}
    for _path, table in search_files(folder):
        for row in table[table["phase"] == ANSWER].to_dict("records"):
            capacity, target = CAPACITY.fullmatch(row["capacity"]), TARGET.fullmatch(row["target"])
            if capacity is None or target is None:
                continue
            low, high = (
                None if pd.isna(row[end]) else int(row[end]) for end in ("least_low", "least_high")
            )
            key = str(row["scenario"]), int(row["horizon_year"])
            found[key] = CrewsNeeded(int(capacity[1]), low, high, float(target[1]))
    return found


def needed_by(
    found: Mapping[tuple[str, int], CrewsNeeded], scenario: RunScenario
) -> CrewsNeeded | None:
    """Return what a configuration takes; doing nothing in a year is the plain scenario in it."""
    year = scenario.horizon_year
    plain = scenario.name.removesuffix(f"-{year}")
    return found.get((scenario.name, year)) or found.get((plain, year))
