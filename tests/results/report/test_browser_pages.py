"""Sheets and the day that moves, as readers meet them: in a real browser, by mouse and by keys."""

from dataclasses import replace

import pytest

from results.language.words import words
from results.links import sheet_links
from results.replay.animation import Animation, AreaStay, Panel
from results.replay.animation import render as render_day
from results.sheets.files import Printer, html
from results.sheets.sheet import sheets
from tests.support.browser import chromium, opened
from tests.support.made_up_run import build, scenario, scenarios

NL = words("nl")
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
PHONE = {"width": 390, "height": 844}
ENSCHEDE = "GM0004"


def day(name="MST Enschede") -> Animation:
    """One patient in a room from 10:00 to 11:00, one from 10:30 until after midnight."""
    stays = [AreaStay(1, 600.0, 660.0, 0), AreaStay(2, 630.0, None, 1)]
    changes = [(0.0, 0), (600.0, 1), (630.0, 2), (660.0, 1)]
    rooms = Panel("ed_rooms", "Behandelkamers", [2.0] * 24, stays, changes)
    ward = Panel("ward", "Kliniek", [10.0] * 24, [], [(0.0, 4)])
    signs = {"0": "●", "1": "▲", "2": "■", "4": "◆"}
    return Animation(name, name, "maandag", [rooms, ward], signs)


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(run, data, tmp_path_factory):
    made = tmp_path_factory.mktemp("pages")
    sheet = next(s for s in sheets(run, data, NL) if s.code == ENSCHEDE)
    (made / "sheet.html").write_text(html(sheet, NL, sheet_links(run)), encoding="utf-8")
    (made / "day.html").write_text(render_day(day(), NL), encoding="utf-8")
    return made


@pytest.fixture
def moving(browser, folder):
    watched = opened(browser, folder / "day.html")
    yield watched
    assert watched.complaints == []
    assert {url.split(":")[0] for url in watched.requests} <= {"file", "data"}
    watched.page.close()


def expect_changed(page, time):
    """Wait until the clock shows another time; the page's policy lets no test evaluate text."""
    api = pytest.importorskip("playwright.sync_api")
    api.expect(page.locator("#clock")).not_to_have_text(time)


def at(page, minute):
    page.locator("#time").fill(str(minute))
    return page.locator("[data-count='0']").inner_text(), page.locator(".dot").count()


@pytest.mark.parametrize("name", ["sheet", "day"])
def test_axe_finds_nothing_and_nothing_is_asked_of_the_network(browser, folder, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe isn't installed")
    watched = opened(browser, folder / f"{name}.html")
    page = watched.page
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = axe.Axe().run(page).response["violations"]
    told = [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]
    assert told == []
    assert watched.complaints == []
    assert {url.split(":")[0] for url in watched.requests} <= {"file", "data"}
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


def test_the_slider_shows_who_is_there_at_that_minute(moving):
    page = moving.page
    assert [at(page, minute) for minute in (0, 600, 640, 660, 1439)] == [
        ("0", 0),
        ("1", 1),
        ("2", 2),
        ("1", 1),
        ("1", 1),
    ]
    assert page.locator("#clock").inner_text() == "23:59"


def test_a_full_area_is_marked(moving):
    at(moving.page, 640)
    assert "full" in moving.page.locator("[data-area='0']").get_attribute("class")
    at(moving.page, 660)
    assert "full" not in moving.page.locator("[data-area='0']").get_attribute("class")


def test_it_plays_and_pauses_by_button_and_by_space(moving):
    page = moving.page
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "Pauze"
    expect_changed(page, "00:00")
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "Afspelen"
    stopped = page.locator("#clock").inner_text()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    expect_changed(page, stopped)
    page.keyboard.press(" ")
    assert page.locator("#play").inner_text() == "Afspelen"


def test_the_slider_moves_by_keys_and_says_the_time(moving):
    page = moving.page
    page.locator("#time").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#clock").inner_text() == "00:01"
    assert page.locator("#time").get_attribute("aria-valuetext") == "00:01"


def test_who_wants_no_motion_gets_none(moving):
    page = moving.page
    page.emulate_media(reduced_motion="reduce")
    at(page, 640)
    dot = page.locator(".dot").first
    assert dot.evaluate("dot => getComputedStyle(dot).transitionDuration") == "0s"


def test_whatever_is_in_a_name_stays_text_in_sheet_and_day(browser, data, tmp_path):
    entries = scenarios()
    entries[1] = scenario("night", HOSTILE, 2024, "now", ("07:00-23:00", "24/7"))
    sheet = next(s for s in sheets(build(entries), data, NL) if s.code == "GM0001")
    sheet = replace(sheet, name=HOSTILE, title=HOSTILE)
    pages = {"sheet": html(sheet, NL), "day": render_day(day(HOSTILE), NL)}
    assert Printer().pdf(sheet).startswith(b"%PDF")
    for name, page in pages.items():
        file = tmp_path / f"{name}.html"
        file.write_text(page, encoding="utf-8")
        watched = opened(browser, file)
        assert HOSTILE in watched.page.locator("h1").inner_text()
        assert watched.page.locator("img").count() == 0
        assert watched.complaints == []
        watched.page.close()
