"""Fetch CBS boundaries and populations, and write them as the tables a region is built from.

PDOK serves boundaries as features in pages (WFS), Statistics Netherlands counts as rows with links
to the next (OData 3). Both come through `fetch`, page by page; out come the files a region names.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
from pydantic import Field

from files.formulas import safe_text
from files.validation import Model, Whole, checked
from files.whole import write_file
from files.yaml_document import read_document
from geodata.download.http import Download, Progress, fetch
from geodata.errors import DataError
from geodata.population.dasymetric import FIVE_YEAR_BANDS

if TYPE_CHECKING:
    from geodata.config.region import RegionDefinition

# A path: a user's own file may stand in its place.
RECIPES: Final = Path(__file__).with_name("sources.yaml")
PAGES: Final = "pages"
"""Folder in the cache for pages of a file not yet whole."""
FEATURES_A_PAGE: Final = 1000
"""More PDOK gives in no page."""
MOST_PAGES: Final = 1000
NEXT_PAGE: Final = "odata.nextLink"
CRS_MEMBER: Final = "urn:ogc:def:crs:EPSG::{code}"
ALL_AGES: Final = "Totaal"
WOMEN: Final = "Vrouwen"
BAND: Final = re.compile(r"(\d+) tot (\d+) jaar")
OLDEST: Final = re.compile(r"(\d+) jaar of ouder")
YEAR_FIRST: Final = re.compile(r"\d{4}(-|$)")
POSTCODE: Final = re.compile(r"(?:PC)?(\d{4})")

Recipe = Mapping[str, Any]
Row = dict[str, Any]


class RecipeEntry(Model):
    """How one file is fetched, as `sources.yaml` has it."""

    form: Literal["features", "ages", "totals"]
    url: str = Field(min_length=1)
    properties: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ages: str = ""
    sexes: str = ""
    years: tuple[Whole, ...] | None = None
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)


class RecipeFile(Model):
    """Recipes by the key of a region's source."""

    recipes: dict[str, RecipeEntry]


def fetch_cbs(
    region: RegionDefinition,
    cache: Path,
    progress: Progress | None = None,
    *,
    recipes: Path = RECIPES,
) -> list[Path]:
    """Fetch the boundaries and populations that a region names, as `read_cbs` reads them.

    Parameters
    ----------
    region
        Region; the name and the year of each file are those of its sources.
    cache
        Folder to keep them in: the `--cbs` of a build. What it has is not fetched again.
    progress
        Called with bytes had and bytes in all (None if unknown), file after file.
    recipes
        YAML file as `sources.yaml`.

    Returns
    -------
    list of pathlib.Path
        The files, in the order of the region's sources.

    Raises
    ------
    DataError
        If a file cannot be had, or is not what its recipe says.
    """
    read = checked(RecipeFile, read_document(recipes)).recipes
    known = {key: recipe.model_dump(exclude_none=True) for key, recipe in read.items()}
    wanted = {key: one for key, one in region.sources.items() if "file" in one}
    if not wanted:
        raise DataError(
            "region {region} takes nothing from CBS: there is nothing to fetch", region=region.name
        )
    absent = sorted(wanted.keys() - known.keys())
    if absent:
        raise DataError(
            "has no recipe for {absent}", absent=", ".join(absent), file=recipes, field="recipes"
        )
    return [
        _fetch_one(key, known[key], source, region.crs, cache, progress)
        for key, source in wanted.items()
    ]


def _fetch_one(
    kind: str,
    recipe: Recipe,
    source: Mapping[str, Any],
    crs: str,
    cache: Path,
    progress: Progress | None,
) -> Path:
    target = cache / Path(str(source["file"])).name
    if target.is_file():
        return target
    year = _year(str(source.get("date", "")), kind)
    if "years" in recipe and year not in recipe["years"]:
        allowed = ", ".join(str(one) for one in recipe["years"])
        raise DataError(
            "is of {year}; the recipe has {allowed}",
            year=year,
            allowed=allowed,
            field=f"sources.{kind}",
        )
    pages = cache / PAGES / f"{kind}-{year}"

    def page(url: str, name: str) -> Any:  # noqa: ANN401 - JSON
        return _json(fetch(Download(url, f"{name}.json"), pages, progress))

    content = _FORMS[str(recipe["form"])](recipe, year, crs, page)
    with write_file(target) as aside:
        aside.write_text(content, encoding="utf-8")
    shutil.rmtree(pages)
    return target


def _year(date: str, kind: str) -> int:
    if not YEAR_FIRST.match(date):
        raise DataError(
            "is {date!r}; must be a day such as 2024-01-01", date=date, field=f"sources.{kind}.date"
        )
    return int(date[:4])


Page = Callable[[str, str], Any]


def _features(recipe: Recipe, year: int, crs: str, page: Page) -> str:
    """Return features with the properties a region reads, as GeoJSON."""
    features: list[Row] = []
    for number in range(MOST_PAGES):
        places = {"year": year, "start": len(features), "count": FEATURES_A_PAGE}
        url = _filled(str(recipe["url"]), places)
        found = _member(page(url, f"{number}"), "features", url)
        if features and found and found[0] == features[0]:
            raise DataError("{url}: the server gives its first page again", url=url)
        features += found
        if len(found) < FEATURES_A_PAGE:
            break
    rows = [
        {
            "type": "Feature",
            "properties": _properties(one, recipe),
            "geometry": one.get("geometry"),
        }
        for one in features
    ]
    name = {"type": "name", "properties": {"name": CRS_MEMBER.format(code=crs.split(":")[1])}}
    return json.dumps({"type": "FeatureCollection", "crs": name, "features": rows})


