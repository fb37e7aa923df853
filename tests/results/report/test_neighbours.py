"""Where people go, and what is asked of neighbours: figures of a small run, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from results.decision.futures import Futures
from results.language.words import MINUS, words
from results.report.destinations import BIRTHS, LABEL, VISITS, destinations, shares
from results.report.neighbours import asked_of_neighbours
from results.report.page import render
from results.runs.run import Run
from tests.support.made_up_run import blank_pictures, build

EN = words("en")
MST, ALMELO, SKB = "mst-enschede", "zgt-almelo", "skb-winterswijk"
HOME = "GM0001"
COUNTED = {
    "neighbour.visits": (1000, 3000),
    "neighbour.extra": (0.0, 0.16),
    "neighbour.births": (80, 81),
    "neighbour.extra_births": (0.0, 0.001),
}
WALLS = {
    "neighbour.extra_bed_days": (0.0, 0.12),
    "neighbour.refused": (10, 400),
    "neighbour.wait": (1, 9),
    "neighbour.headroom": (0.1, -0.06),
}
GO = {  # visits of one municipality's residents: nothing done, and all in Enschede
    f"{HOME}:{MST}": (200, 700),
    f"{HOME}:{ALMELO}": (700, 0),
    f"{HOME}:{SKB}": (100, 300),
}


def run_with(figures) -> Run:
    """Give doing nothing in 2034 and all in Enschede figures that differ a little by replication.

    The other scenarios of the made-up run are as when nothing is done.
    """
    made = build()
    rows = []
    for scenario in made.scenarios:
        at = int(scenario.name == "single")
        for number in range(4):
            jitter = 1 + 0.001 * (number - 1.5)
            for (site, kpi), values in figures.items():
                rows.append((scenario.name, number, site, kpi, values[at] * jitter))
    more = pd.DataFrame(rows, columns=["scenario", "replication", "site", "kpi", "value"])
    old = made.replications[~made.replications["kpi"].isin([VISITS, BIRTHS])]
    table = pd.concat([old, more])
    return Run.from_replications(made.manifest, table, made.reachability, made.parameters)


def of_skb(figures):
    return {(SKB, name): values for name, values in figures.items()}


@pytest.fixture(scope="module")
def counted():
    return run_with(of_skb(COUNTED) | {(site, VISITS): n for site, n in GO.items()})


@pytest.fixture(scope="module")
def simulated():
    return run_with(of_skb(COUNTED | WALLS))


def sentences(run, futures=None):
    asked = asked_of_neighbours(run, futures, EN)
    return {choice.title: " ".join(choice.sentences) for choice in asked.choices}


def test_a_choice_says_what_a_neighbour_must_take(counted):
    told = sentences(counted)
    assert list(told) == ["Alles in Enschede (2034)"]  # the others ask nothing more
    assert told["Alles in Enschede (2034)"] == (
        "SKB Winterswijk must take 2,000 (1,996 to 2,004) visits a year more: 16% of what it does."
    ).replace("2,000 (1,996 to 2,004)", EN.people_between(2000, 1995.9, 2004.1))


def test_in_how_many_futures_there_is_no_room_is_told_where_it_is_known(counted):
    left = [0.02, -0.01, -0.05, -0.2]  # three of four too full
    table = pd.DataFrame(
        [(at, "single", SKB, "neighbour.headroom", value) for at, value in enumerate(left)],
        columns=["future", "scenario", "site", "kpi", "value"],
    )
    futures = Futures(table, pd.DataFrame())
    assert "in 75% of the futures there is no room" in sentences(counted, futures).popitem()[1]
    assert "futures" not in sentences(counted).popitem()[1]
    (board,) = asked_of_neighbours(counted, futures, EN).tables
    last = {row.scenario.name: row.cells[-1].text for row in board.rows}
    assert last["single"] == "75%"


def test_how_a_neighbour_copes_is_unknown_while_neighbours_are_counted(counted, simulated):
    for run, refused, left in ((counted, "unknown", "unknown"), (simulated, "400", f"{MINUS}6%")):
        (board,) = asked_of_neighbours(run, None, EN).tables
        row = next(row for row in board.rows if row.scenario.name == "single")
        texts = [cell.text for cell in row.cells]
        assert texts[0] == "+2,000"
        assert texts[1] == "+16"
        assert texts[5] == refused
        assert texts[7] == left
    assert "it is 6% short of room" in sentences(simulated).popitem()[1]


def test_what_is_left_of_a_neighbours_room_may_be_below_nought(simulated):
    (board,) = asked_of_neighbours(simulated, None, EN).tables
    row = next(row for row in board.rows if row.scenario.name == "single")
    assert row.cells[7].interval.startswith(f"{MINUS}6")


def test_shares_are_of_a_municipalitys_residents(counted):
    table = shares(counted).set_index(["scenario", "home", "hospital"])
    assert table.loc[("now-2034", HOME, ALMELO), "share"] == pytest.approx(0.7)
    assert table.loc[("single", HOME, SKB), "share"] == pytest.approx(0.3)
    sums = shares(counted).groupby(["scenario", "home", "kpi"])["share"].sum()
    assert np.allclose(sums, 1)


def test_the_picture_has_today_and_the_choices_that_move_people(counted):
    (visits,) = destinations(counted, EN)  # nobody counted births
    assert [panel.title for panel in visits.panels] == [
        "Zoals nu (2024)",
        "Alles in Enschede (2034)",
    ]
    assert "SEH Almelo 's nachts dicht" in visits.same
    today, single = (panel.bars[0] for panel in visits.panels)
    assert [part.text.partition(" (")[0] for part in today.parts] == [
        "MST Enschede: 20%",
        "ZGT Almelo: 70%",
        "SKB Winterswijk: 10%",
    ]
    assert [part.style for part in single.parts] == ["in0", "out0"]
    assert single.parts[1].start == pytest.approx(LABEL + 0.7 * 208)
    assert "Almelo 30%" in visits.panels[1].alt


def test_the_report_says_it_and_only_where_it_is_known(counted, simulated, data, run):
    pages = {
        name: render(each, data, blank_pictures(each), EN)
        for name, each in (("counted", counted), ("simulated", simulated), ("unknown", run))
    }
    assert "whether they have the room is unknown" in pages["counted"]
    assert "whether they have the room is unknown" not in pages["simulated"]
    assert "For the board of SKB Winterswijk" in pages["simulated"]
    assert 'id="where"' not in pages["unknown"]
