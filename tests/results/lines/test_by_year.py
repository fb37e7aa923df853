"""Lines by year: what counts as standing, shares with their interval, the table of the command."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cli
from results.lines.by_year import FUNCTION, LINE, REGION, TEAM, first_below, lines_by_year
from results.lines.standing import by_year, first_lost, stands
from results.lines.table_text import lines_text
from scenarios.files.loading import load
from scenarios.lines.catalogue import catalogue

NOBODY = "site,profession,layer,people\nZGT_ALM,intensivists,,0\n"


@pytest.fixture(scope="module")
def table():
    return lines_by_year(load("one-obstetrics-almelo"), 3, 1)


def test_two_weeks_closed_in_a_year_is_not_standing():
    """Half of one month is 15 days of a year of 365; a third of it ten."""
    closed = np.zeros((2, 24))
    closed[0, 3] = 0.5
    closed[1, 3] = 1 / 3
    assert stands(closed).tolist() == [[False, True], [True, True]]


def test_half_a_year_closed_in_part_is_lost_and_five_months_are_not():
    closed = np.zeros(36)
    closed[4:9] = 0.01
    closed[20:30] = 0.01
    assert first_lost(closed) == 25
    assert first_lost(closed[:20]) is None


def test_a_year_is_the_mean_of_its_months():
    assert by_year(np.arange(24.0)).tolist() == [5.5, 17.5]


def test_a_function_that_has_moved_has_no_rows_at_its_old_site(table):
    births = table[(table["kind"] == FUNCTION) & (table["name"] == "maternity")]
    years = {site: set(rows["year"]) for site, rows in births.groupby("site")}
    assert max(years["MST"]) == 2027
    assert max(years["ZGT_ALM"]) == max(years[REGION]) == 2055


def test_one_team_of_two_has_half_the_nights_each(table):
    line = table[(table["kind"] == LINE) & (table["name"] == "gynaecologist")]
    nights = line[line["site"] == "ZGT_ALM"].set_index("year")["nights"]
    assert nights.loc[2028:2032].mean() < 0.65 * nights.loc[:2027].mean()


def test_shares_lie_in_their_interval_and_counts_add_up(table):
    known = table.dropna(subset=["stands"])
    assert (known["stands_low"] <= known["stands"]).all()
    assert (known["stands"] <= known["stands_high"]).all()
    assert known.loc[known["kind"] == LINE, "filled"].between(0, 1).all()
    teams = table[(table["kind"] == TEAM) & (table["year"] == 2025)]
    assert (teams["people_low"] <= teams["people"]).all()
    price = teams["hired_euro"] / teams["hired_jobs"]
    assert price.dropna().to_numpy() == pytest.approx(1450 * 95)
    in_region = known[(known["kind"] == FUNCTION) & (known["site"] == REGION)]
    for row in in_region.to_dict("records"):  # all sites stand at most as often as each
        same = known[(known["year"] == row["year"]) & (known["name"] == row["name"])]
        assert row["stands"] <= same["stands"].min()


def test_the_first_year_below_a_level_is_found():
    rows = [("MST", "line", "a", 2025, 0.96), ("MST", "line", "a", 2026, 0.9), ("MST", "line", "b", 2025, 1.0)]  # fmt: skip  # noqa: E501
    table = pd.DataFrame(rows, columns=["site", "kind", "name", "year", "stands"])
    assert first_below(table, 0.95).to_dict() == {("MST", "line", "a"): 2026}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_text_names_every_line_in_the_readers_language(table, lang):
    text = lines_text(load("one-obstetrics-almelo"), table, lang)
    for kind in catalogue().lines.values():
        assert (kind.title.nl if lang == "nl" else kind.title.en)[:20] in text


def test_the_command_takes_the_hospitals_own_numbers(tmp_path):
    """Nobody at the intensive care of Almelo: it does not stand, nor does its emergency care."""
    people, out = tmp_path / "people.csv", tmp_path / "lines.csv"
    people.write_text(NOBODY, "utf-8")
    call = ["lines", "now", "--replications", "2", "--lang", "en"]
    done = CliRunner().invoke(cli.main, [*call, "--people", str(people), "--out", str(out)])
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(out)
    found = rows[(rows["kind"] == FUNCTION) & (rows["site"] == "ZGT_ALM")]
    assert (found[found["name"].isin(["icu", "ed"])]["stands"] == 0).all()
    assert found[found["name"] == "theatre"]["stands"].mean() > 0.9
    assert "first year below 95 percent" in done.output
    assert "filled for less than nine tenths: " in done.output
    assert "ZGT Almelo intensivist " in done.output


def test_the_command_refuses_a_wrong_file_with_its_line(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("site,profession,layer,people\nMST,bakers,,3\n", "utf-8")
    done = CliRunner().invoke(cli.main, ["lines", "--people", str(people)])
    assert done.exit_code == 2
    assert f"{people}:2: profession" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--year", "2034"), "--year: needs --deciding"),
        (("--deciding", "64", "--replications", "5"), "--replications: can't go with --deciding"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(options, said):
    done = CliRunner(env={"TWENTEZORG_LANG": "en"}).invoke(cli.main, ["lines", "now", *options])
    assert done.exit_code == 2
    assert said in done.output
