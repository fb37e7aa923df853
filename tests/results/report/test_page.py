"""The report: one file, two languages, plain answers, and safe whatever a scenario is called."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pandas as pd
import pytest

from results.decision.analysis import decide
from results.decision.pareto import front_sentence
from results.decision.robustness import robustness
from results.decision.weights import stakeholders
from results.language.words import words
from results.report.findings import answers, overall
from results.report.page import render
from results.report.people_and_costs import crews_for, people_lines
from results.report.tables import assumptions, choice, reach_columns
from results.runs.run import Run
from results.sizing.crews_needed import CrewsNeeded
from tests.support.made_up_run import blank_pictures, build, scenario, scenarios

VOID = {"meta", "img", "br", "link", "input", "col"}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "y" * 200,
    "🚑 spoed",
    "\u202eanders om\u202c",
    "{{ 7 * 7 }} {% raw %}",
]


class Page(HTMLParser):
    """What a page holds: its tags, attributes and text; complains of bad nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def nl(dutch_page):
    return dutch_page


def test_it_needs_nothing_from_elsewhere(nl):
    page = Page(nl)
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert "default-src 'none'" in policy
    assert [s.get("type") for s in page.all("script") if s.get("src")] == []
    assert page.all("link") == []
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))
    hrefs = [anchor["href"] for anchor in page.all("a")]
    assert [href for href in hrefs if ":" in href or href.startswith(("/", ".."))] == []
    assert not [attributes for _tag, attributes in page.tags if "style" in attributes]


def test_it_speaks_the_language_asked_for(run, data, nl):
    en = render(run, data, blank_pictures(run), words("en"))
    assert '<html lang="nl">' in nl
    assert '<html lang="en">' in en
    assert "geen verschil aangetoond" in nl
    assert "geen verschil aangetoond" not in en
    assert "no difference shown" in en
    assert "no difference shown" not in nl


