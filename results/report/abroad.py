"""The table of who has a nearer hospital across the border, beside those of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.accessibility.abroad import ANY
from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.abroad import run_beside_abroad
from results.language.words import UNKNOWN

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from results.language.words import Words
    from results.runs.run import Run


@dataclass(frozen=True)
class AbroadTable:
    """Inhabitants of the region who have a nearer hospital abroad, as texts.

    Attributes
    ----------
    heads
        Hospitals, and the nearest of them last.
    rows
        Per scenario and care: its title, the care, and a number for each head.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


def abroad_table(run: Run, data: DataSet, words: Words) -> AbroadTable | None:
    """Lay out for how many inhabitants a hospital abroad is nearer; None where none is known."""
    table = run_beside_abroad(run, data)
    if table.empty:
        return None
    _ = words.gettext
    names = {site.point: site.name for s in run.scenarios for site in s.abroad}
    region = table[table["municipality_code"] == REGION_CODE]
    named = set(region["hospital"])
    hospitals = [*(point for point in names if point in named), ANY]
    care = {"ed": _("emergency department"), "maternity": _("giving birth")}
    rows = []
    for scenario in run.scenarios:
        own = region[region["scenario"] == scenario.name]
        for function, of_care in own.groupby("function", sort=False):
            people = dict(zip(of_care["hospital"], of_care["inhabitants_nearer"], strict=True))
            cells = tuple(
                words.number(people[key], 0) if key in people else UNKNOWN for key in hospitals
            )
            title = f"{words.of(scenario.title)} ({scenario.horizon_year})"
            rows.append((title, care[str(function)], cells))
    heads = (*(names[point] for point in hospitals[:-1]), _("the nearest of them"))
    return AbroadTable(heads, tuple(rows))
