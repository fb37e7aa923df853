"""Read boundaries and inhabitants as Statistics Netherlands (CBS) publishes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from files.csv_table import read_table
from files.errors import Said
from geodata.errors import DataError
from geodata.population.dasymetric import FERTILE_BANDS, FIVE_YEAR_BANDS, Areas, band_populations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from geodata.config.region import RegionDefinition

POPULATION_COLUMNS: Final = (
    "population",
    *(f"total_{band}" for band in FIVE_YEAR_BANDS),
    *(f"women_{band}" for band in FERTILE_BANDS.values()),
)
MUNICIPALITY_PREFIX: Final = "GM"
"""Of rows of municipalities; districts and neighbourhoods stand between them."""

SECRET: Final = re.compile(r"-9999\d(\.0)?")
"""CBS writes -99997 for a figure that is secret, -99995 and others for one that isn't known."""

POSTCODE: Final = re.compile(r"([1-9]\d{3})(\.0)?")


def read_cbs(folder: Path, region: RegionDefinition) -> Areas:
    """Read postcode areas, municipalities, inhabitants by age and the latest totals.

    Parameters
    ----------
    folder
        Holds the files the region names.
    region
        Region; names the files, the projection and the municipalities.

    Returns
    -------
    Areas

    Raises
    ------
    DataError
        If a file or column is missing, a polygon is broken, or a municipality is absent.
    """
    file = {
        key: folder / str(source["file"])
        for key, source in region.sources.items()
        if "file" in source
    }
    municipalities = _polygons(file["municipalities"], ("statcode", "statnaam"), region.crs)
    municipalities = municipalities.rename(
        columns={"statcode": "municipality_code", "statnaam": "municipality"}
    )
    renamed = municipalities["municipality_code"].map(region.municipality_names)
    municipalities["municipality"] = renamed.fillna(municipalities["municipality"])
    _require(region, municipalities["municipality_code"], file["municipalities"])
    totals = _counts(file["totals"], "code", ("population",), MUNICIPALITY_PREFIX)
    _require(region, totals.index.to_series(), file["totals"])
    population = _counts(file["population"], "pc4", POPULATION_COLUMNS)
    population.index = pd.Index(_postcodes(population.index, file["population"]), name="pc4")
    postcodes = _polygons(file["postcodes"], ("pc4",), region.crs)
    postcodes["pc4"] = _postcodes(postcodes["pc4"], file["postcodes"])
    _once(pd.Index(postcodes["pc4"]), file["postcodes"], "pc4")
    return Areas(
        postcodes=postcodes.sort_values("pc4", ignore_index=True),
        municipalities=municipalities,
        population=band_populations(population),
        totals=totals.loc[list(region.municipalities), "population"].astype(float),
    )


def _counts(path: Path, key: str, columns: Sequence[str], prefix: str = "") -> pd.DataFrame:
    """Read counts of people, of keys with a prefix: whole numbers of 0 or more, each key once."""
    table = read_table(path, (key, *columns)).where(key, prefix)
    table.once(key)
    counts = {}
    for column in columns:
        for row, text in enumerate(table.texts(column)):
            if SECRET.fullmatch(text):
                what = Said("is CBS's code for a figure that is secret or unknown; estimate it")
                raise table.wrong(row, column, what, text)
        counts[column] = table.counts(column)
    return pd.DataFrame(counts, index=table.texts(key))


def _postcodes(texts: Iterable[object], path: Path) -> list[int]:
    """Return postcodes as numbers, however they are served: 7511, 7511.0 or "7511"."""
    codes = []
    for text in texts:
        match = POSTCODE.fullmatch(str(text).strip())
        if match is None:
            raise DataError(
                "is {given!r}; must be four digits, such as 7511",
                given=str(text),
                file=path,
                field="pc4",
            )
        codes.append(int(match[1]))
    return codes


def _polygons(path: Path, columns: tuple[str, ...], crs: str) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise DataError("no such file", file=path)
    try:
        table = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise DataError(
            "cannot be read as polygons: {error}", error=str(error), file=path
        ) from None
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError("lacks property {missing}", missing=", ".join(missing), file=path)
    if table.crs is None or table.crs.to_string() != crs:
        given = "none" if table.crs is None else table.crs.to_string()
        raise DataError("projection is {given}; must be {crs}", given=given, crs=crs, file=path)
    _once(pd.Index(table[columns[0]]), path, columns[0])
    if table.geometry.isna().any():
        bare = table[columns[0]].iloc[int(table.geometry.isna().to_numpy().argmax())]
        raise DataError("{bare} has no polygon", bare=bare, file=path)
    valid = shapely.is_valid(table.geometry.to_numpy())
    if not valid.all():
        broken = int((~valid).argmax())
        reason = shapely.is_valid_reason(table.geometry.iloc[broken])
        raise DataError(
            "polygon of {code} is broken: {reason}",
            code=table[columns[0]].iloc[broken],
            reason=reason,
            file=path,
        )
    return table[[*columns, "geometry"]].sort_values(columns[0]).reset_index(drop=True)


def _once(keys: pd.Index, path: Path, field: str) -> None:
    if keys.has_duplicates:
        raise DataError(
            "{key} stands twice", key=keys[keys.duplicated()][0], file=path, field=field
        )


def _require(region: RegionDefinition, codes: pd.Series, path: Path) -> None:
    absent = sorted(set(region.municipalities) - set(codes))
    if absent:
        raise DataError("lacks municipality {absent}", absent=", ".join(absent), file=path)