def _properties(feature: Row, recipe: Recipe) -> Row:
    given = feature.get("properties", {})
    chosen = {}
    for name, candidates in recipe["properties"].items():
        present = [one for one in candidates if one in given]
        if not present:
            has = ", ".join(sorted(given)[:10])
            raise DataError(
                "a feature lacks {candidates}; it has {has}",
                candidates=" or ".join(candidates),
                has=has,
            )
        value = given[present[0]]
        chosen[name] = int(value) if str(value).isdigit() else value
    return chosen


def _ages(recipe: Recipe, year: int, _crs: str, page: Page) -> str:
    """Return inhabitants per postcode by age band, all and women, as CSV."""
    bands = {key: _band(title) for key, title in _titles(str(recipe["ages"]), page).items()}
    sexes = {}
    for key, title in _titles(str(recipe["sexes"]), page).items():
        if title.startswith(ALL_AGES):
            sexes[key] = "total"
        elif title == WOMEN:
            sexes[key] = "women"
    table = pd.DataFrame(_rows(_filled(str(recipe["url"]), {"year": year}), page))
    _require(table, ("Geslacht", "Leeftijd", "Postcode", "Bevolking_1"), recipe)
    table["sex"] = table["Geslacht"].str.strip().map(sexes)
    table["band"] = table["Leeftijd"].str.strip().map(bands)
    table["pc4"] = table["Postcode"].str.strip().str.extract(f"^{POSTCODE.pattern}$")[0]
    table["column"] = table["sex"] + "_" + table["band"]
    table = table.dropna(subset=["pc4", "column"])
    wide = table.pivot_table("Bevolking_1", "pc4", "column", aggfunc="sum", fill_value=0.0)
    wide = wide.rename(columns={"total_all": "population"})
    columns = ["population", *(f"{s}_{b}" for s in ("total", "women") for b in FIVE_YEAR_BANDS)]
    missing = [column for column in columns if column not in wide]
    if missing:
        raise DataError(
            "{source}: lacks {missing} in {year}",
            source=recipe["source"],
            missing=", ".join(missing),
            year=year,
        )
    return str(wide[columns].sort_index().reset_index().to_csv(index=False))


def _band(title: str) -> str | None:
    """Return a band as a region writes it: `0 tot 5 jaar` is `0-4`."""
    if title.startswith(ALL_AGES):
        return "all"
    if match := BAND.fullmatch(title):
        band = f"{match[1]}-{int(match[2]) - 1}"
    elif match := OLDEST.fullmatch(title):
        band = f"{match[1]}+"
    else:
        return None
    return band if band in FIVE_YEAR_BANDS else None


def _totals(recipe: Recipe, year: int, _crs: str, page: Page) -> str:
    """Return inhabitants per municipality, as CSV."""
    table = pd.DataFrame(_rows(_filled(str(recipe["url"]), {"year": year}), page))
    _require(table, ("WijkenEnBuurten", "AantalInwoners_5"), recipe)
    code = table["WijkenEnBuurten"].str.strip().map(safe_text)
    rows = pd.DataFrame({"code": code, "gm": code, "population": table["AantalInwoners_5"]})
    return str(rows.sort_values("code").to_csv(index=False))


_FORMS: Final[Mapping[str, Callable[[Recipe, int, str, Page], str]]] = {
    "features": _features,
    "ages": _ages,
    "totals": _totals,
}


def _titles(url: str, page: Page) -> dict[str, str]:
    """Return the titles of a dimension's keys."""
    found = _member(page(url, url.partition("?")[0].rpartition("/")[2]), "value", url)
    return {str(one["Key"]).strip(): str(one["Title"]).strip() for one in found}


def _rows(url: str, page: Page) -> list[Row]:
    """Return all rows of a table, page after page."""
    rows: list[Row] = []
    for number in range(MOST_PAGES):
        answer = page(url, f"{number}")
        rows += _member(answer, "value", url)
        url = answer.get(NEXT_PAGE, "")
        if not url:
            break
    return rows


def _require(table: pd.DataFrame, columns: tuple[str, ...], recipe: Recipe) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise DataError(
            "{source}: the answer lacks {missing}",
            source=recipe["source"],
            missing=", ".join(missing),
        )


def _member(answer: Any, name: str, url: str) -> list[Row]:  # noqa: ANN401 - JSON
    if not isinstance(answer, dict) or not isinstance(answer.get(name), list):
        raise DataError("{url}: the answer holds no {name}", url=url, name=name)
    return answer[name]


def _json(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        path.unlink()
        raise DataError("the answer is no JSON: {error}", error=str(error), file=path) from None


def _filled(url: str, places: Mapping[str, int]) -> str:
    for name, value in places.items():
        url = url.replace(f"{{{name}}}", str(value))
    return url
