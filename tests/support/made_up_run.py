"""A small made-up run: five scenarios in two years, five hospitals, fourteen squares."""

from base64 import b64decode
from typing import Any
from zlib import crc32

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, box

from geodata.dataset.dataset import DataSet
from results.kpis.catalogue import kpis
from results.language.words import Words
from results.maps.choropleth import draw_maps
from results.runs.run import Run
from results.runs.tables import PARAMETER_COLUMNS, REACHABILITY_COLUMNS

NAMES = [
    *("Almelo", "Borne", "Dinkelland", "Enschede", "Haaksbergen", "Hellendoorn", "Hengelo"),
    *("Hof van Twente", "Losser", "Oldenzaal", "Rijssen-Holten", "Tubbergen", "Twenterand"),
    "Wierden",
]
CODES = [f"GM{number:04}" for number in range(1, 15)]
REPLICATIONS = 4
POINT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg=="
)
"""A picture of one point."""


def squares() -> gpd.GeoDataFrame:
    """Fourteen squares of 12 km around Hengelo, and a ring of neighbours to the west."""
    corners = [(225_000 + 12_000 * (n % 4), 456_000 + 12_000 * (n // 4)) for n in range(14)]
    region = [box(x, y, x + 12_000, y + 12_000) for x, y in corners]
    around = [box(190_000, 440_000, 225_000, 520_000)]
    return gpd.GeoDataFrame(
        {
            "municipality_code": [*CODES, "GM9999"],
            "municipality": [*NAMES, "Around"],
            "in_region": [True] * 14 + [False],
        },
        geometry=[*region, *around],
        crs="EPSG:28992",
    )


def site(name: str, lon: float, lat: float, ed: str, maternity: str, role="twente"):
    hours = {"ed": ed, "maternity": maternity, "theatre": ed, "icu": ed, "ward": "24/7"}
    ident = name.lower().replace(" ", "-")
    return {"id": ident, "name": name, "role": role, "lon": lon, "lat": lat, "open": hours}


def scenario(name, title, year, baseline, almelo=("24/7", "24/7"), **more):
    sites = [
        site("MST Enschede", 6.89, 52.216, "24/7", "24/7"),
        site("ZGT Almelo", 6.64, 52.338, *almelo),
        site("ZGT Hengelo", 6.77, 52.263, "closed", "closed"),
        site("SKB Winterswijk", 6.7, 51.98, "24/7", "24/7", "neighbour"),
        site("Gronau", 7.02, 52.21, "closed", "closed", "neighbour"),
    ]
    return {
        "name": name,
        "title": {"nl": title, "en": title},
        "description": {"nl": f"Zo werkt {title}.", "en": f"How {title} works."},
        "horizon_year": year,
        "baseline": baseline,
        "hash": "0" * 8,
        "posts": ["POST_HENGELO"],
        "sites": sites,
        "abroad": [sites[-1]],
        **more,
    }


def scenarios() -> list[dict[str, Any]]:
    return [
        scenario("now", "Zoals nu", 2024, None),
        scenario("night", "SEH Almelo 's nachts dicht", 2024, "now", ("07:00-23:00", "24/7")),
        scenario("now-2034", "Niets doen", 2034, None),
        scenario("single", "Alles in Enschede", 2034, "now-2034", ("closed", "closed")),
        scenario("same", "Precies hetzelfde", 2034, "now-2034"),
    ]


def manifest(entries: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "command": "twentezorg run",
        "seed": 7,
        "weeks": 4,
        "warmup_weeks": 1,
        "replications": REPLICATIONS,
        "backend": "serial",
        "jobs": 1,
        "wall_seconds": 12.5,
        "peak_memory_mb": 321.0,
        "norms": "nl-2024",
        "data": {
            "name": "starter",
            "sources": ["OpenStreetMap, 2021-08-06", "CBS 83502NED"],
            "licences": ["ODbL 1.0", "CC BY 4.0"],
        },
        "scenarios": entries or scenarios(),
    }


def replications(entries: list[dict[str, Any]]) -> pd.DataFrame:
    """Draw values per KPI that differ between scenarios in a known way."""
    rows = []
    effect = {"single": 1.2, "night": 1.05}
    for entry in entries:
        for name in kpis():
            noise = np.random.default_rng(crc32(name.encode())).random((2, REPLICATIONS))
            for place, values in zip(("region", "mst-enschede"), noise, strict=True):
                for number, value in enumerate(values):
                    level = 0.5 if kpis()[name].unit == "share" else 100.0
                    size = level * (1 + 0.1 * value) * effect.get(entry["name"], 1.0)
                    size += number * 0.01 * (entry["name"] == "single")
                    rows.append((entry["name"], number, place, name, size))
    return pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])


CLOCKS = {"car": ("drive",), "siren": ("drive", "norm", "life")}
JUDGED = {("ed", "siren"): 45.0, ("maternity", "car"): 30.0}
LATER = 0.3
"""What life's clock takes off the share within the norm."""

NIGHT = ("yearly mean", "23:00-07:00", 1 / 3, 21.5)
ALWAYS = ("always", "24/7", 1.0, 12.5)


def reachability(entries: list[dict[str, Any]]) -> pd.DataFrame:
    rows = []
    for entry in entries:
        worse = 0.9 if entry["name"] == "single" else 1.0
        ways = [(care, way) for care in ("ed", "maternity") for way in CLOCKS]
        for function, profile, clock in [(*way, c) for way in ways for c in CLOCKS[way[1]]]:
            part_time = entry["name"] == "night" and function == "ed"
            moment = NIGHT if part_time else ALWAYS
            is_judged = profile == "car" or clock != "drive"
            norm = JUDGED.get((function, profile), np.nan) if is_judged else np.nan
            places = zip([*CODES, "REGION"], [*NAMES, "Twente"], strict=True)
            for number, (code, name) in enumerate(places):
                share = 1 - 0.04 * (14 - number) / 14 - LATER * (clock == "life")
                within = share * (worse if number < 6 else 1.0) + 0 * norm
                people = 640_000 if code == "REGION" else 45_000
                minutes = (12.5, 11.0, 24.0, 33.0, 0.6, 0.8, 0.97, 1.0)
                ends = (within - 0.02, min(within + 0.01, 1.0) + 0 * norm)
                key = (entry["name"], code, name, function, profile, clock, people)
                at_worst = within - 0.1 if part_time else within
                rows.append((*key, *minutes, norm, within, *ends, *moment, at_worst))
    return pd.DataFrame(rows, columns=list(REACHABILITY_COLUMNS))


def parameters(entries: list[dict[str, Any]]) -> pd.DataFrame:
    rows = [
        (entry["name"], *rest)
        for entry in entries
        for rest in (
            ("ed.visits", 30000, "visits/yr", "jaarverslag", 2022, "measured_twente"),
            ("theatre.change_over", 20, "min", "aanname", 2024, "engineering_estimate"),
            ("births.rate", 9.1, "per 1000", "CBS", 2023, "national_nl"),
        )
    ]
    return pd.DataFrame(rows, columns=list(PARAMETER_COLUMNS))


def build(entries: list[dict[str, Any]] | None = None) -> Run:
    listed = entries or scenarios()
    return Run.from_replications(
        manifest(listed), replications(listed), reachability(listed), parameters(listed)
    )


def road() -> gpd.GeoDataFrame:
    """Draw one motorway across the region."""
    line = LineString([(200_000, 470_000), (280_000, 480_000)])
    return gpd.GeoDataFrame({"road_class": ["motorway"]}, geometry=[line], crs="EPSG:28992")


PLACES = {
    "mst-enschede": (257_700, 470_800),
    "zgt-almelo": (240_300, 484_100),
    "zgt-hengelo": (249_400, 475_900),
    "skb-winterswijk": (245_300, 444_200),
    "gronau": (266_700, 470_100),
    "POST_HENGELO": (249_400, 475_900),
}
METRES_PER_MINUTE, SIREN = 1000, 0.8
PEOPLE_IN_CELL, SENIORS_IN_CELL, BIRTHS_IN_CELL = 1800.0, 360.0, 18.0


def cells() -> pd.DataFrame:
    """Put 25 cells, two kilometres apart, in each square; the eastern ones are a village."""
    rows = []
    for square in squares().itertuples():
        west, south, _east, _north = square.geometry.bounds
        if not square.in_region:
            continue
        for column in range(5):
            for row in range(5):
                x, y = west + 2_125 + 2_000 * column, south + 2_125 + 2_000 * row
                name = square.municipality
                settlement = name if column < 3 else f"{name} Oost"
                rows.append((f"E{x - 125:.0f}N{y - 125:.0f}", x, y, settlement))
                rows[-1] += (square.municipality_code, name, True)
    columns = ["cell", "x", "y", "settlement", "municipality_code", "municipality", "in_region"]
    table = pd.DataFrame(rows, columns=columns)
    counts = {
        "population": PEOPLE_IN_CELL,
        "age_65_79": SENIORS_IN_CELL,
        "age_80_plus": 0.0,
        "births": BIRTHS_IN_CELL,
    }
    return table.assign(**counts)


def made_up_data() -> DataSet:
    """A flat country: a kilometre a minute by car, as the crow flies."""
    homes = cells()
    points = pd.DataFrame(
        [
            (key, key, "post" if key.startswith("POST") else "site", *at)
            for key, at in PLACES.items()
        ],
        columns=["id", "name", "kind", "x", "y"],
    ).assign(lon=0.0, lat=0.0, detail="24/7")
    across = homes["x"].to_numpy()[:, None] - points["x"].to_numpy()
    up = homes["y"].to_numpy()[:, None] - points["y"].to_numpy()
    car = (np.hypot(across, up) / METRES_PER_MINUTE).astype(np.float32)
    sources = {"osm": {"date": "2021-08-06"}, "population": {"date": "2021-01-01"}}
    return DataSet(
        cells=homes,
        points=points,
        municipalities=squares(),
        roads=road(),
        manifest={"sources": sources},
        cell_table={"car": car, "siren": car * np.float32(SIREN)},
        point_table={},
    )


def map_pictures(run: Run, data: DataSet, words: Words) -> dict[tuple[str, str], bytes]:
    """Draw the maps of a run as a page shows them."""
    return {name: drawn.png for name, drawn in draw_maps(run, data, words).items()}


def blank_pictures(run: Run) -> dict[tuple[str, str], bytes]:
    """Return a point for each map: enough where it is not about what is drawn."""
    names = [(scenario.name, care) for scenario in run.scenarios for care in ("ed", "maternity")]
    return dict.fromkeys(names, POINT)
