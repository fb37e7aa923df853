"""Boundaries and populations come as PDOK and CBS serve them, and end as what a build reads."""

import json
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import geopandas.testing
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from cli import main
from files.yaml_document import read_document
from geodata.config.region import read_region
from geodata.download import http as fetching
from geodata.download.cbs import RECIPES, fetch_cbs
from geodata.errors import DataError
from geodata.population.cbs import read_cbs
from geodata.population.dasymetric import FIVE_YEAR_BANDS
from tests.support.paper_roads import REAL_DATA, needs_real_data

CBS = REAL_DATA / "cbs"
ROWS_A_PAGE = 10_000
FEATURES_A_PAGE = 300
ALL, MEN, WOMEN = "T001038", "3000   ", "4000   "
AGE_KEYS = {band: f"{70000 + 100 * n:05d}" for n, band in enumerate(FIVE_YEAR_BANDS, start=1)}


def age_title(band: str) -> str:
    if band.endswith("+"):
        return f"{band[:-1]} jaar of ouder"
    first, last = band.split("-")
    return f"{first} tot {int(last) + 1} jaar"


def dimension(titles: dict[str, str]) -> dict[str, Any]:
    return {"value": [{"Key": key, "Title": title} for key, title in titles.items()]}


class Publisher:
    """The real tables, laid out as PDOK and CBS do."""

    def __init__(self) -> None:
        self.features = {
            "municipalities": self._features("municipalities-2026.geojson", {}),
            "postcodes": self._features("pc4-2020.geojson", {"pc4": "postcode"}),
        }
        totals = pd.read_csv(CBS / "districts-2024.csv")
        totals = totals[totals["code"].str.startswith("GM")]
        self.totals = [
            {"WijkenEnBuurten": f"{code:<10}", "AantalInwoners_5": int(people)}
            for code, people in zip(totals["code"], totals["population"], strict=True)
        ]
        self.counts = self._counts()

    @staticmethod
    def _features(name: str, renamed: dict[str, str]) -> list[dict[str, Any]]:
        features = json.loads((CBS / name).read_text())["features"]
        for one in features:
            given = one["properties"]
            one["properties"] = {"id": 7} | {renamed.get(k, k): v for k, v in given.items()}
        return features

    @staticmethod
    def _counts() -> list[dict[str, Any]]:
        rows = [{"Geslacht": ALL, "Leeftijd": "10000", "Postcode": "NL01  ", "Bevolking_1": 17.0}]
        for one in pd.read_csv(CBS / "pc4-population-2021.csv").to_dict("records"):
            people = {(ALL, "10000"): one["population"], (MEN, "10000"): one["men"]}
            for band, key in AGE_KEYS.items():
                people[ALL, key] = one[f"total_{band}"]
                people[WOMEN, key] = one[f"women_{band}"]
            people[ALL, "22200"] = 1.0  # "85 jaar of ouder" counts nobody twice
            rows += [
                {"Geslacht": sex, "Leeftijd": age, "Postcode": f"PC{one['pc4']}", "Bevolking_1": n}
                for (sex, age), n in people.items()
            ]
        return rows

    def answer(self, path: str, asked: dict[str, str], here: str) -> dict[str, Any]:
        """Return the JSON at an address."""
        if path in self.features:
            start = int(asked["start"])
            return {"features": self.features[path][start : start + FEATURES_A_PAGE]}
        if path == "totals":
            return {"value": self.totals}
        if path == "Leeftijd":
            titles = {key: age_title(band) for band, key in AGE_KEYS.items()}
            return dimension({"10000": "Totaal", "22200": "85 jaar of ouder"} | titles)
        if path == "Geslacht":
            return dimension({ALL: "Totaal mannen en vrouwen", MEN: "Mannen", WOMEN: "Vrouwen"})
        skip = int(asked.get("skip", 0))
        answer: dict[str, Any] = {"value": self.counts[skip : skip + ROWS_A_PAGE]}
        if skip + ROWS_A_PAGE < len(self.counts):
            answer["odata.nextLink"] = f"{here}/population?skip={skip + ROWS_A_PAGE}"
        return answer


@cache
def published() -> Publisher:
    return Publisher()


