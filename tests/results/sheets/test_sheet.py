"""The sheets of a made-up run: counted by hand, safe, on two pages, the same on every machine."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from geodata.accessibility.uncertainty import travel_ratio
from geodata.dataset.folder import load as load_data
from results.language.words import UNKNOWN, words
from results.links import file_stem
from results.rendering.label_placement import LabelBox, text_size
from results.runs.run import Run
from results.sheets.files import Printer, html, write_sheets
from results.sheets.maps import COVERED, WIDTH, SheetMaps
from results.sheets.sheet import sheets
from tests.support.made_up_run import build, scenario, scenarios

NL, EN = words("nl"), words("en")
ALMELO, ENSCHEDE, TWENTERAND = "GM0001", "GM0004", "GM0013"
HOSTILE = [
    "<script>alert(1)</script>",
    '"#set page(width: 1pt)',
    "$x$ *b* \\u{41}",
    "\u202e\u0645\u0633\u062a \U0001f3e5",
    "x" * 200,
]


def with_municipal_figures(run: Run) -> Run:
    """Give Enschede the region's figures as its own."""
    rows = run.replications
    own = rows[(rows["site"] == "region") & rows["kpi"].str.match("ed.|ambulance.")]
    more = pd.concat([rows, own.assign(site=ENSCHEDE)])
    return Run.from_replications(run.manifest, more, run.reachability, run.parameters)


@pytest.fixture(scope="module")
def made(run, data):
    return {sheet.code: sheet for sheet in sheets(with_municipal_figures(run), data, NL)}


def text_of(pdf: bytes) -> str:
    """Return what a PDF says, without the hyphens and breaks of its lines."""
    pages = PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


