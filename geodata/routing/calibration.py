"""Fit the car's speeds to reference minutes, and show what that is worth on sites not fitted to.

A reference is either isochrones, whose edges tell where a number of minutes is used up, or a table
of origin-destination minutes. What is fitted are a few ratios to the speeds before (`RATIOS`), all
held near 1, so that a kind of road the reference says little about keeps its speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import yaml
from pyproj import Transformer
from scipy.optimize import least_squares

from files.csv_table import read_table
from files.formulas import write_csv
from files.whole import write_folder
from files.yaml_document import read_document
from geodata.config.region import read_points
from geodata.config.sourced import read_parameters
from geodata.config.speed_profiles import SHIPPED, SURROUNDINGS, Profile
from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.roads.network import Positions, RoadNetwork
from geodata.routing.isochrones import Ground
from geodata.routing.travel_times import TravelTimes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from geodata.arrays import FloatArray, IntArray


WGS84: Final = "EPSG:4326"
KINDS: Final = {
    "motorway": ("motorway", "motorway_link"),
    "trunk": ("trunk", "trunk_link"),
    "primary": ("primary", "primary_link"),
    "secondary": ("secondary", "secondary_link"),
    "tertiary": ("tertiary", "tertiary_link"),
    "minor": ("unclassified", "road", "residential", "living_street", "service"),
}
"""Road classes that share a ratio."""
RATIOS: Final = (*KINDS, "built_up", "delay", "turn")
"""A ratio of speed per kind of road, one for built-up streets, one of delays at junctions, and one
of the seconds a turn takes."""
LEAST_RATIO: Final = 0.6
MOST_RATIO: Final = 1.6
PRIOR_SPREAD: Final = 0.3
"""How far ratios are expected to lie from 1, in log units."""
RESIDUAL_SPREAD: Final = 0.1
"""How far minutes may differ from the reference without being odd, in log units."""
OBSERVATIONS_A_PRIOR: Final = 100
"""As many observations, near one another on the same roads, weigh as one prior."""
EVALUATIONS: Final = 12
STEP: Final = 0.05
EDGE_SPACING_M: Final = 500.0
"""Of the roads that cross an isochrone's edge within a square of this side, one counts."""
COVER_SQUARE_M: Final = 2500.0
"""Side of squares that hold roads wherever the extract does."""
EXTRACT_MARGIN_M: Final = 3000.0
"""Belt along the edge of the extract where roads beyond it would matter."""
SNAP_LIMIT_M: Final = 1000.0
ASSUMED: Final = "engineering_estimate"
"""Confidence of a number that no publication gives."""
FITTED_DECIMALS: Final = 4
REPORT_DECIMALS: Final = 3
NO_WAY_MINUTES: Final = 240.0
"""Stands in for no way at all, so that a fit can go on."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference minutes.

    Attributes
    ----------
    names
        Name of each site, shape (sites,).
    sites
        Where the sites are.
    site
        Site of each observation, shape (observations,).
    spots
        Where each observation is.
    minutes
        Minutes from the site to the spot, shape (observations,).
    areas
        Isochrones for the overlap: `site` (number), `minutes`, geometry; empty for a table.
    """

    names: tuple[str, ...]
    sites: Positions
    site: IntArray
    spots: Positions
    minutes: FloatArray
    areas: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted profile and what it is worth.

    Attributes
    ----------
    profile
        Fitted on all sites.
    ratios
        Ratio to the speeds before, by `RATIOS`.
    report
        A row per site: `observations`; `error_before`, `error_after`, `error_held_out` (median
        absolute log ratio of minutes); and `overlap_...` likewise (mean intersection over union of
        its isochrones; NaN without). Held out is fitted on all other sites.
    """

    profile: Profile
    ratios: dict[str, float]
    report: pd.DataFrame


def isochrone_reference(network: RoadNetwork, path: Path, sites: pd.DataFrame) -> Reference:
    """Read isochrones as reference minutes: on the roads that cross their edges.

    Parameters
    ----------
    network
        Roads.
    path
        Polygons with properties `site` and `minutes`.
    sites
        Columns `name`, `lon`, `lat`: where the isochrones start.

    Returns
    -------
    Reference

    Raises
    ------
    DataError
        If the file is no such thing, or a site is not known.
    """
    try:
        areas = gpd.read_file(path).to_crs(network.crs)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise DataError(
            "cannot be read as polygons: {error}", error=str(error), file=path
        ) from None
    for field in ("site", "minutes"):
        if field not in areas.columns:
            raise DataError("is missing", file=path, field=field)
    names = tuple(dict.fromkeys(areas["site"]))
    known = sites.drop_duplicates("name").set_index("name")
    absent = [name for name in names if name not in known.index]
    if absent:
        raise DataError(
            "where is {absent}? it is not among the sites", absent=", ".join(absent), file=path
        )
    areas["site"] = areas["site"].map({name: number for number, name in enumerate(names)})
    covered = _covered(network)
    crossings = [
        _crossings(network, shapely.intersection(covered, area), area) for area in areas.geometry
    ]
    piece = np.concatenate(crossings)
    counts = [len(found) for found in crossings]
    return Reference(
        names=names,
        sites=_snapped(network, known.loc[list(names)]),
        site=np.repeat(areas["site"].to_numpy(), counts),
        spots=Positions(piece, np.full(len(piece), 0.5), np.zeros(len(piece))),
        minutes=np.repeat(areas["minutes"].to_numpy(dtype=float), counts),
        areas=areas,
    )


def table_reference(network: RoadNetwork, path: Path, points: pd.DataFrame) -> Reference:
    """Read a table of origin-destination minutes as reference.

    Parameters
    ----------
    network
        Roads.
    path
        CSV with columns `from_id`, `to_id`, `minutes`.
    points
        Columns `id`, `lon`, `lat` of all origins and destinations.

    Returns
    -------
    Reference
        Its sites are the origins.

    Raises
    ------
    DataError
        If a column is missing or a point is not known.
    """
    given = read_table(path, ("from_id", "to_id", "minutes"))
    table = pd.DataFrame(
        {
            "from_id": given.texts("from_id"),
            "to_id": given.texts("to_id"),
            "minutes": given.numbers("minutes", least=0, empty=math.nan),
        }
    )
    known = points.set_index("id")
    unknown = sorted((set(table["from_id"]) | set(table["to_id"])) - set(known.index))
    if unknown:
        raise DataError(
            "where is {unknown}? not among the points", unknown=", ".join(unknown[:5]), file=path
        )
    table = table[(table["minutes"] > 0) & (table["from_id"] != table["to_id"])]
    names = tuple(dict.fromkeys(table["from_id"]))
    return Reference(
        names=names,
        sites=_snapped(network, known.loc[list(names)]),
        site=table["from_id"].map({name: number for number, name in enumerate(names)}).to_numpy(),
        spots=_snapped(network, known.loc[table["to_id"]]),
        minutes=table["minutes"].to_numpy(dtype=float),
        areas=gpd.GeoDataFrame({"site": [], "minutes": []}, geometry=[], crs=network.crs),
    )


def calibrate(network: RoadNetwork, profile: Profile, reference: Reference) -> Calibration:
    """Fit a profile to reference minutes, and once more without each site in turn.

    Parameters
    ----------
    network
        Roads.
    profile
        Profile to start from.
    reference
        Minutes to fit to.

    Returns
    -------
    Calibration
    """
    everyone = range(len(reference.names))
    ratios = _fit(network, profile, reference, list(everyone))
    overlap = _Overlap(network, reference)
    rows = []
    for site, name in enumerate(reference.names):
        others = [other for other in everyone if other != site]
        without = _fit(network, profile, reference, others) if others else np.ones(len(RATIOS))
        row: dict[str, object] = {"site": name}
        row["observations"] = int((reference.site == site).sum())
        stages = {"before": np.ones(len(RATIOS)), "after": ratios, "held_out": without}
        for stage, ratio in stages.items():
            fitted = scaled(profile, ratio)
            errors = np.abs(_log_ratios(network, fitted, reference, [site]))
            row[f"error_{stage}"] = float(np.median(errors))
            row[f"overlap_{stage}"] = overlap.of(fitted, site)
        rows.append(row)
    return Calibration(
        profile=scaled(profile, ratios),
        ratios=dict(zip(RATIOS, ratios.tolist(), strict=True)),
        report=pd.DataFrame(rows),
    )


def overlaps(network: RoadNetwork, profile: Profile, reference: Reference) -> FloatArray:
    """Return the mean intersection over union of each site's isochrones, shape (sites,).

    Parameters
    ----------
    network
        Roads.
    profile
        How they are driven.
    reference
        With isochrones; NaN for a site without.
    """
    overlap = _Overlap(network, reference)
    return np.array([overlap.of(profile, site) for site in range(len(reference.names))])


def write_calibration(calibration: Calibration, reference: str, out: Path) -> None:
    """Write the fitted speeds and what they are worth.

    Parameters
    ----------
    calibration
        What `calibrate` returned.
    reference
        What was fitted to; becomes the source of the fitted numbers.
    out
        Folder for `profiles.yaml`, which `build` can read; `report.csv`, what the fit is worth; and
        `speeds.csv`, every number with whether it is fitted, published or assumed.
    """
    content = read_document(SHIPPED).content
    profile = calibration.profile
    fitted = {
        f"car.factor.{road}.{where}": float(profile.factor[row, column])
        for row, road in enumerate(ROAD_CLASSES)
        for column, where in enumerate(SURROUNDINGS)
    }
    fitted["car.delay.junction"] = float(profile.junction_seconds)
    fitted["car.delay.yield"] = float(profile.yield_seconds)
    fitted["car.delay.turn"] = float(profile.turn_seconds)
    for block in content["parameters"]:
        mine = block["values"].keys() & fitted.keys()
        if mine:
            block["source"] = f"fitted by twentezorg geodata calibrate to {reference}"
            block["values"] |= {key: round(fitted[key], FITTED_DECIMALS) for key in mine}
    with write_folder(out) as aside:
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (aside / SHIPPED.name).write_text(text, encoding="utf-8")
        write_csv(calibration.report.round(REPORT_DECIMALS), aside / "report.csv")
        write_csv(_origins(aside / SHIPPED.name, fitted), aside / "speeds.csv")


def _origins(speeds_file: Path, fitted: Collection[str]) -> pd.DataFrame:
    """Return every number of a speed model with where it is from."""
    rows = []
    for key, one in read_parameters(speeds_file).items():
        origin = "assumed" if one.confidence == ASSUMED else "published"
        rows.append(
            {
                "key": key,
                "value": one.value,
                "unit": one.unit,
                "origin": "fitted" if key in fitted else origin,
                "source": one.source,
            }
        )
    return pd.DataFrame(rows)


def scaled(profile: Profile, ratios: FloatArray) -> Profile:
    """Return a profile with its speeds and delays multiplied by `RATIOS`."""
    factor = profile.factor.copy()
    for ratio, classes in zip(ratios, KINDS.values(), strict=False):
        factor[[ROAD_CLASSES.index(name) for name in classes]] *= ratio
    streets = [ROAD_CLASSES.index(n) for name in KINDS if name != "motorway" for n in KINDS[name]]
    factor[streets, SURROUNDINGS.index("urban")] *= ratios[RATIOS.index("built_up")]
    return replace(
        profile,
        factor=factor,
        junction_seconds=profile.junction_seconds * ratios[RATIOS.index("delay")],
        yield_seconds=profile.yield_seconds * ratios[RATIOS.index("delay")],
        turn_seconds=profile.turn_seconds * ratios[RATIOS.index("turn")],
    )


def _fit(
    network: RoadNetwork, profile: Profile, reference: Reference, sites: Sequence[int]
) -> FloatArray:
    weight = np.sqrt(np.isin(reference.site, sites).sum() / OBSERVATIONS_A_PRIOR) / PRIOR_SPREAD

    def residuals(ratios: FloatArray) -> FloatArray:
        away = _log_ratios(network, scaled(profile, ratios), reference, sites) / RESIDUAL_SPREAD
        return np.concatenate([away, weight * np.log(ratios)])

    result = least_squares(
        residuals,
        np.ones(len(RATIOS)),
        bounds=(LEAST_RATIO, MOST_RATIO),
        loss="soft_l1",
        diff_step=[STEP] * len(RATIOS),
        max_nfev=EVALUATIONS,
    )
    fitted: FloatArray = result.x
    return fitted


def _log_ratios(
    network: RoadNetwork, profile: Profile, reference: Reference, sites: Sequence[int]
) -> FloatArray:
    """Return log(minutes / reference minutes) of the observations of some sites."""
    rows = np.flatnonzero(np.isin(reference.site, sites))
    travel = TravelTimes(network, profile)
    minutes = travel.minutes(reference.sites.at(np.asarray(sites)), reference.spots.at(rows))
    number = np.searchsorted(np.asarray(sites), reference.site[rows])
    own = np.nan_to_num(minutes[number, np.arange(len(rows))], nan=NO_WAY_MINUTES)
    ratios: FloatArray = np.log(np.maximum(own, STEP) / reference.minutes[rows])
    return ratios


class _Overlap:
    """Compares isochrones square by square, where the extract has roads to drive on."""

    def __init__(self, network: RoadNetwork, reference: Reference) -> None:
        self.network = network
        self.reference = reference
        self.ground = Ground.of(network)
        x, y = self.ground.middle
        covered = _covered(network)
        shapely.prepare(covered)
        self.compared = shapely.contains_xy(covered, x, y) & self.ground.positions.found
        self.inside = [shapely.contains_xy(area, x, y) for area in reference.areas.geometry]

    def of(self, profile: Profile, site: int) -> float:
        """Return the mean intersection over union of a site's isochrones; NaN if it has none."""
        areas = self.reference.areas.reset_index(drop=True)
        rows = areas.index[areas["site"] == site]
        if not len(rows):
            return float("nan")
        at = self.reference.sites.at(np.array([site]))
        minutes = TravelTimes(self.network, profile).minutes(at, self.ground.positions)[0]
        shares = []
        for row in rows:
            own = self.ground.closed(minutes <= areas["minutes"].iloc[row]) & self.compared
            theirs = self.inside[row] & self.compared
            shares.append((own & theirs).sum() / (own | theirs).sum())
        return float(np.mean(shares))


