"""The `twentezorg geodata` commands, for GIS teams: parse, call, print."""

from __future__ import annotations

from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from files.numbers import number_in
from files.options import Number, Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.config.speed_profiles import Mode
    from geodata.download.overpass import BoundingBox


Command = TypeVar("Command", bound="Callable[..., object]")

osm_option = click.option(
    "--osm",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="OpenStreetMap extract: .osm.pbf, .osm, .osm.gz or .osm.bz2.",
)
from_option = click.option(
    "--from",
    "origins",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with columns id, lon, lat.",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(["car", "siren"]),
    default="car",
    show_default=True,
    help="As a car drives, or an ambulance with siren.",
)
hour_option = click.option(
    "--hour", type=Number(0, 24), help="Hour of the day; off-peak when left out."
)
speeds_option = click.option(
    "--speeds",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Speed profiles, such as `calibrate` writes; those that ship when left out.",
)


def _out_file(what: str) -> Callable[[Command], Command]:
    return click.option(
        "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=what
    )


def _speeds(file: Path | None) -> Path:
    from geodata.config.speed_profiles import SHIPPED

    return file or SHIPPED


@click.group("geodata")
def geodata_commands() -> None:
    """Build and inspect data sets; make minutes and isochrones for any region."""


@geodata_commands.command()
@osm_option
@click.option(
    "--cbs",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with boundaries and populations; not needed where the region takes them from OSM.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the data set.",
)
@click.option(
    "--region",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Region as a YAML file; Twente when left out.",
)
@click.option(
    "--without-roads",
    is_flag=True,
    help="Keep no road network: smaller, but a new site snaps to a point of the data set.",
)
@speeds_option
def build(
    osm: Path,
    cbs: Path | None,
    out: Path,
    region: Path | None,
    without_roads: bool,  # noqa: FBT001 - a flag of the command line
    speeds: Path | None,
) -> None:
    """Build a data set from an OSM extract and CBS tables.

    \b
    Examples:
      twentezorg geodata build --osm twente.osm.pbf --cbs cbs --out output/data
      twentezorg geodata build --osm twente.osm.pbf --cbs cbs --without-roads --out geodata/starter
    """
    from geodata.config.region import read_region
    from geodata.dataset.build import build as build_data
    from geodata.dataset.description import describe

    parts = [f"--osm {osm.name}"]
    parts += [f"--cbs {cbs.name}"] if cbs else []
    parts += [f"--region {region.name}"] if region else []
    parts += ["--without-roads"] if without_roads else []
    data = build_data(
        osm,
        cbs,
        out,
        read_region(region) if region else None,
        progress=lambda step: click.echo(step, err=True),
        command=f"twentezorg geodata build {' '.join(parts)}",
        keep_roads=not without_roads,
        speeds_file=_speeds(speeds),
    )
    click.echo(describe(data))


@geodata_commands.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a built data set; the starter data set when left out.",
)
def info(data: Path | None) -> None:
    """Print which data set is in force, what it holds, its sources and licences.

    \b
    Example:
      twentezorg geodata info --data output/data
    """
    from geodata.dataset.description import describe
    from geodata.dataset.folder import load

    click.echo(describe(load(data)))


@geodata_commands.command()
@osm_option
@from_option
@click.option(
    "--to",
    "destinations",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with columns id, lon, lat.",
)
@profile_option
@hour_option
@speeds_option
@_out_file("CSV to write: from_id, to_id, minutes, km; empty where there is no way.")
def minutes(
    osm: Path,
    origins: Path,
    destinations: Path,
    profile: Mode,
    hour: float | None,
    speeds: Path | None,
    out: Path,
) -> None:
    """Write the minutes and kilometres between all pairs of points.

    \b
    Example:
      twentezorg geodata minutes --osm twente.osm.pbf --from homes.csv --to sites.csv \\
        --profile siren --hour 3 --out minutes.csv
    """
    from geodata.routing.workflows import write_minutes

    notes = write_minutes(
        osm, origins, destinations, out, profile=profile, hour=hour, speeds_file=_speeds(speeds)
    )
    _say(notes)


