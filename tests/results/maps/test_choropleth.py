"""Maps: small, the same on every drawing, and honest in colour and words."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from shapely import Point, box

from results.accessibility.within_norm import reach
from results.language.words import words
from results.maps.choropleth import alt_text, draw_maps, map_file, outcome
from results.rendering import style as map_style
from results.rendering.label_placement import LabelBox, place_beside, place_inside
from tests.support.made_up_run import build, scenario, scenarios

LIMIT = 150_000


@pytest.fixture(scope="module")
def maps(run, data):
    return draw_maps(run, data, words("nl"))


def test_there_is_a_map_for_every_scenario_and_function(run, maps):
    assert set(maps) == {(s.name, f) for s in run.scenarios for f in ("ed", "maternity")}


def test_maps_are_small_and_carry_no_clock_or_software(maps):
    for drawn in maps.values():
        assert len(drawn.png) <= LIMIT
        image = Image.open(BytesIO(drawn.png))
        assert image.format == "PNG"
        assert image.info.keys() <= {"transparency"}


def test_a_hospital_across_the_border_is_drawn_though_it_does_not_count(data):
    def grey(**abroad):
        alone = build([scenario("now", "Zoals nu", 2024, None, **abroad)])
        png = draw_maps(alone, data, words("nl"))["now", "ed"].png
        return np.asarray(Image.open(BytesIO(png)).convert("L"), dtype=int)

    differs = np.abs(grey() - grey(abroad=[])) > 64
    rows, columns = np.nonzero(differs)
    assert 20 < len(rows) < 3000  # a sign and a name, in one place
    assert columns.min() > differs.shape[1] / 2  # in the east
    assert np.ptp(rows) < differs.shape[0] / 10


def test_drawing_again_gives_the_same_bytes_in_any_order(run, data, maps):
    assert draw_maps(run, data, words("nl")) == maps
    others = build([s for s in reversed(scenarios()) if s["name"] != "night"])
    assert draw_maps(others, data, words("nl"))["single", "ed"] == maps["single", "ed"]


def test_scenarios_with_the_same_outcome_share_one_map_that_names_them(data):
    entries = [
        scenario("now", "Zoals nu", 2024, None),
        scenario("now-2034", "Zoals nu", 2034, None),
        scenario("focus", "Een focuskliniek", 2028, "now"),
    ]
    drawn = draw_maps(build(entries), data, words("nl"))
    assert drawn["now", "ed"] is drawn["now-2034", "ed"] is drawn["focus", "ed"]
    assert "Zoals nu (2024, 2034) · Een focuskliniek (2028)".encode() in drawn["now", "ed"].svg
    assert drawn["now", "ed"] != drawn["now", "maternity"]


def test_a_map_of_very_many_names_the_first_and_counts_the_rest(data):
    entries = [scenario(f"s{n}", f"Keuze {n} {'x' * 30}", 2034, None) for n in range(9)]
    drawn = draw_maps(build(entries), data, words("nl"))
    (one,) = {id(found): found for (_, care), found in drawn.items() if care == "ed"}.values()
    assert b"(2034), en 8 andere keuzes met dezelfde kaart" in one.svg


def test_a_municipality_gets_the_exact_colour_of_its_class(maps):
    pixels = np.asarray(Image.open(BytesIO(maps["single", "ed"].png)).convert("RGB"))
    counts = [
        (pixels == np.round(np.array(to_rgb(colour)) * 255)).all(axis=2).sum()
        for colour in map_style.CLASS_COLOURS
    ]
    legend_only = 1500
    assert counts[map_style.class_of(0.87)] > legend_only
    assert counts[map_style.class_of(0.985)] > legend_only
    assert 0 < counts[map_style.class_of(0.3)] < legend_only


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (0, "<50%"),
        (0.4999, "<50%"),
        (0.5, "50-80%"),
        (0.9, "90-95%"),
        (0.9899, "95-99%"),
        (0.99, "≥99%"),
        (1, "≥99%"),
    ],
)
def test_classes_do_not_overlap(share, name):
    assert map_style.class_labels()[map_style.class_of(share)].replace("\N{EN DASH}", "-") == name


def test_classes_can_be_told_apart_in_grey():
    greys = [np.dot(to_rgb(c), (0.2126, 0.7152, 0.0722)) for c in map_style.CLASS_COLOURS]
    assert greys == sorted(greys)
    assert min(np.diff(greys)) > 0.08


def test_text_on_every_class_is_readable():
    def luminance(colour):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    for share in (0.1, 0.6, 0.85, 0.92, 0.97, 1.0):
        pair = luminance(map_style.text_colour_on(share)), luminance(map_style.colour_of(share))
        assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 4.5


def test_words_tell_what_the_map_shows(run):
    nl = words("nl")
    single = next(s for s in run.scenarios if s.name == "single")
    found = reach(run, "single", "maternity")
    assert found.norm == 30
    assert outcome(nl, found) == (
        "Heel Twente: 100% binnen de norm; ongeveer 0 (0 tot 13.000) inwoners niet."
    )
    text = alt_text(run, single, "ed", nl)
    assert "binnen 45 minuten op de spoedeisende hulp" in text
    assert "Almelo 86%" in text
    # The other clock stands beside, and a night closure names its hours.
    assert "Klok van de praktijk: 70%." in text
    night = next(s for s in run.scenarios if s.name == "night")
    moment = "elke dag 23:00\N{EN DASH}07:00, 33% van de tijd: 90%"
    assert moment in alt_text(run, night, "ed", nl)


def test_hostile_titles_are_drawn_as_text_without_complaint(data):
    titles = ["$\\frac{1}{0}$ <script>", "🚑 emoji", "عنوان", "x" * 200, "two\nlines", ""]
    entries = [scenario("now", "Nu", 2024, None)]
    entries += [scenario(f"s{n}", title, 2024, "now") for n, title in enumerate(titles)]
    drawn = draw_maps(build(entries), data, words("en"))
    assert all(len(one.png) <= LIMIT for one in drawn.values())


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "x" * 300, "..", "CON", "é"])
def test_a_map_file_stays_in_its_folder_whatever_the_scenario_is_called(name):
    file = map_file(name, "ed")
    assert "/" not in file
    assert not file.startswith(".")
    assert len(file) < 100


def test_different_scenarios_never_share_a_map_file():
    assert len({map_file(name, "ed") for name in ("a/b", "a-b", "a b", "A-B")}) == 4


def test_a_name_stays_inside_its_municipality_and_off_other_names():
    square = box(0, 0, 10_000, 10_000)
    taken = LabelBox(3_000, 3_000, 4_000, 4_000)
    placed = place_inside(square, (3_000, 1_000), [taken])
    assert placed.overlap(taken) == 0
    assert square.covers(box(placed.x, placed.y, placed.x + 3_000, placed.y + 1_000))


def test_a_hospital_name_at_the_edge_stays_in_the_frame():
    frame = LabelBox(0, 0, 10_000, 10_000)
    placed = place_beside((9_900, 5_000), 200, (3_000, 500), [], frame)
    assert placed.overlap(frame) == pytest.approx(placed.area)
    assert Point(placed.centre).x < 9_900
