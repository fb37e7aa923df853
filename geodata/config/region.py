"""A region: which municipalities, in which projection, made from which files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geodata.config.sourced import Parameter, parameters_of, read_yaml
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REGIONS: Final = Path(__file__).with_name("regions")
DEFAULT_REGION: Final = "twente"
POINT_COLUMNS: Final = ("id", "name", "kind", "lat", "lon", "source", "confidence")
SITE_KINDS: Final = ("site", "candidate", "neighbour")
POST_KINDS: Final = ("24/7", "dynamic")
SOURCE_FIELDS: Final = ("title", "licence", "attribution")
PARAMETERS: Final = ("snap.limit", "cells.size", "cells.outside_margin", "map.tolerance")
"""Numbers that every region states."""


@dataclass(frozen=True, slots=True)
class Region:
    """What a region is made from.

    Attributes
    ----------
    name
        Name for reports.
    crs
        Projection in metres.
    country
        Its country; hospitals elsewhere are abroad.
    admin_level
        Level of municipalities in OpenStreetMap, where boundaries come from there; else None.
    municipalities
        Codes of the municipalities that make up the region.
    municipality_names
        Name to use instead of the source's, by code.
    sites, posts
        Hospital sites and ambulance posts: columns `POINT_COLUMNS`, posts also `rav`.
    sources
        Title, licence, attribution, date and file of each source, by key.
    parameters
        Numbers with their source, by key.
    """

    name: str
    crs: str
    country: str
    admin_level: int | None
    municipalities: tuple[str, ...]
    municipality_names: Mapping[str, str]
    sites: pd.DataFrame
    posts: pd.DataFrame
    sources: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Parameter]

    def __getitem__(self, key: str) -> float:
        """Return the value of a parameter."""
        return self.parameters[key].value

    def value_or_zero(self, key: str) -> float:
        """Return the value of a parameter, 0 where the region does not state it."""
        parameter = self.parameters.get(key)
        return 0.0 if parameter is None else parameter.value


def read_region(path: Path = REGIONS / f"{DEFAULT_REGION}.yaml") -> Region:
    """Read a region.

    Parameters
    ----------
    path
        A YAML file as `regions/twente.yaml`; point files are looked for beside it.

    Returns
    -------
    Region

    Raises
    ------
    DataError
        If the file, a key, or a point is missing or wrong.
    """
    content = read_yaml(path)
    _require(("name", "crs", "country", "municipalities", "sources"), content, path)
    for key, source in content["sources"].items():
        _require(SOURCE_FIELDS, source, path, field=f"sources.{key}")
    _check_projection(str(content["crs"]), path)
    parameters = parameters_of(content, path)
    _require(PARAMETERS, parameters, path, field="parameters")
    return Region(
        name=content["name"],
        crs=content["crs"],
        country=content["country"],
        admin_level=content.get("admin_level"),
        municipalities=tuple(content["municipalities"]),
        municipality_names=content.get("municipality_names", {}),
        sites=_points(path, content, "sites", SITE_KINDS),
        posts=_points(path, content, "posts", POST_KINDS),
        sources=content["sources"],
        parameters=parameters,
    )


def _require(
    keys: Iterable[str], given: Mapping[str, Any], path: Path, field: str | None = None
) -> None:
    missing = [key for key in keys if key not in given]
    if missing:
        raise DataError("lacks {missing}", missing=", ".join(missing), file=path, field=field)


def _check_projection(crs: str, path: Path) -> None:
    from pyproj import CRS  # noqa: PLC0415 - heavy
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        axes = CRS.from_user_input(crs).axis_info
    except CRSError:
        axes = []
    if not axes or any(axis.unit_name != "metre" for axis in axes):
        raise DataError(
            "is {crs!r}; must be a projection in metres, such as EPSG:28992",
            crs=crs,
            file=path,
            field="crs",
        )


def _points(
    region: Path, content: Mapping[str, Any], key: str, kinds: tuple[str, ...]
) -> pd.DataFrame:
    if key not in content:
        return pd.DataFrame(columns=[*POINT_COLUMNS, "rav"])
    return read_points(region.parent / content[key], POINT_COLUMNS, kinds)


def read_points(
    path: Path, columns: tuple[str, ...] = ("id", "lon", "lat"), kinds: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Read a CSV table of points.

    Parameters
    ----------
    path
        CSV file with a header.
    columns
        Columns it must have.
    kinds
        Values its column `kind` may have; any where empty.

    Returns
    -------
    pandas.DataFrame
        Text, but for `lon` and `lat`, which are numbers in degrees.

    Raises
    ------
    DataError
        If a column is missing, an id stands twice, or a coordinate is no number in degrees.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise DataError("no such file", file=path) from None
    except UnicodeDecodeError as error:
        raise DataError(
            "not a text file in UTF-8: {reason}", reason=error.reason, file=path
        ) from None
    if not rows:
        raise DataError("holds no points", file=path)
    missing = [column for column in columns if column not in rows[0]]
    if missing:
        given = ", ".join(str(name) for name in rows[0])
        raise DataError(
            "lacks column {missing}; it has {given}",
            missing=", ".join(missing),
            given=given,
            file=path,
            line=1,
        )
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        if row["id"] in lines:
            first = lines[row["id"]]
            raise DataError(
                "{id!r} stands on line {first} too", id=row["id"], first=first, file=path, line=line
            )
        lines[row["id"]] = line
        if kinds and row["kind"] not in kinds:
            allowed = ", ".join(kinds)
            raise DataError(
                "is {kind!r}; allowed: {allowed}",
                kind=row["kind"],
                allowed=allowed,
                file=path,
                line=line,
                field="kind",
            )
    table = pd.DataFrame(rows)
    table["lon"] = _degrees(rows, "lon", 180.0, path)
    table["lat"] = _degrees(rows, "lat", 90.0, path)
    return table


def _degrees(rows: list[dict[str, str]], column: str, most: float, path: Path) -> list[float]:
    values = []
    for line, row in enumerate(rows, start=2):
        try:
            value = float(row[column])
        except (TypeError, ValueError):
            value = float("nan")
        if not -most <= value <= most:
            raise DataError(
                "is {given!r}; must be degrees (EPSG:4326), -{most:g} to {most:g}",
                given=row[column],
                most=most,
                file=path,
                line=line,
                field=column,
            )
        values.append(value)
    return values
