"""Tables in depth name the moment that they are about: hours, never just the worst one."""

from dataclasses import replace

import pytest

from results.accessibility.detail import reach_detail
from tests.support.paper_region import paper_data, paper_scenario

DAY, NIGHT = "08:00-23:00", "23:00-08:00"


@pytest.fixture(scope="module")
def tables():
    plain = paper_data()
    bands = {f"women_{first}_{first + 4}": 10.0 for first in range(15, 50, 5)}
    cells = plain.cells.assign(
        pc4=[1, 2, 3],
        settlement=["E", "W", "O"],
        municipality=["E", "W", "O"],
        municipality_code=["GM1", "GM2", "GM3"],
        **bands,
    )
    by_day = paper_scenario(east_open={"ed": DAY})
    return reach_detail(by_day, paper_scenario(), replace(plain, cells=cells))


@pytest.mark.parametrize("name", ["change", "certainty", "coverage", "chain"])
def test_every_row_names_its_hours_and_the_share_of_the_time_that_they_are(tables, name):
    rows = tables[name][tables[name]["function"] == "ed"]
    shares = dict(zip(rows["hour"], rows["share_of_time"], strict=True))
    assert shares == pytest.approx({DAY: 15 / 24, NIGHT: 9 / 24})
    others = tables[name][tables[name]["function"] != "ed"]
    assert set(others["hour"]) == {"24/7"}


def test_a_night_closure_lengthens_the_way_at_night_alone(tables):
    rows = tables["change"]
    rows = rows[(rows["function"] == "ed") & (rows["profile"] == "car")]
    east = rows[rows["municipality"] == "E"].set_index("hour")
    assert east.loc[NIGHT, ["mean_before", "mean_after"]].tolist() == [10, 30]
    assert east.loc[DAY, ["mean_before", "mean_after"]].tolist() == [10, 10]


def test_by_ambulance_both_clocks_stand_beside_each_other(tables):
    for name in ("change", "chain"):
        rows = tables[name]
        siren = rows[rows["profile"] == "siren"] if "profile" in rows else rows
        assert set(siren["clock"]) == {"norm", "life"}


def test_what_closes_in_turn_is_counted_among_sites_that_are_always_open(tables):
    assert set(tables["sensitive"]["hour"]) == {"24/7"}
