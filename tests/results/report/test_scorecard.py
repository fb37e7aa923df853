"""The first page for a fixed seed: every mark, and what stands behind one of each kind."""

from dataclasses import replace

import pytest

from results.language.words import UNKNOWN, words
from results.report.scorecard import scorecard

GOLDEN = """
emergency_surgery 53% ✔→ 53% ✔→ ○
emergency_caesarean 53% ✔→ 53% ✔→ ○
births_on_the_way 106 ✘ 106 ✘ ○
ed_outside 104 ✘ 104 ✘ ○
births_outside 106 ✘ 106 ✘ ○
neighbours_asked 53% ✘ 53% ✘ ○
neighbours_room 52% ✔ 52% ✔ ○
ed_full 51% ✘ 51% ✘ ○
a1_within_15 53% ✔ 53% ✔ ○
hospital_within_45 53% ✔ 53% ✔ ○
drive_to_birth 53% ✘ 53% ✘ ○
ed_worst_off 96% ○ 96% ✘ ○
maternity_worst_off 96% ○ 96% ✘ ○
wait_doctor 104 ✘ 104 ✘ ○
wait_bed 103 ✘ 103 ✘ ○
surgery_cancelled 53% ✘ 53% ✘ ○
crews_on_the_road 105 ✘ 105 ✘ ○
empty_shifts 53% 56% 53% 66% 53%
people_needed 103 108 103 123 103
open_eds 2 ✘ 2 ✘ ○
open_maternity 2 ○ 2 ✘ ○
full_wards 52% ✘ 52% ✘ ○
extra_cost 0 ? 0 ? 0
"""
SINGLE = 3
"""The column of the scenario with everything on one site."""


@pytest.fixture(scope="module")
def card(run):
    return scorecard(run, words("nl"))


def told(card, name):
    lines = {line.criterion.name: line for block in card.blocks for line in block.lines}
    return lines[name].marks[SINGLE].sentence


def test_every_mark_is_what_it_was(card):
    found = [
        " ".join(
            [
                line.criterion.name,
                *(mark.symbol or mark.text.replace(UNKNOWN, "?") for mark in line.marks),
            ]
        )
        for block in card.blocks
        for line in block.lines
    ]
    assert found == GOLDEN.strip().split("\n")
    assert [column.scenario.name for column in card.columns][SINGLE] == "single"


def test_behind_a_mark_stand_its_numbers_interval_and_source(card):
    assert told(card, "emergency_surgery") == (
        "65%, tegen 53% als alles blijft zoals het is: +12 procentpunt "
        "(95%-interval +2 tot +22). Deels doordat er per jaar 20 bezoeken meer naar buiten Twente "
        "gaan. Bron: simulatie."
    )
    # The norm's clock is judged; life's stands in the same cell.
    assert told(card, "hospital_within_45") == (
        "65%, tegen 53% als alles blijft zoals het is: +12 procentpunt "
        "(95%-interval +4 tot +20). Binnen 45 minuten in het ziekenhuis, klok van de praktijk: "
        "65%. Bron: simulatie."
    )
    assert told(card, "ed_worst_off") == (
        "86%, tegen 96% als alles blijft zoals het is: \N{MINUS SIGN}10 procentpunt. "
        "Volgens de klok van de praktijk 59%. Bron: berekend uit openingstijden en wegen."
    )
    assert told(card, "extra_cost") == "Deze berekening heeft hier geen cijfer voor."


def test_a_criterion_without_any_figure_is_left_out(run):
    # Neighbours that are only counted have no room that could be found, and none that is asked.
    summary = run.summary[~run.summary["kpi"].str.startswith("neighbour.")]
    counted = scorecard(replace(run, summary=summary), words("nl"))
    shown = [line.criterion.name for block in counted.blocks for line in block.lines]
    assert shown == [
        line.split()[0]
        for line in GOLDEN.strip().split("\n")
        if line.split()[0] not in {"neighbours_asked", "neighbours_room"}
    ]
