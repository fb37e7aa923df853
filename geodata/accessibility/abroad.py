"""Hospitals across the border, beside those that count: who has a nearer one, and how near.

Never mixed in: minutes and shares of `reachability` are of what counts alone. Agreements, insurance
and language are not in minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geodata.accessibility.reachability import areas, nearest_minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.arrays import Minutes
    from geodata.dataset.dataset import DataSet, ProfileName

ANY: Final = "any"
"""The nearest of all hospitals abroad."""


def nearer_abroad(
    data: DataSet, profile: ProfileName, counted: Minutes, abroad: Sequence[str]
) -> pd.DataFrame:
    """Return how hospitals across the border compare with those that count.

    Parameters
    ----------
    data
        Data set.
    profile
        `car` or `siren`.
    counted
        Minutes per cell to the nearest hospital that counts, shape (cells,).
    abroad
        Ids of the hospitals across the border.

    Returns
    -------
    pandas.DataFrame
        A row per municipality, and for the region last, and hospital, and for the nearest of them
        (`any`): `municipality_code`, `municipality`, `hospital`, `population`, `minutes_mean` (to
        what counts), `minutes_mean_abroad`, `inhabitants_nearer` and `share_nearer`, of whom the
        hospital abroad is nearer.
    """
    inside = data.cells["in_region"].to_numpy() & (data.cells["population"].to_numpy() > 0)
    cells = data.cells[inside]
    weight = cells["population"].to_numpy(dtype=float)
    here = counted[inside].astype(float)
    rows = []
    for code, name, members in areas(cells, data):
        people = weight[members]
        for hospital, points in [*((one, [one]) for one in abroad), (ANY, list(abroad))]:
            there = nearest_minutes(data, profile, [points])[inside][members].astype(float)
            nearer = float(people[there < here[members]].sum())
            rows.append(
                {
                    "municipality_code": code,
                    "municipality": name,
                    "hospital": hospital,
                    "population": people.sum(),
                    "minutes_mean": float(np.average(here[members], weights=people)),
                    "minutes_mean_abroad": float(np.average(there, weights=people)),
                    "inhabitants_nearer": nearer,
                    "share_nearer": nearer / people.sum(),
                }
            )
    return pd.DataFrame(rows)
