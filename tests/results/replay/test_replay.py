"""One replication again: journeys, stays, hours and a moving day, of journals written by hand."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from results.errors import ResultsError
from results.kpis.measure import measure
from results.language.words import words
from results.replay.animation import DRAWN, animation, render, write_page
from results.replay.occupancy import COLUMNS, occupancy_table, write_occupancy
from results.replay.patient_journey import clock_text, journey, journey_text, notable, step_texts
from results.replay.replay import Replay, replay
from results.replay.stays import CareArea, stays
from scenarios.files.loading import load
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort, Horizon
from sim.patients.population import sample_patients
from sim.replication.replicate import Setting
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR
from tests.support.paper_journal import EAST, END, START, WEST, outcome, person

NL, EN = words("nl"), words("en")
ILL, LATER, MOTHER = person(Cohort.DIRECT, 0), person(Cohort.DIRECT, 1), person(Cohort.MEDICAL, 3)
HOSTILE = "</script><script>alert(1)</script>"

SETTING = Setting(seed=1, weeks=1, warmup=1, data_folder=None, measure=measure)


def by_hand() -> Replay:
    """Ill: waits 20 minutes, an hour in a room, half of it for a bed. Later: still there."""
    rows = [
        (START + 600, ILL, Step.ENTER, NOWHERE),
        (START + 600, ILL, Step.ED_ARRIVE, EAST),
        (START + 620, ILL, Step.ED_ROOM, EAST),
        (START + 625, ILL, Step.ED_DOCTOR, EAST),
        (START + 650, ILL, Step.ED_READY, EAST),
        (START + 680, ILL, Step.ED_ADMITTED, EAST),
        (START + 680, ILL, Step.WARD_IN, EAST),
        (START + 680 + MINUTES_PER_DAY, ILL, Step.WARD_OUT, EAST),
        (START + 680 + MINUTES_PER_DAY, ILL, Step.LEAVE, EAST),
        (START + 610, LATER, Step.ED_ARRIVE, EAST),
        (START + 615, LATER, Step.CALL_TRANSFER, EAST),
        (START + 640, LATER, Step.ED_ROOM, EAST),
        (START - 60, MOTHER, Step.DELIVERY_ROOM, WEST),
        (START + 60, MOTHER, Step.DELIVERY_ROOM_LEFT, WEST),
    ]
    return Replay(outcome(*rows), patients=None, data=None)


@pytest.fixture(scope="module")
def hand():
    return by_hand()


@pytest.fixture(scope="module")
def played(starter):
    return replay(load("now"), starter, SETTING, replication=0)


def test_a_journey_tells_when_where_and_after_how_long(hand):
    lines = journey(hand, ILL, EN)
    assert [(line.time - START, line.since, line.place) for line in lines] == [
        (600, 0, ""),
        (600, 0, "East"),
        (620, 20, "East"),
        (625, 5, "East"),
        (650, 25, "East"),
        (680, 30, "East"),
        (680, 0, "East"),
        (680 + MINUTES_PER_DAY, MINUTES_PER_DAY, "East"),
        (680 + MINUTES_PER_DAY, 0, "East"),
    ]
    assert lines[4].text == "treated; waits for a bed or theatre"


def test_a_journey_reads_as_a_diary(hand):
    text = journey_text(hand, ILL, NL).splitlines()
    assert text[0] == f"Patiënt {ILL}: spoedopname buiten de SEH om"
    assert re.fullmatch(r"week 2 ma 10:20\s+\+20m  East  in een behandelkamer", text[4])
    assert text[-1] == "In totaal: 1d 01h."


def test_a_patient_who_never_came_is_refused(hand):
    with pytest.raises(ResultsError, match="--patient 7: nobody with this number"):
        journey(hand, 7, EN)


def test_every_step_of_the_journal_has_words():
    assert set(step_texts(EN)) == set(Step)


def test_the_clock_counts_weeks_from_one():
    assert clock_text(0, EN) == "week 1 Mon 00:00"
    assert clock_text(START + MINUTES_PER_DAY + 61, NL) == "week 2 di 01:01"


def test_who_is_worth_following_is_found(hand):
    assert notable(hand, EN) == [
        (ILL, "longest stay in an ED"),
        (LATER, "driven from one hospital to another"),
    ]


def test_a_stay_lasts_from_its_beginning_to_its_end(hand):
    waiting = stays(hand.outcome, "EAST", CareArea.ED_WAITING)
    assert waiting.begin.tolist() == [START + 600, START + 610]
    assert waiting.end.tolist() == [START + 620, START + 640]
    assert stays(hand.outcome, "WEST", CareArea.ED_WAITING).begin.tolist() == []
    assert stays(hand.outcome, "EAST", CareArea.ED_ROOMS).end.tolist() == [START + 680, np.inf]


def test_occupancy_is_minutes_present_over_minutes(hand):
    hourly = stays(hand.outcome, "EAST", CareArea.ED_WAITING).occupancy(START, END)
    assert len(hourly) == 168
    assert hourly[10] == pytest.approx((20 + 30) / 60)
    assert hourly.sum() == pytest.approx(50 / 60)
    before = stays(hand.outcome, "WEST", CareArea.DELIVERY).occupancy(START, END)
    assert before[:2].tolist() == [1, 0]  # the hour before the start doesn't count


def test_the_table_has_mean_and_band_over_the_days(hand):
    table = occupancy_table(hand.outcome)
    assert list(table.columns) == list(COLUMNS)
    row = table[(table["area"] == "ed.waiting") & (table["hour"] == 10)].iloc[0]
    assert row["mean"] == pytest.approx(50 / 60 / 7)  # one of seven days
    assert (row["p5"], row["most"]) == (0, pytest.approx(50 / 60))
    assert np.isnan(row["places"])
    rooms = table[(table["area"] == "ed.rooms")]
    assert set(rooms["places"]) == {3.0}
    assert "icu.beds" not in set(table["area"])  # nobody came


def test_charts_are_the_same_every_time(tmp_path):
    rows = [(START + 5, ILL, Step.ED_ARRIVE, EAST), (START + 9, ILL, Step.ED_UNSEEN, EAST)]
    found = outcome(*rows)
    first, second = (write_occupancy(tmp_path / name, found, NL) for name in "ab")
    assert [path.name for path in first] == [path.name for path in second]
    assert {path.suffix for path in first} == {".csv", ".png", ".svg"}
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))


def test_a_day_shows_who_is_there_and_gives_each_a_place(hand):
    shown = animation(hand, "EAST", 1, EN)
    regions = {region.id: region for region in shown.regions}
    waiting = regions["ed.waiting"].stays
    assert [(s.begin, s.end, s.slot) for s in waiting] == [(600, 620, 0), (610, 640, 1)]
    rooms = regions["ed.rooms"].stays
    assert [(s.begin, s.end, s.slot) for s in rooms] == [(620, 680, 0), (640, None, 1)]
    assert regions["ed.boarding"].changes == [(0, 0), (650, 1), (680, 0)]
    assert regions["ward.beds"].present(700) == 1
    assert shown.moment == "Monday, week 2 of the simulation"


def test_who_was_there_before_midnight_is_there_at_midnight(hand):
    shown = animation(hand, "WEST", 1, EN)
    delivery = next(region for region in shown.regions if region.id == "maternity.rooms")
    assert delivery.changes == [(0, 1), (60, 0)]
    assert delivery.stays[0].begin == -60


def test_a_day_or_site_that_isn_t_there_is_refused(hand):
    assert hand.site("east") == "EAST"
    with pytest.raises(ResultsError, match="--day 8: this replication has days 1 to 7"):
        animation(hand, "EAST", 8, EN)
    with pytest.raises(ResultsError, match="no such site; it has EAST, WEST"):
        hand.site("FAR")


def test_the_busiest_site_has_the_most_visits_to_its_department(hand):
    assert hand.busiest_site() == "EAST"
    visits = [(START + number, person(Cohort.VISIT, number), Step.ED_ARRIVE) for number in range(3)]
    west = outcome(
        *((*visit, site) for visit, site in zip(visits, (WEST, EAST, WEST), strict=True))
    )
    assert Replay(west, patients=None, data=None).busiest_site() == "WEST"


def test_a_played_day_agrees_with_its_journal(played):
    start, end = played.day(3)
    shown = animation(played, "MST", 3, EN)
    for region in shown.regions:
        found = stays(played.outcome, "MST", CareArea(region.id))
        for hour in range(24):
            minute = hour * MINUTES_PER_HOUR + 0.5
            # What is shown is rounded to a tenth: look where nobody comes or goes within that.
            changes = np.concatenate([found.begin, found.end]) - start
            while (np.abs(changes - minute) < 0.1).any():
                minute += 0.1
            number = found.present(start + minute)
            assert region.present(minute) == number, region.id
            if CareArea(region.id) in DRAWN:
                here = [s for s in region.stays if s.begin <= minute and (s.end or 1e9) > minute]
                assert len(here) == number
                assert len({s.slot for s in here}) == number  # nobody shares a place
        came = (found.begin >= start) & (found.begin < end)
        left = (found.end >= start) & (found.end < end)
        there = found.present(start) + came.sum() - left.sum()
        assert there == found.present(end - 1e-6)


def test_a_replication_played_again_is_the_same(played, starter):
    again = replay(load("now"), starter, SETTING, replication=0)
    assert np.array_equal(again.outcome.records.time, played.outcome.records.time)
    people = sample_patients(
        Horizon(1, 0, 2), load("now").effective_parameters(), starter.cells, 2024
    )
    assert people.visits.patient == played.patients.visits.patient


def test_a_visitor_of_a_played_day_has_a_home_and_an_urgency(played):
    longest, why = notable(played, EN)[0]
    assert why == "longest stay in an ED"
    first = journey_text(played, longest, EN).splitlines()[0]
    assert re.fullmatch(rf"Patient {longest}: visit to an ED, urgency U\d, from .+", first)


class Tags(HTMLParser):
    """Collects the tags of a page and the text of its scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.scripts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script" and self.scripts:
            self.scripts[-1] += data


def test_the_page_is_one_small_file_and_hostile_names_are_text(played, tmp_path):
    shown = replace(animation(played, "MST", 2, NL), site=HOSTILE, scenario=HOSTILE)
    page = render(shown, NL)
    tags = Tags(page)
    assert len(tags.scripts) == 2
    assert json.loads(tags.scripts[0])["site"] == HOSTILE
    assert HOSTILE not in page
    assert all({"src", "style", "onclick"}.isdisjoint(attrs) for attrs in tags.attributes)
    assert "http" not in page.replace("http-equiv", "")
    out = tmp_path / "deep" / "day.html"
    write_page(page, out)
    assert out.stat().st_size < 2_000_000
    assert [path.name for path in out.parent.iterdir()] == ["day.html"]
    with pytest.raises(ResultsError, match="can't write"):
        write_page(page, out / "not" / "a" / "folder.html")
