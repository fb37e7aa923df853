"""Say in words what a data set holds: region, counts, sources and licences."""

from __future__ import annotations

from gettext import gettext as spoken
from typing import TYPE_CHECKING

from geodata.notes import note_text

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet


def describe(data: DataSet) -> str:
    """Return a few lines about a data set, for a terminal.

    Parameters
    ----------
    data
        Data set.

    Returns
    -------
    str
    """
    cells, points, manifest = data.cells, data.points, data.manifest
    inside = cells["in_region"]
    kinds = points["kind"].value_counts().sort_index()
    named = {
        "candidate": spoken("candidates"),
        "neighbour": spoken("hospitals of neighbours"),
        "post": spoken("ambulance posts"),
        "postcode": spoken("middles of postcodes"),
        "site": spoken("sites"),
    }
    source_line = spoken("  {title}; state of {date}; {licence}; {attribution}")
    lines = [
        spoken("region      {name} ({crs})").format(name=manifest["region"], crs=manifest["crs"]),
        spoken("cells       {count}, of which {inside} in the region").format(
            count=len(cells), inside=int(inside.sum())
        ),
        spoken("inhabitants {count:.0f} in the region").format(
            count=cells.loc[inside, "population"].sum()
        ),
        spoken("births      {count:.0f} a year in the region").format(
            count=cells.loc[inside, "births"].sum()
        ),
        spoken("points      {counts}").format(
            counts=", ".join(
                f"{named.get(str(kind), kind)} {count}" for kind, count in kinds.items()
            )
        ),
        spoken("made by     {command} (version {version})").format(**manifest),
        spoken("sources"),
    ]
    lines += [
        source_line.format(**{"date": spoken("an unknown day")} | source)
        for source in manifest["sources"].values()
    ]
    return "\n".join([*lines, *map(note_text, manifest["notes"])])
