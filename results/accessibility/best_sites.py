"""Where sites would go best: the answer as text, and what fewer or more would give as a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from files.formulas import write_csv
from geodata.accessibility.uncertainty import CENTRAL_RANGE, drawn_shares, travel_ratio
from geodata.errors import DataError
from geodata.location.candidates import Labels, draw_trade_off, trade_off
from geodata.location.grid import trade_off_over_cells
from results.language.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from files.arrays import FloatArray
    from geodata.dataset.dataset import DataSet
    from geodata.location.model import Aim
    from results.language.words import Words


CELLS: Final = "cells"
"""Said instead of ids: every inhabited cell."""
TABLE: Final = "trade-off.csv"
DRAWING: Final = "trade-off.png"
WRITTEN_DECIMALS: Final = {"minutes_mean": 0, "share_within": 2, "minutes_worst": 0}
"""Of the table: speeds are not known so well that more would tell."""
FIGURES: Final[dict[Aim, str]] = {
    "mean": "minutes_mean",
    "coverage": "share_within",
    "worst": "minutes_worst",
}
"""The figure that each aim seeks."""
CERTAIN: Final = 0.95
"""Of the draws of speeds: then sites are before others."""
EVERY: Final = 10
"""Of the draws of speeds one in so many is used: 400."""
NAMED: Final = 5
"""Sites as good that are named."""


@dataclass(frozen=True)
class Certainty:
    """What is known of an answer, as speeds are not known exactly.

    Attributes
    ----------
    ranges
        Low and high end of 95% of each figure, by its column.
    as_good
        Sites that could take the place of one of the chosen and can't be told apart from it.
    """

    ranges: Mapping[str, tuple[float, float]]
    as_good: tuple[str, ...]


def certainty(
    data: DataSet,
    chosen: Sequence[str],
    candidates: Sequence[str],
    fixed: Sequence[str],
    aim: Aim,
    limit: float,
) -> Certainty:
    """Say how sure an answer is: its ranges, and which sites are as good.

    Travel times of a municipality are off by an unknown ratio, drawn many times
    (`geodata.accessibility.uncertainty`). Sites are before others where they are so in at least 95%
    of the draws.

    Parameters
    ----------
    data
        Data set.
    chosen, fixed
        The sites of the answer that were sought, ids of points or of cells, and those that are
        open anyway.
    candidates
        Ids of points that each of the chosen is held against.
    aim, limit
        As `geodata.location.candidates.best_sites`.
    """
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    people = cells["population"].to_numpy(dtype=float)
    names, member = np.unique(cells["municipality"].to_numpy(), return_inverse=True)
    ratios = travel_ratio("car", limit).draws(len(names))[::EVERY]

    row_of = {cell: row for row, cell in enumerate(data.cells["cell"])}

    def minutes(sites: Sequence[str]) -> FloatArray:
        if squares := [row_of[site] for site in sites if site in row_of]:
            points = [site for site in sites if site not in row_of]
            ways = data.minutes_to_cells("car", np.flatnonzero(inside), np.array(squares)).T
            found = np.column_stack([ways, data.cell_minutes("car", points)[inside]])
        else:
            found = data.cell_minutes("car", sites)[inside]
        return np.nan_to_num(found.astype(float), nan=np.inf)

    def drawn(figure: str, nearest: FloatArray) -> FloatArray:
        if figure == "share_within":
            return drawn_shares(nearest, people, member, limit, ratios)
        if figure == "minutes_mean":
            return ratios @ np.bincount(member, people * nearest) / people.sum()
        return (ratios * [nearest[member == at].max() for at in range(len(names))]).max(axis=1)

    def better(one: FloatArray, other: FloatArray) -> bool:
        ahead = one > other if aim == "coverage" else one < other
        return float(ahead.mean()) >= CERTAIN

    best = minutes([*chosen, *fixed]).min(axis=1)
    ours = drawn(FIGURES[aim], best)
    others = [name for name in candidates if name not in {*chosen, *fixed}]
    table, found = minutes(others), []
    for at in range(len(chosen)):
        rest = [*chosen[:at], *chosen[at + 1 :], *fixed]
        kept = minutes(rest).min(axis=1) if rest else np.full(len(people), np.inf)
        for place, name in enumerate(others):
            if not better(ours, drawn(FIGURES[aim], np.minimum(kept, table[:, place]))):
                found.append(name)
    ends = {name: np.quantile(drawn(name, best), CENTRAL_RANGE) for name in FIGURES.values()}
    ranges = {name: (float(low), float(high)) for name, (low, high) in ends.items()}
    return Certainty(ranges, tuple(dict.fromkeys(found)))


def best_sites_text(
    data: DataSet,
    trade: pd.DataFrame,
    count: int,
    aim: Aim,
    limit: float,
    lang: str,
    candidates: Sequence[str] = (),
    fixed: Sequence[str] = (),
) -> str:
    """Return the best sites and what they give, as lines for a terminal.

    Figures have their 95% range, and sites that can't be told apart from the chosen are named.
    """
    best = trade[(trade["count"] == count) & (trade["aim"] == aim)].iloc[0]
    names = dict(zip(data.cells["cell"], data.cells["settlement"], strict=True))
    names |= dict(zip(data.points["id"], data.points["name"], strict=True))
    sites = best["sites"].split()
    named = ", ".join(f"{site} ({names[site]})" for site in sites)
    reader = words(lang)
    _ = reader.gettext
    gap = (
        reader.percent(best["gap"], 2)
        if aim == "coverage"
        else _("{minutes} min").format(minutes=reader.number(ceil(100 * best["gap"]) / 100, 2))
    )
    proof = (
        _("others could be better by {gap} at most").format(gap=gap)
        if best["gap"]
        else _("by these speeds proved best")
    )
    aims = {
        "mean": _("the shortest way on average"),
        "coverage": _("most inhabitants within the limit"),
        "worst": _("the best for who is worst off"),
    }
    text = _("best {count} for {aim}: {sites}").format(count=count, aim=aims[aim], sites=named)
    figures = _(
        "mean {mean} min, {share} within {limit} min, worst-off {worst} min by car; {proof}"
    )
    shown = {
        name: reader.percent(best[name], 0) if name == "share_within" else reader.number(best[name])
        for name in FIGURES.values()
    }
    own = [site for site in sites if site not in fixed]
    # a square is held against every postcode: neighbours of a square would only say that it is one
    against = _points(data, () if list(candidates) == [CELLS] else candidates)
    known = certainty(data, own, against, fixed, aim, limit)
    for name, (low, high) in known.ranges.items():
        span = (
            reader.percent_between(low, high)
            if name == "share_within"
            else _("{low} to {high}").format(low=reader.number(low), high=reader.number(high))
        )
        shown[name] += f" ({span})"
    line = figures.format(
        mean=shown["minutes_mean"],
        share=shown["share_within"],
        worst=shown["minutes_worst"],
        limit=f"{limit:g}",
        proof=proof,
    )
    return "\n".join([text, line, *_as_good(known, names, reader)])


def _as_good(known: Certainty, names: Mapping[str, str], reader: Words) -> Iterator[str]:
    """Say who ties with the answer: then it is no winner."""
    count = len(known.as_good)
    if count:
        few = ", ".join(f"{site} ({names[site]})" for site in known.as_good[:NAMED])
        yield reader.ngettext(
            "no winner: speeds are not known exactly, and {count} other site is as good: {sites}",
            "no winner: speeds are not known exactly, and {count} other sites are as good, such as "
            "{sites}",
            count,
        ).format(count=reader.number(count), sites=few)


def _points(data: DataSet, candidates: Sequence[str]) -> list[str]:
    """Return the candidates; every postcode where none are named."""
    postcodes = data.points.loc[data.points["kind"] == "postcode", "id"]
    return list(candidates) or postcodes.tolist()


def locate(
    data: DataSet,
    count: int,
    candidates: Sequence[str],
    fixed: Sequence[str],
    limit: float,
    progress: Callable[[str], None] = lambda _step: None,
) -> pd.DataFrame:
    """Return the best sites for every aim, from one site up to some number.

    Parameters
    ----------
    data
        Data set.
    count
        Most sites to choose.
    candidates
        Ids to choose from, or only `cells` for every inhabited cell; every postcode where empty.
    fixed
        Ids that are open anyway.
    limit
        Minutes of the norm.
    progress
        Called with each number of sites and aim as it starts.

    Returns
    -------
    pandas.DataFrame
        As `geodata.location.candidates.trade_off`.

    Raises
    ------
    DataError
        If a point is not known, there are fewer candidates than sites, or cells cannot be some.
    """
    known = set(data.points["id"])
    asked = [*fixed, *(() if list(candidates) == [CELLS] else candidates)]
    for unknown in (one for one in asked if one not in known):
        near = get_close_matches(unknown, known, n=3)
        places = data.points.loc[~data.points["kind"].isin(["post", "postcode"]), "id"]
        raise DataError(
            "no point {id!r} in the data set; there are {near}, and postcodes such as PC7511",
            id=unknown,
            near=", ".join(near or places),
        )
    if list(candidates) == [CELLS]:
        return trade_off_over_cells(
            data, range(1, count + 1), fixed=fixed, limit=limit, progress=progress
        )
    return trade_off(
        data,
        range(1, count + 1),
        _points(data, candidates),
        fixed=fixed,
        limit=limit,
        progress=progress,
    )


def write_trade_off(trade: pd.DataFrame, limit: float, out: Path, lang: str) -> Path:
    """Write the table and the drawing of a trade-off into a folder; return the drawing's path."""
    out.mkdir(parents=True, exist_ok=True)
    write_csv(trade.round(WRITTEN_DECIMALS), out / TABLE)
    draw_trade_off(trade, out / DRAWING, _labels(lang), limit)
    return out / DRAWING


def _labels(lang: str) -> Labels:
    _ = words(lang).gettext
    return Labels(
        aims={
            "mean": _("shortest mean drive"),
            "coverage": _("most inhabitants within the norm"),
            "worst": _("shortest longest drive"),
        },
        minutes_mean=_("Mean drive (minutes)"),
        share_within=_("Inhabitants within {limit:g} minutes (%)"),
        minutes_worst=_("Longest drive (minutes)"),
        count=_("sites to choose"),
        best=_("chosen for"),
    )
