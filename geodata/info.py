"""Say in words what a data set holds: region, counts, sources and licences."""

from geodata.dataset import DataSet


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
    lines = [
        f"region      {manifest['region']} ({manifest['crs']})",
        f"cells       {len(cells)}, of which {int(inside.sum())} in the region",
        f"inhabitants {cells.loc[inside, 'population'].sum():.0f} in the region",
        f"births      {cells.loc[inside, 'births'].sum():.0f} a year in the region",
        f"points      {', '.join(f'{count} {kind}' for kind, count in kinds.items())}",
        f"made by     {manifest['command']} (version {manifest['version']})",
        "sources",
    ]
    lines += [
        f"  {source['title']}; state of {source.get('date', 'an unknown day')}; "
        f"{source['licence']}; {source['attribution']}"
        for source in manifest["sources"].values()
    ]
    return "\n".join([*lines, *manifest["notes"]])
