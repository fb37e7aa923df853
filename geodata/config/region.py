"""A region: which municipalities, in which projection, made from which files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import pandas as pd
from pydantic import Field, field_validator

from files.csv_table import read_table
from files.errors import Said, Wrong
from files.validation import Model, Whole, checked
from files.yaml_document import read_document
from geodata.config.sourced import SourcedBlock, SourcedNumber, parameters_of
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from files.csv_table import CsvTable

# A path, as a user's own: a region names files of points beside it.
REGIONS: Final = Path(__file__).with_name("regions")
DEFAULT_REGION: Final = "twente"
POINT_COLUMNS: Final = ("id", "name", "kind", "lat", "lon", "source", "confidence")
SITE_KINDS: Final = ("site", "candidate", "neighbour")
POST_KINDS: Final = ("24/7", "dynamic")
PARAMETERS: Final = ("snap.limit", "cells.size", "cells.outside_margin", "map.tolerance")
"""Numbers that every region states."""


Code = Annotated[str, Field(min_length=1)]


class Source(Model):
    """What is told of a source, and where its file is."""

    title: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    attribution: str = Field(min_length=1)
    date: str | None = None
    file: str | None = Field(None, min_length=1)


class RegionFile(Model):
    """A region as its file has it."""

    name: str = Field(min_length=1)
    crs: str
    country: str = Field(min_length=1)
    admin_level: Whole | None = Field(None, ge=1, le=15)
    municipalities: tuple[Code, ...] = Field(min_length=1)
    municipality_names: dict[str, str] = Field(default_factory=dict)
    sites: str | None = None
    posts: str | None = None
    sources: dict[str, Source]
    parameters: tuple[SourcedBlock, ...]

    @field_validator("municipalities")
    @classmethod
    def _once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise Wrong("{codes} stands twice", codes=", ".join(twice))
        return codes


@dataclass(frozen=True, slots=True)
class RegionDefinition:
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
    parameters: Mapping[str, SourcedNumber]

    def __getitem__(self, key: str) -> float:
        """Return the value of a parameter."""
        return self.parameters[key].value

    def value_or_zero(self, key: str) -> float:
        """Return the value of a parameter, 0 where the region does not state it."""
        parameter = self.parameters.get(key)
        return 0.0 if parameter is None else parameter.value


def read_region(path: Path = REGIONS / f"{DEFAULT_REGION}.yaml") -> RegionDefinition:
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
    FileError
        If the file, a key, or a point is missing or wrong.
    """
    document = read_document(path)
    given = checked(RegionFile, document)
    _check_projection(given.crs, path)
    parameters = parameters_of(given.parameters, document)
    missing = [key for key in PARAMETERS if key not in parameters]
    if missing:
        raise DataError(
            "lacks {missing}", missing=", ".join(missing), file=path, field="parameters"
        )
    return RegionDefinition(
        name=given.name,
        crs=given.crs,
        country=given.country,
        admin_level=given.admin_level,
        municipalities=given.municipalities,
        municipality_names=given.municipality_names,
        sites=_points(path, given.sites, SITE_KINDS),
        posts=_points(path, given.posts, POST_KINDS),
        sources={key: one.model_dump(exclude_none=True) for key, one in given.sources.items()},
        parameters=parameters,
    )


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


def _points(region: Path, name: str | None, kinds: tuple[str, ...]) -> pd.DataFrame:
    if name is None:
        return pd.DataFrame(columns=[*POINT_COLUMNS, "rav"])
    return read_points(region.parent / name, POINT_COLUMNS, kinds)


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
    FileError
        If it is no such table, an id stands twice or is empty, or a coordinate is no number in
        degrees.
    """
    table = read_table(path, columns)
    if not table.rows:
        raise DataError("holds no points", file=path)
    table.once("id")
    for row, name in enumerate(table.texts("id")):
        if not name:
            raise DataError("is empty", file=path, line=table.lines[row], field="id")
    for row, kind in enumerate(table.texts("kind") if kinds else ()):
        if kind not in kinds:
            raise DataError(
                "is {kind!r}; allowed: {allowed}",
                kind=kind,
                allowed=", ".join(kinds),
                file=path,
                line=table.lines[row],
                field="kind",
            )
    points = pd.DataFrame({column: table.texts(column) for column in table.columns})
    points["lon"] = _degrees(table, "lon", 180.0)
    points["lat"] = _degrees(table, "lat", 90.0)
    return points


def _degrees(table: CsvTable, column: str, most: float) -> list[float]:
    """Return a column of degrees; metres, as of the Dutch grid, are out of range."""
    values = table.numbers(column)
    for row, value in enumerate(values):
        if not -most <= value <= most:
            what = Said("must be degrees (EPSG:4326), -{most:g} to {most:g}", {"most": most})
            raise table.wrong(row, column, what, table.texts(column)[row])
    return values
