"""Who has a nearer hospital across the border: a table beside, in workbook and report."""

from dataclasses import replace
from math import hypot

import openpyxl
import pandas as pd
import pytest

import results
from results.accessibility.abroad import beside_abroad, run_beside_abroad
from results.exports.workbook import write_workbook
from results.language.words import words
from results.report.abroad import abroad_table
from results.report.page import render
from results.runs.study import Study
from tests.support.made_up_run import (
    PEOPLE_IN_CELL,
    PLACES,
    blank_pictures,
    build,
    cells,
    scenario,
    site,
)

GRONAU = site("Gronau", 7.02, 52.21, "24/7", "closed", "neighbour")
AT_HOME = ("mst-enschede", "zgt-almelo", "skb-winterswijk")


@pytest.fixture(scope="module")
def bordering():
    """A run whose hospital abroad is known to be open, once not in play and once in play."""
    out = scenario("now", "Zoals nu", 2024, None, abroad=[GRONAU])
    counts = scenario("open", "Gronau telt", 2024, "now", abroad=[GRONAU])
    counts["sites"][-1] = GRONAU
    return build([out, counts])


def nearer(hospitals=AT_HOME):
    """Count by hand, a kilometre a minute as the crow flies."""

    def to(name, x, y):
        return hypot(x - PLACES[name][0], y - PLACES[name][1])

    return PEOPLE_IN_CELL * sum(
        to("gronau", x, y) < min(to(one, x, y) for one in hospitals)
        for x, y in zip(cells()["x"], cells()["y"], strict=True)
    )


def region(table, name):
    rows = table[(table["municipality_code"] == "REGION") & (table["scenario"] == name)]
    return rows.set_index(["function", "hospital"])["inhabitants_nearer"]


def test_it_counts_whom_the_hospital_abroad_is_nearer_than_any_at_home(bordering, data):
    table = run_beside_abroad(bordering, data)
    assert nearer() > 0
    for name in ("now", "open"):  # whether it is in play or not
        found = region(table, name)
        assert found["ed", "gronau"] == pytest.approx(nearer())
        assert found["ed", "any"] == pytest.approx(nearer())
    # births are not known to be attended there
    assert set(table["function"]) == {"ed"}


def test_fewer_hospitals_at_home_leave_more_for_whom_it_is_nearer(data):
    shut = scenario("now", "Zoals nu", 2024, None, ("07:00-23:00", "24/7"), abroad=[GRONAU])
    found = region(run_beside_abroad(build([shut]), data), "now")
    without = nearer(("mst-enschede", "skb-winterswijk"))  # at night
    assert found["ed", "any"] == pytest.approx(without)
    assert without >= nearer()


def test_a_run_says_what_its_scenario_says():
    found = results.reachability(["now"])
    (now,) = found.scenarios
    entries = Study((now,), {now.name: None}).described(found.data)
    run = replace(build(), manifest={**build().manifest, "scenarios": entries})
    table = run_beside_abroad(run, found.data)
    pd.testing.assert_frame_equal(
        table.drop(columns="scenario"), beside_abroad(now, found.data), check_exact=True
    )
    assert {"gronau", "any"} <= {str(one).lower().split("_")[-1] for one in table["hospital"]}


@pytest.mark.parametrize(
    ("lang", "title", "nearest"),
    [
        ("nl", "Over de grens", "het dichtstbijzijnde daarvan"),
        ("en", "Across the border", "the nearest of them"),
    ],
)
def test_the_workbook_has_it_on_a_sheet_of_its_own(bordering, data, tmp_path, lang, title, nearest):
    with_it, without = tmp_path / "with.xlsx", tmp_path / "without.xlsx"
    write_workbook(with_it, bordering, words(lang), run_beside_abroad(bordering, data))
    write_workbook(without, bordering, words(lang))
    book, plain = openpyxl.load_workbook(with_it), openpyxl.load_workbook(without)
    rows = list(book[title].iter_rows(values_only=True))
    assert {"Gronau", nearest} == {row[4] for row in rows[1:]}
    twente = [row for row in rows if row[2] == "REGION" and row[0] == "now"]
    assert [row[8] for row in twente] == pytest.approx([nearer(), nearer()])
    # every other sheet is as it is without
    assert [name for name in book.sheetnames if name != title] == plain.sheetnames
    for sheet in plain:
        same = book[sheet.title].iter_rows(values_only=True)
        assert list(sheet.iter_rows(values_only=True)) == list(same)


def test_the_report_has_it_beside_in_both_languages(bordering, data):
    table = abroad_table(bordering, data, words("en"))
    people = f"{nearer():,.0f}"
    assert table.heads == ("Gronau", "the nearest of them")
    assert table.rows == (
        ("Zoals nu (2024)", "emergency department", (people, people)),
        ("Gronau telt (2024)", "emergency department", (people, people)),
    )
    for lang, heading in (("nl", "Hiernaast: over de grens"), ("en", "across the border")):
        reader = words(lang)
        page = render(bordering, data, blank_pictures(bordering), reader)
        assert 'id="reach-abroad"' in page
        assert heading in page


def test_without_a_hospital_abroad_there_is_no_table(run, data, tmp_path):
    assert run_beside_abroad(run, data).empty  # the one that is known is closed
    assert abroad_table(run, data, words("nl")) is None
    write_workbook(tmp_path / "book.xlsx", run, words("nl"), run_beside_abroad(run, data))
    assert "Over de grens" not in openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames
