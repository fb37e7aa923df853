"""Read boundaries and inhabitants as Statistics Netherlands (CBS) publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geodata.errors import DataError
from geodata.population.dasymetric import FERTILE_BANDS, FIVE_YEAR_BANDS, Areas, band_populations

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.config.region import Region

POPULATION_COLUMNS: Final = (
    "pc4",
    "population",
    *(f"total_{band}" for band in FIVE_YEAR_BANDS),
    *(f"women_{band}" for band in FERTILE_BANDS.values()),
)
TOTAL_COLUMNS: Final = ("code", "gm", "population")
MUNICIPALITY_PREFIX: Final = "GM"


def read_cbs(folder: Path, region: Region) -> Areas:
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
    totals = _table(file["totals"], TOTAL_COLUMNS)
    totals = totals[totals["code"].str.startswith(MUNICIPALITY_PREFIX)].set_index("code")
    _once(totals.index, file["totals"], "code")
    _require(region, totals.index.to_series(), file["totals"])
    population = _table(file["population"], POPULATION_COLUMNS).set_index("pc4")
    _once(population.index, file["population"], "pc4")
    return Areas(
        postcodes=_polygons(file["postcodes"], ("pc4",), region.crs),
        municipalities=municipalities,
        population=band_populations(population),
        totals=totals.loc[list(region.municipalities), "population"].astype(float),
    )


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except FileNotFoundError:
        raise DataError("no such file", file=path) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError("not a CSV table: {error}", error=str(error), file=path) from None
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError("lacks column {missing}", missing=", ".join(missing), file=path, line=1)
    for column in columns:
        if column in {"code", "gm"}:
            continue
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.isna().any():
            at = int(numbers.isna().to_numpy().argmax())
            given = table[column].iloc[at]
            if pd.isna(given):
                raise DataError("is empty; must be a number", file=path, line=at + 2, field=column)
            raise DataError(
                "is {value!r}; must be a number", file=path, line=at + 2, field=column, value=given
            )
    return table[list(columns)]


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


def _require(region: Region, codes: pd.Series, path: Path) -> None:
    absent = sorted(set(region.municipalities) - set(codes))
    if absent:
        raise DataError("lacks municipality {absent}", absent=", ".join(absent), file=path)