def _covered(network: RoadNetwork) -> shapely.Geometry:
    """Return the ground the extract covers with roads, but for a belt along its edge."""
    corner = np.column_stack([network.x, network.y]) // COVER_SQUARE_M
    west, south = np.unique(corner, axis=0).T * COVER_SQUARE_M
    squares = shapely.box(west, south, west + COVER_SQUARE_M, south + COVER_SQUARE_M)
    inner: shapely.Geometry = shapely.buffer(
        shapely.union_all(np.asarray(squares)), -EXTRACT_MARGIN_M
    )
    return inner


def _crossings(network: RoadNetwork, covered: shapely.Geometry, area: shapely.Geometry) -> IntArray:
    """Return the pieces of road that cross the edge of an area within the covered ground."""
    pieces = np.flatnonzero(network.entrances)
    pieces = pieces[network.road_class[pieces] != ROAD_CLASSES.index("service")]
    first = pieces + network.chain_of_piece[pieces]
    edge = shapely.boundary(area)
    shapely.prepare(area)
    starts_in = shapely.contains_xy(area, network.x[first], network.y[first])
    ends_in = shapely.contains_xy(area, network.x[first + 1], network.y[first + 1])
    crossing = np.flatnonzero(starts_in != ends_in)
    x, y = network.x[first[crossing]], network.y[first[crossing]]
    edge_within = shapely.intersection(edge, covered)
    near = shapely.dwithin(np.asarray(shapely.points(x, y)), edge_within, EDGE_SPACING_M)
    crossing, x, y = crossing[near], x[near], y[near]
    square = np.column_stack([x // EDGE_SPACING_M, y // EDGE_SPACING_M])
    _, one_each = np.unique(square, axis=0, return_index=True)
    found: IntArray = pieces[crossing[one_each]]
    return found


def _snapped(network: RoadNetwork, points: pd.DataFrame) -> Positions:
    to_metres = Transformer.from_crs(WGS84, network.crs, always_xy=True)
    x, y = to_metres.transform(points["lon"].to_numpy(), points["lat"].to_numpy())
    return network.snap(np.asarray(x), np.asarray(y), SNAP_LIMIT_M)


def read_sites(path: Path) -> pd.DataFrame:
    """Read where the sites of a reference are: a CSV with `id`, `name`, `lon`, `lat`."""
    return read_points(path, ("id", "name", "lon", "lat"))
