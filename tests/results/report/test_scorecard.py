"""The first page for a fixed seed: every mark, and what stands behind one of each kind."""

import pytest

from results.language.words import UNKNOWN, words
from results.report.scorecard import scorecard

GOLDEN = """
emergency_surgery 53,3% ✔ 53,3% ✔ ○
emergency_caesarean 52,7% ✔ 52,7% ✔ ○
births_on_the_way 105,1 ✘ 105,1 ✘ ○
ed_outside 104 ✘ 104 ✘ ○
births_outside 107 ✘ 107 ✘ ○
ed_diversion 107 ✘ 107 ✘ ○
maternity_diversion 104 ✘ 104 ✘ ○
a1_within_15 51,6% ✔ 51,6% ✔ ○
hospital_within_45 50,9% ✔ 50,9% ✔ ○
drive_to_birth 52,4% ✘ 52,4% ✘ ○
ed_worst_off 96% ○ 96% ✘ ○
maternity_worst_off 96% ○ 96% ✘ ○
wait_doctor 106 ✘ 106 ✘ ○
wait_bed 104 ✘ 104 ✘ ○
surgery_cancelled 53,0% ✘ 53,0% ✘ ○
empty_shifts 52,8% ✘ 52,8% ✘ ○
people_needed 104 ✘ 104 ✘ ○
open_eds 2 ✘ 2 ✘ ○
open_maternity 2 ○ 2 ✘ ○
full_wards 53% ✘ 53% ✘ ○
extra_cost 0 ? 0 ? ○
"""
SINGLE = 3
"""The column of the scenario with everything on one site."""


@pytest.fixture(scope="module")
def card(run):
    return scorecard(run, words("nl"))


def told(card, name):
    lines = {line.criterion.name: line for block in card.blocks for line in block.lines}
    return lines[name].marks[SINGLE].told


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
        "65,5%, tegen 53,3% als alles blijft zoals het is: +12,2 procentpunt "
        "(95%-interval +2,2 tot +22,1). Bron: simulatie."
    )
    assert told(card, "ed_worst_off") == (
        "86%, tegen 96% als alles blijft zoals het is: \N{MINUS SIGN}10 procentpunt. "
        "Bron: berekend uit openingstijden en wegen."
    )
    assert told(card, "extra_cost") == "Deze berekening heeft hier geen cijfer voor."
