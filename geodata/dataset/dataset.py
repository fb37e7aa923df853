"""The data set: cells with people, points, and the minutes between them; made by `build`.

What the other floors read; `geodata.dataset.folder` has it on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, Literal
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.config.speed_profiles import speed_model
from geodata.dataset.storage import PROFILES, SPEEDS_FILE, read_network
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from pyproj import Transformer

    from geodata.arrays import Minutes
    from geodata.roads.network import Positions, RoadNetwork
    from geodata.routing.travel_times import TravelTimes


WGS84: Final = "EPSG:4326"
POST_KIND: Final = "post"
HERE_METRES: Final = 1.0
"""A point this near to a place is that place; points are stored to a tenth of a metre."""

ProfileName = Literal["car", "siren"]


@dataclass(frozen=True)
class DataSet:
    """Cells, points and the minutes between them.

    Attributes
    ----------
    cells
        A row per 250 m square that holds addresses: `cell`, `x`, `y`, `lon`, `lat`, `pc4`,
        `settlement`, `municipality_code`, `municipality`, `in_region`, `addresses` and the
        columns of `geodata.population.dasymetric.COUNTS`.
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
    roads_file
        The whole road network, with which any coordinate can be a point; None in the starter.
    """

    cells: pd.DataFrame
    points: pd.DataFrame
    municipalities: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    manifest: Mapping[str, Any]
    cell_table: Mapping[str, Minutes]
    point_table: Mapping[str, Minutes]
    roads_file: Path | None = None

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

    @cached_property
    def _network(self) -> tuple[RoadNetwork, Positions, Positions, dict[str, TravelTimes]]:
        """The road network, the cells and points on it, and it under each profile."""
        from geodata.routing.travel_times import TravelTimes  # noqa: PLC0415 - heavy, and few need it

        if self.roads_file is None:
            raise DataError(
                "the starter data set has no road network, so a new site takes the place of the "
                "nearest point; build a data set with: twentezorg geodata build"
            )
        roads, speeds = self._held_roads(self.roads_file)
        try:
            network, at = read_network(roads)
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise DataError(
                "the data set is damaged: {error}", error=str(error), file=roads
            ) from error
        profiles = speed_model(speeds).profiles
        travel = {name: TravelTimes(network, profiles[name]) for name in PROFILES}
        return network, at["cells"], at["points"], travel

    def _held_roads(self, roads: Path) -> tuple[Path, Path]:
        """Return the files of roads and speeds; one on disk sees first that they are its own."""
        return roads, roads.with_name(SPEEDS_FILE)

    def with_site(self, site_id: str, name: str, lon: float, lat: float) -> DataSet:
        """Return the data set with one more candidate site, anywhere on the network.

        Parameters
        ----------
        site_id, name
            New id, and name for reports.
        lon, lat
            Degrees (EPSG:4326).

        Returns
        -------
        DataSet

        Raises
        ------
        DataError
            If the id is taken, no road is near enough, or this is the starter data set.
        """
        from geodata.roads.network import joined  # noqa: PLC0415

        if site_id in self._row:
            raise DataError("a point {site_id!r} is in the data set already", site_id=site_id)
        network, cell_at, point_at, travel = self._network
        x, y = _to_metres(network.crs).transform(lon, lat)
        at = network.snap(np.array([x]), np.array([y]), float(self.manifest["snap_limit_m"]))
        if not at.found[0]:
            raise DataError(
                "{site_id} at {lon:g}, {lat:g}: no road within {limit:g} m",
                site_id=site_id,
                lon=lon,
                lat=lat,
                limit=self.manifest["snap_limit_m"],
            )
        all_points = joined(point_at, at)
        cell_table, point_table = {}, {}
        for profile in PROFILES:
            towards = travel[profile].minutes(joined(cell_at, all_points), at).astype(np.float32)
            outward = travel[profile].minutes(at, point_at).astype(np.float32)
            cells = len(cell_at)
            cell_table[profile] = np.hstack([self.cell_table[profile], towards[:cells]])
            between = np.vstack([self.point_table[profile], outward])
            point_table[profile] = np.hstack([between, towards[cells:]])
        row: dict[str, Any] = {
            "id": site_id,
            "name": name,
            "kind": "candidate",
            "detail": "",
            "rav": "",
        }
        row |= {"x": round(x, 1), "y": round(y, 1), "lon": lon, "lat": lat}
        row |= {"snap_m": round(float(at.offset[0]), 1)}
        points = pd.concat([self.points, pd.DataFrame([row])], ignore_index=True)
        wider = replace(self, points=points, cell_table=cell_table, point_table=point_table)
        vars(wider)["_network"] = (network, cell_at, all_points, travel)
        return wider

    def with_places(self, places: Iterable[tuple[float, float]]) -> DataSet:
        """Return the data set with a point at every place, where its road network gives one.

        Parameters
        ----------
        places
            Longitude and latitude in degrees (EPSG:4326). Where a point of the data set lies there
            already, or it has no road network, nothing is added: `nearest_point` stands in.

        Returns
        -------
        DataSet

        Raises
        ------
        DataError
            If no road is near enough to a place.
        """
        data = self
        for lon, lat in places if self.roads_file is not None else ():
            if data.nearest_point(lon, lat)[1] > HERE_METRES:
                here = f"{lon:.5f} {lat:.5f}"
                data = data.with_site(f"AT {here}", here, lon, lat)
        return data

    def minutes_to_cells(
        self, profile: ProfileName, origins: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
    ) -> Minutes:
        """Return minutes from cells to cells.

        Parameters
        ----------
        profile
            `car` or `siren`.
        origins, rows
            Rows of `cells`: from where, and to where.

        Returns
        -------
        numpy.ndarray
            Shape (rows, origins); NaN where there is no way.

        Raises
        ------
        DataError
            If this is the starter data set, which has no road network.
        """
        from geodata.routing.travel_times import TravelTimes  # noqa: PLC0415

        network, cell_at, _, travel = self._network
        chosen = cell_at.at(rows)
        roads = TravelTimes(network, travel[profile].profile, hubs=chosen)
        return roads.minutes(cell_at.at(origins), chosen).T.astype(np.float32)

    def slowed(self, ratio: float) -> DataSet:
        """Return the data set with every way taking `ratio` times as long."""
        if ratio == 1:
            return self
        cell_table = {name: table * np.float32(ratio) for name, table in self.cell_table.items()}
        point_table = {name: table * np.float32(ratio) for name, table in self.point_table.items()}
        return replace(self, cell_table=cell_table, point_table=point_table, roads_file=None)

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
        x, y = _to_metres(self.manifest["crs"]).transform(lon, lat)
        places = self.points[self.points["kind"] != POST_KIND]
        metres = np.hypot(places["x"] - x, places["y"] - y)
        nearest = int(metres.argmin())
        if not metres.iloc[nearest] <= max_m:
            raise DataError(
                "no point of the data set within {max_m:g} m of {lon:g}, {lat:g}; nearest is "
                "{nearest} at {metres:.0f} m",
                max_m=max_m,
                lon=lon,
                lat=lat,
                nearest=places["id"].iloc[nearest],
                metres=metres.iloc[nearest],
            )
        return str(places["id"].iloc[nearest]), float(metres.iloc[nearest])


@cache
def _to_metres(crs: str) -> Transformer:
    from pyproj import Transformer  # noqa: PLC0415 - heavy

    return Transformer.from_crs(WGS84, crs, always_xy=True)
