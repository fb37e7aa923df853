"""Whatever a scenario or hospital is called, each file of a run holds it as text, in its place."""

import json
import re
import xml.etree.ElementTree as ET
import zlib
from io import BytesIO

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from pypdf import PdfReader

from results.publication.publish import write_run
from tests.support.made_up_run import build, scenario

NAMES = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A1",
    "../../out of the folder",
    '"); DROP TABLE gpkg_contents; --',
    "\u202eanders om\u202c \U0001f691",
    "x" * 200,
]


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    entries = [scenario("now", NAMES[0], 2024, None)]
    entries += [scenario(name, name, 2024, "now") for name in NAMES[1:]]
    for entry in entries:
        entry["sites"][0]["name"] = NAMES[0]
        entry["sites"][1]["name"] = NAMES[1]
    run = build(entries)
    out = tmp_path_factory.mktemp("hostile") / "run"
    write_run(out, run, data, "nl")
    return out


def test_no_name_leads_out_of_the_folder(folder):
    assert [path.name for path in folder.parent.iterdir()] == ["run"]
    depth = {len(path.relative_to(folder).parts) for path in folder.rglob("*") if path.is_file()}
    assert depth == {1, 2}


def test_layers_hold_names_as_values(folder):
    layers = pyogrio.list_layers(folder / "reachability.gpkg")[:, 0]
    assert len(layers) == len(NAMES) + 5
    sites = gpd.read_file(folder / "reachability.gpkg", layer="sites")
    assert {*NAMES[:2]} <= set(sites["name"])
    assert set(NAMES[1:]) <= set(sites["scenario"])
    files = sorted((folder / "geojson").iterdir())
    assert len(files) == len(layers) - 1  # all but the cells
    assert all(json.loads(file.read_text("utf-8"))["features"] for file in files)


def test_pictures_hold_no_program(folder):
    pictures = list((folder / "maps").glob("*.svg"))
    assert len(pictures) == 2 * len(NAMES)
    for picture in pictures:
        drawn = ET.fromstring(picture.read_bytes())  # noqa: S314 - drawn by this program
        for part in drawn.iter():
            assert part.tag.rpartition("}")[2] not in {"script", "foreignObject", "a"}
            assert not [name for name in part.attrib if name.lower().startswith("on")]


def test_prints_hold_no_program_and_name_everything(folder):
    said = ""
    for file in (folder / "municipalities").glob("*.pdf"):
        raw = file.read_bytes()
        unpacked = [raw]
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
            try:
                unpacked.append(zlib.decompress(stream))
            except zlib.error:
                continue
        assert not any(re.search(rb"/(JavaScript|JS|Launch|OpenAction)\b", u) for u in unpacked)
        said += "".join(page.extract_text() for page in PdfReader(BytesIO(raw)).pages)
    plain = re.sub(r"[\s-]", "", said)
    assert "DROPTABLE" in plain
    assert "=cmd|'/Ccalc'!A1" in plain


def test_the_workbook_runs_nothing(folder):
    book = openpyxl.load_workbook(folder / "results.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert all(c.quotePrefix for c in cells if str(c.value).startswith("=cmd"))
