"""Where sites would go best: the answer as text, and what fewer or more would give as a drawing."""

from __future__ import annotations

from difflib import get_close_matches
from math import ceil
from typing import TYPE_CHECKING, Final

from files.formulas import write_csv
from geodata.errors import DataError
from geodata.location.candidates import Labels, draw_trade_off, trade_off
from geodata.location.grid import trade_off_over_cells
from results.language.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.dataset.dataset import DataSet
    from geodata.location.model import Aim


CELLS: Final = "cells"
"""Said instead of ids: every inhabited cell."""
TABLE: Final = "trade-off.csv"
DRAWING: Final = "trade-off.png"


def best_sites_text(
    data: DataSet, trade: pd.DataFrame, count: int, aim: Aim, limit: float, lang: str
) -> str:
    """Return the best sites and what they give, as lines for a terminal."""
    best = trade[(trade["count"] == count) & (trade["aim"] == aim)].iloc[0]
    cells = data.cells.set_index("cell")["settlement"]
    names = {**cells.to_dict(), **data.points.set_index("id")["name"].to_dict()}
    named = ", ".join(f"{site} ({names[site]})" for site in best["sites"].split())
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
        else _("proved best")
    )
    aims = {
        "mean": _("the shortest way on average"),
        "coverage": _("most inhabitants within the limit"),
        "worst": _("the best for who is worst off"),
    }
    return _(
        "best {count} for {aim}: {sites}\n"
        "mean {mean} min, {share} within {limit} min, worst-off {worst} min by car; {proof}"
    ).format(
        count=count,
        aim=aims[aim],
        sites=named,
        mean=reader.number(best["minutes_mean"], 1),
        share=reader.percent(best["share_within"]),
        limit=f"{limit:g}",
        worst=reader.number(best["minutes_worst"], 1),
        proof=proof,
    )


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
    postcodes = data.points.loc[data.points["kind"] == "postcode", "id"].tolist()
    return trade_off(
        data,
        range(1, count + 1),
        candidates or postcodes,
        fixed=fixed,
        limit=limit,
        progress=progress,
    )


def write_trade_off(trade: pd.DataFrame, limit: float, out: Path, lang: str) -> Path:
    """Write the table and the drawing of a trade-off into a folder; return the drawing's path."""
    out.mkdir(parents=True, exist_ok=True)
    write_csv(trade, out / TABLE)
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
