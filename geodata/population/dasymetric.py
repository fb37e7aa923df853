"""Where people live: address points to square cells, with inhabitants by age from postcode areas.

The inhabitants of a four-digit postcode area (PC4) are spread evenly over its addresses and scaled
to the latest total of their municipality. Births follow from women by age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.errors import DataError
from geodata.notes import Note, note

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from files.arrays import FloatArray, IntArray
    from geodata.osm.extract import NamedPlace


FIVE_YEAR_BANDS: Final = (*(f"{age}-{age + 4}" for age in range(0, 95, 5)), "95+")
AGE_BANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "age_0_14": FIVE_YEAR_BANDS[:3],
    "age_15_64": FIVE_YEAR_BANDS[3:13],
    "age_65_79": FIVE_YEAR_BANDS[13:16],
    "age_80_plus": FIVE_YEAR_BANDS[16:],
}
"""Five-year bands in each age band."""
FERTILE_BANDS: Final = {f"women_{b.replace('-', '_')}": b for b in FIVE_YEAR_BANDS[3:10]}
"""Five-year bands of women aged 15-49, by column."""
COUNTS: Final = ("population", *AGE_BANDS, *FERTILE_BANDS, "births")
"""Columns of inhabitants and expected births a year."""
SETTLEMENT_KINDS: Final = ("city", "town", "village", "hamlet")
SETTLEMENT_REACH: Final[Mapping[str, float]] = {
    "city": 0.35,
    "town": 0.5,
    "village": 1.0,
    "hamlet": 2.0,
}
"""A place's pull: its distance counts this many times, so that a suburb joins its town."""


HOLE_REACH_M: Final = 5000.0
"""How far a postcode without addresses may be from addresses without a postcode to be theirs."""


@dataclass(frozen=True, slots=True)
class Areas:
    """Polygons and totals people are counted by.

    Attributes
    ----------
    postcodes
        Column `pc4` and polygons.
    municipalities
        Columns `municipality_code`, `municipality` and polygons.
    population
        Inhabitants by PC4: `population`, the columns of `AGE_BANDS` and `FERTILE_BANDS`.
    totals
        Latest number of inhabitants by municipality code.
    """

    postcodes: gpd.GeoDataFrame
    municipalities: gpd.GeoDataFrame
    population: pd.DataFrame
    totals: pd.Series

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """Whether each municipality has a total: those of the region, shape (municipalities,)."""
        codes = self.municipalities["municipality_code"]
        return codes.isin(self.totals.index).to_numpy()


@dataclass(frozen=True, slots=True)
class Spread:
    """Cells, and what could not be placed."""

    cells: pd.DataFrame
    notes: tuple[Note, ...]


def band_populations(table: pd.DataFrame) -> pd.DataFrame:
    """Sum five-year bands to age bands, made to add up to the population.

    Parameters
    ----------
    table
        Indexed by PC4: `population`, `total_0-4` ... `total_95+`, `women_15-19` ... `women_45-49`.

    Returns
    -------
    pandas.DataFrame
        `population`, `AGE_BANDS` and `FERTILE_BANDS`. CBS rounds each figure to five; the bands
        are scaled so that together they are the population.
    """
    bands = pd.DataFrame(
        {
            name: table[[f"total_{b}" for b in parts]].sum(axis=1)
            for name, parts in AGE_BANDS.items()
        }
    )
    women = pd.DataFrame({name: table[f"women_{b}"] for name, b in FERTILE_BANDS.items()})
    ratio = (table["population"] / bands.sum(axis=1)).replace([np.inf], np.nan).fillna(0.0)
    return pd.concat([table["population"], bands.mul(ratio, axis=0), women], axis=1)