class Text(HTMLParser):
    """Collects what a page says and which tags it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said, self.tags, self.attributes = "", [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data


def test_every_municipality_and_the_region_has_one(made):
    assert len(made) == 15
    assert made["REGION"].name == "Twente"


def test_inhabitants_are_counted_not_shared(made):
    facts = dict(made[ENSCHEDE].facts)
    assert facts["Inwoners"] == "45.000"  # 25 cells of 1,800
    assert facts["van wie 65 jaar of ouder"] == "9.000"
    assert facts["Verwachte geboorten per jaar"] == "450"


def test_who_is_beyond_the_norm_is_worked_out_by_cell(made, data):
    # a kilometre a minute, as the crow flies: with Almelo closed, Enschede or Winterswijk is next
    cells = data.cells[data.cells["municipality_code"] == TWENTERAND]
    mst = np.hypot(cells["x"] - 257_700, cells["y"] - 470_800) / 1000
    skb = np.hypot(cells["x"] - 245_300, cells["y"] - 444_200) / 1000
    minutes = np.minimum(mst, skb)
    # the true time may be so much shorter or longer than the computed one
    fastest, slowest = (travel_ratio("car", 30).quantile(end) for end in (0.025, 0.975))
    few, expected, many = (
        18 * int((minutes * ratio > 30).sum()) for ratio in (fastest, 1, slowest)
    )
    row = next(row for row in made[TWENTERAND].travel.rows if "Alles in Enschede" in row[0])
    assert 0 < few < expected <= many
    shown, low, high = map(int, re.fullmatch(r"(\d+) \((\d+) tot (\d+)\)", row[-1]).groups())
    # no more digits than half of the range bears: whole tens here
    assert (shown, low, high) == tuple(round(count, -1) for count in (expected, few, many))


def test_a_night_without_an_emergency_department_is_the_year_with_the_night_beside_it(made):
    by_name = {row[0]: row for row in made[ALMELO].travel.rows}
    night, single = by_name["SEH Almelo 's nachts dicht"], by_name["Alles in Enschede"]
    now = by_name["Zoals nu; Precies hetzelfde"]
    moment = "elke dag 23:00\N{EN DASH}07:00, 33% van de tijd"
    year, at_night = re.fullmatch(r"(\d+); .*: (\d+)", night[1]).groups()
    assert night[1] == f"{year}; {moment}: {at_night}"
    assert at_night == single[1]  # by night everyone goes to Enschede
    # Two thirds of the time as now, a third as with all care in Enschede; each is rounded.
    assert abs(int(year) - (2 * int(now[1]) + int(single[1])) / 3) <= 1
    assert moment in night[2]
    assert night[5:] == by_name["Zoals nu; Precies hetzelfde"][5:]  # births are not touched


def test_choices_that_change_nothing_share_a_row_and_are_named(made):
    (row,) = made[ENSCHEDE].travel.rows
    assert row[0] == ("Zoals nu; SEH Almelo 's nachts dicht; Alles in Enschede; Precies hetzelfde")
    door = made[ENSCHEDE].door
    assert "Precies hetzelfde (2034)" not in {row[0] for row in door.rows}
    assert re.search(r"te klein om uit te maken, bij: [^.]*Precies hetzelfde", door.note)


def test_the_sheet_of_enschede_reads_as_agreed(made):
    sheet = made[ENSCHEDE]
    assert sheet.title == "Spoedzorg en bevallen: wat de keuzes betekenen voor Enschede"
    assert sheet.summary.sentences == GOLDEN_SUMMARY
    assert sheet.sections[0].sentences == GOLDEN_ABROAD


GOLDEN_SUMMARY = (
    (
        "Nu wonen 2.000 (0 tot 16.000) inwoners buiten de norm voor de SEH (45 minuten van de "
        "melding tot het ziekenhuis, met de ambulance, klok van de norm; volgens de klok van de "
        "praktijk 40.000 (29.000 tot 45.000)) en 0 buiten de norm voor bevallen (30 minuten met de "
        "auto)."
    ),
    (
        "Van de melding tot de ambulance bij het ziekenhuis is, duurt gemiddeld 37 minuten "
        "volgens de klok van de norm (kort bij de patiënt), en 52 volgens de klok van de praktijk."
    ),
    (
        "Reizen blijft zoals nu bij: SEH Almelo 's nachts dicht; Alles in Enschede; "
        "Precies hetzelfde."
    ),
)
GOLDEN_ABROAD = (
    (
        "Dichtstbijzijnde Nederlandse ziekenhuis buiten Twente: SKB Winterswijk, gemiddeld 28 "
        "minuten met de auto."
    ),
    (
        "Over de landsgrens: Gronau, gemiddeld 9 minuten met de auto (spoedzorg; of u er kunt "
        "bevallen is niet bekend). Voor 45.000 inwoners is deze SEH dichterbij dan elke "
        "SEH die nu meetelt."
    ),
    (
        "Duitse ziekenhuizen tellen niet mee in deze berekening. Afspraken, verzekering en taal "
        "zijn niet doorgerekend."
    ),
)


def test_figures_of_residents_come_with_interval_and_verdict(made):
    rows = {row[0]: row for row in made[ENSCHEDE].door.rows}
    assert re.fullmatch("[0-9,]+ \\([0-9,]+\N{EN DASH}[0-9,]+\\)", rows["Zoals nu (2024)"][1])
    assert rows["Alles in Enschede (2034)"][1].startswith("✘ ")
    (almelo,) = made[ALMELO].door.rows  # nothing measured there
    assert set(almelo[1:]) == {UNKNOWN}
    assert "bij:" not in made[ALMELO].door.note


def test_shorter_waits_because_people_leave_are_said(run, data):
    run = with_municipal_figures(run)
    table = run.comparison.copy()
    single, enschede = table["scenario"] == "single", table["site"] == ENSCHEDE
    waits = single & enschede & (table["kpi"] == "ed.wait_doctor.p95")
    leaves = single & (table["site"] == "region") & (table["kpi"] == "ed.to_neighbours")
    assert waits.any()
    table.loc[waits, ["verdict", "size"]] = ["better", "matters"]
    text = "Bij Alles in Enschede gaan meer mensen naar een SEH buiten Twente"
    for verdict, said in (("worse", True), ("no difference shown", False)):
        table.loc[leaves, ["verdict", "size"]] = [verdict, "matters"]
        changed = replace(run, comparison=table)
        sheet = next(s for s in sheets(changed, data, NL) if s.code == ENSCHEDE)
        assert (text in sheet.door.note) == said


def test_every_ask_of_the_region_is_answered_or_said_to_be_left_out(made):
    groups = made["REGION"].answers
    assert [len(group.answers) for group in groups] == [5, 5, 8]
    for group in groups:
        assert group.source
        for answer in group.answers:
            assert answer.modelled == bool(re.search(r"\d", answer.text)), answer
            assert answer.modelled or answer.text == "Niet doorgerekend."


def test_maps_that_look_the_same_are_drawn_once(made):
    ed = made[ALMELO].maps[0]
    assert "Precies hetzelfde" in ed.now.title
    assert [picture.title for picture in ed.others] == [
        (
            "SEH Almelo 's nachts dicht (op het slechtste moment: elke dag "
            "23:00\N{EN DASH}07:00, 33% van de tijd)"
        ),
        "Alles in Enschede",
    ]
    assert "Almelo Oost" in ed.now.alt


def named_on(svg: str) -> list[tuple[str, LabelBox]]:
    """Return the names on a map, each with its place."""
    found = []
    drawn = ET.fromstring(svg)  # noqa: S314 - drawn by this program
    for text in drawn.iter("{http://www.w3.org/2000/svg}text"):
        size = float(text.get("font-size"))
        width, height = text_size([text.text], size, 1.0)
        x, low = float(text.get("x")) - width / 2, float(text.get("y")) - 0.72 * height
        found.append((text.text, LabelBox(x, low, width, height)))
    return [item for number, item in enumerate(found) if item not in found[:number]]


def test_names_on_a_map_can_be_read():
    data = load_data(None)
    codes = data.municipalities.set_index("municipality")["municipality_code"]
    for place in ("Dinkelland", "Rijssen-Holten", "Hellendoorn"):
        members = (data.cells["municipality_code"] == codes[place]).to_numpy()
        maps = SheetMaps(data, members, frozenset([codes[place]]))
        named = named_on(maps.large(np.zeros(len(data.cells)), (), "ed"))
        names = [name for name, _box in named]
        assert maps.settlements[0].name in names
        assert len(names) >= 6
        for (_one, left), (_other, right) in combinations(named, 2):
            assert left.overlap(right) <= COVERED * max(left.area, right.area) + 1
        assert all(0 <= box.x <= WIDTH - box.width for _name, box in named)


def test_a_large_map_has_a_scale_a_north_and_the_hospital_across_the_border(made):
    region = made["REGION"]
    names = [name for name, _box in named_on(region.maps[0].now.svg)]
    assert {"N", "10 km", "MST Enschede", "Gronau"} <= set(names)
    assert "Driehoek: een ziekenhuis over de grens dat niet meetelt." in region.map_note


def test_the_pdf_is_two_accessible_pages_that_name_the_municipality(made):
    reader = PdfReader(BytesIO(Printer().pdf(made[ENSCHEDE])))
    assert len(reader.pages) <= 2
    assert float(reader.pages[0].mediabox.width) == pytest.approx(595.28, abs=0.1)  # A4
    assert "Enschede" in reader.metadata.title
    assert reader.trailer["/Root"]["/Lang"] == "nl"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Enschede" in reader.pages[0].extract_text()


def test_page_and_pdf_say_the_same(made):
    sheet = made[ENSCHEDE]
    page, pdf = Text(html(sheet, NL)).said, text_of(Printer().pdf(sheet))
    for sentence in (*sheet.summary.sentences, sheet.travel.rows[0][2], sheet.intro):
        assert sentence in page
        short = re.sub(r"\s+", "", sentence)[:25]
        assert short in pdf


def test_the_same_run_gives_the_same_bytes(run, data, tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write_sheets(folder, run, data, EN)
    files = sorted((folders[0] / "municipalities").iterdir())
    assert len(files) == 30
    for file in files:
        assert file.read_bytes() == (folders[1] / "municipalities" / file.name).read_bytes()


def test_the_page_needs_nothing_from_elsewhere(made):
    page = Text(html(made["REGION"], NL))
    assert {"script", "link", "iframe", "img"}.isdisjoint(page.tags)
    for tag, attributes in page.attributes:
        assert {"src", "style"}.isdisjoint(attributes), tag
        assert attributes.get("href", "#").startswith("#")
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    maps = [attributes for _tag, attributes in page.attributes if attributes.get("role") == "img"]
    assert maps
    assert all(attributes["aria-label"] for attributes in maps)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_appear_as_text(data, name):
    entries = scenarios()
    entries[1] = scenario("night", name, 2024, "now", ("07:00-23:00", "24/7"))
    entries[0]["sites"][0]["name"] = name
    run = build(entries)
    table = run.reachability.assign(
        municipality=run.reachability["municipality"].replace("Enschede", name)
    )
    outlines = data.municipalities.assign(
        municipality=data.municipalities["municipality"].replace("Enschede", name)
    )
    cells = data.cells.assign(settlement=data.cells["settlement"].replace("Enschede", name))
    hostile = replace(data, cells=cells, municipalities=outlines)
    found = {s.code: s for s in sheets(replace(run, reachability=table), hostile, EN)}
    sheet = found[ENSCHEDE]
    page = Text(html(sheet, EN))
    assert name in page.said
    assert "script" not in page.tags
    pdf = Printer().pdf(sheet)
    assert len(PdfReader(BytesIO(pdf)).pages) <= 2
    if name.isascii():
        assert re.sub(r"\s+", "", name)[:20] in text_of(pdf)
    assert re.fullmatch(r"[a-z0-9_.-]+", file_stem(sheet.name, sheet.code))