@geodata_commands.command()
@osm_option
@from_option
@click.option(
    "--minutes",
    "limits",
    type=Numbers(0, 1440, is_open=True),
    default="15,30,45",
    show_default=True,
    help="Limits.",
)
@profile_option
@hour_option
@speeds_option
@_out_file("GeoJSON to write.")
def isochrones(
    osm: Path,
    origins: Path,
    limits: Sequence[float],
    profile: Mode,
    hour: float | None,
    speeds: Path | None,
    out: Path,
) -> None:
    """Write the areas that are reached from points within some minutes.

    \b
    Example:
      twentezorg geodata isochrones --osm twente.osm.pbf --from sites.csv --minutes 25,30 \\
        --out isochrones.geojson
    """
    from geodata.routing.workflows import write_isochrones

    notes = write_isochrones(
        osm, origins, limits, out, profile=profile, hour=hour, speeds_file=_speeds(speeds)
    )
    _say(notes)


@geodata_commands.command()
@click.option(
    "--osm",
    "extracts",
    required=True,
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="OpenStreetMap extract: .osm.pbf, .osm, .osm.gz or .osm.bz2. May be given more than once: "
    "one for each --reference.",
)
@click.option(
    "--reference",
    "references",
    required=True,
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Isochrones with site and minutes, or a CSV with from_id, to_id, minutes (and km). May be "
    "given more than once, with as many --sites.",
)
@click.option(
    "--sites",
    required=True,
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with id, name, lon, lat: the places of the reference.",
)
@profile_option
@speeds_option
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for profiles.yaml, report.csv and identified.csv.",
)
def calibrate(
    extracts: tuple[Path, ...],
    references: tuple[Path, ...],
    sites: tuple[Path, ...],
    profile: Mode,
    speeds: Path | None,
    out: Path,
) -> None:
    """Fit driven speeds to references, and tell which speeds those can know.

    \b
    Example:
      twentezorg geodata calibrate --osm twente.osm.pbf --profile car \\
        --reference isochrones.geojson --sites hospitals.csv \\
        --reference engines.csv --sites points.csv --out output/speeds
    """
    from geodata.routing.workflows import fit_speeds

    if len(references) != len(sites):
        raise click.BadParameter(
            spoken("{sites} given for {references} references; each has its own").format(
                sites=len(sites), references=len(references)
            ),
            param_hint="--sites",
        )
    if len(extracts) not in {1, len(references)}:
        raise click.BadParameter(
            spoken("{extracts} given for {references} references; one for all, or one each").format(
                extracts=len(extracts), references=len(references)
            ),
            param_hint="--osm",
        )
    of_each = extracts if len(extracts) > 1 else extracts * len(references)
    pairs = tuple(zip(references, sites, strict=True))
    fitted = fit_speeds(of_each, pairs, out, profile=profile, speeds_file=_speeds(speeds))
    headings = {
        "group": spoken("group"),
        "observations": spoken("observations"),
        "ratio_before": spoken("ratio before"),
        "ratio_after": spoken("ratio after"),
        "ratio_held_out": spoken("ratio when held out"),
        "spread_after": spoken("spread after"),
        "overlap_before": spoken("overlap before"),
        "overlap_after": spoken("overlap after"),
        "overlap_held_out": spoken("overlap when held out"),
    }
    click.echo(fitted.report.rename(columns=headings).round(3).to_string(index=False))
    known = {
        "road_class": spoken("road class"),
        "surroundings": spoken("surroundings"),
        "published": spoken("published km/h"),
        "fitted": spoken("fitted km/h"),
        "standard_error": spoken("standard error"),
        "resolution": spoken("told by the references"),
        "held_by": spoken("held by"),
    }
    click.echo(fitted.identified.rename(columns=known).round(2).to_string(index=False))


