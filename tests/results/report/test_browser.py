"""The report as readers meet it: in a real browser, by mouse, by keys and on paper."""

import re

import numpy as np
import pytest

from results.accessibility.travel import inhabited, least_favourable
from results.decision.analysis import decide
from results.decision.export import ranking_table
from results.decision.weights import Stakeholder
from results.kpis.criteria import weighed_groups
from results.language.words import words
from results.report.page import render
from tests.support.browser import chromium, opened
from tests.support.made_up_run import blank_pictures, build, scenario

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "y" * 200,
    "🚑 spoed",
    "\u202eanders om\u202c",
    "</script><b>vet</b>",
]
A4_LANDSCAPE_PT = (841, 594)
PRINTED_WIDTH = 1047
"""Pixels of an A4 on its side, less margins of 10 mm."""


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def file(dutch_page, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(dutch_page, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def watched(browser, file):
    return opened(browser, file)


@pytest.fixture
def page(watched):
    watched.page.reload()
    return watched.page


def pick(page, name, value):
    page.locator(f"input[name=map-{name}][value={value}]").check()


def canvas(page, side):
    return page.evaluate(f"document.getElementById('map-{side}').toDataURL()")


def complaints(page, **asked):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe isn't installed")
    found = axe.Axe().run(page, **asked).response["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]


def rows(page):
    return page.evaluate(
        "[...document.querySelectorAll('#map-rows tr')].map("
        "row => [...row.cells].map(cell => cell.textContent))"
    )


def test_it_opens_without_network_and_without_complaint(watched, page):
    assert {url.split(":")[0] for url in watched.requests} <= {"file", "data"}
    assert watched.complaints == []
    assert page.locator("#map-app").get_attribute("data-drawn") == "1"


def test_sliders_rank_as_the_code_does(page, run):
    verdicts = decide(run).verdicts
    assert [verdict.choice.year for verdict in verdicts] == [2024, 2034]
    drawn = np.random.default_rng(3).integers(0, 50, (40, len(weighed_groups())))
    drawn[drawn < 12] = 0
    found = page.evaluate(
        """sets => sets.map(points => {
            const sliders = [...document.querySelectorAll('input.weight')];
            sliders.forEach((slider, at) => { slider.value = String(points[at]); });
            sliders[0].dispatchEvent(new Event('input'));
            const places = [...document.querySelectorAll('td.rank b')];
            return places.map(cell => cell.textContent);
        })""",
        drawn.tolist(),
    )
    for points, places in zip(drawn.tolist(), found, strict=True):
        given = dict(zip(weighed_groups(), map(float, points), strict=True))
        asked = {"own": Stakeholder("own", {}, {}, given)}
        # As decision.csv has them: one calculation, on draws in which replications stay paired.
        table = ranking_table(decide(run, asked))
        assert places == [
            f"{best:.0f}" if best == worst else f"{best:.0f}\N{EN DASH}{worst:.0f}"
            for best, worst in zip(table["rank_best"], table["rank_worst"], strict=True)
        ]


def test_the_order_in_words_follows_the_sliders(page):
    def order():
        return page.locator("#order-2034 li").all_inner_texts()

    assert sorted(order()) == sorted(["Niets doen", "Alles in Enschede", "Precies hetzelfde"])
    page.evaluate(
        """() => document.querySelectorAll('input.weight').forEach(slider => {
            slider.value = slider.id === 'weight-resilience' ? '50' : '0';
            slider.dispatchEvent(new Event('input'));
        })"""
    )
    assert order()[-1] == "Alles in Enschede"
    assert page.locator("#weights-of").input_value() == "own"


def test_the_map_counts_as_the_tables_do(page, run, data):
    names = [
        s.name for s in sorted(run.scenarios, key=lambda s: (s.horizon_year, bool(s.baseline)))
    ]
    page.locator("#map-worst").check()
    page.locator("#map-choice-a").select_option(str(names.index("now")))
    page.locator("#map-choice-b").select_option(str(names.index("night")))
    lived_in = inhabited(data)
    people = data.cells["population"].to_numpy()[lived_in]
    for care, way in (("ed", "car"), ("ed", "siren"), ("maternity", "siren")):
        pick(page, "care", care)
        pick(page, "way", way)
        for column, name in ((1, "now"), (2, "night")):
            one = next(s for s in run.scenarios if s.name == name)
            minutes = least_favourable(one, care, way, data)[lived_in]
            mean = np.average(minutes, weights=people)
            assert abs(float(rows(page)[-1][column]) - mean) <= 0.51


def test_a_night_closure_shows_at_night_only(page):
    page.locator("#map-choice-a").select_option("0")
    page.locator("#map-choice-b").select_option("1")
    pick(page, "care", "ed")
    by_day = rows(page)
    assert all(row[1] == row[2] for row in by_day)
    day = canvas(page, "b")
    page.locator("#map-hour").fill("3")
    assert any(row[1] != row[2] for row in rows(page))
    assert canvas(page, "b") != day
    assert "03:00" in page.locator("#map-moment").inner_text()


def test_the_toggle_and_the_slide_change_the_map(page):
    both = page.locator("#map-stage").screenshot()
    for show in ("a", "b", "difference"):
        pick(page, "show", show)
        assert page.locator("#map-divider").is_hidden()
        assert page.locator("#map-stage").screenshot() != both
    pick(page, "show", "swipe")
    assert page.locator("#map-stage").screenshot() == both
    page.locator("#map-swipe").fill("20")
    assert page.locator("#map-stage").screenshot() != both
    for layer in ("settlement", "cell"):
        before = canvas(page, "a")
        pick(page, "layer", layer)
        assert canvas(page, "a") != before


def test_pointing_at_a_municipality_names_it_with_its_minutes(page):
    box = page.locator("#map-stage").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = page.locator("#map-tip").inner_text()
    assert re.search(r"A: \d+ min\nB: \d+ min", told)
    page.locator("#map-place").select_option(label="Borne")
    assert page.locator("#map-place-told").inner_text().startswith("Borne\nA: ")


def test_numbers_and_source_can_be_reached_by_keys_alone(page):
    page.locator("td.mark").first.focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#told").inner_text()
    assert "SEH Almelo 's nachts dicht (2024) · Spoedoperatie op tijd" in first
    assert "Bron: simulatie" in first
    page.keyboard.press("ArrowDown")
    assert page.locator("#told").inner_text() != first
    assert page.evaluate("document.activeElement.className").startswith("mark")


def test_axe_finds_nothing_to_complain_of(page):
    # Contrast takes nine tenths of the time, nearly all of it in the tables of all figures, which
    # are one macro's: of each kind of care the contrast of the first is looked at, and all else of
    # every table.
    pick(page, "show", "swipe")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert complaints(page, options={"rules": {"color-contrast": {"enabled": False}}}) == []
    gone = page.evaluate(
        """() => {
            const alike = "section[aria-labelledby=figures] details > * + * + *";
            const found = [...document.querySelectorAll(alike)];
            found.forEach(each => each.remove());
            return found.length;
        }"""
    )
    assert gone > 100
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    assert complaints(page, options=only) == []


def test_axe_finds_nothing_to_complain_of_in_the_map_of_differences(page):
    pick(page, "show", "difference")
    assert complaints(page, context="#map-app") == []


def test_a_telephone_needs_no_sideways_scrolling(browser, file):
    phone = opened(browser, file, {"width": 390, "height": 844})
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.complaints == []
    phone.page.close()


def test_on_paper_everything_fits(browser, file):
    paper = opened(browser, file, {"width": PRINTED_WIDTH, "height": 720}).page
    pdf = paper.pdf(prefer_css_page_size=True, print_background=True)
    sizes = {
        tuple(int(float(n)) for n in found.split()[2:])
        for found in re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)
    }
    assert sizes == {A4_LANDSCAPE_PT}
    paper.emulate_media(media="print")
    wide = paper.evaluate(
        "[...document.querySelectorAll('main *')].filter(each => "
        "each.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && "
        "!each.closest('.hidden, svg')).map(each => each.outerHTML.slice(0, 80))"
    )
    assert wide == []
    paper.close()


def test_whatever_is_in_a_name_stays_text_in_page_map_and_tips(browser, data, tmp_path):
    entries = [scenario("now", "Nu", 2024, None)]
    entries += [scenario(f"s{n}", title, 2024, "now") for n, title in enumerate(HOSTILE)]
    for entry in entries:
        entry["sites"][0]["name"] = HOSTILE[0]
    run = build(entries)
    file = tmp_path / "report.html"
    file.write_text(render(run, data, blank_pictures(run), words("en")), "utf-8")
    watched = opened(browser, file)
    page = watched.page
    heads = [
        head.replace("\u00ad", "")
        for head in page.locator("#scorecard thead bdi").all_text_contents()
    ]
    options = page.locator("#map-choice-b option").all_text_contents()
    ordered = page.locator("#order-2024 li").all_text_contents()
    for title in HOSTILE:
        assert title in heads
        assert f"{title} (2024)" in options
        assert title in ordered
    tips = page.locator("#map-top .site title").all_text_contents()
    assert f"{HOSTILE[0]}: open now" in tips
    for number in range(1, len(entries)):
        page.locator("#map-choice-b").select_option(str(number))
    page.locator("td.mark").nth(1).hover()
    assert HOSTILE[0] in page.locator("#told").inner_text()
    assert page.locator("img[src=x]").count() == 0
    assert watched.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    page.close()