def spread_people(
    x: FloatArray,
    y: FloatArray,
    areas: Areas,
    births_per_1000: Mapping[str, float],
    size: float,
) -> Spread:
    """Spread inhabitants over address points and gather them in square cells.

    Parameters
    ----------
    x, y
        Address points in the projection of the areas, shape (addresses,).
    areas
        Polygons and totals.
    births_per_1000
        Births a year per 1000 women, by column of `FERTILE_BANDS`.
    size
        Side of a cell in metres.

    Returns
    -------
    Spread
        A row per cell that holds addresses: `cell`, `x`, `y` (mean of its addresses), `pc4`,
        `municipality_code`, `municipality` (of most of its addresses), `addresses`, `COUNTS`.

    Raises
    ------
    DataError
        If no address lies in the region, or one lies in a postcode without a count.
    """
    address = _with_gaps_filled(_addresses(x, y, areas, size), areas)
    address = _with_population(address, areas)
    if not areas.counted[address["area"]].any():
        raise DataError("the extract holds no addresses within the region")
    bare = _bare_postcodes(address, areas)
    address = pd.concat([address, bare], ignore_index=True)
    notes = tuple(
        note("PC4 {pc4} has no addresses: people placed in its middle", pc4=str(pc4))
        for pc4 in bare["pc4"]
    )
    address["column"] = np.floor(address["x"] / size).astype(np.int64)
    address["row"] = np.floor(address["y"] / size).astype(np.int64)
    parts = _count(address, areas.population)
    cells = _gather(parts, size)
    codes = areas.municipalities["municipality_code"].to_numpy()
    cells["municipality_code"] = codes[cells["area"]]
    cells["municipality"] = areas.municipalities["municipality"].to_numpy()[cells["area"]]
    cells = _scaled_to_totals(cells.drop(columns="area"), areas.totals)
    rates = np.array([births_per_1000[name] for name in FERTILE_BANDS]) / 1000.0
    cells["births"] = cells[list(FERTILE_BANDS)].to_numpy() @ rates
    return Spread(cells, notes)


def settlement_names(
    x: FloatArray, y: FloatArray, place_x: FloatArray, place_y: FloatArray, places: list[NamedPlace]
) -> list[str]:
    """Return the settlement each point belongs to: the nearest place, larger ones pulling further.

    Parameters
    ----------
    x, y
        Points, shape (points,).
    place_x, place_y
        Positions of `places` in the same projection, shape (places,).
    places
        Named places; kinds other than `SETTLEMENT_KINDS` are left out.

    Returns
    -------
    list of str
        A name per point; empty where no place is known.
    """
    best = np.full(len(x), np.inf)
    names = np.full(len(x), "", dtype=object)
    for kind in SETTLEMENT_KINDS:
        which = [i for i, place in enumerate(places) if place.kind == kind]
        if not which:
            continue
        tree = shapely.STRtree(np.asarray(shapely.points(place_x[which], place_y[which])))
        (_, nearest), distance = tree.query_nearest(
            shapely.points(x, y), return_distance=True, all_matches=False
        )
        weighted = distance * SETTLEMENT_REACH[kind]
        closer = weighted < best
        best[closer] = weighted[closer]
        names[closer] = [places[which[i]].name for i in nearest[closer]]
    return [str(name) for name in names]


def _addresses(x: FloatArray, y: FloatArray, areas: Areas, size: float) -> pd.DataFrame:
    """Return the addresses within a municipality with its number and postcode, -1 for none."""
    pc4 = _area_of(x, y, size, areas.postcodes)
    municipality = _area_of(x, y, size, areas.municipalities)
    inside = municipality >= 0
    code = np.append(areas.postcodes["pc4"].to_numpy(), -1)
    return pd.DataFrame(
        {
            "x": x[inside],
            "y": y[inside],
            "pc4": code[pc4[inside]],
            "area": municipality[inside],
            "addresses": 1,
        }
    )