def test_it_can_be_read_without_eyes_or_mouse(nl):
    page = Page(nl)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(image["alt"] for image in page.all("img"))
    assert all("scope" in header for header in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    within = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert within <= ids


def test_whatever_a_scenario_is_called_appears_as_text(data, nl):
    entries = [scenario("now", "Nu", 2024, None)]
    entries += [scenario(f"s{n}", title, 2024, "now") for n, title in enumerate(HOSTILE)]
    for entry in entries[1:]:
        entry["sites"][0]["name"] = HOSTILE[0]
    run = build(entries)
    page = Page(render(run, data, blank_pictures(run), words("nl")))
    for title in HOSTILE:
        assert title in page.text
    assert len(page.all("script")) == len(Page(nl).all("script"))
    assert not [a for _tag, a in page.tags if any(name.startswith("on") for name in a)]
    assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|\b49 \{%", page.text)


def test_it_says_which_configuration_wins_loses_or_shows_nothing(run):
    found = {answer.scenario.name: answer for answer in answers(run, words("nl"))}
    assert set(found) == {"night", "single", "same"}
    same = found["same"].sentences
    assert same[0] == "Geen verschil aangetoond bij 15 hoofdcijfers."
    single = " ".join(found["single"].sentences)
    assert "Slechter: “" in single
    assert "“Verblijf op de SEH, midden” (+" in single
    assert "Hoger: “Personeel in de roosters”" in single


def test_the_answer_on_top_counts_what_was_not_shown(run):
    sentences = overall(run, answers(run, words("en")), words("en"))
    assert sentences[0].startswith("3 configurations were compared")
    assert any("15 show no difference" in sentence for sentence in sentences)
    assert any("Neither better nor worse" in s and "Precies hetzelfde" in s for s in sentences)


def test_a_run_of_baselines_alone_says_that_there_is_nothing_to_compare(data):
    run = build([s for s in scenarios() if s["baseline"] is None])
    html = render(run, data, blank_pictures(run), words("nl"))
    assert "niets te vergelijken" in html


def test_the_choice_puts_every_configuration_under_its_own_year(run):
    years = {
        year.year: [row.scenario.name for row in year.rows]
        for year in choice(run, words("nl")).years
    }
    assert years == {2024: ["now", "night"], 2034: ["now-2034", "single", "same"]}


def test_verdicts_are_told_by_symbol_and_word_not_by_colour_alone(run):
    rows = [row for year in choice(run, words("nl")).years for row in year.rows]
    judged = [cell for row in rows if row.scenario.baseline for cell in row.cells]
    assert all(cell.symbol and cell.spoken and cell.style for cell in judged)
    assert {cell.symbol for cell in judged} >= {"✔", "✘", "○"}


def test_assumptions_come_before_measured_figures_and_are_marked(run, nl):
    listed = assumptions(run, words("nl"))
    assert [item.confidence for item in listed] == [
        "aangenomen",
        "gepubliceerd voor Nederland",
        "gemeten in Twente",
    ]
    assert listed[0].assumed
    assert listed[0].scenarios == "alle"
    assert 'class="assumed"' in nl


def test_an_unknown_kpi_is_shown_by_its_raw_name(data):
    run = build()
    extra = run.replications[run.replications["kpi"] == "staff.fte"].assign(kpi="odd.new_figure")
    more = Run.from_replications(
        run.manifest, pd.concat([run.replications, extra]), run.reachability, run.parameters
    )
    html = render(more, data, blank_pictures(more), words("nl"))
    assert "odd.new_figure" in html


def test_colours_of_text_have_enough_contrast():
    css = files("results.report").joinpath("templates/report.css").read_text()
    pairs = re.findall(
        r"\.(class\d|better|worse|changed) \{ background: (#\w+);(?: color: (#\w+))?", css
    )

    def luminance(colour):
        full = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
        parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert len(pairs) == 9
    for name, background, ink in pairs:
        usual = "#1a1a1a" if name.startswith("class") else "#4a535b"
        light, dark = sorted((luminance(background), luminance(ink or usual)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_baseline_that_reaches_the_same_in_other_years_has_one_column(run):
    columns = reach_columns(run, words("nl"), "ed")
    assert [(column.scenario.name, column.years) for column in columns] == [
        ("now", "2024"),
        ("night", "2024"),
        ("now-2034", "2034"),
        ("single", "2034"),
        ("same", "2034"),
    ]
    renamed = scenarios()
    renamed[2]["title"] = renamed[0]["title"]
    merged = reach_columns(build(renamed), words("nl"), "ed")
    assert (merged[0].scenario.name, merged[0].years) == ("now", "2024 en 2034")
    assert len(merged) == len(columns) - 1


def test_places_over_all_weights_are_told_where_they_are_certain(run):
    decided = decide(run, stakeholders())
    found = robustness(decided, words("nl"))
    assert [(part.year, len(part.bars)) for part in found] == [(2024, 2), (2034, 3)]
    for bar in (bar for part in found for bar in part.bars):
        assert sum(piece.width for piece in bar.parts) < 100.3  # the rest is open
        assert f"{bar.parts[0].width:.0f}%" in bar.first.replace("<1%", "0%").replace(">", "")
    assert all(part.sentences for part in found)


def test_people_and_money_are_told_by_year_with_their_ranges(run, nl):
    sized = {("single", 2034): CrewsNeeded(28, 27, None, 0.926)}
    found = people_lines(decide(run, stakeholders()), words("nl"), sized)
    assert [(part.year, len(part.lines)) for part in found] == [(2024, 2), (2034, 3)]
    nothing = found[1].lines[0]
    assert nothing.fte_more == nothing.cost_range == nothing.road_range == ""
    single = found[1].lines[1]
    assert (single.needed, single.needed_range) == ("28", "27 of meer")
    assert "92,6% van de A1-meldingen" in crews_for(sized, words("nl"))
    assert "Teams erbij, om er evenveel vrij te hebben (fte)" in Page(nl).text
    assert "Teams nodig in de volste dienst" not in Page(nl).text  # nobody searched


def test_the_picture_of_the_trade_off_is_told_in_words(run, nl):
    for verdict in decide(run, stakeholders()).verdicts:
        assert front_sentence(verdict, words("nl")) in Page(nl).text


def test_a_trial_calls_itself_a_trial(run):
    few = " ".join(overall(run, answers(run, words("nl")), words("nl")))
    assert "een proef met weinig herhalingen" in few
    many = Run.from_replications(
        {**run.manifest, "replications": 30}, run.replications, run.reachability, run.parameters
    )
    assert "proef" not in " ".join(overall(many, answers(many, words("nl")), words("nl")))
