"""From files to files: minutes, isochrones and calibration on any extract, for GIS teams.

Each function reads its input whole before it writes, and its output appears whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from files.formulas import write_csv
from files.whole import write_file
from geodata.config.region import read_points
from geodata.config.speed_profiles import SHIPPED, Mode, speed_model
from geodata.notes import note_text
from geodata.osm.extract import read_osm
from geodata.osm.extract_notes import limit_notes
from geodata.roads.builder import build_network
from geodata.routing.calibration import (
    Calibration,
    calibrate,
    refuse_what_is_no_calibration,
    write_calibration,
)
from geodata.routing.isochrones import isochrones
from geodata.routing.references import isochrone_reference, read_sites, table_reference
from geodata.routing.travel_time_matrix import od_table, utm_crs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.config.speed_profiles import SpeedModel
    from geodata.osm.extract import OsmExtract
    from geodata.roads.network import RoadNetwork

SNAP_LIMIT_M: Final = 1000.0
"""Metres from a point to a road beyond which it is not reached."""
CSV_DECIMALS: Final = "%.3f"


def open_network(osm: Path, speeds_file: Path = SHIPPED, hour: float | None = None) -> RoadNetwork:
    """Read an extract as a network, in the UTM zone of its middle.

    Parameters
    ----------
    osm
        OpenStreetMap file.
    speeds_file
        Speed profiles; their limits stand in where tags are silent.
    hour
        Hour of a working day at which roads with a time window are open or closed; None for how
        they are during most of the week.

    Returns
    -------
    RoadNetwork
    """
    return _network(read_osm(osm), speed_model(speeds_file), hour)


def _network(extract: OsmExtract, speeds: SpeedModel, hour: float | None) -> RoadNetwork:
    return build_network(extract, utm_crs(extract), speeds, hour)


def write_minutes(
    osm: Path,
    origins: Path,
    destinations: Path,
    out: Path,
    *,
    profile: Mode = "car",
    hour: float | None = None,
    speeds_file: Path = SHIPPED,
) -> tuple[str, ...]:
    """Write minutes and kilometres from every origin to every destination.

    Parameters
    ----------
    osm
        OpenStreetMap file.
    origins, destinations
        CSV files with columns `id`, `lon`, `lat`.
    out
        CSV file to write: `from_id`, `to_id`, `minutes`, `km`; empty where there is no way.
    profile
        `car` or `siren`.
    hour
        Hour of a working day, 0 to 24; None for off-peak by day.
    speeds_file
        Speed profiles.

    Returns
    -------
    tuple of str
        Why points or pairs are not reached, for stderr.

    Raises
    ------
    DataError
        If the input is bad; then nothing is written.
    """
    speeds = speed_model(speeds_file)
    how = speeds.at(profile, hour)
    start, end = read_points(origins), read_points(destinations)
    extract = read_osm(osm)
    table = od_table(_network(extract, speeds, hour), how, start, end, SNAP_LIMIT_M)
    with write_file(out) as aside:
        write_csv(table.rows, aside, CSV_DECIMALS)
    typing_errors = [note_text(one) for one in limit_notes(extract, speeds.implicit_limits)]
    return (*table.notes, *typing_errors)


def write_isochrones(
    osm: Path,
    origins: Path,
    limits: Sequence[float],
    out: Path,
    *,
    profile: Mode = "car",
    hour: float | None = None,
    speeds_file: Path = SHIPPED,
) -> tuple[str, ...]:
    """Write the areas reached from some origins within some minutes.

    Parameters
    ----------
    osm, profile, hour, speeds_file
        As `write_minutes`.
    origins
        CSV file with columns `id`, `lon`, `lat`.
    limits
        Minutes.
    out
        GeoJSON file to write: `id`, `minutes`, areas in EPSG:4326.

    Returns
    -------
    tuple of str
        Which origins reach nothing, for stderr.

    Raises
    ------
    DataError
        If the input is bad; then nothing is written.
    """
    how = speed_model(speeds_file).at(profile, hour)
    start = read_points(origins)
    areas = isochrones(open_network(osm, speeds_file, hour), how, start, limits, SNAP_LIMIT_M)
    with write_file(out) as aside:
        aside.write_text(areas.to_json(), encoding="utf-8")
    nowhere = areas.loc[areas.geometry.is_empty, "id"].drop_duplicates()
    return tuple(f"{name}: no road within {SNAP_LIMIT_M:g} m" for name in nowhere)


def fit_speeds(
    extracts: Sequence[Path],
    references: Sequence[tuple[Path, Path]],
    out: Path,
    *,
    profile: Mode = "car",
    speeds_file: Path = SHIPPED,
) -> Calibration:
    """Fit the speeds of a profile to references, and write them with a report.

    Parameters
    ----------
    extracts
        OpenStreetMap file of each reference.
    references
        Each a file and its places. The file holds isochrones (GeoJSON or GeoPackage with `site` and
        `minutes`), or is a CSV table with `from_id`, `to_id`, `minutes` and, where known, `km`. The
        places are a CSV with `id`, `lon`, `lat`, and `name` where isochrones start.
    out
        Folder for `profiles.yaml`, `report.csv` and `identified.csv`.
    profile
        `car` or `siren`.
    speeds_file
        Speed profiles to start from.

    Returns
    -------
    Calibration

    Raises
    ------
    DataError
        If the input is bad, or the folder holds anything but a calibration; then nothing is
        written.
    """
    refuse_what_is_no_calibration(out)
    model = speed_model(speeds_file)
    networks = {osm: open_network(osm, speeds_file) for osm in dict.fromkeys(extracts)}
    read = [
        table_reference(networks[osm], file, read_points(places))
        if file.suffix == ".csv"
        else isochrone_reference(networks[osm], file, read_sites(places))
        for osm, (file, places) in zip(extracts, references, strict=True)
    ]
    fitted = calibrate(model, model.at(profile), read)
    names = " and ".join(file.name for file, _ in references)
    write_calibration(fitted, names, out, speeds_file)
    return fitted