def _with_gaps_filled(address: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Give addresses in a hole between the postcodes a postcode; outside the region, drop them.

    Generalised boundaries may lose a postcode almost wholly: one with inhabitants but without
    addresses takes the hole's addresses if it is nearest among such; else the nearest postcode.
    """
    in_hole = (address["pc4"] < 0).to_numpy()
    hole = np.flatnonzero(in_hole & areas.counted[address["area"]])
    inhabited = areas.postcodes["pc4"].map(areas.population["population"]).fillna(0.0) > 0
    bare = inhabited & ~areas.postcodes["pc4"].isin(address["pc4"].unique())
    at = shapely.points(address["x"].to_numpy()[hole], address["y"].to_numpy()[hole])
    filled = address["pc4"].to_numpy().copy()
    for candidates, reach in ((inhabited, None), (bare, HOLE_REACH_M)):
        polygons = areas.postcodes[candidates]
        tree = shapely.STRtree(polygons.geometry.to_numpy())
        which, nearest = tree.query_nearest(at, max_distance=reach, all_matches=False)
        filled[hole[which]] = polygons["pc4"].to_numpy()[nearest]
    return address.assign(pc4=filled)[filled >= 0]


def _with_population(address: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Leave out addresses in postcodes without a count; within the region that is an error."""
    known = address["pc4"].isin(areas.population.index)
    missing = np.unique(address["pc4"][~known & areas.counted[address["area"]]])
    if len(missing):
        listed = ", ".join(str(pc4) for pc4 in missing[:5])
        raise DataError(
            "the population table misses {count} PC4 of the region: {missing}",
            count=len(missing),
            missing=listed,
        )
    return address[known]


def _bare_postcodes(address: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Return one stand-in address for each postcode of a counted municipality that has none."""
    bare = areas.postcodes[~areas.postcodes["pc4"].isin(address["pc4"].unique())]
    people = bare["pc4"].map(areas.population["population"]).fillna(0.0)
    bare = bare[people.to_numpy() > 0]
    middle = shapely.point_on_surface(bare.geometry.to_numpy())
    polygons = shapely.STRtree(areas.municipalities.geometry.to_numpy())
    which, area = polygons.query(middle, predicate="within")
    which, area = (found[areas.counted[area]] for found in (which, area))
    return pd.DataFrame(
        {
            "x": shapely.get_x(middle[which]),
            "y": shapely.get_y(middle[which]),
            "pc4": bare["pc4"].to_numpy()[which],
            "area": area,
            "addresses": 0,
        }
    )


def _area_of(x: FloatArray, y: FloatArray, size: float, areas: gpd.GeoDataFrame) -> IntArray:
    """Return which polygon each point lies in, -1 for none; whole squares at once where one can."""
    column, row = np.floor(x / size).astype(np.int64), np.floor(y / size).astype(np.int64)
    key, member = np.unique(column * 1_000_000 + row, return_inverse=True)
    west, south = (key // 1_000_000) * size, (key % 1_000_000) * size
    squares = shapely.STRtree(shapely.box(west, south, west + size, south + size))
    polygons = areas.geometry.to_numpy()
    of_square = np.full(len(key), -1, dtype=np.int64)
    polygon, square = squares.query(polygons, predicate="covers")
    of_square[square] = polygon
    result = of_square[member]
    shared = np.zeros(len(key), dtype=bool)
    shared[squares.query(polygons, predicate="intersects")[1]] = True
    loose = np.flatnonzero((shared & (of_square < 0))[member])
    points = shapely.STRtree(np.asarray(shapely.points(x[loose], y[loose])))
    polygon, point = points.query(polygons, predicate="intersects")
    result[loose[point[::-1]]] = polygon[::-1]  # on a border the first polygon counts
    return result


def _count(address: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return inhabitants per cell, postcode and municipality."""
    per_postcode = address.groupby("pc4").size()
    weight = address["addresses"].clip(lower=1)
    parts = (
        address.assign(sum_x=address["x"], sum_y=address["y"], weight=weight)
        .groupby(["column", "row", "pc4", "area"], as_index=False)
        .agg({"sum_x": "sum", "sum_y": "sum", "weight": "sum", "addresses": "sum"})
    )
    share = parts["weight"] / parts["pc4"].map(per_postcode)
    people = population.loc[parts["pc4"]].reset_index(drop=True).mul(share, axis=0)
    return pd.concat([parts, people], axis=1)


def _gather(parts: pd.DataFrame, size: float) -> pd.DataFrame:
    """Return a row per cell; postcode and municipality are those of most of its addresses."""
    square = ["column", "row"]
    summed = ["sum_x", "sum_y", "weight", "addresses", "population", *AGE_BANDS, *FERTILE_BANDS]
    main = parts.sort_values(
        [*square, "weight", "pc4", "area"], ascending=[True, True, False, True, True]
    ).drop_duplicates(square)
    cells = parts.groupby(square, as_index=False)[summed].sum()
    cells = cells.merge(main[[*square, "pc4", "area"]], on=square, validate="1:1")
    cells["x"] = (cells["sum_x"] / cells["weight"]).round(0)
    cells["y"] = (cells["sum_y"] / cells["weight"]).round(0)
    west = (cells["column"] * size).astype(int)
    south = (cells["row"] * size).astype(int)
    cells["cell"] = [f"E{e}N{n}" for e, n in zip(west, south, strict=True)]
    return cells.drop(columns=[*square, "sum_x", "sum_y", "weight"])


def _scaled_to_totals(cells: pd.DataFrame, totals: pd.Series) -> pd.DataFrame:
    """Scale inhabitants to the total of their municipality, where one is given."""
    counted = cells.groupby("municipality_code")["population"].sum()
    ratio = (totals / counted).reindex(counted.index).fillna(1.0)
    scale = cells["municipality_code"].map(ratio)
    columns = ["population", *AGE_BANDS, *FERTILE_BANDS]
    cells[columns] = cells[columns].mul(scale, axis=0)
    return cells
