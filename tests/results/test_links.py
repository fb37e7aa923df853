"""Whatever a run writes for people leads to the rest of it, from any folder."""

import re
from urllib.parse import unquote

import openpyxl
import pytest

from results.language.words import words
from results.links import REPORT, made_beside, report_beside, sheet_links
from results.publication.publish import write_report, write_run
from results.replay.animation import Animation
from results.replay.animation import render as render_day
from tests.support.made_up_run import build, scenarios

NL = words("nl")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data):
    out = tmp_path_factory.mktemp("linked") / "run"
    run = build(scenarios()[:2])
    write_run(out, run, data, "nl")
    return out


def targets(page):
    found = re.findall(r'href="([^"#]+)', page.read_text(encoding="utf-8"))
    return {(page.parent / unquote(target)).resolve() for target in found}


def test_every_link_of_every_page_leads_to_a_part_of_the_run(folder):
    pages = [folder / REPORT, *sorted((folder / "municipalities").glob("*.html"))]
    assert len(pages) > 2
    for page in pages:
        assert [target for target in targets(page) if not target.exists()] == []


def test_the_report_leads_to_every_sheet_and_every_sheet_back(folder, run):
    sheets = {(folder / link.page).resolve() for link in sheet_links(run)}
    prints = {(folder / link.print).resolve() for link in sheet_links(run)}
    assert sheets | prints <= targets(folder / REPORT)
    for sheet in sheets:
        assert (folder / REPORT).resolve() in targets(sheet)
        assert sheets - {sheet} <= targets(sheet)


def test_the_workbook_leads_to_the_report(folder):
    notes = openpyxl.load_workbook(folder / "results.xlsx").worksheets[0]
    links = [cell.hyperlink.target for row in notes.iter_rows() for cell in row if cell.hyperlink]
    assert links == [REPORT]


def test_a_day_in_the_folder_is_linked_once_the_report_is_made_again(folder, data):
    day = folder / "a day.html"
    back = report_beside(day)
    page = render_day(Animation(HOSTILE, "Nu", "maandag", [], {}), NL, back)
    day.write_text(page, encoding="utf-8")
    (folder / "foreign.html").write_text("<title>other</title>", encoding="utf-8")
    assert [link.target for link in made_beside(folder, NL)] == ["a%20day.html"]
    write_report(folder, data, "nl")
    assert day.resolve() in targets(folder / REPORT)
    assert (folder / "foreign.html").resolve() not in targets(folder / REPORT)
    assert (folder / REPORT).resolve() in targets(day)
    assert HOSTILE not in (folder / REPORT).read_text(encoding="utf-8")


def test_a_day_elsewhere_has_no_link_that_leads_nowhere(tmp_path):
    assert report_beside(tmp_path / "day.html") is None