class Server(BaseHTTPRequestHandler):
    """Fails at first: an error, half an answer, or silence, by turns."""

    publisher: ClassVar[Publisher]
    asked: ClassVar[dict[str, int]] = {}

    def do_GET(self):
        count = self.asked[self.path] = self.asked.get(self.path, 0) + 1
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        name = parts.path.strip("/")
        if name == "gone" or (count == 1 and name == "totals"):
            self.send_error(404 if name == "gone" else 500)
            return
        here = f"http://127.0.0.1:{self.server.server_port}"
        content = json.dumps(self.publisher.answer(name, asked, here)).encode()
        ranged = self.headers.get("Range")
        start = int(ranged.removeprefix("bytes=").removesuffix("-")) if ranged else 0
        rest = content[start:]
        self.send_response(206 if ranged else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        cut = count == 1 and name in {"municipalities", "postcodes", "population"}
        self.wfile.write(rest[: len(rest) // 2] if cut else rest)
        if cut and name == "postcodes":
            self.wfile.flush()
            self.rfile.read(1)  # silent until the client gives up

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def recipes(monkeypatch, tmp_path) -> Iterator[Path]:
    monkeypatch.setattr(fetching, "SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr("geodata.download.cbs.FEATURES_A_PAGE", FEATURES_A_PAGE)
    Server.publisher = published()
    Server.asked.clear()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{listening.server_port}"
    content = read_document(RECIPES).content
    for name, one in content["recipes"].items():
        one["url"] = f"{here}/{name}?year={{year}}&start={{start}}&count={{count}}"
        if one["form"] != "features":
            one["url"] = f"{here}/{name}"
    content["recipes"]["population"] |= {"ages": f"{here}/Leeftijd", "sexes": f"{here}/Geslacht"}
    path = tmp_path / "sources.yaml"
    path.write_text(yaml.safe_dump(content))
    yield path
    listening.shutdown()
    thread.join()
    listening.server_close()


@needs_real_data
def test_what_is_fetched_reads_as_the_tables_it_was_published_from(recipes, tmp_path):
    region = read_region()
    files = fetch_cbs(region, tmp_path / "cbs", recipes=recipes)
    assert sorted(file.name for file in files) == sorted(file.name for file in CBS.iterdir())
    assert sorted((tmp_path / "cbs").iterdir()) == sorted([*files, tmp_path / "cbs" / "pages"])
    found, real = read_cbs(tmp_path / "cbs", region), read_cbs(CBS, region)
    geopandas.testing.assert_geodataframe_equal(found.postcodes, real.postcodes)
    geopandas.testing.assert_geodataframe_equal(found.municipalities, real.municipalities)
    pd.testing.assert_frame_equal(found.population, real.population.sort_index())
    pd.testing.assert_series_equal(found.totals, real.totals)
    # the second time nothing is asked
    before = dict(Server.asked)
    assert fetch_cbs(region, tmp_path / "cbs", recipes=recipes) == files
    assert Server.asked == before


@needs_real_data
def test_the_command_line_fetches_into_a_folder_that_a_build_reads(recipes, tmp_path):
    call = ["geodata", "fetch", "--cbs", "--sources", str(recipes), "--cache", str(tmp_path / "c")]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "c" / "cbs" / "pc4-population-2021.csv") in done.stdout
    assert len(read_cbs(tmp_path / "c" / "cbs", read_region()).totals) == 14


@needs_real_data
def test_what_is_not_there_is_reported_and_leaves_nothing(recipes, tmp_path):
    content = yaml.safe_load(recipes.read_text())
    content["recipes"]["totals"]["url"] = content["recipes"]["totals"]["url"].replace(
        "totals", "gone"
    )
    recipes.write_text(yaml.safe_dump(content))
    with pytest.raises(DataError, match="gone: the server answers 404"):
        fetch_cbs(read_region(), tmp_path / "cbs", recipes=recipes)
    assert not (tmp_path / "cbs" / "districts-2024.csv").exists()


@needs_real_data
def test_a_layer_with_other_names_is_reported(recipes, tmp_path):
    content = yaml.safe_load(recipes.read_text())
    content["recipes"]["postcodes"]["properties"] = {"pc4": ["postcode_4"]}
    recipes.write_text(yaml.safe_dump(content))
    with pytest.raises(DataError, match="a feature lacks postcode_4; it has id, postcode"):
        fetch_cbs(read_region(), tmp_path / "cbs", recipes=recipes)


def test_every_source_of_twente_has_a_recipe_with_source_and_licence():
    recipes = read_document(RECIPES).content["recipes"]
    sources = read_region().sources
    assert set(recipes) == {key for key, one in sources.items() if "file" in one}
    for recipe in recipes.values():
        assert {"form", "url", "source", "licence"} <= recipe.keys()


def test_fetching_nothing_is_the_users_mistake():
    done = CliRunner().invoke(main, ["geodata", "fetch"])
    assert done.exit_code == 2
    assert "--cbs" in done.stderr
