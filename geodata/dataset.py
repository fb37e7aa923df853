"""The data set: cells with people, points, and the minutes between them; made by `build`.

What the other floors read. `load()` gives the starter data set that ships; `load(folder)` one that
was built.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from geodata._storage import read_minutes, write_folder, write_minutes
from geodata.errors import DataError

STARTER: Final = Path(__file__).with_name("starter")
WGS84: Final = "EPSG:4326"
PROFILES: Final = ("car", "siren")
POST_KIND: Final = "post"

ProfileName = Literal["car", "siren"]
Minutes = npt.NDArray[np.float32]


@dataclass(frozen=True)
class DataSet:
    """Cells, points and the minutes between them.

    Attributes
    ----------
    cells
        A row per 250 m square that holds addresses: `cell`, `x`, `y`, `lon`, `lat`, `pc4`,
        `settlement`, `municipality_code`, `municipality`, `in_region`, `addresses` and the
        columns of `people.COUNTS`.
    points
        A row per point: `id`, `name`, `kind` (site, candidate, neighbour, post, postcode),
        `detail` (of a post: 24/7 or dynamic), `rav`, `x`, `y`, `lon`, `lat`, `snap_m`.
    municipalities
        Outlines for maps: `municipality_code`, `municipality`, `in_region`, geometry.
    roads
        Main roads for maps: `road_class`, geometry.
    manifest
        Sources, licences, hashes, version and command.
    cell_table, point_table
        Minutes by profile: cells x points, and points x points.
    """

    cells: pd.DataFrame
    points: pd.DataFrame
    municipalities: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    manifest: Mapping[str, Any]
    cell_table: Mapping[str, Minutes]
    point_table: Mapping[str, Minutes]

    @cached_property
    def _row(self) -> dict[str, int]:
        return {str(name): row for row, name in enumerate(self.points["id"])}

    def index(self, point_id: str) -> int:
        """Return the row of a point.

        Parameters
        ----------
        point_id
            Its id, such as `MST` or `PC7511`.

        Returns
        -------
        int

        Raises
        ------
        KeyError
            If there is no such point; the message lists what there is.
        """
        try:
            return self._row[point_id]
        except KeyError:
            places = self.points.loc[~self.points["kind"].isin(["post", "postcode"]), "id"]
            raise KeyError(
                f"no point {point_id!r} in the data set; it has {', '.join(places)}, "
                "ambulance posts (POST_...) and postcodes (PC...)"
            ) from None

    def cell_minutes(self, profile: ProfileName, ids: Sequence[str]) -> Minutes:
        """Return minutes between every cell and some points.

        Parameters
        ----------
        profile
            `car` or `siren`.
        ids
            Points. Minutes are from the cell to the point, but for ambulance posts from the post
            to the cell: patients drive to care, ambulances to patients.

        Returns
        -------
        numpy.ndarray
            Shape (cells, ids); NaN where there is no way.
        """
        return self.cell_table[profile][:, [self.index(point_id) for point_id in ids]]

    def point_minutes(
        self, profile: ProfileName, from_ids: Sequence[str], to_ids: Sequence[str]
    ) -> Minutes:
        """Return minutes from points to points.

        Parameters
        ----------
        profile
            `car` or `siren`.
        from_ids, to_ids
            Points.

        Returns
        -------
        numpy.ndarray
            Shape (from_ids, to_ids); NaN where there is no way.
        """
        rows = [self.index(point_id) for point_id in from_ids]
        columns = [self.index(point_id) for point_id in to_ids]
        return self.point_table[profile][np.ix_(rows, columns)]

    def nearest_point(
        self, lon: float, lat: float, max_m: float = float("inf")
    ) -> tuple[str, float]:
        """Return the point nearest to a coordinate, ambulance posts left out.

        Parameters
        ----------
        lon, lat
            Degrees (EPSG:4326).
        max_m
            Metres beyond which a point is too far to stand in.

        Returns
        -------
        tuple of str and float
            Id, and metres to it.

        Raises
        ------
        DataError
            If no point is that near.
        """
        x, y = Transformer.from_crs(WGS84, self.manifest["crs"], always_xy=True).transform(lon, lat)
        places = self.points[self.points["kind"] != POST_KIND]
        metres = np.hypot(places["x"] - x, places["y"] - y)
        nearest = int(metres.argmin())
        if not metres.iloc[nearest] <= max_m:
            raise DataError(
                f"no point of the data set within {max_m:g} m of {lon:g}, {lat:g}; "
                f"nearest is {places['id'].iloc[nearest]} at {metres.iloc[nearest]:.0f} m"
            )
        return str(places["id"].iloc[nearest]), float(metres.iloc[nearest])


def load(path: Path | None = None) -> DataSet:
    """Read a data set.

    Parameters
    ----------
    path
        Folder that `build` wrote; None for the starter data set that ships.

    Returns
    -------
    DataSet

    Raises
    ------
    DataError
        If the folder is no data set.
    """
    folder = STARTER if path is None else path
    if not (folder / "manifest.json").is_file():
        raise DataError(
            "no data set here (manifest.json is missing); make one with: twentezorg geodata build",
            file=folder,
        )
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"the data set is damaged: {error}", file=folder) from error


def _read(folder: Path) -> DataSet:
    cells = pd.read_parquet(folder / "cells.parquet")
    points = pd.read_parquet(folder / "points.parquet")
    shape = (len(cells), len(points))
    return DataSet(
        cells=cells,
        points=points,
        municipalities=gpd.read_parquet(folder / "municipalities.parquet"),
        roads=gpd.read_parquet(folder / "roads.parquet"),
        manifest=json.loads((folder / "manifest.json").read_text(encoding="utf-8")),
        cell_table={p: read_minutes(folder / f"cell-{p}.xz", shape) for p in PROFILES},
        point_table={
            p: read_minutes(folder / f"point-{p}.xz", (len(points), len(points))) for p in PROFILES
        },
    )


def write(data: DataSet, folder: Path) -> None:
    """Write a data set: beside its place first, so that it appears whole or not at all.

    Parameters
    ----------
    data
        Data set.
    folder
        Where it goes; what stands there is replaced if it is a data set.

    Raises
    ------
    DataError
        If something else than a data set stands there.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise DataError("exists and is no data set; choose another folder", file=folder)
    with write_folder(folder) as aside:
        for name, table in {
            "cells": data.cells,
            "points": data.points,
            "municipalities": data.municipalities,
            "roads": data.roads,
        }.items():
            table.to_parquet(aside / f"{name}.parquet", index=False, compression="zstd")
        for profile in PROFILES:
            write_minutes(aside / f"cell-{profile}.xz", data.cell_table[profile])
            write_minutes(aside / f"point-{profile}.xz", data.point_table[profile])
        text = json.dumps(data.manifest, indent=1, ensure_ascii=False, sort_keys=True)
        (aside / "manifest.json").write_text(text + "\n", encoding="utf-8")