@geodata_commands.command()
@click.argument("area", required=False)
@click.option(
    "--place", help="Fetch a named place from Overpass instead, such as 'Almelo, Nederland'."
)
@click.option(
    "--box", help="Fetch a box from Overpass instead: west,south,east,north in degrees (EPSG:4326)."
)
@click.option(
    "--cbs",
    is_flag=True,
    help="Fetch the boundaries and populations of CBS that the region names as well.",
)
@click.option(
    "--region",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --cbs: region as a YAML file; Twente when left out. With --place or --box: brings "
    "the municipal boundaries of the map that this region is built from.",
)
@click.option(
    "--sources",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --cbs: addresses to fetch from, as geodata/download/sources.yaml; those that ship "
    "when left out.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output/downloads"),
    show_default=True,
    help="Folder to keep downloads in; CBS tables in its folder cbs.",
)
def fetch(
    area: str | None,
    place: str | None,
    box: str | None,
    cbs: bool,  # noqa: FBT001 - a flag of the command line
    region: Path | None,
    sources: Path | None,
    cache: Path,
) -> None:
    """Fetch an OpenStreetMap extract, and CBS tables; the only command online.

    AREA comes from Geofabrik: a download that broke off goes on where it stopped, and its checksum
    is checked. For up to a few municipalities, --place or --box asks Overpass instead; the file it
    writes serves --osm of every other command. Answers are kept in the cache: remove its folder
    overpass for the newest.

    \b
    Examples:
      twentezorg geodata fetch europe/netherlands/overijssel
      twentezorg geodata fetch --place "Almelo, Nederland"
      twentezorg geodata fetch --box 6.6,52.3,6.75,52.4
      twentezorg geodata fetch europe/netherlands/overijssel --cbs
      twentezorg geodata build --osm output/downloads/overijssel-latest.osm.pbf \\
        --cbs output/downloads/cbs --out output/data
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    from geodata.config.region import read_region
    from geodata.download.cbs import RECIPES, fetch_cbs
    from geodata.download.http import geofabrik_extract
    from geodata.download.overpass import fetch_box, fetch_place

    if sum(one is not None for one in (area, place, box)) > 1:
        raise click.UsageError(spoken("give one of: an area, --place, --box"))
    if area is None and place is None and box is None and not cbs:
        raise click.UsageError(
            spoken(
                "name an area such as europe/netherlands/overijssel, or give --place, --box or "
                "--cbs"
            )
        )
    sides = None if box is None else _box(box)
    level = read_region(region).admin_level if region else None
    files: list[Path] = []
    with Progress(
        "{task.description}",
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:
        if area is not None:
            task = bar.add_task(area, total=None)
            files.append(
                geofabrik_extract(
                    area, cache, lambda had, total: bar.update(task, completed=had, total=total)
                )
            )
        if place is not None or sides is not None:
            parts = bar.add_task(place or str(box), total=None)

            def came(had: int, total: int) -> None:
                where = spoken("{place}: part {had} of {total}")
                bar.update(
                    parts, description=where.format(place=place or box, had=had, total=total)
                )

            if sides is not None:
                files.append(fetch_box(sides, cache, level, came))
            elif place is not None:
                files.append(fetch_place(place, cache, level, came))
        if cbs:
            rows = bar.add_task("CBS", total=None)
            files += fetch_cbs(
                read_region(region) if region else read_region(),
                cache / "cbs",
                lambda had, total: bar.update(rows, completed=had, total=total),
                recipes=sources or RECIPES,
            )
    for file in files:
        click.echo(file)


def _box(text: str) -> BoundingBox:
    try:
        west, south, east, north = (number_in(side) for side in text.split(","))
    except ValueError:
        raise click.BadParameter(
            spoken(
                "{given!r} is no west,south,east,north in degrees, such as 6.6,52.3,6.75,52.4"
            ).format(given=text),
            param_hint="--box",
        ) from None
    return west, south, east, north


def _say(notes: tuple[str, ...]) -> None:
    for note in notes:
        click.echo(note, err=True)
