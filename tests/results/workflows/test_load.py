"""More visits than doctors can ever see are told beforehand; values worked out by hand."""

import pytest
from click.testing import CliRunner

from cli import main
from results.workflows.load import load_warning, loads, people_of
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names


def test_the_load_is_the_one_worked_out_by_hand():
    # 100,000 adults x 83 per 1,000 x level 1 = 8,300 visits x (20 + 20) minutes = 332,000 a year;
    # one doctor at MST and one at ZGT, always: 2 x 60 x 24 x 365.25 = 1,051,920 minutes
    one = {f"sites.{site}.capacity.ed.doctors=1" for site in ("MST", "ZGT_ALM")}
    scenario = load("now", (*one, "demand.ed.level=1", "policies.ed_rosters=as_today"))
    people = {"age_15_64": 100_000.0, "births": 0.0}
    assert loads(scenario, people)["doctors"] == pytest.approx(332_000 / 1_051_920, rel=1e-6)


def test_nothing_is_said_of_what_ships_and_forty_times_the_demand_is_told():
    people = people_of(None)
    assert [load_warning(load(name), people) for name in shipped_names()] == [""] * len(
        shipped_names()
    )
    busy = load("now", ("demand.ed.rate.15_64=3320", "policies.ed_rosters=as_today"))
    assert "now: visits ask" in load_warning(busy, people)


def test_the_least_that_is_asked_of_delivery_rooms_is_worked_out_by_hand():
    # of 1,000 births 0.95 x (1 - 12.7% - 9.5%) = 739.1 come to a hospital, 9 + 120 minutes each;
    # one room at each of the two sites with obstetrics
    rooms = [f"sites.{site}.capacity.maternity.rooms=1" for site in ("MST", "ZGT_ALM")]
    rooms += [
        f"sites.{site}.capacity.maternity.centre_rooms=0"
        for site, one in load("now").sites.items()
        if "maternity.centre_rooms" in one.capacity
    ]
    year = ["horizon_year=2025", "demand.base_year=2025"]
    found = loads(load("now", [*rooms, *year]), {"births": 1000.0})
    assert found["delivery"] == pytest.approx(739.1 * 129 / (2 * 60 * 24 * 365.25), rel=1e-3)


def test_ten_times_the_visits_ask_ten_times_the_beds_and_theatres():
    people = people_of(None)
    usual = loads(load("now"), people)
    busy = loads(load("now"), {name: 10 * count for name, count in people.items()})
    assert busy == {stream: pytest.approx(10 * load, rel=1e-9) for stream, load in usual.items()}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (("demand.births.level=60",), "births ask at least"),
        (
            (
                "sites.MST.capacity.ward.beds=5",
                "sites.ZGT_ALM.capacity.ward.beds=5",
                "sites.MST.capacity.elective.beds=5",
                "sites.ZGT_ALM.capacity.elective.beds=5",
                "sites.ZGT_HEN.capacity.elective.beds=5",
            ),
            "acute admissions ask at least",
        ),
    ],
)
def test_too_few_beds_and_too_many_births_are_told(settings, said):
    told = load_warning(load("now", settings), people_of(None))
    assert said in told
    assert told.count("\n") == 0


def test_a_single_site_is_told_of_what_it_does_not_leave_to_be_sized():
    few = [f"sites.{site}.capacity.ed.doctors=1" for site in ("MST", "ZGT_ALM")]
    few.append("policies.ed_rosters=as_today")
    assert "visits ask" in load_warning(load("single-enschede", few), people_of(None))


def test_validate_tells_it_on_stderr_and_the_file_is_good_all_the_same(tmp_path):
    file = tmp_path / "busy.yaml"
    file.write_text(
        "extends: now\npolicies: {ed_rosters: as_today}\nparameters: {demand.ed.rate.15_64: 3320}\n"
    )
    done = CliRunner(env={"TWENTEZORG_LANG": "en"}).invoke(main, ["validate", str(file)])
    assert (done.exit_code, done.stdout) == (0, f"{file}: goed\n")
    assert done.stderr.startswith("note: busy: visits ask ")
    assert "note: busy: acute admissions ask at least " in done.stderr
    assert done.stderr.count("\n") == 2
